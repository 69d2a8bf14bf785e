"""Answers to sgd: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.optimizer import Optimizer


class SGDBySubtract(Optimizer):
    def update(self, name, param, grad):
        np.subtract(param, self.learning_rate * grad, out=param)


class SGDBySlices(Optimizer):
    def update(self, name, param, grad):
        param[...] = param - grad * self.learning_rate


RIGHT = [{"SGD": SGDBySubtract}, {"SGD": SGDBySlices}]

SLIPS = [
    ("param -= self.learning_rate * grad", "param += self.learning_rate * grad", "uphill"),
]
