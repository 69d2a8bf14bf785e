"""From results to a verdict, and to the name of the misunderstanding.

Everything here works on plain data: the result of a check on the student, on the reference and on
each known mistake. Nothing here runs anybody's code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.authoring.tasks import Task
from autograder.judging.expectations import Expected
from autograder.judging.faults import fault_of, same_result
from autograder.judging.results import Result


@dataclass(frozen=True)
class CheckReport:
    """The verdict on one check.

    Attributes
    ----------
    forfeits : bool
        Whether it costs the task all its points: a required check that gave a wrong value.
    """

    name: str
    title: str
    weight: float
    passed: bool
    message: str = ""
    misconception: str | None = None
    hint: str = ""
    forfeits: bool = False


@dataclass(frozen=True)
class TaskReport:
    """The verdict on one task.

    Attributes
    ----------
    carried_from : tuple of str
        The earlier tasks that were taken as right, where that made this one better.
    points_alone : float or None
        The points without that.
    """

    name: str
    title: str
    max_points: float
    checks: tuple[CheckReport, ...]
    carried_from: tuple[str, ...] = ()
    points_alone: float | None = None

    @property
    def points(self) -> float:
        """The share of the points that the passed checks are worth, unless one forfeits them."""
        if any(check.forfeits for check in self.checks):
            return 0.0
        total = sum(check.weight for check in self.checks)
        earned = sum(check.weight for check in self.checks if check.passed)
        return round(self.max_points * earned / total, 4)

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
    explained = _explained(task, results, expected, hints, faults)
    reports = []
    for check in task.checks:
        fault, result = faults[check.name], results[check.name]
        named = _name_mistake(check.name, faults, results, explained) if fault else None
        reports.append(
            CheckReport(
                check.name,
                check.title,
                check.weight,
                passed=fault is None,
                message=fault or "",
                misconception=named,
                hint=hints[named] if named else "",
                forfeits=bool(check.required and fault and not (result.raised or result.stopped)),
            )
        )
    return TaskReport(task.name, task.title, task.points, tuple(reports))


def _explained(
    task: Task,
    results: Mapping[str, Result],
    expected: Mapping[str, Expected],
    hints: Mapping[str, str],
    faults: Mapping[str, str | None],
) -> dict[str, set[str]]:
    """Return which checks each mistake explains, for the mistakes that may be the student's.

    A mistake that fails a check which the student passes is another one, whatever else agrees. And
    numbers that are held to a bound agree by chance: a mistake needs more evidence than those.
    """
    wrong = {name for name, fault in faults.items() if fault}
    bounded = {c.name for c in task.checks if c.at_least is not None or c.at_most is not None}
    passed = [check for check in task.checks if check.name not in wrong]
    explained = {}
    for mistake in hints:
        if any(expected[c.name].refuses(c, mistake) for c in task.checks if c.name not in wrong):
            continue
        known = {name: one.mistakes[mistake] for name, one in expected.items()}
        if any(fault_of(c, known[c.name], expected[c.name].reference) for c in passed):
            continue
        same = {c.name for c in task.checks if same_result(c, results[c.name], known[c.name])}
        if same & wrong - bounded or len(same) == len(faults):
            explained[mistake] = same
    return explained


def _name_mistake(
    check: str,
    faults: Mapping[str, str | None],
    results: Mapping[str, Result],
    explained: Mapping[str, set[str]],
) -> str | None:
    """Return the mistake that explains this check, preferring the one that explains most.

    An exception is weak evidence, as many mistakes raise the same: it names a mistake only where
    that mistake explains every check of the task, passed ones included.
    """
    candidates = [
        mistake
        for mistake, checks in explained.items()
        if check in checks and (not results[check].raised or len(checks) == len(faults))
    ]
    if results[check].raised == "NotImplementedError":
        return None
    return max(candidates, key=lambda mistake: len(explained[mistake]), default=None)
