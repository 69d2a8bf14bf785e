"""Convolution as one product of matrices.

Filters are (FN, C, FH, FW). What is called convolution here, as everywhere in deep learning, is
cross-correlation: no filter is flipped.
"""

from __future__ import annotations

import math

import numpy as np

from solutions.arrays import Array, array_module
from solutions.convolution.windows import col2im_fast, im2col_fast, output_size
from solutions.hyperparameters import whole
from solutions.images import check_window
from solutions.layer import Layer, Memory, expect_arrays, guard, nbytes

COLUMN_BYTES = 2**21
"""How large a part of the columns exists at a time: it should fit into a processor's cache."""
COLUMN_BYTES_ON_GPU = 2**28
"""The same on a GPU, which wants large products."""


def convolved_shape(
    shape: tuple[int, ...],
    filters: tuple[int, ...],
    stride: int = 1,
    padding: int = 0,
    groups: int = 1,
) -> tuple[int, int, int]:
    """Return (FN, OH, OW) for one image (C, H, W) and filters (FN, C / groups, FH, FW).

    Raises
    ------
    ValueError
        If the sample is no image of C channels, or smaller than the filters.
    """
    FN, C, FH, FW = filters
    if len(shape) != 3 or shape[0] != C * groups:
        raise ValueError(f"x must be (N, {C * groups}, H, W), but a sample is {shape}")
    OH = output_size(shape[1], FH, stride, padding)
    return FN, OH, output_size(shape[2], FW, stride, padding)


