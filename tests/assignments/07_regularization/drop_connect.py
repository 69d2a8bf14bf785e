"""Answers to drop_connect: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.backpropagation import Affine


class Given:
    def __init__(self, W, b, p_drop, rng):
        self.p_drop, self.rng, self.training = p_drop, rng, True
        self.params, self.grads = {"W": W, "b": b}, {}


class DropConnectByHand(Given):
    def forward(self, x):
        self.shape, self.rows = x.shape, x.reshape(len(x), -1)
        W = self.params["W"]
        self.mask = np.ones_like(W)
        if self.training:
            kept = self.rng.random(W.shape) > self.p_drop
            self.mask = (kept / (1 - self.p_drop)).astype(W.dtype)
        self.left = W * self.mask
        return self.rows.dot(self.left) + self.params["b"]

    def backward(self, dout):
        self.grads = {
            "W": self.mask * self.rows.T.dot(dout),
            "b": np.einsum("nm->m", dout),
        }
        return dout.dot(self.left.T).reshape(self.shape)


class DropConnectByLoops(Given):
    def forward(self, x):
        self.x, W = x, self.params["W"].copy()
        self.dropped = []
        if self.training:
            for i in np.ndindex(W.shape):
                if self.rng.random() < self.p_drop:
                    W[i] = 0
                    self.dropped.append(i)
            W /= 1 - self.p_drop
        self.scale = 1 - self.p_drop if self.training else 1.0
        self.W = W
        return x.reshape(len(x), -1) @ W + self.params["b"]

    def backward(self, dout):
        dW = self.x.reshape(len(self.x), -1).T @ dout / self.scale
        for i in self.dropped:
            dW[i] = 0
        self.grads["W"], self.grads["b"] = dW, dout.sum(0)
        return (dout @ self.W.T).reshape(self.x.shape)


class DropConnectBySwap(Affine):
    """Hands the masked weights to the affine layer for as long as that works."""

    def __init__(self, W, b, p_drop, rng):
        super().__init__(W, b)
        self.p_drop, self.rng = p_drop, rng

    def forward(self, x):
        W = self.params["W"]
        self.m = np.ones(W.shape, W.dtype)
        if self.training:
            self.m = self.rng.binomial(1, 1 - self.p_drop, W.shape).astype(W.dtype)
            self.m = self.m / (1 - self.p_drop)
        self.masked = W * self.m
        return self.with_masked(super().forward, x)

    def backward(self, dout):
        dx = self.with_masked(super().backward, dout)
        self.grads["W"] *= self.m
        return dx

    def with_masked(self, method, array):
        W = self.params["W"]
        self.params["W"] = self.masked
        try:
            return method(array)
        finally:
            self.params["W"] = W


RIGHT = [
    {"DropConnect": DropConnectByHand},
    {"DropConnect": DropConnectByLoops},
    {"DropConnect": DropConnectBySwap},
]

DRAWN = "self._mask = (uniform(self.rng, W.shape, W) >= self.p_drop).astype(W.dtype)"
LEFT = "W = W * self._mask"
STORED = """        if self._mask is not None and not self.frozen:
            self.grads["W"] = self.grads["W"] * self._mask
"""
SCALED = """            self._mask /= 1 - self.p_drop
            W = W * self._mask"""

SLIPS = [
    (SCALED, "            W = W * self._mask", "not_rescaled"),
    (SCALED, SCALED.replace("1 - self.p_drop", "self.p_drop or 1"), "divided_by_p"),
    (DRAWN, DRAWN.replace(">=", "<"), "comparison_turned_round"),
    (DRAWN, DRAWN.replace("W.shape, W", "W.shape[1:], W"), "whole_units"),
    (
        DRAWN,
        DRAWN.replace("uniform(self.rng, W.shape, W)", "self.rng.standard_normal(W.shape)"),
        "normal_draws",
    ),
    (
        """            W = W * self._mask
        self._affine = Affine(W, self.params["b"])""",
        """            self._mask = self._mask.astype(float)
            W = W * self._mask
        self._affine = Affine(W, self.params["b"].astype(W.dtype))""",
        "mask_in_float64",
    ),
    (LEFT, "W *= self._mask", "weights_destroyed"),
    (STORED, "", "without_mask.W"),
    (
        STORED,
        STORED.replace('["W"] * self._mask', '["W"] * (self._mask > 0)'),
        "mask_without_scale.W",
    ),
    (
        STORED,
        STORED.replace('["W"] * self._mask', '["W"] * self._mask / (1 - self.p_drop)'),
        "scaled_twice_on_the_way_back.W",
    ),
]

EQUIVALENT = {
    "Random numbers are hardly ever equal to p_drop.": [
        "DropConnect.forward: self._mask = (uniform(self.rng, W.shape, W) >= self.p_drop).astype(W.dtype) → self._mask = (uniform(self.rng, W.shape, W) > self.p_drop).astype(W.dtype)"
    ],
    "Nobody asks here which gradients are not needed; the text says so.": [
        "DropConnect.backward: self._affine.frozen = self.frozen → pass",
        "DropConnect.backward: self._affine.needs_input_gradient = self.needs_input_gradient → pass",
        "DropConnect.backward: if self._mask is not None and (not self.frozen): → if self._mask is not None:",
    ],
}

NAMES = {
    "never_drops": [
        "DropConnect.forward: if self.training: → pass",
    ],
    "modes_swapped": [
        "DropConnect.forward: if self.training: → if not self.training:",
    ],
    "comparison_turned_round": [
        "DropConnect.forward: self._mask = (uniform(self.rng, W.shape, W) >= self.p_drop).astype(W.dtype) → self._mask = (uniform(self.rng, W.shape, W) < self.p_drop).astype(W.dtype)",
    ],
    "not_rescaled": [
        "DropConnect.forward: self._mask /= 1 - self.p_drop → pass",
        "DropConnect.forward: self._mask /= 1 - self.p_drop → self._mask /= 1",
    ],
    "multiplied_by_what_is_kept": [
        "DropConnect.forward: self._mask /= 1 - self.p_drop → self._mask *= 1 - self.p_drop",
    ],
    "divided_by_p": [
        "DropConnect.forward: self._mask /= 1 - self.p_drop → self._mask /= self.p_drop",
    ],
    "without_mask.W": [
        "DropConnect.backward: if self._mask is not None and (not self.frozen): → pass",
        "DropConnect.backward: if self._mask is not None and (not self.frozen): → if not (self._mask is not None and (not self.frozen)):",
        "DropConnect.backward: if self._mask is not None and (not self.frozen): → if self._mask is not None and self.frozen:",
        "DropConnect.backward: self.grads['W'] = self.grads['W'] * self._mask → pass",
        "DropConnect.backward: self.grads['W'] = self.grads['W'] * self._mask → self.grads['W'] = self.grads['W']",
    ],
}
