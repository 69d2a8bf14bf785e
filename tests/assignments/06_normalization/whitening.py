"""Answers to whitening: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.normalization import PCA
from solutions.scaler import Scaler

from .pca import PCAByEigenvalues


class WhiteningByMatrix(PCA):
    """Keeps one matrix for the way there, and one for the way back."""

    def __init__(self, eps=1e-5, components=None):
        super().__init__(components)
        self.eps = eps

    def fit(self, x):
        super().fit(x)
        roots = (self.variances + self.eps) ** 0.5
        self.there, self.back = self.directions / roots, (self.directions * roots).T
        return self

    def transform(self, x):
        return ((x - self.mean) @ self.there).astype(x.dtype)

    def inverse(self, y):
        return (y @ self.back + self.mean).astype(y.dtype)


class WhiteningByEigenvalues(PCAByEigenvalues):
    def __init__(self, eps=1e-5, components=None):
        PCAByEigenvalues.__init__(self, components)
        self.eps = eps

    def transform(self, x):
        y = super().transform(x)
        y *= 1 / np.sqrt(self.eps + self.variances)
        return y

    def inverse(self, y):
        x = np.zeros((len(y), len(self.mean)), y.dtype) + self.mean
        for k, variance in enumerate(self.variances):
            x = x + np.outer(y[:, k] * np.sqrt(variance + self.eps), self.directions[:, k])
        return x.astype(y.dtype)


class WhiteningByLoops(Scaler):
    """Without PCA as its parent."""

    def __init__(self, eps=1e-5, components=None):
        self.eps = eps
        self.pca = PCA(components)

    def fit(self, x):
        self.pca.fit(x)
        return self

    def transform(self, x):
        y = self.pca.transform(x).copy()
        for k in range(y.shape[1]):
            y[:, k] /= (self.pca.variances[k] + self.eps) ** 0.5
        return y

    def inverse(self, y):
        z = y.copy()
        for k in range(y.shape[1]):
            z[:, k] *= (self.pca.variances[k] + self.eps) ** 0.5
        return self.pca.inverse(z)


RIGHT = [
    {"Whitening": WhiteningByMatrix},
    {"Whitening": WhiteningByEigenvalues},
    {"Whitening": WhiteningByLoops},
]

SLIPS = [
    ("self.pca.transform(x) / np.sqrt(self.pca.variances + self.eps)", "self.pca.transform(x) / (self.pca.variances + self.eps)", "variance_for_root.transform"),
    ("self.pca.transform(x) / np.sqrt(self.pca.variances + self.eps)", "self.pca.transform(x) / (np.sqrt(self.pca.variances) + self.eps)", "eps_outside.transform"),
    ("self.pca.transform(x) / np.sqrt(self.pca.variances + self.eps)", "self.pca.transform(x) / np.sqrt(self.pca.variances)", "eps_left_out.transform"),
    ("self.pca.transform(x) / np.sqrt(self.pca.variances + self.eps)", "self.pca.transform(x) / self.pca.transform(x).std(axis=0)", "own_spread"),
    ("self.pca.inverse(y * np.sqrt(self.pca.variances + self.eps))", "self.pca.inverse(y / np.sqrt(self.pca.variances + self.eps))", "multiplied_for_divided.inverse"),
]  # fmt: skip


NAMES = {
    "multiplied_for_divided.transform": [
        "Whitening.transform: return self.pca.transform(x) / np.sqrt(self.pca.variances + self.eps) → return self.pca.transform(x) * np.sqrt(self.pca.variances + self.eps)",
    ],
    "not_divided.transform": [
        "Whitening.transform: return self.pca.transform(x) / np.sqrt(self.pca.variances + self.eps) → return self.pca.transform(x)",
    ],
    "variance_for_root.transform": [
        "Whitening.transform: return self.pca.transform(x) / np.sqrt(self.pca.variances + self.eps) → return self.pca.transform(x) / (self.pca.variances + self.eps)",
    ],
    "eps_left_out.transform": [
        "Whitening.transform: return self.pca.transform(x) / np.sqrt(self.pca.variances + self.eps) → return self.pca.transform(x) / np.sqrt(self.pca.variances)",
    ],
    "multiplied_for_divided.inverse": [
        "Whitening.inverse: return self.pca.inverse(y * np.sqrt(self.pca.variances + self.eps)) → return self.pca.inverse(y / np.sqrt(self.pca.variances + self.eps))",
    ],
    "not_divided.inverse": [
        "Whitening.inverse: return self.pca.inverse(y * np.sqrt(self.pca.variances + self.eps)) → return self.pca.inverse(y)",
    ],
    "variance_for_root.inverse": [
        "Whitening.inverse: return self.pca.inverse(y * np.sqrt(self.pca.variances + self.eps)) → return self.pca.inverse(y * (self.pca.variances + self.eps))",
    ],
    "eps_left_out.inverse": [
        "Whitening.inverse: return self.pca.inverse(y * np.sqrt(self.pca.variances + self.eps)) → return self.pca.inverse(y * np.sqrt(self.pca.variances))",
    ],
}
