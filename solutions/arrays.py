"""Which array library to compute with: NumPy, or CuPy where the arrays live on a GPU."""

from __future__ import annotations

import importlib
import sys
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
