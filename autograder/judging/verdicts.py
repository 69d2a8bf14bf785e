"""From results to a verdict.

Everything here works on plain data: the result of a check on the student, on the reference and on
each known mistake. Nothing here runs anybody's code.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Mapping
from dataclasses import dataclass

from autograder.authoring.tasks import Task
from autograder.judging.expectations import Expected
from autograder.judging.faults import fault_of, measured_by, with_shapes
from autograder.judging.naming import candidates_for, name_of
from autograder.judging.results import Result


@dataclass(frozen=True)
class CheckReport:
    """The verdict on one check.

    Attributes
    ----------
    forfeits : bool
        Whether it costs the task all its points: a required check that gave a wrong value.
    measured : float or None
        What was held to bounds, such as an accuracy.
    """

    name: str
    title: str
    weight: float
    passed: bool
    message: str = ""
    misconception: str | None = None
    hint: str = ""
    forfeits: bool = False
    measured: float | None = None


@dataclass(frozen=True)
class TaskReport:
    """The verdict on one task.

    Attributes
    ----------
    carried_from : tuple of str
        The earlier tasks that were taken as right, where that made this one better.
    points_alone : float or None
        The points without that.
    stopped_again : str
        Why the run with earlier tasks right was stopped, if it was.
    """

    name: str
    title: str
    max_points: float
    checks: tuple[CheckReport, ...]
    carried_from: tuple[str, ...] = ()
    points_alone: float | None = None
    stopped_again: str = ""

    @property
    def points(self) -> float:
        """The share of the points that the passed checks are worth, unless one forfeits them."""
        if any(check.forfeits for check in self.checks):
            return 0.0
        total = sum(check.weight for check in self.checks)
        earned = sum(check.weight for check in self.checks if check.passed)
        return round(self.max_points * earned / total, 4)

    @property
    def failed(self) -> set[str]:
        """The names of the checks that did not pass."""
        return {check.name for check in self.checks if not check.passed}

    @property
    def is_full(self) -> bool:
        """Whether all checks passed."""
        return all(check.passed for check in self.checks)


def judge(
    task: Task,
    results: Mapping[str, Result],
    expected: Mapping[str, Expected],
    hints: Mapping[str, str],
) -> TaskReport:
    """Compare a student's results with what was expected.

    Parameters
    ----------
    task : Task
        The task.
    results : mapping
        The student's result by check.
    expected : mapping
        From `expect`, for the same inputs.
    hints : mapping
        The hint of each known mistake.
    """
    faults = {
        check.name: fault_of(check, results[check.name], expected[check.name].reference)
        for check in task.checks
    }
    candidates = candidates_for(task, results, expected, hints, faults)
    reports = []
    for check in task.checks:
        fault, result = faults[check.name], results[check.name]
        named = name_of(check.name, results, candidates, hints) if fault else None
        reports.append(
            CheckReport(
                check.name,
                check.title,
                check.weight,
                passed=fault is None,
                message=with_shapes(task, result, fault) if fault else "",
                misconception=named,
                hint=hints[named] if named else "",
                forfeits=bool(check.required and fault and not (result.raised or result.stopped)),
                measured=measured_by(check, result),
            )
        )
    return TaskReport(task.name, task.title, task.points, tuple(reports))


def with_names_of(
    report: TaskReport, other: TaskReport, names: Container[str] | None = None
) -> TaskReport:
    """Return a report that names what it could not name, but another one of the task could.

    Parameters
    ----------
    report, other : TaskReport
        The report, and the other one.
    names : container of str, optional
        The names that it may take; by default all.
    """

    def named(check: CheckReport, again: CheckReport) -> CheckReport:
        name = again.misconception
        if check.passed or check.misconception or not name:
            return check
        if names is not None and name not in names:
            return check
        return dataclasses.replace(check, misconception=name, hint=again.hint)

    checks = map(named, report.checks, other.checks)
    return dataclasses.replace(report, checks=tuple(checks))
