"""Convolution whose filters are a length and a direction."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, as_wide_float
from solutions.convolution.conv2d import (
    Conv2D,
    convolution_memory,
    convolved_shape,
    filter_windows,
)
from solutions.layer import Layer, Memory, expect_arrays, guard, nbytes
from solutions.normalization import direction_gradients, scaled_directions, standardizing


class WeightNormConv2D(Layer):
    """A convolution with W_f = g_f v_f / ‖v_f‖: length and direction of each filter apart.

    Parameters
    ----------
    v : array (FN, C / groups, FH, FW)
        Directions, none of them all zero.
    g : array (FN,)
        Lengths.
    b : array (FN,)
        Biases.
    stride, padding, groups : int
        As for ``Conv2D``.

    References
    ----------
    Salimans and Kingma (2016), Weight normalization: a simple reparameterization to accelerate
    training of deep neural networks.
    """

    def __init__(
        self,
        v: Array,
        g: Array = None,
        b: Array = None,
        stride: int = 1,
        padding: int = 0,
        groups: int = 1,
    ) -> None:
        example = "WeightNormConv2D(he((16, 1, 3, 3), rng), np.ones(16), np.zeros(16))"
        expect_arrays(example, v=(v, "FN", "C / groups", "FH", "FW"), g=(g, "FN"), b=(b, "FN"))
        if not v.any(axis=(1, 2, 3)).all():
            raise ValueError("v has a filter of zeros, which gives no direction")
        super().__init__(v=v, g=g, b=b)
        conv = Conv2D(v, b, stride, padding, groups)  # which refuses what is wrong
        self.stride, self.padding, self.groups = conv.stride, conv.padding, conv.groups

    def initialize(self, x: Array) -> None:
        """Set g and b, in place, so that each filter's output has mean 0 and variance 1 on x.

        ValueError if a filter's output is the same everywhere, in all samples.
        """
        g, b = self.params["g"], self.params["b"]
        y = self._convolution(np.ones_like(g), np.zeros_like(b)).forward(x)
        g[...], b[...] = standardizing(np.moveaxis(as_wide_float(y), 1, -1).reshape(-1, len(g)))

    def forward(self, x: Array) -> Array:
        """Return y (N, FN, OH, OW) for x (N, C, H, W)."""
        self._conv = self._convolution(self.params["g"], self.params["b"])
        return self._conv.forward(x)

    def backward(self, dout: Array) -> Array:
        """Store the gradients "v", "g" and "b"; return that of x."""
        conv, v = self._conv, self.params["v"]
        conv.frozen, conv.needs_input_gradient = self.frozen, self.needs_input_gradient
        dx = conv.backward(dout)
        if not self.frozen:
            dW, columns = conv.grads["W"].reshape(len(v), -1).T, v.reshape(len(v), -1).T
            dv, dg = direction_gradients(dW, columns, self.params["g"])
            self.grads = {"v": dv.T.reshape(v.shape), "g": dg, "b": conv.grads["b"]}
        return dx

    def _convolution(self, g: Array, b: Array) -> Conv2D:
        """Return the convolution with the directions, scaled to these lengths."""
        v = self.params["v"]
        W = scaled_directions(v.reshape(len(v), -1).T, g).T.reshape(v.shape)
        return Conv2D(W, b, self.stride, self.padding, self.groups)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (FN, OH, OW) for one image (C, H, W)."""
        v = self.params["v"]
        return convolved_shape(shape, v.shape, self.stride, self.padding, self.groups)

    def windows(self) -> list[tuple[float, int]]:
        """Return the one window of the filters."""
        return filter_windows(self.params["v"].shape, self.stride)

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: its input, and the filters with their gradient."""
        output, filters = self.output_shape(shape), self.params["v"].shape
        memory = convolution_memory(shape, output, filters, self.padding, n, itemsize)
        return memory._replace(kept=nbytes(filters, 2, itemsize))


guard(WeightNormConv2D)
