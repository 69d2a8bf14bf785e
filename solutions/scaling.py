"""Chapter 6: scaling of the data, with statistics of the training set only.

Every scaler has ``fit(x)``, which takes statistics and returns the scaler, ``transform(x)``, which
uses them, and ``inverse(y)``, which undoes it. Split the data first, fit on the training set alone,
and transform validation and test set with what it gave.
"""

from __future__ import annotations

import numpy as np

from solutions.arguments import check_features, check_samples
from solutions.arrays import Array, array_module


class Standardizer:
    """y = (x − μ) / σ, for each feature; a feature that never changes is only shifted to 0.

    Attributes
    ----------
    mean, std : array (D,)
        Of the training set; σ is the root of the biased variance.
    """

    def __init__(self) -> None:
        self.mean: Array = None
        self.std: Array = None

    def fit(self, x: Array) -> Standardizer:
        """Take mean and standard deviation of x (N, D); ValueError without samples."""
        check_samples(x)
        constant = x.max(axis=0) == x.min(axis=0)
        self.mean, self.std = x.mean(axis=0), np.where(constant, 1, x.std(axis=0))
        return self

    def transform(self, x: Array) -> Array:
        """Return x (N, D) scaled; ValueError before ``fit``, or for another D."""
        check_features(x, self.mean)
        return (x - self.mean) / self.std

    def inverse(self, y: Array) -> Array:
        """Return the x (N, D) of which y is the transform."""
        check_features(y, self.mean)
        return y * self.std + self.mean


class MinMaxScaler:
    """y = (x − low) / (high − low), for each feature: the training set fills [0, 1].

    One outlier squeezes all other values together, and new data may lie outside. A feature that
    never changes becomes 0.

    Attributes
    ----------
    low, span : array (D,)
        Smallest value, and largest minus smallest.
    """

    def __init__(self) -> None:
        self.low: Array = None
        self.span: Array = None

    def fit(self, x: Array) -> MinMaxScaler:
        """Take the extremes of x (N, D); ValueError without samples."""
        check_samples(x)
        self.low = x.min(axis=0)
        span = x.max(axis=0) - self.low
        self.span = np.where(span == 0, 1, span)
        return self

    def transform(self, x: Array) -> Array:
        """Return x (N, D) scaled; ValueError before ``fit``, or for another D."""
        check_features(x, self.low)
        return (x - self.low) / self.span

    def inverse(self, y: Array) -> Array:
        """Return the x (N, D) of which y is the transform."""
        check_features(y, self.low)
        return y * self.span + self.low


class LogScaler:
    """y = log(1 + x) / log(1 + max), for features x ≥ 0 that span several orders of magnitude.

    Attributes
    ----------
    scale : array (D,)
        log(1 + max) of the training set, or 1 for a feature that is always 0.
    """

    def __init__(self) -> None:
        self.scale: Array = None

    def fit(self, x: Array) -> LogScaler:
        """Take the maxima of x (N, D); ValueError without samples, or if a value is negative."""
        check_samples(x)
        if (x < 0).any():
            raise ValueError(f"x must not be negative, but its smallest value is {x.min()}")
        scale = np.log1p(x.max(axis=0))
        self.scale = np.where(scale == 0, 1, scale)
        return self

    def transform(self, x: Array) -> Array:
        """Return x (N, D) scaled; ValueError before ``fit``, for another D, or for x < 0."""
        check_features(x, self.scale)
        if (x < 0).any():
            raise ValueError(f"x must not be negative, but its smallest value is {x.min()}")
        return np.log1p(x) / self.scale

    def inverse(self, y: Array) -> Array:
        """Return the x (N, D) of which y is the transform."""
        check_features(y, self.scale)
        return np.expm1(y * self.scale)


class ExponentialScaler:
    """y = 1 − exp(−x / μ), which spreads the small values of features x ≥ 0 and tames the large.

    Values of an exponential distribution become uniform on [0, 1].

    Attributes
    ----------
    mean : array (D,)
        Of the training set, or 1 for a feature that is always 0.
    """

    def __init__(self) -> None:
        self.mean: Array = None

    def fit(self, x: Array) -> ExponentialScaler:
        """Take the means of x (N, D); ValueError without samples, or if a value is negative."""
        check_samples(x)
        if (x < 0).any():
            raise ValueError(f"x must not be negative, but its smallest value is {x.min()}")
        mean = x.mean(axis=0)
        self.mean = np.where(mean == 0, 1, mean)
        return self

    def transform(self, x: Array) -> Array:
        """Return x (N, D) scaled; ValueError before ``fit``, for another D, or for x < 0."""
        check_features(x, self.mean)
        if (x < 0).any():
            raise ValueError(f"x must not be negative, but its smallest value is {x.min()}")
        return -np.expm1(-x / self.mean)

    def inverse(self, y: Array) -> Array:
        """Return the x (N, D) of which y is the transform; y < 1."""
        check_features(y, self.mean)
        return -self.mean * np.log1p(-y)


