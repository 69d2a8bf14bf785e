"""Weights as a length and a direction."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, as_wide_float
from solutions.backpropagation import Affine
from solutions.layer import Layer, Memory, expect_arrays, guard, nbytes
from solutions.norm_layer import expect_spread


def lengths(v: Array) -> Array:
    """Return the length ‖v_j‖ of each column of v (D, M), an array (M,), in float32 at least."""
    return np.sqrt((as_wide_float(v) ** 2).sum(axis=0))


def scaled_directions(v: Array, g: Array) -> Array:
    """Return the weights w_j = g_j v_j / ‖v_j‖, (D, M), for v (D, M) and g (M,)."""
    return (v * (g / lengths(v))).astype(v.dtype)


def direction_gradients(dw: Array, v: Array, g: Array) -> tuple[Array, Array]:
    """Return the gradients of v (D, M) and g (M,), given that of the weights, dw (D, M)."""
    directions = v / lengths(v)
    dg = (dw * directions).sum(axis=0)
    dv = (dw - directions * dg) * (g / lengths(v))
    return dv.astype(v.dtype), dg.astype(g.dtype)


def standardizing(y: Array) -> tuple[Array, Array]:
    """Return g and b (M,) with which g y + b has mean 0 and variance 1 over the rows of y (N, M).

    (ValueError if a unit's output is the same for all samples: no length would give it variance 1.)
    """
    expect_spread(y)
    std = y.std(axis=0)
    return 1 / std, -y.mean(axis=0) / std


class WeightNorm(Layer):
    """y = x w + b with w_j = g_j v_j / ‖v_j‖: length and direction of each unit's weights apart.

    It has no statistics of the batch: no noise, nothing to keep for test mode. The gradient of v_j
    is orthogonal to v_j, so steps along it make v_j longer and its direction turn more slowly.

    Parameters
    ----------
    v : array (D, M)
        Directions; column j is that of the weights coming into unit j, and not all zero.
    g : array (M,)
        Lengths.
    b : array (M,)
        Biases.

    References
    ----------
    Salimans and Kingma (2016), Weight normalization: a simple reparameterization to accelerate
    training of deep neural networks.
    """

    def __init__(self, v: Array, g: Array = None, b: Array = None) -> None:
        example = "WeightNorm(he((64, 50), rng), np.ones(50), np.zeros(50))"
        expect_arrays(example, v=(v, "D", "M"), g=(g, "M"), b=(b, "M"))
        if not v.any(axis=0).all():
            raise ValueError("v has a column of zeros, which gives no direction")
        super().__init__(v=v, g=g, b=b)

    def initialize(self, x: Array) -> None:
        """Set g and b, in place, so that each unit's output has mean 0 and variance 1 on x (N, D).

        ValueError if a unit's output is the same for all samples.
        """
        v, g, b = (as_wide_float(self.params[name]) for name in "vgb")
        of_length_1 = Affine(scaled_directions(v, np.ones_like(g)), np.zeros_like(b))
        y = of_length_1.forward(as_wide_float(x))
        self.params["g"][...], self.params["b"][...] = standardizing(y)

    def forward(self, x: Array) -> Array:
        """Return y (N, M) for x (N, D), or for x of more axes with D elements per sample."""
        v, g, b = (self.params[name] for name in "vgb")
        self._affine = Affine(scaled_directions(v, g), b)
        return self._affine.forward(x)

    def backward(self, dout: Array) -> Array:
        """Store the gradients "v" (D, M), "g" and "b" (M,) in ``grads``; return that of x."""
        affine = self._affine
        affine.frozen, affine.needs_input_gradient = self.frozen, self.needs_input_gradient
        dx = affine.backward(dout)
        if not self.frozen:
            dv, dg = direction_gradients(affine.grads["W"], self.params["v"], self.params["g"])
            self.grads.update(v=dv, g=dg, b=affine.grads["b"])
        return dx

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (M,) for one sample of D numbers."""
        return Affine(self.params["v"], self.params["b"]).output_shape(shape)

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: its input, and the weights with their gradient."""
        y = nbytes(self.output_shape(shape), n, itemsize)
        W = itemsize * self.params["v"].size
        return Memory(keeps_input=True, kept=2 * W, forward=2 * W - y, backward=4 * W)


guard(WeightNorm)
