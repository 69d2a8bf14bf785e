"""The tasks of chapter 3, and how each is checked.

A check drives an implementation and returns what it gave; that is compared with what the
reference gives for the same inputs, or held against a bound. The inputs are such that no mistake
can hide: batches of several rows, no square matrices, numbers of both signs, biases that are not 0.
"""

from functools import lru_cache

import numpy as np

from handgrad import ImplementationError, Question, Task, calls_run, fetch, keep
from solutions.data import digits
from solutions.perceptrons import init_network

DERIVED = "the gradient is derived, not measured: it holds where a small step changes no output"
SLOPES = "backward agrees with slopes measured on your own forward, along a random direction"


def signed(rng, *shape):
    """Draw numbers of both signs, none of them near the kink at 0."""
    x = rng.normal(size=shape)
    return x + np.copysign(0.1, x)


def slope_error(f, x, gradient, direction, h=1e-5):
    """Measure the slope of f along a direction; return how far the gradient is off, relatively."""
    measured = (f(x + h * direction) - f(x - h * direction)) / (2 * h)
    claimed = float(np.sum(gradient * direction))
    return abs(measured - claimed) / max(abs(measured), abs(claimed))


def how_got(near, far, output=0.0):
    """Say whether gradients are measured: they are, if they are exactly 0 only far away.

    There the outputs are so large, or the slopes so small, that what a step changes is rounded
    away. Where the output itself is rounded to 1, a derived slope may be 0, too.
    """
    is_lost = (np.abs(far) == 0) & (np.abs(near) > 0) & (np.abs(output) != 1)
    return "measured" if np.any(is_lost) else "derived"


def how_all_got(near, far, few=0, many=0):
    """Say it of a dictionary of gradients, and of forward's calls for a small and a large layer."""
    ways = {how_got(near[name], far[name]) for name in near}
    return "measured" if "measured" in ways or many > few else "derived"


def number(value):
    """Take the one number out of whatever holds it."""
    return np.asarray(value).item()


def one_hot_rows(labels, classes):
    """Write class numbers as rows with a single 1."""
    return (labels[:, None] == np.arange(classes)).astype(float)


def exception_of(call, *args):
    """Return the name of the exception that a call raises."""
    try:
        call(*args)
    except ImplementationError as error:
        if error.kind == "NotImplementedError":
            raise
        return error.kind
    return "no exception"


# 1 Nodes -----------------------------------------------------------------------------------------

nodes = Task("nodes", "Add and Multiply", points=4, needs=["Add", "Multiply"], minutes=10)


@nodes.check("Add: forward returns the sum")
def add_forward(impl, rng):
    return impl.Add().forward(rng.normal(), rng.normal())


@nodes.check("Add: backward returns one gradient for each input")
def add_backward(impl, rng):
    node = impl.Add()
    node.forward(rng.normal(), rng.normal())
    return node.backward(rng.normal())


@nodes.check("Multiply: forward returns the product")
def multiply_forward(impl, rng):
    return impl.Multiply().forward(rng.normal(), rng.normal())


@nodes.check("Multiply: backward returns the gradients of x and y, in this order", weight=2)
def multiply_backward(impl, rng):
    node = impl.Multiply()
    node.forward(rng.normal(), rng.normal())
    return node.backward(rng.normal())


@nodes.check("Multiply: two nodes of one graph remember different numbers")
def multiply_remembers(impl, rng):
    first, second = impl.Multiply(), impl.Multiply()
    first.forward(rng.normal(), rng.normal())
    second.forward(rng.normal(), rng.normal())
    return {
        "first node": first.backward(rng.normal()),
        "second node": second.backward(rng.normal()),
    }


def node_derived(node, rng):
    """Say how a node got its gradients."""
    x, y, dout = rng.uniform(1, 2, size=2), rng.uniform(-2, -1, size=2), rng.normal()
    node.forward(x[0], y[0])
    near = node.backward(dout)
    node.forward(1e18 * x[1], 1e18 * y[1])
    return how_got(near, node.backward(dout))


@nodes.check(f"Add: {DERIVED}", weight=0, required=True)
def add_derived(impl, rng):
    return node_derived(impl.Add(), rng)


@nodes.check(f"Multiply: {DERIVED}", weight=0, required=True)
def multiply_derived(impl, rng):
    return node_derived(impl.Multiply(), rng)


# 2 A graph ---------------------------------------------------------------------------------------

shopping = Task("shopping", "The shopping bill", points=4, needs=["ShoppingGraph"], minutes=10)


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


@shopping.check("forward returns what is to pay")
def bill_forward(impl, rng):
    return impl.ShoppingGraph().forward(*basket(rng))


@shopping.check("backward returns five gradients, in the order of forward's arguments", weight=2)
def bill_backward(impl, rng):
    graph = impl.ShoppingGraph()
    graph.forward(*basket(rng))
    return graph.backward()


@shopping.check("backward scales with the gradient that comes in")
def bill_backward_scaled(impl, rng):
    graph = impl.ShoppingGraph()
    graph.forward(*basket(rng))
    return graph.backward(rng.uniform(2, 3))


@shopping.check(SLOPES, at_most=1e-6)
def bill_slopes(impl, rng):
    graph, bill, direction = impl.ShoppingGraph(), np.array(basket(rng)), rng.uniform(1, 2, size=5)
    graph.forward(*bill.tolist())
    gradient = np.array(graph.backward())
    return slope_error(lambda x: graph.forward(*x.tolist()), bill, gradient, direction)


