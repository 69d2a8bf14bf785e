"""The tasks of chapter 1, and how each is checked.

A check drives an implementation and returns what it gave; that is compared with what the
reference gives for the same inputs. The inputs are such that no mistake can hide: batches of
several rows, no square matrices, numbers of both signs, biases that decide.
"""

from itertools import pairwise

import numpy as np

from handgrad import Question, Task, fetch, keep, lines_run

ROWS = [(0, 0), (0, 1), (1, 0), (1, 1)]
SEVEN = np.array([1, 0, 1, 0, 1, 0, 1]), np.array([0, 0, 1, 1, 1, 0, 0])
"""All four rows of a truth table, some of them twice: as two arrays (7,)."""


BOTH_SIGNS = np.array([-3.1, -2.2, -1.2, -0.7, -0.4, -0.05, 0.02, 0.3, 0.8, 1.4, 2.5, 3.3])


def signed(rng, *shape):
    """Draw numbers of both signs, none of them near 0."""
    x = rng.normal(size=shape)
    return x + np.copysign(0.1, x)


def shape_of(value):
    """Return a shape in words; what returns nothing has none."""
    return "none: nothing was returned" if value is None else str(np.shape(value))


def kind_of(value):
    """Return what an answer is made of, in words."""
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}"
    return f"no array: {type(value).__name__}"


def numbers_or_truth(*answers):
    """Say whether there are truth values among the answers."""
    truth = any(np.asarray(answer).dtype.kind == "b" for answer in answers)
    return "truth values" if truth else "numbers"


def table(gate):
    """Return the four outputs of a gate, one by one."""
    return [gate(x1, x2) for x1, x2 in ROWS]


# 1 The step --------------------------------------------------------------------------------------

step = Task("step", "The step function", points=2, needs=["step"], minutes=5)


@step.check("an array: 1 where x > 0, else 0, one answer for each element", weight=2)
def step_of_array(impl, rng):
    return impl.step(rng.permutation(BOTH_SIGNS).reshape(3, 4))


@step.check("one number, of either sign")
def step_of_number(impl, rng):
    x = rng.uniform(1, 2)
    return {"positive": impl.step(x), "negative": impl.step(-x)}


@step.check("at exactly 0 the answer is 0")
def step_at_zero(impl, rng):
    x = rng.permutation(BOTH_SIGNS).reshape(3, 4)
    x[1] = 0
    return impl.step(x)


@step.check("x is left as it was", weight=0.5)
def step_leaves_x(impl, rng):
    x = keep(impl, signed(rng, 3, 4))
    shape = shape_of(impl.step(x))
    return {"x": fetch(x), "shape of the answer": shape}


@step.check("the answers are numbers: truth values cannot be added up", weight=0.5)
def step_gives_numbers(impl, rng):
    x = signed(rng, 3, 4)
    array, number = impl.step(x), impl.step(float(x[0, 0]))
    return {"shape of the answer": shape_of(array), "answers": numbers_or_truth(array, number)}


# 2 The perceptron --------------------------------------------------------------------------------

perceptron = Task("perceptron", "The perceptron", points=4, needs=["perceptron"], minutes=10)

SCORES = np.outer([-1, 1], [0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.2, 1.6, 2.3, 3.2]).ravel()


def decisions(rng, b):
    """Draw inputs (20, 5) and weights (5,); without a bias of ±1, six of the answers change."""
    x, w = rng.normal(size=(20, 5)), rng.normal(size=5)
    scores = rng.permutation(SCORES)
    return x + np.outer(scores - x @ w, w / (w @ w)), w, b


@perceptron.check("one input (D,): one answer")
def one_input(impl, rng):
    x, w, b = decisions(rng, 1.0)
    answers = [impl.perceptron(row, w, b) for row in x]
    return {"answers": answers, "shape of an answer": shape_of(answers[0])}


@perceptron.check("a negative bias makes a yes harder")
def negative_bias(impl, rng):
    x, w, b = decisions(rng, -1.0)
    return [impl.perceptron(row, w, b) for row in x]


@perceptron.check("a batch (N, D): N answers", weight=2)
def batch(impl, rng):
    x, w, b = decisions(rng, rng.permutation([-1.0, 1.0])[0])
    return impl.perceptron(x, w, b)


