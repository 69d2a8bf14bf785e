"""What data can be trained on."""

from __future__ import annotations

from typing import Any

import numpy as np

from solutions.arrays import Array, array_module


def check_set(name: str, x: Array, targets: Array) -> None:
    """Refuse inputs and targets unless there is one target per input, and all are finite.

    Raises
    ------
    TypeError
        If one of them is no array of numbers.
    ValueError
        If there are none, or not as many of both; if there is NaN or infinity among them.
    """
    for kind, array in {"inputs": x, "targets": targets}.items():
        if not isinstance(array, array_module(array).ndarray):
            found = type(array).__name__
            raise TypeError(f"{name} has as {kind} no array, but an object of type {found}")
        if array.dtype.kind not in "biuf":
            raise TypeError(f"{name} has {kind} of dtype {array.dtype}, not of real numbers")
    if len(x) == 0 or len(x) != len(targets):
        raise ValueError(
            f"{name} has {len(x)} inputs and {len(targets)} targets: one target per input is needed"
        )
    for kind, array in {"inputs": x, "targets": targets}.items():
        if not bool(np.isfinite(array).all()):
            raise ValueError(
                f"{name} contains NaN or infinity among its {kind}: no loss would be a number"
            )


def check_validation(validation: Any, needed: bool) -> None:
    """Refuse a validation set that is no pair of inputs and targets that fit, or missing."""
    if validation is None:
        if needed:
            raise ValueError("validation is None, but the watchers or the schedule need it")
        return
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        raise TypeError("validation must be a pair of inputs and targets, as in (x, targets)")
    check_set("the validation set", *validation)