@shopping.check(DERIVED, weight=0, required=True)
def bill_derived(impl, rng):
    graph, bill = impl.ShoppingGraph(), basket(rng)
    graph.forward(*bill)
    near = graph.backward()
    graph.forward(bill[0] * 10**18, *bill[1:])
    return how_got(near, graph.backward())


why_order = Question("why_order", "Why this order?", points=2)


# 3–5 Activation layers ---------------------------------------------------------------------------

relu = Task("relu", "The ReLU layer", points=4, needs=["ReLU"], minutes=10)
sigmoid = Task("sigmoid", "The sigmoid layer", points=4, needs=["Sigmoid"], minutes=10)
tanh = Task("tanh", "The tanh layer", points=3, needs=["Tanh"], minutes=5)


def add_activation_checks(task, name):
    """Add what every layer without parameters has to pass."""

    @task.check("forward returns one value for each element")
    def forward(impl, rng):
        return getattr(impl, name)().forward(2 * signed(rng, 3, 4))

    @task.check("backward returns the gradient with respect to the input", weight=2)
    def backward(impl, rng):
        layer = getattr(impl, name)()
        layer.forward(signed(rng, 3, 4))
        return layer.backward(rng.normal(size=(3, 4)))

    @task.check(SLOPES, at_most=1e-5)
    def slopes(impl, rng):
        layer, x, dout = getattr(impl, name)(), signed(rng, 3, 4), rng.normal(size=(3, 4))
        layer.forward(x)
        gradient = layer.backward(dout)
        direction = rng.normal(size=(3, 4))
        return slope_error(lambda x: np.sum(dout * layer.forward(x)), x, gradient, direction)

    @task.check("an array of any shape keeps its shape, and float32 stays float32", weight=0.5)
    def any_shape(impl, rng):
        layer, x = getattr(impl, name)(), signed(rng, 2, 3, 1, 4).astype("f4")
        y = np.asarray(layer.forward(x))
        dx = np.asarray(layer.backward(rng.normal(size=x.shape).astype("f4")))
        return {
            "shape of y": y.shape,
            "shape of dx": dx.shape,
            "dtype of y": str(y.dtype),
            "dtype of dx": str(dx.dtype),
        }

    @task.check("x and dout are left as they were", weight=0.5)
    def inputs_stay(impl, rng):
        layer = getattr(impl, name)()
        x, dout = keep(impl, signed(rng, 3, 4)), keep(impl, rng.normal(size=(3, 4)))
        y = layer.forward(x)
        shapes = [
            np.shape(y),
            np.shape(layer.backward(dout)),
        ]  # whoever does nothing changes nothing
        return {"x": fetch(x), "dout": fetch(dout), "shapes of y and dx": shapes}

    @task.check("each layer has its own memory, and backward can be called twice")
    def own_memory(impl, rng):
        first, second = getattr(impl, name)(), getattr(impl, name)()
        first.forward(signed(rng, 3, 4))
        second.forward(signed(rng, 3, 4))
        dout = rng.normal(size=(3, 4))
        return {
            "first layer": first.backward(dout),
            "second layer": second.backward(dout),
            "first layer again": first.backward(dout),
        }


def add_derived_check(task, name, cases):
    """Add what no layer passes whose gradient is measured; cases draws two inputs (3, 4)."""

    @task.check(DERIVED, weight=0, required=True)
    def derived(impl, rng):
        layer, dout, (near, far) = getattr(impl, name)(), rng.normal(size=(3, 4)), cases(rng)
        layer.forward(near)
        gradient = layer.backward(dout)
        output = layer.forward(far)
        return how_got(gradient, layer.backward(dout), output)


def large_and_huge(rng):
    """Draw an input, and one of the same signs and of such a size that x + h is x."""
    x = signed(rng, 3, 4)
    return 1e3 * x, 1e18 * x


def saturating(start):
    """Return a function that draws an input, and one where the output is just below 1."""

    def draw(rng):
        return rng.normal(size=(3, 4)), rng.uniform(start, start + 1, size=(3, 4))

    return draw


def add_saturation_check(task, name):
    """Add what a layer with an exponential in it has to pass."""

    @task.check("inputs up to ±1000 give finite numbers, forward and backward", weight=0.5)
    def saturation(impl, rng):
        layer, dout = getattr(impl, name)(), rng.normal(size=(2, 3))
        y = layer.forward(np.array([[-1000.0, 1000.0, 800.0], [0.5, -800.0, 30.0]]))
        return {"y": y, "dx": layer.backward(dout)}


add_activation_checks(relu, "ReLU")
add_derived_check(relu, "ReLU", large_and_huge)
add_activation_checks(sigmoid, "Sigmoid")
add_saturation_check(sigmoid, "Sigmoid")
add_derived_check(sigmoid, "Sigmoid", saturating(32.5))
add_activation_checks(tanh, "Tanh")
add_saturation_check(tanh, "Tanh")
add_derived_check(tanh, "Tanh", saturating(16.2))


# 6 Affine ----------------------------------------------------------------------------------------

affine = Task("affine", "The affine layer", points=10, needs=["Affine"], minutes=20)


def affine_case(rng):
    """Draw weights (5, 3), biases (3,), inputs (7, 5) and upstream gradients (7, 3)."""
    W, b = rng.normal(size=(5, 3)), rng.normal(size=3)
    return W, b, rng.normal(size=(7, 5)), rng.normal(size=(7, 3))


