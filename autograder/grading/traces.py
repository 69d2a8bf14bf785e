"""What is kept of a wrong result: what became of the check, and a digest of what came back.

Two submissions that were asked with the same inputs and made the same mistake have the same digest,
whether or not the mistake is known. The result itself is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from autograder.inside.wire import Handle
from autograder.judging.memory import limited
from autograder.judging.results import Result
from autograder.judging.verdicts import TaskReport

UNWRITTEN, STOPPED, RAISED, VALUE = "unwritten", "stopped", "raised", "value"
DIGITS = 5
"""Of each number: far fewer than rounding touches, so that two ways to one result agree."""
FLOOR = 1e-9
"""What is smaller is taken for zero: it is what rounding leaves of one."""
HEXADECIMALS = 16
MOST_TEXT = 1000


@dataclass(frozen=True)
class Trace:
    """What became of a check that failed.

    Attributes
    ----------
    outcome : str
        "value" if it returned, "raised", "stopped", or "unwritten" if the task was not begun.
    digest : str
        Of the value, or of the exception; empty where there is nothing to compare.
    """

    outcome: str
    digest: str = ""


def traces_of(report: TaskReport, results: Mapping[str, Result]) -> dict[str, Trace]:
    """Return the traces of the checks of a task that failed, by their names."""
    return {name: trace_of(results[name]) for name in sorted(report.failed) if name in results}


def trace_of(result: Result) -> Trace:
    """Return what is kept of a wrong result."""
    if result.stopped:
        return Trace(STOPPED)
    if result.is_unwritten:
        return Trace(UNWRITTEN)
    if result.raised:
        return Trace(RAISED, _digest([result.raised, result.said[:MOST_TEXT]]))
    try:
        with limited():
            return Trace(VALUE, _digest(result.value))
    except (MemoryError, RecursionError):
        return Trace(VALUE)


def _digest(value: Any) -> str:
    found = sha256()
    for part in _parts(value):
        found.update(part)
    return found.hexdigest()[:HEXADECIMALS]


def _parts(value: Any) -> Iterator[bytes]:
    """Yield a value as bytes: its structure, and its numbers rounded."""
    if isinstance(value, dict):
        yield f"dict {len(value)};".encode()
        for key in sorted(value, key=_text):
            yield _text(key)
            yield from _parts(value[key])
    elif isinstance(value, list | tuple):
        yield f"list {len(value)};".encode()
        for one in value:
            yield from _parts(one)
    elif isinstance(value, Handle):
        yield b"object;"
    else:
        yield from _of_one(value)


def _of_one(value: Any) -> Iterator[bytes]:
    array = None if value is None or isinstance(value, str) else np.asarray(value)
    if array is None or array.dtype.kind not in "biufc":
        yield _text(value)
        return
    kind = "truth" if array.dtype.kind == "b" else "numbers"
    yield f"{kind} {array.shape if array.size != 1 else ()};".encode()
    if array.dtype.kind == "c":
        array = np.stack([array.real, array.imag])
    yield rounded(array.astype(float)).tobytes()


def _text(value: Any) -> bytes:
    """Return what is no number of NumPy's as text; Python writes no long integer but so."""
    shown = hex(value) if type(value) is int else repr(value)
    return f"{type(value).__name__} {shown}"[:MOST_TEXT].encode("utf-8", "replace") + b";"


def rounded(numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return numbers with few digits each; what is next to nothing becomes zero."""
    numbers = np.where(np.abs(numbers) < FLOOR, 0.0, numbers)
    with np.errstate(all="ignore"):
        scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(np.abs(numbers))))
        few = np.round(numbers * scale) / scale
    few = np.where(np.isfinite(few), few, numbers)
    return np.where(np.isnan(few), np.nan, few) + 0.0  # one kind of NaN, and no negative zero
