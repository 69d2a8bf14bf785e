"""Answers to loss_scale: right ones in other styles, and wrong ones."""

import math

import numpy as np


class ByLoops:
    """A count that begins anew after a doubling, and loops."""

    def __init__(self, scale=2.0**15, every=1000):
        self.scale = scale
        self.every = every
        self.good_steps = 0

    def scaled(self, dout):
        larger = np.empty(dout.shape, np.float16)
        for place, number in np.ndenumerate(dout):
            larger[place] = float(number) * self.scale
        return larger

    def unscaled(self, grads):
        result, good = {}, True
        for name, grad in grads.items():
            result[name] = np.float32(grad) / np.float32(self.scale)
            for number in grad.ravel():
                if not math.isfinite(number):
                    good = False
        self.adapt(good)
        if good:
            return result
        return None

    def adapt(self, finite):
        if finite:
            self.good_steps += 1
            if self.good_steps == self.every:
                self.scale *= 2
                self.good_steps = 0
        else:
            self.scale /= 2
            self.good_steps = 0


class BySum:
    """A sum is finite only where all terms are; a countdown in the place of a count."""

    def __init__(self, scale=2.0**15, every=1000):
        self.scale, self.every, self.left = scale, every, every

    def scaled(self, dout):
        return np.multiply(dout, self.scale, dtype=np.float32).astype("float16")

    def unscaled(self, grads):
        total = sum(float(grad.astype(np.float64).sum()) for grad in grads.values())
        scale = np.float32(self.scale)
        self.adapt(math.isfinite(total))
        if not math.isfinite(total):
            return None
        return {name: np.divide(grad, scale, dtype=np.float32) for name, grad in grads.items()}

    def adapt(self, finite):
        self.left = self.left - 1 if finite else self.every
        if not finite:
            self.scale = self.scale * 0.5
        elif self.left == 0:
            self.scale, self.left = self.scale + self.scale, self.every


RIGHT = [{"LossScale": ByLoops}, {"LossScale": BySum}]

