"""Answers to min_max_and_log: right ones in other styles, and wrong ones."""

import math

import numpy as np

from solutions.scaler import Scaler


class MinMaxScalerByLoops(Scaler):
    def fit(self, x):
        self.extremes = [(min(column), max(column)) for column in x.T.tolist()]
        return self

    def transform(self, x):
        columns = [
            (x[:, d] - low) / (high - low if high > low else 1)
            for d, (low, high) in enumerate(self.extremes)
        ]
        return np.stack(columns, axis=1).astype(x.dtype)

    def inverse(self, y):
        x = np.zeros_like(y)
        for row in range(len(y)):
            for d, (low, high) in enumerate(self.extremes):
                x[row, d] = y[row, d] * ((high - low) or 1) + low
        return x


class MinMaxScalerBySlope(Scaler):
    def fit(self, x):
        self.low, self.high = np.amin(x, 0), np.amax(x, 0)
        self.slope = np.ones_like(self.low)
        varies = self.high != self.low
        self.slope[varies] = 1 / (self.high - self.low)[varies]
        return self

    def transform(self, x):
        y = x - self.low
        return np.multiply(y, self.slope, out=y)

    def inverse(self, y):
        return self.low + y / self.slope


class LogScalerBase2(Scaler):
    def fit(self, x):
        largest = np.log2(1 + np.max(x, axis=0))
        self.largest = np.where(largest == 0, np.log2(np.e), largest)
        return self

    def transform(self, x):
        return (np.log2(1 + x) / self.largest).astype(x.dtype)

    def inverse(self, y):
        return (np.exp2(y * self.largest) - 1).astype(y.dtype)


class LogScalerByLoops(Scaler):
    def fit(self, x):
        self.scales = [math.log(1 + float(max(column))) or 1.0 for column in x.T]
        return self

    def transform(self, x):
        y = np.empty_like(x)
        for d, scale in enumerate(self.scales):
            y[:, d] = np.log(x[:, d] + 1) / scale
        return y

    def inverse(self, y):
        return (np.array([math.e], y.dtype) ** (y * np.array(self.scales, y.dtype)) - 1).astype(
            y.dtype
        )


RIGHT = [
    {"MinMaxScaler": MinMaxScalerByLoops, "LogScaler": LogScalerBase2},
    {"MinMaxScaler": MinMaxScalerBySlope, "LogScaler": LogScalerByLoops},
]

SLIPS = [
    ("np.where(span == 0, 1, span)", "span", "min_max_not_guarded"),
    ("span = x.max(axis=0) - self.low", "span = x.max(axis=0)", "largest_for_span"),
    ("self.low: Array = x.min(axis=0)", "self.low = x.min()", "low_of_everything"),
    ("return (x - self.low) / self.span", "return np.clip((x - self.low) / self.span, 0, 1)", "minmaxscaler_clipped_in_transform"),
    ("return (x - self.low) / self.span", "return (x - x.min(0)) / np.ptp(x, axis=0)", "own_low_and_span_alone"),
    ("return np.log1p(x) / self.scale", "return np.log1p(x) / np.log1p(x.max(axis=0))", "log_own_largest"),
    ("return np.log1p(x) / self.scale", "return np.log(x) / self.scale", "log_without_the_1.transform"),
    ("return np.log1p(x) / self.scale", "return np.log10(1 + x) / self.scale", "log_base_10.transform"),
    ("scale = np.log1p(x.max(axis=0))", "scale = np.log1p(x.max())", "log_of_the_largest_of_all"),
    ("np.where(scale == 0, 1, scale)", "scale", "log_not_guarded"),
    ("return np.expm1(y * self.scale)", "return np.expm1(y) * self.scale", "log_wrong_order.inverse"),
]  # fmt: skip


