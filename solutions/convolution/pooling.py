"""Pooling, and other layers between the convolutions and the classifier.

A pooling layer makes one number of each window of a channel. It has no parameters.
"""

from __future__ import annotations

import math

import numpy as np

from solutions.arrays import Array, array_module, at_least_float32
from solutions.convolution.windows import output_size, pad, shifted_views
from solutions.hyperparameters import whole
from solutions.images import check_window
from solutions.layer import EVERYTHING, Layer, Memory, guard, nbytes


def check_image(shape: tuple[int, ...]) -> None:
    """Raise ValueError unless a sample is an image (C, H, W) of at least one pixel."""
    if len(shape) != 3 or 0 in shape[1:]:
        raise ValueError(f"x must be (N, C, H, W), but a sample is {shape}")


def framed(shape: tuple[int, ...], padding: int, n: int, itemsize: int) -> tuple[int, int]:
    """Return the bytes of padded images, and those of the margin alone; 0 without padding."""
    C, H, W = shape
    frame = nbytes((C, H + 2 * padding, W + 2 * padding), n, itemsize)
    return (frame, frame - nbytes(shape, n, itemsize)) if padding else (0, 0)


class Pooling(Layer):
    """What the layers share that make one number of each window of a channel.

    Parameters
    ----------
    size : int
        Height and width of the window.
    stride : int, optional
        Step of the window; the size of the window if not given.
    padding : int
        Pixels added on each side, at most half of the window: it would lie in them alone.

    Raises
    ------
    TypeError
        If one of them is no whole number.
    ValueError
        If one is too small, or the padding too large.
    """

    def __init__(self, size: int, stride: int | None = None, padding: int = 0) -> None:
        super().__init__()
        self.size = whole("size", size, at_least=1)
        stride = self.size if stride is None else stride
        _, self.stride, self.padding = check_window(self.size, stride, padding)
        if 2 * self.padding > self.size:
            raise ValueError(
                f"padding must be at most half of the window, {self.size // 2}, "
                f"but it is {self.padding}"
            )

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C, OH, OW) for one image (C, H, W)."""
        check_image(shape)
        C, *sides = shape
        return C, *(output_size(side, self.size, self.stride, self.padding) for side in sides)

    def windows(self) -> list[tuple[float, int]]:
        """Return its one window."""
        return [(self.size, self.stride)]


class MaxPool2D(Pooling):
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
    """

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

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: for each pixel of a window, in which windows it won."""
        output, won = self.output_shape(shape), nbytes(self.output_shape(shape), n, itemsize=1)
        frame, margin = framed(shape, self.padding, n, itemsize)
        added = nbytes(output, n, itemsize) if self.stride < self.size else 0
        return Memory(kept=self.size**2 * won, forward=frame + won, backward=margin + added)


class AveragePool2D(Pooling):
    """y[n, c, i, j] = mean of window (i, j) of x[n, c], the zeros of the padding included.

    Parameters
    ----------
    size : int
        Height and width of the window.
    stride : int, optional
        Step of the window; the size of the window if not given.
    padding : int
        Zeros added on each side, at most half of the window.
    """

    def forward(self, x: Array) -> Array:
        """Return y (N, C, OH, OW) for x (N, C, H, W)."""
        _, OH, OW = self.output_shape(x.shape[1:])
        self._x_shape = x.shape
        views = shifted_views(pad(x, self.padding), self.size, self.size, self.stride, OH, OW)
        total = next(views).astype(at_least_float32(x.dtype))
        for view in views:
            total += view
        return (total / self.size**2).astype(x.dtype, copy=False)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x: each pixel of a window gets an equal share."""
        N, C, H, W = self._x_shape
        p = self.padding
        dpadded = array_module(dout).zeros((N, C, H + 2 * p, W + 2 * p), dout.dtype)
        share = dout / self.size**2
        for dpixel in shifted_views(dpadded, self.size, self.size, self.stride, *dout.shape[2:]):
            dpixel += share
        return dpadded[:, :, p : p + H, p : p + W]

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: nothing."""
        y = nbytes(self.output_shape(shape), n, itemsize)
        frame, margin = framed(shape, self.padding, n, itemsize)
        return Memory(forward=frame + y, backward=margin + y)


class GlobalAveragePool(Layer):
    """y[n, c] = mean of the channel x[n, c]: one number per channel, whatever the image's size.

    References
    ----------
    Lin, Chen and Yan (2014), Network in network.
    """

    def forward(self, x: Array) -> Array:
        """Return y (N, C) for x (N, C, H, W)."""
        self._x_shape = x.shape
        return x.mean(axis=(2, 3), dtype=at_least_float32(x.dtype)).astype(x.dtype, copy=False)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x: each pixel gets an equal share."""
        share = dout / math.prod(self._x_shape[2:])
        return array_module(dout).ones(self._x_shape, dout.dtype) * share[:, :, None, None]

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C,) for one image (C, H, W)."""
        check_image(shape)
        return shape[:1]

    def windows(self) -> list[tuple[float, int]]:
        """Return one window: all of x."""
        return [EVERYTHING]

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: nothing."""
        return Memory(backward=nbytes(shape, n, itemsize))


class Flatten(Layer):
    """(N, C, H, W) → (N, C·H·W), and back again on the way back; no number changes."""

    def forward(self, x: Array) -> Array:
        """Return y (N, D) for x (N, ...), D being the product of all axes but the first."""
        self._x_shape = x.shape
        return x.reshape(len(x), math.prod(x.shape[1:]))

    def backward(self, dout: Array) -> Array:
        """Return dout in the shape of x."""
        return dout.reshape(self._x_shape)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C·H·W,) for one image (C, H, W)."""
        return (math.prod(shape),)

    def windows(self) -> list[tuple[float, int]]:
        """Return nothing: each number is still one pixel."""
        return []

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: nothing."""
        return Memory(is_view=True)


guard(MaxPool2D, AveragePool2D, GlobalAveragePool, Flatten)
