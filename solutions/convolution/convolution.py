"""Convolution as one product of matrices, as plain as it is taught; ``Conv2D`` is what trains."""

from __future__ import annotations

import math

from solutions.arrays import Array
from solutions.convolution.conv2d import filter_windows
from solutions.convolution.windows import col2im, im2col, output_size
from solutions.layer import Layer, Memory, expect_arrays, guard, nbytes


class Convolution(Layer):
    """y[n, f] = Σ_c x[n, c] ⋆ W[f, c] + b[f], as a product of filters and columns.

    Parameters
    ----------
    W : array (FN, C, FH, FW)
        Filters; ``params["W"]`` is this very array, not a copy.
    b : array (FN,)
        Biases, likewise ``params["b"]``.
    stride, padding : int
        Step of the window, and zeros added on each side.
    """

    def __init__(self, W: Array, b: Array, stride: int = 1, padding: int = 0) -> None:
        expect_arrays(
            "Convolution(he((16, 1, 3, 3), rng), np.zeros(16))",
            W=(W, "FN", "C", "FH", "FW"),
            b=(b, "FN"),
        )
        super().__init__(W=W, b=b)
        self.stride, self.padding = stride, padding

    def rows(self) -> Array:
        """Return the filters as the rows of a matrix, (FN, C·FH·FW)."""
        return self.params["W"].reshape(len(self.params["W"]), -1)

    def forward(self, x: Array) -> Array:
        """Return y (N, FN, OH, OW) for x (N, C, H, W)."""
        self._x_shape = x.shape
        self._columns = im2col(x, *self.window())
        y = self.rows() @ self._columns + self.params["b"][:, None]
        return y.reshape(len(x), *self.output_shape(x.shape[1:]))

    def filter_gradient(self, dout: Array) -> Array:
        """Return the gradient of W, of its shape, for dout (N, FN, OH·OW)."""
        products = dout @ self._columns.transpose(0, 2, 1)
        return products.sum(axis=0).reshape(self.params["W"].shape)

    def backward(self, dout: Array) -> Array:
        """Store the gradients "W" (FN, C, FH, FW) and "b" (FN,) in ``grads``; return that of x.

        ``dout`` has the shape of y. What is returned has the shape of x.
        """
        dout = dout.reshape(*dout.shape[:2], self._columns.shape[2])
        self.grads["W"] = self.filter_gradient(dout)
        self.grads["b"] = dout.sum(axis=(0, 2))
        return col2im(self.rows().T @ dout, self._x_shape, *self.window())

    def window(self) -> tuple[int, int, int, int]:
        """Return what ``im2col`` and ``col2im`` take last: FH, FW, stride, padding."""
        FH, FW = self.params["W"].shape[2:]
        return FH, FW, self.stride, self.padding

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (FN, OH, OW) for one image (C, H, W)."""
        FN, C, FH, FW = self.params["W"].shape
        if len(shape) != 3 or shape[0] != C:
            raise ValueError(f"x must be (N, {C}, H, W), but a sample is {shape}")
        OH = output_size(shape[1], FH, self.stride, self.padding)
        return FN, OH, output_size(shape[2], FW, self.stride, self.padding)

    def windows(self) -> list[tuple[float, int]]:
        """Return the one window of the filters, which have to be square."""
        return filter_windows(self.params["W"].shape, self.stride)

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: the columns."""
        FN, *filters = self.params["W"].shape
        output, C, padding = self.output_shape(shape), shape[0], 2 * self.padding
        columns = nbytes((math.prod(filters), *output[1:]), n, itemsize)
        padded = nbytes((C, shape[1] + padding, shape[2] + padding), n, itemsize)
        x, y = nbytes(shape, n, itemsize), nbytes(output, n, itemsize)
        gradients = nbytes((FN, *filters), n, itemsize)  # one for each sample, for a while
        forward = max(columns + (padded if padding else 0) - y, y)
        return Memory(kept=columns, forward=forward, backward=max(columns + padded, gradients) - x)


guard(Convolution)