NAMES = {
    "low_of_everything": [
        "MinMaxScaler.fit: self.low: Array = x.min(axis=0) → self.low: Array = x.min()",
    ],
    "sum_of_extremes": [
        "MinMaxScaler.fit: span = x.max(axis=0) - self.low → span = x.max(axis=0) + self.low",
    ],
    "span_turned_round": [
        "MinMaxScaler.fit: span = x.max(axis=0) - self.low → span = self.low - x.max(axis=0)",
    ],
    "largest_for_span": [
        "MinMaxScaler.fit: span = x.max(axis=0) - self.low → span = x.max(axis=0)",
    ],
    "smallest_for_span": [
        "MinMaxScaler.fit: span = x.max(axis=0) - self.low → span = self.low",
    ],
    "minmaxscaler_span_left_out": [
        "MinMaxScaler.fit: span = x.max(axis=0) - self.low → span = x.min(axis=0) - self.low",
    ],
    "min_max_not_guarded": [
        "MinMaxScaler.fit: self.span: Array = np.where(span == 0, 1, span) → self.span: Array = np.where(span == 1, 1, span)",
        "MinMaxScaler.fit: self.span: Array = np.where(span == 0, 1, span) → self.span: Array = np.where(span == -1, 1, span)",
        "MinMaxScaler.fit: self.span: Array = np.where(span == 0, 1, span) → self.span: Array = np.where(span == 0, 0, span)",
    ],
    "minmaxscaler_multiplied_for_divided.transform": [
        "MinMaxScaler.transform: return (x - self.low) / self.span → return (x - self.low) * self.span",
    ],
    "minmaxscaler_span_left_out.transform": [
        "MinMaxScaler.transform: return (x - self.low) / self.span → return x - self.low",
    ],
    "minmaxscaler_sign_of_the_low.transform": [
        "MinMaxScaler.transform: return (x - self.low) / self.span → return (x + self.low) / self.span",
    ],
    "minmaxscaler_turned_round.transform": [
        "MinMaxScaler.transform: return (x - self.low) / self.span → return (self.low - x) / self.span",
    ],
    "minmaxscaler_low_left_out.transform": [
        "MinMaxScaler.transform: return (x - self.low) / self.span → return x / self.span",
    ],
    "minmaxscaler_sign_of_the_low.inverse": [
        "MinMaxScaler.inverse: return y * self.span + self.low → return y * self.span - self.low",
    ],
    "minmaxscaler_low_left_out.inverse": [
        "MinMaxScaler.inverse: return y * self.span + self.low → return y * self.span",
    ],
    "minmaxscaler_multiplied_for_divided.inverse": [
        "MinMaxScaler.inverse: return y * self.span + self.low → return y / self.span + self.low",
    ],
    "minmaxscaler_span_left_out.inverse": [
        "MinMaxScaler.inverse: return y * self.span + self.low → return y + self.low",
    ],
    "largest_without_logarithm": [
        "LogScaler.fit: scale = np.log1p(x.max(axis=0)) → scale = x.max(axis=0)",
    ],
    "log_of_the_smallest": [
        "LogScaler.fit: scale = np.log1p(x.max(axis=0)) → scale = np.log1p(x.min(axis=0))",
    ],
    "log_of_the_largest_of_all": [
        "LogScaler.fit: scale = np.log1p(x.max(axis=0)) → scale = np.log1p(x.max())",
    ],
    "log_over_features_flat": [
        "LogScaler.fit: scale = np.log1p(x.max(axis=0)) → scale = np.log1p(x.max(axis=1))",
        "LogScaler.fit: scale = np.log1p(x.max(axis=0)) → scale = np.log1p(x.max(axis=-1))",
    ],
    "log_not_guarded": [
        "LogScaler.fit: self.scale: Array = np.where(scale == 0, 1, scale) → self.scale: Array = np.where(scale == 1, 1, scale)",
        "LogScaler.fit: self.scale: Array = np.where(scale == 0, 1, scale) → self.scale: Array = np.where(scale == -1, 1, scale)",
        "LogScaler.fit: self.scale: Array = np.where(scale == 0, 1, scale) → self.scale: Array = np.where(scale == 0, 0, scale)",
    ],
    "log_multiplied_for_divided.transform": [
        "LogScaler.transform: return np.log1p(x) / self.scale → return np.log1p(x) * self.scale",
    ],
    "log_scale_left_out.transform": [
        "LogScaler.transform: return np.log1p(x) / self.scale → return np.log1p(x)",
    ],
    "log_missing.transform": [
        "LogScaler.transform: return np.log1p(x) / self.scale → return x / self.scale",
    ],
    "log_missing.inverse": [
        "LogScaler.inverse: return np.expm1(y * self.scale) → return y * self.scale",
    ],
    "log_multiplied_for_divided.inverse": [
        "LogScaler.inverse: return np.expm1(y * self.scale) → return np.expm1(y / self.scale)",
    ],
    "log_scale_left_out.inverse": [
        "LogScaler.inverse: return np.expm1(y * self.scale) → return np.expm1(y)",
    ],
}
