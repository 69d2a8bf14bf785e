"""Answers to standardizer: right ones in other styles, and wrong ones."""

import math

import numpy as np

from solutions.scaler import Scaler


class StandardizerByLoops(Scaler):
    def fit(self, x):
        self.statistics = []
        for d in range(x.shape[1]):
            column = x[:, d]
            mean = sum(column) / len(column)
            varies = any(value != column[0] for value in column)
            std = math.sqrt(sum((v - mean) ** 2 for v in column) / len(column)) if varies else 1.0
            self.statistics.append((float(mean), std))
        return self

    def transform(self, x):
        y = np.empty_like(x)
        for d, (mean, std) in enumerate(self.statistics):
            y[:, d] = (x[:, d] - mean) / std
        return y

    def inverse(self, y):
        x = y.copy()
        for d, (mean, std) in enumerate(self.statistics):
            x[:, d] = y[:, d] * std + mean
        return x


class StandardizerWithInverseScale(Scaler):
    def fit(self, x):
        self.middle = x.mean(0, keepdims=True)
        centred = x - self.middle
        sigma = np.sqrt(np.einsum("nd,nd->d", centred, centred) / x.shape[0])
        sigma[np.ptp(x, axis=0) == 0] = 1
        self.factor = 1 / sigma
        return self

    def transform(self, x):
        y = x - self.middle
        y *= self.factor
        return y.astype(x.dtype)

    def inverse(self, y):
        return np.add(np.divide(y, self.factor), self.middle).astype(y.dtype)


class StandardizerWithThreshold(Scaler):
    def fit(self, x):
        self.m, self.s = x.mean(axis=0), x.std(axis=0)
        self.s[self.s <= 1e-12 * np.abs(self.m)] = 1.0
        return self

    def transform(self, x):
        return (x - self.m) / self.s

    def inverse(self, y):
        return self.m + self.s * y


RIGHT = [
    {"Standardizer": StandardizerByLoops},
    {"Standardizer": StandardizerWithInverseScale},
    {"Standardizer": StandardizerWithThreshold},
]

SLIPS = [
    ("np.where(constant, 1, x.std(axis=0))", "x.std(axis=0)", "not_guarded"),
    ("np.where(constant, 1, x.std(axis=0))", "np.where(constant, 1, x.std())", "over_everything.std"),
    ("np.where(constant, 1, x.std(axis=0))", "np.where(constant, 1, x.var(axis=0))", "variance_for_std"),
    ("np.where(constant, 1, x.std(axis=0))", "np.where(constant, 1, x.std(axis=0, ddof=1))", "divided_by_n_minus_1"),
    ("np.where(constant, 1, x.std(axis=0))", "np.where(x.std(axis=0) == 0, 1, x.std(axis=0))", "compared_with_0"),
    ("return (x - self.mean) / self.std", "return x - self.mean / self.std", "wrong_order.transform"),
    ("self.mean: Array = x.mean(axis=0)\n        self.std: Array = np.where(constant, 1, x.std(axis=0))", "self.mean, self.std = x.mean(), x.std()", "no_axis"),
    ("return (x - self.mean) / self.std", "return (x - x.mean(0)) / x.std(0)", "own_mean_and_std_by_own_std"),
    ("return (x - self.mean) / self.std", "return self.fit(x) and (x - self.mean) / self.std", "fits_again"),
]  # fmt: skip


NAMES = {
    "std_left_out": [
        "Standardizer.fit: constant = x.max(axis=0) == x.min(axis=0) → constant = x.min(axis=0) == x.min(axis=0)",
        "Standardizer.fit: constant = x.max(axis=0) == x.min(axis=0) → constant = x.max(axis=0) == x.max(axis=0)",
    ],
    "not_guarded": [
        "Standardizer.fit: constant = x.max(axis=0) == x.min(axis=0) → constant = x.max() == x.min(axis=0)",
        "Standardizer.fit: constant = x.max(axis=0) == x.min(axis=0) → constant = x.max(axis=0) == x.min()",
    ],
    "sum_for_mean": [
        "Standardizer.fit: self.mean: Array = x.mean(axis=0) → self.mean: Array = x.sum(axis=0)",
    ],
    "over_everything.mean": [
        "Standardizer.fit: self.mean: Array = x.mean(axis=0) → self.mean: Array = x.mean()",
    ],
    "over_features_flat": [
        "Standardizer.fit: self.mean: Array = x.mean(axis=0) → self.mean: Array = x.mean(axis=1)",
        "Standardizer.fit: self.mean: Array = x.mean(axis=0) → self.mean: Array = x.mean(axis=-1)",
    ],
    "over_everything.std": [
        "Standardizer.fit: self.std: Array = np.where(constant, 1, x.std(axis=0)) → self.std: Array = np.where(constant, 1, x.std())",
    ],
    "multiplied_for_divided.transform": [
        "Standardizer.transform: return (x - self.mean) / self.std → return (x - self.mean) * self.std",
    ],
    "std_left_out.transform": [
        "Standardizer.transform: return (x - self.mean) / self.std → return x - self.mean",
    ],
    "sign_of_the_mean.transform": [
        "Standardizer.transform: return (x - self.mean) / self.std → return (x + self.mean) / self.std",
    ],
    "turned_round.transform": [
        "Standardizer.transform: return (x - self.mean) / self.std → return (self.mean - x) / self.std",
    ],
    "mean_left_out.transform": [
        "Standardizer.transform: return (x - self.mean) / self.std → return x / self.std",
    ],
    "sign_of_the_mean.inverse": [
        "Standardizer.inverse: return y * self.std + self.mean → return y * self.std - self.mean",
    ],
    "mean_left_out.inverse": [
        "Standardizer.inverse: return y * self.std + self.mean → return y * self.std",
    ],
    "multiplied_for_divided.inverse": [
        "Standardizer.inverse: return y * self.std + self.mean → return y / self.std + self.mean",
    ],
    "std_left_out.inverse": [
        "Standardizer.inverse: return y * self.std + self.mean → return y + self.mean",
    ],
}
