"""All that a report says, as plain data: the page and the JSON are made of it alone."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict
from statistics import fmean, median
from typing import Any

from autograder.building.assignments import load
from autograder.building.pages import headings_of
from autograder.reporting.examples import answer_in, shown_code
from autograder.reporting.headings import heading_of
from autograder.reporting.mistakes import (
    Mistake,
    company,
    known_mistakes,
    unexplained_students,
    unknown_mistakes,
)
from autograder.reporting.monday import advice
from autograder.reporting.progress import BINS, blank_students, progress_in
from autograder.reporting.quality import Quality, qualities
from autograder.reporting.records import Record, Records
from autograder.reporting.remarks import remarks_in
from autograder.reporting.states import STATES, Table

MOST_EXAMPLES = 12
"""So many mistakes are shown with code, and so many groups: the others with their numbers alone."""
CANDIDATES = 3
"""Students of whose codes the shortest is the example."""
QUOTED = re.compile(r"`|got ['\"]")
STUDENT = "STUDENT"
"""Stands in a command in the place of a name."""


def findings(records: Records, table: Table, *, names: bool = False) -> dict[str, Any]:
    """Return all that a report says of a class.

    Parameters
    ----------
    records : Records
        What was graded.
    table : Table
        Its checks.
    names : bool
        Whether students are named; otherwise each is a number, and nothing tells which.
    """
    known, unknown = known_mistakes(records), unknown_mistakes(records)
    progress = progress_in(records)
    told = _Teller(records, known, names)
    points = [one.report["points"] for one in records.found]
    in_groups = {place for group in unknown for place in group.students}
    return {
        "assignment": records.assignment,
        "students": len(records.found),
        "listed": records.listed,
        "older": records.older,
        "points": {
            "mean": round(fmean(points), 2),
            "median": round(median(points), 2),
            "most": records.found[0].report["max_points"],
        },
        "by_hand": _by_hand(records),
        "late": records.late,
        "inputs": _inputs(records),
        "advice": [
            asdict(one) for one in advice(records.assignment, len(points), known, unknown, progress)
        ],
        "mistakes": [told.of(one, place) for place, one in enumerate(known)],
        "groups": [told.of(one, place) for place, one in enumerate(unknown)],
        "ungrouped": len(unexplained_students(records) - in_groups),
        "checks": [_of_check(place, one) for place, one in enumerate(qualities(table), start=1)],
        "states": _states(table),
        "tasks": [
            {**asdict(one), "bins": dict(zip(BINS, one.bins, strict=True))} for one in progress
        ],
        "blank": blank_students(records),
        "remarks": remarks_in(records, names=names),
        **({"names": [one.student for one in records.found]} if names else {}),
    }


class _Teller:
    """Tells mistakes as plain data.

    Parameters
    ----------
    records : Records
        The class.
    known : list of Mistake
        What they may have come together with.
    names : bool
        Whether students are named.
    """

    def __init__(self, records: Records, known: list[Mistake], names: bool) -> None:
        self.records, self.known, self.names = records, known, names
        self.asked = load(records.assignment)
        self.headings = headings_of(records.assignment)

    def of(self, mistake: Mistake, place: int) -> dict[str, Any]:
        """Return a mistake as plain data; ``place`` is its own among the others."""
        students = len(self.records.found)
        makers = [self.records.found[one] for one in mistake.students]
        example, code = self._example(mistake, makers) if place < MOST_EXAMPLES else (None, "")
        who = example.student if example and self.names else STUDENT
        chapter = self.records.assignment.partition("_")[0].lstrip("0")
        return {
            "number": place + 1,
            "task": mistake.task,
            "heading": heading_of(mistake.task, self.headings),
            "name": mistake.name,
            "hint": mistake.hint,
            "students": len(makers),
            "share": round(len(makers) / students, 4),
            "lost": mistake.lost,
            "checks": list(mistake.checks),
            "said": mistake.said if self.names else without_own_words(mistake.said),
            "together": [
                {"task": other.task, "name": other.name, "hint": other.hint, "students": n}
                for other, n in company(mistake, self.known)
            ],
            "example": code,
            "replay": ["handgrad", "replay", who, chapter, mistake.task],
            **({"who": [one.student for one in makers]} if self.names else {}),
        }

    def _example(self, mistake: Mistake, makers: list[Record]) -> tuple[Record | None, str]:
        """Return whose code shows a mistake best, and that code: the shortest of a few."""
        if mistake.task not in {task.name for task in self.asked.tasks}:
            return None, ""
        alone = sorted(makers, key=lambda one: _other_faults(one, mistake))[:CANDIDATES]
        texts = self.records.text if not self.names else None
        codes = [
            (shown_code(answer_in(one.notebook, self.asked, mistake.task), texts), one)
            for one in alone
        ]
        code, maker = min(
            ((code, one) for code, one in codes if code),
            key=lambda found: (len(found[0]), found[0]),
            default=("", alone[0]),
        )
        return maker, code


def without_own_words(said: str) -> str:
    """Return what was found, or nothing if it quotes what a student wrote."""
    return "" if QUOTED.search(said) else said


def _other_faults(record: Record, mistake: Mistake) -> int:
    """Return how many checks of a task a student fails by something else."""
    (task,) = [one for one in record.tasks if one["name"] == mistake.task]
    return sum(
        not check["passed"] and check["title"] not in mistake.checks for check in task["checks"]
    )


def _of_check(number: int, quality: Quality) -> dict[str, Any]:
    column = quality.column
    return {
        "number": number,
        "task": column.task,
        "check": column.check,
        "title": column.title,
        "tried": quality.tried,
        "passed": quality.passed,
        "rate": round(quality.rate, 4),
        "discrimination": quality.discrimination,
        "interval": quality.interval and list(quality.interval),
        "flag": quality.flag,
    }


def _states(table: Table) -> dict[str, int]:
    counts = Counter(table.states.ravel().tolist())
    return {name: counts[place] for place, name in enumerate(STATES)}


def _inputs(records: Records) -> list[int]:
    """Return how many students were graded with the same inputs, the most first."""
    return sorted(Counter(one.inputs for one in records.found).values(), reverse=True)


def _by_hand(records: Records) -> dict[str, float]:
    given = [one.by_hand for one in records.found]
    return {
        "mean": round(fmean(one["given_by_hand"] for one in given), 2),
        "open": sum(one["open_by_hand"] > 0 for one in given),
        "in_gradebook": round(fmean(one["in_gradebook"] for one in given), 2),
    }
