"""Whether a result is right, and if not, what is wrong with it."""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np

from autograder.authoring.tasks import Check, Task
from autograder.judging.comparing import agree, describe, difference, is_telling, number
from autograder.judging.results import TOO_LARGE, Result
from autograder.judging.sums import may_agree


def fault_of(check: Check, result: Result, reference: Result) -> str | None:
    """Return what is wrong with a result, in a sentence, or None."""
    if result.raised or result.stopped:
        return result.detail
    if not check.is_bounded:
        return _unlike(check, result, reference)
    value = _single(result.value)
    if not _is_number(value):
        return f"got {describe(value)}, expected a number"
    if check.at_least is not None and not value >= check.at_least:
        return f"got {number(value)}; it must be at least {number(check.at_least)}"
    if check.at_most is not None and not value <= check.at_most:
        return f"got {number(value)}; it must be at most {number(check.at_most)}"
    return None


def measured_by(check: Check, result: Result) -> float | None:
    """Return what is held to a check's bounds, to four digits; None where there is no number."""
    value = _single(result.value)
    if not check.is_bounded or not _is_number(value) or not abs(value) <= sys.float_info.max:
        return None  # infinite, not a number, or an integer that no float can be
    return float(f"{float(value):.4g}")


def _single(value: Any) -> Any:
    """Return the only element of an array that has one; else the value."""
    is_single = isinstance(value, np.generic | np.ndarray) and value.size == 1
    return value.item() if is_single else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_SHAPES = re.compile(
    "^matmul: |not aligned|could not be broadcast|could not broadcast|cannot reshape|"
    "dimensions for the concatenation|axes don't match|sum of subscripts|does not match"
)
"""What NumPy says of shapes that do not fit each other."""


def with_shapes(task: Task, result: Result, fault: str) -> str:
    """Add the shapes that the task's text names, if arrays did not fit each other."""
    if task.shapes and result.raised == "ValueError" and _SHAPES.search(result.said):
        stop = "" if fault.endswith((".", "?", "!")) else "."
        return f"{fault}{stop} The shapes of this task: {task.shapes}"
    return fault


def same_result(check: Check, got: Result, known: Result) -> bool:
    """Return whether the student's result is what a known mistake gives."""
    if got.stopped or got.raised or known.raised:
        return bool(got.raised) and (got.raised, got.said) == (known.raised, known.said)
    if not may_agree(got.sums, known.sums, check.rtol, check.atol):
        return False
    try:
        return agree(got.value, known.value, check.rtol, check.atol)
    except MemoryError:
        return False


def tells(check: Check, known: Result, reference: Result) -> bool:
    """Return whether agreement with a known mistake in this check is evidence by itself.

    An exception is weak evidence, as many mistakes raise the same, and numbers that are held to a
    bound agree by chance. A required check is made to tell, whatever it gives.
    """
    if known.raised or check.is_bounded:
        return False
    return check.required or is_telling(known.value, reference.value, check.rtol, check.atol)


def _unlike(check: Check, got: Result, expected: Result) -> str | None:
    if got is expected:
        return None  # the reference's own bytes came back
    try:
        return difference(got.value, expected.value, check.rtol, check.atol)
    except MemoryError:
        return TOO_LARGE