@perceptron.check("where the sum is exactly 0, the answer is 0")
def on_the_line(impl, rng):
    w = rng.permutation([1.0, -2.0, 3.0])
    x = rng.integers(1, 5, size=(6, 3)).astype(float)
    return impl.perceptron(x, w, -float(x[2] @ w))


@perceptron.check("inputs may be whole numbers or truth values", weight=0.5)
def other_inputs(impl, rng):
    w = rng.permutation([1.5, -2.5, 1.0, 0.7])
    bits = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 1, 1, 0], [1, 1, 1, 0], [0, 0, 1, 1]])
    return {
        "whole numbers": impl.perceptron(2 * bits - 3, w, 0.4),
        "truth values": impl.perceptron(bits == 1, w, -0.4),
    }


@perceptron.check("x and w are left as they were", weight=0.5)
def perceptron_leaves_inputs(impl, rng):
    given = {"x": keep(impl, signed(rng, 6, 3)), "w": keep(impl, signed(rng, 3))}
    shape = shape_of(impl.perceptron(given["x"], given["w"], 0.4))
    return {**{name: fetch(array) for name, array in given.items()}, "shape": shape}


# 3–5 Gates ---------------------------------------------------------------------------------------

gates = Task(
    "gates", "Three gates", points=4, needs=["and_gate", "or_gate", "nand_gate"], minutes=15
)


@gates.check("AND: its truth table")
def and_table(impl, rng):
    return table(impl.and_gate)


@gates.check("OR: its truth table")
def or_table(impl, rng):
    return table(impl.or_gate)


@gates.check("NAND: its truth table")
def nand_table(impl, rng):
    return table(impl.nand_gate)


@gates.check("arrays (N,): one answer for each pair of inputs")
def gates_of_arrays(impl, rng):
    return {
        "AND": impl.and_gate(*SEVEN),
        "OR": impl.or_gate(*SEVEN),
        "NAND": impl.nand_gate(*SEVEN),
    }


@gates.check("the answers are numbers: the next gate adds them up", weight=0.5)
def gates_give_numbers(impl, rng):
    answers = [gate(*SEVEN) for gate in (impl.and_gate, impl.or_gate, impl.nand_gate)]
    shapes = [shape_of(answer) for answer in answers]
    return {"shapes": ", ".join(shapes), "answers": numbers_or_truth(*answers)}


xor = Task("xor", "XOR in two layers", points=3, needs=["xor_gate"], minutes=5)


@xor.check("XOR: its truth table", weight=2)
def xor_table(impl, rng):
    return table(impl.xor_gate)


@xor.check("arrays (N,): one answer for each pair of inputs")
def xor_of_arrays(impl, rng):
    return impl.xor_gate(*SEVEN)


why_not_equal = Question("why_not_equal", "Which gates are impossible?", points=3)

xor_from_nand = Task(
    "xor_from_nand", "NAND is enough", points=4, needs=["xor_from_nand"], minutes=20
)


class Counted:
    """A gate of two inputs that counts how often it is asked."""

    def __init__(self, gate):
        self.gate, self.calls = gate, 0

    def __call__(self, *inputs):
        if len(inputs) != 2:
            raise TypeError(f"a gate takes two inputs, as in nand(x1, x2); this got {len(inputs)}")
        self.calls += 1
        return self.gate(*(np.asarray(x).astype(int) for x in inputs))


def nand(x1, x2):
    """Answer as NAND does."""
    return 1 - x1 * x2


def nor(x1, x2):
    """Answer 1 where both inputs are 0."""
    return (1 - x1) * (1 - x2)


@xor_from_nand.check("XOR, made of a NAND gate that is handed over", weight=2)
def from_given_nand(impl, rng):
    return [impl.xor_from_nand(x1, x2, Counted(nand)) for x1, x2 in ROWS]


@xor_from_nand.check("it is this gate that works: an XOR takes four calls at least")
def enough_calls(impl, rng):
    gate = Counted(nand)
    answers = impl.xor_from_nand(*SEVEN, gate)
    calls = f"{min(gate.calls, 4)} calls" + " or more" * (gate.calls >= 4)
    return {"calls": calls, "answers": answers}


@xor_from_nand.check("arrays (N,): one answer for each pair of inputs")
def from_nand_of_arrays(impl, rng):
    return impl.xor_from_nand(*SEVEN, Counted(nand))


