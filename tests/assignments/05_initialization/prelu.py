"""Answers to prelu: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.initialization import PReLU
from solutions.losses import central_difference, numerical_gradient


class PReLUByMask:
    """The channels moved to the end and back."""

    def __init__(self, a):
        self.params, self.grads = {"a": a}, {}

    def forward(self, x):
        self.x = x
        moved = np.moveaxis(x, 1, -1)
        y = np.where(moved >= 0, moved, self.params["a"] * moved)
        return np.moveaxis(y, -1, 1)

    def backward(self, dout):
        a = self.params["a"]
        x, d = np.moveaxis(self.x, 1, -1), np.moveaxis(dout, 1, -1)
        below = (x < 0) * x * d
        flat = below.reshape(-1, x.shape[-1]).sum(axis=0)
        self.grads["a"] = flat if len(a) > 1 else flat.sum(keepdims=True)
        return np.moveaxis(np.where(x >= 0, d, a * d), -1, 1)


class PReLUByEinsum:
    def __init__(self, a):
        self.params, self.grads = {"a": a}, {}

    def forward(self, x):
        self.shape = [1] * x.ndim
        self.shape[1] = -1
        self.below = np.minimum(x, 0)
        self.is_below = (x < 0).astype(x.dtype)
        return np.maximum(x, 0) + self.params["a"].reshape(self.shape) * self.below

    def backward(self, dout):
        a = self.params["a"]
        letters = "ncijklm"[: dout.ndim]
        da = np.einsum(f"{letters},{letters}->c", dout, self.below)
        self.grads = {"a": da if len(a) > 1 else np.array([da.sum()], dtype=a.dtype)}
        return dout * (1 - self.is_below) + dout * self.is_below * a.reshape(self.shape)


class PReLUByLoops:
    def __init__(self, a):
        self.params, self.grads = {"a": a}, {"a": np.zeros_like(a)}

    def forward(self, x):
        self.x, y = x.copy(), np.empty_like(x)
        a = self.params["a"]
        for i in np.ndindex(x.shape):
            c = i[1] if len(a) > 1 else 0
            y[i] = x[i] if x[i] > 0 else a[c] * x[i]
        return y

    def backward(self, dout):
        a = self.params["a"]
        dx = np.empty_like(dout)
        self.grads["a"] = np.zeros_like(a)
        for i in np.ndindex(dout.shape):
            c = i[1] if len(a) > 1 else 0
            if self.x[i] > 0:
                dx[i] = dout[i]
            else:
                dx[i] = a[c] * dout[i]
                self.grads["a"][c] += self.x[i] * dout[i]
        return dx


class PReLUMeasured(PReLU):
    """Both ways, with the functions of chapter 2."""

    def backward(self, dout):
        x, kept = self._x, self.params["a"]

        def loss(a):
            self.params["a"] = a
            return float(np.sum(dout * self.forward(x)))

        self.grads["a"] = numerical_gradient(loss, kept)
        self.params["a"] = kept
        dx = dout * central_difference(self.forward, x, 1e-5)
        self.forward(x)
        return dx


class PReLUHalfMeasured(PReLU):
    """Only the gradient of the slopes is measured, without forward."""

    def backward(self, dout):
        x, shape = self._x, self._shape
        dx = super().backward(dout)

        def loss(a):
            return float(np.sum(dout * np.where(x > 0, x, a.reshape(shape) * x)))

        self.grads["a"] = numerical_gradient(loss, self.params["a"])
        return dx


class PReLUInputMeasured(PReLU):
    """Only the gradient of the input is measured."""

    def backward(self, dout):
        super().backward(dout)
        x, a = self._x, self.params["a"].reshape(self._shape)
        return dout * central_difference(lambda x: np.where(x > 0, x, a * x), x, 1e-5)


RIGHT = [{"PReLU": PReLUByMask}, {"PReLU": PReLUByEinsum}, {"PReLU": PReLUByLoops}]

FORWARD = "np.where(x > 0, x, a.reshape(self._shape) * x)"
BACKWARD = "np.where(self._x > 0, dout, a.reshape(self._shape) * dout)"
BELOW = "below = dout * np.minimum(self._x, 0)"
SUM = "da = below.sum(axis=axes, dtype=at_least_float32(below.dtype))"
STORE = 'self.grads["a"] = da.reshape(a.shape).astype(a.dtype)'

SLIPS = [
    (BELOW, "below = dout * self._x", "slopes_learn_from_positive"),
    (BELOW, "below = dout * np.maximum(self._x, 0)", "slopes_learn_above_zero"),
    (BELOW, "below = np.minimum(self._x, 0)", "slopes_without_upstream"),
    (BELOW, "below = dout * (self._x <= 0)", "slopes_without_input"),
    (BELOW, "below = -dout * np.minimum(self._x, 0)", "slopes_climb"),
    (BELOW, "below = np.minimum(dout, 0) * self._x", "slopes_of_positive_upstream"),
    (STORE, 'self.grads["a"] = below', "slopes_not_summed"),
    (STORE, 'self.grads["a"] = below.sum(axis=0)', "slopes_over_batch_only"),
    (STORE, 'self.grads["a"] = below.sum()', "gradient_is_a_number"),
    (STORE, 'self.grads["a"] = np.array([below.sum()] * len(a))', "one_gradient_for_all_slopes"),
    (STORE, 'self.grads["a"] = da', "one_slope_as_a_number"),
    (STORE, 'self.grads["a"] = da.reshape(a.shape) / len(dout)', "divided_by_batch.a"),
    (SUM, "da = below.mean(axis=axes)", "mean_over_what_shares"),
    (STORE, 'self.grads["da"] = da.reshape(a.shape)', "prelu_other_key"),
    (
        STORE,
        'self.grads["a"] = self.grads.get("a", 0) + da.reshape(a.shape)',
        "prelu_gradients_accumulate",
    ),
    (FORWARD, "np.where(x > 0, x, a[0] * x)", "first_slope_for_all.y"),
    (FORWARD, "np.where(x > 0, a.reshape(self._shape) * x, x)", "slope_above.y"),
    (FORWARD, "np.where(x > 0, x, 0.25 * x)", "always_a_quarter.y"),
    (BACKWARD, "np.where(dout > 0, dout, a.reshape(self._shape) * dout)", "mask_from_upstream"),
    (BACKWARD, "np.where(self._x > 0, dout, 0)", "nothing_below.x"),
    ("a.reshape(self._shape)", "a", "channels_last_but_for_gradient"),
    ("self._x", "PReLU._x", "shared_by_all"),
    (
        "        self._x = x\n        # the channels",
        '        self._x = self.__dict__.setdefault("_first", x)\n        # the channels',
        "first_for_ever",
    ),
]

SHORTCUTS = [
    {"PReLU": PReLUMeasured},
    {"PReLU": PReLUHalfMeasured},
    {"PReLU": PReLUInputMeasured},
]

EQUIVALENT = {
    "At exactly 0 the slope is a matter of taste, and the text says so.": [
        "PReLU.forward: return np.where(x > 0, x, a.reshape(self._shape) * x) → return np.where(x >= 0, x, a.reshape(self._shape) * x)",
        "PReLU.backward: return np.where(self._x > 0, dout, a.reshape(self._shape) * dout) → return np.where(self._x >= 0, dout, a.reshape(self._shape) * dout)",
    ],
    "float16 is not asked for.": [
        "PReLU.backward: da = below.sum(axis=axes, dtype=at_least_float32(below.dtype)) → da = below.sum(axis=axes, dtype=below.dtype)",
        "PReLU.backward: da = below.sum(axis=axes, dtype=at_least_float32(below.dtype)) → da = below.sum(axis=axes)",
        "PReLU.backward: self.grads['a'] = da.reshape(a.shape).astype(a.dtype) → self.grads['a'] = da.reshape(a.shape)",
    ],
    "The switches of later chapters only save time; the text does not ask for them.": [
        "PReLU.backward: if not self.needs_input_gradient: → pass",
    ],
}

NAMES = {
    "slope_above.y": [
        "PReLU.forward: return np.where(x > 0, x, a.reshape(self._shape) * x) → return np.where(x < 0, x, a.reshape(self._shape) * x)",
    ],
    "slope_without_x": [
        "PReLU.forward: return np.where(x > 0, x, a.reshape(self._shape) * x) → return np.where(x > 0, x, a.reshape(self._shape))",
    ],
    "as_it_came.y": [
        "PReLU.forward: return np.where(x > 0, x, a.reshape(self._shape) * x) → return np.where(x > 0, x, x)",
    ],
    "prelu_nothing_stored": [
        "PReLU.backward: if not self.frozen: → pass",
        "PReLU.backward: if not self.frozen: → if not not self.frozen:",
        "PReLU.backward: if not self.frozen: → if self.frozen:",
        "PReLU.backward: self.grads['a'] = da.reshape(a.shape).astype(a.dtype) → pass",
    ],
    "slopes_without_upstream": [
        "PReLU.backward: below = dout * np.minimum(self._x, 0) → below = np.minimum(self._x, 0)",
    ],
    "slopes_learn_above_zero": [
        "PReLU.backward: below = dout * np.minimum(self._x, 0) → below = dout * np.maximum(self._x, 0)",
    ],
    "slopes_learn_from_positive": [
        "PReLU.backward: below = dout * np.minimum(self._x, 0) → below = dout * self._x",
    ],
    "mean_over_what_shares": [
        "PReLU.backward: da = below.sum(axis=axes, dtype=at_least_float32(below.dtype)) → da = below.mean(axis=axes, dtype=at_least_float32(below.dtype))",
    ],
    "one_slope_as_a_number": [
        "PReLU.backward: self.grads['a'] = da.reshape(a.shape).astype(a.dtype) → self.grads['a'] = da.astype(a.dtype)",
    ],
    "slope_above.x": [
        "PReLU.backward: return np.where(self._x > 0, dout, a.reshape(self._shape) * dout) → return np.where(self._x < 0, dout, a.reshape(self._shape) * dout)",
    ],
    "without_upstream_below": [
        "PReLU.backward: return np.where(self._x > 0, dout, a.reshape(self._shape) * dout) → return np.where(self._x > 0, dout, a.reshape(self._shape))",
    ],
    "as_it_came.x": [
        "PReLU.backward: return np.where(self._x > 0, dout, a.reshape(self._shape) * dout) → return np.where(self._x > 0, dout, dout)",
    ],
}