def passed_through(impl, W, b, x, dout):
    """Make an affine layer and send a batch forward and a gradient backward."""
    layer = impl.Affine(W, b)
    layer.forward(x)
    return layer, layer.backward(dout)


@affine.check("forward returns (N, M) outputs")
def affine_forward(impl, rng):
    W, b, x, _ = affine_case(rng)
    return impl.Affine(W, b).forward(x)


@affine.check('backward stores the gradient of the weights in grads["W"], (D, M)', weight=2)
def affine_weights(impl, rng):
    layer, _ = passed_through(impl, *affine_case(rng))
    return layer.grads["W"]


@affine.check('backward stores the gradient of the biases in grads["b"], (M,)')
def affine_bias(impl, rng):
    layer, _ = passed_through(impl, *affine_case(rng))
    return layer.grads["b"]


@affine.check("backward returns the gradient of the input, (N, D)", weight=2)
def affine_input(impl, rng):
    _, dx = passed_through(impl, *affine_case(rng))
    return dx


@affine.check("an input (N, C, H, W) is flattened, one sample per row")
def affine_images(impl, rng):
    W, b = rng.normal(size=(2 * 3 * 4, 5)), rng.normal(size=5)
    return impl.Affine(W, b).forward(rng.normal(size=(6, 2, 3, 4)))


@affine.check("the gradient of such an input has its shape")
def affine_images_backward(impl, rng):
    W, b = rng.normal(size=(2 * 3 * 4, 5)), rng.normal(size=5)
    case = W, b, rng.normal(size=(6, 2, 3, 4)), rng.normal(size=(6, 5))
    layer, dx = passed_through(impl, *case)
    return {"dx": dx, "W": layer.grads["W"]}


@affine.check(SLOPES, at_most=1e-5)
def affine_slopes(impl, rng):
    W, b, x, dout = affine_case(rng)
    directions = [rng.normal(size=array.shape) for array in (W, b, x)]
    layer, dx = passed_through(impl, W, b, x, dout)

    def f(W, b, x):
        return np.sum(dout * impl.Affine(W, b).forward(x))

    errors = [
        slope_error(lambda v: f(v, b, x), W, layer.grads["W"], directions[0]),
        slope_error(lambda v: f(W, v, x), b, layer.grads["b"], directions[1]),
        slope_error(lambda v: f(W, b, v), x, dx, directions[2]),
    ]
    return max(errors)


@affine.check(
    "params holds the very arrays that were given: changed in place, they act", weight=0.5
)
def affine_live_parameters(impl, rng):
    W, b, x, _ = affine_case(rng)
    kept = {"W": keep(impl, W), "b": keep(impl, b)}
    layer = impl.Affine(kept["W"], kept["b"])
    before = layer.forward(x)
    kept["W"].fill(0.2)
    kept["b"].fill(0.7)
    return {"before": before, "after": layer.forward(x), "params": layer.params}


@affine.check("x, dout and the parameters are left as they were", weight=0.5)
def affine_inputs_stay(impl, rng):
    W, b, x, dout = (keep(impl, array) for array in affine_case(rng))
    _, dx = passed_through(impl, W, b, x, dout)
    kept = {"x": fetch(x), "dout": fetch(dout), "W": fetch(W), "b": fetch(b)}
    return {**kept, "shape of dx": np.shape(dx)}


@affine.check("a second batch, of another size, overwrites the gradients of the first")
def affine_overwrites(impl, rng):
    W, b, x, dout = affine_case(rng)
    layer, _ = passed_through(impl, W, b, x, dout)
    y = layer.forward(rng.normal(size=(4, 5)))
    dx = layer.backward(rng.normal(size=(4, 3)))
    return {"y": y, "dx": dx, "grads": layer.grads}


@affine.check("float32 stays float32", weight=0.5)
def affine_float32(impl, rng):
    W, b, x, dout = (array.astype("f4") for array in affine_case(rng))
    layer = impl.Affine(W, b)
    parts = {"y": layer.forward(x), "dx": layer.backward(dout), **layer.grads}
    return {name: str(np.asarray(part).dtype) for name, part in parts.items()}


def all_gradients(impl, *case):
    """Return the three gradients of an affine layer."""
    layer, dx = passed_through(impl, *case)
    return {"x": dx, "W": layer.grads["W"], "b": layer.grads["b"]}


def forward_calls(impl, rng, inputs, outputs):
    """Return how often a way back through a batch of 2 goes forward."""
    layer = impl.Affine(rng.normal(size=(inputs, outputs)), rng.normal(size=outputs))
    layer.forward(rng.normal(size=(2, inputs)))
    return calls_run(layer.backward, rng.normal(size=(2, outputs)), of=["forward"])


@affine.check(DERIVED, weight=0, required=True)
def affine_derived(impl, rng):
    W, b, x, dout = affine_case(rng)
    near = all_gradients(impl, W, b, x, dout)
    W[1], x[:, 1] = 1e-30 * W[1], 1e-30 * x[:, 1]
    far = all_gradients(impl, W, b, x, dout)
    few, many = forward_calls(impl, rng, 3, 2), forward_calls(impl, rng, 8, 5)
    return how_all_got(near, far, few, many)


# 7 Softmax with loss -----------------------------------------------------------------------------

