"""Answers to sigmoid: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.backpropagation import Sigmoid
from solutions.losses import central_difference, forward_difference

from .styles import NoParameters, WithInput


class SigmoidNaive(NoParameters):
    def forward(self, x):
        with np.errstate(over="ignore"):
            self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return self.out * dout - dout * self.out**2


class SigmoidByTanh(NoParameters):
    def forward(self, x):
        self.t = np.tanh(x / 2)
        return (1 + self.t) / 2

    def backward(self, dout):
        slope = (1 - self.t * self.t) / 4
        slope *= dout
        return slope


class SigmoidByCases(NoParameters):
    def forward(self, x):
        y = np.zeros_like(x)
        up = x >= 0
        y[up] = 1 / (1 + np.exp(-x[up]))
        y[~up] = np.exp(x[~up]) / (1 + np.exp(x[~up]))
        self.y = y
        return y.copy()

    def backward(self, dout):
        return np.multiply(dout, self.y - self.y**2)


class SigmoidOneWay(WithInput, Sigmoid):
    def backward(self, dout):
        f = Sigmoid().forward
        return dout * forward_difference(f, self._input, 1e-7)


class SigmoidOfHigherOrder(WithInput, Sigmoid):
    def backward(self, dout):
        f, x = Sigmoid().forward, self._input
        near, far = (central_difference(f, x, h) for h in (1e-3, 2e-3))
        return dout * (4 * near - far) / 3


RIGHT = [
    {"Sigmoid": SigmoidNaive},
    {"Sigmoid": SigmoidByTanh},
    {"Sigmoid": SigmoidByCases},
]

SLIPS = [
    (
        "dout * self._y * (1 - self._y)",
        "dout * (self._y + self._y**2)",
        "plus_in_sigmoid_slope",
    ),
    ("dout * self._y * (1 - self._y)", "self._y * (1 - self._y)", "sigmoid_without_upstream"),
    (
        "dout * self._y * (1 - self._y)",
        "dout * sigmoid(self._y) * (1 - sigmoid(self._y))",
        "sigmoid_slope_of_sigmoid",
    ),
    (
        "dout * self._y * (1 - self._y)",
        "dout * self._y * (self._y - 1)",
        "sigmoid_slope_negative",
    ),
    ("dout * self._y * (1 - self._y)", "dout * (1 - self._y**2)", "sigmoid_slope_of_a_tanh"),
    (
        "dout * self._y * (1 - self._y)",
        "dout * (self._y * 1 - self._y)",
        "no_gradient",
    ),
    (
        "self._y = sigmoid(x)\n        return self._y",
        'if not hasattr(self, "_y"):\n            self._y = sigmoid(x)\n        return sigmoid(x)',
        "first_for_ever",
    ),
    ("self._y", "Sigmoid._y", "shared_by_all"),
    ("self._y", 'globals()["y"]', "shared_by_all"),
]

SHORTCUTS = [{"Sigmoid": SigmoidOneWay}, {"Sigmoid": SigmoidOfHigherOrder}]

NAMES = {
    "as_it_came.y": [
        "Sigmoid.forward: self._y = sigmoid(x) → self._y = x",
    ],
    "sigmoid_slope_of_input": [
        "Sigmoid.forward: self._y = sigmoid(x) → self._y = x",
    ],
    "half_a_sigmoid_slope": [
        "Sigmoid.backward: return dout * self._y * (1 - self._y) → return dout * (1 - self._y)",
    ],
    "sigmoid_without_upstream": [
        "Sigmoid.backward: return dout * self._y * (1 - self._y) → return self._y * (1 - self._y)",
    ],
    "plus_in_sigmoid_slope": [
        "Sigmoid.backward: return dout * self._y * (1 - self._y) → return dout * self._y * (1 + self._y)",
    ],
    "sigmoid_slope_negative": [
        "Sigmoid.backward: return dout * self._y * (1 - self._y) → return dout * self._y * (self._y - 1)",
    ],
}
