"""Answers to dropout: right ones in other styles, and wrong ones."""

import numpy as np


class Given:
    def __init__(self, p_drop, rng):
        self.p_drop, self.rng, self.training = p_drop, rng, True
        self.params, self.grads = {}, {}


class DropoutByWhere(Given):
    """Keeps who was dropped, and its factor apart."""

    def forward(self, x):
        self.dropped = np.zeros(x.shape, dtype=bool)
        self.factor = 1.0
        if self.training:
            self.dropped = self.rng.random(x.shape) < self.p_drop
            self.factor = 1 / (1 - self.p_drop)
        return np.where(self.dropped, 0, x * self.factor).astype(x.dtype)

    def backward(self, dout):
        dx = dout * self.factor
        dx[self.dropped] = 0
        return dx


class DropoutByLoops(Given):
    def forward(self, x):
        self.mask = np.ones_like(x)
        if self.training:
            for i in np.ndindex(x.shape):
                kept = self.rng.uniform() > self.p_drop
                self.mask[i] = 1 / (1 - self.p_drop) if kept else 0
        return x * self.mask

    def backward(self, dout):
        return self.mask * dout


class DropoutByBinomial(Given):
    def forward(self, x):
        keep = 1 - self.p_drop
        if self.training:
            self.mask = self.rng.binomial(1, keep, size=x.shape).astype(x.dtype)
        else:
            self.mask, keep = np.ones(x.shape, x.dtype), 1.0
        self.keep = keep
        return x * self.mask / keep

    def backward(self, dout):
        return dout * self.mask / self.keep


class DropoutByChoice(Given):
    def forward(self, x):
        self.scale = None
        if self.training:
            q = 1 - self.p_drop
            drawn = self.rng.choice([0.0, 1 / q], size=x.shape, p=[self.p_drop, q])
            self.scale = drawn.astype(x.dtype)
            return np.multiply(x, self.scale)
        return x.copy()

    def backward(self, dout):
        if self.scale is not None:
            return np.multiply(dout, self.scale)
        return dout.copy()


RIGHT = [
    {"Dropout": DropoutByWhere},
    {"Dropout": DropoutByLoops},
    {"Dropout": DropoutByBinomial},
    {"Dropout": DropoutByChoice},
]

DRAWN = """        self._mask = (uniform(self.rng, x.shape, x) >= self.p_drop).astype(x.dtype)
        self._mask /= 1 - self.p_drop
        return x * self._mask"""
SCALED = """        self._mask /= 1 - self.p_drop
        return x * self._mask"""
BACK = "return dout if self._mask is None else dout * self._mask"
MODE = """        if not self.training:
            self._mask = None
            return x
        self._mask = ("""


def scaled(*lines):
    """Return other lines in the place of the scale."""
    return "\n".join(f"        {line}" for line in (*lines, "return x * self._mask"))


SLIPS = [
    (SCALED, scaled(), "not_rescaled"),
    (SCALED, scaled("self._mask /= self.p_drop or 1"), "divided_by_p"),
    (SCALED, scaled("self._mask *= 1 - self.p_drop"), "multiplied_by_what_is_kept"),
    (
        DRAWN,
        DRAWN.replace("uniform(self.rng, x.shape, x)", "self.rng.standard_normal(x.shape)"),
        "normal_draws",
    ),
    (
        DRAWN,
        DRAWN.replace("uniform(self.rng, x.shape, x)", "self.rng.random(x.shape[1:])"),
        "one_mask_for_each_unit",
    ),
    (DRAWN, DRAWN.replace(">=", "<"), "comparison_turned_round"),
    (DRAWN, DRAWN.replace(".astype(x.dtype)", ".astype(float)"), "mask_in_float64"),
    (MODE, MODE.replace("if not self.training", "if False"), "drops_in_use"),
    (MODE, MODE.replace("if not self.training", "if self.training"), "modes_swapped"),
    (
        BACK,
        "return dout * (self.rng.random(dout.shape) >= self.p_drop) / (1 - self.p_drop)"
        " if self.training else dout",
        "draws_on_the_way_back",
    ),
    (BACK, "return dout", "as_it_came.x"),
    (BACK, "return 0 * dout", "no_gradient"),
    (
        BACK,
        "return dout if self._mask is None else dout * self._mask / (1 - self.p_drop)",
        "scaled_twice_on_the_way_back",
    ),
    (BACK, "return dout if self._mask is None else dout * (self._mask > 0)", "mask_without_scale"),
]

EQUIVALENT = {
    "Random numbers are hardly ever equal to p_drop.": [
        "Dropout.forward: self._mask = (uniform(self.rng, x.shape, x) >= self.p_drop).astype(x.dtype) → self._mask = (uniform(self.rng, x.shape, x) > self.p_drop).astype(x.dtype)"
    ],
}

NAMES = {
    "drops_in_use": [
        "Dropout.forward: if not self.training: → pass",
    ],
    "modes_swapped": [
        "Dropout.forward: if not self.training: → if not not self.training:",
        "Dropout.forward: if not self.training: → if self.training:",
    ],
    "comparison_turned_round": [
        "Dropout.forward: self._mask = (uniform(self.rng, x.shape, x) >= self.p_drop).astype(x.dtype) → self._mask = (uniform(self.rng, x.shape, x) < self.p_drop).astype(x.dtype)",
    ],
    "not_rescaled": [
        "Dropout.forward: self._mask /= 1 - self.p_drop → pass",
        "Dropout.forward: self._mask /= 1 - self.p_drop → self._mask /= 1",
    ],
    "multiplied_by_what_is_kept": [
        "Dropout.forward: self._mask /= 1 - self.p_drop → self._mask *= 1 - self.p_drop",
    ],
    "divided_by_p": [
        "Dropout.forward: self._mask /= 1 - self.p_drop → self._mask /= self.p_drop",
    ],
    "as_it_came.y": [
        "Dropout.forward: return x * self._mask → return x",
    ],
    "as_it_came.x": [
        "Dropout.backward: return dout if self._mask is None else dout * self._mask → return dout if not self._mask is None else dout * self._mask",
        "Dropout.backward: return dout if self._mask is None else dout * self._mask → return dout",
        "Dropout.backward: return dout if self._mask is None else dout * self._mask → return dout if self._mask is None else dout",
    ],
}
