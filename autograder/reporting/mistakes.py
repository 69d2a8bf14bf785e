"""Who misunderstood what: the known mistakes of a class, and groups of unknown ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from autograder.grading.traces import RAISED, VALUE
from autograder.reporting.records import Record, Records
from autograder.reporting.states import lost_points

SMALLEST_GROUP = 3
"""So many who got the same wrong results misunderstood the same; two may have copied."""
MOST_COMPANY = 2


@dataclass(frozen=True)
class Mistake:
    """A mistake that students of a class made.

    Attributes
    ----------
    task : str
        In which task.
    name : str
        The known mistake's name; for a group of unknown cause one that is made of its results.
    hint : str
        What its makers were told; nothing where the cause is unknown.
    students : tuple of int
        Their places among the records.
    lost : float
        The points that it cost the class.
    checks : tuple of str
        The titles of the checks in which it showed.
    said : str
        What was found in the first of them, for one of the students.
    """

    task: str
    name: str
    hint: str
    students: tuple[int, ...]
    lost: float
    checks: tuple[str, ...]
    said: str


def known_mistakes(records: Records) -> list[Mistake]:
    """Return the mistakes that have a name, those first that cost the class most."""
    found = defaultdict(list)
    for place, record in enumerate(records.found):
        for task in record.tasks:
            lost = lost_points(task)
            for check in task["checks"]:
                if not check["passed"] and check["misconception"]:
                    key = task["name"], check["misconception"]
                    found[key].append((place, check, lost[check["name"]]))
    return _by_loss(_mistake(task, name, made) for (task, name), made in found.items())


def unknown_mistakes(records: Records) -> list[Mistake]:
    """Return groups of students with the same wrong results of unknown cause, by points lost.

    Only what was asked with the same inputs can be compared. A number that is held to a bound, such
    as an accuracy, tells nothing.
    """
    found = defaultdict(list)
    for place, record in enumerate(records.found):
        for task in record.tasks:
            lost = lost_points(task)
            made = [(place, check, lost[check["name"]]) for check in _unexplained(record, task)]
            results = tuple(
                (check["name"], record.trace(task["name"], check["name"])["digest"])
                for _, check, _ in made
                if check["measured"] is None
            )
            if results:
                found[task["name"], record.inputs, results].append(made)
    groups = []
    for (task_name, _, results), members in found.items():
        if len(members) >= SMALLEST_GROUP:
            mark = sha256(repr(results).encode()).hexdigest()[:6]
            together = [one for made in members for one in made]
            groups.append(_mistake(task_name, f"{task_name}_{mark}", together))
    return _by_loss(groups)


def unexplained_students(records: Records) -> set[int]:
    """Return the places of all who have a wrong result of unknown cause."""
    return {
        place
        for place, record in enumerate(records.found)
        if any(_unexplained(record, task) for task in record.tasks)
    }


def company(mistake: Mistake, everything: Sequence[Mistake]) -> list[tuple[Mistake, int]]:
    """Return what a mistake came together with most often, and in how many students."""
    mine = set(mistake.students)
    common = Counter(
        {
            place: len(mine.intersection(other.students))
            for place, other in enumerate(everything)
            if other is not mistake
        }
    )
    return [(everything[i], n) for i, n in common.most_common(MOST_COMPANY) if n >= 2]


def _unexplained(record: Record, task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the checks of a task that came to a wrong end without a name."""
    return [
        check
        for check in task["checks"]
        if not check["passed"]
        and not check["misconception"]
        and record.trace(task["name"], check["name"]).get("outcome") in (VALUE, RAISED)
    ]


def _mistake(task: str, name: str, made: list[tuple[int, dict[str, Any], float]]) -> Mistake:
    first = made[0][1]
    return Mistake(
        task,
        name,
        first["hint"],
        tuple(dict.fromkeys(place for place, _, _ in made)),
        round(sum(lost for _, _, lost in made), 2),
        tuple(dict.fromkeys(check["title"] for _, check, _ in made)),
        first["message"],
    )


def _by_loss(mistakes: Iterable[Mistake]) -> list[Mistake]:
    return sorted(mistakes, key=lambda one: (-one.lost, -len(one.students), one.task, one.name))
