"""Answers to leaky_relu: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.initialization import LeakyReLU
from solutions.losses import central_difference, numerical_gradient


class LeakyByMaximum:
    """The larger one of two lines; a slope of 1 at exactly 0."""

    def __init__(self, slope=0.01):
        self.slope, self.params, self.grads = slope, {}, {}

    def forward(self, x):
        self.x = x
        return np.maximum(x, self.slope * x)

    def backward(self, dout):
        dx = dout.copy()
        dx[self.x < 0] *= self.slope
        return dx


class LeakyByTwoReLUs:
    def __init__(self, slope=0.01):
        self.slope, self.params, self.grads = slope, {}, {}

    def forward(self, x):
        self.slopes = np.where(x > 0, 1, self.slope).astype(x.dtype)
        return np.maximum(x, 0) + self.slope * np.minimum(x, 0)

    def backward(self, dout):
        return dout * self.slopes


class LeakyByLoops:
    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.x, y = x.copy(), np.empty_like(x)
        for i in np.ndindex(x.shape):
            y[i] = x[i] if x[i] > 0 else self.slope * x[i]
        return y

    def backward(self, dout):
        dx = np.empty_like(dout)
        for i in np.ndindex(dout.shape):
            dx[i] = dout[i] if self.x[i] > 0 else self.slope * dout[i]
        return dx


class LeakyByTheMiddle:
    """At exactly 0, the mean of both slopes."""

    def __init__(self, slope=0.01):
        self.slope = slope

    def forward(self, x):
        self.sign = np.sign(x)
        return (1 + self.slope) / 2 * x + (1 - self.slope) / 2 * np.abs(x)

    def backward(self, dout):
        return dout * ((1 + self.slope) / 2 + (1 - self.slope) / 2 * self.sign)


class LeakyBothWays(LeakyReLU):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        f = LeakyReLU(self.slope).forward
        return dout * central_difference(f, self._x, 1e-4)


class LeakyThroughForward(LeakyReLU):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        x = self._x
        slopes = numerical_gradient(lambda v: float(np.sum(dout * self.forward(v))), x)
        self.forward(x)
        return slopes


RIGHT = [
    {"LeakyReLU": LeakyByMaximum},
    {"LeakyReLU": LeakyByTwoReLUs},
    {"LeakyReLU": LeakyByLoops},
    {"LeakyReLU": LeakyByTheMiddle},
]

FORWARD = "np.where(self._positive, x, self.slope * x)"
BACKWARD = "np.where(self._positive, dout, self.slope * dout)"

SLIPS = [
    (FORWARD, "np.where(self._positive, self.slope * x, x)", "slope_above.y"),
    (BACKWARD, "np.where(self._positive, self.slope * dout, dout)", "slope_above.x"),
    (FORWARD, "np.minimum(x, self.slope * x)", "slope_above.y"),
    (FORWARD, "np.maximum(0, x) + self.slope * x", "added_to_a_relu.y"),
    (FORWARD, "np.maximum(x, self.slope)", "slope_without_x"),
    (FORWARD, "np.where(self._positive, x, -self.slope * x)", "turned_up.y"),
    (FORWARD, "np.where(self._positive, x, 0.01 * x)", "always_a_hundredth.y"),
    (FORWARD, "np.where(self._positive, x, x / self.slope)", "inverse_slope.y"),
    (BACKWARD, "np.where(dout > 0, dout, self.slope * dout)", "mask_from_upstream"),
    (BACKWARD, "np.where(self._positive, 1, self.slope).astype(dout.dtype)", "without_upstream"),
    (BACKWARD, "np.where(self._positive, dout, self.slope)", "without_upstream_below"),
    (BACKWARD, "np.maximum(dout, self.slope * dout)", "mask_from_upstream"),
    (BACKWARD, "dout * self._positive", "nothing_below.x"),
    (
        "self._positive = x > 0\n        return np.where(self._positive, x, self.slope * x)",
        "self._positive = x > 0\n        x[x < 0] *= self.slope\n        return x",
        "changes_its_input",
    ),
    (
        BACKWARD,
        "dout.__imul__(np.where(self._positive, 1, self.slope))",
        "changes_upstream",
    ),
    (
        "self._positive = x > 0\n        return np.where(self._positive, x, self.slope * x)",
        'self.__dict__.setdefault("_positive", x > 0)\n'
        "        return np.where(x > 0, x, self.slope * x)",
        "first_for_ever",
    ),
]

SHORTCUTS = [{"LeakyReLU": LeakyBothWays}, {"LeakyReLU": LeakyThroughForward}]

EQUIVALENT = {
    "At exactly 0 the slope is a matter of taste, and the text says so.": [
        "LeakyReLU.forward: self._positive = x > 0 → self._positive = x >= 0"
    ]
}

NAMES = {
    "slope_above": ["LeakyReLU.forward: self._positive = x > 0 → self._positive = x < 0"],
    "slope_without_x": [
        "LeakyReLU.forward: return np.where(self._positive, x, self.slope * x) → return np.where(self._positive, x, self.slope)"
    ],
    "as_it_came.y": [
        "LeakyReLU.forward: return np.where(self._positive, x, self.slope * x) → return np.where(self._positive, x, x)"
    ],
    "without_upstream_below": [
        "LeakyReLU.backward: return np.where(self._positive, dout, self.slope * dout) → return np.where(self._positive, dout, self.slope)"
    ],
    "as_it_came.x": [
        "LeakyReLU.backward: return np.where(self._positive, dout, self.slope * dout) → return np.where(self._positive, dout, dout)"
    ],
}
