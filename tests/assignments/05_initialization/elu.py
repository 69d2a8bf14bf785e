"""Answers to elu: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.initialization import ELU
from solutions.losses import central_difference, numerical_gradient


class ELUOfTheOutput:
    """The slope in terms of the output; both sides of np.where are computed, with a warning."""

    def __init__(self, alpha=1.0):
        self.alpha, self.params, self.grads = alpha, {}, {}

    def forward(self, x):
        with np.errstate(over="ignore"):
            self.y = np.where(x > 0, x, self.alpha * (np.exp(x) - 1))
        return self.y

    def backward(self, dout):
        return np.where(self.y > 0, 1, self.y + self.alpha).astype(dout.dtype) * dout


class ELUByMasks:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.negative, y = x < 0, x.copy()
        y[self.negative] = self.alpha * (np.exp(x[self.negative]) - 1)
        self.slopes = np.ones_like(x)
        self.slopes[self.negative] = self.alpha * np.exp(x[self.negative])
        return y

    def backward(self, dout):
        return dout * self.slopes


class ELUByClipping:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.maximum(x, 0) + self.alpha * np.expm1(np.clip(x, None, 0))

    def backward(self, dout):
        below = self.alpha * np.exp(-np.maximum(-self.x, 0))
        return dout * (self.x > 0) + dout * (self.x <= 0) * below


class WithInput(ELU):
    def forward(self, x):
        self._input = x
        return super().forward(x)


class ELUBothWays(WithInput):
    def backward(self, dout):
        return dout * central_difference(ELU(self.alpha).forward, self._input, 1e-4)


class ELUThroughForward(WithInput):
    def backward(self, dout):
        x = self._input
        slopes = numerical_gradient(lambda v: float(np.sum(dout * self.forward(v))), x)
        self.forward(x)
        return slopes


RIGHT = [{"ELU": ELUOfTheOutput}, {"ELU": ELUByMasks}, {"ELU": ELUByClipping}]

FORWARD = "np.where(x > 0, x, self.alpha * np.expm1(below))"
SLOPE = "slope = self.alpha * np.exp(np.minimum(self._x, 0))"
BACKWARD = "np.where(self._x > 0, dout, slope * dout)"

SLIPS = [
    (FORWARD, "np.where(x > 0, x, self.alpha * np.exp(below))", "elu_without_minus_one"),
    (FORWARD, "np.where(x > 0, x, self.alpha * np.exp(below) - 1)", "minus_one_outside"),
    (FORWARD, "np.where(x > 0, x, np.expm1(below))", "alpha_forgotten.y"),
    (FORWARD, "np.where(x > 0, x, self.alpha * (1 - np.exp(below)))", "turned_up.y"),
    (FORWARD, "np.where(x > 0, x, self.alpha * np.expm1(-x))", "exponential_of_minus_x.y"),
    (FORWARD, "self.alpha * np.expm1(x)", "exponential_above.y"),
    (
        FORWARD,
        "x * (x > 0) + self.alpha * (np.exp(x) - 1) * (x <= 0)",
        "overflows.y",
    ),
    (
        FORWARD,
        "x * (x > 0) + (x <= 0) * self.alpha * (np.exp(x) - 1)",
        "overflows_forward_in_float64",
    ),
    (FORWARD, "np.where(x > 0, x, np.expm1(self.alpha * below))", "alpha_in_the_exponent.y"),
    (SLOPE, "slope = np.exp(np.minimum(self._x, 0))", "alpha_forgotten.x"),
    (SLOPE, "slope = self.alpha", "leaky_with_alpha.x"),
    (SLOPE, "slope = self.alpha * np.expm1(np.minimum(self._x, 0))", "slope_is_the_output"),
    (
        SLOPE,
        "slope = self.alpha * np.expm1(np.minimum(self._x, 0)) + 1",
        "one_plus_output",
    ),
    (BACKWARD, "self.alpha * np.exp(self._x) * dout", "exponential_above.x"),
    (BACKWARD, "np.where(dout > 0, dout, slope * dout)", "mask_from_upstream"),
    (
        BACKWARD,
        "np.where(dout > 0, dout, self.alpha * np.exp(self._x) * dout)",
        "mask_from_upstream",
    ),
    (BACKWARD, "np.where(self._x > 0, dout, slope)", "without_upstream_below"),
    (BACKWARD, "np.where(self._x > 0, 1, slope)", "without_upstream"),
    ("self._x", "ELU._x", "shared_by_all"),
]

SHORTCUTS = [{"ELU": ELUBothWays}, {"ELU": ELUThroughForward}]

EQUIVALENT = {
    "At exactly 0 the slope is a matter of taste, and the text says so.": [
        "ELU.backward: return np.where(self._x > 0, dout, slope * dout) → return np.where(self._x >= 0, dout, slope * dout)",
    ],
    "np.where computes both sides. What overflows in the one that is not taken is a warning.": [
        "ELU.forward: below = np.minimum(x, 0) → below = x",
        "ELU.forward: below = np.minimum(x, 0) → below = np.minimum(x, 1)",
        "ELU.backward: slope = self.alpha * np.exp(np.minimum(self._x, 0)) → slope = self.alpha * np.exp(self._x)",
        "ELU.backward: slope = self.alpha * np.exp(np.minimum(self._x, 0)) → slope = self.alpha * np.exp(np.minimum(self._x, 1))",
    ],
    "At exactly 0 both sides give 0.": [
        "ELU.forward: return np.where(x > 0, x, self.alpha * np.expm1(below)) → return np.where(x >= 0, x, self.alpha * np.expm1(below))",
    ],
}

NAMES = {
    "nothing_below.y": [
        "ELU.forward: below = np.minimum(x, 0) → below = np.maximum(x, 0)",
    ],
    "alpha_forgotten.y": [
        "ELU.forward: return np.where(x > 0, x, self.alpha * np.expm1(below)) → return np.where(x > 0, x, np.expm1(below))",
    ],
    "leaky_with_alpha.y": [
        "ELU.forward: return np.where(x > 0, x, self.alpha * np.expm1(below)) → return np.where(x > 0, x, self.alpha * below)",
    ],
    "exponential_of_minus_x.x": [
        "ELU.backward: slope = self.alpha * np.exp(np.minimum(self._x, 0)) → slope = self.alpha / np.exp(np.minimum(self._x, 0))",
    ],
    "leaky_with_alpha.x": [
        "ELU.backward: slope = self.alpha * np.exp(np.minimum(self._x, 0)) → slope = self.alpha",
        "ELU.backward: slope = self.alpha * np.exp(np.minimum(self._x, 0)) → slope = self.alpha * np.exp(np.maximum(self._x, 0))",
    ],
    "alpha_forgotten.x": [
        "ELU.backward: slope = self.alpha * np.exp(np.minimum(self._x, 0)) → slope = np.exp(np.minimum(self._x, 0))",
    ],
    "without_upstream_below": [
        "ELU.backward: return np.where(self._x > 0, dout, slope * dout) → return np.where(self._x > 0, dout, slope)",
    ],
    "as_it_came.x": [
        "ELU.backward: return np.where(self._x > 0, dout, slope * dout) → return np.where(self._x > 0, dout, dout)",
    ],
}
