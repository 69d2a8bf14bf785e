"""Answers to adagrad: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.optimizers import AdaGrad

from .styles import written


class AdaGradByAssignment(AdaGrad):
    def update(self, name, param, grad):
        self.h[name] = self.h[name] + grad * grad
        param += -self.learning_rate / (self.h[name] ** 0.5 + self.eps) * grad


class AdaGradWithItsOwnMemory(AdaGrad):
    """Keeps all gradients."""

    def update(self, name, param, grad):
        self.seen = getattr(self, "seen", {})
        self.seen.setdefault(name, []).append(grad.copy())
        size = np.sqrt(np.sum(np.square(self.seen[name]), axis=0))
        np.subtract(param, np.divide(self.learning_rate * grad, size + self.eps), out=param)


class AdaGradByElements(AdaGrad):
    def update(self, name, param, grad):
        for index in np.ndindex(param.shape):
            g = grad[index]
            self.h[name][index] += g**2
            param[index] -= self.learning_rate * g / (float(self.h[name][index]) ** 0.5 + self.eps)


RIGHT = [
    {"AdaGrad": AdaGradByAssignment},
    {"AdaGrad": AdaGradWithItsOwnMemory},
    {"AdaGrad": AdaGradByElements},
]

GROW = "        h += grad**2\n"
STEP = "        param -= self.learning_rate * grad / (np.sqrt(h) + self.eps)\n"

SLIPS = [
    (GROW, written("h = h + grad**2"), "forgotten"),
    (GROW, written("h += np.abs(grad)"), "not_squared"),
    (GROW, written("h += (self.learning_rate * grad) ** 2"), "squares_of_steps"),
    (GROW, written("h += grad**2 + self.eps"), "eps_remembered"),
    (GROW, written("h *= 0.9", "h += 0.1 * grad**2"), "forgets"),
    (STEP, written("param -= self.learning_rate * grad / (np.sqrt(h) + 1e-7)"), "eps_of_1e_7"),
    (GROW + STEP, STEP + GROW, "old_memory"),
    (STEP, written("param += self.learning_rate * grad / (np.sqrt(h) + self.eps)"), "uphill"),
    (STEP, written("param -= grad / (np.sqrt(h) + self.eps)"), "no_rate"),
    (STEP, written("param -= self.learning_rate * grad / np.sqrt(h + self.eps)"), "eps_inside"),
    (STEP, written("param -= self.learning_rate * grad / np.sqrt(h)"), "no_eps"),
    (STEP, written("param -= self.learning_rate * grad / (h + self.eps)"), "no_root"),
    (
        STEP,
        written("param -= self.learning_rate * (grad / np.sqrt(h) + self.eps)"),
        "eps_beside",
    ),
    (
        STEP,
        written("param = param - self.learning_rate * grad / (h**0.5 + self.eps)"),
        "nothing_moves",
    ),
    (GROW, written("h[...] = grad**2"), "forgotten"),
]

NAMES = {
    "eps_alone": [
        "AdaGrad.update: h += grad ** 2 → pass",
        "AdaGrad.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → param -= self.learning_rate * grad / self.eps",
    ],
    "forgotten": ["AdaGrad.update: h += grad ** 2 → h = grad ** 2"],
    "nothing_moves": [
        "AdaGrad.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → pass",
        "AdaGrad.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → param = self.learning_rate * grad / (np.sqrt(h) + self.eps)",
    ],
    "uphill": [
        "AdaGrad.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → param += self.learning_rate * grad / (np.sqrt(h) + self.eps)"
    ],
    "no_rate": [
        "AdaGrad.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → param -= grad / (np.sqrt(h) + self.eps)"
    ],
    "no_eps": [
        "AdaGrad.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → param -= self.learning_rate * grad / np.sqrt(h)"
    ],
    "no_root": [
        "AdaGrad.update: param -= self.learning_rate * grad / (np.sqrt(h) + self.eps) → param -= self.learning_rate * grad / (h + self.eps)"
    ],
}