UP = "return (dout * self.scale).astype(np.float16)"
DOWN = "grad.astype(np.float32) / self.scale"
FINITE = "all(bool(np.isfinite(grad).all()) for grad in smaller.values())"
RETURN = "return smaller if finite else None"
CHANGE = "self.scale *= 2 if finite else 0.5"
DUE = "if self.good_steps % self.every == 0:"
TWICE = "        self.adapt(finite)\n        if not finite:\n            self.scale /= 2\n"
SLIPS = [
    (UP, "return dout.astype(np.float16) * np.float16(self.scale)", "rounded_before_scaling"),
    (UP, "return dout.astype(np.float16)", "not_scaled"),
    (UP, "return (dout * self.scale).astype(np.float32)", "left_in_float32"),
    (DOWN, "grad.astype(np.float32)", "not_unscaled"),
    (DOWN, "(grad / np.float16(self.scale))", "unscaled_in_float16"),
    (DOWN, "(grad / np.float16(self.scale)).astype(np.float32)", "unscaled_in_float16"),
    (
        FINITE,
        "not any(bool(np.isnan(grad).any()) for grad in smaller.values())",
        "infinity_not_seen",
    ),
    (
        FINITE,
        "not any(bool((np.isinf(g) | (g == np.nan)).any()) for g in smaller.values())",
        "nan_not_seen",
    ),
    (FINITE, FINITE.replace(".all()", ".any()"), "one_of_an_array_is_enough"),
    (FINITE, FINITE.replace("all(bool", "any(bool"), "one_array_is_enough"),
    (FINITE, "bool(np.isfinite(sum(grad.sum() for grad in grads.values())))", "sum_that_is_finite"),
    (DOWN, "grad.astype(float) / self.scale", "unscaled_in_float64"),
    ("        self.adapt(finite)\n", TWICE, "halved_twice"),
    (RETURN, "return smaller", "step_in_spite_of_it"),
    ("        self.adapt(finite)\n", "", "not_told"),
    ("        self.adapt(finite)\n", "        self.adapt(not finite)\n", "told_the_opposite"),
    (
        "        self.adapt(finite)\n",
        "        if finite:\n            self.adapt(finite)\n",
        "told_of_good_steps_alone",
    ),
    (
        "        self.adapt(finite)\n",
        "        if not finite:\n            self.adapt(finite)\n",
        "told_of_bad_steps_alone",
    ),
    (
        "        self.adapt(finite)\n",
        "        for grad in smaller.values():\n"
        "            self.adapt(bool(np.isfinite(grad).all()))\n",
        "told_of_each_array",
    ),
    (CHANGE, "self.scale *= 2 if finite else 1", "never_lowered"),
    (CHANGE, "self.scale *= 1 if finite else 0.5", "never_raised"),
    (CHANGE, "self.scale *= 0.5 if finite else 2", "doubled_when_bad"),
    (CHANGE, "self.scale *= 2", "doubled_in_any_case"),
    (DUE, "if True:", "raised_at_each_good_step"),
    (CHANGE, "self.scale = 2 * self.scale if finite else self.scale // 2", "rounded_when_halved"),
]
EQUIVALENT = {
    "A count that goes down is a multiple of `every` at the same steps.": [
        "LossScale.adapt: self.good_steps = self.good_steps + 1 if finite else 0 → self.good_steps = self.good_steps - 1 if finite else 0"
    ],
}
COUNTED = "LossScale.adapt: self.good_steps = self.good_steps + 1 if finite else 0 → "
NAMES = {
    "told_of_bad_steps_alone": [COUNTED + "self.good_steps = 1 if finite else 0"],
    "told_of_good_steps_alone": [
        COUNTED + "self.good_steps = self.good_steps + 1",
        COUNTED + "self.good_steps = self.good_steps + 1 if finite else 1",
        COUNTED + "self.good_steps = self.good_steps + 1 if finite else -1",
        "LossScale.adapt: if self.good_steps % self.every == 0: → if not self.good_steps % self.every == 0:",
        "LossScale.adapt: if self.good_steps % self.every == 0: → if self.good_steps % self.every != 0:",
        "LossScale.adapt: if self.good_steps % self.every == 0: → if self.good_steps % self.every == 1:",
    ],
    "told_of_each_array_up_to_a_bad_one": [
        COUNTED + "self.good_steps = self.good_steps + 2 if finite else 0"
    ],
    "left_in_float32": [
        "LossScale.scaled: return (dout * self.scale).astype(np.float16) → return dout * self.scale"
    ],
    "scaled_down": [
        "LossScale.scaled: return (dout * self.scale).astype(np.float16) → return (dout / self.scale).astype(np.float16)"
    ],
    "not_scaled": [
        "LossScale.scaled: return (dout * self.scale).astype(np.float16) → return dout.astype(np.float16)"
    ],
    "scaled_twice": [
        "LossScale.unscaled: smaller = {name: grad.astype(np.float32) / self.scale for name, grad in grads.items()} → smaller = {name: grad.astype(np.float32) * self.scale for name, grad in grads.items()}"
    ],
    "not_unscaled": [
        "LossScale.unscaled: smaller = {name: grad.astype(np.float32) / self.scale for name, grad in grads.items()} → smaller = {name: grad.astype(np.float32) for name, grad in grads.items()}"
    ],
    "unscaled_in_float16": [
        "LossScale.unscaled: smaller = {name: grad.astype(np.float32) / self.scale for name, grad in grads.items()} → smaller = {name: grad / self.scale for name, grad in grads.items()}"
    ],
    "all_steps_good": [
        "LossScale.unscaled: finite = all((bool(np.isfinite(grad).all()) for grad in smaller.values())) → finite = (bool(np.isfinite(grad).all()) for grad in smaller.values())",
        "LossScale.unscaled: finite = all((bool(np.isfinite(grad).all()) for grad in smaller.values())) → finite = all((bool(grad.all()) for grad in smaller.values()))",
    ],
    "one_of_an_array_is_enough": [
        "LossScale.unscaled: finite = all((bool(np.isfinite(grad).all()) for grad in smaller.values())) → finite = all((bool(np.isfinite(grad).any()) for grad in smaller.values()))"
    ],
    "not_told": [
        "LossScale.unscaled: self.adapt(finite) → pass",
        "LossScale.adapt: if self.good_steps % self.every == 0: → pass",
        "LossScale.adapt: if self.good_steps % self.every == 0: → if self.every == 0:",
        "LossScale.adapt: if self.good_steps % self.every == 0: → if self.good_steps % self.every == -1:",
        "LossScale.adapt: self.scale *= 2 if finite else 0.5 → pass",
    ],
    "step_in_spite_of_it": [
        "LossScale.unscaled: return smaller if finite else None → return smaller if not finite else None",
        "LossScale.unscaled: return smaller if finite else None → return smaller",
    ],
    "raised_at_each_good_step": [
        "LossScale.adapt: self.good_steps = self.good_steps + 1 if finite else 0 → pass",
        "LossScale.adapt: self.good_steps = self.good_steps + 1 if finite else 0 → self.good_steps = 0",
        "LossScale.adapt: self.good_steps = self.good_steps + 1 if finite else 0 → self.good_steps = self.good_steps if finite else 0",
        "LossScale.adapt: self.good_steps = self.good_steps + 1 if finite else 0 → self.good_steps = self.good_steps + 0 if finite else 0",
    ],
    "never_lowered": [
        "LossScale.adapt: self.scale *= 2 if finite else 0.5 → self.scale *= 2 if finite else 1.0",
    ],
    "never_raised": [
        "LossScale.adapt: if self.good_steps % self.every == 0: → if self.good_steps == 0:",
        "LossScale.adapt: self.scale *= 2 if finite else 0.5 → self.scale *= 1 if finite else 0.5",
    ],
    "doubled_when_bad": [
        "LossScale.adapt: self.scale *= 2 if finite else 0.5 → self.scale /= 2 if finite else 0.5",
        "LossScale.adapt: self.scale *= 2 if finite else 0.5 → self.scale *= 2 if not finite else 0.5",
    ],
    "doubled_in_any_case": [
        "LossScale.adapt: self.scale *= 2 if finite else 0.5 → self.scale *= 2"
    ],
    "halved_in_any_case": [
        "LossScale.adapt: self.scale *= 2 if finite else 0.5 → self.scale *= 0.5"
    ],
}
