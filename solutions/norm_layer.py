"""What every normalizing layer offers, whatever it normalizes over."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from solutions.arrays import Array, array_module
from solutions.layer import Layer


class Norm(Layer):
    """A layer that normalizes: y has the shape of x."""

    def windows(self) -> list[tuple[float, int]]:
        """Return nothing: what y tells of a place is about that place.

        Mean and variance do come from further away, from a whole sample or batch; but they say
        nothing about where something was, which is what a receptive field is asked for.
        """
        return []


def expect_spread(y: Array) -> None:
    """Refuse outputs y (N, M) of which some unit's are the same for all samples.

    Raises
    ------
    ValueError
        If there is such a unit, or no sample: nothing gives it variance 1.
    """
    if len(y) == 0 or (y.max(axis=0) == y.min(axis=0)).any():
        raise ValueError("x gives some unit the same output for all samples: give other samples")


def share_state(layer: Layer, other: Layer, *names: str) -> None:
    """Have another layer work with the arrays, in the mode and with the switches of this one.

    What is set in ``layer``, or put in the place of its arrays, so holds for both. ``names`` are
    those of further attributes.
    """
    own = "params", "grads", "buffers", "training", "frozen", "needs_input_gradient"
    for name in (*own, *names):
        setattr(other, name, getattr(layer, name))


def in_float32(*layers: type[Layer]) -> None:
    """Have these layers compute with float16 as float32, and return float16.

    A square of float16 is infinite from 256 on, and so is a variance. ``grads`` get the dtype of
    the parameters.
    """
    for layer in layers:
        setattr(layer, "forward", _widened(layer.forward))  # noqa: B010
        setattr(layer, "backward", _widened(layer.backward))  # noqa: B010


def _widened(method: Callable[[Any, Array], Array]) -> Callable[[Any, Array], Array]:
    @wraps(method)
    def wide(self: Any, array: Array) -> Array:
        if array.dtype != np.float16:
            return method(self, array)
        result = method(self, array.astype(np.float32))
        for name, grad in self.grads.items():
            self.grads[name] = grad.astype(self.params[name].dtype, copy=False)
        return None if result is None else result.astype(np.float16)

    return wide


def need_samples(*layers: type[Layer]) -> None:
    """Have these layers refuse to train with a batch of no samples, which has no mean."""
    for layer in layers:
        setattr(layer, "forward", _with_samples(layer.forward))  # noqa: B010


def _with_samples(forward: Callable[[Any, Array], Array]) -> Callable[[Any, Array], Array]:
    @wraps(forward)
    def counted(self: Any, x: Array) -> Array:
        if x.size == 0 and (self.training or not self.buffers):
            raise ValueError(f"x has shape {x.shape}: no samples, so no mean to train with")
        return forward(self, x)

    return counted


def sums(x: Array) -> Array:
    """Return the sum of each feature, which is the last axis, over all other axes."""
    if x.ndim == 2:  # BLAS is faster than a sum
        return array_module(x).ones(len(x), x.dtype) @ x
    return x.sum(axis=tuple(range(x.ndim - 1)))


def sums_of_products(x: Array, y: Array) -> Array:
    """Return (x * y) summed like that, without an array for the products."""
    axes = list(range(x.ndim))
    return np.einsum(x, axes, y, axes, axes[-1:])
