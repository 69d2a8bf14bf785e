"""Answers to rmsprop: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.optimizers import RMSProp

from .styles import written


class RMSPropByAssignment(RMSProp):
    def update(self, name, param, grad):
        self.h[name] = self.decay * self.h[name] + (1 - self.decay) * grad * grad
        param += -self.learning_rate / (self.h[name] ** 0.5 + self.eps) * grad


class RMSPropByDifference(RMSProp):
    def update(self, name, param, grad):
        h = self.h[name]
        h += (1 - self.decay) * (grad**2 - h)
        np.subtract(param, self.learning_rate * (grad / (np.sqrt(h) + self.eps)), out=param)


class RMSPropWithRoots(RMSProp):
    """Remembers the root of the mean square."""

    def update(self, name, param, grad):
        rms = self.h[name]
        rms[...] = np.sqrt(self.decay * rms**2 + (1 - self.decay) * grad**2)
        param -= self.learning_rate * grad / (rms + self.eps)


RIGHT = [
    {"RMSProp": RMSPropByAssignment},
    {"RMSProp": RMSPropByDifference},
    {"RMSProp": RMSPropWithRoots},
]

MEAN = "        h *= self.decay\n        h += (1 - self.decay) * grad**2\n"
STEP = "        param -= self.learning_rate * grad / (np.sqrt(h) + self.eps)\n"

SLIPS = [
    (MEAN, written("h = self.decay * h + (1 - self.decay) * grad**2"), "forgotten"),
    (MEAN, written("h *= 1 - self.decay", "h += self.decay * grad**2"), "swapped"),
    (MEAN, written("h *= self.decay", "h += grad**2"), "new_in_full"),
    (MEAN, written("h += grad**2"), "adagrad"),
    (MEAN, written("h += (1 - self.decay) * grad**2"), "old_in_full"),
    (MEAN, written("h += grad**2", "h *= self.decay"), "rho_on_both"),
    (MEAN, written("h *= 0.9", "h += 0.1 * grad**2"), "nine_tenths"),
    (MEAN, written("h[...] = grad**2"), "this_gradient_alone"),
    (STEP, written("param -= self.learning_rate * grad / (np.sqrt(h) + 1e-8)"), "eps_of_1e_8"),
    (MEAN + STEP, STEP + MEAN, "old_memory"),
    (STEP, written("param += self.learning_rate * grad / (np.sqrt(h) + self.eps)"), "uphill"),
    (STEP, written("param -= grad / (np.sqrt(h) + self.eps)"), "no_rate"),
    (STEP, written("param -= self.learning_rate * grad / np.sqrt(h + self.eps)"), "eps_inside"),
    (STEP, written("param -= self.learning_rate * grad / np.sqrt(h)"), "no_eps"),
    (STEP, written("param -= self.learning_rate * grad / (h + self.eps)"), "no_root"),
    (
        STEP,
        written(
            "h_hat = h / (1 - self.decay**self.steps)",
            "param -= self.learning_rate * grad / (np.sqrt(h_hat) + self.eps)",
        ),
        "corrected",
    ),
    (
        STEP,
        written("param = param - self.learning_rate * grad / (h**0.5 + self.eps)"),
        "nothing_moves",
    ),
]

NAMES = {
    "old_in_full": ["RMSProp.update: h *= self.decay → pass"],
    "eps_alone": [
        "RMSProp.update: h += (1 - self.decay) * grad ** 2 → pass",
        "RMSProp.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → param -= self.learning_rate * grad / self.eps",
    ],
    "forgotten": [
        "RMSProp.update: h += (1 - self.decay) * grad ** 2 → h = (1 - self.decay) * grad ** 2"
    ],
    "new_in_full": [
        "RMSProp.update: h += (1 - self.decay) * grad ** 2 → h += grad ** 2",
        "RMSProp.update: h += (1 - self.decay) * grad ** 2 → h += 1 * grad ** 2",
    ],
    "rho_on_both": [
        "RMSProp.update: h += (1 - self.decay) * grad ** 2 → h += self.decay * grad ** 2"
    ],
    "nothing_moves": [
        "RMSProp.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → pass",
        "RMSProp.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → param = self.learning_rate * grad / (np.sqrt(h) + self.eps)",
    ],
    "uphill": [
        "RMSProp.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → param += self.learning_rate * grad / (np.sqrt(h) + self.eps)"
    ],
    "no_rate": [
        "RMSProp.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → param -= grad / (np.sqrt(h) + self.eps)"
    ],
    "no_eps": [
        "RMSProp.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → param -= self.learning_rate * grad / np.sqrt(h)"
    ],
    "no_root": [
        "RMSProp.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → param -= self.learning_rate * grad / (h + self.eps)"
    ],
}
