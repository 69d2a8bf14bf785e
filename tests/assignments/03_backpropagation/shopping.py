"""Answers to shopping: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.backpropagation import ShoppingGraph
from solutions.losses import numerical_gradient


class BillByFormula:
    def forward(self, apple_count, apple_price, orange_count, orange_price, tax):
        self.numbers = apple_count, apple_price, orange_count, orange_price, tax
        self.fruit_price = apple_count * apple_price + orange_count * orange_price
        return self.fruit_price * tax

    def backward(self, dout=1.0):
        n1, p1, n2, p2, tax = self.numbers
        each = np.array([p1, n1, p2, n2]) * tax * dout
        return np.append(each, self.fruit_price * dout)


class BillWithStoredGradients:
    def forward(self, n1, p1, n2, p2, t):
        self.n1, self.p1, self.n2, self.p2, self.t = n1, p1, n2, p2, t
        self.a, self.o = n1 * p1, n2 * p2
        self.f = self.a + self.o
        return self.t * self.f

    def backward(self, dout=1.0):
        df = dout * self.t
        dt = dout * self.f
        return [df * self.p1, df * self.n1, df * self.p2, df * self.n2, dt]


class BillByNestedFunctions:
    def forward(self, *bill):
        n1, p1, n2, p2, tax = bill

        def gradients(dout):
            def product(n, p):
                return [dout * tax * p, dout * tax * n]

            return [*product(n1, p1), *product(n2, p2), dout * (n1 * p1 + n2 * p2)]

        self.gradients = gradients
        return (n1 * p1 + n2 * p2) * tax

    def backward(self, dout=1.0):
        return self.gradients(dout)


class BillMeasured(ShoppingGraph):
    def forward(self, *bill):
        self.bill = np.array(bill, float)
        return super().forward(*bill)

    def backward(self, dout=1.0):
        bill = self.bill
        slopes = numerical_gradient(lambda bill: self.forward(*bill), bill)
        self.bill = bill
        return dout * slopes


class BillOneWay(BillMeasured):
    def backward(self, dout=1.0):
        start = ShoppingGraph().forward(*self.bill)
        moved = [self.bill + step for step in np.eye(5)]
        return [dout * (ShoppingGraph().forward(*one) - start) for one in moved]


RIGHT = [
    {"ShoppingGraph": BillByFormula},
    {"ShoppingGraph": BillWithStoredGradients},
    {"ShoppingGraph": BillByNestedFunctions},
]

SLIPS = [
    ("self.fruit.backward(dfruit)", "self.fruit.backward(dout)", "tax_node_skipped"),
    ("dfruit, dtax = self.taxed", "dtax, dfruit = self.taxed", "tax_and_fruit_swapped"),
    (
        "return dout * self._y, dout * self._x",
        "return dout * self._x, dout * self._y",
        "products_of_task_1_swapped",
    ),
    (
        "        self.oranges = Multiply()",
        "        self.oranges = self.apples",
        "one_node_for_both_fruits",
    ),
    (
        "self._x, self._y = x, y",
        'if not hasattr(self, "_x"):\n            self._x, self._y = x, y',
        "first_bill_for_ever",
    ),
    ("self._x, self._y", "Multiply._x, Multiply._y", "products_of_task_1_share_memory"),
    ("self.apples", "ShoppingGraph.apples", "one_node_of_apples_for_all_graphs"),
]

SHORTCUTS = [{"ShoppingGraph": BillMeasured}, {"ShoppingGraph": BillOneWay}]
