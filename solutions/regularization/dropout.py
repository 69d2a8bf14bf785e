"""Noise in the forward pass: units or weights that fall out."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, uniform
from solutions.backpropagation import Affine
from solutions.hyperparameters import generator, real
from solutions.layer import Elementwise, Memory, expect_arrays, guard, nbytes


class Dropout(Elementwise):
    """Inverted dropout: in training units fall out, in test mode y = x.

    Each unit of each sample is dropped with probability p, and what is kept is scaled: its mean
    stays as it is, so that nothing is left to do in test mode.

    Parameters
    ----------
    p_drop : float
        p, the probability of being dropped, from 0 up to but not including 1: 0.5 for hidden
        layers and 0.2 for the input are usual.
    rng : Generator
        Draws the masks; it is left alone in test mode.

    References
    ----------
    Srivastava and others (2014), Dropout: a simple way to prevent neural networks from
    overfitting.
    """

    def __init__(self, p_drop: float, rng: np.random.Generator) -> None:
        super().__init__()
        self.rng = generator(rng, "Dropout(0.5, rng)")
        self.p_drop = real("p_drop", p_drop, at_least=0, below=1)

    def forward(self, x: Array) -> Array:
        """Return y, of the shape and dtype of x."""
        if not self.training:
            self._mask = None
            return x
        self._mask = (uniform(self.rng, x.shape, x) >= self.p_drop).astype(x.dtype)
        self._mask /= 1 - self.p_drop
        return x * self._mask

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x, of the last ``forward``."""
        return dout if self._mask is None else dout * self._mask

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: the mask, in training."""
        if not self.training:
            return Memory(is_view=True)
        return Memory(kept=nbytes(shape, n, itemsize), forward=nbytes(shape, n, 1))


class DropoutScaledAtTest(Elementwise):
    """Dropout as first published: y = x · mask in training, y = x · (1 − p) in test mode.

    In test mode it gives the mean of what training gives, as ``Dropout`` does with the factors the
    other way round.

    Parameters
    ----------
    p_drop, rng
        As for ``Dropout``.

    References
    ----------
    Hinton and others (2012), Improving neural networks by preventing co-adaptation of feature
    detectors.
    """

    def __init__(self, p_drop: float, rng: np.random.Generator) -> None:
        super().__init__()
        self.rng = generator(rng, "DropoutScaledAtTest(0.5, rng)")
        self.p_drop = real("p_drop", p_drop, at_least=0, below=1)

    def forward(self, x: Array) -> Array:
        """Return y, of the shape of x."""
        self._factor: Array = 1 - self.p_drop
        if self.training:
            self._factor = (uniform(self.rng, x.shape, x) >= self.p_drop).astype(x.dtype)
        return x * self._factor

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x."""
        return dout * self._factor

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: the mask, in training."""
        x = nbytes(shape, n, itemsize)
        return Memory(kept=x if self.training else 0)


class DropConnect(Affine):
    """y = x W + b, in training with weights that fall out.

    Single weights are dropped with probability p, not units, and the others scaled: their mean
    stays, and nothing is left to do in test mode. Biases stay. One mask is drawn for the whole
    mini-batch. (The paper draws one per sample, and in test mode samples y from a normal
    distribution with the mean and variance that masks would give.)

    Parameters
    ----------
    W, b : array (D, M), array (M,)
        As for ``Affine``.
    p_drop, rng
        As for ``Dropout``.

    References
    ----------
    Wan, Zeiler, Zhang, LeCun and Fergus (2013), Regularization of neural networks using
    DropConnect.
    """

    def __init__(self, W: Array, b: Array, p_drop: float, rng: np.random.Generator) -> None:
        example = "DropConnect(he((64, 50), rng), np.zeros(50), 0.5, rng)"
        expect_arrays(example, W=(W, "D", "M"), b=(b, "M"))
        super().__init__(W, b)
        self.rng = generator(rng, "DropConnect(W, b, 0.5, rng)")
        self.p_drop = real("p_drop", p_drop, at_least=0, below=1)

    def forward(self, x: Array) -> Array:
        """Return y (N, M) for x (N, D), or for x of more axes with D elements per sample."""
        W, self._mask = self.params["W"], None
        if self.training:
            self._mask = (uniform(self.rng, W.shape, W) >= self.p_drop).astype(W.dtype)
            self._mask /= 1 - self.p_drop
            W = W * self._mask
        self._affine = Affine(W, self.params["b"])
        return self._affine.forward(x)

    def backward(self, dout: Array) -> Array:
        """Store the gradients "W" (D, M) and "b" (M,) in ``grads``; return that of x."""
        self._affine.frozen = self.frozen
        self._affine.needs_input_gradient = self.needs_input_gradient
        dx = self._affine.backward(dout)
        self.grads = self._affine.grads
        if self._mask is not None and not self.frozen:
            self.grads["W"] = self.grads["W"] * self._mask
        return dx

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: its input, and the mask and the weights that are left."""
        y = nbytes(self.output_shape(shape), n, itemsize)
        W = itemsize * self.params["W"].size
        return Memory(keeps_input=True, kept=2 * W, forward=W - y, backward=W)


guard(Dropout, DropoutScaledAtTest, DropConnect)
