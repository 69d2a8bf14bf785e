"""The report on a submission: verdicts and how they were come to, as data and in its notebook."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import nbformat
import numpy as np

from autograder.authoring.tasks import Check, Task
from autograder.building.editions import Edition
from autograder.grading.traces import Trace
from autograder.judging.verdicts import CheckReport, TaskReport
from autograder.sandbox import Isolation


@dataclass(frozen=True)
class SubmissionReport:
    """The verdict on one submission, and how it was come to.

    Attributes
    ----------
    tasks : tuple of TaskReport
        In the assignment's order.
    remarks : tuple of str
        What the instructor should know besides: an unreadable file, a cell that was stopped.
    notebook : str
        The autograded notebook, as JSON.
    edition : Edition
        Of the assignment: of the checks that graded it.
    by_hand : float
        The most points that people can give besides, for what no check grades.
    cpu_seconds, seconds : float
        CPU time of the student's code, and time on the clock.
    traces : mapping
        What became of the checks that failed, by task and check; empty for what was not run.
    own_mistakes : str
        A digest of the class's own mistakes that it was graded with; empty for none.
    """

    student: str
    assignment: str
    tasks: tuple[TaskReport, ...]
    remarks: tuple[str, ...]
    seed: int
    isolation: Isolation
    versions: Mapping[str, str]
    cpu_seconds: float
    peak_bytes: int
    seconds: float
    notebook: str = field(repr=False)
    edition: Edition
    by_hand: float
    traces: Mapping[str, Mapping[str, Trace]] = field(default_factory=dict, repr=False)
    own_mistakes: str = ""

    @property
    def points(self) -> float:
        """Points of all tasks that are checked."""
        return round(sum(task.points for task in self.tasks), 4)

    @property
    def max_points(self) -> float:
        """The most points that can be had in them."""
        return sum(task.max_points for task in self.tasks)

    def graded_notebook(self) -> nbformat.NotebookNode:
        """Return the autograded notebook, with this report in its metadata."""
        notebook = nbformat.v4.reads(self.notebook)
        notebook.metadata["handgrad"] = {"assignment": self.assignment, "report": self.as_json()}
        return notebook

    def as_json(self) -> dict[str, Any]:
        """Return the report for ``handgrad grade --json``; what varies between runs comes last."""
        return {
            "student": self.student,
            "assignment": self.assignment,
            "points": self.points,
            "max_points": self.max_points,
            "by_hand": self.by_hand,
            "tasks": [task_json(task) for task in self.tasks],
            "traces": {
                task: {check: dataclasses.asdict(one) for check, one in traces.items()}
                for task, traces in self.traces.items()
            },
            "remarks": list(self.remarks),
            "seed": self.seed,
            "edition": self.edition.as_json(),
            "own_mistakes": self.own_mistakes,
            "versions": dict(self.versions),
            "sandbox": dataclasses.asdict(self.isolation),
            "times": {
                "seconds": round(self.seconds, 3),
                "cpu_seconds": round(self.cpu_seconds, 3),
                "peak_mib": self.peak_bytes >> 20,
            },
        }


def task_json(task: TaskReport) -> dict[str, Any]:
    """Return the part of a report on one task."""
    whole = sum(check.weight for check in task.checks)
    return {
        "name": task.name,
        "points": task.points,
        "max_points": task.max_points,
        "carried_from": list(task.carried_from),
        "points_alone": task.points if task.points_alone is None else task.points_alone,
        "stopped_again": task.stopped_again,
        "checks": [
            {
                "name": check.name,
                "title": check.title,
                "worth": round(task.max_points * check.weight / whole, 4),
                "passed": check.passed,
                "measured": check.measured,
                "message": check.message,
                "misconception": check.misconception,
                "hint": check.hint,
                "forfeits": check.forfeits,
            }
            for check in task.checks
        ],
    }


def task_report(
    task: Task, recorded: Mapping[str, Any], hints: Mapping[str, str]
) -> TaskReport | None:
    """Return the verdict that was recorded on a task, or None if it was on other checks.

    Parameters
    ----------
    task : Task
        The task, with the points that it has now.
    recorded : mapping
        As `task_json` gives it.
    hints : mapping
        The hint of each known mistake; any other one has what it was told then.
    """
    try:
        found = {check["name"]: check for check in recorded["checks"]}
        checks = tuple(_check_report(check, found[check.name], hints) for check in task.checks)
        share = task.points / recorded["max_points"] if recorded["max_points"] else 0.0
        alone, carried = recorded["points_alone"], tuple(recorded["carried_from"])
        stopped_again = recorded["stopped_again"]
    except (KeyError, TypeError):
        return None
    is_alone = not carried and alone == recorded["points"]
    points_alone = None if is_alone else round(alone * share, 4)
    report = TaskReport(
        task.name, task.title, task.points, checks, carried, points_alone, stopped_again
    )
    return report if found.keys() == {check.name for check in task.checks} else None


def _check_report(
    check: Check, recorded: Mapping[str, Any], hints: Mapping[str, str]
) -> CheckReport:
    name = recorded["misconception"]
    return CheckReport(
        check.name,
        check.title,
        check.weight,
        recorded["passed"],
        recorded["message"],
        name,
        hints.get(name or "") or recorded.get("hint", ""),  # of a class's own mistake
        recorded["forfeits"],
        recorded["measured"],
    )


def versions() -> dict[str, str]:
    """Return the versions that a verdict may depend on."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    return {"python": python, "numpy": np.__version__}
