"""The parameters of a network: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, keep

from .inputs import shape_of


def kind_of(value):
    """Return what an answer is made of, in words."""
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}"
    return f"no array: {type(value).__name__}"


task = Task(
    "init_network",
    "The parameters of a network",
    points=5,
    needs=["init_network"],
    minutes=15,
    shapes="a layer from D units to H units has W (D, H) and b (H,)",
)


@task.check("the keys and shapes of all parameters", weight=1.5)
def network_shapes(impl, rng):
    params = impl.init_network((7, 5, 6, 3), rng.generator())
    shapes = {
        name: shape_of(params[name]) if name in params else "missing"
        for name in ("W1", "b1", "W2", "b2", "W3", "b3")
    }
    return {**shapes, "how many names": len(params)}


@task.check("two layers: W1 and W2 are the numbers that rng gives, times weight_std")
def network_weights(impl, rng):
    params = impl.init_network((7, 5, 3), rng.generator(), rng.uniform(0.3, 0.6))
    return {"W1": params["W1"], "W2": params["W2"], "W1 is": kind_of(params["W1"])}


@task.check("all biases are 0")
def network_biases(impl, rng):
    params = impl.init_network((7, 5, 3), rng.generator(), 0.5)
    return {"b1": params["b1"], "b2": params["b2"], "b1 is": kind_of(params["b1"])}


@task.check("without weight_std, it is 0.01", weight=0.5)
def network_default(impl, rng):
    return impl.init_network((4, 3), rng.generator())["W1"]


@task.check("any depth: four layers")
def network_deep(impl, rng):
    params = impl.init_network((4, 6, 5, 3, 2), rng.generator(), 0.2)
    return {name: params[name] for name in ("W1", "W2", "W3", "W4")}


@task.check("all numbers come from rng, and nowhere else", weight=0.5)
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


# Known mistakes -----------------------------------------------------------------------------------

from itertools import pairwise

from solutions.perceptrons import init_network


class Pieces:
    """How the parameters of a network are drawn, in pieces that a mistake can replace."""

    def network(self, sizes, rng, weight_std=0.01):
        params = {}
        for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
            params[f"W{layer}"] = self.weights(rng, fan_in, fan_out, weight_std)
            params[f"b{layer}"] = self.biases(rng, fan_out, weight_std)
        return params

    def weights(self, rng, fan_in, fan_out, weight_std):
        return weight_std * rng.standard_normal((fan_in, fan_out))

    def biases(self, rng, fan_out, weight_std):
        return np.zeros(fan_out)


@task.misconception(
    "weight_std is taken as the variance. The standard deviation is its square root; here that is "
    "given."
)
def variance_for_std(sizes, rng, weight_std=0.01):
    return init_network(sizes, rng, np.sqrt(weight_std))


@task.misconception("The weights are multiplied by the square of weight_std.")
def std_squared(sizes, rng, weight_std=0.01):
    return init_network(sizes, rng, weight_std**2)


@task.misconception("weight_std is not used: your weights always have the same size.")
def std_fixed(sizes, rng, weight_std=0.01):
    return init_network(sizes, rng, 0.01)


@task.misconception("weight_std is not used: your weights have the size 1.")
def std_of_one(sizes, rng, weight_std=0.01):
    return init_network(sizes, rng, 1.0)


@task.misconception(
    "weight_std is taken as the mean of the weights. Their mean is 0; it says how far they spread."
)
def std_as_mean(sizes, rng, weight_std=0.01):
    pieces = Pieces()
    pieces.weights = lambda rng, n, m, std: rng.normal(std, size=(n, m))
    return pieces.network(sizes, rng, weight_std)


@task.misconception(
    "Your weights are spread evenly over an interval, and all have the same sign. Asked for is the "
    "normal distribution."
)
def uniform_weights(sizes, rng, weight_std=0.01):
    pieces = Pieces()
    pieces.weights = lambda rng, n, m, std: std * rng.random((n, m))
    return pieces.network(sizes, rng, weight_std)


@task.misconception(
    "All weights start at 0. Then all units of a layer compute the same, and go on doing so."
)
def zero_weights(sizes, rng, weight_std=0.01):
    return init_network(sizes, rng, 0.0)


@task.misconception(
    "Your weights have the shape (outputs, inputs). Here x stands on the left, x @ W: one row for "
    "each input."
)
def weights_transposed(sizes, rng, weight_std=0.01):
    pieces = Pieces()
    pieces.weights = lambda rng, n, m, std: std * rng.standard_normal((m, n))
    return pieces.network(sizes, rng, weight_std)


@task.misconception(
    "The biases are drawn at random. They start at 0, and rng is for the weights alone."
)
def random_biases(sizes, rng, weight_std=0.01):
    pieces = Pieces()
    pieces.biases = lambda rng, m, std: std * rng.standard_normal(m)
    return pieces.network(sizes, rng, weight_std)


@task.misconception("The biases start at 1. They start at 0.")
def biases_of_one(sizes, rng, weight_std=0.01):
    pieces = Pieces()
    pieces.biases = lambda rng, m, std: np.ones(m)
    return pieces.network(sizes, rng, weight_std)


@task.misconception(
    "The biases of a layer have the shape (1, H). Asked for is (H,): one number for each unit."
)
def biases_in_a_row(sizes, rng, weight_std=0.01):
    pieces = Pieces()
    pieces.biases = lambda rng, m, std: np.zeros((1, m))
    return pieces.network(sizes, rng, weight_std)


@task.misconception("Each layer has one bias. It needs one for each of its units.")
def one_bias_a_layer(sizes, rng, weight_std=0.01):
    pieces = Pieces()
    pieces.biases = lambda rng, m, std: 0.0
    return pieces.network(sizes, rng, weight_std)


@task.misconception("There is a bias for each input of the layer. It belongs to the outputs.")
def biases_for_inputs(sizes, rng, weight_std=0.01):
    params = init_network(sizes, rng, weight_std)
    return {k: np.zeros(len(params["W" + k[1:]])) if k[0] == "b" else v for k, v in params.items()}


@task.misconception("The last layer is missing: three sizes make two layers of weights.")
def last_layer_missing(sizes, rng, weight_std=0.01):
    return init_network(sizes[:-1], rng, weight_std)


@task.misconception("You make two layers, whatever is asked for. sizes says how many there are.")
def always_two_layers(sizes, rng, weight_std=0.01):
    return init_network((*sizes, *sizes[-1:])[:3], rng, weight_std)


@task.misconception(
    "You make a generator of your own. All numbers have to come from rng, which the caller chose."
)
def own_generator(sizes, rng, weight_std=0.01):
    return init_network(sizes, np.random.default_rng(0), weight_std)


@task.misconception(
    "You draw the last layer first. W1 comes first, so that everybody gets the same numbers."
)
def drawn_backwards(sizes, rng, weight_std=0.01):
    params = {}
    for layer in range(len(sizes) - 1, 0, -1):
        params[f"W{layer}"] = weight_std * rng.standard_normal((sizes[layer - 1], sizes[layer]))
        params[f"b{layer}"] = np.zeros(sizes[layer])
    return params


@task.misconception(
    "Your weights are spread evenly over an interval. Asked for is the normal distribution."
)
def uniform_around_zero(sizes, rng, weight_std=0.01):
    pieces = Pieces()
    pieces.weights = lambda rng, n, m, std: rng.uniform(-std, std, (n, m))
    return pieces.network(sizes, rng, weight_std)


@task.misconception(
    "Your loop makes one layer too many: three sizes have only two pairs of neighbours."
)
def one_layer_too_many(sizes, rng, weight_std=0.01):
    return {f"W{i + 1}": rng.normal(0, 1, (sizes[i], sizes[i + 1])) for i in range(len(sizes))}


@task.misconception(
    "rng.normal takes the mean first, then the standard deviation. Yours have changed places: all "
    "weights are equal."
)
def mean_and_std_swapped(sizes, rng, weight_std=0.01):
    pieces = Pieces()
    pieces.weights = lambda rng, n, m, std: rng.normal(std, 0, (n, m))
    return pieces.network(sizes, rng, weight_std)


SHAPE_AS_PAIR = (
    "The shape is one argument, a pair: (a, b) in brackets of its own. Two numbers are taken for "
    "two arguments."
)


@task.misconception(SHAPE_AS_PAIR)
def shape_as_two_arguments(sizes, rng, weight_std=0.01):
    pieces = Pieces()
    pieces.weights = lambda rng, n, m, std: std * rng.standard_normal(n, m)
    return pieces.network(sizes, rng, weight_std)


@task.misconception(SHAPE_AS_PAIR)
def shape_as_two_arguments_of_normal(sizes, rng, weight_std=0.01):
    pieces = Pieces()
    pieces.weights = lambda rng, n, m, std: rng.normal(0, std, n, m)
    return pieces.network(sizes, rng, weight_std)


@task.misconception(
    "Your numbers come from np.random or from a new generator, and are others at every call. All "
    "of them have to come from rng, which the caller chose."
)
def numbers_from_elsewhere(sizes, rng, weight_std=0.01):
    # Such numbers cannot be foreseen; these differ where the check asks twice, and stay the same.
    elsewhere = np.random.default_rng(99 if isinstance(sizes, list) else rng)
    elsewhere.standard_normal(1000)
    return init_network(sizes, elsewhere, weight_std)


@task.misconception("The names of the weights begin with a capital W.")
def small_letters(sizes, rng, weight_std=0.01):
    params = init_network(sizes, rng, weight_std)
    return {name.lower(): array for name, array in params.items()}


@task.misconception(
    "Only the first layer is there: the return stands inside the loop over the layers."
)
def return_after_first_layer(sizes, rng, weight_std=0.01):
    return init_network(sizes[:2], rng, weight_std)


@task.misconception(
    "Only the last layer is there: the dictionary is made anew in each turn of the loop."
)
def emptied_in_the_loop(sizes, rng, weight_std=0.01):
    params = init_network(sizes, rng, weight_std)
    return {name: params[name] for name in (f"W{len(sizes) - 1}", f"b{len(sizes) - 1}")}


@task.misconception(
    "Your biases are whole numbers. What is learned later has digits behind the point: make them "
    "float64, as NumPy does unless told otherwise."
)
def whole_biases(sizes, rng, weight_std=0.01):
    pieces = Pieces()
    pieces.biases = lambda rng, m, std: np.zeros(m, dtype=int)
    return pieces.network(sizes, rng, weight_std)


def wrong_entries(hint):
    """Add a wrong entry of the dictionary as mistakes: of weights and biases, or of one of them."""

    def add(change):
        for letters, what in (("Wb", "weights and biases"), ("W", "weights"), ("b", "biases")):

            def network(sizes, rng, weight_std=0.01, letters=letters):
                params = init_network(sizes, rng, weight_std).items()
                return dict(change(k, v) if k[0] in letters else (k, v) for k, v in params)

            network.__name__ = change.__name__ + (f".{letters}" if len(letters) == 1 else "")
            task.misconception(hint.format(what=what))(network)
        return change

    return add


@wrong_entries(
    "Asked for is float64, which NumPy makes unless told otherwise. Your {what} are float32."
)
def narrow(name, array):
    return name, array.astype("f4")


@wrong_entries(
    "Your {what} are Python lists. Arrays are asked for: arithmetic with lists is another one."
)
def in_lists(name, array):
    return name, array.tolist()


@wrong_entries(
    'Your {what} do not have the names that are asked for, "W1", "b1", "W2" and so on. Is the '
    'number of the layer in them? Python puts it into f"W{{layer}}" only if the f stands in front.'
)
def number_not_put_in(name, array):
    return f"{name[0]}{{layer}}", array


@wrong_entries("The names of your {what} count from 0. The first layer has the number 1.")
def counted_from_zero(name, array):
    return f"{name[0]}{int(name[1:]) - 1}", array
