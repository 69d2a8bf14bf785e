"""Checks that call an implementation directly, in its own process: what they cost at the least.

No frames, no handles, and nothing is compared: a check gets the student's own functions
and objects, and the inputs that were recorded with the release. What it counts is called, and not
counted. So a check that waits for an exception, or looks at a count, may end early: the floor is
rather too low than too high.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

import handgrad
from autograder.authoring.tasks import Check, load_assignment
from autograder.judging.frozen import FILENAME, thaw
from autograder.notebook.home import FOLDER

Inputs = Sequence[Any]


class Direct:
    """What a check gets as ``impl``: its attributes are the student's own."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.__dict__ = dict(names)


class Replay:
    """What a check gets as ``rng``: returns what was recorded, whatever it is asked for."""

    def __init__(self, recorded: Inputs) -> None:
        self._next = iter(recorded).__next__

    def generator(self) -> np.random.Generator:
        return np.random.default_rng(int(self._next()))

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda *args, **kwargs: self._next()


def keep(impl: Direct, value: Any) -> Any:
    """Return a copy: the check may compare what comes of it with the value itself."""
    return copy.deepcopy(value)


def formula(impl: Direct, source: str, **names: Any) -> Any:
    return eval(source, {"np": np, **names})


def fetch(kept: Any) -> Any:
    """Return a copy: what is changed in place is looked at after each of several steps."""
    return copy.deepcopy(kept)


def lines_run(method: Callable[..., Any], *args: Any, **kwargs: Any) -> int:
    method(*args, **kwargs)
    return 0


def calls_run(method: Callable[..., Any], *args: Any, of: Sequence[str], **kwargs: Any) -> int:
    return lines_run(method, *args, **kwargs)


def load_checks(release: Path) -> list[tuple[Check, Inputs]]:
    """Return an assignment's checks, which then call directly, and their recorded inputs."""
    for function in (keep, fetch, formula, lines_run, calls_run):
        setattr(handgrad, function.__name__, function)
    frozen = thaw(release / FOLDER / FILENAME)
    return [
        # Copies, as those that were read cannot be written to.
        (check, [copy.copy(one) for one in frozen[task.name].expected[check.name].draws])
        for task in load_assignment(release.name, release / FOLDER).tasks
        for check in task.checks
    ]


def run_checks(
    checks: Sequence[tuple[Check, Inputs]], names: Mapping[str, Any]
) -> Iterator[tuple[Check, Any]]:
    """Run checks on a student's names; yield what those return that come to their end."""
    for check, inputs in checks:
        with suppress(Exception):
            yield check, check.function(Direct(names), Replay(inputs))
