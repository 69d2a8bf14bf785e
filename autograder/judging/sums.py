"""A look at two values that costs next to nothing: can they agree at all?

A wrong answer is compared with every known mistake of its task, and nearly none of them agrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograder.judging.comparing import is_numeric


class Sums(NamedTuple):
    """What all numbers of a value add up to: with their signs, without them, and how many."""

    signed: float
    sizes: float
    many: int


def sums_of(value: Any) -> Sums | None:
    """Return the sums of all numbers in a value; None if they cannot be added up."""
    try:
        with np.errstate(all="ignore"):
            parts = [np.asarray(part).astype(float) for part in _numbers_in(value)]
            signed = float(sum(part.sum() for part in parts))
            sizes = float(sum(np.abs(part).sum() for part in parts))
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError):
        return None
    return Sums(signed, sizes, sum(part.size for part in parts)) if math.isfinite(sizes) else None


def may_agree(got: Sums | None, expected: Sums | None, rtol: float, atol: float) -> bool:
    """Return False if values with such sums cannot `agree`: a look that costs next to nothing.

    Where each number is off by no more than it may be, the sums are off by no more than all that
    together.
    """
    if got is None or expected is None:
        return True
    rounding = 1e-12  # of the sums themselves
    most = expected.many * atol + (2 * rtol + rounding) * (got.sizes + expected.sizes)
    return got.many == expected.many and abs(got.signed - expected.signed) <= most


def _numbers_in(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list | tuple):
        if isinstance(value, complex | np.complexfloating) or (
            isinstance(value, np.ndarray) and value.dtype.kind == "c"
        ):
            raise ValueError("complex numbers")
        if is_numeric(value):
            yield value
        return
    for item in value:
        yield from _numbers_in(item)
