"""Answers to sgd: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.optimizer import Optimizer


class SGDBySubtract(Optimizer):
    def update(self, name, param, grad):
        np.subtract(param, self.learning_rate * grad, out=param)


class SGDBySlices(Optimizer):
    def update(self, name, param, grad):
        self.params[name][:] = param - grad * self.learning_rate


class SGDByElements(Optimizer):
    def update(self, name, param, grad):
        for index in np.ndindex(param.shape):
            param[index] -= self.learning_rate * grad[index]


RIGHT = [{"SGD": SGDBySubtract}, {"SGD": SGDBySlices}, {"SGD": SGDByElements}]

STEP = "param -= self.learning_rate * grad\n"

SLIPS = [
    (STEP, "param += self.learning_rate * grad\n", "uphill"),
    (STEP, "param -= grad\n", "no_rate"),
    (STEP, "param = param - self.learning_rate * grad\n", "nothing_moves"),
    (STEP, "self.params[name] = param - self.learning_rate * grad\n", "nothing_moves"),
    (STEP, "return param - self.learning_rate * grad\n", "nothing_moves"),
    (STEP, "grad *= self.learning_rate\n        param -= grad\n", "gradients_changed"),
    (STEP, "param[...] = -self.learning_rate * grad\n", "step_alone"),
    (STEP, "param -= self.learning_rate * grad / len(grad)\n", "divided_by_rows"),
    (STEP, "param += grad\n", "uphill.no_rate"),
]

NAMES = {
    "nothing_moves": [
        "SGD.update: param -= self.learning_rate * grad → pass",
        "SGD.update: param -= self.learning_rate * grad → param = self.learning_rate * grad",
    ],
    "uphill": [
        "SGD.update: param -= self.learning_rate * grad → param += self.learning_rate * grad"
    ],
    "no_rate": ["SGD.update: param -= self.learning_rate * grad → param -= grad"],
}
