"""From what a check returned to a verdict, and to the name of the misunderstanding.

Everything here works on plain data: the result of a check on the student, on the reference and on
each known mistake. Nothing here runs anybody's code but the checks' own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.authoring import Check, Task
from autograder.comparing import describe, difference, number
from autograder.draws import Draws
from autograder.implementation import (
    Implementation,
    ImplementationError,
    NotDefined,
    Remote,
)
from autograder.inside.wire import Handle, WireError


@dataclass(frozen=True)
class Result:
    """What became of a check: the value that it returned, or why it returned none.

    Attributes
    ----------
    value : object
        Plain data; None where the check did not return.
    raised : str
        Name of the exception's built-in class, or empty.
    said : str
        The exception's own words. They are compared, and never shown where they could tell what
        the inputs were.
    detail : str
        The sentence that goes with it.
    stopped : bool
        Whether the check was stopped from outside, by a limit.
    """

    value: Any = None
    raised: str = ""
    said: str = ""
    detail: str = ""
    stopped: bool = False


@dataclass(frozen=True)
class Expected:
    """What a check returns on the reference and on the known mistakes, for the same inputs."""

    draws: list[Any]
    reference: Result
    mistakes: Mapping[str, Result]
    _refused: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def refuses(self, check: Check, mistake: str) -> bool:
        """Return whether the check fails a known mistake; found once for all submissions."""
        if mistake not in self._refused:
            fault = _fault(check, self.mistakes[mistake], self.reference)
            self._refused[mistake] = fault is not None
        return self._refused[mistake]


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


TOO_LARGE = "what came back is too large to be judged"
NOT_RUN = "its cell has not run, or raised an error"
NOT_WRITTEN = "not written yet: the code still says NotImplementedError"
Explain = Callable[[ImplementationError], str]
Reference = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def explain_here(error: ImplementationError) -> str:
    """Say what an implementation raised, with its own words and the line: for its author."""
    where = f" in the line `{error.source}`" if error.source else ""
    said = f": {error.message}" if error.message else ""
    return f"your code raised {error.kind}{said}{where}"


def run_check(
    check: Check,
    impl: Implementation,
    draws: Draws,
    explain: Explain = explain_here,
    why_undefined: Callable[[], str] = lambda: NOT_RUN,
) -> Result:
    """Drive an implementation through a check.

    Parameters
    ----------
    check : Check
        The script.
    impl : Implementation
        What it drives.
    draws : Draws
        Where its inputs come from.
    explain : function
        Puts what the implementation raised into a sentence.
    why_undefined : function
        Says why a name is not defined, if it is not.
    """
    try:
        return Result(value=_as_data(check.function(impl, draws)))
    except NotDefined as missing:
        name = missing.args[0]
        return Result(raised="NameError", detail=f"{name} is not defined: {why_undefined()}")
    except ImplementationError as error:
        unwritten = error.kind == "NotImplementedError"
        detail = NOT_WRITTEN if unwritten else explain(error)
        return Result(raised=error.kind, said=error.message, detail=detail)
    except WireError as error:
        return Result(raised="WireError", detail=f"what came back cannot be judged: {error}")
    except KeyError as error:
        return Result(
            raised="KeyError",
            said=str(error),
            detail=f"the key {error} is missing in what came back",
        )
    except MemoryError:
        return Result(raised="MemoryError", detail=TOO_LARGE)
    except (AttributeError, TypeError, ValueError, LookupError, ArithmeticError) as error:
        # The check stumbled over what it was given, such as None in the place of an array.
        return Result(
            raised=type(error).__name__,
            said=str(error),
            detail="the check cannot go on with what came back: is a return missing, or something "
            "of another kind returned?",
        )


def _as_data(value: Any) -> Any:
    """Put a mere token in the place of objects that are not data."""
    if isinstance(value, Remote):
        return Handle(0)
    if isinstance(value, list | tuple):
        return type(value)(_as_data(item) for item in value)
    if isinstance(value, dict):
        return {key: _as_data(item) for key, item in value.items()}
    return value


def expect(
    task: Task, reference: Reference, seed: int, *, mistakes: bool = True
) -> dict[str, Expected]:
    """Run a task's checks on the reference and on its known mistakes.

    Parameters
    ----------
    task : Task
        The task.
    reference : function
        Returns the names of the reference implementation; takes those that are replaced.
    seed : int
        Seed of the inputs; each check draws its own.
    mistakes : bool
        Whether to run the known mistakes, which only a failing submission needs.

    Returns
    -------
    expected : dict
        By the check's name.
    """
    expected = {}
    right = reference({})
    wrong = {
        mistake.name: reference({mistake.replaces: mistake.implementation})
        for mistake in (task.misconceptions if mistakes else ())
    }
    for position, check in enumerate(task.checks):
        draws = Draws((seed, position))
        result = run_check(check, Implementation(right), draws)
        with np.errstate(all="ignore"):
            known = {
                name: run_check(check, Implementation(names), Draws(recorded=draws.record), _tacit)
                for name, names in wrong.items()
            }
        expected[check.name] = Expected(draws.record, result, known)
    return expected


def _tacit(error: ImplementationError) -> str:
    """Say nothing of where a known mistake fails: the line may be the reference's own."""
    return f"it raises {error.kind}"


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
        check.name: _fault(check, results[check.name], expected[check.name].reference)
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


def _fault(check: Check, result: Result, reference: Result) -> str | None:
    """Return what is wrong with a result, in a sentence, or None."""
    if result.raised or result.stopped:
        return result.detail
    if check.at_least is None and check.at_most is None:
        return _difference(check, result, reference)
    value = result.value
    if isinstance(value, np.generic | np.ndarray) and value.size == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"got {describe(value)}, expected a number"
    if check.at_least is not None and not value >= check.at_least:
        return f"got {number(value)}; it must be at least {number(check.at_least)}"
    if check.at_most is not None and not value <= check.at_most:
        return f"got {number(value)}; it must be at most {number(check.at_most)}"
    return None


def _same(check: Check, got: Result, known: Result) -> bool:
    """Return whether the student's result is what a known mistake gives."""
    if got.stopped or got.raised or known.raised:
        return bool(got.raised) and (got.raised, got.said) == (known.raised, known.said)
    return _difference(check, got, known) is None


def _difference(check: Check, got: Result, expected: Result) -> str | None:
    try:
        return difference(got.value, expected.value, check.rtol, check.atol)
    except MemoryError:
        return TOO_LARGE


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
        if any(_fault(c, known[c.name], expected[c.name].reference) for c in passed):
            continue
        same = {c.name for c in task.checks if _same(c, results[c.name], known[c.name])}
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
