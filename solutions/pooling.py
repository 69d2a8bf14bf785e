"""Chapter 8: pooling, and other layers between the convolutions and the classifier.

A pooling layer makes one number of each window of a channel. It has no parameters.
"""

from __future__ import annotations

import math

import numpy as np

from solutions.arrays import Array, array_module
from solutions.convolution import check_window, output_size, pad, shifted_views


def pooled_shape(
    shape: tuple[int, ...], size: int, stride: int, padding: int = 0
) -> tuple[int, int, int]:
    """Return (C, OH, OW) for one image (C, H, W); ValueError if it is none or too small."""
    if len(shape) != 3:
        raise ValueError(f"x must be (N, C, H, W), but a sample is {shape}")
    OH = output_size(shape[1], size, stride, padding)
    return shape[0], OH, output_size(shape[2], size, stride, padding)


def check_pooling(size: int, stride: int, padding: int = 0) -> None:
    """Raise ValueError if a number is too small, or a window could lie in the padding alone."""
    check_window(size, stride, padding)
    if 2 * padding > size:
        raise ValueError(
            f"padding must be at most half of the window, {size // 2}, but it is {padding}"
        )


class MaxPool2D:
    """y[n, c, i, j] = max of window (i, j) of x[n, c].

    The gradient goes to the winner alone: on a tie to the first, row by row. Padding never wins.

    Parameters
    ----------
    size : int
        Height and width of the window.
    stride : int, optional
        Step of the window; the size of the window if not given.
    padding : int
        Pixels added on each side, at most half of the window.

    Raises
    ------
    ValueError
        If a number is too small, or the padding too large.
    """

    def __init__(self, size: int, stride: int | None = None, padding: int = 0) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.size, self.padding = size, padding
        self.stride = size if stride is None else stride
        check_pooling(size, self.stride, padding)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C, OH, OW) for one image (C, H, W)."""
        return pooled_shape(shape, self.size, self.stride, self.padding)

    def forward(self, x: Array) -> Array:
        """Return y (N, C, OH, OW) for x (N, C, H, W)."""
        _, OH, OW = self.output_shape(x.shape[1:])
        self._x_shape = x.shape
        padded = pad(x, self.padding, -math.inf)  # zeros would win over negative pixels
        views = list(shifted_views(padded, self.size, self.size, self.stride, OH, OW))
        y = views[0].copy()
        for view in views[1:]:
            np.maximum(y, view, out=y)
        self._winners = []  # for each pixel of a window, in which windows it won
        free = array_module(x).ones(y.shape, bool)  # windows whose winner has not been met yet
        for view in views:
            won = (view == y) & free
            free ^= won
            self._winners.append(won)
        return y

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x (N, C, H, W); dout is (N, C, OH, OW)."""
        N, C, H, W = self._x_shape
        p = self.padding
        dpadded = array_module(dout).zeros((N, C, H + 2 * p, W + 2 * p), dout.dtype)
        dviews = shifted_views(dpadded, self.size, self.size, self.stride, *dout.shape[2:])
        for dview, won in zip(dviews, self._winners, strict=True):
            if self.stride >= self.size:  # no pixel is in two windows: writing is faster
                np.multiply(dout, won, out=dview)
            else:
                dview += dout * won
        return dpadded[:, :, p : p + H, p : p + W]


class AveragePool2D:
    """y[n, c, i, j] = mean of window (i, j) of x[n, c], the zeros of the padding included.

    Parameters
    ----------
    size : int
        Height and width of the window.
    stride : int, optional
        Step of the window; the size of the window if not given.
    padding : int
        Zeros added on each side, at most half of the window.

    Raises
    ------
    ValueError
        If a number is too small, or the padding too large.
    """

    def __init__(self, size: int, stride: int | None = None, padding: int = 0) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.size, self.padding = size, padding
        self.stride = size if stride is None else stride
        check_pooling(size, self.stride, padding)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C, OH, OW) for one image (C, H, W)."""
        return pooled_shape(shape, self.size, self.stride, self.padding)

    def forward(self, x: Array) -> Array:
        """Return y (N, C, OH, OW) for x (N, C, H, W)."""
        _, OH, OW = self.output_shape(x.shape[1:])
        self._x_shape = x.shape
        padded = pad(x, self.padding)
        views = shifted_views(padded, self.size, self.size, self.stride, OH, OW)
        total = next(views).copy()
        for view in views:
            total += view
        return total / self.size**2

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x: each pixel of a window gets an equal share."""
        N, C, H, W = self._x_shape
        p = self.padding
        dpadded = array_module(dout).zeros((N, C, H + 2 * p, W + 2 * p), dout.dtype)
        share = dout / self.size**2
        for dpixel in shifted_views(dpadded, self.size, self.size, self.stride, *dout.shape[2:]):
            dpixel += share
        return dpadded[:, :, p : p + H, p : p + W]


class GlobalAveragePool:
    """y[n, c] = mean of the channel x[n, c]: one number per channel, whatever the image's size.

    References
    ----------
    Lin, Chen and Yan (2014), Network in network.
    """

    def __init__(self) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C,) for one image (C, H, W)."""
        if len(shape) != 3:
            raise ValueError(f"x must be (N, C, H, W), but a sample is {shape}")
        return shape[:1]

    def forward(self, x: Array) -> Array:
        """Return y (N, C) for x (N, C, H, W)."""
        self.output_shape(x.shape[1:])
        self._x_shape = x.shape
        return x.mean(axis=(2, 3))

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x: each pixel gets an equal share."""
        share = dout / math.prod(self._x_shape[2:])
        return array_module(dout).ones(self._x_shape, dout.dtype) * share[:, :, None, None]


class Flatten:
    """(N, C, H, W) → (N, C·H·W), and back again on the way back; no number changes."""

    def __init__(self) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C·H·W,) for one image (C, H, W)."""
        return (math.prod(shape),)

    def forward(self, x: Array) -> Array:
        """Return y (N, D) for x (N, ...), D being the product of all axes but the first."""
        self._x_shape = x.shape
        return x.reshape(len(x), math.prod(x.shape[1:]))

    def backward(self, dout: Array) -> Array:
        """Return dout in the shape of x."""
        return dout.reshape(self._x_shape)