softmax_loss = Task(
    "softmax_loss", "Softmax with loss", points=9, needs=["SoftmaxWithLoss"], minutes=20
)


def softmax_case(rng):
    """Draw logits (4, 6) and class numbers (4,); the last class does not occur."""
    return 2 * rng.normal(size=(4, 6)), rng.integers(5, size=4)


def softmax_gradient(impl, logits, labels, *dout):
    """Return what backward gives after one forward."""
    layer = impl.SoftmaxWithLoss()
    layer.forward(logits, labels)
    return layer.backward(*dout)


@softmax_loss.check("forward returns the mean loss, for class numbers", rtol=1e-4)
def loss_of_class_numbers(impl, rng):
    return impl.SoftmaxWithLoss().forward(*softmax_case(rng))


@softmax_loss.check("forward returns the mean loss, for one-hot rows", rtol=1e-4)
def loss_of_one_hot(impl, rng):
    logits, labels = softmax_case(rng)
    return impl.SoftmaxWithLoss().forward(logits, one_hot_rows(labels, 6))


@softmax_loss.check("backward returns the gradient of the logits, for class numbers", weight=2)
def gradient_of_class_numbers(impl, rng):
    return softmax_gradient(impl, *softmax_case(rng))


@softmax_loss.check("backward returns the gradient of the logits, for one-hot rows")
def gradient_of_one_hot(impl, rng):
    logits, labels = softmax_case(rng)
    return softmax_gradient(impl, logits, one_hot_rows(labels, 6))


OFFSETS = np.array([[1000.0], [-1000.0], [0.0], [500.0]])


@softmax_loss.check("logits around +1000 do the loss no harm", weight=0.5, rtol=1e-4)
def large_logits(impl, rng):
    logits, labels = softmax_case(rng)
    return impl.SoftmaxWithLoss().forward(logits + 1000, labels)


@softmax_loss.check("rows around +1000 and around −1000 do the loss no harm", weight=0.5, rtol=1e-4)
def rows_apart(impl, rng):
    logits, labels = softmax_case(rng)
    return impl.SoftmaxWithLoss().forward(logits + OFFSETS, labels)


@softmax_loss.check("nor do they harm the gradient", weight=0.5, rtol=1e-4)
def gradient_of_rows_apart(impl, rng):
    logits, labels = softmax_case(rng)
    return softmax_gradient(impl, logits + OFFSETS, labels)


@softmax_loss.check(
    "a right class whose probability rounds to 0 still gets its true loss", rtol=1e-4
)
def probability_of_zero(impl, rng):
    logits, labels = softmax_case(rng)
    logits[0, labels[0]] -= 1000
    return impl.SoftmaxWithLoss().forward(logits, labels)


@softmax_loss.check("backward scales with dout", weight=0.5)
def scaled_by_dout(impl, rng):
    return softmax_gradient(impl, *softmax_case(rng), rng.uniform(2, 3))


@softmax_loss.check(SLOPES, at_most=1e-5)
def softmax_slopes(impl, rng):
    logits, labels = softmax_case(rng)
    direction = rng.normal(size=logits.shape)
    layer = impl.SoftmaxWithLoss()
    layer.forward(logits, labels)
    gradient = layer.backward()
    return slope_error(lambda z: number(layer.forward(z, labels)), logits, gradient, direction)


@softmax_loss.check("backward gives the same when it is called twice", weight=0.5)
def softmax_twice(impl, rng):
    layer = impl.SoftmaxWithLoss()
    layer.forward(*softmax_case(rng))
    return {"first": layer.backward(), "second": layer.backward()}


@softmax_loss.check("logits and labels are left as they were", weight=0.5)
def softmax_inputs_stay(impl, rng):
    logits, labels = softmax_case(rng)
    rows = keep(impl, one_hot_rows(labels, 6))
    logits, labels = keep(impl, logits), keep(impl, labels)
    gradients = [softmax_gradient(impl, logits, labels), softmax_gradient(impl, logits, rows)]
    return {
        "logits": fetch(logits),
        "class numbers": fetch(labels),
        "one-hot rows": fetch(rows),
        "shapes of the gradients": [np.shape(gradient) for gradient in gradients],
    }


@softmax_loss.check(DERIVED, weight=0, required=True)
def softmax_derived(impl, rng):
    logits, labels = softmax_case(rng)
    near = softmax_gradient(impl, logits, labels)
    logits[:, :5] += 60  # the class that does not occur gets a probability of nearly 0
    far = softmax_gradient(impl, logits, labels)

    def calls(classes):
        layer = impl.SoftmaxWithLoss()
        layer.forward(rng.normal(size=(2, classes)), rng.integers(classes, size=2))
        return calls_run(layer.backward, of=["forward"])

    return how_all_got({"logits": near}, {"logits": far}, calls(3), calls(9))


# 8–10 The gradient check -------------------------------------------------------------------------

relative_error = Task(
    "relative_error", "The relative error", points=3, needs=["relative_error"], minutes=5
)


@relative_error.check("one error for each pair of elements", weight=2)
def error_of_arrays(impl, rng):
    scale = 10.0 ** rng.integers(-4, 5, size=(3, 4))
    return impl.relative_error(scale * signed(rng, 3, 4), scale * signed(rng, 3, 4))


