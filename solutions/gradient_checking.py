"""Chapter 3: is this gradient right? Comparing it with slopes that are measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from solutions.arrays import Array
from solutions.descent import numerical_gradient


def relative_error(a: Array, b: Array) -> Array:
    """Return |a − b| / max(|a|, |b|), element by element, and 0 where both are 0."""
    size = np.maximum(np.abs(a), np.abs(b))
    return np.abs(a - b) / np.where(size == 0, 1, size)


class GradientCheck(NamedTuple):
    """What a gradient check found."""

    worst_error: float  #: largest relative error among the coordinates that were compared
    worst_index: tuple[int, ...]  #: where it is
    kinks: int  #: how many coordinates were skipped because a kink lay within h


def crosses_kink(
    winners: Callable[[Array], Array], x: Array, index: tuple[int, ...], h: float
) -> bool:
    """Return whether any winner changes between x − h and x + h along one coordinate.

    Parameters
    ----------
    winners : function
        Given an input of the shape of x, says which side won in every max: for a ReLU the
        mask ``x > 0``, for a hinge or a pooling the argmax. An array of any shape.
    x : array
        Where the derivative is taken; it is left as it was.
    index : tuple of int
        The coordinate that is moved.
    h : float
        How far it is moved, each way.
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
    """Compare a gradient with central differences of f at x, coordinate by coordinate.

    Coordinates where a winner changes within h are skipped and counted: there the numerical
    value straddles a kink and says nothing about the gradient. If all are skipped, the worst error
    and its place mean nothing.

    Raises
    ------
    ValueError
        If x is not of float64: rounding would drown the comparison. If the gradient has not the
        shape of x.
    """
    if x.dtype != np.float64:
        raise ValueError(f"gradient_check needs x in float64, but it is {x.dtype}")
    if gradient.shape != x.shape:
        raise ValueError(f"the gradient has shape {gradient.shape} but x {x.shape}")
    errors = relative_error(gradient, numerical_gradient(f, x, h))
    kinks = 0
    if winners is not None:
        for index in np.ndindex(x.shape):
            if crosses_kink(winners, x, index, h):
                errors[index] = 0
                kinks += 1
    worst = np.unravel_index(int(errors.argmax()), errors.shape)
    return GradientCheck(float(errors.max()), tuple(int(i) for i in worst), kinks)
