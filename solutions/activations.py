"""Chapter 5: activations that keep a slope below zero, so that no unit dies."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, array_module


class LeakyReLU:
    """y = x where x > 0, else slope · x, element by element, for an array of any shape.

    At exactly 0 the derivative is taken to be the slope.

    References
    ----------
    Maas, Hannun and Ng (2013), Rectifier nonlinearities improve neural network acoustic models.
    """

    def __init__(self, slope: float = 0.01) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.slope = slope

    def forward(self, x: Array) -> Array:
        """Return y, of the same shape and dtype as x."""
        self._positive = x > 0
        return np.where(self._positive, x, self.slope * x)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x; dout, of the same shape, stays as it is."""
        return np.where(self._positive, dout, self.slope * dout)


class PReLU:
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

    def __init__(self, a: Array) -> None:
        if a.ndim != 1:
            raise ValueError(f"a must have the shape (1,) or (C,), but it has {a.shape}")
        self.params: dict[str, Array] = {"a": a}
        self.grads: dict[str, Array] = {}

    def forward(self, x: Array) -> Array:
        """Return y, of the shape of x; with a slope for each channel, that is (N, C, ...).

        Raises
        ------
        ValueError
            If the number of slopes is neither 1 nor C.
        """
        a = self.params["a"]
        if len(a) != 1 and (x.ndim < 2 or x.shape[1] != len(a)):
            raise ValueError(f"a has {len(a)} slopes, which do not fit x of shape {x.shape}")
        self._x = x
        # the channels of a, if it has any, stand on axis 1
        self._shape = tuple(len(a) if axis == 1 else 1 for axis in range(x.ndim))
        return np.where(x > 0, x, a.reshape(self._shape) * x)

    def backward(self, dout: Array) -> Array:
        """Store the gradient "a" in ``grads``; return that of x, of the shape of dout."""
        a = self.params["a"]
        below = dout * np.minimum(self._x, 0)  # the derivative with respect to a, times dout
        other_axes = tuple(axis for axis in range(dout.ndim) if axis != 1)
        self.grads["a"] = below.sum(axis=other_axes if len(a) > 1 else None).reshape(a.shape)
        return np.where(self._x > 0, dout, a.reshape(self._shape) * dout)


class RReLU:
    """A leaky ReLU whose slope is drawn anew for each element in training: a regularizer.

    In test mode, ``training = False``, nothing is drawn, and the slope is (low + high) / 2. The
    paper divides instead, by numbers drawn from 3 to 8, and by their mean in the test.

    Parameters
    ----------
    rng : Generator
        Draws the slopes, uniformly from low to high.
    low, high : float
        The default is 1/8 to 1/3.

    Raises
    ------
    ValueError
        If low is more than high.

    References
    ----------
    Xu, Wang, Chen and Li (2015), Empirical evaluation of rectified activations in convolutional
    network.
    """

    def __init__(self, rng: np.random.Generator, low: float = 1 / 8, high: float = 1 / 3) -> None:
        if not low <= high:
            raise ValueError(f"low must be at most high, but they are {low} and {high}")
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.rng, self.low, self.high = rng, low, high
        self.training = True

    def forward(self, x: Array) -> Array:
        """Return y, of the same shape and dtype as x."""
        self._slope: Array = (self.low + self.high) / 2
        if self.training:  # drawn on the host, so that a GPU sees the same numbers
            drawn = self.rng.uniform(self.low, self.high, size=x.shape)
            self._slope = array_module(x).asarray(drawn.astype(x.dtype))
        self._positive = x > 0
        return np.where(self._positive, x, self._slope * x)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x, with the slopes that ``forward`` drew."""
        return np.where(self._positive, dout, self._slope * dout)


class ELU:
    """y = x where x > 0, else α (eˣ − 1), which levels off at −α; for an array of any shape.

    Parameters
    ----------
    alpha : float
        α, more than 0; with 1 the curve has no kink at 0.

    Raises
    ------
    ValueError
        If it is not.

    References
    ----------
    Clevert, Unterthiner and Hochreiter (2016), Fast and accurate deep network learning by
    exponential linear units.
    """

    def __init__(self, alpha: float = 1.0) -> None:
        if not alpha > 0:
            raise ValueError(f"alpha must be more than 0, but it is {alpha}")
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.alpha = alpha

    def forward(self, x: Array) -> Array:
        """Return y, of the same shape and dtype as x."""
        self._x = x
        below = np.minimum(x, 0)  # np.where computes both sides: this one must not overflow
        return np.where(x > 0, x, self.alpha * np.expm1(below))

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x; dout, of the same shape, stays as it is."""
        slope = self.alpha * np.exp(np.minimum(self._x, 0))
        return np.where(self._x > 0, dout, slope * dout)