@relative_error.check("two zeros have the error 0, a zero and another number the error 1")
def error_of_zeros(impl, rng):
    x = signed(rng, 2)
    a, b = np.array([0.0, 0.0, x[0], x[1]]), np.array([0.0, x[0], 0.0, x[1]])
    return impl.relative_error(a, b)


@relative_error.check("tiny numbers are compared as strictly as large ones")
def error_of_tiny(impl, rng):
    return impl.relative_error(1e-12 * signed(rng, 5), 1e-12 * signed(rng, 5))


crosses_kink = Task("crosses_kink", "Finding kinks", points=4, needs=["crosses_kink"], minutes=10)


def positive(x):
    """Say who wins max(x, 0), element by element."""
    return x > 0


@crosses_kink.check("a kink on either side of x is found, at the coordinate where it is", weight=2)
def both_sides(impl, rng):
    h = rng.uniform(0.01, 0.02)
    x = signed(rng, 3, 4)
    x[1, 2], x[2, 0] = 0.4 * h, -0.4 * h
    asked = [(1, 2), (2, 0), (1, 0), (2, 2), (0, 3)]
    return [impl.crosses_kink(positive, x, index, h) for index in asked]


@crosses_kink.check("a kink counts if it is nearer than h")
def within_h(impl, rng):
    h = rng.uniform(0.01, 0.02)
    x = h * np.array([[0.8, 1.3, -0.8], [-1.3, 0.9, -1.8]])
    return [impl.crosses_kink(positive, x, index, h) for index in np.ndindex(2, 3)]


@crosses_kink.check("one winner among many that changes is enough")
def one_of_many(impl, rng):
    h = rng.uniform(0.01, 0.02)
    W = signed(rng, 4, 6)
    x = rng.normal(size=4)
    b = np.copysign(3.0, rng.normal(size=6)) - x @ W  # far from 0, but for one unit
    b[2] = 0.5 * h * W[1, 2] - x @ W[:, 2]
    return impl.crosses_kink(lambda x: x @ W + b > 0, x, (1,), h)


@crosses_kink.check("the winners may be class numbers, or one mask for each side")
def kinds_of_winners(impl, rng):
    h = float(rng.integers(2, 6))  # a step may be a whole number, too
    x = h * np.array([[2.0, 1.4, 0.0], [0.0, 1.6, 1.0], [3.0, -3.0, 1.0]])

    def both_masks(v):  # as many win before as after
        return np.stack([v > h, v <= h])

    return {
        "argmax": [impl.crosses_kink(lambda v: v.argmax(axis=1), x, (i, 1), h) for i in range(3)],
        "masks": [impl.crosses_kink(both_masks, x, (i, 1), h) for i in range(3)],
    }


@crosses_kink.check("only one coordinate moves, by h each way, and x is left as it was")
def one_coordinate(impl, rng):
    h = rng.uniform(0.01, 0.02)
    x = signed(rng, 3, 4)
    seen, kept = [], keep(impl, x)
    impl.crosses_kink(lambda v: seen.append(v) or v > 0, kept, (2, 1), h)
    moves = np.array(seen or [x]) - x
    return {
        "winners is asked": len(seen) > 0,
        "coordinates moved": max(np.count_nonzero(np.abs(move) > 1e-9) for move in moves),
        "moves": [moves[:, 2, 1].min(), moves[:, 2, 1].max()],
        "x": fetch(kept),
    }


gradient_check = Task(
    "gradient_check", "The gradient check", points=6, needs=["gradient_check"], minutes=20
)


def smooth(rng):
    """Draw Σ c exp(x), where to take it, and its gradient there."""
    c, x = np.copysign(rng.uniform(1, 2, size=(2, 3)), signed(rng, 2, 3)), rng.normal(size=(2, 3))
    return (lambda v: float((c * np.exp(v)).sum())), x, c * np.exp(x)


def hinges(rng, h):
    """Draw Σ c max(x, 0), an x with three coordinates nearer than h to 0, and the gradient there.

    One of the three is nearer than any h that somebody may have chosen in its place.
    """
    c, x = signed(rng, 2, 4), signed(rng, 2, 4)
    x[0, 0], x[0, 1], x[1, 2], x[1, 3] = 1e-9, 0.3 * h, -0.3 * h, 1.0
    return (lambda v: float((c * np.maximum(v, 0)).sum())), x, c * (x > 0)


FIELDS = ("worst_error", "worst_index", "analytic", "numerical", "kinks", "unmeasured", "size")


def found_by(impl, fields, *args):
    """Return some fields of what gradient_check found."""
    found = impl.gradient_check(*args)
    return {name: found[FIELDS.index(name)] for name in fields}


WORST = ("worst_error", "worst_index")


def of_all_sizes(rng, h):
    """Draw 1024 + Σ slope · x, which is rounded by 2.3e-13, an x, and the slopes.

    They are a third of the uncertainty, three times, and a hundred times as large, up and down; one
    is 0.
    """
    uncertainty = 20 * 2.3e-13 / h
    sizes = rng.permutation([0.0, 0.3, -0.3, 3.0, -3.0, 100.0, -120.0, -150.0])
    slopes = sizes.reshape(2, 4) * uncertainty
    return (lambda v: 1024.0 + float((slopes * v).sum())), signed(rng, 2, 4), slopes


@gradient_check.check("a right gradient passes: its worst error is tiny", at_most=1e-7)
def right_gradient(impl, rng):
    return number(found_by(impl, ["worst_error"], *smooth(rng))["worst_error"])


