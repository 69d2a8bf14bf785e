"""Answers to residual: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.convolution import Residual
from solutions.losses import numerical_gradient


class ResidualByWhere:
    """Keeps the output, and copies dout."""

    def __init__(self, body):
        self.body = body

    def forward(self, x):
        self.y = self.body.forward(x) + x
        self.y = np.where(self.y > 0, self.y, np.zeros_like(self.y))
        return self.y

    def backward(self, dout):
        masked = dout.copy()
        masked[self.y <= 0] = 0
        dx = self.body.backward(masked)
        return dx + masked


class ResidualInPlace(Residual):
    """Adds to what the body gave, and cuts off in place."""

    def forward(self, x):
        total = np.array(self.body.forward(x))
        total += x
        self.positive = np.sign(np.maximum(total, 0))
        total[total < 0] = 0
        return total

    def backward(self, dout):
        dtotal = self.positive * dout
        dx = np.array(self.body.backward(dtotal))
        dx += dtotal
        return dx


class ResidualMeasured(Residual):
    """The way back by differences, through forward."""

    def forward(self, x):
        self.x = x
        return super().forward(x)

    def backward(self, dout):
        x = self.x
        dx = numerical_gradient(lambda v: float(np.sum(dout * self.forward(v))), x)
        self.forward(x)
        return dx


RIGHT = [{"Residual": ResidualByWhere}, {"Residual": ResidualInPlace}]

SHORTCUTS = [{"Residual": ResidualMeasured}]

SUM = "        total = self.body.forward(x) + x\n        self._mask = total > 0\n        return np.maximum(total, 0)\n"
BACK = "        dtotal = dout * self._mask\n        return self.body.backward(dtotal) + dtotal\n"

SLIPS = [
    (SUM, SUM.replace("> 0", "< 0"), "mask_inverted"),
    (SUM, SUM.replace("self._mask = total", "self._mask = x"), "mask_of_x"),
    (SUM, SUM.replace(" + x", ""), "shortcut_missing"),
    (SUM, SUM.replace("np.maximum(total, 0)", "total"), "no_relu"),
    (
        SUM,
        SUM.replace("np.maximum(total, 0)", "np.maximum(self.body.forward(x) + x, 0)"),
        "body_asked_twice",
    ),
    (BACK, BACK.replace("(dtotal)", "(np.ones_like(dout))"), "ones_through_the_body"),
    (
        BACK,
        BACK.replace(
            "self.body.backward(dtotal) + dtotal",
            "dtotal * (1 + self.body.backward(np.ones_like(dout)))",
        ),
        "times_the_slope_of_the_body",
    ),
    (
        BACK,
        BACK.replace(
            "self.body.backward(dtotal) + dtotal",
            "np.maximum(self.body.backward(dtotal) + dtotal, 0)",
        ),
        "cut_off_on_the_way_back",
    ),
    (BACK, BACK.replace(" + dtotal", ""), "shortcut_forgotten"),
    (BACK, BACK.replace("+ dtotal", "+ dout"), "unmasked_along_the_shortcut"),
    (BACK, BACK.replace("(dtotal)", "(dout)"), "unmasked_through_the_body"),
    (BACK, BACK.replace(" * self._mask", ""), "unmasked"),
    (BACK, BACK.replace("self.body.backward(dtotal) + ", ""), "shortcut_alone"),
    (BACK, BACK.replace("backward(dtotal)", "forward(dtotal)"), "forward_on_the_way_back"),
    (
        BACK,
        "        dout *= self._mask\n        return self.body.backward(dout) + dout\n",
        "upstream_changed",
    ),
    (BACK, BACK.replace("+ dtotal", "+ 1"), "shortcut_without_upstream"),
    (BACK, BACK.replace("+ dtotal", "+ self._mask"), "mask_along_the_shortcut"),
    (SUM, SUM.replace("self.body.forward(x)", "np.maximum(self.body.forward(x), 0)"), "relu_twice"),
    (
        SUM,
        SUM.replace("self.body.forward(x) + x", "self.body.forward(x)\n        total += x"),
        "sum_in_the_array_of_the_body",
    ),
    (
        SUM,
        SUM.replace("total", "x").replace(
            "x = self.body.forward(x) + x", "x += self.body.forward(x)"
        ),
        "input_changed",
    ),
]

EQUIVALENT = {
    "At exactly 0 the slope is a matter of taste, and the text says so.": [
        "Residual.forward: self._mask = total > 0 → self._mask = total >= 0"
    ]
}

ADDED = "Residual.forward: total = self.body.forward(x) + x → total = "
MASKED = "Residual.backward: dtotal = dout * self._mask → dtotal = "
RETURNED = "Residual.backward: return self.body.backward(dtotal) + dtotal → return "

NAMES = {
    "subtracted": [f"{ADDED}self.body.forward(x) - x"],
    "shortcut_missing": [f"{ADDED}self.body.forward(x)"],
    "body_missing": [f"{ADDED}x"],
    "mask_inverted": ["Residual.forward: self._mask = total > 0 → self._mask = total < 0"],
    "no_relu": ["Residual.forward: return np.maximum(total, 0) → return total"],
    "unmasked": [f"{MASKED}dout"],
    "mask_alone": [f"{MASKED}self._mask"],
    "ways_subtracted": [f"{RETURNED}self.body.backward(dtotal) - dtotal"],
    "shortcut_forgotten": [f"{RETURNED}self.body.backward(dtotal)"],
    "shortcut_alone": [f"{RETURNED}dtotal"],
}
