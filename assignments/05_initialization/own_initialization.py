"""An initialization of one's own: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, formula, keep

from .inputs import seeding, shape_of

task = Task(
    "own_initialization",
    "An initialization of your own",
    points=7,
    needs=["weights_for"],
    minutes=20,
    shapes="weights (D, M)",
)

WAVE, KNEE, RELU = (
    ("lambda s: s + np.cos(s)", lambda s: s + np.cos(s)),
    ("lambda s: 0.3 * s + 0.3 * np.tanh(2 * s)", lambda s: 0.3 * s + 0.3 * np.tanh(2 * s)),
    ("lambda s: np.maximum(s, 0)", lambda s: np.maximum(s, 0)),
)
"""Activations: for the implementation's side, and for this one."""


def check_mark(rng):
    """Draw an activation of two straight lines."""
    a, b = rng.uniform(0.5, 0.58), rng.uniform(0.05, 0.15)
    source = f"lambda s: {a!r} * np.abs(s) + {b!r} * s"
    return source.replace("np.float64", ""), lambda s: a * np.abs(s) + b * s


def numbers(rng, *shape):
    """Return normal numbers of which a seed is kept: so many would travel with each release."""
    return np.random.default_rng(int(rng.integers(1 << 31))).normal(size=shape)


def farthest(impl, rng, activation, width, depth=30):
    """Return the rms of the sums in that layer where it is off by the largest factor."""
    source, f = activation
    theirs, generator = formula(impl, source), keep(impl, rng.generator())
    s, rms_of_layers = numbers(rng, 40, width), [1.0]
    for _ in range(depth):
        W = impl.weights_for((width, width), generator, theirs)
        with np.errstate(all="ignore"):
            s = f(s) @ W
            rms_of_layers.append(float(np.sqrt(np.mean(s**2))))
        if not 1e-12 < rms_of_layers[-1] < 1e12:
            return rms_of_layers[-1]
    return max(rms_of_layers, key=lambda rms: abs(np.log(rms)))


@task.check(
    "s + cos s: through 30 layers, the rms of the sums stays between ½ and 2",
    at_least=0.5,
    at_most=2.0,
)
def through_waves(impl, rng):
    return farthest(impl, rng, WAVE, 100)


@task.check("0.3 s + 0.3 tanh 2s: between ½ and 2", at_least=0.5, at_most=2.0)
def through_knees(impl, rng):
    return farthest(impl, rng, KNEE, 100)


@task.check(
    "a |s| + b s, with a and b drawn anew: between ⅒ and 10", at_least=0.1, at_most=10.0, weight=1.5
)
def through_check_marks(impl, rng):
    return farthest(impl, rng, check_mark(rng), 200)


@task.check("ReLU: between ⅒ and 10", at_least=0.1, at_most=10.0, weight=0.5)
def through_relus(impl, rng):
    return farthest(impl, rng, RELU, 200)


@task.check("the rms after one layer is 1: for many inputs, and for few", rtol=0.1, weight=1.5)
def after_one_layer(impl, rng):
    found = {}
    for name, (source, f) in {"s + cos s": WAVE, "0.3 s + 0.3 tanh 2s": KNEE}.items():
        for shape in ((900, 300), (100, 600)):
            W = impl.weights_for(shape, rng.generator(), formula(impl, source))
            s = numbers(rng, 200, shape[0])
            is_right = np.shape(W) == shape
            found[f"{name}, {shape}"] = (
                float(np.sqrt(np.mean((f(s) @ W) ** 2))) if is_right else shape_of(W)
            )
    return found


@task.check("all that is random comes from rng", weight=0.5)
def own_from_rng(impl, rng):
    theirs = formula(impl, WAVE[0])
    return seeding(impl, lambda source: impl.weights_for((6, 3), source, theirs), rng)


# Known mistakes -----------------------------------------------------------------------------------

import math

from solutions.initialization import weights_for


def add(name, hint, std_of):
    """Add weights of a wrong standard deviation: std_of(fan_in, fan_out, values, sums)."""

    def wrong(shape, rng, activation):
        sums = rng.standard_normal(20_000)
        return std_of(*shape, activation(sums), sums) * rng.standard_normal(shape)

    wrong.__name__ = name
    task.misconception(hint)(wrong)


def second(values):
    """Return the mean of the squares."""
    return np.mean(values**2)


