"""Scaling of the features, by what the training set says about them."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array
from solutions.scaler import Scaler, guard_scalers, refuse_negative


class Standardizer(Scaler):
    """y = (x − μ) / σ, for each feature; one that never changes is only shifted to 0.

    Attributes
    ----------
    mean, std : array (D,)
        Of the training set; σ is the root of the biased variance.
    """

    def fit(self, x: Array) -> Standardizer:
        """Take mean and standard deviation of x (N, D)."""
        constant = x.max(axis=0) == x.min(axis=0)  # rounding may leave it a spread
        self.mean: Array = x.mean(axis=0)
        self.std: Array = np.where(constant, 1, x.std(axis=0))
        return self

    def transform(self, x: Array) -> Array:
        """Return x (N, D) scaled."""
        return (x - self.mean) / self.std

    def inverse(self, y: Array) -> Array:
        """Return the x (N, D) of which y is the transform."""
        return y * self.std + self.mean


class MinMaxScaler(Scaler):
    """y = (x − low) / (high − low), for each feature: the training set fills [0, 1].

    One outlier squeezes all other values together, and new data may lie outside. A feature that
    never changes becomes 0.

    Attributes
    ----------
    low, span : array (D,)
        Smallest value, and largest minus smallest.
    """

    def fit(self, x: Array) -> MinMaxScaler:
        """Take the extremes of x (N, D)."""
        self.low: Array = x.min(axis=0)
        span = x.max(axis=0) - self.low
        self.span: Array = np.where(span == 0, 1, span)
        return self

    def transform(self, x: Array) -> Array:
        """Return x (N, D) scaled."""
        return (x - self.low) / self.span

    def inverse(self, y: Array) -> Array:
        """Return the x (N, D) of which y is the transform."""
        return y * self.span + self.low


class LogScaler(Scaler):
    """y = log(1 + x) / log(1 + max), for features x ≥ 0 that span several orders of magnitude.

    Negative values are refused.

    Attributes
    ----------
    scale : array (D,)
        log(1 + max) of the training set, or 1 for a feature that is always 0.
    """

    def fit(self, x: Array) -> LogScaler:
        """Take the maxima of x (N, D)."""
        scale = np.log1p(x.max(axis=0))
        self.scale: Array = np.where(scale == 0, 1, scale)
        return self

    def transform(self, x: Array) -> Array:
        """Return x (N, D) scaled."""
        return np.log1p(x) / self.scale

    def inverse(self, y: Array) -> Array:
        """Return the x (N, D) of which y is the transform."""
        return np.expm1(y * self.scale)


class ExponentialScaler(Scaler):
    """y = 1 − exp(−x / μ), which spreads the small values of features x ≥ 0 and tames the large.

    Values of an exponential distribution become uniform on [0, 1]. Negative values are refused.

    Attributes
    ----------
    mean : array (D,)
        Of the training set, or 1 for a feature that is always 0.
    """

    def fit(self, x: Array) -> ExponentialScaler:
        """Take the means of x (N, D)."""
        self.mean = _without_zeros(x.mean(axis=0))
        return self

    def transform(self, x: Array) -> Array:
        """Return x (N, D) scaled."""
        return -np.expm1(-x / self.mean)

    def inverse(self, y: Array) -> Array:
        """Return the x (N, D) of which y is the transform; y < 1."""
        return -self.mean * np.log1p(-y)


class ArctanScaler(Scaler):
    """y = (2/π) arctan(x / r), for each feature: any number falls between −1 and 1.

    Attributes
    ----------
    scale : array (D,)
        r: the root of the mean square over the training set, or 1 for a feature that is always 0.
    """

    def fit(self, x: Array) -> ArctanScaler:
        """Take the root mean squares of x (N, D)."""
        self.scale = _without_zeros(np.sqrt((x**2).mean(axis=0)))
        return self

    def transform(self, x: Array) -> Array:
        """Return x (N, D) scaled."""
        return np.arctan(x / self.scale) * (2 / np.pi)

    def inverse(self, y: Array) -> Array:
        """Return the x (N, D) of which y is the transform; −1 < y < 1."""
        return np.tan(y * (np.pi / 2)) * self.scale


class OwnScaler(Scaler):
    """A map of your own, which brings features of all kinds to one scale.

    It has no ``inverse``: that is not asked for.
    """

    def fit(self, x: Array) -> OwnScaler:
        """Learn from the training set x (N, D); return the scaler."""
        self.sorted: Array = np.sort(x, axis=0)
        return self

    def transform(self, x: Array) -> Array:
        """Return y (N, K) for x (N, D): finite numbers, a row for each sample."""
        y = np.zeros_like(x)
        for d in range(x.shape[1]):  # what counts is how many are below, whatever the scale
            ranks = [
                np.searchsorted(self.sorted[:, d], x[:, d], side) for side in ("left", "right")
            ]
            y[:, d] = sum(ranks) / len(self.sorted) - 1
        return y


def _without_zeros(scale: Array) -> Array:
    """Return 1 for 0: a feature that never changes is not divided."""
    return np.where(scale == 0, 1, scale)


refuse_negative(LogScaler, ExponentialScaler)
guard_scalers(Standardizer, MinMaxScaler, LogScaler, ExponentialScaler, ArctanScaler, OwnScaler)
