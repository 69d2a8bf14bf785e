"""Batch normalization: through the graph, in closed form, and for images."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, at_least_float32
from solutions.hyperparameters import real
from solutions.layer import Memory, expect_arrays, guard, nbytes
from solutions.norm_layer import (
    Norm,
    in_float32,
    need_samples,
    share_state,
    sums,
    sums_of_products,
)


class BatchNormGraph(Norm):
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

    def __init__(self, gamma: Array, beta: Array = None, eps: float = 1e-5) -> None:
        expect_arrays(
            "BatchNormGraph(np.ones(64), np.zeros(64))", gamma=(gamma, "D"), beta=(beta, "D")
        )
        super().__init__(gamma=gamma, beta=beta)
        self.eps = real("eps", eps, above=0)

    def forward(self, x: Array) -> Array:
        """Return y (N, D) for x (N, D); keep on the way what backward needs."""
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
        if not self.frozen:
            self.grads["beta"] = dout.sum(axis=0)
            self.grads["gamma"] = (dout * self._x_hat).sum(axis=0)
        if not self.needs_input_gradient:
            return None
        dx_hat = dout * self.params["gamma"]
        dinverse = (dx_hat * self._centred).sum(axis=0)
        dstd = -dinverse * self._inverse**2
        dvar = dstd / (2 * self._std)
        dsquares = dvar / n  # the same for every row
        dcentred = dx_hat * self._inverse + dsquares * 2 * self._centred
        dmean = -dcentred.sum(axis=0)
        return dcentred + dmean / n

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of the one sample that fits, (D,)."""
        return _row(shape, len(self.params["gamma"]))

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: x without its mean, and x normalized."""
        x = nbytes(shape, n, itemsize)
        return Memory(kept=2 * x, forward=2 * x, backward=2 * x)


class BatchNorm(Norm):
    """y = γ (x − μ) / √(σ² + ε) + β, for each feature.

    In training, μ and σ² are the mean and the biased variance over the batch, and the running
    averages follow them: running ← momentum · running + (1 − momentum) · batch. In test mode
    (``training = False``) μ and σ² are those averages, which stay as they are. ``backward``
    belongs to the last ``forward``, in the mode that this one had.

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
        They start at 0 and 1, in float32 at least, and are changed in place; ``buffers`` holds
        them by name.

    References
    ----------
    Ioffe and Szegedy (2015), Batch normalization: accelerating deep network training by reducing
    internal covariate shift.
    """

    def __init__(
        self, gamma: Array, beta: Array = None, momentum: float = 0.9, eps: float = 1e-5
    ) -> None:
        expect_arrays("BatchNorm(np.ones(64), np.zeros(64))", gamma=(gamma, "D"), beta=(beta, "D"))
        super().__init__(gamma=gamma, beta=beta)
        self.momentum = real("momentum", momentum, at_least=0, below=1)
        self.eps = real("eps", eps, above=0)
        dtype = at_least_float32(gamma.dtype)
        self.running_mean = np.zeros_like(gamma, dtype)
        self.running_var = np.ones_like(gamma, dtype)
        self.buffers = {"running_mean": self.running_mean, "running_var": self.running_var}

    def forward(self, x: Array) -> Array:
        """Return y (N, D) for x (N, D); in training, move the running averages."""
        self._of_batch = self.training
        if self.training:
            n = len(x)
            mean = sums(x) / n
            self._centred = x - mean
            var = sums_of_products(self._centred, self._centred) / n
            for running, batch in [(self.running_mean, mean), (self.running_var, var)]:
                running *= self.momentum
                running += (1 - self.momentum) * batch
        else:
            self._centred, var = x - self.running_mean, self.running_var
        self._std = np.sqrt(var + self.eps)
        y = self._centred * (self.params["gamma"] / self._std)
        y += self.params["beta"]
        return y

    def backward(self, dout: Array) -> Array:
        """Store the gradients "gamma" and "beta" (D,) in ``grads``; return that of x (N, D)."""
        slope = self.params["gamma"] / self._std
        if self.frozen and not self._of_batch:
            return slope * dout
        dbeta, dgamma = sums(dout), sums_of_products(dout, self._centred) / self._std
        if not self.frozen:
            self.grads["beta"], self.grads["gamma"] = dbeta, dgamma
        if not self.needs_input_gradient:
            return None
        if not self._of_batch:
            return dout * slope
        # γ/σ · (dout − mean(dout) − x̂ · mean(dout · x̂)), without an array for each step
        n = len(dout)
        dx = self._centred * (-dgamma / (n * self._std))
        dx += dout
        dx -= dbeta / n
        return np.multiply(dx, slope, out=dx)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of the one sample that fits, (D,)."""
        return _row(shape, len(self.params["gamma"]))

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: x without its mean."""
        return Memory(kept=nbytes(shape, n, itemsize))


class SpatialBatchNorm(Norm):
    """Batch normalization of images: one mean and one variance for each channel.

    They are taken over all samples and all pixels: to the ``BatchNorm`` that it holds, each pixel
    is a row, with the channels as its features.

    Parameters
    ----------
    gamma, beta : array (C,)
        Scale and shift.
    momentum, eps : float
        As ``BatchNorm`` has them.

    Attributes
    ----------
    running_mean, running_var : array (C,)
        As ``BatchNorm`` has them; the same arrays.
    """

    def __init__(
        self, gamma: Array, beta: Array = None, momentum: float = 0.9, eps: float = 1e-5
    ) -> None:
        example = "SpatialBatchNorm(np.ones(64), np.zeros(64))"
        expect_arrays(example, gamma=(gamma, "C"), beta=(beta, "C"))
        super().__init__(gamma=gamma, beta=beta)
        self._batch_norm = norm = BatchNorm(gamma, beta, momentum, eps)
        self.momentum, self.eps = norm.momentum, norm.eps
        self.running_mean, self.running_var = norm.running_mean, norm.running_var
        self.buffers = {"running_mean": self.running_mean, "running_var": self.running_var}

    def batch_norm(self) -> BatchNorm:
        """Return the ``BatchNorm`` that it holds, in its own mode, and with its own arrays."""
        share_state(self, self._batch_norm, "running_mean", "running_var")
        return self._batch_norm

    def forward(self, x: Array) -> Array:
        """Return y (N, C, H, W) for x (N, C, H, W)."""
        N, C, H, W = x.shape
        rows = x.transpose(0, 2, 3, 1).reshape(N * H * W, C)
        y = self.batch_norm().forward(rows)
        return y.reshape(N, H, W, C).transpose(0, 3, 1, 2)

    def backward(self, dout: Array) -> Array:
        """Store the gradients "gamma" and "beta" (C,) in ``grads``; return that of x."""
        N, C, H, W = dout.shape
        rows = dout.transpose(0, 2, 3, 1).reshape(N * H * W, C)
        dx = self.batch_norm().backward(rows)
        return None if dx is None else dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape as it is, if it is (C, H, W)."""
        C = len(self.params["gamma"])
        if len(shape) != 3 or shape[0] != C:
            raise ValueError(f"x must be (N, {C}, H, W), but a sample is {shape}")
        return shape

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps, x without its mean, and the rows, a copy of x and of dout."""
        x = nbytes(shape, n, itemsize)
        return Memory(kept=x, forward=x, backward=x)


def _row(shape: tuple[int, ...], D: int) -> tuple[int, ...]:
    """Return the shape of a sample as it is, if it is (D,)."""
    if shape != (D,):
        raise ValueError(f"x must be (N, {D}), but a sample is {shape}")
    return shape


in_float32(BatchNormGraph, BatchNorm, SpatialBatchNorm)
need_samples(BatchNormGraph, BatchNorm, SpatialBatchNorm)
guard(BatchNormGraph, BatchNorm, SpatialBatchNorm)
