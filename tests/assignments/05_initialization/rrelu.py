"""Answers to rrelu: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.initialization import RReLU
from solutions.losses import central_difference


class Given:
    def __init__(self, rng, low=3.0, high=8.0):
        self.rng, self.low, self.high, self.training = rng, low, high, True
        self.params, self.grads = {}, {}


class RReLUBySlopes(Given):
    """Slopes, with a 1 for what passes."""

    def forward(self, x):
        if self.training:
            u = self.rng.uniform(self.low, self.high, size=x.shape)
        else:
            u = np.full(x.shape, 0.5 * (self.low + self.high))
        self.slopes = np.where(x >= 0, 1, 1 / u).astype(x.dtype)
        return x * self.slopes

    def backward(self, dout):
        return dout * self.slopes


class RReLUForTheNegative(Given):
    """Draws only as many as are needed."""

    def forward(self, x):
        self.negative, y = x < 0, x.copy()
        n = int(self.negative.sum())
        mean = np.mean([self.low, self.high])
        self.u = self.rng.uniform(self.low, self.high, n) if self.training else mean
        y[self.negative] /= self.u
        return y

    def backward(self, dout):
        dx = dout.copy()
        dx[self.negative] /= self.u
        return dx


class RReLUByLoops(Given):
    def forward(self, x):
        self.u, y = np.ones_like(x), x.copy()
        for i in np.ndindex(x.shape):
            if x[i] <= 0:
                self.u[i] = (self.low + self.high) / 2
                if self.training:
                    self.u[i] = self.low + (self.high - self.low) * self.rng.random()
                y[i] = x[i] / self.u[i]
        return y

    def backward(self, dout):
        return dout / self.u


class RReLUMeasured(RReLU):
    def forward(self, x):
        self._input = x
        return super().forward(x)

    def backward(self, dout):
        def same(x):
            return np.where(x > 0, x, x / self._divisor)

        return dout * central_difference(same, self._input, 1e-4)


class RReLUThroughForward(RReLU):
    """Draws the same again, from the state in which forward found its generator."""

    def forward(self, x):
        self._input, self._state = x, self.rng.bit_generator.state
        return super().forward(x)

    def backward(self, dout):
        x, state = self._input, self._state

        def same(x):
            self.rng.bit_generator.state = state
            return self.forward(x)

        slopes = central_difference(same, x, 1e-5)
        same(x)
        return dout * slopes


RIGHT = [{"RReLU": RReLUBySlopes}, {"RReLU": RReLUForTheNegative}, {"RReLU": RReLUByLoops}]

DRAWN = "self._divisor = self.low + (self.high - self.low) * uniform(self.rng, x.shape, x)"
MEAN = "self._divisor: Array = (self.low + self.high) / 2"
FORWARD = "np.where(self._positive, x, x / self._divisor)"
BACKWARD = "np.where(self._positive, dout, dout / self._divisor)"

SLIPS = [
    (
        DRAWN,
        "self._divisor = 1 / self.rng.uniform(1 / self.high, 1 / self.low, x.shape).astype(x.dtype)",
        "pytorch_form.training",
    ),
    (MEAN, "self._divisor = 2 / (1 / self.low + 1 / self.high)", "pytorch_form.in_use"),
    (MEAN, "self._divisor = self.low + self.high", "sum_for_mean"),
    (MEAN, "self._divisor = self.low + self.high / 2", "precedence_of_mean"),
    (DRAWN, "self._divisor = uniform(self.rng, x.shape, x)", "from_zero_to_one"),
    (
        DRAWN,
        "self._divisor = self.low + self.high * uniform(self.rng, x.shape, x)",
        "up_to_the_sum",
    ),
    (
        DRAWN,
        "self._divisor = self.rng.uniform(self.low, self.high)",
        "one_draw_for_all",
    ),
    (
        DRAWN,
        "self._divisor = self.rng.uniform(self.low, self.high, x.shape)",
        "in_float64",
    ),
    (
        DRAWN,
        "self._divisor = self.rng.uniform(self.low, self.high, x.shape[-1]).astype(x.dtype)",
        "one_draw_for_each_unit",
    ),
    (
        "if self.training:\n            self._divisor",
        "if True:\n            self._divisor",
        "draws_in_use",
    ),
    (
        "if self.training:\n            self._divisor",
        "if not self.training:\n            self._divisor",
        "modes_swapped",
    ),
    (FORWARD, "np.where(self._positive, x, x * self._divisor)", "inverse_slope.y"),
    (FORWARD, "np.where(self._positive, x / self._divisor, x)", "slope_above.y"),
    (
        BACKWARD,
        "np.where(self._positive, dout, dout / self.rng.uniform(self.low, self.high, dout.shape)"
        ".astype(dout.dtype))",
        "draws_on_the_way_back",
    ),
    (
        BACKWARD,
        "np.where(self._positive, dout, dout * 2 / (self.low + self.high))",
        "mean_on_the_way_back",
    ),
    (BACKWARD, "np.where(self._positive, dout, dout * self._divisor)", "inverse_slope.x"),
    (BACKWARD, "np.where(dout > 0, dout, dout / self._divisor)", "mask_from_upstream"),
    ("self._divisor", "RReLU._divisor", "shared_by_all.divisor"),
]

SHORTCUTS = [{"RReLU": RReLUMeasured}, {"RReLU": RReLUThroughForward}]

EQUIVALENT = {
    "At exactly 0 the slope is a matter of taste, and the text says so.": [
        "RReLU.forward: self._positive = x > 0 → self._positive = x >= 0"
    ]
}

NAMES = {
    "sum_for_mean": [
        "RReLU.forward: self._divisor: Array = (self.low + self.high) / 2 → self._divisor: Array = self.low + self.high",
        "RReLU.forward: self._divisor: Array = (self.low + self.high) / 2 → self._divisor: Array = (self.low + self.high) / 1",
    ],
    "never_draws": [
        "RReLU.forward: if self.training: → pass",
        "RReLU.forward: self._divisor = self.low + (self.high - self.low) * uniform(self.rng, x.shape, x) → pass",
    ],
    "modes_swapped": [
        "RReLU.forward: if self.training: → if not self.training:",
    ],
    "without_low": [
        "RReLU.forward: self._divisor = self.low + (self.high - self.low) * uniform(self.rng, x.shape, x) → self._divisor = (self.high - self.low) * uniform(self.rng, x.shape, x)",
    ],
    "up_to_the_sum": [
        "RReLU.forward: self._divisor = self.low + (self.high - self.low) * uniform(self.rng, x.shape, x) → self._divisor = self.low + self.high * uniform(self.rng, x.shape, x)",
    ],
    "slope_above": [
        "RReLU.forward: self._positive = x > 0 → self._positive = x < 0",
    ],
    "inverse_slope.y": [
        "RReLU.forward: return np.where(self._positive, x, x / self._divisor) → return np.where(self._positive, x, x * self._divisor)",
    ],
    "as_it_came.y": [
        "RReLU.forward: return np.where(self._positive, x, x / self._divisor) → return np.where(self._positive, x, x)",
    ],
    "inverse_slope.x": [
        "RReLU.backward: return np.where(self._positive, dout, dout / self._divisor) → return np.where(self._positive, dout, dout * self._divisor)",
    ],
    "as_it_came.x": [
        "RReLU.backward: return np.where(self._positive, dout, dout / self._divisor) → return np.where(self._positive, dout, dout)",
    ],
}
