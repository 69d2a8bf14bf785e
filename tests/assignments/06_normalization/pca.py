"""Answers to pca: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.scaler import Scaler


class PCABySamples(Scaler):
    """From the singular values of the data themselves."""

    def __init__(self, components=None):
        self.components = components

    def fit(self, x):
        self.mean = x.mean(axis=0)
        K = self.components or x.shape[1]
        _, s, Vt = np.linalg.svd(x - self.mean, full_matrices=True)
        variances = np.zeros(x.shape[1], x.dtype)
        variances[: len(s)] = s**2 / len(x)
        self.directions, self.variances = Vt[:K].T, variances[:K]
        return self

    def transform(self, x):
        return np.einsum("nd,dk->nk", x - self.mean, self.directions)

    def inverse(self, y):
        return np.einsum("nk,dk->nd", y, self.directions) + self.mean


class PCAByEigenvalues(Scaler):
    def __init__(self, components=None):
        self.components = components

    def fit(self, x):
        self.mean = np.mean(x, axis=0)
        values, vectors = np.linalg.eigh(np.cov(x.T, bias=True, dtype=x.dtype))
        order = np.argsort(values)[::-1][: self.components]
        self.directions = -vectors[:, order]
        self.variances = values[order]
        return self

    def transform(self, x):
        return x @ self.directions - self.mean @ self.directions

    def inverse(self, y):
        x = y @ self.directions.transpose()
        x += self.mean
        return x


class PCAByPowers(Scaler):
    """Finds one direction after the other, and takes each out of the covariance."""

    def __init__(self, components=None):
        self.components = components

    def fit(self, x):
        self.mean = x.sum(axis=0) / x.shape[0]
        C = sum(np.outer(row, row) for row in (x - self.mean).astype(float)) / len(x)
        found = []
        for _ in range(self.components or x.shape[1]):
            power = C / np.trace(C)
            for _ in range(30):
                power = power @ power
                power /= np.trace(power)
            u = power[:, np.argmax(np.diagonal(power))]
            for other, _ in found:
                u = u - (u @ other) * other
            u = u / np.linalg.norm(u)
            found.append((u, u @ C @ u))
            C = C - found[-1][1] * np.outer(u, u)
        self.directions = np.stack([u for u, _ in found], axis=1).astype(x.dtype)
        self.variances = np.array([value for _, value in found])
        return self

    def transform(self, x):
        return np.dot(x - self.mean, self.directions)

    def inverse(self, y):
        return self.mean + np.dot(y, self.directions.T)


RIGHT = [{"PCA": PCABySamples}, {"PCA": PCAByEigenvalues}, {"PCA": PCAByPowers}]

SLIPS = [
    ("linalg.svd(centred.T @ centred / len(x))", "linalg.svd(x.T @ x / len(x))", "covariance_not_centred"),
    ("linalg.svd(centred.T @ centred / len(x))", "linalg.svd(centred.T @ centred)", "not_divided"),
    ("linalg.svd(centred.T @ centred / len(x))", "linalg.svd(centred.T @ centred / (len(x) - 1))", "divided_by_n_minus_1"),
    ("turned(U)[:, : self.components]", "turned(U.T)[:, : self.components]", "rows_for_columns"),
    ("U, variances, _ = array_module(x).linalg.svd(", "_, variances, U = array_module(x).linalg.svd(", "rows_of_the_third"),
    ("U, variances, _ = array_module(x).linalg.svd(", "variances, U = array_module(x).linalg.eigh(", "smallest_first_by_eigh"),
    ("variances[: self.components]", "np.sqrt(variances[: self.components])", "roots_for_variances"),
    ("return (x - self.mean) @ self.directions", "return x @ self.directions", "mean_left_out.transform"),
    ("return y @ self.directions.T + self.mean", "return y @ self.directions.T", "mean_left_out.inverse"),
    ("return (x - self.mean) @ self.directions", "return (x - x.mean(axis=0)) @ self.directions", "own_mean"),
]  # fmt: skip

EQUIVALENT = {
    "The refusal of too many components is a courtesy; the text does not ask for it.": [
        "PCA.fit: if self.components is not None and self.components > x.shape[1]: → pass",
        "PCA.fit: if self.components is not None and self.components > x.shape[1]: → if self.components is not None and self.components >= x.shape[1]:",
        "PCA.fit: if self.components is not None and self.components > x.shape[1]: → if self.components is not None and self.components > x.shape[0]:",
    ],
    "A product of two centred arrays does not see their signs.": [
        "PCA.fit: centred = x - self.mean → centred = self.mean - x"
    ],
    "Which way a direction points is a matter of taste.": [
        "PCA.fit: self.directions: Array = turned(U)[:, :self.components] → self.directions: Array = U[:, :self.components]",
    ],
}


NAMES = {
    "covariance_not_centred": [
        "PCA.fit: centred = x - self.mean → centred = x",
    ],
    "not_divided": [
        "PCA.fit: U, variances, _ = array_module(x).linalg.svd(centred.T @ centred / len(x)) → U, variances, _ = array_module(x).linalg.svd(centred.T @ centred)",
    ],
    "covariance_of_samples": [
        "PCA.fit: U, variances, _ = array_module(x).linalg.svd(centred.T @ centred / len(x)) → U, variances, _ = array_module(x).linalg.svd(centred @ centred.T / len(x))",
    ],
    "singular_values_over_n": [
        "PCA.fit: U, variances, _ = array_module(x).linalg.svd(centred.T @ centred / len(x)) → U, variances, _ = array_module(x).linalg.svd(centred.T / len(x))",
    ],
    "rows_kept": [
        "PCA.fit: self.directions: Array = turned(U)[:, :self.components] → self.directions: Array = turned(U)[:self.components, :]",
    ],
    "sign_of_the_mean.transform": [
        "PCA.transform: return (x - self.mean) @ self.directions → return (x + self.mean) @ self.directions",
    ],
    "mean_left_out.transform": [
        "PCA.transform: return (x - self.mean) @ self.directions → return x @ self.directions",
    ],
    "sign_of_the_mean.inverse": [
        "PCA.inverse: return y @ self.directions.T + self.mean → return y @ self.directions.T - self.mean",
    ],
    "mean_left_out.inverse": [
        "PCA.inverse: return y @ self.directions.T + self.mean → return y @ self.directions.T",
    ],
    "inverse_in_forward_order": [
        "PCA.inverse: return y @ self.directions.T + self.mean → return y + self.mean",
    ],
    "inverse_not_transposed": [
        "PCA.inverse: return y @ self.directions.T + self.mean → return y @ self.directions + self.mean",
    ],
}
