"""How far a class came: points for each task, what was given back, and where students stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from autograder.building.pages import headings_of
from autograder.grading.traces import UNWRITTEN
from autograder.reporting.headings import heading_of
from autograder.reporting.records import Record, Records

BINS = ("none", "up to a third", "up to two thirds", "less than all", "all")
"""How much of a task's points a student has."""


@dataclass(frozen=True)
class TaskProgress:
    """How a class did in a task.

    Attributes
    ----------
    heading : str
        What the task is called in the assignment.
    mean, most : float
        Points.
    bins : list of int
        How many students have how much of them: see `BINS`.
    tried : int
        How many have begun it.
    stopped : int
        How many have begun it and nothing behind it.
    given_back, helped : float, int
        The points that were given back as earlier tasks were taken as right, and to how many.
    forfeited : int
        How many lost all points by a shortcut.
    """

    task: str
    heading: str
    mean: float
    most: float
    bins: list[int]
    tried: int
    stopped: int
    given_back: float
    helped: int
    forfeited: int


def progress_in(records: Records) -> list[TaskProgress]:
    """Return how a class did in each task, in the assignment's order."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for record in records.found:
        for task in record.tasks:
            by_name.setdefault(task["name"], []).append(task)
    headings = headings_of(records.assignment)
    begun = [_begun(record) for record in records.found]
    last = Counter(one[-1] for one in begun if one)
    tried = Counter(name for one in begun for name in one)
    found = []
    for name, tasks in by_name.items():
        back = [task["points"] - task["points_alone"] for task in tasks]
        found.append(
            TaskProgress(
                name,
                heading_of(name, headings),
                round(fmean(task["points"] for task in tasks), 2),
                tasks[0]["max_points"],
                [sum(_bin(t["points"], t["max_points"]) == b for t in tasks) for b in range(5)],
                tried[name],
                last[name] if name != list(by_name)[-1] else 0,
                round(sum(back), 2),
                sum(one > 0 for one in back),
                sum(any(check["forfeits"] for check in task["checks"]) for task in tasks),
            )
        )
    return found


def blank_students(records: Records) -> int:
    """Return how many have begun no task."""
    return sum(not _begun(record) for record in records.found)


def _begun(record: Record) -> list[str]:
    """Return the tasks in which a student has written something."""
    return [task["name"] for task in record.tasks if not _is_blank(record, task)]


def _is_blank(record: Record, task: Mapping[str, Any]) -> bool:
    traces = record.report["traces"].get(task["name"])
    if traces is None:
        return True  # nothing that could be read was handed in
    failed = [traces.get(check["name"], {}) for check in task["checks"] if not check["passed"]]
    return bool(failed) and all(one.get("outcome") == UNWRITTEN for one in failed)


def _bin(points: float, most: float) -> int:
    """Return in which of `BINS` a student is."""
    share = points / most if most else 1.0
    if share >= 1 - 1e-9:
        return 4
    return 0 if share <= 0 else 1 if share <= 1 / 3 else 2 if share <= 2 / 3 else 3
