"""From results to a verdict, and to the name of the misunderstanding.

Everything here works on plain data: the result of a check on the student, on the reference and on
each known mistake. Nothing here runs anybody's code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    candidates = _candidates(task, results, expected, hints, faults)
    reports = []
    for check in task.checks:
        fault, result = faults[check.name], results[check.name]
        named = _name_mistake(check.name, results, candidates, hints) if fault else None
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


@dataclass(frozen=True)
class _Candidate:
    """A known mistake that may be the student's.

    Attributes
    ----------
    same : frozenset of str
        The checks in which it gives what the student gives.
    rank : tuple
        How much speaks for it: that every check of the task agrees, passed ones included; that
        every failed one does; how many of those tell; how many agree.
    """

    name: str
    same: frozenset[str]
    rank: tuple[bool, bool, int, int]

    @property
    def is_whole(self) -> bool:
        """Whether it gives what the student gives in every check of the task."""
        return self.rank[0]


def _candidates(
    task: Task,
    results: Mapping[str, Result],
    expected: Mapping[str, Expected],
    hints: Mapping[str, str],
    faults: Mapping[str, str | None],
) -> list[_Candidate]:
    """Return the mistakes that may be the student's.

    A mistake that fails a check which the student passes is another one, whatever else agrees. And
    one needs evidence that tells, in a check that failed; or else agreement in every check.
    """
    wrong = {name for name, fault in faults.items() if fault}
    passed = [check for check in task.checks if check.name not in wrong]
    found = []
    for mistake in hints:
        if any(expected[check.name].refuses(check, mistake) for check in passed):
            continue
        known = {name: one.mistakes[mistake] for name, one in expected.items()}
        same = [c for c in task.checks if same_result(c, results[c.name], known[c.name])]
        names = frozenset(check.name for check in same)
        telling = [c for c in same if c.name in wrong and expected[c.name].tells(c, mistake)]
        if telling or len(same) == len(faults):
            rank = len(same) == len(faults), wrong <= names, len(telling), len(wrong & names)
            found.append(_Candidate(mistake, names, rank))
    return found


def _name_mistake(
    check: str,
    results: Mapping[str, Result],
    candidates: Sequence[_Candidate],
    hints: Mapping[str, str],
) -> str | None:
    """Return the mistake that explains this check, for which most speaks.

    An exception is weak evidence, as many mistakes raise the same: it names a mistake only where
    that mistake explains every check of the task. And evidence that cannot tell two mistakes apart
    names neither, unless their hints are the same.
    """
    raised = results[check].raised
    if raised == "NotImplementedError":
        return None
    fitting = [one for one in candidates if check in one.same and (one.is_whole or not raised)]
    most = max((one.rank for one in fitting), default=None)
    best = [one.name for one in fitting if one.rank == most]
    return best[0] if len({hints[name] for name in best}) == 1 else None
