"""Answers to own_scaling: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.scaler import Scaler


def middle_and_spread(x):
    """Return the median of each feature, and a spread of it that is never 0."""
    low, middle, high = np.quantile(x, [0.25, 0.5, 0.75], axis=0)
    spread = (high - low) / 2
    spread = np.where(spread == 0, np.ptp(x, axis=0), spread)
    return middle, np.where(spread == 0, 1, spread)


class OwnScalerByArctan(Scaler):
    def fit(self, x):
        self.middle, self.spread = middle_and_spread(x)
        return self

    def transform(self, x):
        return np.arctan((x - self.middle) / self.spread)


class OwnScalerByTanh(Scaler):
    def fit(self, x):
        self.median = np.median(x, axis=0)
        distance = np.median(np.abs(x - self.median), axis=0)
        self.scale = np.where(distance > 0, distance, np.ptp(x, axis=0) + (np.ptp(x, axis=0) == 0))
        return self

    def transform(self, x):
        return np.tanh((x - self.median) / (2 * self.scale))


class OwnScalerBySignedLog(Scaler):
    """A signed logarithm of a steady scale, then mean 0 and variance 1."""

    def bent(self, x):
        z = (x - self.middle) / self.spread
        return np.sign(z) * np.log1p(np.abs(z))

    def fit(self, x):
        self.middle, self.spread = middle_and_spread(x)
        y = self.bent(x)
        self.mean, self.std = y.mean(axis=0), np.where(np.ptp(y, axis=0) == 0, 1, y.std(axis=0))
        return self

    def transform(self, x):
        return (self.bent(x) - self.mean) / self.std


class OwnScalerByClipping(Scaler):
    """Cuts off at quantiles, then standardizes."""

    def fit(self, x):
        self.low, self.high = np.quantile(x, [0.06, 0.94], axis=0)
        same = self.low == self.high
        self.low = np.where(same, x.min(axis=0), self.low)
        self.high = np.where(same, x.max(axis=0), self.high)
        y = np.clip(x, self.low, self.high)
        self.mean, std = y.mean(axis=0), y.std(axis=0)
        self.std = np.where(self.low == self.high, 1, std)
        return self

    def transform(self, x):
        return (np.clip(x, self.low, self.high) - self.mean) / self.std


class OwnScalerByBins(Scaler):
    """Asks of each feature whether it is above some quantiles: K is a multiple of D."""

    def fit(self, x):
        self.edges = np.quantile(x, np.arange(1, 8) / 8, axis=0)
        return self

    def transform(self, x):
        above = x[:, None, :] > self.edges[None]
        return above.reshape(len(x), -1) - 0.5


class OwnScalerByNormalRanks(Scaler):
    """Brings the ranks to the form of a normal distribution, by interpolation."""

    def fit(self, x):
        self.sorted = np.sort(x, axis=0)
        s = np.random.default_rng(0).standard_normal(len(x))
        self.heights = np.sort(s)
        return self

    def transform(self, x):
        columns = [
            np.interp(x[:, d], self.sorted[:, d], self.heights)
            if self.sorted[0, d] < self.sorted[-1, d]
            else np.zeros(len(x))
            for d in range(x.shape[1])
        ]
        return np.stack(columns, axis=1)


RIGHT = [
    {"OwnScaler": OwnScalerByArctan},
    {"OwnScaler": OwnScalerByTanh},
    {"OwnScaler": OwnScalerBySignedLog},
    {"OwnScaler": OwnScalerByClipping},
    {"OwnScaler": OwnScalerByBins},
    {"OwnScaler": OwnScalerByNormalRanks},
]

SLIPS = [
    ("y[:, d] = sum(ranks) / len(self.sorted) - 1", "y[:, d] = x[:, d]", "unscaled"),
    ("y[:, d] = sum(ranks) / len(self.sorted) - 1", "y[:, d] = 0", "nothing_left"),
    ("np.searchsorted(self.sorted[:, d], x[:, d], side)", "np.searchsorted(np.sort(x[:, d]), x[:, d], side) / len(x) * len(self.sorted)", "of_the_given_data"),
]  # fmt: skip


EQUIVALENT = {
    "Every number of it is written over.": [
        "OwnScaler.transform: y = np.zeros_like(x) → y = np.ones_like(x)"
    ],
    "A sum does not depend on the order.": [
        "OwnScaler.transform: ranks = [np.searchsorted(self.sorted[:, d], x[:, d], side) for side in ('left', 'right')] → ranks = [np.searchsorted(self.sorted[:, d], x[:, d], side) for side in ('right', 'left')]"
    ],
    "A classifier has a bias, and weights of either sign: where 0 lies is no matter.": [
        "OwnScaler.transform: y[:, d] = sum(ranks) / len(self.sorted) - 1 → y[:, d] = 1 - sum(ranks) / len(self.sorted)",
        "OwnScaler.transform: y[:, d] = sum(ranks) / len(self.sorted) - 1 → y[:, d] = sum(ranks) / len(self.sorted)",
        "OwnScaler.transform: y[:, d] = sum(ranks) / len(self.sorted) - 1 → y[:, d] = sum(ranks) / len(self.sorted) - 2",
        "OwnScaler.transform: y[:, d] = sum(ranks) / len(self.sorted) - 1 → y[:, d] = sum(ranks) / len(self.sorted) - 0",
    ],
}


NAMES = {
    "written_into_by_transform": [
        "OwnScaler.transform: y = np.zeros_like(x) → y = x",
    ],
    "nothing_left": [
        "OwnScaler.transform: for d in range(x.shape[1]): → pass",
        "OwnScaler.transform: y[:, d] = sum(ranks) / len(self.sorted) - 1 → pass",
        "OwnScaler.transform: y[:, d] = sum(ranks) / len(self.sorted) - 1 → y[:, d] = 1",
        "OwnScaler.transform: y[:, d] = sum(ranks) / len(self.sorted) - 1 → y[:, d] = len(self.sorted) - 1",
    ],
}