def samples_at_once(columns: int, filters: int, limit: int = COLUMN_BYTES) -> int:
    """Return how many samples are worked at together, whose columns take so many bytes each.

    On the way back each of them has a gradient of the filters of its own for a while.
    """
    return max(1, limit // max(1, columns, filters))


def convolution_memory(
    shape: tuple[int, ...],
    output: tuple[int, ...],
    filters: tuple[int, ...],
    padding: int,
    n: int,
    itemsize: int,
) -> Memory:
    """Return what a convolution takes: it keeps x, and works with columns of a few samples."""
    C, H, W = shape[0], shape[1] + 2 * padding, shape[2] + 2 * padding
    FH, FW = filters[2:]
    columns = C * FH * FW * math.prod(output[1:]) * itemsize
    gradient = nbytes(filters, 1, itemsize)
    few = min(n, samples_at_once(columns, gradient))
    padded, rows = nbytes((C, H, W), few, itemsize), nbytes((C, FW, H, output[2]), few, itemsize)
    work = few * columns + rows + (padded if padding else 0)
    x, next_ones = nbytes(shape, n, itemsize), few * columns if few < n else 0
    first = max(work, few * (columns + gradient)) - x  # before there is a gradient of x
    back = max(first, few * columns + max(rows + padded, next_ones))
    y = nbytes(output, n, itemsize)
    return Memory(keeps_input=True, forward=max(work - x, -y), backward=back)


def filter_windows(filters: tuple[int, ...], stride: int = 1) -> list[tuple[float, int]]:
    """Return the one window of a convolution, as (size, stride); ValueError if it is not square."""
    FH, FW = filters[-2:]
    if FH != FW:
        raise ValueError(f"filters must be square to see equally far, but they are {FH} × {FW}")
    return [(FH, stride)]


class Conv2D(Layer):
    """y[n, f] = Σ_c x[n, c] ⋆ W[f, c] + b[f], computed as W · im2col(x).

    The columns hold a pixel up to FH · FW times. So they are made for a few samples at a time, and
    once more on the way back: what is kept is x alone.

    Parameters
    ----------
    W : array (FN, C / groups, FH, FW)
        Filters; ``params["W"]`` is this very array.
    b : array (FN,), optional
        Biases, likewise ``params["b"]``; without it the layer has none.
    stride, padding : int
        Step of the window, and zeros added on each side.
    groups : int
        Convolutions side by side: the first FN / groups filters see only the first C / groups
        channels, and so on. As many groups as channels make it "depthwise".

    Raises
    ------
    TypeError
        If W or b is no array of floats, or another argument no whole number.
    ValueError
        If their shapes do not fit, groups does not divide FN, or a number is too small.

    References
    ----------
    Groups: Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep
    convolutional neural networks.
    """

    def __init__(
        self, W: Array, b: Array | None = None, stride: int = 1, padding: int = 0, groups: int = 1
    ) -> None:
        expect_arrays(
            "Conv2D(he((16, 1, 3, 3), rng), np.zeros(16))",
            W=(W, "FN", "C / groups", "FH", "FW"),
            **({} if b is None else {"b": (b, "FN")}),
        )
        super().__init__(W=W, **({} if b is None else {"b": b}))
        _, self.stride, self.padding = check_window(min(W.shape[2:]), stride, padding)
        self.groups = whole("groups", groups, at_least=1)
        if len(W) % self.groups:
            raise ValueError(f"groups must divide the {len(W)} filters, but it is {groups}")

    def forward(self, x: Array) -> Array:
        """Return y (N, FN, OH, OW) for x (N, C, H, W)."""
        self._x = x
        W = self._matrices()
        shape = self.output_shape(x.shape[1:])
        xp, dtype = array_module(x), np.promote_types(x.dtype, W.dtype)
        y = xp.empty((len(x), *W.shape[:2], math.prod(shape[1:])), dtype)
        for part in self._parts():
            xp.matmul(W, self._columns(x[part]), out=y[part])
        y = y.reshape(len(x), *shape)
        if "b" in self.params:
            y += self.params["b"][:, None, None]
        return y

    def backward(self, dout: Array) -> Array:
        """Store the gradients "W" and "b"; return that of x."""
        if not self.frozen:
            self.grads["W"] = self._filter_gradient(dout)
            if "b" in self.params:
                self.grads["b"] = dout.sum(axis=(0, 2, 3))
        return self._input_gradient(dout) if self.needs_input_gradient else None

    def _filter_gradient(self, dout: Array) -> Array:
        W = self._matrices()
        # columns · doutᵀ, not dout · columnsᵀ: BLAS is faster with the long side first.
        dW = array_module(dout).zeros(W.transpose(0, 2, 1).shape, dout.dtype)
        for part in self._parts():
            douts = self._split(dout[part])
            dW += (self._columns(self._x[part]) @ douts.transpose(0, 1, 3, 2)).sum(axis=0)
        return dW.transpose(0, 2, 1).reshape(self.params["W"].shape)

    def _input_gradient(self, dout: Array) -> Array:
        FH, FW = self.params["W"].shape[2:]
        W = self._matrices().transpose(0, 2, 1)
        dx = array_module(dout).empty(self._x.shape, dout.dtype)
        for part in self._parts():
            dcolumns = W @ self._split(dout[part])
            dcolumns = dcolumns.reshape(len(dcolumns), -1, dcolumns.shape[3])
            dx[part] = col2im_fast(dcolumns, dx[part].shape, FH, FW, self.stride, self.padding)
        return dx

    def _matrices(self) -> Array:
        """Return the filters as rows, one matrix per group: (groups, FN / groups, C·FH·FW)."""
        W = self.params["W"]
        return W.reshape(self.groups, len(W) // self.groups, math.prod(W.shape[1:]))

    def _columns(self, x: Array) -> Array:
        """Return the windows of a few samples as columns, group by group."""
        FH, FW = self.params["W"].shape[2:]
        return self._split(im2col_fast(x, FH, FW, self.stride, self.padding))

    def _split(self, array: Array) -> Array:
        """Return (n, C, ...) as (n, groups, C / groups, pixels)."""
        n, C = array.shape[:2]
        return array.reshape(n, self.groups, C // self.groups, math.prod(array.shape[2:]))

    def _parts(self) -> list[slice]:
        """Return the batch cut into parts, each of which takes about ``COLUMN_BYTES``."""
        x, W = self._x, self.params["W"]
        pixels = math.prod(self.output_shape(x.shape[1:])[1:])
        limit = COLUMN_BYTES if array_module(x) is np else COLUMN_BYTES_ON_GPU
        columns = x.shape[1] * math.prod(W.shape[2:]) * pixels * x.itemsize
        n = samples_at_once(columns, W.nbytes, limit)
        return [slice(i, i + n) for i in range(0, len(x), n)]

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (FN, OH, OW) for one image (C, H, W)."""
        W = self.params["W"]
        return convolved_shape(shape, W.shape, self.stride, self.padding, self.groups)

    def windows(self) -> list[tuple[float, int]]:
        """Return the one window of the filters."""
        return filter_windows(self.params["W"].shape, self.stride)

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: its input."""
        output, filters = self.output_shape(shape), self.params["W"].shape
        return convolution_memory(shape, output, filters, self.padding, n, itemsize)


guard(Conv2D)