@gradient_check.check("a right gradient passes where rounding is larger than its slopes")
def right_but_small(impl, rng):
    h = rng.uniform(1e-3, 2e-3)
    return found_by(impl, ["worst_error"], *of_all_sizes(rng, h), None, h)


@gradient_check.check("of two wrong components, the worse is found", weight=2, rtol=1e-5)
def wrong_components(impl, rng):
    f, x, gradient = smooth(rng)
    gradient[1, 1] *= 1.3
    gradient[0, 2] *= 1.1
    return found_by(impl, WORST, f, x, gradient)


@gradient_check.check("both slopes at the worst place, and the size of x", weight=0.5, rtol=1e-5)
def worst_slopes(impl, rng):
    f, x, gradient = smooth(rng)
    gradient[0, 1] *= 1.2
    return found_by(impl, ("analytic", "numerical", "size"), f, x, gradient)


@gradient_check.check("kinks are skipped and counted", weight=2, atol=1e-6)
def kinks_skipped(impl, rng):
    h = rng.uniform(1e-3, 2e-3)
    return found_by(impl, ("worst_error", "kinks"), *hinges(rng, h), positive, h)


@gradient_check.check("slopes that are hardly measured are counted, but not those at kinks")
def small_counted(impl, rng):
    h = rng.uniform(1e-3, 2e-3)
    f, x, gradient = of_all_sizes(rng, h)
    flat = [tuple(index) for index in np.argwhere(gradient == 0)]
    x[flat[0]] = 0.2 * h  # as flat as before, but what wins changes there
    return found_by(impl, ("kinks", "unmeasured"), f, x, gradient, positive, h)


@gradient_check.check("an error beyond the kinks is still found", rtol=1e-5)
def error_beyond_kinks(impl, rng):
    h = rng.uniform(1e-3, 2e-3)
    f, x, gradient = hinges(rng, h)
    gradient[1, 3] *= 0.5
    return found_by(impl, (*WORST, "kinks"), f, x, gradient, positive, h)


@gradient_check.check("without winners, nothing is skipped", rtol=1e-5)
def kinks_unseen(impl, rng):
    h = rng.uniform(1e-3, 2e-3)
    return found_by(impl, (*WORST, "kinks"), *hinges(rng, h), None, h)


@gradient_check.check("a wrong gradient is found where all slopes are tiny", rtol=1e-5)
def tiny_slopes(impl, rng):
    f, x, gradient = smooth(rng)
    gradient[0, 1] *= 1.2
    return found_by(impl, WORST, lambda v: 1e-9 * f(v), x, 1e-9 * gradient)


@gradient_check.check("f is called for points at a distance of h, and no farther", weight=0.5)
def distance_of_h(impl, rng):
    h = rng.uniform(1e-3, 2e-3)
    f, x, gradient = smooth(rng)
    points = []
    impl.gradient_check(lambda v: points.append(v) or f(v), x, gradient, None, h)
    return np.abs(np.array(points) - x).max()


@gradient_check.check(
    "another dtype than float64, or a gradient of another shape, is refused (ValueError)"
)
def refused(impl, rng):
    f, x, gradient = smooth(rng)
    check = impl.gradient_check
    return {
        "x in float32": exception_of(check, f, x.astype("f4"), gradient),
        "x in float16": exception_of(check, f, x.astype("f2"), gradient),
        "gradient of shape (3,)": exception_of(check, f, x, gradient[0]),
        "gradient of shape (2, 1)": exception_of(check, f, x, gradient[:, :1]),
    }


# 11–12 A network ---------------------------------------------------------------------------------

two_layer_net = Task(
    "two_layer_net", "A network of two layers", points=9, needs=["TwoLayerNet"], minutes=25
)


def network_case(rng):
    """Draw parameters, inputs (6, 5) and class numbers (6,); no hidden unit is near its kink."""
    params = {
        "W1": rng.normal(size=(5, 7)),
        "b1": rng.normal(size=7),
        "W2": rng.normal(size=(7, 3)),
        "b2": rng.normal(size=3),
    }
    x = rng.normal(size=(60, 5))
    is_clear = np.abs(x @ params["W1"] + params["b1"]).min(axis=1) > 0.02
    return params, x[is_clear][:6], rng.integers(3, size=6)


@two_layer_net.check("predict returns the logits")
def net_predict(impl, rng):
    params, x, _ = network_case(rng)
    return impl.TwoLayerNet(params).predict(x)


@two_layer_net.check(
    "loss returns the mean loss, for class numbers and for one-hot rows", rtol=1e-4
)
def net_loss(impl, rng):
    params, x, labels = network_case(rng)
    net = impl.TwoLayerNet(params)
    return {
        "class numbers": net.loss(x, labels),
        "one-hot rows": net.loss(x, one_hot_rows(labels, 3)),
    }


@two_layer_net.check('gradients: "W2" and "b2"', weight=2)
def net_second_layer(impl, rng):
    params, x, labels = network_case(rng)
    grads = impl.TwoLayerNet(params).gradients(x, labels)
    return {"W2": grads["W2"], "b2": grads["b2"]}


@two_layer_net.check('gradients: "W1" and "b1"', weight=2)
def net_first_layer(impl, rng):
    params, x, labels = network_case(rng)
    grads = impl.TwoLayerNet(params).gradients(x, labels)
    return {"W1": grads["W1"], "b1": grads["b1"]}


