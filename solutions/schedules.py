"""Chapter 4: schedules, which say how large the learning rate is at each step.

A schedule is called with the number of the step, counted from 0. What a step is, one mini-batch
or one epoch, is for the caller to say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from solutions.arrays import Array


class Schedule:
    """What all schedules share. A schedule of its own overrides ``rate``; this one is constant.

    Parameters
    ----------
    initial : float
        The learning rate to begin with, more than 0.

    Raises
    ------
    ValueError
        If it is not; when called, if the step is negative.
    """

    def __init__(self, initial: float) -> None:
        if not initial > 0:
            raise ValueError(f"initial must be more than 0, but it is {initial}")
        self.initial = float(initial)

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        if step < 0:
            raise ValueError(f"step must be at least 0, but it is {step}")
        return self.rate(step)

    def rate(self, step: int) -> float:
        """Return the learning rate of a step that is known to be at least 0."""
        return self.initial


class Constant(Schedule):
    """The same learning rate at every step."""


class StepDecay(Schedule):
    """A staircase: η = initial · factor^⌊step / every⌋.

    Parameters
    ----------
    initial : float
        The learning rate to begin with.
    every : int
        How many steps the rate stays as it is.
    factor : float
        By what it is multiplied then: more than 0, at most 1.
    """

    def __init__(self, initial: float, every: int, factor: float = 0.1) -> None:
        super().__init__(initial)
        if every < 1:
            raise ValueError(f"every must be at least 1, but it is {every}")
        if not 0 < factor <= 1:
            raise ValueError(f"factor must be more than 0 and at most 1, but it is {factor}")
        self.every, self.factor = every, factor

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        return float(self.initial * self.factor ** (step // self.every))


class ExponentialDecay(Schedule):
    """A fixed share at each step: η = initial · e^(−decay · step).

    Parameters
    ----------
    initial : float
        The learning rate to begin with.
    decay : float
        How fast it falls, per step; at least 0.
    """

    def __init__(self, initial: float, decay: float) -> None:
        super().__init__(initial)
        if not decay >= 0:
            raise ValueError(f"decay must be at least 0, but it is {decay}")
        self.decay = decay

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        return self.initial * math.exp(-self.decay * step)


class InverseTimeDecay(Schedule):
    """η = initial / (1 + decay · step): halved when step is 1 / decay, and slower from then on.

    Parameters
    ----------
    initial : float
        The learning rate to begin with.
    decay : float
        How fast it falls, per step; at least 0.

    References
    ----------
    Robbins and Monro (1951), A stochastic approximation method: rates like 1/step go to zero,
    and still reach any distance.
    """

    def __init__(self, initial: float, decay: float) -> None:
        super().__init__(initial)
        if not decay >= 0:
            raise ValueError(f"decay must be at least 0, but it is {decay}")
        self.decay = decay

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        return self.initial / (1 + self.decay * step)


class CosineDecay(Schedule):
    """Half a wave, flat at both ends: η = final + ½ (initial − final) (1 + cos(π step / steps)).

    Parameters
    ----------
    initial : float
        The learning rate to begin with.
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
        if steps < 1:
            raise ValueError(f"steps must be at least 1, but it is {steps}")
        if not 0 <= final <= initial:
            raise ValueError(f"final must be from 0 to initial, {initial}, but it is {final}")
        self.steps, self.final = steps, final

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
        if steps < 1:
            raise ValueError(f"steps must be at least 1, but it is {steps}")
        if hasattr(schedule, "update"):
            raise ValueError(
                f"schedule must depend on the step alone, not {type(schedule).__name__}"
            )
        super().__init__(schedule(0))
        self.schedule, self.steps = schedule, steps

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        if step < self.steps:
            return self.initial * (step + 1) / self.steps
        return self.schedule(step - self.steps)


class Plateau(Schedule):
    """The rate is cut whenever the validation loss has stopped to improve.

    ``update`` is told each new validation loss; until then the rate is the same at every step.

    Parameters
    ----------
    initial : float
        The learning rate to begin with.
    factor : float
        By what it is multiplied at a cut, such as ½ or ⅕: more than 0, less than 1.
    patience : int
        How many losses in a row may be no improvement; the next one cuts the rate.
    min_delta : float
        By how much a loss must be below the best so far to be an improvement.
    final : float
        The rate never falls below it.
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
        if not 0 < factor < 1:
            raise ValueError(f"factor must be more than 0 and less than 1, but it is {factor}")
        if patience < 0:
            raise ValueError(f"patience must be at least 0, but it is {patience}")
        self.factor, self.patience, self.min_delta, self.final = factor, patience, min_delta, final
        self.current, self.best, self.waited = self.initial, math.inf, 0

    def rate(self, step: int) -> float:
        """Return the present learning rate, whatever the step."""
        return self.current

    def update(self, validation_loss: float) -> float:
        """Take note of a validation loss, and return the learning rate from here on."""
        if validation_loss < self.best - self.min_delta:
            self.best, self.waited = float(validation_loss), 0
        else:  # which is also where NaN goes
            self.waited += 1
        if self.waited > self.patience:
            self.current, self.waited = max(self.current * self.factor, self.final), 0
        return self.current

    def state(self) -> dict[str, Array]:
        """Return what has been learned from the losses so far, for a checkpoint."""
        found = {"current": self.current, "best": self.best, "waited": self.waited}
        return {name: np.array(value) for name, value in found.items()}

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Go on from where ``state`` was taken; ValueError if it is not that of a ``Plateau``."""
        wrong = sorted(state.keys() ^ self.state().keys())
        if wrong:
            raise ValueError(f"state is not that of Plateau: see {wrong[0]!r}")
        self.current, self.best = float(state["current"]), float(state["best"])
        self.waited = int(state["waited"])
