"""Does what came back agree with what was expected? And if not, in one sentence, where?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import zip_longest
from typing import Any

import numpy as np

from autograder.inside.wire import Handle

KINDS = {
    type(None): "nothing (None): a return is missing",
    str: "a text",
    bool: "a truth value",
    int: "a number",
    float: "a number",
    complex: "a complex number",
    list: "a list",
    tuple: "a tuple",
    dict: "a dictionary",
    np.ndarray: "an array",
    Handle: "an object that is not data",
}

NUMERIC = (bool, int, float, complex, np.ndarray, np.generic)

TOO_LARGE = "a number that is too large"

TIED = 1 - 1e-6
"""A gap of this share of the largest is as large: rounding alone could decide between them."""


FEW_DIGITS, SEVERAL, MANY = 3, 4, 1000
"""A number with so few digits agrees by chance; so many of them hardly; so many are looked at."""


def difference(got: Any, expected: Any, rtol: float = 1e-6, atol: float = 1e-9) -> str | None:
    """Return where ``got`` differs from ``expected``, in words, or None where it does not.

    Numbers and arrays agree if their shapes do and |a − b| ≤ atol + rtol · max(|a|, |b|)
    everywhere; an array with one element counts as a number where a number is expected, a list or
    a tuple of numbers as an array where an array is expected.

    Parameters
    ----------
    got, expected : object
        Plain values and arrays, as they come over the wire.
    rtol, atol : float
        The relative and the absolute tolerance.
    """
    gap = _gap(got, expected, rtol, atol)
    return gap and gap()


def agree(got: Any, expected: Any, rtol: float = 1e-6, atol: float = 1e-9) -> bool:
    """Return whether there is no `difference`, without saying where it is."""
    return _gap(got, expected, rtol, atol) is None


Gap = Callable[[], str]
"""Says where two values differ. Most are never asked: many mistakes are compared for one name."""


def _gap(got: Any, expected: Any, rtol: float, atol: float) -> Gap | None:
    """Return what says where two values differ, or None where they do not."""
    if isinstance(expected, dict):
        return _dictionaries(got, expected, rtol, atol)
    if isinstance(expected, list | tuple):
        return _sequences(got, expected, rtol, atol)
    if is_numeric(expected):
        return _numbers(got, expected, rtol, atol)
    if type(got) is type(expected) and got == expected:
        return None
    if expected is None:  # where nothing is asked for, no return is missing
        return lambda: f"got {_shown(got)}, expected nothing (None)"
    return lambda: f"got {_shown(got)}, expected {_shown(expected)}"


def _say(*words: str) -> Gap:
    return lambda: "".join(words)


def _inside(where: str, gap: Gap) -> Gap:
    return lambda: f"{where}: {gap()}"


def is_telling(value: Any, expected: Any, rtol: float = 1e-6, atol: float = 1e-9) -> bool:
    """Return whether a wrong value is so peculiar that hardly anything agrees with it by chance.

    What tells is a finite number other than the expected one, with more digits than a count or a
    share has; or several with few digits, unless they are all the same, as zeros are. Infinities,
    truth values and texts do not tell: many ways lead to them.

    Parameters
    ----------
    value, expected : object
        What a mistake gives, and what is right: plain values and arrays.
    rtol, atol : float
        The tolerances within which numbers agree.
    """
    unlike = np.concatenate([np.empty(0), *_unlike_numbers(value, expected, rtol, atol)])
    rounded = np.array([float(f"{one:.{FEW_DIGITS}g}") for one in unlike[:MANY]])
    if (np.abs(rounded - unlike[:MANY]) > 1e-9 * np.abs(rounded)).any():
        return True
    return unlike.size >= SEVERAL and (unlike != unlike[0]).any()


def describe(value: Any) -> str:
    """Return what kind of thing a value is, in words."""
    if isinstance(value, np.generic):
        return "a number"
    if type(value) is int and not -(1 << 63) <= value < 1 << 64:
        return TOO_LARGE  # for NumPy, and so for everything here
    return KINDS.get(type(value), f"a {type(value).__name__}")


def number(value: Any, digits: int = 4) -> str:
    """Return a number as text, rounded so that it reads the same on every machine."""
    value = np.asarray(value)[()]
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer) and abs(int(value)) < 1 << 53:
        return str(int(value))
    if describe(value) == TOO_LARGE:
        return TOO_LARGE
    if isinstance(value, complex | np.complexfloating):
        return f"{complex(_steady(float(value.real)), _steady(float(value.imag))):.{digits}g}"
    return f"{_steady(float(value)):.{digits}g}"


def _steady(value: float) -> float:
    """Round to 12 digits, and to 12 places: beyond that lies what machines may round differently.

    Rounded once more, 1.0625 then ends as 1.062, whether it came as a little more or a little less.
    """
    return round(float(f"{value:.11e}"), 12) + 0.0  # adding 0 turns −0 into 0


def apart(got: Any, expected: Any) -> str:
    """Return two numbers as text, with as many digits as it takes to tell them apart."""
    texts = [(number(got, digits), number(expected, digits)) for digits in (4, 7, 10)]
    texts.append((f"{got:.10g}", f"{expected:.10g}"))
    one, other = next((pair for pair in texts if pair[0] != pair[1]), texts[-1])
    return f"got {one}, expected {other}"


def _shown(value: Any) -> str:
    return repr(value[:60]) if isinstance(value, str) else describe(value)


def is_numeric(value: Any) -> bool:
    return isinstance(value, NUMERIC)


def _dictionaries(got: Any, expected: dict[Any, Any], rtol: float, atol: float) -> Gap | None:
    if not isinstance(got, dict):
        return _say(f"got {describe(got)}, expected a dictionary")
    missing = [repr(key) for key in expected if key not in got]
    if missing:
        return _say(f"the key {missing[0]} is missing")
    for key, value in expected.items():
        found = _gap(got[key], value, rtol, atol)
        if found:
            return _inside(f"at {key!r}", found)
    extra = len(got) - len(expected)
    if extra == 1:
        return _say("there is 1 more key than expected")
    return _say(f"there are {extra} more keys than expected") if extra else None


def _sequences(got: Any, expected: Any, rtol: float, atol: float) -> Gap | None:
    is_array = isinstance(got, np.ndarray) and got.ndim > 0
    if not isinstance(got, list | tuple) and not is_array:
        return _say(f"got {describe(got)}, expected {len(expected)} values")
    if len(got) != len(expected):
        values = "1 value" if len(got) == 1 else f"{len(got)} values"
        return _say(f"got {values}, expected {len(expected)}")
    for i, (one, other) in enumerate(zip(got, expected, strict=True)):
        found = _gap(one, other, rtol, atol)
        if found:
            return _inside(f"value {i + 1} of {len(expected)}", found)
    return None


def _unlike_numbers(value: Any, expected: Any, rtol: float, atol: float) -> Iterator[Any]:
    """Yield the sizes of a value's finite numbers other than the expected ones, as flat arrays."""
    if isinstance(value, dict):
        for key, one in value.items():
            its = expected.get(key) if isinstance(expected, dict) else None
            yield from _unlike_numbers(one, its, rtol, atol)
        return
    array, other = _as_array(value), _as_array(expected)
    if array is None and isinstance(value, list | tuple):
        known = expected if isinstance(expected, list | tuple) else ()
        for one, its in zip_longest(value, known[: len(value)]):
            yield from _unlike_numbers(one, its, rtol, atol)
    elif array is not None and array.dtype.kind != "b":
        with np.errstate(all="ignore"):  # a finite complex number's magnitude may be infinite
            sizes = np.abs(array) if array.dtype.kind == "c" else array.astype(float)
            unlike = np.isfinite(sizes)
            if other is not None and other.shape == array.shape:
                unlike &= ~np.isclose(array, other, rtol, atol, equal_nan=True)
        yield sizes[unlike]


