"""What every normalizing layer offers, whatever it normalizes over."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from solutions.arrays import Array
from solutions.layer import Layer


class Norm(Layer):
    """A layer that normalizes: y has the shape of x."""

    def windows(self) -> list[tuple[float, int]]:
        """Return nothing: what y tells of a place is about that place.

        Mean and variance do come from further away, from a whole sample or batch; but they say
        nothing about where something was, which is what a receptive field is asked for.
        """
        return []


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