class ArctanScaler:
    """y = (2/π) arctan(x / r), for each feature: any number falls between −1 and 1.

    Attributes
    ----------
    scale : array (D,)
        r: the root of the mean square over the training set, or 1 for a feature that is always 0.
    """

    def __init__(self) -> None:
        self.scale: Array = None

    def fit(self, x: Array) -> ArctanScaler:
        """Take the root mean squares of x (N, D); ValueError without samples."""
        check_samples(x)
        scale = np.sqrt((x**2).mean(axis=0))
        self.scale = np.where(scale == 0, 1, scale)
        return self

    def transform(self, x: Array) -> Array:
        """Return x (N, D) scaled; ValueError before ``fit``, or for another D."""
        check_features(x, self.scale)
        return np.arctan(x / self.scale) * (2 / np.pi)

    def inverse(self, y: Array) -> Array:
        """Return the x (N, D) of which y is the transform; −1 < y < 1."""
        check_features(y, self.scale)
        return np.tan(y * (np.pi / 2)) * self.scale


class PCA:
    """y = (x − μ) U: the data seen along the directions in which it varies most, which are
    uncorrelated.

    The columns of U are the eigenvectors of the covariance XᵀX / N of the centred data, largest
    eigenvalue first. Each is turned so that its entry of largest size is positive.

    Parameters
    ----------
    components : int, optional
        How many directions K are kept; all D by default.

    Attributes
    ----------
    mean : array (D,)
    directions : array (D, K)
        U.
    variances : array (K,)
        The eigenvalues: variances of the training set along U.

    References
    ----------
    Pearson (1901), On lines and planes of closest fit to systems of points in space.
    """

    def __init__(self, components: int | None = None) -> None:
        if components is not None and components < 1:
            raise ValueError(f"components must be at least 1, but it is {components}")
        self.components = components
        self.mean: Array = None
        self.directions: Array = None
        self.variances: Array = None

    def fit(self, x: Array) -> PCA:
        """Find the directions of x (N, D); ValueError without samples, or if D < components."""
        check_samples(x)
        if self.components is not None and self.components > x.shape[1]:
            raise ValueError(f"components is {self.components}, but x has shape {x.shape}")
        self.mean = x.mean(axis=0)
        # LAPACK does not know float16, and its squares would lose the small eigenvalues
        centred = (x - self.mean).astype(np.promote_types(x.dtype, np.float32))
        covariance = centred.T @ centred / len(x)
        U, variances, _ = array_module(x).linalg.svd(covariance)
        U = U * np.where(U.max(axis=0) >= -U.min(axis=0), 1, -1)
        self.directions = U[:, : self.components].astype(self.mean.dtype)
        self.variances = variances[: self.components].astype(self.mean.dtype)
        return self

    def transform(self, x: Array) -> Array:
        """Return y (N, K) for x (N, D); ValueError before ``fit``, or for another D."""
        check_features(x, self.mean)
        return (x - self.mean) @ self.directions

    def inverse(self, y: Array) -> Array:
        """Return x (N, D): with K < D the nearest that the K directions reach."""
        check_features(y, self.directions)
        return y @ self.directions.T + self.mean


class Whitening(PCA):
    """y = (x − μ) U / √(λ + ε): the covariance becomes the identity, but for ε.

    Directions in which there is little but noise are blown up as well; a larger ε holds them down.

    Parameters
    ----------
    eps : float
        Added to the eigenvalues λ, inside the root.
    components : int, optional
        How many directions K are kept; all D by default.
    """

    def __init__(self, eps: float = 1e-5, components: int | None = None) -> None:
        if eps < 0:
            raise ValueError(f"eps must not be negative, but it is {eps}")
        super().__init__(components)
        self.eps = eps

    def transform(self, x: Array) -> Array:
        """Return y (N, K) for x (N, D); ValueError before ``fit``, or for another D."""
        return super().transform(x) / np.sqrt(self.variances + self.eps)

    def inverse(self, y: Array) -> Array:
        """Return x (N, D): with K < D the nearest that the K directions reach."""
        check_features(y, self.directions)
        return super().inverse(y * np.sqrt(self.variances + self.eps))
