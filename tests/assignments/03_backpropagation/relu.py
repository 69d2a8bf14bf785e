"""Answers to relu: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.backpropagation import ReLU
from solutions.losses import central_difference, numerical_gradient

from .styles import NoParameters, ReLUByCopies, ReLUByWhere, WithInput


class ReLUByLoops(NoParameters):
    def forward(self, x):
        self.x = np.array(x)
        out = np.empty_like(x)
        for i in np.ndindex(x.shape):
            out[i] = x[i] if x[i] > 0 else 0
        return out

    def backward(self, dout):
        dx = np.zeros_like(dout)
        for i in np.ndindex(dout.shape):
            if self.x[i] >= 0:  # a slope of 1 at exactly 0: a matter of taste
                dx[i] = dout[i]
        return dx


class ReLUBothWays(WithInput, ReLU):
    def backward(self, dout):
        return dout * central_difference(lambda x: np.maximum(x, 0), self._input, 1e-4)


class ReLUThroughForward(WithInput, ReLU):
    def backward(self, dout):
        x = self._input
        slopes = numerical_gradient(lambda v: float(np.sum(dout * self.forward(v))), x)
        self.forward(x)
        return slopes


RIGHT = [{"ReLU": ReLUByCopies}, {"ReLU": ReLUByLoops}, {"ReLU": ReLUByWhere}]

SLIPS = [
    ("return dout * self._mask", "return np.where(dout > 0, dout, 0)", "mask_from_upstream"),
    (
        "return dout * self._mask",
        "dout[~self._mask] = 0\n        return dout",
        "zeroes_upstream",
    ),
    ("return np.maximum(x, 0)", "x[x < 0] = 0\n        return x", "zeroes_its_input"),
    ("return dout * self._mask", "return dout", "no_mask"),
    ("self._mask = x > 0", "self._mask = x < 0", "mask_inverted"),
    (
        "self._mask = x > 0",
        'if not hasattr(self, "_mask"):\n            self._mask = x > 0',
        "first_for_ever",
    ),
    ("self._mask = x > 0", 'self.__dict__.setdefault("_mask", x > 0)', "first_for_ever"),
    ("self._mask", "ReLU._mask", "shared_by_all"),
    ("self._mask", 'globals()["mask"]', "shared_by_all"),
]

SHORTCUTS = [{"ReLU": ReLUBothWays}, {"ReLU": ReLUThroughForward}]

EQUIVALENT = {
    "At exactly 0 the slope is a matter of taste, and the text says so.": [
        "ReLU.forward: self._mask = x > 0 → self._mask = x >= 0"
    ]
}

NAMES = {
    "mask_inverted": [
        "ReLU.forward: self._mask = x > 0 → self._mask = x < 0",
    ],
    "as_it_came": [
        "ReLU.forward: return np.maximum(x, 0) → return x",
    ],
    "no_mask": [
        "ReLU.backward: return dout * self._mask → return dout",
    ],
}
