"""Which array library to compute with: NumPy, or CuPy where the arrays live on a GPU."""

from __future__ import annotations

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
