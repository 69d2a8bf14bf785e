"""The shopping bill: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import DERIVED, SLOPES, Task, add_memory_checks, how_got, slope_error

task = Task("shopping", "The shopping bill", points=4, needs=["ShoppingGraph"], minutes=10)


def basket(rng):
    """Draw counts, prices and a tax factor, in the order of ShoppingGraph.forward."""
    prices = rng.uniform(1, 5, size=2)
    counts = rng.integers(2, 9, size=2)
    return [
        int(counts[0]),
        float(prices[0]),
        int(counts[1]),
        float(prices[1]),
        rng.uniform(1.05, 1.3),
    ]


@task.check("forward returns what is to pay")
def bill_forward(impl, rng):
    return impl.ShoppingGraph().forward(*basket(rng))


@task.check("backward returns five gradients, in the order of forward's arguments", weight=2)
def bill_backward(impl, rng):
    graph = impl.ShoppingGraph()
    graph.forward(*basket(rng))
    return graph.backward()


@task.check("backward scales with the gradient that comes in")
def bill_backward_scaled(impl, rng):
    graph = impl.ShoppingGraph()
    graph.forward(*basket(rng))
    return graph.backward(rng.uniform(2, 3))


@task.check(SLOPES, at_most=1e-6)
def bill_slopes(impl, rng):
    graph, bill, direction = impl.ShoppingGraph(), np.array(basket(rng)), rng.uniform(1, 2, size=5)
    graph.forward(*bill.tolist())
    gradient = np.array(graph.backward())
    return slope_error(lambda x: graph.forward(*x.tolist()), bill, gradient, direction)


add_memory_checks(
    task,
    lambda impl, rng: impl.ShoppingGraph(),
    lambda rng, _: (basket(rng), ()),
    rows=[1],
    titles=["each graph remembers its own last bill, and backward can be called twice"],
)


@task.check(DERIVED, weight=0, required=True)
def bill_derived(impl, rng):
    graph, bill = impl.ShoppingGraph(), basket(rng)
    graph.forward(*bill)
    near = graph.backward()
    graph.forward(bill[0] * 10**18, *bill[1:])
    return how_got(near, graph.backward())


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import MEASURED, SHARED, OnTheClass, measured
from solutions.backpropagation import Multiply, ShoppingGraph

from .nodes import inputs_not_swapped


@task.misconception(
    "The gradients of the fruit have not passed through the tax node: one more unit of fruit costs "
    "its price and the tax on it."
)
class tax_node_skipped(ShoppingGraph):
    def backward(self, dout=1.0):
        _, dtax = self.taxed.backward(dout)
        dapples, doranges = self.fruit.backward(dout)
        return (*self.apples.backward(dapples), *self.oranges.backward(doranges), dtax)


@task.misconception(
    "You start from 1 whatever arrives. The bill may be part of a larger graph, and then dout says "
    "how much its result counts."
)
class bill_without_upstream(ShoppingGraph):
    def backward(self, dout=1.0):
        return super().backward(1.0)


@task.misconception(
    "The gradient of a count and that of its price stand in each other's place. Return them in the "
    "order of forward's arguments."
)
class price_before_count(ShoppingGraph):
    def backward(self, dout=1.0):
        dcount1, dprice1, dcount2, dprice2, dtax = super().backward(dout)
        return dprice1, dcount1, dprice2, dcount2, dtax


@task.misconception(
    "Your gradients are in the order in which the way back meets them, the tax first. Return them "
    "in the order of forward's arguments."
)
class tax_first(ShoppingGraph):
    def backward(self, dout=1.0):
        *fruit, dtax = super().backward(dout)
        return (dtax, *fruit)


@task.misconception("Only the apples are taxed. The tax comes after the fruit is added.")
class only_apples_taxed(ShoppingGraph):
    def forward(self, apple_count, apple_price, orange_count, orange_price, tax):
        apples = self.apples.forward(apple_count, apple_price)
        oranges = self.oranges.forward(orange_count, orange_price)
        return self.fruit.forward(self.taxed.forward(apples, tax), oranges)

    def backward(self, dout=1.0):
        dtaxed, doranges = self.fruit.backward(dout)
        dapples, dtax = self.taxed.backward(dtaxed)
        return (*self.apples.backward(dapples), *self.oranges.backward(doranges), dtax)


@task.misconception(
    "You take the tax as a share that is added. Here it is a factor: 1.1 for ten per cent."
)
class tax_as_share(ShoppingGraph):
    def forward(self, apple_count, apple_price, orange_count, orange_price, tax):
        return super().forward(apple_count, apple_price, orange_count, orange_price, 1 + tax)


@task.misconception(
    "The two gradients of the tax node stand in each other's place. A node's backward returns them "
    "in the order in which its forward took the two numbers."
)
class tax_and_fruit_swapped(ShoppingGraph):
    def backward(self, dout=1.0):
        dtax, dfruit = self.taxed.backward(dout)
        dapples, doranges = self.fruit.backward(dfruit)
        return (*self.apples.backward(dapples), *self.oranges.backward(doranges), dtax)


@task.misconception(
    "You take the tax as a number of per cent. Here it is a factor: 1.1 for ten per cent."
)
class tax_in_per_cent(ShoppingGraph):
    def forward(self, apple_count, apple_price, orange_count, orange_price, tax):
        return super().forward(apple_count, apple_price, orange_count, orange_price, 1 + tax / 100)


@task.misconception(
    "One and the same node multiplies apples and oranges, so it has forgotten the apples on the "
    "way back. Each product of the graph has a node of its own."
)
class one_node_for_both_fruits(ShoppingGraph):
    def __init__(self):
        super().__init__()
        self.oranges = self.apples


@task.misconception(
    "Your graph may be right, but its nodes are not: Multiply of task 1 gives each input the "
    "gradient of the other. Mend task 1 first."
)
class products_of_task_1_swapped(ShoppingGraph):
    def __init__(self):
        super().__init__()
        self.apples, self.oranges, self.taxed = (inputs_not_swapped() for _ in range(3))


@task.misconception(
    "forward works the bill out beside the nodes, so a node has nothing to remember on the way "
    "back. Send the numbers through each node's forward."
)
class computed_beside_the_nodes(ShoppingGraph):
    def backward(self, dout=1.0):
        raise AttributeError("'Multiply' object has no attribute 'y'")


@task.misconception(
    "The way back is that of the first bill for ever. Later ones have to replace what your graph, "
    "or Multiply of task 1, remembers."
)
class first_bill_for_ever(ShoppingGraph):
    def forward(self, *bill):
        total = super().forward(*bill)
        self.first = getattr(self, "first", bill)
        return total

    def backward(self, dout=1.0):
        super().forward(*self.first)
        return super().backward(dout)


@task.misconception(SHARED)
class one_bill_for_all_graphs(ShoppingGraph):
    def forward(self, *bill):
        type(self).last = bill
        return super().forward(*bill)

    def backward(self, dout=1.0):
        super().forward(*self.last)
        return super().backward(dout)


@task.misconception(SHARED)
class one_node_of_apples_for_all_graphs(ShoppingGraph):
    def __init__(self):
        super().__init__()
        type(self).apples = vars(self).pop("apples")


class ProductsOfOneMemory(OnTheClass, Multiply):
    """Products that share what they remember."""

    remembered = ("_x", "_y")


@task.misconception(
    "Your graph may be right, but its nodes are not: all objects of Multiply of task 1 share one "
    "memory, so each product overwrites what another has to remember. Mend task 1 first."
)
class products_of_task_1_share_memory(ShoppingGraph):
    def __init__(self):
        super().__init__()
        self.apples, self.oranges, self.taxed = (ProductsOfOneMemory() for _ in range(3))


@task.misconception(MEASURED)
class bill_measured(ShoppingGraph):
    def forward(self, *bill):
        self.bill = np.array(bill, float)
        return super().forward(*bill)

    def backward(self, dout=1.0):
        graph = ShoppingGraph()
        return tuple(measured(lambda bill: graph.forward(*bill), self.bill, dout, h=0.5))
