"""Forward through a network: how it is checked, and which mistakes are known."""

from itertools import pairwise

import numpy as np

from handgrad import Task, fetch, keep

from .inputs import shape_of, signed

task = Task(
    "forward_network",
    "Forward through a network",
    points=7,
    needs=["forward_network"],
    minutes=15,
    shapes="x (N, D), W1 (D, H), b1 (H,), what a hidden layer gives (N, H), logits (N, C)",
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


@task.check("two layers: the logits of a batch", weight=2)
def two_layers(impl, rng):
    return impl.forward_network(network(rng, 4, 6, 3), rng.normal(size=(7, 4)), np.tanh)


@task.check("any depth: four layers", weight=1.5)
def four_layers(impl, rng):
    params, x = network(rng, 4, 6, 5, 2, 3), rng.normal(size=(7, 4))
    return impl.forward_network(params, x, np.tanh)


@task.check("a single layer: no activation at all")
def one_layer(impl, rng):
    return impl.forward_network(network(rng, 4, 3), rng.normal(size=(7, 4)), np.tanh)


@task.check("it is the given activation that acts")
def given_activation(impl, rng):
    return impl.forward_network(network(rng, 4, 6, 5, 3), rng.normal(size=(7, 4)), odd)


@task.check("without one, it is the sigmoid", weight=0.5)
def default_activation(impl, rng):
    # As many hidden units as inputs: W1 transposed, and W2 in its place, give numbers here.
    return impl.forward_network(network(rng, 4, 4, 3), rng.normal(size=(7, 4)))


@task.check("no loop over the batch: one call of the activation for each hidden layer")
def calls_of_activation(impl, rng):
    activation = Watched()
    impl.forward_network(network(rng, 4, 6, 5, 3), rng.normal(size=(7, 4)), activation)
    shapes = ", ".join(str(shape) for shape in activation.shapes)
    return {"shapes that it was given": shapes or "none: it was never called"}


@task.check("parameters are found by their names, whatever their order", weight=0.5)
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


@task.check("params and x are left as they were", weight=0.5)
def forward_leaves_inputs(impl, rng):
    params, x = network(rng, 4, 6, 3), keep(impl, rng.normal(size=(7, 4)))
    kept = keep(impl, params)
    shape = shape_of(impl.forward_network(kept, x, np.tanh))
    return {"params": change_of(params, fetch(kept)), "x": fetch(x), "shape of the logits": shape}


# Known mistakes -----------------------------------------------------------------------------------

from solutions.perceptrons import relu, sigmoid, softmax

from .mistakes import NOT_FITTING


class Pass:
    """The way through a network, in pieces that a mistake can replace."""

    def __init__(self, params, activation):
        self.params, self.activation = params, activation
        self.depth = len(params) // 2

    def logits(self, x):
        for layer in range(1, self.depth + 1):
            x = self.layer(x, layer)
        return x

    def layer(self, x, number):
        z = self.affine(x, number)
        return self.activation(z) if number < self.depth else z

    def affine(self, x, number):
        return x @ self.params[f"W{number}"] + self.params[f"b{number}"]


class Wrong(Pass):
    """A way with a wrong affine map, in all layers, in the hidden ones or in the last one."""

    def __init__(self, params, activation, affine, where):
        super().__init__(params, activation)
        self.wrong, self.where = affine, where

    def affine(self, x, number):
        is_wrong = self.where in ("", "last" if number == self.depth else "hidden")
        W, b = self.params[f"W{number}"], self.params[f"b{number}"]
        return self.wrong(x, W, b) if is_wrong else super().affine(x, number)


LAYERS = {"": "of all layers", "hidden": "of the hidden layers", "last": "of the last layer"}


def wrong_layers(hint):
    """Add a wrong affine map as mistakes: of all layers, of the hidden ones, of the last one."""

    def add(affine):
        for where, what in LAYERS.items():

            def forward(params, x, activation=sigmoid, where=where):
                return Wrong(params, activation, affine, where).logits(x)

            forward.__name__ = ".".join([affine.__name__, where] if where else [affine.__name__])
            task.misconception(hint.format(what=what))(forward)
        return affine

    return add


@wrong_layers("The biases {what} are missing. Every layer has its own.")
def without_biases(x, W, b):
    return x @ W


@wrong_layers("The biases {what} are subtracted. They are added.")
def biases_subtracted(x, W, b):
    return x @ W - b


@wrong_layers("The biases {what} are multiplied. They are added.")
def biases_multiplied(x, W, b):
    return x @ W * b


@wrong_layers(
    "The biases {what} are summed, or averaged, before they are added. Each unit has its own."
)
def biases_summed(x, W, b):
    return x @ W + b.sum()


@wrong_layers(
    "x * W multiplies element by element; look at the products {what}. A layer is a matrix "
    "product: rows of x meet columns of W."
)
def products_element_by_element(x, W, b):
    return x * W + b


PRODUCTS = {
    "weights_first": lambda x, W: W @ x,
    "weights_first_by_dot": lambda x, W: np.dot(W, x),
    "weights_transposed": lambda x, W: x @ W.T,
    "weights_transposed_by_dot": lambda x, W: np.dot(x, W.T),
    "samples_as_columns": lambda x, W: W.T @ x,
    "samples_as_columns_by_dot": lambda x, W: np.dot(W.T, x),
    "samples_transposed": lambda x, W: x.T @ W,
    "samples_transposed_by_dot": lambda x, W: np.dot(x.T, W),
}


def add_product_mistake(name, product):
    """Add a matrix product whose factors do not fit."""

    def affine(x, W, b):
        return product(x, W) + b

    affine.__name__ = name
    wrong_layers(f"{NOT_FITTING} This concerns the weights {{what}}.")(affine)


for name, product in PRODUCTS.items():
    add_product_mistake(name, product)


@task.misconception(NOT_FITTING)
def samples_turned_to_columns(params, x, activation=sigmoid):
    return Wrong(params, activation, lambda x, W, b: W.T @ x + b[:, None], "").logits(x.T)


@task.misconception(
    "The activation acts after the last layer as well. The logits stay as they are."
)
def activation_at_the_end(params, x, activation=sigmoid):
    return activation(Pass(params, activation).logits(x))


@task.misconception(
    "You return probabilities. Asked for are the logits: softmax comes later, where it is needed."
)
def probabilities_returned(params, x, activation=sigmoid):
    return softmax(Pass(params, activation).logits(x))


@task.misconception(
    "You return the numbers of the winning classes. Asked for are the logits of all of them."
)
def classes_returned(params, x, activation=sigmoid):
    return Pass(params, activation).logits(x).argmax(axis=1)


@task.misconception("There is no activation between the layers, so that they collapse into one.")
def no_activation(params, x, activation=sigmoid):
    return Pass(params, lambda z: z).logits(x)


@task.misconception(
    "The bias is added after the activation. It belongs to the sum that the activation gets."
)
def bias_after_activation(params, x, activation=sigmoid):
    way = Pass(params, activation)
    for layer in range(1, way.depth):
        x = activation(x @ params[f"W{layer}"]) + params[f"b{layer}"]
    return way.layer(x, way.depth)


@task.misconception(
    "The activation acts on the input of each layer, so on x itself too. It acts on what a hidden "
    "layer has computed."
)
def activation_first(params, x, activation=sigmoid):
    way = Pass(params, activation)
    for layer in range(1, way.depth + 1):
        x = way.affine(activation(x), layer)
    return x


@task.misconception("You always use the sigmoid. The caller says which activation is wanted.")
def always_sigmoid(params, x, activation=sigmoid):
    return Pass(params, sigmoid).logits(x)


@task.misconception("You always use the ReLU. The caller says which activation is wanted.")
def always_relu(params, x, activation=sigmoid):
    return Pass(params, relu).logits(x)


@task.misconception(
    "You go through the samples one by one. The products work for the whole batch at once, and so "
    "does the activation."
)
def one_sample_at_a_time(params, x, activation=sigmoid):
    return np.array([Pass(params, activation).logits(row) for row in x])


@task.misconception(
    "You go through two layers where there are more. Count the parameters: each layer has two."
)
def two_layers_only(params, x, activation=sigmoid):
    hidden = activation(x @ params["W1"] + params["b1"])
    return hidden @ params["W2"] + params["b2"]


@task.misconception(
    "You take the parameters in the order in which the dictionary holds them. Their names say "
    "where they belong."
)
def order_of_the_dictionary(params, x, activation=sigmoid):
    arrays = list(params.values())
    for W, b in zip(arrays[:-2:2], arrays[1:-2:2], strict=True):
        x = activation(x @ W + b)
    return x @ arrays[-2] + arrays[-1]


@task.misconception("The last hidden layer has no activation: your loop ends one layer too early.")
def last_hidden_layer_linear(params, x, activation=sigmoid):
    way = Pass(params, activation)
    for layer in range(1, way.depth + 1):
        z = way.affine(x, layer)
        x = activation(z) if layer < way.depth - 1 else z
    return x


@task.misconception(
    "You return what the last hidden layer gives. The last affine layer is missing."
)
def last_layer_left_out(params, x, activation=sigmoid):
    way = Pass(params, activation)
    for layer in range(1, way.depth):
        x = way.layer(x, layer)
    return x


@task.misconception("Your loop counts parameters, not layers: each layer has two of them, W and b.")
def counts_parameters(params, x, activation=sigmoid):
    way = Pass(params, activation)
    way.depth = len(params)
    return way.logits(x)


@task.misconception("Your loop starts at layer 0, which no network has: the first is W1.")
def starts_at_layer_zero(params, x, activation=sigmoid):
    return Pass(params, activation).layer(x, 0)


@task.misconception(
    "The activation is called, but what it returns is not used: it does not change its argument."
)
def activation_not_kept(params, x, activation=sigmoid):
    def look(z):
        activation(z)
        return z

    return Pass(params, look).logits(x)


IN_THE_LOOP = (
    "The return stands inside the loop, so only the first layer has its turn. It belongs behind "
    "the loop."
)


@task.misconception(IN_THE_LOOP)
def returns_after_first_layer(params, x, activation=sigmoid):
    return Pass(params, activation).layer(x, 1)


@task.misconception(IN_THE_LOOP)
def returns_last_layer_in_the_loop(params, x, activation=sigmoid):
    way = Pass(params, activation)
    for layer in range(1, way.depth):
        x = way.layer(x, layer)
        return way.affine(x, way.depth)


PARAMS_CHANGED = (
    "You change the dictionary params, which belongs to the caller: after one pass the network is "
    "another one. Read from it, and keep results in names of your own."
)


@task.misconception(PARAMS_CHANGED)
def params_used_up(params, x, activation=sigmoid):
    logits = Pass(dict(params), activation).logits(x)
    params.clear()
    return logits


@task.misconception(PARAMS_CHANGED)
def results_in_params(params, x, activation=sigmoid):
    logits = Pass(dict(params), activation).logits(x)
    params["A1"] = logits
    return logits


@task.misconception(PARAMS_CHANGED)
def params_overwritten(params, x, activation=sigmoid):
    logits = Pass(dict(params), activation).logits(x)
    params["W1"] = logits
    return logits


FIRST_INPUT = (
    "A layer reads x, the first input, where it should read what the layer before it gave: is that "
    "kept, and has each layer its turn?"
)


@task.misconception(FIRST_INPUT)
def all_read_first_input(params, x, activation=sigmoid):
    way = Pass(params, activation)
    for layer in range(1, way.depth + 1):
        z = way.layer(x, layer)
    return z


@task.misconception(FIRST_INPUT)
def hidden_layers_read_first_input(params, x, activation=sigmoid):
    way = Pass(params, activation)
    hidden = x
    for layer in range(1, way.depth):
        hidden = way.layer(x, layer)
    return way.layer(hidden, way.depth)


@task.misconception(
    "A single / gives a float, 2.0, and range wants a whole number. // divides and stays whole."
)
def depth_as_float(params, x, activation=sigmoid):
    for _ in range(1, len(params) / 2):
        pass
    return x


@task.misconception("Every layer takes W1. The name has to change with the number of the layer.")
def first_weights_everywhere(params, x, activation=sigmoid):
    way = Pass(params, activation)
    way.affine = lambda x, n: x @ params["W1"] + params[f"b{n}"]
    return way.logits(x)


@task.misconception(
    "You collect the weights, and the biases, in the order in which the dictionary holds them. "
    "Their names say where they belong."
)
def collected_in_order(params, x, activation=sigmoid):
    Ws = [array for name, array in params.items() if name[0] == "W"]
    bs = [array for name, array in params.items() if name[0] == "b"]
    for W, b in zip(Ws[:-1], bs[:-1], strict=True):
        x = activation(x @ W + b)
    return x @ Ws[-1] + bs[-1]


@task.misconception("The activation acts twice in each hidden layer.")
def activation_twice(params, x, activation=sigmoid):
    return Pass(params, lambda z: activation(activation(z))).logits(x)