def _as_array(got: Any) -> np.ndarray[Any, Any] | None:
    if isinstance(got, list | tuple):
        if not _holds_numbers(got):
            return None  # and a list of texts could become a huge array
        try:
            got = np.array(got)
        except ValueError:
            return None
    return np.asarray(got) if is_numeric(got) and np.asarray(got).dtype.kind in "biufc" else None


def _holds_numbers(items: Any) -> bool:
    """Return whether nested lists hold numbers and nothing else."""
    return all(
        _holds_numbers(item) if isinstance(item, list | tuple) else is_numeric(item)
        for item in items
    )


def _numbers(got: Any, expected: Any, rtol: float, atol: float) -> Gap | None:
    if type(got) is type(expected) is float and math.isfinite(got - expected):
        if abs(got - expected) <= atol + rtol * max(abs(got), abs(expected)):
            return None  # single numbers are frequent, and need no arrays
        return lambda: difference(np.array(got), np.array(expected), rtol, atol) or ""
    a, b = _as_array(got), _as_array(expected)
    if a is None or b is None:
        if type(got) is type(expected) is int and got == expected:
            return None
        return _say(f"got {describe(got)}, expected {describe(expected)}")
    if b.ndim == 0 and a.size == 1:
        a = a.reshape(())
    if a.shape != b.shape:
        if a.ndim and b.ndim:
            return _say(f"got the shape {a.shape}, expected {b.shape}")
        one, other = (f"the shape {c.shape}" if c.ndim else "one number" for c in (a, b))
        return _say(f"got {one}, expected {other}")
    if a.dtype.kind == b.dtype.kind == "b":
        return partial(_worst_truth, a, b) if (a != b).any() else None
    wide = complex if "c" in (a.dtype.kind, b.dtype.kind) else float
    is_whole = a.dtype.kind in "iu" and b.dtype.kind in "iu"
    with np.errstate(all="ignore"):
        a, b = a.astype(wide), b.astype(wide)
        gap = np.abs(a - b)
        excess = gap - (atol + rtol * np.maximum(np.abs(a), np.abs(b)))
        if (excess <= 0).all():
            return None  # where all is finite: most that is compared is alike
        gap = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, gap)
        wrong = ~(excess <= 0) & (gap != 0)
    return partial(_worst, a, b, gap, wrong, is_whole) if wrong.any() else None


def _worst_truth(a: Any, b: Any) -> str:
    """Describe the first truth value that differs."""
    index = np.unravel_index(int((a != b).argmax()), a.shape)
    where = f"at [{', '.join(str(int(i)) for i in index)}]: " if index else ""
    return f"{where}got {bool(a[index])}, expected {bool(b[index])}"


def _worst(a: Any, b: Any, gap: Any, wrong: Any, is_whole: bool) -> str:
    """Describe the first of those furthest off; one that is not a number counts as that."""
    size = np.where(wrong, np.where(np.isfinite(gap), gap, np.inf), 0.0)
    index = np.unravel_index(int((size >= size.max() * TIED).argmax()), size.shape)
    got, expected = (int(side[index]) if is_whole else side[index] for side in (a, b))
    larger = max(abs(got), abs(expected))
    relative = (
        f" (relative error {number(gap[index] / larger, 2)})" if np.isfinite(gap[index]) else ""
    )
    where = f"at [{', '.join(str(int(i)) for i in index)}]: " if index else ""
    share = f"; {int(wrong.sum())} of {wrong.size} values differ" if wrong.size > 1 else ""
    return f"{where}{apart(got, expected)}{relative}{share}"