add(
    "lecun_for_all",
    "Your weights are LeCun's, for every activation: the variance is 1 / D. How much of the mean "
    "square of the sums is left after the activation?",
    lambda d, m, y, s: 1 / math.sqrt(d),
)
add(
    "he_for_all",
    "Your weights are He's, for every activation. The 2 in them is that of the ReLU, which leaves "
    "half of the mean square of the sums. What do other activations leave?",
    lambda d, m, y, s: math.sqrt(2 / d),
)
add(
    "glorot_for_all",
    "Your weights are Glorot's, for every activation. They suit one that is straight near 0, of "
    "slope 1. What does this one leave of the mean square of the sums?",
    lambda d, m, y, s: math.sqrt(2 / (d + m)),
)
add(
    "five_thirds_for_all",
    "Your gain is 5/3, for every activation. That is what PyTorch uses for tanh.",
    lambda d, m, y, s: 5 / 3 / math.sqrt(d),
)
add(
    "always_a_hundredth",
    "Your weights have a standard deviation of 0.01, whatever the shape and the activation.",
    lambda d, m, y, s: 0.01,
)
add(
    "always_one",
    "Your weights have a standard deviation of 1, whatever the shape and the activation.",
    lambda d, m, y, s: 1.0,
)
add(
    "variance_for_mean_square",
    "You take the variance of the activations. Their mean is not 0, and the next layer adds it up "
    "as well: what counts is the mean of the squares.",
    lambda d, m, y, s: 1 / (math.sqrt(d) * y.std()),
)
add(
    "gain_squared",
    "You multiply by 1 / E[f(s)²], which is a factor of the variance. Its root is that of the "
    "weights.",
    lambda d, m, y, s: 1 / (math.sqrt(d) * second(y)),
)
add(
    "gain_upside_down",
    "You multiply by the rms of the activations. The less an activation leaves, the larger the "
    "weights must be.",
    lambda d, m, y, s: math.sqrt(second(y) / d),
)
add(
    "mean_square_for_gain",
    "You multiply by the mean square of the activations. The less an activation leaves, the larger "
    "the weights must be.",
    lambda d, m, y, s: second(y) / math.sqrt(d),
)
add(
    "variance_for_std",
    "You take the variance of the weights as their standard deviation.",
    lambda d, m, y, s: 1 / (d * second(y)),
)
add(
    "fan_out",
    "You divide by the number of units. What counts is how many inputs a unit adds up.",
    lambda d, m, y, s: 1 / math.sqrt(m * second(y)),
)
add(
    "fans_averaged",
    "You divide by the mean of inputs and units. What keeps the sums is the number of inputs "
    "alone.",
    lambda d, m, y, s: math.sqrt(2 / ((d + m) * second(y))),
)
add(
    "inputs_forgotten",
    "Your weights do not depend on the number of inputs.",
    lambda d, m, y, s: 1 / math.sqrt(second(y)),
)
add(
    "mean_of_sizes",
    "You take the mean of the sizes of the activations, or another middle than the mean of their "
    "squares. What adds up are the squares.",
    lambda d, m, y, s: 1 / (math.sqrt(d) * np.mean(np.abs(y))),
)
add(
    "twice_for_every_activation",
    "You put He's 2 in front of what you measured. What a ReLU takes away is measured already.",
    lambda d, m, y, s: math.sqrt(2 / (d * second(y))),
)


@task.misconception(
    "You measure the activation at numbers that are spread evenly. The sums are normal: most of "
    "them lie near 0."
)
def evenly_spread_sums(shape, rng, activation):
    s = np.linspace(-3, 3, 20_001)
    std = 1 / math.sqrt(shape[0] * second(activation(s)))
    return std * rng.standard_normal(shape)


@task.misconception(
    "You measure the slope of the activation at 0. The sums are not all that small: what it does "
    "to numbers of size 1 counts."
)
def slope_at_0(shape, rng, activation):
    one, other = activation(np.array([1e-4, -1e-4]))
    slope = abs(one - other) / 2e-4
    return rng.standard_normal(shape) / (slope * math.sqrt(shape[0]) + 1e-9)


@task.misconception("Your weights are (M, D): the shape that is asked for is turned round.")
def shape_turned_round(shape, rng, activation):
    return weights_for(shape, rng, activation).T


@task.misconception(
    "You bring a generator of your own: all layers have the same weights. Draw from the rng that "
    "is handed over."
)
def own_generator(shape, rng, activation):
    return weights_for(shape, np.random.default_rng(0), activation)
