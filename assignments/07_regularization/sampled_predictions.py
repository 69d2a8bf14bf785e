"""Predictions by sampling: how they are checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, formula, keep

task = Task(
    "sampled_predictions",
    "Predictions by sampling",
    points=4,
    needs=["sampled_predictions"],
    minutes=10,
    shapes="x (N, D), logits and probabilities (N, C)",
)

N, D, C = 4, 5, 3

NETWORK = """
from solutions.backpropagation import Affine
from solutions.layer import Elementwise
from solutions.optimizers import Network

class Noise(Elementwise):
    def __init__(self, shifts):
        super().__init__()
        self.shifts, self.passes, self.rest = shifts, 0, 0

    def forward(self, x):
        if not self.training:
            self.rest += 1
            return x
        self.passes += 1
        return x + self.shifts[(self.passes - 1) % len(self.shifts)]

noise = Noise(shifts)
network = Network([Affine(W, b), noise])
"""
"""A network whose noise is no chance: it adds one array after the other, in training."""


def noisy(impl, rng, dtype=float):
    """Return a network on the implementation's side, and its noise; they are in test mode."""
    W, b = rng.normal(size=(D, C)).astype(dtype), rng.normal(size=C).astype(dtype)
    shifts = (1.5 * rng.normal(size=(9, N, C))).astype(dtype)
    source = "(lambda names: (exec(code, names), [names['network'], names['noise']])[1])"
    source += "(dict(W=W, b=b, shifts=shifts))"
    both = formula(impl, source, code=NETWORK, W=W, b=b, shifts=shifts)
    network, noise = both[0], both[1]
    network.training = False
    return network, noise


@task.check("the mean of the probabilities of several passes, with the noise on", weight=3)
def mean_of_passes(impl, rng):
    network, _ = noisy(impl, rng)
    return impl.sampled_predictions(network, rng.normal(size=(N, D)), 3)


@task.check("there are as many passes as asked for, and none more", weight=1.5)
def passes(impl, rng):
    found = {}
    for times in (1, 6):
        network, noise = noisy(impl, rng)
        found[str(times)] = impl.sampled_predictions(network, rng.normal(size=(N, D)), times)
        found[f"{times}, passes with noise"] = noise.passes
    return found


@task.check("whatever the mode was: the noise is on, and afterwards the mode is what it was")
def mode(impl, rng):
    found = {}
    for name, training in (("training", True), ("test mode", False)):
        network, _ = noisy(impl, rng)
        network.training = training
        x = rng.normal(size=(N, D))
        found[f"from {name}"] = impl.sampled_predictions(network, x, 4)
        found[f"{name} again"] = network.forward(x)
    return found


@task.check("x is left as it was, and float32 stays float32", weight=0.5)
def x_stays(impl, rng):
    network, _ = noisy(impl, rng, "f4")
    x = keep(impl, rng.normal(size=(N, D)).astype("f4"))
    found = np.asarray(impl.sampled_predictions(network, x, 2))
    return {"x": fetch(x), "shape": found.shape, "dtype": str(found.dtype)}


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import IN_FLOAT64
from solutions.perceptrons import softmax
from solutions.regularization import sampled_predictions


def logits_of(network, x, times):
    """Return what so many passes with the noise on give, (times, N, C)."""
    before, network.training = network.training, True
    all_logits = np.stack([network.forward(x) for _ in range(times)])
    network.training = before
    return all_logits


def add(name, hint, of_logits, passes_of=lambda times: times):
    """Add a wrong sampled_predictions: of_logits(logits (times, N, C), times)."""

    def wrong(network, x, times):
        return of_logits(logits_of(network, x, passes_of(times)), times)

    wrong.__name__ = name
    task.misconception(hint)(wrong)


