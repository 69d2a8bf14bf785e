"""What every scaler offers, whatever its map, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from solutions.arrays import Array, as_float, as_wide_float


class Scaler:
    """A map of samples (N, D) that is fitted to the training set, and then taken for all data.

    ``fit(x)`` learns from the training set and returns the scaler, ``transform(x)`` maps,
    ``inverse(y)`` goes back.
    """

    _inputs: int | None = None  # the D that it is fitted to

    def _outputs(self) -> int | None:
        """Return how many features the transform has; None before ``fit``."""
        return self._inputs


def turned(directions: Array) -> Array:
    """Return directions (D, K), each turned so that its entry of largest size is positive."""
    up = directions.max(axis=0) >= -directions.min(axis=0)
    return directions * (2 * up.astype(directions.dtype) - 1)


def guard_scalers(*scalers: Any) -> None:
    """Have these scalers refuse what does not fit, and compute in float32 at least.

    Their own code stays as plain as it is taught. ``fit`` takes (N, D) with samples; ``transform``
    and ``inverse`` come after it, and take as many features. What they return is of the dtype that
    they were given, and of float64 for integers, in which a difference would wrap.
    """
    for scaler in scalers:
        scaler.fit = _guarded_fit(scaler.fit)
        scaler.transform = _guarded_map(scaler.transform, lambda self: self._inputs)
        if hasattr(scaler, "inverse"):
            scaler.inverse = _guarded_map(scaler.inverse, lambda self: self._outputs())


def refuse_negative(*scalers: Any) -> None:
    """Have these scalers refuse data below 0, in ``fit`` and in ``transform``."""
    for scaler in scalers:
        for method in (scaler.fit, scaler.transform):
            setattr(scaler, method.__name__, _not_negative(method))


def _not_negative(method: Callable[[Any, Array], Any]) -> Callable[[Any, Array], Any]:
    @wraps(method)
    def checked(self: Any, x: Array) -> Any:
        if (x < 0).any():
            raise ValueError(f"x must not be negative, but its smallest value is {x.min()}")
        return method(self, x)

    return checked


def _guarded_fit(fit: Callable[[Any, Array], Any]) -> Callable[[Any, Array], Any]:
    @wraps(fit)
    def checked(self: Any, x: Array) -> Any:
        x = as_wide_float(x)
        if x.ndim != 2 or len(x) == 0:
            raise ValueError(f"x must be (N, D) with at least one sample, but it is {x.shape}")
        fitted = fit(self, x)
        self._inputs = x.shape[1]
        return fitted

    return checked


def _guarded_map(
    method: Callable[[Any, Array], Array], width: Callable[[Any], int | None]
) -> Callable[[Any, Array], Array]:
    @wraps(method)
    def checked(self: Any, x: Array) -> Array:
        x, D = as_float(x), width(self)
        if D is None:
            raise ValueError("there are no statistics yet: call fit with the training set first")
        if x.ndim != 2 or x.shape[1] != D:
            raise ValueError(f"x must be (N, {D}) as in fit, but it is {x.shape}")
        return method(self, as_wide_float(x)).astype(x.dtype, copy=False)

    return checked
