"""Add and Multiply: how it is checked, and which mistakes are known."""

from handgrad import DERIVED, Task, add_memory_checks, how_got

task = Task("nodes", "Add and Multiply", points=4, needs=["Add", "Multiply"], minutes=10)


@task.check("Add: forward returns the sum")
def add_forward(impl, rng):
    return impl.Add().forward(rng.normal(), rng.normal())


@task.check("Add: backward returns one gradient for each input")
def add_backward(impl, rng):
    node = impl.Add()
    node.forward(rng.normal(), rng.normal())
    return node.backward(rng.normal())


@task.check("Multiply: forward returns the product")
def multiply_forward(impl, rng):
    return impl.Multiply().forward(rng.normal(), rng.normal())


@task.check("Multiply: backward returns the gradients of x and y, in this order", weight=2)
def multiply_backward(impl, rng):
    node = impl.Multiply()
    node.forward(rng.normal(), rng.normal())
    return node.backward(rng.normal())


def two_numbers(rng, _):
    """Draw what forward and backward of a node take."""
    return rng.normal(size=2).tolist(), [rng.normal()]


TITLES = ["each node remembers its own last forward, and backward can be called twice"]


def add_node_check(name, weight):
    """Add what a node has to pass that remembers two numbers."""
    add_memory_checks(
        task,
        lambda impl, rng: getattr(impl, name)(),
        two_numbers,
        rows=[1],
        weights=[weight],
        titles=TITLES,
        of=name,
    )


add_node_check("Multiply", 1)
add_node_check("Add", 0.5)


def node_derived(node, rng):
    """Say how a node got its gradients."""
    x, y, dout = rng.uniform(1, 2, size=2), rng.uniform(-2, -1, size=2), rng.normal()
    node.forward(x[0], y[0])
    near = node.backward(dout)
    node.forward(1e18 * x[1], 1e18 * y[1])
    return how_got(near, node.backward(dout))


@task.check(f"Add: {DERIVED}", weight=0, required=True)
def add_derived(impl, rng):
    return node_derived(impl.Add(), rng)


@task.check(f"Multiply: {DERIVED}", weight=0, required=True)
def multiply_derived(impl, rng):
    return node_derived(impl.Multiply(), rng)


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import MEASURED, Part, Parts, add_memory_mistakes
from solutions.backpropagation import Add, Multiply

PARTS = {
    "x": Part("the gradient of x", "backward", at=(0,)),
    "y": Part("the gradient of y", "backward", at=(1,)),
}
product = Parts(task, [Multiply], PARTS)
total = Parts(task, [Add], PARTS)
add_memory_mistakes(task, Multiply, ["_x", "_y"])


@product.mistake(
    "A product changes with x by as much as y is large. Which input does each gradient need?"
)
class inputs_not_swapped(Multiply):
    def backward(self, dout):
        return dout * self._x, dout * self._y


@product.mistake(
    "You return the local slopes of the product. The chain rule multiplies them with the gradient "
    "that arrives from above."
)
class product_without_upstream(Multiply):
    def backward(self, dout):
        return self._y, self._x


@task.misconception(
    "Both inputs get the same gradient from you. Moving x and moving y change a product by "
    "different amounts.",
    replaces="Multiply",
)
class product_to_both(Multiply):
    def backward(self, dout):
        return dout * self._x * self._y, dout * self._x * self._y


@total.mistake(
    "You share the gradient out between the inputs. But if x grows by 1, the sum grows by 1, "
    "whatever y does."
)
class gradient_shared_out(Add):
    def backward(self, dout):
        return dout / 2, dout / 2


@total.mistake(
    "You return the local slopes of the sum, 1 and 1. The chain rule multiplies them with the "
    "gradient that arrives from above."
)
class sum_without_upstream(Add):
    def backward(self, dout):
        return 1.0, 1.0


@task.misconception(
    "Your Add multiplies the gradient with the inputs, as a product does. How fast does a sum grow "
    "when one input grows?",
    replaces="Add",
)
class sum_treated_as_product(Add):
    def forward(self, x, y):
        self._x, self._y = x, y
        return x + y

    def backward(self, dout):
        return dout * self._y, dout * self._x


def measured_twice(f, x, y, dout):
    """Return the slopes of f at (x, y); a step of 1 is exact for products and sums."""
    return dout * (f(x + 1, y) - f(x - 1, y)) / 2, dout * (f(x, y + 1) - f(x, y - 1)) / 2


@task.misconception(MEASURED, replaces="Multiply")
class product_measured(Multiply):
    def backward(self, dout):
        return measured_twice(Multiply().forward, self._x, self._y, dout)


@task.misconception(MEASURED, replaces="Add")
class sum_measured(Add):
    def forward(self, x, y):
        self._x, self._y = x, y
        return x + y

    def backward(self, dout):
        return measured_twice(Add().forward, self._x, self._y, dout)
