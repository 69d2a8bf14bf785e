"""Answers to nesterov: right ones in other styles, and wrong ones."""

from solutions.optimizers import Momentum, Nesterov

from .styles import written


class NesterovWithTheOldVelocity(Nesterov):
    """As the notes of CS231n have it."""

    def update(self, name, param, grad):
        before = self.v[name].copy()
        self.v[name] = self.momentum * before - self.learning_rate * grad
        param += -self.momentum * before + (1 + self.momentum) * self.v[name]


class NesterovOfTheBook(Nesterov):
    """The parameter first, with the old velocity."""

    def update(self, name, param, grad):
        alpha = self.momentum
        param += alpha * alpha * self.v[name]
        param -= (1 + alpha) * self.learning_rate * grad
        self.v[name] *= alpha
        self.v[name] -= self.learning_rate * grad


class NesterovByLookingAhead(Nesterov):
    """From the parameter back to the ball, one step of momentum, and ahead again."""

    def update(self, name, param, grad):
        v = self.v[name]
        param -= self.momentum * v
        Momentum.update(self, name, param, grad)
        param += self.momentum * v


RIGHT = [
    {"Nesterov": NesterovWithTheOldVelocity},
    {"Nesterov": NesterovOfTheBook},
    {"Nesterov": NesterovByLookingAhead},
]

VELOCITY = "        v *= self.momentum\n        v -= self.learning_rate * grad\n"
MOVE = "        param += self.momentum * v - self.learning_rate * grad\n"
NEW_V = "v = self.momentum * v - self.learning_rate * grad"

SLIPS = [
    (MOVE, written("param += v"), "plain_momentum"),
    (
        VELOCITY + MOVE,
        written("param += self.momentum * v - self.learning_rate * grad", NEW_V),
        "gradient_descent",
    ),
    (VELOCITY + MOVE, MOVE + VELOCITY, "plain_momentum"),
    (VELOCITY + MOVE, written(NEW_V) + MOVE, "forgotten"),
    (MOVE, written("param += self.momentum * v"), "velocity_alone"),
    (MOVE, written("param += self.momentum**2 * v - self.learning_rate * grad"), "squared"),
    (
        MOVE,
        written("param += self.momentum**2 * v - (1 + self.momentum) * self.learning_rate * grad"),
        "new_for_old",
    ),
    (MOVE, written("param += v - self.learning_rate * grad"), "whole_velocity"),
    (
        VELOCITY + MOVE,
        written(
            "old = v.copy()",
            "v *= self.momentum",
            "v -= self.learning_rate * grad",
            "param += self.momentum * old + (1 + self.momentum) * v",
        ),
        "sign_of_the_old",
    ),
    (
        VELOCITY + MOVE,
        written(
            "v *= self.momentum",
            "v += grad",
            "param -= self.learning_rate * (grad + self.momentum * v)",
        ),
        "pytorch_form",
    ),
    (
        MOVE,
        written("param = param + self.momentum * v - self.learning_rate * grad"),
        "nothing_moves",
    ),
]

NAMES = {
    "gradient_descent": ["Nesterov.update: v -= self.learning_rate * grad → pass"],
    "nothing_moves": [
        "Nesterov.update: param += self.momentum * v - self.learning_rate * grad → pass",
        "Nesterov.update: param += self.momentum * v - self.learning_rate * grad → param = self.momentum * v - self.learning_rate * grad",
    ],
    "uphill": [
        "Nesterov.update: param += self.momentum * v - self.learning_rate * grad → param -= self.momentum * v - self.learning_rate * grad",
        "Nesterov.update: param += self.momentum * v - self.learning_rate * grad → param += self.learning_rate * grad - self.momentum * v",
    ],
    "velocity_alone": [
        "Nesterov.update: param += self.momentum * v - self.learning_rate * grad → param += self.momentum * v"
    ],
    "whole_velocity": [
        "Nesterov.update: param += self.momentum * v - self.learning_rate * grad → param += v - self.learning_rate * grad"
    ],
}
