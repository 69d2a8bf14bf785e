"""Answers to nodes: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.backpropagation import Add, Multiply
from solutions.losses import central_difference


class AddAsLists:
    def forward(self, x, y):
        self.out = [x, y]
        return sum(self.out)

    def backward(self, dout):
        return [dout * 1.0, dout * 1.0]


class MultiplyByCache:
    def __init__(self):
        self.cache = None

    def forward(self, a, b):
        self.cache = {"a": a, "b": b}
        return a * b

    def backward(self, grad):
        da = self.cache["b"] * grad
        db = self.cache["a"] * grad
        return da, db


class AddAsArray:
    def forward(self, x, y):
        return np.add(x, y)

    def backward(self, dout):
        return np.full(2, dout)


class MultiplyAsArray:
    def forward(self, x, y):
        self.inputs = np.array([x, y])
        return self.inputs.prod()

    def backward(self, dout):
        return dout * self.inputs[::-1]


def slopes_of_product(x, y):
    return y, x


class MultiplyWithHelper:
    """Goes forward once more on the way back, which is nobody's mistake."""

    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dout):
        self.forward(self.x, self.y)
        return tuple(dout * slope for slope in slopes_of_product(self.x, self.y))


class ProductOneWay(Multiply):
    def backward(self, dout):
        x, y, h = self._x, self._y, 1e-6
        z = self.forward(x, y)
        dx, dy = self.forward(x + h, y) - z, self.forward(x, y + h) - z
        self._x, self._y = x, y
        return dout * dx / h, dout * dy / h


class ProductFarApart(Multiply):
    def backward(self, dout):
        x, y = self._x, self._y
        return dout * ((x + 1) * y - x * y), dout * (x * (y + 1) - x * y)


class SumBothWays(Add):
    def forward(self, x, y):
        self.pair = x, y
        return x + y

    def backward(self, dout):
        x, y = self.pair
        slope_of_x = central_difference(lambda x: x + y, x, 0.1)
        slope_of_y = central_difference(lambda y: x + y, y, 0.1)
        return dout * slope_of_x, dout * slope_of_y


RIGHT = [
    {"Add": AddAsLists, "Multiply": MultiplyByCache},
    {"Add": AddAsArray, "Multiply": MultiplyAsArray},
    {"Multiply": MultiplyWithHelper},
]

SLIPS = [
    (
        "return dout * self._y, dout * self._x",
        "return dout * self._x, dout * self._y",
        "inputs_not_swapped",
    ),
    (
        "return dout * self._y, dout * self._x",
        "return self._y, self._x",
        "product_without_upstream",
    ),
    (
        "self._x, self._y = x, y",
        'if not hasattr(self, "_x"):\n            self._x, self._y = x, y',
        "multiply_first_for_ever",
    ),
    ("self._x, self._y", "Multiply._x, Multiply._y", "multiply_shared_by_all"),
]

SHORTCUTS = [
    {"Multiply": ProductOneWay},
    {"Multiply": ProductFarApart},
    {"Add": SumBothWays},
    {"Multiply": ProductFarApart, "Add": SumBothWays},
]

NAMES = {
    "inputs_not_swapped": [
        "Multiply.forward: self._x, self._y = (x, y) → self._x, self._y = (y, x)",
        "Multiply.backward: return (dout * self._y, dout * self._x) → return (dout * self._x, dout * self._y)",
    ],
    "product_without_upstream.x": [
        "Multiply.backward: return (dout * self._y, dout * self._x) → return (self._y, dout * self._x)",
    ],
    "product_without_upstream.y": [
        "Multiply.backward: return (dout * self._y, dout * self._x) → return (dout * self._y, self._x)",
    ],
}
