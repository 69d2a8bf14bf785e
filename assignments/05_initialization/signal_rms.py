"""The signal on its way: how it is checked, and which mistakes are known."""

import itertools

import numpy as np

from handgrad import Task, fetch, formula, keep

task = Task(
    "signal_rms",
    "The signal on its way",
    points=3,
    needs=["signal_rms"],
    minutes=10,
    shapes="x (N, D), weights (D, M1), (M1, M2) and so on",
)


def network(rng, *sizes):
    """Draw weights between layers of these sizes."""
    return [rng.normal(size=shape) for shape in itertools.pairwise(sizes)]


@task.check("the rms after each layer, for ReLUs", weight=2)
def rms_of_relus(impl, rng):
    relu = formula(impl, "lambda s: np.maximum(s, 0)")
    return impl.signal_rms(rng.normal(size=(6, 5)), network(rng, 5, 9, 4, 7, 3), relu)


@task.check("whatever the activation, and its mean")
def rms_of_others(impl, rng):
    bent = formula(impl, "lambda s: np.cos(s) + c", c=rng.uniform(0.5, 0.9))
    alone = formula(impl, "lambda s: s")
    x = 2 + rng.normal(size=(7, 4))
    return {
        "bent": impl.signal_rms(x, network(rng, 4, 6, 3, 8, 5), bent),
        "straight": impl.signal_rms(x, network(rng, 4, 3, 6), alone),
        "tanh": impl.signal_rms(x, network(rng, 4, 6, 3), formula(impl, "lambda s: np.tanh(s)")),
    }


@task.check("one layer, a single sample, and no layer at all", weight=0.5)
def rms_of_little(impl, rng):
    tanh = formula(impl, "lambda s: np.tanh(s)")
    return {
        "one layer": impl.signal_rms(rng.normal(size=(5, 3)), network(rng, 3, 4), tanh),
        "one sample": impl.signal_rms(rng.normal(size=(1, 3)), network(rng, 3, 4, 6), tanh),
        "no layer": len(impl.signal_rms(rng.normal(size=(5, 3)), [], tanh)),
    }


@task.check("x and the weights are left as they were", weight=0.5)
def signal_stays(impl, rng):
    x, weights = keep(impl, rng.normal(size=(4, 3))), keep(impl, network(rng, 3, 6, 5))
    found = impl.signal_rms(x, weights, formula(impl, "lambda s: np.tanh(s)"))
    return {"numbers": len(found), "x": fetch(x), "weights": fetch(weights)}


# Known mistakes -----------------------------------------------------------------------------------

from solutions.initialization import signal_rms


def add(name, hint, measure=None, layer=None):
    """Add a wrong signal_rms: another measure of the activations, or another way through a layer.

    measure(x, s) gives the number, layer(x, W, activation) the output.
    """

    def wrong(x, weights, activation):
        found = []
        for W in weights:
            s = x @ W
            x = layer(x, W, activation) if layer else activation(s)
            found.append(float(measure(x, s) if measure else np.sqrt((x**2).mean())))
        return found

    wrong.__name__ = name
    task.misconception(hint)(wrong)


