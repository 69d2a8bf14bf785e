"""Is this gradient right? Comparing it with slopes that are measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from solutions.arrays import Array
from solutions.losses import measured_gradient


def relative_error(a: Array, b: Array) -> Array:
    """Return |a − b| / max(|a|, |b|), element by element, and 0 where both are 0."""
    size = np.maximum(np.abs(a), np.abs(b))
    return np.abs(a - b) / np.where(size == 0, 1, size)


class GradientCheck(NamedTuple):
    """What a gradient check found. It prints as a sentence, and is true if it passed."""

    worst_error: float  #: largest relative error that the measurement does not explain
    worst_index: tuple[int, ...]  #: where it is
    analytic: float  #: what the gradient says there
    numerical: float  #: what was measured there
    kinks: int  #: how many coordinates were skipped because a kink lay within h
    unmeasured: int  #: how many slopes are so small that they are not known to a tenth
    size: int  #: how many coordinates there are

    @property
    def passed(self) -> bool:
        """Whether no error is above a millionth, and at most half of x was skipped."""
        return self.worst_error <= 1e-6 and 2 * self.kinks <= self.size

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        notes = ""
        if self.kinks:
            notes += f" {self.kinks} of {self.size} coordinates were skipped: they lie at kinks."
        if self.unmeasured:
            notes += (
                f" {self.unmeasured} of {self.size} slopes are too small to be measured:"
                " a mistake in them would hardly show."
            )
        if not self.worst_error <= 1e-6:
            return (
                f"wrong: at {self.worst_index} the gradient says {self.analytic:.6g},"
                f" but the slope is {self.numerical:.6g}.{notes}"
            )
        return f"{'passed' if self.passed else 'undecided: take a smaller h'}.{notes}"


def crosses_kink(
    winners: Callable[[Array], Array], x: Array, index: tuple[int, ...], h: float
) -> bool:
    """Return whether any winner changes between x − h and x + h along one coordinate.

    ``winners(x)`` says which side won in every max, in an array of any shape: for a ReLU the mask
    ``x > 0``, for a hinge or a pooling the argmax.
    """
    step = np.zeros_like(x)
    step[index] = h
    return bool(np.any(winners(x + step) != winners(x - step)))


def gradient_check(
    f: Callable[[Array], float],
    x: Array,
    gradient: Array,
    winners: Callable[[Array], Array] | None = None,
    h: float = 1e-5,
) -> GradientCheck:
    """Compare a gradient of f at x with slopes that are measured, coordinate by coordinate.

    Differences within what the measurement may be off count as none. Coordinates where a winner
    changes within h are skipped and counted: there the measured slope straddles a kink.

    Raises
    ------
    ValueError
        If the gradient has not the shape of x; if x is not of float64, or f does not give the same
        number each time, since either would drown the comparison.
    """
    if gradient.shape != x.shape:
        raise ValueError(f"the gradient has shape {gradient.shape} but x {x.shape}")
    slopes, uncertainty = measured_gradient(f, x, h)
    errors = relative_error(gradient, slopes)
    kinks = np.zeros_like(x, dtype=bool)
    for index in np.ndindex(x.shape):
        kinks[index] = winners is not None and crosses_kink(winners, x, index, h)
    errors[kinks | (np.abs(gradient - slopes) <= uncertainty)] = 0
    unmeasured = int((~kinks & (np.abs(slopes) <= 10 * uncertainty)).sum())
    worst = tuple(int(i) for i in np.unravel_index(int(errors.argmax()), x.shape))
    found = float(errors[worst]), worst, float(gradient[worst]), float(slopes[worst])
    return GradientCheck(*found, int(kinks.sum()), unmeasured, x.size)
