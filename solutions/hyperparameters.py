"""What is handed over beside arrays: numbers within limits, kept as Python's own, and chance."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np


def real(
    name: str,
    value: Any,
    *,
    at_least: float = -math.inf,
    above: float = -math.inf,
    at_most: float = math.inf,
    below: float = math.inf,
) -> float:
    """Return a number as Python's float, beside which float32 stays float32.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is not finite, or beyond a limit; the sentence calls it by its name.
    """
    try:
        number = float(value + 0.0)  # float("0.1") would take text
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, but it is {value!r}") from None
    if math.isfinite(number) and at_least <= number <= at_most and above < number < below:
        return number
    limits = {"at least": at_least, "more than": above, "at most": at_most, "less than": below}
    words = [f"{word} {limit:g}" for word, limit in limits.items() if math.isfinite(limit)]
    if len(words) < 2:
        words = ["finite", *words]
    raise ValueError(f"{name} must be {' and '.join(words)}, but it is {value}")


def whole(name: str, value: Any, at_least: int) -> int:
    """Return a whole number as Python's int.

    Raises
    ------
    TypeError
        If it is none: 32.0 is a float.
    ValueError
        If it is less than the limit.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, but it is {value!r}") from None
    if number < at_least:
        raise ValueError(f"{name} must be at least {at_least}, but it is {number}")
    return number


def generator(rng: Any, example: str) -> np.random.Generator:
    """Return a random generator as it is.

    Raises
    ------
    TypeError
        If it is none; the sentence shows a call that is right, such as "Dropout(0.5, rng)".
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng comes last and is a numpy.random.Generator, as in {example}, but is {rng}"
        )
    return rng