add(
    "standard_deviation",
    "You measure the standard deviation. After a ReLU the activations are not centred: what the "
    "next layer adds up are their squares, and not those of their distance from the mean.",
    lambda x, s: x.std(),
)
add(
    "variance", "You measure the variance: its mean is missing, and the root.", lambda x, s: x.var()
)
add(
    "mean_of_squares",
    "The root is missing: what you return is the mean of the squares.",
    lambda x, s: (x**2).mean(),
)
add(
    "sum_of_squares",
    "You add up the squares. Their mean is asked for, whatever the size of the layer.",
    lambda x, s: np.sqrt((x**2).sum()),
)
add(
    "norm_of_a_sample",
    "You divide the squares by the number of samples alone. The mean runs over all activations.",
    lambda x, s: np.sqrt((x**2).sum() / len(x)),
)
add(
    "divided_by_the_units",
    "You divide the squares by the number of units alone. The mean runs over all activations.",
    lambda x, s: np.sqrt((x**2).sum() / x.shape[1]),
)
add(
    "norm_over_size",
    "You divide after taking the root. The mean is that of the squares.",
    lambda x, s: np.sqrt((x**2).sum()) / x.size,
)
add(
    "mean_of_sizes",
    "You take the mean of the sizes, without squares.",
    lambda x, s: np.abs(x).mean(),
)
add(
    "mean_itself",
    "You take the mean: what is above 0 makes up for what is below.",
    lambda x, s: x.mean(),
)
add("largest", "You take the largest size. All activations count.", lambda x, s: np.abs(x).max())
add(
    "before_the_activation",
    "You measure the sums, before the activation. The activations are asked for.",
    lambda x, s: np.sqrt((s**2).mean()),
)
add(
    "mean_of_the_samples",
    "You take the root for each sample, and then the mean. Take the mean of all squares first.",
    lambda x, s: np.sqrt((x**2).mean(axis=1)).mean(),
)
add(
    "mean_of_the_units",
    "You take the root for each unit, and then the mean. Take the mean of all squares first.",
    lambda x, s: np.sqrt((x**2).mean(axis=0)).mean(),
)
add(
    "first_sample_only",
    "You measure the first sample only.",
    lambda x, s: np.sqrt((x[0] ** 2).mean()),
)
add(
    "no_activation",
    "You leave the activation out.",
    layer=lambda x, W, activation: x @ W,
)
add(
    "activation_before_the_weights",
    "You apply the activation to what goes into the weights. It comes after them.",
    layer=lambda x, W, activation: activation(x) @ W,
)
add(
    "activation_of_both",
    "You apply the activation twice in each layer.",
    layer=lambda x, W, activation: activation(activation(x @ W)),
)


@task.misconception(
    "The activation goes into what you measure, but not into the next layer: that is given the "
    "sums."
)
def sums_passed_on(x, weights, activation):
    found = []
    for W in weights:
        x = x @ W
        found.append(float(np.sqrt((activation(x) ** 2).mean())))
    return found


@task.misconception("Your first number is that of x. One is asked for after each layer.")
def begins_with_the_input(x, weights, activation):
    return [float(np.sqrt((x**2).mean())), *signal_rms(x, weights, activation)]


@task.misconception("You measure what goes into each layer. What comes out of it is asked for.")
def measured_going_in(x, weights, activation):
    return [float(np.sqrt((x**2).mean())), *signal_rms(x, weights, activation)][:-1]


@task.misconception("You return the last number only. One is asked for after each layer.")
def last_layer_only(x, weights, activation):
    return (signal_rms(x, weights, activation) or [0.0])[-1]


@task.misconception("Your numbers come last layer first.")
def last_layer_first(x, weights, activation):
    return signal_rms(x, weights, activation)[::-1]


@task.misconception("Your last layer has no activation. In this measurement all layers have one.")
def last_layer_straight(x, weights, activation):
    found = signal_rms(x, weights, activation)
    for W in weights[:-1]:
        x = activation(x @ W)
    return [*found[:-1], *[float(np.sqrt(((x @ W) ** 2).mean())) for W in weights[-1:]]]


@task.misconception("You divide each number by that of the input. The rms itself is asked for.")
def relative_to_the_input(x, weights, activation):
    return [rms / float(np.sqrt((x**2).mean())) for rms in signal_rms(x, weights, activation)]


@task.misconception("You divide each number by the one before. The rms itself is asked for.")
def relative_to_the_layer_before(x, weights, activation):
    found = begins_with_the_input(x, weights, activation)
    return [after / before for before, after in itertools.pairwise(found)]


@task.misconception("You write into x: the array belongs to the caller.")
def written_into_x(x, weights, activation):
    found = signal_rms(x, weights, activation)
    x[...] = np.sqrt((x**2).mean())
    return found
