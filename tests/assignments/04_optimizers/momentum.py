"""Answers to momentum: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.optimizers import Momentum

from .styles import written


class MomentumByAssignment(Momentum):
    def update(self, name, param, grad):
        self.v[name] = self.momentum * self.v[name] - self.learning_rate * grad
        param[...] = param + self.v[name]


class MomentumUpsideDown(Momentum):
    """The velocity points uphill, and is taken off."""

    def update(self, name, param, grad):
        self.v[name] = self.momentum * self.v[name] + self.learning_rate * grad
        param -= self.v[name]


class MomentumWithItsOwnMemory(Momentum):
    """Remembers where the parameters were, as Polyak wrote it."""

    def update(self, name, param, grad):
        self.before = getattr(self, "before", {})
        last = self.before.get(name, param).copy()
        self.before[name] = param.copy()
        param += self.momentum * (param - last) - self.learning_rate * grad


class MomentumByOut(Momentum):
    def update(self, name, param, grad):
        v = self.v[name]
        np.multiply(v, self.momentum, out=v)
        np.add(v, -self.learning_rate * grad, out=v)
        np.add(param, v, out=param)


RIGHT = [
    {"Momentum": MomentumByAssignment},
    {"Momentum": MomentumUpsideDown},
    {"Momentum": MomentumWithItsOwnMemory},
    {"Momentum": MomentumByOut},
]

BODY = """        v *= self.momentum
        v -= self.learning_rate * grad
        param += v
"""

SLIPS = [
    (BODY, written("v = self.momentum * v - self.learning_rate * grad", "param += v"), "forgotten"),
    (
        BODY,
        written("v *= self.momentum", "v += grad", "param -= self.learning_rate * v"),
        "pytorch_form",
    ),
    (
        BODY,
        written(
            "v *= self.momentum",
            "v += (1 - self.momentum) * grad",
            "param -= self.learning_rate * v",
        ),
        "average",
    ),
    (
        BODY,
        written(
            "v *= self.momentum",
            "v -= (1 - self.momentum) * self.learning_rate * grad",
            "param += v",
        ),
        "average_of_steps",
    ),
    (BODY, written("v *= self.momentum", "v += self.learning_rate * grad", "param += v"), "uphill"),
    (BODY, written("v *= self.momentum", "v -= grad", "param += v"), "no_rate"),
    (
        BODY,
        written("v -= self.learning_rate * grad", "v *= self.momentum", "param += v"),
        "momentum_on_all",
    ),
    (
        BODY,
        written("param += v", "v *= self.momentum", "v -= self.learning_rate * grad"),
        "moved_before",
    ),
    (BODY, written("v *= 0.9", "v -= self.learning_rate * grad", "param += v"), "nine_tenths"),
    (
        BODY,
        written(
            "v *= self.momentum",
            "v -= self.learning_rate * grad",
            "param = param + v",
        ),
        "nothing_moves",
    ),
    (
        BODY,
        written(
            "grad *= self.learning_rate",
            "v *= self.momentum",
            "v -= grad",
            "param += v",
        ),
        "gradients_changed",
    ),
    (
        BODY,
        written("v = self.momentum * v + grad", "param -= self.learning_rate * v"),
        "forgotten",
    ),
]

NAMES = {
    "nothing_moves": [
        "Momentum.update: v -= self.learning_rate * grad → pass",
        "Momentum.update: param += v → pass",
        "Momentum.update: param += v → param = v",
    ],
    "uphill.forgotten": [
        "Momentum.update: v -= self.learning_rate * grad → v = self.learning_rate * grad"
    ],
    "uphill": [
        "Momentum.update: v -= self.learning_rate * grad → v += self.learning_rate * grad",
        "Momentum.update: param += v → param -= v",
    ],
    "no_rate": ["Momentum.update: v -= self.learning_rate * grad → v -= grad"],
}
