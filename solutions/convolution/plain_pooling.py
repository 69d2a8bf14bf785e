"""Pooling over columns, as plain as it is taught; ``MaxPool2D`` and ``AveragePool2D`` train."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array
from solutions.convolution.pooling import framed
from solutions.convolution.windows import col2im, im2col, output_size, pad
from solutions.layer import Layer, Memory, guard, nbytes


class MaxPooling(Layer):
    """y[n, c, i, j] = max of window (i, j) of x[n, c]; windows are squares.

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

    def __init__(self, size: int, stride: int | None = None, padding: int = 0) -> None:
        super().__init__()
        self.size, self.padding = size, padding
        self.stride = size if stride is None else stride

    def forward(self, x: Array) -> Array:
        """Return y (N, C, OH, OW) for x (N, C, H, W)."""
        C, OH, OW = self.output_shape(x.shape[1:])
        columns = im2col(pad(x, self.padding, -np.inf), self.size, self.size, self.stride)
        columns = columns.reshape(len(x), C, self.size**2, OH, OW)
        self._x_shape, self._winners = x.shape, columns.argmax(axis=2)
        return columns.max(axis=2)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x (N, C, H, W); dout is (N, C, OH, OW)."""
        N, C, OH, OW = dout.shape
        won = np.stack([self._winners == k for k in range(self.size**2)], axis=2)
        dcolumns = (dout[:, :, None] * won).reshape(N, C * self.size**2, OH * OW)
        return col2im(dcolumns, self._x_shape, self.size, self.size, self.stride, self.padding)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C, OH, OW) for one image (C, H, W)."""
        if len(shape) != 3 or 0 in shape:
            raise ValueError(f"x must be (N, C, H, W), but a sample is {shape}")
        OH, OW = (output_size(side, self.size, self.stride, self.padding) for side in shape[1:])
        return shape[0], OH, OW

    def windows(self) -> list[tuple[float, int]]:
        """Return its one window."""
        return [(self.size, self.stride)]

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: which pixel of each window won."""
        output = self.output_shape(shape)
        y, masks = nbytes(output, n, itemsize), nbytes(output, n, self.size**2)
        columns, won = self.size**2 * y, nbytes(output, n, itemsize=8)  # places are int64
        frame, margin = framed(shape, self.padding, n, itemsize)
        forward = max(2 * columns + won, columns + frame) - y  # argmax takes a copy
        return Memory(kept=won, forward=forward, backward=columns + masks + margin)


class AveragePooling(Layer):
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

    def __init__(self, size: int, stride: int | None = None, padding: int = 0) -> None:
        super().__init__()
        self.size, self.padding = size, padding
        self.stride = size if stride is None else stride

    def forward(self, x: Array) -> Array:
        """Return y (N, C, OH, OW) for x (N, C, H, W)."""
        C, OH, OW = self.output_shape(x.shape[1:])
        columns = im2col(x, self.size, self.size, self.stride, self.padding)
        self._x_shape = x.shape
        return columns.reshape(len(x), C, self.size**2, OH, OW).mean(axis=2)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x (N, C, H, W); dout is (N, C, OH, OW)."""
        N, C, OH, OW = dout.shape
        dcolumns = np.repeat(dout / self.size**2, self.size**2, axis=1)
        dcolumns = dcolumns.reshape(N, C * self.size**2, OH * OW)
        return col2im(dcolumns, self._x_shape, self.size, self.size, self.stride, self.padding)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C, OH, OW) for one image (C, H, W)."""
        if len(shape) != 3 or 0 in shape:
            raise ValueError(f"x must be (N, C, H, W), but a sample is {shape}")
        OH, OW = (output_size(side, self.size, self.stride, self.padding) for side in shape[1:])
        return shape[0], OH, OW

    def windows(self) -> list[tuple[float, int]]:
        """Return its one window."""
        return [(self.size, self.stride)]

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: nothing."""
        y = nbytes(self.output_shape(shape), n, itemsize)
        columns = self.size**2 * y
        frame, margin = framed(shape, self.padding, n, itemsize)
        return Memory(forward=columns + max(frame - y, 0), backward=columns + margin)


guard(MaxPooling, AveragePooling)