@two_layer_net.check("loss_and_gradients returns what loss and gradients return", rtol=1e-4)
def net_both(impl, rng):
    params, x, labels = network_case(rng)
    net = impl.TwoLayerNet(params)
    loss, grads = net.loss_and_gradients(x, labels)
    alone = impl.TwoLayerNet(params).gradients(x, labels)
    same = all(np.allclose(grads[name], alone[name], rtol=1e-9, atol=0) for name in params)
    return {"loss": loss, "the same gradients": same}


@two_layer_net.check("gradients are those of the batch that is given, whatever came before")
def net_new_batch(impl, rng):
    params, x, labels = network_case(rng)
    net = impl.TwoLayerNet(params)
    net.loss(x, labels)
    net.gradients(x[:2], labels[:2])
    return net.gradients(x[2:], labels[2:])


@two_layer_net.check(
    "the gradients agree with slopes measured on your own loss, along a random direction",
    at_most=1e-5,
)
def net_slopes(impl, rng):
    params, x, labels = network_case(rng)
    directions = {name: rng.normal(size=array.shape) for name, array in params.items()}
    grads = impl.TwoLayerNet(params).gradients(x, labels)

    def error(name):
        def loss(value):
            return number(impl.TwoLayerNet({**params, name: value}).loss(x, labels))

        return slope_error(loss, params[name], grads[name], directions[name])

    return max(error(name) for name in params)


@two_layer_net.check(
    "ten classes and small weights: the loss is near log 10 (distance)", at_most=0.05
)
def net_first_loss(impl, rng):
    net = impl.TwoLayerNet(init_network((8, 20, 10), rng, 0.01))
    loss = net.loss(rng.normal(size=(30, 8)), rng.integers(10, size=30))
    return abs(number(loss) - np.log(10))


@two_layer_net.check("params holds the very arrays that were given: changed in place, they act")
def net_live_parameters(impl, rng):
    params, x, _ = network_case(rng)
    kept = {name: keep(impl, array) for name, array in params.items()}
    net = impl.TwoLayerNet(kept)
    before = net.predict(x)
    kept["b1"].fill(0.7)
    kept["W2"].fill(0.1)
    kept["b2"].fill(0.3)
    return {"before": before, "after": net.predict(x), "params": net.params}


@two_layer_net.check("gradients leaves x, labels and parameters as they were", weight=0.5)
def net_inputs_stay(impl, rng):
    params, x, labels = network_case(rng)
    kept = {name: keep(impl, array) for name, array in params.items()}
    x, labels = keep(impl, x), keep(impl, labels)
    shape = np.shape(impl.TwoLayerNet(kept).gradients(x, labels)["W1"])
    kept |= {"x": x, "labels": labels}
    return {**{name: fetch(array) for name, array in kept.items()}, "shape of the gradient": shape}


@two_layer_net.check(DERIVED, weight=0, required=True)
def net_derived(impl, rng):
    params, x, _ = network_case(rng)
    labels = rng.integers(2, size=6)
    params["W2"][0] *= 1e-6  # a hidden unit that counts little, and then hardly at all
    near = impl.TwoLayerNet(params).gradients(x, labels)
    params["W2"][0] *= 1e-24
    params["b2"][:2] += 60  # the class that does not occur gets a probability of nearly 0
    far = impl.TwoLayerNet(params).gradients(x, labels)

    def calls(*sizes):
        net, x = impl.TwoLayerNet(init_network(sizes, rng, 0.5)), rng.normal(size=(2, sizes[0]))
        of = ["forward", "predict", "loss"]
        return calls_run(net.gradients, x, rng.integers(sizes[-1], size=2), of=of)

    return how_all_got(near, far, calls(2, 3, 2), calls(4, 6, 3))


train = Task("train", "Training", points=8, needs=["train"], minutes=15)


@lru_cache(maxsize=8)  # some checks of a run, at its inputs and at the visible ones
def split(seed):
    """Return the digits, split afresh for each seed."""
    return digits(seed=seed)


def training_case(rng):
    """Draw parameters, a training set of 6 rows, and batches of different sizes."""
    batches = [rng.permutation(6)[:size] for size in (4, 2, 3, 5, 2)]
    return *network_case(rng), batches


@train.check("the losses are those of the batches, each before its step", weight=2, rtol=1e-4)
def training_losses(impl, rng):
    params, x, labels, batches = training_case(rng)
    return impl.train(impl.TwoLayerNet(params), x, labels, batches, 0.1)


@train.check("after one step, each parameter has moved against its gradient")
def training_one_step(impl, rng):
    params, x, labels, batches = training_case(rng)
    net = impl.TwoLayerNet(params)
    impl.train(net, x, labels, batches[:1], rng.uniform(0.2, 0.4))
    return net.params


@train.check("after five steps, the parameters are where the reference's are", weight=2)
def training_five_steps(impl, rng):
    params, x, labels, batches = training_case(rng)
    net = impl.TwoLayerNet(params)
    impl.train(net, x, labels, batches, 0.1)
    return net.params


@train.check("the network itself has changed: it predicts something else")
def training_acts(impl, rng):
    params, x, labels, batches = training_case(rng)
    net = impl.TwoLayerNet(params)
    impl.train(net, x, labels, batches, 0.1)
    return net.predict(x)


