"""Activations that keep a slope below zero, so that no unit dies."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, at_least_float32, uniform
from solutions.hyperparameters import real
from solutions.layer import Elementwise, Memory, expect_arrays, guard, nbytes


class LeakyReLU(Elementwise):
    """y = x where x > 0, else slope · x, element by element, for an array of any shape.

    At exactly 0 the derivative is taken to be the slope.

    References
    ----------
    Maas, Hannun and Ng (2013), Rectifier nonlinearities improve neural network acoustic models.
    """

    def __init__(self, slope: float = 0.01) -> None:
        super().__init__()
        self.slope = real("slope", slope)

    def forward(self, x: Array) -> Array:
        """Return y, of the same shape and dtype as x."""
        self._positive = x > 0
        return np.where(self._positive, x, self.slope * x)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x; dout, of the same shape, stays as it is."""
        return np.where(self._positive, dout, self.slope * dout)

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: where x was positive."""
        x = nbytes(shape, n, itemsize)
        mask = nbytes(shape, n, itemsize=1)
        return Memory(kept=mask, forward=x, backward=x)


class PReLU(Elementwise):
    """A leaky ReLU that learns its slope: y = x where x > 0, else a · x.

    Parameters
    ----------
    a : array (1,) or (C,)
        One slope for all, or one for each channel, which is axis 1 of the input;
        ``params["a"]`` is this very array. It is usually left out of weight decay, which would
        pull the layer back to a plain ReLU.

    References
    ----------
    He, Zhang, Ren and Sun (2015), Delving deep into rectifiers; they begin with a = 0.25.
    """

    def __init__(self, a: Array = None) -> None:
        expect_arrays("PReLU(np.full(1, 0.25))", a=(a, "C"))
        super().__init__(a=a)

    def forward(self, x: Array) -> Array:
        """Return y, of the shape of x; with a slope for each channel, that is (N, C, ...)."""
        a = self.params["a"]
        self._x = x
        # the channels of a, if it has any, stand on axis 1
        self._shape = tuple(len(a) if axis == 1 else 1 for axis in range(x.ndim))
        return np.where(x > 0, x, a.reshape(self._shape) * x)

    def backward(self, dout: Array) -> Array:
        """Store the gradient "a" in ``grads``; return that of x, of the shape of dout."""
        a = self.params["a"]
        if not self.frozen:
            below = dout * np.minimum(self._x, 0)  # the derivative with respect to a, times dout
            axes = tuple(axis for axis in range(dout.ndim) if axis != 1) if len(a) > 1 else None
            da = below.sum(axis=axes, dtype=at_least_float32(below.dtype))
            self.grads["a"] = da.reshape(a.shape).astype(a.dtype)
        if not self.needs_input_gradient:
            return None
        return np.where(self._x > 0, dout, a.reshape(self._shape) * dout)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape as it is; a slope for each channel wants that many of them."""
        slopes = len(self.params["a"])
        if slopes != 1 and shape[:1] != (slopes,):
            raise ValueError(f"x must be (N, {slopes}, ...), but a sample is {shape}")
        return shape

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: its input."""
        x = nbytes(shape, n, itemsize)
        mask = nbytes(shape, n, itemsize=1)
        return Memory(keeps_input=True, forward=mask, backward=mask + 2 * x)


class RReLU(Elementwise):
    """A leaky ReLU whose slope is drawn anew for each element in training: a regularizer.

    y = x where x > 0, else x / u. In training, u is drawn for each element by itself; in test
    mode, ``training = False``, nothing is drawn, and u is (low + high) / 2 for all. (PyTorch draws
    the slopes themselves, from 1/8 to 1/3, and multiplies. It has the same limits, and more of the
    steep ones: the mean slope is 0.23, and not 0.20.)

    Parameters
    ----------
    rng : Generator
        Draws the divisors u, uniformly from low to high.
    low, high : float
        More than 0. The default, 3 to 8, is the paper's.

    Raises
    ------
    ValueError
        If low is more than high, or not more than 0.

    References
    ----------
    Xu, Wang, Chen and Li (2015), Empirical evaluation of rectified activations in convolutional
    network.
    """

    def __init__(self, rng: np.random.Generator, low: float = 3.0, high: float = 8.0) -> None:
        super().__init__()
        self.rng, self.low, self.high = rng, real("low", low, above=0), real("high", high)
        if self.low > self.high:
            raise ValueError(f"low must be at most high, but they are {low} and {high}")

    def forward(self, x: Array) -> Array:
        """Return y, of the same shape and dtype as x."""
        self._divisor: Array = (self.low + self.high) / 2
        if self.training:
            self._divisor = self.low + (self.high - self.low) * uniform(self.rng, x.shape, x)
        self._positive = x > 0
        return np.where(self._positive, x, x / self._divisor)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x, with the divisors that ``forward`` drew."""
        return np.where(self._positive, dout, dout / self._divisor)

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: the divisors, and where x was positive."""
        x = nbytes(shape, n, itemsize)
        mask = nbytes(shape, n, itemsize=1)
        divisors = x if self.training else 0
        return Memory(kept=mask + divisors, forward=x, backward=x)


class ELU(Elementwise):
    """y = x where x > 0, else α (eˣ − 1), which levels off at −α; for an array of any shape.

    Parameters
    ----------
    alpha : float
        α, more than 0; with 1 the curve has no kink at 0.

    References
    ----------
    Clevert, Unterthiner and Hochreiter (2016), Fast and accurate deep network learning by
    exponential linear units.
    """

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = real("alpha", alpha, above=0)

    def forward(self, x: Array) -> Array:
        """Return y, of the same shape and dtype as x."""
        self._x = x
        below = np.minimum(x, 0)  # np.where computes both sides: this one must not overflow
        return np.where(x > 0, x, self.alpha * np.expm1(below))

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x; dout, of the same shape, stays as it is."""
        slope = self.alpha * np.exp(np.minimum(self._x, 0))
        return np.where(self._x > 0, dout, slope * dout)

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: its input."""
        x = nbytes(shape, n, itemsize)
        mask = nbytes(shape, n, itemsize=1)
        return Memory(keeps_input=True, forward=mask + x, backward=mask + 2 * x)


guard(LeakyReLU, PReLU, RReLU, ELU)
