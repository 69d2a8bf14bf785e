"""What a check returns on the reference and on the known mistakes, for the same inputs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import numpy as np

from autograder.authoring.draws import Draws
from autograder.authoring.implementation import (
    Implementation,
    ImplementationError,
    Link,
    LocalLink,
)
from autograder.authoring.tasks import Check, Task
from autograder.judging.faults import fault_of, tells
from autograder.judging.results import (
    NOT_RUN,
    TOO_LARGE,
    Explain,
    Result,
    explain_here,
    run_check,
)
from autograder.judging.scripts import Departed, Recorder, Replies, Script, no_function


@dataclass(frozen=True)
class Expected:
    """What a check returns on the reference and on the known mistakes, for the same inputs."""

    draws: list[Any]
    reference: Result
    mistakes: Mapping[str, Result]
    script: Script | None = field(default=None, repr=False)
    _refused: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)
    _telling: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def result(
        self,
        check: Check,
        link: Link,
        explain: Explain = explain_here,
        why_undefined: Callable[[str], str] = lambda name: NOT_RUN,
    ) -> Result:
        """Return what the check gives on an implementation, for the same inputs (see `run_check`).

        It is asked in one message where that is possible.
        """

        def run_on(link: Link) -> Result:
            draws = Draws(recorded=self.draws)
            return run_check(check, Implementation(link), draws, explain, why_undefined)

        if self.script is not None:
            try:
                answer = link.exchange(self.script.message, no_function)
            except MemoryError:
                return Result(raised="MemoryError", detail=TOO_LARGE)
            if answer == self.script.answer:
                return self.reference
            with suppress(Departed):
                return run_on(Replies(self.script, answer))
        return run_on(link)

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


class _OnDemand(Mapping[str, Result]):
    """What each known mistake gives in a check: it is run when somebody asks, and only once."""

    def __init__(self, run: Callable[[str], Result], names: list[str]) -> None:
        self._run = cache(run)
        self._names = dict.fromkeys(names)

    def __getitem__(self, name: str) -> Result:
        if name not in self._names:
            raise KeyError(name)
        return self._run(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


Reference = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def expect(task: Task, reference: Reference, seed: int) -> dict[str, Expected]:
    """Run a task's checks on the reference, and on its known mistakes where somebody asks.

    Parameters
    ----------
    task : Task
        The task.
    reference : function
        Returns the names of the reference implementation; takes those that are replaced.
    seed : int
        Seed of the inputs; each check draws its own.

    Returns
    -------
    expected : dict
        By the check's name.

    Notes
    -----
    What a known mistake gives in one check must not depend on which others it has been through.
    """
    right = reference({})
    wrong = {
        mistake.name: cache(partial(reference, mistake.wrong)) for mistake in task.misconceptions
    }

    def run_mistake(check: Check, name: str) -> Result:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what NumPy says of a mistake is for nobody here
            return expected[check.name].result(check, LocalLink(wrong[name]()), _tacit)

    expected: dict[str, Expected] = {}
    for position, check in enumerate(task.checks):
        draws, recorder = Draws((seed, position)), Recorder(right)
        impl = Implementation(recorder)
        result = run_check(check, impl, draws)
        known = _OnDemand(partial(run_mistake, check), list(wrong))
        expected[check.name] = Expected(draws.record, result, known, recorder.script(impl))
    return expected


def _tacit(error: ImplementationError) -> str:
    """Say nothing of where a known mistake fails: the line may be the reference's own."""
    return f"it raises {error.kind}"
