"""Nodes of a computational graph, and a graph built of them."""

from __future__ import annotations


class Add:
    """A node of a computational graph: x + y."""

    def forward(self, x: float, y: float) -> float:
        """Return x + y."""
        return x + y

    def backward(self, dout: float) -> tuple[float, float]:
        """Return the gradients with respect to x and y, given the one with respect to x + y."""
        return dout, dout


class Multiply:
    """A node of a computational graph: x · y."""

    def forward(self, x: float, y: float) -> float:
        """Return x · y, and remember both for the way back."""
        self._x, self._y = x, y
        return x * y

    def backward(self, dout: float) -> tuple[float, float]:
        """Return the gradients with respect to x and y, given the one with respect to x · y."""
        return dout * self._y, dout * self._x


class ShoppingGraph:
    """The price of two kinds of fruit with tax: (apples · price + oranges · price) · tax."""

    def __init__(self) -> None:
        self.apples = Multiply()
        self.oranges = Multiply()
        self.fruit = Add()
        self.taxed = Multiply()

    def forward(
        self,
        apple_count: float,
        apple_price: float,
        orange_count: float,
        orange_price: float,
        tax: float,
    ) -> float:
        """Return what is to pay; the tax is a factor, 1.1 for ten per cent."""
        apples = self.apples.forward(apple_count, apple_price)
        oranges = self.oranges.forward(orange_count, orange_price)
        return self.taxed.forward(self.fruit.forward(apples, oranges), tax)

    def backward(self, dout: float = 1.0) -> tuple[float, float, float, float, float]:
        """Return the gradients of the total, in the order of ``forward``'s arguments."""
        dfruit, dtax = self.taxed.backward(dout)
        dapples, doranges = self.fruit.backward(dfruit)
        return (*self.apples.backward(dapples), *self.oranges.backward(doranges), dtax)
