"""How large a learning rate may be before gradient descent diverges."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from solutions.arrays import Array
from solutions.losses import gradient_descent


def diverges(
    f_gradient: Callable[[Array], Array], x: Array, learning_rate: float, steps: int
) -> bool:
    """Return whether gradient descent from x ends where the gradient is longer than at x.

    Where it ends beyond all numbers, at infinity or at NaN, it has diverged as well.

    Parameters
    ----------
    f_gradient : function
        Returns the gradient at x, of the shape of x.
    x : array
        Where to start; it stays as it is.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        end = gradient_descent(f_gradient, x, learning_rate, steps)[-1]
        length = np.linalg.norm(f_gradient(end))
    return not length <= np.linalg.norm(f_gradient(x))  # NaN is neither more nor less


def largest_rate(
    is_too_large: Callable[[float], bool], low: float, high: float, tolerance: float
) -> float:
    """Return the largest learning rate that is known not to be too large, by bisection.

    The interval from low to high is halved until it is no longer than the tolerance; its lower end
    is returned.

    Parameters
    ----------
    is_too_large : function
        Says it of a rate: False up to some rate, and True from there on.
    low, high : float
        A rate that is not too large, and one that is.
    tolerance : float
        More than 0.

    Raises
    ------
    ValueError
        If low is too large already, or high is not.
    """
    if is_too_large(low) or not is_too_large(high):
        raise ValueError(f"the limit does not lie between {low} and {high}")
    while high - low > tolerance:
        middle = (low + high) / 2
        if is_too_large(middle):
            high = middle
        else:
            low = middle
    return low
