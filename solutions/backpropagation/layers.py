"""Layers: what goes forward, and the gradient that comes back.

``solutions.layer`` says what every layer offers.
"""

from __future__ import annotations

import math

import numpy as np

from solutions.arrays import Array
from solutions.layer import EVERYTHING, Elementwise, Layer, Memory, expect_arrays, guard, nbytes
from solutions.perceptrons import sigmoid


class ReLU(Elementwise):
    """max(x, 0), element by element, for an array of any shape.

    The slope at exactly 0 is taken to be 0.
    """

    def forward(self, x: Array) -> Array:
        """Return max(x, 0), of the same shape and dtype as x."""
        self._mask = x > 0
        return np.maximum(x, 0)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x; dout, of the same shape, stays as it is."""
        return dout * self._mask

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: one byte for each True or False."""
        mask = nbytes(shape, n, itemsize=1)
        return Memory(kept=mask)


class Sigmoid(Elementwise):
    """y = 1 / (1 + exp(−x)), element by element, for an array of any shape."""

    def forward(self, x: Array) -> Array:
        """Return y, of the same shape as x."""
        self._y = sigmoid(x)
        return self._y

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x, of the shape of dout."""
        return dout * self._y * (1 - self._y)

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: its output."""
        x = nbytes(shape, n, itemsize)
        return Memory(keeps_output=True, forward=2 * x, backward=x)


class Tanh(Elementwise):
    """y = tanh(x), element by element, for an array of any shape."""

    def forward(self, x: Array) -> Array:
        """Return y, of the same shape as x."""
        self._y = np.tanh(x)
        return self._y

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x, of the shape of dout."""
        return dout * (1 - self._y**2)

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: its output."""
        x = nbytes(shape, n, itemsize)
        return Memory(keeps_output=True, backward=x)


class Affine(Layer):
    """y = x W + b, for a batch of rows.

    Parameters
    ----------
    W : array (D, M)
        Weights; ``params["W"]`` is this very array, not a copy.
    b : array (M,)
        Biases, likewise ``params["b"]``.
    """

    def __init__(self, W: Array, b: Array) -> None:
        expect_arrays("Affine(he((64, 50), rng), np.zeros(50))", W=(W, "D", "M"), b=(b, "M"))
        super().__init__(W=W, b=b)

    def forward(self, x: Array) -> Array:
        """Return y (N, M) for x (N, D).

        An input of more than two axes, such as (N, C, H, W) with D = C·H·W, is flattened to
        (N, D) first.
        """
        self._x_shape = x.shape
        self._x = x.reshape(len(x), len(self.params["W"]))
        return self._x @ self.params["W"] + self.params["b"]

    def backward(self, dout: Array) -> Array:
        """Store the gradients "W" (D, M) and "b" (M,) in ``grads``; return that of x.

        ``dout`` is (N, M). What is returned has the shape that ``forward`` was given.
        """
        if not self.frozen:
            self.grads["W"] = self._x.T @ dout
            self.grads["b"] = dout.sum(axis=0)
        if not self.needs_input_gradient:
            return None
        return (dout @ self.params["W"].T).reshape(self._x_shape)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (M,) for one sample of D numbers."""
        D, M = self.params["W"].shape
        if math.prod(shape) != D:
            raise ValueError(f"x must have {D} numbers per sample, but a sample is {shape}")
        return (M,)

    def windows(self) -> list[tuple[float, int]]:
        """Return one window: all of x."""
        return [EVERYTHING]

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: its input."""
        x = nbytes(shape, n, itemsize)
        y = nbytes(self.output_shape(shape), n, itemsize)
        grads = itemsize * (self.params["W"].size + self.params["b"].size)
        return Memory(keeps_input=True, forward=max(y - x, -y), backward=max(0, grads - x))


guard(ReLU, Sigmoid, Tanh, Affine)
