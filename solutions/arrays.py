"""Which array library to compute with: NumPy, or CuPy where the arrays live on a GPU."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

Array = Any
"""A NumPy or CuPy array."""


def array_module(*arrays: Array) -> ModuleType:
    """Return ``cupy`` if any of the arrays lives on a GPU, else ``numpy``.

    CuPy is never imported here: where one of its arrays exists, it has been imported already.
    """
    cupy = sys.modules.get("cupy")
    if cupy is not None and any(isinstance(array, cupy.ndarray) for array in arrays):
        return cupy
    return np


def as_float(x: Array) -> Array:
    """Return floats as they are, and integers, booleans and lists as float64.

    Integers wrap: 200 + 200 is 144 in uint8. So whatever computes takes them as float64.
    """
    if not hasattr(x, "dtype"):
        x = np.asarray(x)[()]  # a number stays one
    return x if x.dtype.kind in "fc" else x.astype(np.float64)


def as_wide_float(x: Array) -> Array:
    """Return floats of at least 32 bits: as ``as_float`` does, but float16 as float32.

    A square of float16 is infinite from 256 on, and so is a sum over 65520 ones.
    """
    x = as_float(x)
    return x.astype(at_least_float32(x.dtype), copy=False)


def rounded(weights: Array, dtype: Any) -> Array:
    """Return numbers in a dtype of floats, as they are if it is theirs.

    Raises
    ------
    TypeError
        If it is none of floats: most weights would become 0.
    """
    if np.dtype(dtype).kind != "f":
        raise TypeError(f"dtype must be one of floats, such as np.float32, but it is {dtype}")
    return weights.astype(dtype, copy=False)


def at_least_float32(dtype: Any) -> Any:
    """Return the dtype in which sums of such numbers are to be taken: float16 ends at 65504."""
    return np.promote_types(dtype, np.float32)


def uniform(rng: np.random.Generator, shape: tuple[int, ...], like: Array) -> Array:
    """Return numbers uniform in [0, 1), drawn where ``like`` lives and of its floating dtype.

    On a GPU they are other numbers than on the host: a generator there draws them, which ``rng``
    seeds anew at each call. So the state of ``rng`` is all that a run needs to be resumed.
    """
    xp = array_module(like)
    if xp is not np:
        rng = xp.random.Generator(xp.random.Philox4x3210(int(rng.integers(2**63))))
    if like.dtype == np.float16:  # nobody draws it, and numbers near 1 would be rounded to 1
        return rng.integers(2048, size=shape).astype(np.float16) * 2.0**-11
    return rng.random(shape, dtype=like.dtype if like.dtype.kind == "f" else np.float64)


def gpu_available() -> bool:
    """Return whether CuPy can compute here: it is installed, finds a GPU, and adds 1 to 1."""
    try:  # without a driver CuPy imports, and fails later, with errors of its own
        cupy = importlib.import_module("cupy")
        return bool(cupy.cuda.is_available()) and int(cupy.ones(1).sum() + 1) == 2
    except Exception:
        return False


def to_device(array: Array) -> Array:
    """Return the array on the GPU; one that is there already is returned as it is.

    Raises
    ------
    RuntimeError
        If there is no GPU that CuPy can compute with.
    """
    if not gpu_available():
        raise RuntimeError(
            "There is no GPU to compute with: install CuPy and a CUDA driver, or stay with NumPy."
        )
    return importlib.import_module("cupy").asarray(array)


def to_host(array: Array) -> Array:
    """Return the array as a NumPy array; one that is there already is returned as it is."""
    return array if array_module(array) is np else array.get()


def read_numbers(numbers: Sequence[Array]) -> list[float]:
    """Return numbers as Python's floats; those on a GPU come over together, at one wait."""
    xp = array_module(*numbers)
    if xp is not np:
        numbers = to_host(xp.stack([xp.asarray(number, dtype=np.float64) for number in numbers]))
    return [float(number) for number in numbers]


def beside(array: Array, like: Array) -> Array:
    """Return the array where ``like`` lives: as it is, or copied there."""
    xp = array_module(like)
    if xp is array_module(array):
        return array
    return to_host(array) if xp is np else xp.asarray(array)