@xor_from_nand.check("without a third argument it is made of your own NAND gate", weight=0.5)
def from_own_nand(impl, rng):
    return [impl.xor_from_nand(x1, x2) for x1, x2 in ROWS]


@xor_from_nand.check("nothing else is in it: handed a NOR, it says whether x1 and x2 are equal")
def from_nor(impl, rng):
    return {
        name: [impl.xor_from_nand(x1, x2, Counted(gate)) for x1, x2 in ROWS]
        for name, gate in (("NAND", nand), ("NOR", nor))
    }


# 6 Learning --------------------------------------------------------------------------------------

learning = Task("learning", "A perceptron that learns", points=9, needs=["Perceptron"], minutes=40)


def tangled(rng):
    """Draw samples (9, 3) that no line separates: the last is the first, with another answer."""
    x = rng.normal(size=(9, 3))
    x[8] = x[0]
    return x, np.array([1, 0, 0, 1, 1, 1, 0, 1, 0])


def beginner(impl, rng):
    """Make a perceptron (3,) that starts somewhere."""
    return impl.Perceptron(0.5 * signed(rng, 3), 0.3)


def state(model):
    """Return what a perceptron has learned."""
    return {"w": model.w, "b": model.b}


def after_one(impl, rng, score, target):
    """Return what a perceptron has learned after one sample, which it gives a certain score."""
    w = np.array([0.5, -1.0, 1.5]) * rng.uniform(1, 2)
    x, b = rng.normal(size=(1, 3)), 0.4
    x += (score - b - x @ w) * w / (w @ w)
    model = impl.Perceptron(w, b)
    mistakes = model.fit(x, np.array([target]), 1, rng.uniform(0.1, 0.2))
    return {"mistakes": mistakes, **state(model)}


@learning.check("predict: 0 or 1 for a batch (N, D)")
def predict_batch(impl, rng):
    x, w, b = decisions(rng, rng.permutation([-1.0, 1.0])[0])
    return impl.Perceptron(w, b).predict(x)


@learning.check("predict: for one input (D,) as well", weight=0.5)
def predict_one(impl, rng):
    x, w, b = decisions(rng, 1.0)
    model = impl.Perceptron(w, b)
    return [model.predict(row) for row in x]


@learning.check("a 1 that was taken for a 0 corrects w and b", weight=1.5)
def missed(impl, rng):
    return after_one(impl, rng, -0.2, 1)


@learning.check("a 0 that was taken for a 1 corrects w and b", weight=1.5)
def false_alarm(impl, rng):
    return after_one(impl, rng, 0.3, 0)


@learning.check("a sample that is right changes nothing")
def right_already(impl, rng):
    return [after_one(impl, rng, -0.6, 0), after_one(impl, rng, 0.6, 1)]


@learning.check("where the sum is exactly 0, as at a start with w = 0, the answer is 0")
def from_zero(impl, rng):
    x, targets = signed(rng, 5, 3), np.array([0, 1, 1, 0, 1])
    model = impl.Perceptron(np.zeros(3))
    answers = model.predict(x)
    mistakes = model.fit(x, targets, 1, rng.uniform(0.3, 0.6))
    return {"answers before fit": answers, "mistakes": mistakes, **state(model)}


@learning.check("the samples have their turn in order, each with what was learned before it")
def one_epoch(impl, rng):
    model = beginner(impl, rng)
    model.fit(*tangled(rng), 1, rng.uniform(0.3, 0.6))
    return state(model)


@learning.check("fit returns the mistakes of each epoch, counted at each sample's turn", weight=2)
def mistakes_counted(impl, rng):
    return beginner(impl, rng).fit(*tangled(rng), 5, rng.uniform(0.3, 0.6))


@learning.check("several epochs, and a second fit that goes on where the first stopped")
def goes_on(impl, rng):
    model, (x, targets) = beginner(impl, rng), tangled(rng)
    rate = rng.uniform(0.3, 0.6)
    first = model.fit(x, targets, 3, rate)
    between = state(model)
    return {"first": first, **between, "second": model.fit(x, targets, 2, rate), "end": model.w}


@learning.check("without a learning rate, it is 1", weight=0.5)
def default_rate(impl, rng):
    model = beginner(impl, rng)
    mistakes = model.fit(*tangled(rng), 2)
    return {"mistakes": mistakes, **state(model)}


