"""What every schedule offers, whatever its curve.

A schedule says how large the learning rate is at each step. It is called with the number of the
step, counted from 0. What a step is, one mini-batch or one epoch, is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from solutions.hyperparameters import real


class Schedule:
    """What all schedules share. A schedule of its own overrides ``rate``; this one is constant.

    Parameters
    ----------
    initial : float
        The learning rate to begin with, more than 0.

    Raises
    ------
    ValueError
        If a setting is not finite or out of its range; when called, if the step is negative.
    """

    def __init__(self, initial: float) -> None:
        self.initial = real("initial", initial, above=0)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        if not step >= 0:
            raise ValueError(f"step must be at least 0, but it is {step}")
        return self.rate(step)

    def rate(self, step: int) -> float:
        """Return the learning rate of a step that is known to be at least 0."""
        return self.initial


@runtime_checkable
class ValidationSchedule(Protocol):
    """A schedule that looks at the validation loss, too."""

    def __call__(self, step: int, /) -> float:
        """Return the learning rate of a step, counted from 0."""

    def observe(self, validation_loss: float) -> object:
        """Take note of the validation loss at the end of an epoch."""


def check_schedule(schedule: Callable[[int], float]) -> Callable[[int], float]:
    """Return a function of the step; TypeError for anything else."""
    if isinstance(schedule, type):
        kind = schedule.__name__
        raise TypeError(f"schedule is the class {kind}, not an object of it: write {kind}(...)")
    if not callable(schedule):
        raise TypeError(
            f"schedule must be a function of the step, such as Constant(0.1), not {schedule!r}; "
            "a rate that stays may also be given to the optimizer, as its learning_rate"
        )
    return schedule
