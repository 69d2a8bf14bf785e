"""Chapter 6: batch normalization, through the graph, in closed form, and for images.

Each layer's ``params`` hold the very arrays that it was given. ``batch_free_normalization`` has
the layers that need no batch, ``scaling`` what is done to the data before training.
"""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array


class BatchNormGraph:
    """y = γ (x − μ) / √(σ² + ε) + β as a chain of single operations, for training only.

    μ and σ² are the mean and the (biased) variance of each feature over the batch. This is the
    plain form: one line per node of the graph, there and back. ``BatchNorm`` does the same in
    closed form.

    Parameters
    ----------
    gamma, beta : array (D,)
        Scale and shift.
    eps : float
        Keeps the root away from 0.

    References
    ----------
    Ioffe and Szegedy (2015), Batch normalization: accelerating deep network training by reducing
    internal covariate shift.
    """

    def __init__(self, gamma: Array, beta: Array, eps: float = 1e-5) -> None:
        self.params: dict[str, Array] = {"gamma": gamma, "beta": beta}
        self.grads: dict[str, Array] = {}
        self.eps = eps

    def forward(self, x: Array) -> Array:
        """Return y (N, D) for x (N, D)."""
        mean = x.mean(axis=0)
        self._centred = x - mean
        squares = self._centred**2
        var = squares.mean(axis=0)
        self._std = np.sqrt(var + self.eps)
        self._inverse = 1 / self._std
        self._x_hat = self._centred * self._inverse
        return self.params["gamma"] * self._x_hat + self.params["beta"]

    def backward(self, dout: Array) -> Array:
        """Store the gradients "gamma" and "beta" (D,) in ``grads``; return that of x (N, D)."""
        n = len(dout)
        self.grads["beta"] = dout.sum(axis=0)
        self.grads["gamma"] = (dout * self._x_hat).sum(axis=0)
        dx_hat = dout * self.params["gamma"]
        dinverse = (dx_hat * self._centred).sum(axis=0)
        dstd = -dinverse * self._inverse**2
        dvar = dstd / (2 * self._std)
        dsquares = dvar / n  # the same for every row
        dcentred = dx_hat * self._inverse + dsquares * 2 * self._centred
        dmean = -dcentred.sum(axis=0)
        return dcentred + dmean / n


class BatchNorm:
    """y = γ (x − μ) / √(σ² + ε) + β, for each feature.

    In training, μ and σ² are the mean and the biased variance over the batch, and the running
    averages follow them: running ← momentum · running + (1 − momentum) · batch. In test mode
    (``training = False``) μ and σ² are those averages, and stay as they are.

    Parameters
    ----------
    gamma, beta : array (D,)
        Scale and shift.
    momentum : float
        Weight of the OLD running value, from 0 up to but not including 1. (PyTorch's ``momentum``
        is the weight of the new one, and its running variance is the unbiased one.)
    eps : float
        Keeps the root away from 0.

    Attributes
    ----------
    running_mean, running_var : array (D,)
        They start at 0 and 1, and are changed in place; ``buffers`` holds them by name.

    References
    ----------
    Ioffe and Szegedy (2015), Batch normalization: accelerating deep network training by reducing
    internal covariate shift.
    """

    def __init__(self, gamma: Array, beta: Array, momentum: float = 0.9, eps: float = 1e-5) -> None:
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum must be at least 0 and below 1, but it is {momentum}")
        self.params: dict[str, Array] = {"gamma": gamma, "beta": beta}
        self.grads: dict[str, Array] = {}
        self.running_mean, self.running_var = np.zeros_like(gamma), np.ones_like(gamma)
        self.buffers = {"running_mean": self.running_mean, "running_var": self.running_var}
        self.momentum, self.eps = momentum, eps
        self.training = True

    def forward(self, x: Array) -> Array:
        """Return y for x (N, D), of the same shape; more axes before the last are more samples.

        Raises
        ------
        ValueError
            If x does not have D features, or has no sample to take the statistics from.
        """
        if x.ndim < 2 or x.shape[-1] != len(self.running_mean):
            raise ValueError(f"x has shape {x.shape}, expected (N, {len(self.running_mean)})")
        if self.training and x.size == 0:
            raise ValueError(f"x has shape {x.shape}: no samples, so no mean to train with")
        self._of_batch = self.training
        samples = tuple(range(x.ndim - 1))  # all axes but that of the features
        mean = x.mean(axis=samples) if self.training else self.running_mean
        self._centred = x - mean
        var = (self._centred**2).mean(axis=samples) if self.training else self.running_var
        if self.training:
            self._follow(mean, var)
        self._std = np.sqrt(var + self.eps)
        y = self._centred * (self.params["gamma"] / self._std)
        y += self.params["beta"]
        return y

    def _follow(self, mean: Array, var: Array) -> None:
        """Move the running averages towards the batch's statistics, in place."""
        for running, batch in [(self.running_mean, mean), (self.running_var, var)]:
            running *= self.momentum
            running += (1 - self.momentum) * batch

    def backward(self, dout: Array) -> Array:
        """Store the gradients "gamma" and "beta" (D,) in ``grads``; return that of x.

        With x̂ = (x − μ) / √(σ² + ε), and means over the batch,
        dx = γ / √(σ² + ε) · (dout − mean(dout) − x̂ · mean(dout · x̂)).
        In test mode μ and σ² do not depend on x, and the means fall away.
        """
        samples = tuple(range(dout.ndim - 1))
        self.grads["beta"] = dout.sum(axis=samples)
        self.grads["gamma"] = (dout * self._centred).sum(axis=samples) / self._std
        slope = self.params["gamma"] / self._std
        if not self._of_batch:
            return dout * slope
        n = dout.size // dout.shape[-1]
        dx = self._centred * (-self.grads["gamma"] / (n * self._std))
        dx += dout
        dx -= self.grads["beta"] / n
        dx *= slope
        return dx


class SpatialBatchNorm(BatchNorm):
    """Batch normalization of images: every pixel of a channel is one more sample of it.

    Parameters are those of ``BatchNorm``, with one entry per channel, (C,).
    """

    def forward(self, x: Array) -> Array:
        """Return y for x (N, C, H, W), of the same shape.

        Raises
        ------
        ValueError
            If x does not have four axes and C channels, or has no pixel to train with.
        """
        channels = len(self.running_mean)
        if x.ndim != 4 or x.shape[1] != channels:
            raise ValueError(f"x has shape {x.shape}, expected (N, {channels}, H, W)")
        # moveaxis makes a view: nothing is copied, there or back
        return np.moveaxis(super().forward(np.moveaxis(x, 1, -1)), -1, 1)

    def backward(self, dout: Array) -> Array:
        """Store the gradients "gamma" and "beta" (C,) in ``grads``; return that of x."""
        return np.moveaxis(super().backward(np.moveaxis(dout, 1, -1)), -1, 1)
