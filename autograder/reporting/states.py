"""Students × checks: what became of every check of every student."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.grading.traces import UNWRITTEN, VALUE
from autograder.reporting.records import Record, Records

STATES = {
    "passed": "passed",
    "named": "wrong, and the mistake is named",
    "wrong": "wrong, cause unknown",
    "blank": "not attempted",
    "broken": "stopped, or raised an exception",
}
"""What can become of a check, in words."""
PASSED, NAMED, WRONG, BLANK, BROKEN = range(len(STATES))
ABSENT = -1
"""The grade is of a notebook without this check."""


@dataclass(frozen=True)
class Column:
    """A check, as a column of the table."""

    task: str
    check: str
    title: str
    worth: float


@dataclass(frozen=True)
class Table:
    """Students × checks.

    Attributes
    ----------
    columns : list of Column
        In the assignment's order.
    states : array (students, checks)
        One of the constants of this module each.
    """

    columns: list[Column]
    states: np.ndarray[Any, np.dtype[np.int8]]

    @property
    def worth(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The points of each check."""
        return np.array([column.worth for column in self.columns])


def table_of(records: Records) -> Table:
    """Return the table of a class."""
    columns: dict[tuple[str, str], Column] = {}
    for record in records.found:
        for task in record.tasks:
            for check in task["checks"]:
                key = task["name"], check["name"]
                if key not in columns:
                    columns[key] = Column(*key, check["title"], check["worth"])
    places = {key: place for place, key in enumerate(columns)}
    states = np.full((len(records.found), len(columns)), ABSENT, np.int8)
    for row, record in enumerate(records.found):
        for task in record.tasks:
            for check in task["checks"]:
                place = places[task["name"], check["name"]]
                states[row, place] = state_of(record, task["name"], check)
    return Table(list(columns.values()), states)


def state_of(record: Record, task: str, check: dict[str, Any]) -> int:
    """Return what became of a check of a student's."""
    if check["passed"]:
        return PASSED
    if check["misconception"]:
        return NAMED
    outcome = record.trace(task, check["name"]).get("outcome", "")
    return {UNWRITTEN: BLANK, VALUE: WRONG}.get(outcome, BROKEN)


def lost_points(task: dict[str, Any]) -> dict[str, float]:
    """Return the points that each failed check of a task has cost; a shortcut costs the rest."""
    failed = [check for check in task["checks"] if not check["passed"]]
    lost = {check["name"]: float(check["worth"]) for check in failed}
    forfeiting = [check["name"] for check in failed if check["forfeits"]]
    for name in forfeiting:
        rest = task["max_points"] - sum(check["worth"] for check in failed)
        lost[name] += rest / len(forfeiting)
    return lost
