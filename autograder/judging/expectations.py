"""What a check returns on the reference and on the known mistakes, for the same inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.authoring.draws import Draws
from autograder.authoring.implementation import Implementation, ImplementationError
from autograder.authoring.tasks import Check, Task
from autograder.judging.faults import fault_of, tells
from autograder.judging.results import Result, run_check


@dataclass(frozen=True)
class Expected:
    """What a check returns on the reference and on the known mistakes, for the same inputs."""

    draws: list[Any]
    reference: Result
    mistakes: Mapping[str, Result]
    _refused: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)
    _telling: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def refuses(self, check: Check, mistake: str) -> bool:
        """Return whether the check fails a known mistake; found once for all submissions."""
        if mistake not in self._refused:
            fault = fault_of(check, self.mistakes[mistake], self.reference)
            self._refused[mistake] = fault is not None
        return self._refused[mistake]

    def tells(self, check: Check, mistake: str) -> bool:
        """Return whether agreement with a known mistake is evidence; found once for all."""
        if mistake not in self._telling:
            self._telling[mistake] = tells(check, self.mistakes[mistake], self.reference)
        return self._telling[mistake]


Reference = Callable[[Mapping[str, Any]], Mapping[str, Any]]


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
        mistake.name: reference(mistake.wrong)
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