add(
    "mean_of_logits",
    "You take the mean of the logits, and then the softmax. A pass with large logits then counts "
    "for more than the others: take the mean of the probabilities.",
    lambda logits, times: softmax(logits.mean(axis=0)),
)
add(
    "logits_alone",
    "You return logits. The mean of probabilities is asked for: the softmax is missing.",
    lambda logits, times: logits.mean(axis=0),
)
add(
    "softmax_twice",
    "You take the softmax once more at the end. The mean of probabilities is one already.",
    lambda logits, times: softmax(softmax(logits).mean(axis=0)),
)
add(
    "sum_for_mean",
    "You return the sum of all passes: it is not divided by their number.",
    lambda logits, times: softmax(logits).sum(axis=0),
)
add(
    "divided_by_the_samples",
    "You divide by the number of samples. The mean runs over the passes.",
    lambda logits, times: softmax(logits).sum(axis=0) / logits.shape[1],
)
add(
    "one_pass",
    "One pass is all that counts, however many are asked for. If `forward` stands before the loop, "
    "all of them are the same one.",
    lambda logits, times: softmax(logits[0]),
    lambda times: 1,
)
add(
    "last_pass_only",
    "Only the last pass counts: in the loop it replaces those before it.",
    lambda logits, times: softmax(logits[-1]),
)
add(
    "last_pass_divided",
    "Only the last pass counts, and is divided by the number of all: in the loop it replaces those "
    "before it.",
    lambda logits, times: softmax(logits[-1]) / times,
)
add(
    "one_pass_too_many",
    "There is one pass more than was asked for.",
    lambda logits, times: softmax(logits).mean(axis=0),
    lambda times: times + 1,
)
add(
    "one_pass_too_many_divided_by_times",
    "There is one pass more than was asked for.",
    lambda logits, times: softmax(logits).sum(axis=0) / times,
    lambda times: times + 1,
)
add(
    "passes_before_they_count",
    "A pass is made whose result is thrown away, or is not among those that count.",
    lambda logits, times: softmax(logits[1:]).mean(axis=0),
    lambda times: times + 1,
)
add(
    "votes",
    "Each pass casts a vote for one class. How sure it was counts: take the mean of the "
    "probabilities.",
    lambda logits, times: (logits == logits.max(axis=-1, keepdims=True)).mean(axis=0),
)
add(
    "classes",
    "You return the class for each sample. The probabilities are asked for.",
    lambda logits, times: softmax(logits).mean(axis=0).argmax(axis=-1),
)
add(
    "median",
    "You take the median of the passes. The mean is asked for: it is what is left of the noise on "
    "the average, and its rows sum to 1.",
    lambda logits, times: np.median(softmax(logits), axis=0),
)
add(
    "all_passes",
    "You return all passes. Their mean is asked for.",
    lambda logits, times: softmax(logits),
)
add(
    "mean_over_samples",
    "You take the mean over the samples. It runs over the passes, and each sample keeps its row.",
    lambda logits, times: softmax(logits).mean(axis=1),
)
add(
    "softmax_over_samples",
    "Your softmax runs over the samples of the batch. It runs over the classes of one sample.",
    lambda logits, times: np.swapaxes(softmax(np.swapaxes(logits, 1, 2)), 1, 2).mean(axis=0),
)
add(
    "in_float64",
    IN_FLOAT64.format(what="the probabilities"),
    lambda logits, times: softmax(logits).mean(axis=0).astype(float),
)


@task.misconception(
    "All your passes are in test mode, where the noise is off and each of them gives the same. "
    "`predict` switches the noise off, too."
)
def noise_off(network, x, times):
    return softmax(network.predict(x))


@task.misconception(
    "The noise is on or off as you find it. Switch it on: `training` says whether a network "
    "behaves as in training, and one that is in use is in test mode."
)
def mode_as_it_is(network, x, times):
    return sum(softmax(network.forward(x)) for _ in range(times)) / times


@task.misconception(
    "Afterwards the network is in training mode, whatever it was before: the noise is left on."
)
def noise_left_on(network, x, times):
    network.training = True
    return sum(softmax(network.forward(x)) for _ in range(times)) / times


@task.misconception(
    "Afterwards the network is in test mode, whatever it was before. A training that looks at "
    "predictions on its way would go on without noise: remember what the mode was."
)
def noise_always_off_afterwards(network, x, times):
    found = sampled_predictions(network, x, times)
    network.training = False
    return found


@task.misconception(
    "Afterwards the mode is the opposite of what it was. Set it back to what you found."
)
def mode_turned_round(network, x, times):
    found = sampled_predictions(network, x, times)
    network.training = not network.training
    return found
