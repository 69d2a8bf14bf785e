"""Which known mistake a wrong answer is: only evidence that tells mistakes apart names one.

A wrong hint does more harm than none. So a mistake that would have shown otherwise in a check is
not named, unless another mistake is in evidence that shows there, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.authoring.tasks import Check, Task
from autograder.judging.expectations import Expected
from autograder.judging.faults import same_result
from autograder.judging.results import Result


@dataclass(frozen=True)
class Candidate:
    """A known mistake that may be the student's.

    Attributes
    ----------
    same : frozenset of str
        The checks in which it gives what the student gives.
    telling : frozenset of str
        Those of them that failed, and in which hardly anything else gives the same.
    elsewhere : frozenset of str
        The failed checks that it fails with another value than the student's.
    rank : tuple
        How much speaks for it: that every check of the task agrees, passed ones included; that
        every failed one does; how many of those tell; how many agree.
    """

    name: str
    same: frozenset[str]
    telling: frozenset[str]
    elsewhere: frozenset[str]
    rank: tuple[bool, bool, int, int]

    @property
    def is_whole(self) -> bool:
        """Whether it gives what the student gives in every check of the task."""
        return self.rank[0]

    @property
    def failed(self) -> frozenset[str]:
        """The failed checks in which something of it shows."""
        return self.telling | self.elsewhere


def candidates_for(
    task: Task,
    results: Mapping[str, Result],
    expected: Mapping[str, Expected],
    hints: Mapping[str, str],
    faults: Mapping[str, str | None],
) -> list[Candidate]:
    """Return the mistakes that may be the student's.

    Known mistakes are run when they are asked about: where evidence can tell comes first, and what
    has a bound, which trains and costs the most, last. What is not written yet is none of them.
    """
    wrong = {name for name, fault in faults.items() if fault}
    if all(results[name].is_unwritten for name in wrong):
        return []
    checks = sorted(task.checks, key=lambda check: (check.is_bounded, check.name not in wrong))
    found = [_candidate(mistake, checks, wrong, results, expected) for mistake in hints]
    possible = [one for one in found if one is not None]
    return [one for one in possible if _is_consistent(one, possible)]


def _is_consistent(one: Candidate, others: Sequence[Candidate]) -> bool:
    """Return whether all that speaks against a mistake can be the work of a second one.

    The second one must show where the first gives what is right, and the other way round: else
    there is no sign of two.
    """
    second = [
        other
        for other in others
        if other.telling - one.failed - one.same and one.telling - other.failed - other.same
    ]
    return all(any(check in other.elsewhere for other in second) for check in one.elsewhere)


def _candidate(
    mistake: str,
    checks: Sequence[Check],
    wrong: set[str],
    results: Mapping[str, Result],
    expected: Mapping[str, Expected],
) -> Candidate | None:
    """Return a mistake as a candidate, or None as soon as it cannot be one.

    A mistake that fails a check which the student passes is another one, whatever else agrees. And
    one needs evidence that tells, in a check that failed; or else agreement in every check.
    """

    known: dict[str, bool] = {}  # asked of a check up to three times

    def is_same(check: Check) -> bool:
        if check.name not in known:
            known[check.name] = agrees(check)
        return known[check.name]

    def agrees(check: Check) -> bool:
        got, one = results[check.name], expected[check.name]
        if check.name not in wrong and not check.is_bounded:
            return not one.refuses(check, mistake)  # both are right
        return not got.stopped and same_result(check, got, one.mistakes[mistake])

    def is_other(check: Check) -> bool:
        got = results[check.name]
        if check.is_bounded or got.raised or got.stopped:
            return False
        return not is_same(check) and expected[check.name].refuses(check, mistake)

    failed = [check for check in checks if check.name in wrong]
    telling = [
        check
        for check in failed
        if not check.is_bounded  # a bound never tells
        if is_same(check) and expected[check.name].tells(check, mistake)
    ]
    if not telling and not all(map(is_same, checks)):
        return None
    if any(expected[c.name].refuses(c, mistake) for c in checks if c.name not in wrong):
        return None
    same = _names(check for check in checks if is_same(check))
    elsewhere = _names(check for check in failed if is_other(check))
    rank = len(same) == len(checks), wrong <= same, len(telling), len(wrong & same)
    return Candidate(mistake, same, _names(telling), elsewhere, rank)


def _names(checks: Iterable[Check]) -> frozenset[str]:
    return frozenset(check.name for check in checks)


def name_of(
    check: str,
    results: Mapping[str, Result],
    candidates: Sequence[Candidate],
    hints: Mapping[str, str],
) -> str | None:
    """Return the mistake that explains a check, for which most speaks.

    An exception is weak evidence, as many mistakes raise the same: it names a mistake only where
    that mistake explains every check of the task. And evidence that cannot tell two mistakes apart
    names neither, unless their hints are the same.
    """
    if results[check].is_unwritten:
        return None
    raised = results[check].raised
    fitting = [one for one in candidates if check in one.same and (one.is_whole or not raised)]
    most = max((one.rank for one in fitting), default=None)
    best = [one.name for one in fitting if one.rank == most]
    return best[0] if len({hints[name] for name in best}) == 1 else None
