"""Normalization over each sample, or over groups of its channels: no batch is needed."""

from __future__ import annotations

import math

import numpy as np

from solutions.arrays import Array
from solutions.hyperparameters import real, whole
from solutions.layer import Memory, expect_arrays, guard, nbytes
from solutions.norm_layer import Norm, in_float32


class LayerNorm(Norm):
    """y = γ (x − μ) / √(σ² + ε) + β, with μ and σ² over the features of each sample.

    No sample sees another, so training and test are the same, and a batch of one will do.

    Parameters
    ----------
    gamma, beta : array (D,) or (C, H, W)
        Scale and shift, of the shape of one sample or of its last axes.
    eps : float
        Keeps the root away from 0.

    References
    ----------
    Ba, Kiros and Hinton (2016), Layer normalization.
    """

    def __init__(self, gamma: Array, beta: Array = None, eps: float = 1e-5) -> None:
        example = "LayerNorm(np.ones(64), np.zeros(64))"
        expect_arrays(example, gamma=(gamma, "D", "..."), beta=(beta, "D", "..."))
        super().__init__(gamma=gamma, beta=beta)
        self.eps = real("eps", eps, above=0)

    def forward(self, x: Array) -> Array:
        """Return y for x (N, ...), of the same shape."""
        gamma = self.params["gamma"]
        features = tuple(range(-gamma.ndim, 0))
        centred = x - x.mean(axis=features, keepdims=True)
        self._std = np.sqrt((centred**2).mean(axis=features, keepdims=True) + self.eps)
        self._x_hat = centred / self._std
        return gamma * self._x_hat + self.params["beta"]

    def backward(self, dout: Array) -> Array:
        """Store the gradients "gamma" and "beta" in ``grads``; return that of x."""
        gamma = self.params["gamma"]
        if not self.frozen:
            samples = tuple(range(dout.ndim - gamma.ndim))
            self.grads["beta"] = dout.sum(axis=samples)
            self.grads["gamma"] = (dout * self._x_hat).sum(axis=samples)
        if not self.needs_input_gradient:
            return None
        features = tuple(range(-gamma.ndim, 0))
        dx_hat = dout * gamma
        along = (dx_hat * self._x_hat).mean(axis=features, keepdims=True)
        mean = dx_hat.mean(axis=features, keepdims=True)
        return (dx_hat - mean - self._x_hat * along) / self._std

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape as it is, if it ends in that of gamma."""
        wanted = self.params["gamma"].shape
        if shape[-len(wanted) :] != wanted:
            axes = ", ".join(map(str, wanted))
            raise ValueError(f"x must be (N, ..., {axes}), but a sample is {shape}")
        return shape

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: x normalized."""
        x = nbytes(shape, n, itemsize)
        return Memory(kept=x, forward=2 * x, backward=2 * x)


class GroupNorm(Norm):
    """y = γ (x − μ) / √(σ² + ε) + β, with μ and σ² over a group of channels of one sample.

    One group normalizes the whole sample, as many groups as channels each channel by itself
    (instance normalization). No sample sees another: the batch size does not matter.

    Parameters
    ----------
    gamma, beta : array (C,)
        Scale and shift of each channel.
    groups : int
        How many groups of neighbouring channels there are; it divides C. 32 is the paper's choice.
    eps : float
        Keeps the root away from 0.

    References
    ----------
    Wu and He (2018), Group normalization.
    """

    def __init__(
        self, gamma: Array, beta: Array = None, groups: int = 32, eps: float = 1e-5
    ) -> None:
        example = "GroupNorm(np.ones(8), np.zeros(8), groups=2)"
        expect_arrays(example, gamma=(gamma, "C"), beta=(beta, "C"))
        super().__init__(gamma=gamma, beta=beta)
        self.groups, self.eps = whole("groups", groups, at_least=1), real("eps", eps, above=0)
        if len(gamma) % groups:
            raise ValueError(f"groups must divide the {len(gamma)} channels, but it is {groups}")

    def forward(self, x: Array) -> Array:
        """Return y for x (N, C) or (N, C, H, W), of the same shape."""
        rows = x.reshape(len(x), self.groups, math.prod(x.shape[1:]) // self.groups)
        centred = rows - rows.mean(axis=2, keepdims=True)
        self._std = np.sqrt((centred**2).mean(axis=2, keepdims=True) + self.eps)
        self._x_hat = centred / self._std
        wide = -1, *[1] * (x.ndim - 2)
        gamma, beta = (self.params[name].reshape(wide) for name in ("gamma", "beta"))
        return gamma * self._x_hat.reshape(x.shape) + beta

    def backward(self, dout: Array) -> Array:
        """Store the gradients "gamma" and "beta" (C,) in ``grads``; return that of x."""
        if not self.frozen:
            pixels = (0, *range(2, dout.ndim))
            self.grads["beta"] = dout.sum(axis=pixels)
            self.grads["gamma"] = (dout * self._x_hat.reshape(dout.shape)).sum(axis=pixels)
        if not self.needs_input_gradient:
            return None
        gamma = self.params["gamma"].reshape(-1, *[1] * (dout.ndim - 2))
        dx_hat = (dout * gamma).reshape(self._x_hat.shape)
        along = (dx_hat * self._x_hat).mean(axis=2, keepdims=True)
        dx = dx_hat - dx_hat.mean(axis=2, keepdims=True) - self._x_hat * along
        return (dx / self._std).reshape(dout.shape)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape as it is, if it has C channels."""
        C = len(self.params["gamma"])
        if shape[:1] != (C,):
            raise ValueError(f"x must be (N, {C}, ...), but a sample is {shape}")
        return shape

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: x normalized."""
        x = nbytes(shape, n, itemsize)
        return Memory(kept=x, forward=2 * x, backward=2 * x)


in_float32(LayerNorm, GroupNorm)
guard(LayerNorm, GroupNorm)