@learning.check("where a line can separate the samples, an epoch without mistakes comes")
def separable(impl, rng):
    normal = np.array([0.6, -0.8])
    x = rng.uniform(-1.5, 1.5, size=(16, 2))
    targets = (x @ normal > 0.5).astype(int)
    x += np.outer(np.where(targets, 0.6, -0.6), normal)
    model = impl.Perceptron(np.zeros(2))
    mistakes = model.fit(x, targets, 30)  # Novikoff's bound: at most 29 mistakes in all
    found = model.predict(x)
    return {
        "epochs": len(mistakes),
        "mistakes in the last epoch": mistakes[-1],
        "answers": found,
    }


@learning.check("the array w, x and targets are left as they were", weight=0.5)
def learning_leaves_inputs(impl, rng):
    x, targets = tangled(rng)
    given = {"w": keep(impl, signed(rng, 3)), "x": keep(impl, x), "targets": keep(impl, targets)}
    mistakes = impl.Perceptron(given["w"], 0.3).fit(given["x"], given["targets"], 2)
    return {**{name: fetch(array) for name, array in given.items()}, "epochs": len(mistakes)}


# 7–8 Activations ---------------------------------------------------------------------------------

sigmoid = Task("sigmoid", "The sigmoid", points=4, needs=["sigmoid"], minutes=10)
activations = Task("activations", "tanh and ReLU", points=4, needs=["tanh", "relu"], minutes=5)

HUGE = np.array([[-1000.0, 1000.0, 800.0], [0.0, -800.0, -0.5]])


def add_activation_checks(task, name, label):
    """Add what every activation function has to pass."""

    def values(impl, rng):
        return getattr(impl, name)(rng.permutation(BOTH_SIGNS).reshape(3, 4))

    def huge(impl, rng):
        return getattr(impl, name)(HUGE)

    def form(impl, rng):
        x = signed(rng, 2, 3, 1, 4)
        narrow = np.asarray(getattr(impl, name)(x.astype("f4")))
        wide = np.asarray(getattr(impl, name)(x))
        dtypes = {"of float32": str(narrow.dtype), "of float64": str(wide.dtype)}
        return {"shape": shape_of(narrow), **dtypes}

    def whole(impl, rng):
        return getattr(impl, name)(rng.permutation(np.arange(-3, 4)))

    def leaves_x(impl, rng):
        x = signed(rng, 3, 4)
        x[1] = 10_000 * np.abs(x[1]) * [1, -1, 1, -1]  # who cuts these off needs another array
        kept = keep(impl, x)
        shape = shape_of(getattr(impl, name)(kept))
        return {"x": fetch(kept), "shape of the result": shape}

    def add(function, title, weight):
        function.__name__ = f"{name}_{function.__name__}"
        task.check(f"{label}: {title}", weight=weight)(function)

    add(values, "one value for each element", 2)
    add(huge, "inputs of ±1000 give finite numbers", 1)
    add(form, "an array of any shape keeps its shape, and float32 stays float32", 0.5)
    add(whole, "whole numbers are inputs, too", 0.5)
    add(leaves_x, "x is left as it was", 0.5)


add_activation_checks(sigmoid, "sigmoid", "sigmoid")
add_activation_checks(activations, "tanh", "tanh")
add_activation_checks(activations, "relu", "ReLU")


# 9 Two layers without an activation --------------------------------------------------------------

collapse = Task("collapse", "Two layers in one", points=4, needs=["collapse_affine"], minutes=10)


def two_maps(rng):
    """Draw W1 (4, 3), b1 (3,), W2 (3, 5), b2 (5,)."""
    return (
        rng.normal(size=(4, 3)),
        rng.normal(size=3),
        rng.normal(size=(3, 5)),
        rng.normal(size=5),
    )


@collapse.check("W, the matrix of both layers", weight=1.5)
def collapsed_matrix(impl, rng):
    W, _ = impl.collapse_affine(*two_maps(rng))
    return W


@collapse.check("b, the biases of both layers", weight=1.5)
def collapsed_bias(impl, rng):
    _, b = impl.collapse_affine(*two_maps(rng))
    return b


@collapse.check("a batch: x W + b is what comes out of the two layers")
def collapsed_acts(impl, rng):
    maps, x = two_maps(rng), rng.normal(size=(7, 4))
    W, b = impl.collapse_affine(*maps)
    return x @ np.asarray(W) + np.asarray(b)