@train.check("the arrays that the network was made from are the ones that change", weight=0.5)
def training_in_place(impl, rng):
    params, x, labels, batches = training_case(rng)
    kept = {name: keep(impl, array) for name, array in params.items()}
    impl.train(impl.TwoLayerNet(kept), x, labels, batches[:1], 0.1)
    return {name: fetch(array) for name, array in kept.items()}


@train.check("twenty digits are learned by heart: the last loss is small", at_most=0.1)
def training_overfits(impl, rng):
    data = split(int(rng.integers(1000)))
    x, labels = data.x_train[:20], data.labels_train[:20]
    net = impl.TwoLayerNet(init_network((64, 20, 10), rng, 0.1))
    return number(impl.train(net, x, labels, [np.arange(20)] * 100, 0.5)[-1])


@train.check(
    "a network trained on 1348 digits recognizes 85 % of the others", weight=2, at_least=0.85
)
def training_generalizes(impl, rng):
    data = split(int(rng.integers(1000)))
    batches = list(rng.integers(len(data.x_train), size=(150, 40)))
    net = impl.TwoLayerNet(init_network((64, 20, 10), rng, 0.1))
    impl.train(net, data.x_train, data.labels_train, batches, 0.3)
    return float(np.mean(np.argmax(net.predict(data.x_test), axis=1) == data.labels_test))


# 13–14 How large gradients are -------------------------------------------------------------------

gradient_norms = Task(
    "gradient_norms", "Gradients on their way back", points=5, needs=["gradient_norms"], minutes=10
)


def stack(impl, rng):
    """Make four layers, no two of the same width, from 4 inputs to 3 outputs."""
    return [
        impl.Affine(rng.normal(size=(4, 6)), rng.normal(size=6)),
        impl.Tanh(),
        impl.Affine(rng.normal(size=(6, 3)), rng.normal(size=3)),
        impl.Sigmoid(),
    ]


@gradient_norms.check("one norm for each layer, first layer first", weight=2)
def norms_of_stack(impl, rng):
    layers = stack(impl, rng)
    return impl.gradient_norms(layers, rng.normal(size=(5, 4)), rng.normal(size=(5, 3)))


@gradient_norms.check("a single layer: the norm of the gradient of its input")
def norm_of_one(impl, rng):
    layer = impl.Affine(rng.normal(size=(4, 3)), rng.normal(size=3))
    return impl.gradient_norms([layer], rng.normal(size=(5, 4)), rng.normal(size=(5, 3)))


@gradient_norms.check("each layer gets what the layer before it gives, forward and backward")
def norms_of_activations(impl, rng):
    layers = [impl.Tanh(), impl.Sigmoid(), impl.Tanh()]
    return impl.gradient_norms(layers, signed(rng, 5, 4), rng.normal(size=(5, 4)))


@gradient_norms.check("x and dout are left as they were", weight=0.5)
def norms_inputs_stay(impl, rng):
    x, dout = keep(impl, rng.normal(size=(5, 4))), keep(impl, rng.normal(size=(5, 3)))
    norms = impl.gradient_norms(stack(impl, rng), x, dout)
    return {"x": fetch(x), "dout": fetch(dout), "number of norms": len(norms)}


clip_by_norm = Task(
    "clip_by_norm",
    "Gradient clipping",
    points=5,
    needs=["clip_by_norm", "joint_norm"],
    minutes=10,
)


def gradients_case(rng):
    """Draw the gradients of a network, some large and some small; their joint norm is about 10."""
    return {
        "W1": 2 * signed(rng, 3, 5),
        "b1": 0.1 * signed(rng, 5),
        "W2": signed(rng, 5, 2),
        "b2": 3 * signed(rng, 2),
    }


@clip_by_norm.check("joint_norm: the norm of one long vector")
def norm_of_all(impl, rng):
    return impl.joint_norm(gradients_case(rng))


@clip_by_norm.check("large gradients: all are scaled by one factor", weight=2)
def clip_large(impl, rng):
    clipped, _ = impl.clip_by_norm(gradients_case(rng), rng.uniform(1, 2))
    return clipped


@clip_by_norm.check("the joint norm before clipping is returned as well")
def clip_norm(impl, rng):
    _, norm = impl.clip_by_norm(gradients_case(rng), rng.uniform(1, 2))
    return norm


@clip_by_norm.check("small gradients are scaled, too, where the limit is smaller still")
def clip_below_one(impl, rng):
    small = {name: 0.05 * array for name, array in gradients_case(rng).items()}
    clipped, _ = impl.clip_by_norm(small, rng.uniform(0.1, 0.2))
    return clipped


@clip_by_norm.check("gradients within the limit are returned unchanged")
def clip_small(impl, rng):
    clipped, norm = impl.clip_by_norm(gradients_case(rng), rng.uniform(100, 200))
    return {"clipped": clipped, "norm": norm}


@clip_by_norm.check("gradients that are all 0 stay 0", weight=0.5)
def clip_zeros(impl, rng):
    zeros = {name: 0 * array for name, array in gradients_case(rng).items()}
    clipped, norm = impl.clip_by_norm(zeros, 1.0)
    return {"clipped": clipped, "norm": norm}


@clip_by_norm.check(
    "the dictionary that is given, and its arrays, are left as they were", weight=0.5
)
def clip_inputs_stay(impl, rng):
    kept = keep(impl, gradients_case(rng))
    clipped, _ = impl.clip_by_norm(kept, 1.0)
    return {**fetch(kept), "keys": sorted(clipped)}
