"""Derivatives measured with differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from solutions.arrays import Array, as_float


def forward_difference(f: Callable[[Array], Array], x: Array, h: float) -> Array:
    """Return the slope of f between x and the point h further on; its error shrinks like h.

    x is a number or an array, of which f takes each element by itself.
    """
    x = as_float(x)
    return (f(x + h) - f(x)) / h


def central_difference(f: Callable[[Array], Array], x: Array, h: float) -> Array:
    """Return the slope of f between the points h before and h after x; its error shrinks like h².

    x is a number or an array, of which f takes each element by itself.
    """
    x = as_float(x)
    return (f(x + h) - f(x - h)) / (2 * h)


def numerical_gradient(f: Callable[[Array], float], x: Array, h: float = 1e-5) -> Array:
    """Return the gradient of f at x, of any shape, by central differences.

    f takes an array of the shape of x and returns one number. It is called twice for each element,
    which is h further on, then h before. x is never changed, not even for the time of a call.

    Raises
    ------
    ValueError
        If x is not of float64: an integer cannot move by h, and float32 rounds it away.
    """
    if x.dtype != np.float64:
        raise ValueError(f"numerical_gradient needs x in float64, but it is {x.dtype}")
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        gradient[index] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient
