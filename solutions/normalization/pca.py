"""Principal components, and whitening."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, array_module
from solutions.hyperparameters import real, whole
from solutions.scaler import Scaler, guard_scalers, turned


class PCA(Scaler):
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
        self.components = components if components is None else whole("components", components, 1)

    def fit(self, x: Array) -> PCA:
        """Find the directions of x (N, D); ValueError if D < components."""
        if self.components is not None and self.components > x.shape[1]:
            raise ValueError(f"components is {self.components}, but x has shape {x.shape}")
        self.mean: Array = x.mean(axis=0)
        centred = x - self.mean
        U, variances, _ = array_module(x).linalg.svd(centred.T @ centred / len(x))
        self.directions: Array = turned(U)[:, : self.components]
        self.variances: Array = variances[: self.components]
        return self

    def transform(self, x: Array) -> Array:
        """Return y (N, K) for x (N, D)."""
        return (x - self.mean) @ self.directions

    def inverse(self, y: Array) -> Array:
        """Return x (N, D): with K < D the nearest that the K directions reach."""
        return y @ self.directions.T + self.mean

    def _outputs(self) -> int | None:
        return self._inputs and (self.components or self._inputs)


class Whitening(Scaler):
    """y = (x − μ) U / √(λ + ε): the covariance becomes the identity, but for ε.

    Directions in which there is little but noise are blown up as well; a larger ε holds them down.

    Parameters
    ----------
    eps : float
        Added to the eigenvalues λ, inside the root.
    components : int, optional
        How many directions K are kept; all D by default.

    Attributes
    ----------
    pca : PCA
        Fitted to the training set, with its mean, its directions and its variances λ.
    """

    def __init__(self, eps: float = 1e-5, components: int | None = None) -> None:
        self.eps = real("eps", eps, at_least=0)
        self.components = components if components is None else whole("components", components, 1)

    def fit(self, x: Array) -> Whitening:
        """Find the directions of x (N, D), and the variances along them; return the scaler."""
        self.pca = PCA(self.components).fit(x)
        return self

    def transform(self, x: Array) -> Array:
        """Return y (N, K) for x (N, D)."""
        return self.pca.transform(x) / np.sqrt(self.pca.variances + self.eps)

    def inverse(self, y: Array) -> Array:
        """Return x (N, D): with K < D the nearest that the K directions reach."""
        return self.pca.inverse(y * np.sqrt(self.pca.variances + self.eps))

    def _outputs(self) -> int | None:
        return self._inputs and (self.components or self._inputs)


guard_scalers(PCA, Whitening)