@collapse.check("three layers: collapsed twice, they are one")
def collapsed_twice(impl, rng):
    W, b = impl.collapse_affine(*two_maps(rng))
    return impl.collapse_affine(W, b, rng.normal(size=(5, 2)), rng.normal(size=2))


@collapse.check("the four arrays are left as they were", weight=0.5)
def collapse_leaves_inputs(impl, rng):
    names = ["W1", "b1", "W2", "b2"]
    given = [keep(impl, array) for array in two_maps(rng)]
    W, b = impl.collapse_affine(*given)
    kept = {name: fetch(array) for name, array in zip(names, given, strict=True)}
    return {**kept, "shape of W": shape_of(W), "shape of b": shape_of(b)}


# 10 Softmax --------------------------------------------------------------------------------------

softmax = Task("softmax", "Softmax", points=6, needs=["softmax"], minutes=15)


def logits(rng, *shape):
    """Draw scores, no two of them alike."""
    return 2 * rng.normal(size=shape)


@softmax.check("a batch of logits (N, C): each row becomes probabilities", weight=2)
def softmax_of_batch(impl, rng):
    return impl.softmax(logits(rng, 4, 6))


@softmax.check("a single row (C,)")
def softmax_of_row(impl, rng):
    return impl.softmax(logits(rng, 6))


@softmax.check("logits around +1000")
def softmax_of_large(impl, rng):
    return impl.softmax(logits(rng, 4, 6) + 1000)


@softmax.check("rows that lie far apart, some around −1000")
def softmax_of_rows_apart(impl, rng):
    offsets = np.array([[1000.0], [-1000.0], [0.0], [500.0]])
    return impl.softmax(logits(rng, 4, 6) + offsets)


@softmax.check("one logit far above the rest of its row", weight=0.5)
def softmax_of_spread(impl, rng):
    x = logits(rng, 3, 5)
    x[[0, 1, 2], rng.permutation(5)[:3]] += [2000, 800, 1200]
    return impl.softmax(x)


@softmax.check("more axes: always along the last one; float32 stays float32", weight=0.5)
def softmax_of_any_shape(impl, rng):
    x = logits(rng, 2, 3, 4)
    return {"values": impl.softmax(x), "dtype": str(np.asarray(impl.softmax(x.astype("f4"))).dtype)}


@softmax.check("the logits are left as they were", weight=0.5)
def softmax_leaves_logits(impl, rng):
    x = keep(impl, logits(rng, 4, 6))
    shape = shape_of(impl.softmax(x))
    return {"logits": fetch(x), "shape of the result": shape}


@softmax.check("no loop over the rows: sixty rows run as few lines of your code as six", weight=0.5)
def softmax_without_loop(impl, rng):
    six, sixty = logits(rng, 6, 5), logits(rng, 60, 5)
    more = lines_run(impl.softmax, sixty) > lines_run(impl.softmax, six)
    return {
        "lines that run for sixty rows": "more than for six" if more else "as many as for six",
        "shape of the result": shape_of(impl.softmax(six)),
    }


which_output = Question("which_output", "Choose the activations", points=3)


# 11–12 A network ---------------------------------------------------------------------------------

init_network = Task(
    "init_network", "The parameters of a network", points=5, needs=["init_network"], minutes=15
)


@init_network.check("the keys and shapes of all parameters", weight=1.5)
def network_shapes(impl, rng):
    params = impl.init_network((7, 5, 6, 3), rng.generator())
    shapes = {
        name: shape_of(params[name]) if name in params else "missing"
        for name in ("W1", "b1", "W2", "b2", "W3", "b3")
    }
    return {**shapes, "how many names": len(params)}


@init_network.check("two layers: W1 and W2 are the numbers that rng gives, times weight_std")
def network_weights(impl, rng):
    params = impl.init_network((7, 5, 3), rng.generator(), rng.uniform(0.3, 0.6))
    return {"W1": params["W1"], "W2": params["W2"], "W1 is": kind_of(params["W1"])}


@init_network.check("all biases are 0")
def network_biases(impl, rng):
    params = impl.init_network((7, 5, 3), rng.generator(), 0.5)
    return {"b1": params["b1"], "b2": params["b2"], "b1 is": kind_of(params["b1"])}


