"""What an instructor is shown of a check: its inputs, and where two results differ. In few lines.

The results may be a stranger's: whoever prints them makes them printable.
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograder.authoring.tasks import Check
from autograder.inside.wire import Handle
from autograder.judging.comparing import apart, describe, difference, number

MOST_LINES = 10
MOST_NUMBERS = 8
MOST_ELEMENTS = 3


def inputs(draws: Sequence[Any]) -> list[str]:
    """Return what a check drew, a line for each draw."""
    lines = [f"{i}. {brief(value)}" for i, value in enumerate(draws, start=1)]
    more = len(lines) - MOST_LINES
    if more > 0:
        lines[MOST_LINES:] = [f"… and {more} more"]
    return lines or ["none are drawn: they stand in the check"]


def contrast(check: Check, got: Any, expected: Any) -> list[tuple[str, str]]:
    """Return where a result differs from the expected one, as labels and lines.

    Parameters
    ----------
    check : Check
        Whose tolerances, or bounds, hold.
    got, expected : object
        Plain data, of a submission and of the reference.
    """
    if check.at_least is not None or check.at_most is not None:
        return _beside(got, expected)
    lines = []
    for where, one, other in _pairs(got, expected):
        if difference(one, other, check.rtol, check.atol) is not None:
            lines += [(label, where + said) for label, said in _apart(check, one, other)]
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], ("", f"… and {more} more lines")] if more > 0 else lines


def brief(value: Any) -> str:
    """Return a value in one line; of an array, its shape and the first numbers in it."""
    if isinstance(value, np.ndarray) and value.ndim:
        numbers = " ".join(number(one) for one in value.flat[:MOST_NUMBERS])
        more = " …" if value.size > MOST_NUMBERS else ""
        kind = "" if value.dtype == float else f"{value.dtype} "
        return f"{kind}{value.shape}: {numbers}{more}"
    if isinstance(value, Handle):
        return describe(value)
    is_number = isinstance(value, int | float | complex | np.ndarray | np.generic)
    return number(value) if is_number else " ".join(reprlib.repr(value).split())


def _pairs(got: Any, expected: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield the parts of two results that belong together, and where they stand."""
    if isinstance(got, dict) and isinstance(expected, dict) and got.keys() == expected.keys():
        for key, value in expected.items():
            yield from _pairs(got[key], value, f"{where}{key!r}, ")
    elif (
        isinstance(got, list | tuple)
        and isinstance(expected, list | tuple)
        and len(got) == len(expected)
    ):
        for i, (one, other) in enumerate(zip(got, expected, strict=True), start=1):
            yield from _pairs(one, other, f"{where}value {i}, ")
    else:
        yield where.removesuffix(", ") + ": " * bool(where), got, expected


def _apart(check: Check, got: Any, expected: Any) -> list[tuple[str, str]]:
    """Describe how two parts differ: number by number, where they have the same shape."""
    arrays = isinstance(got, np.ndarray) and isinstance(expected, np.ndarray)
    if not arrays or got.shape != expected.shape or not got.ndim:
        return _beside(got, expected)
    with np.errstate(all="ignore"):
        gap = np.abs(got.astype(complex) - expected.astype(complex))
    order = np.argsort(-np.where(np.isfinite(gap), gap, np.inf), axis=None, kind="stable")
    indices = [np.unravel_index(one, got.shape) for one in order[:MOST_ELEMENTS]]
    worst = [
        f"at [{', '.join(str(int(i)) for i in index)}] {apart(got[index], expected[index])}"
        for index in indices
        if difference(got[index], expected[index], check.rtol, check.atol) is not None
    ]
    return [*_beside(got, expected), *(("worst", one) for one in worst)]


def _beside(got: Any, expected: Any) -> list[tuple[str, str]]:
    return [("returned", brief(got)), ("expected", brief(expected))]
