"""Answers to tanh: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.backpropagation import Tanh
from solutions.losses import central_difference, numerical_gradient

from .styles import NoParameters, WithInput


class TanhByInput(NoParameters):
    def forward(self, x):
        self.x = x.copy()
        return np.tanh(x)

    def backward(self, dout):
        return dout * (1 + np.tanh(self.x)) * (1 - np.tanh(self.x))


class TanhByExponentials(NoParameters):
    def forward(self, x):
        small = np.exp(-2 * np.abs(x))
        self.y = np.sign(x) * (1 - small) / (1 + small)
        return self.y

    def backward(self, dout):
        return dout - dout * np.square(self.y)


class TanhForwardAgain(NoParameters):
    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, dout):
        y = self.forward(self.x)
        return dout * (1 - y) * (1 + y)


class TanhBothWays(WithInput, Tanh):
    def backward(self, dout):
        return dout * central_difference(np.tanh, self._input, 1e-5)


class TanhThroughForward(WithInput, Tanh):
    def backward(self, dout):
        x = self._input
        slopes = numerical_gradient(lambda v: float(np.sum(dout * self.forward(v))), x)
        self.forward(x)
        return slopes


RIGHT = [{"Tanh": TanhByInput}, {"Tanh": TanhByExponentials}, {"Tanh": TanhForwardAgain}]

SLIPS = [
    ("dout * (1 - self._y**2)", "dout * (1 - np.tanh(self._y) ** 2)", "tanh_slope_of_tanh"),
    ("dout * (1 - self._y**2)", "dout - dout * self._y", "tanh_slope_not_squared"),
    ("dout * (1 - self._y**2)", "dout * (1 + self._y**2)", "plus_in_tanh_slope"),
    (
        "self._y = np.tanh(x)\n        return self._y",
        'if not hasattr(self, "_y"):\n            self._y = np.tanh(x)\n        return np.tanh(x)',
        "first_for_ever",
    ),
    ("self._y", "Tanh._y", "shared_by_all"),
    ("self._y", 'globals()["y"]', "shared_by_all"),
]

SHORTCUTS = [{"Tanh": TanhBothWays}, {"Tanh": TanhThroughForward}]

NAMES = {
    "as_it_came.y": [
        "Tanh.forward: self._y = np.tanh(x) → self._y = x",
    ],
    "tanh_slope_of_input": [
        "Tanh.forward: self._y = np.tanh(x) → self._y = x",
    ],
    "as_it_came.x": [
        "Tanh.backward: return dout * (1 - self._y ** 2) → return dout",
        "Tanh.backward: return dout * (1 - self._y ** 2) → return dout * 1",
    ],
    "tanh_without_upstream": [
        "Tanh.backward: return dout * (1 - self._y ** 2) → return 1 - self._y ** 2",
    ],
    "plus_in_tanh_slope": [
        "Tanh.backward: return dout * (1 - self._y ** 2) → return dout * (1 + self._y ** 2)",
    ],
    "tanh_slope_negative": [
        "Tanh.backward: return dout * (1 - self._y ** 2) → return dout * (self._y ** 2 - 1)",
    ],
    "tanh_slope_not_squared": [
        "Tanh.backward: return dout * (1 - self._y ** 2) → return dout * (1 - self._y)",
        "Tanh.backward: return dout * (1 - self._y ** 2) → return dout * (1 - self._y ** 1)",
    ],
}
