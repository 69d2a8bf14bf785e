"""Schedules, which say how large the learning rate is at each step.

A schedule is called with the number of the step, counted from 0. What a step is, one mini-batch
or one epoch, is for the caller to say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from solutions.arrays import Array
from solutions.hyperparameters import real, whole
from solutions.saving import check_state
from solutions.schedule import Schedule, ValidationSchedule, check_schedule


class Constant(Schedule):
    """The same learning rate at every step."""


class StepDecay(Schedule):
    """A staircase: η = initial · factor^⌊step / every⌋.

    Parameters
    ----------
    every : int
        How many steps the rate stays as it is.
    factor : float
        By what it is multiplied then: more than 0, at most 1.
    """

    def __init__(self, initial: float, every: int, factor: float = 0.1) -> None:
        super().__init__(initial)
        self.every = whole("every", every, at_least=1)
        self.factor = real("factor", factor, above=0, at_most=1)

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        return float(self.initial * self.factor ** (step // self.every))


class ExponentialDecay(Schedule):
    """A fixed share at each step: η = initial · e^(−decay · step).

    Parameters
    ----------
    decay : float
        How fast it falls, per step; at least 0.
    """

    def __init__(self, initial: float, decay: float) -> None:
        super().__init__(initial)
        self.decay = real("decay", decay, at_least=0)

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        return self.initial * math.exp(-self.decay * step)


class InverseTimeDecay(Schedule):
    """η = initial / (1 + decay · step): halved when step is 1 / decay, and slower from then on.

    Parameters
    ----------
    decay : float
        How fast it falls, per step; at least 0.

    References
    ----------
    Robbins and Monro (1951), A stochastic approximation method: rates like 1/step go to zero,
    and still reach any distance.
    """

    def __init__(self, initial: float, decay: float) -> None:
        super().__init__(initial)
        self.decay = real("decay", decay, at_least=0)

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        return self.initial / (1 + self.decay * step)


class CosineDecay(Schedule):
    """Half a wave, flat at both ends: η = final + ½ (initial − final) (1 + cos(π step / steps)).

    Parameters
    ----------
    steps : int
        When ``final`` is reached; it stays there.
    final : float
        The learning rate to end with, from 0 to ``initial``.

    References
    ----------
    Loshchilov and Hutter (2017), SGDR: stochastic gradient descent with warm restarts.
    """

    def __init__(self, initial: float, steps: int, final: float = 0.0) -> None:
        super().__init__(initial)
        self.steps = whole("steps", steps, at_least=1)
        self.final = real("final", final, at_least=0, at_most=self.initial)

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        wave = (1 + math.cos(math.pi * min(step / self.steps, 1))) / 2
        return self.final + (self.initial - self.final) * wave


class WarmUp(Schedule):
    """A straight climb to another schedule's first rate, and then that schedule from its start.

    η = schedule(0) · (step + 1) / steps at first, so that already the first step moves.

    Parameters
    ----------
    schedule : function
        The learning rate of a step, as one of the other schedules; it must not depend on more.
    steps : int
        How many steps are climbed; the last of them has the full rate.

    References
    ----------
    Goyal et al. (2017), Accurate, large minibatch SGD: training ImageNet in 1 hour.
    """

    def __init__(self, schedule: Callable[[int], float], steps: int) -> None:
        check_schedule(schedule)
        if isinstance(schedule, ValidationSchedule):
            kind = type(schedule).__name__
            raise TypeError(f"schedule must depend on the step alone, but {kind} depends on more")
        super().__init__(schedule(0))
        self.schedule = schedule
        self.steps = whole("steps", steps, at_least=1)

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        if step < self.steps:
            return self.initial * (step + 1) / self.steps
        return float(self.schedule(step - self.steps))


class Plateau(Schedule):
    """The rate is cut whenever the validation loss has not improved for some epochs.

    ``observe`` is told each new validation loss; until then the rate is the same at every step.

    Parameters
    ----------
    factor : float
        By what the rate is multiplied at a cut, such as ½ or ⅕: more than 0, less than 1.
    patience : int
        How many epochs in a row without an improvement cut the rate, the last of them at once: 1
        cuts at the first one. ``EarlyStopping`` counts in the same way.
    min_delta : float
        A loss has to be lower than the best so far by more than this to be an improvement.
    final : float
        The rate never falls below it: from 0 to ``initial``.
    """

    def __init__(
        self,
        initial: float,
        factor: float = 0.5,
        patience: int = 5,
        min_delta: float = 0.0,
        final: float = 0.0,
    ) -> None:
        super().__init__(initial)
        self.factor = real("factor", factor, above=0, below=1)
        self.patience = whole("patience", patience, at_least=1)
        self.min_delta = real("min_delta", min_delta, at_least=0)
        self.final = real("final", final, at_least=0, at_most=self.initial)
        self.current, self.best, self.waited = self.initial, math.inf, 0

    def rate(self, step: int) -> float:
        """Return the present learning rate, whatever the step."""
        return self.current

    def observe(self, validation_loss: float) -> float:
        """Take note of a validation loss, and return the learning rate from here on."""
        if validation_loss < self.best - self.min_delta:
            self.best, self.waited = float(validation_loss), 0
        else:  # which is also where NaN goes
            self.waited += 1
        if self.waited >= self.patience:
            self.current, self.waited = max(self.current * self.factor, self.final), 0
        return self.current

    def state(self) -> dict[str, Array]:
        """Return what has been learned from the losses so far, for a checkpoint."""
        found = {"current": self.current, "best": self.best, "waited": self.waited}
        return {name: np.array(value) for name, value in found.items()}

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Go on from where ``state`` was taken; ValueError if it is not that of a ``Plateau``."""
        try:
            values = check_state(state, self.state())
        except ValueError as error:
            raise ValueError(f"state is not that of Plateau: {error}") from None
        self.current, self.best = values["current"].item(), values["best"].item()
        self.waited = values["waited"].item()


def own_schedule(step: int, steps: int) -> float:
    """Return the learning rate of a step, from 0 to steps − 1, of a training of so many steps."""
    return 0.02 * (1 + math.cos(math.pi * step / steps)) / 2
