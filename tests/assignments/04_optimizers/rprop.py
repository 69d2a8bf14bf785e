"""Answers to rprop: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.optimizers import Rprop

from .styles import written


class RpropByMasks(Rprop):
    def update(self, name, param, grad):
        size, before, sign = self.sizes[name], self.signs[name], np.sign(grad)
        same, turned = before * grad > 0, before * grad < 0
        size[same] = np.minimum(size[same] * self.grow, self.largest)
        size[turned] = np.maximum(size[turned] * self.shrink, self.smallest)
        sign[turned] = 0
        param -= sign * size
        self.signs[name] = sign


class RpropByElements(Rprop):
    """As the paper has it, number by number; it remembers gradients, not signs."""

    def update(self, name, param, grad):
        for i in np.ndindex(param.shape):
            g, size = grad[i], self.sizes[name][i]
            product = g * self.signs[name][i]
            if product > 0:
                size = min(size * self.grow, self.largest)
            elif product < 0:
                size = max(size * self.shrink, self.smallest)
                g = 0.0
            if g > 0:
                param[i] -= size
            elif g < 0:
                param[i] += size
            self.sizes[name][i], self.signs[name][i] = size, g


class RpropByFactors(Rprop):
    def update(self, name, param, grad):
        agreement = np.sign(grad * self.signs[name])
        factor = np.choose(agreement.astype(int) + 1, [self.shrink, 1.0, self.grow])
        self.sizes[name] = np.clip(self.sizes[name] * factor, self.smallest, self.largest)
        self.signs[name] = np.where(agreement < 0, 0, np.sign(grad))
        np.subtract(param, self.signs[name] * self.sizes[name], out=param)


RIGHT = [{"Rprop": RpropByMasks}, {"Rprop": RpropByElements}, {"Rprop": RpropByFactors}]

SHRINK = "        changed = np.where(agreement < 0, self.shrink * size, size)\n"
GROW = "        changed = np.where(agreement > 0, self.grow * size, changed)\n"
LIMIT = "        size[...] = np.clip(changed, self.smallest, self.largest)\n"
REST = "        self.signs[name][...] = sign * (agreement >= 0)\n"
STEP = "        param -= self.signs[name] * size\n"

SLIPS = [
    (REST, written("self.signs[name][...] = sign"), "no_rest"),
    (
        REST + STEP,
        written("self.signs[name][...] = sign", "param -= sign * (agreement >= 0) * size"),
        "sign_kept",
    ),
    (REST, written("self.signs[name][...] = sign * (agreement > 0)"), "nothing_moves"),
    (LIMIT, written("size[...] = changed"), "no_limits"),
    (LIMIT, written("size[...] = np.maximum(changed, self.smallest)"), "no_largest"),
    (LIMIT, written("size[...] = np.minimum(changed, self.largest)"), "no_smallest"),
    (LIMIT, written("size = np.clip(changed, self.smallest, self.largest)"), "sizes_forgotten"),
    (REST + STEP, written("param -= sign * (agreement >= 0) * size"), "signs_forgotten"),
    (STEP, written("param += self.signs[name] * size"), "uphill"),
    (STEP, written("param -= abs(grad) * self.signs[name] * size"), "gradient_sized"),
    (STEP, written("param -= self.learning_rate * self.signs[name] * size"), "times_rate"),
    (STEP, written("param = param - self.signs[name] * size"), "nothing_moves"),
    (
        SHRINK + GROW,
        written("changed = np.where(agreement > 0, self.grow * size, self.shrink * size)"),
        "zero_turns",
    ),
    (
        SHRINK + GROW,
        written("changed = np.where(agreement < 0, self.shrink * size, self.grow * size)"),
        "zero_goes_on",
    ),
    (
        SHRINK + GROW,
        written(
            "changed = np.where(agreement < 0, self.grow * size, size)",
            "changed = np.where(agreement > 0, self.shrink * size, changed)",
        ),
        "exchanged",
    ),
    (
        REST,
        written("grad[agreement < 0] = 0", "self.signs[name][...] = np.sign(grad)"),
        "gradients_changed",
    ),
    (LIMIT + REST + STEP, REST + STEP + LIMIT, "old_size"),
    (GROW, "", "never_grows"),
]

NAMES = {
    "gradient_sized": [
        "Rprop.update: sign, size = (np.sign(grad), self.sizes[name]) → sign, size = (grad, self.sizes[name])"
    ],
    "zero_turns": [
        "Rprop.update: changed = np.where(agreement < 0, self.shrink * size, size) → changed = np.where(agreement <= 0, self.shrink * size, size)",
        "Rprop.update: changed = np.where(agreement < 0, self.shrink * size, size) → changed = np.where(agreement < 1, self.shrink * size, size)",
    ],
    "never_shrinks": [
        "Rprop.update: changed = np.where(agreement < 0, self.shrink * size, size) → changed = np.where(agreement > 0, self.shrink * size, size)",
        "Rprop.update: changed = np.where(agreement < 0, self.shrink * size, size) → changed = np.where(agreement < -1, self.shrink * size, size)",
        "Rprop.update: changed = np.where(agreement < 0, self.shrink * size, size) → changed = np.where(agreement < 0, size, size)",
    ],
    "never_grows": [
        "Rprop.update: changed = np.where(agreement > 0, self.grow * size, changed) → pass",
        "Rprop.update: changed = np.where(agreement > 0, self.grow * size, changed) → changed = np.where(agreement > 1, self.grow * size, changed)",
        "Rprop.update: changed = np.where(agreement > 0, self.grow * size, changed) → changed = np.where(agreement > 0, size, changed)",
    ],
    "zero_goes_on": [
        "Rprop.update: changed = np.where(agreement > 0, self.grow * size, changed) → changed = np.where(agreement >= 0, self.grow * size, changed)",
        "Rprop.update: changed = np.where(agreement > 0, self.grow * size, changed) → changed = np.where(agreement > -1, self.grow * size, changed)",
    ],
    "no_limits": [
        "Rprop.update: size[...] = np.clip(changed, self.smallest, self.largest) → size[...] = changed"
    ],
    "nothing_moves": [
        "Rprop.update: self.signs[name][...] = sign * (agreement >= 0) → pass",
        "Rprop.update: self.signs[name][...] = sign * (agreement >= 0) → self.signs[name][...] = sign * (agreement > 0)",
        "Rprop.update: self.signs[name][...] = sign * (agreement >= 0) → self.signs[name][...] = sign * (agreement < 0)",
        "Rprop.update: self.signs[name][...] = sign * (agreement >= 0) → self.signs[name][...] = sign * (agreement >= 1)",
        "Rprop.update: param -= self.signs[name] * size → pass",
        "Rprop.update: param -= self.signs[name] * size → param = self.signs[name] * size",
    ],
    "no_rest": [
        "Rprop.update: self.signs[name][...] = sign * (agreement >= 0) → self.signs[name][...] = sign",
        "Rprop.update: self.signs[name][...] = sign * (agreement >= 0) → self.signs[name][...] = sign * (agreement >= -1)",
    ],
    "uphill": ["Rprop.update: param -= self.signs[name] * size → param += self.signs[name] * size"],
}