@init_network.check("without weight_std, it is 0.01", weight=0.5)
def network_default(impl, rng):
    return impl.init_network((4, 3), rng.generator())["W1"]


@init_network.check("any depth: four layers")
def network_deep(impl, rng):
    params = impl.init_network((4, 6, 5, 3, 2), rng.generator(), 0.2)
    return {name: params[name] for name in ("W1", "W2", "W3", "W4")}


@init_network.check("all numbers come from rng, and nowhere else", weight=0.5)
def network_from_rng(impl, rng):
    seed = rng.generator()
    one = impl.init_network((5, 4), seed)["W1"]
    other = impl.init_network([5, 4], seed)["W1"]  # of a second rng, equal to the first
    given = keep(impl, seed)
    first, second = (impl.init_network((5, 4), given)["W1"] for _ in range(2))
    return {
        "shape of W1": shape_of(one),
        "an equal rng gives": "the same numbers" if np.all(one == other) else "other numbers",
        "asked again, rng gives": "the same" if np.all(first == second) else "other numbers",
    }


forward_network = Task(
    "forward_network", "Forward through a network", points=7, needs=["forward_network"], minutes=15
)


def network(rng, *sizes):
    """Draw the parameters of a network; no bias is 0."""
    params = {}
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        params[f"W{layer}"] = rng.normal(size=(fan_in, fan_out))
        params[f"b{layer}"] = signed(rng, fan_out)
    return params


def odd(z):
    """Stand in for an activation function that nobody would guess."""
    return 2 + 0.3 * z**3 - z


class Watched:
    """An activation function that remembers the shapes of what it is given."""

    def __init__(self):
        self.shapes = []

    def __call__(self, z):
        self.shapes.append(np.shape(z))
        return np.tanh(z)


@forward_network.check("two layers: the logits of a batch", weight=2)
def two_layers(impl, rng):
    return impl.forward_network(network(rng, 4, 6, 3), rng.normal(size=(7, 4)), np.tanh)


@forward_network.check("any depth: four layers", weight=1.5)
def four_layers(impl, rng):
    params, x = network(rng, 4, 6, 5, 2, 3), rng.normal(size=(7, 4))
    return impl.forward_network(params, x, np.tanh)


@forward_network.check("a single layer: no activation at all")
def one_layer(impl, rng):
    return impl.forward_network(network(rng, 4, 3), rng.normal(size=(7, 4)), np.tanh)


@forward_network.check("it is the given activation that acts")
def given_activation(impl, rng):
    return impl.forward_network(network(rng, 4, 6, 5, 3), rng.normal(size=(7, 4)), odd)


@forward_network.check("without one, it is the sigmoid", weight=0.5)
def default_activation(impl, rng):
    return impl.forward_network(network(rng, 4, 6, 3), rng.normal(size=(7, 4)))


@forward_network.check("no loop over the batch: one call of the activation for each hidden layer")
def calls_of_activation(impl, rng):
    activation = Watched()
    impl.forward_network(network(rng, 4, 6, 5, 3), rng.normal(size=(7, 4)), activation)
    shapes = ", ".join(str(shape) for shape in activation.shapes)
    return {"shapes that it was given": shapes or "none: it was never called"}


@forward_network.check("parameters are found by their names, whatever their order", weight=0.5)
def order_of_keys(impl, rng):
    params = network(rng, 4, 6, 5, 3)
    names = ["b3", "W2", "b1", "W3", "W1", "b2"]
    shuffled = {name: params[name] for name in names}
    return impl.forward_network(shuffled, rng.normal(size=(7, 4)), np.tanh)


def change_of(before, after):
    """Say in words what became of a dictionary of arrays."""
    if before.keys() - after.keys():
        return "names are missing"
    if after.keys() - before.keys():
        return "names were added"
    same = all(np.array_equal(after[name], array) for name, array in before.items())
    return "as they were" if same else "other arrays"


@forward_network.check("params and x are left as they were", weight=0.5)
def forward_leaves_inputs(impl, rng):
    params, x = network(rng, 4, 6, 3), keep(impl, rng.normal(size=(7, 4)))
    kept = keep(impl, params)
    shape = shape_of(impl.forward_network(kept, x, np.tanh))
    return {"params": change_of(params, fetch(kept)), "x": fetch(x), "shape of the logits": shape}
