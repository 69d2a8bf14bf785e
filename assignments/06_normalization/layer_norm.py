"""Layer normalization: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

from .norms import add_common_checks, passed_through, scale_and_shift, uneven

task = Task(
    "layer_norm",
    "Layer normalization",
    points=10,
    needs=["LayerNorm"],
    minutes=20,
    shapes="x, y, dout and dx (N, ...), γ, β and their gradients of the shape of one sample",
)


def make(impl, gamma, beta):
    """Return a layer with an ε that shows."""
    return impl.LayerNorm(gamma, beta, eps=0.02)


def case(rng, rows=3):
    """Draw γ and β (4,), inputs (rows, 4) and upstream gradients."""
    return scale_and_shift(rng, 4), uneven(rng, rows, 4), rng.normal(size=(rows, 4))


def images(rng):
    """Draw γ and β (3, 2, 2), inputs (2, 3, 2, 2) and upstream gradients."""
    shape = 3, 2, 2
    return scale_and_shift(rng, *shape), uneven(rng, 2, *shape), rng.normal(size=(2, *shape))


@task.check("forward normalizes each sample over its features, then scales and shifts it")
def layer_forward(impl, rng):
    params, x, _ = case(rng)
    return make(impl, *params).forward(x)


@task.check("forward divides by √(σ² + ε), also where the variance is tiny or 0")
def layer_eps(impl, rng):
    params, x, _ = case(rng)
    x[0] = 1e-2 * x[0]
    x[1] = 0.75
    found = {}
    for name, eps in {"ε 1e-5": [], "ε 1e-3": [1e-3], "ε 0.5": [0.5]}.items():
        found[name] = impl.LayerNorm(*params, *eps).forward(x)
    return found


@task.check("forward, x (N, C, H, W): over channels, rows and columns together")
def layer_forward_images(impl, rng):
    params, x, _ = images(rng)
    return make(impl, *params).forward(x)


@task.check("a sample alone, and test mode: the output is the same as in the batch")
def alone(impl, rng):
    params, x, _ = case(rng)
    layer = make(impl, *params)
    found = {"in the batch": layer.forward(x), "alone": layer.forward(x[1:2])}
    layer.training = False
    return {**found, "in test mode": layer.forward(x)}


@task.check('backward stores the gradients of γ and β in grads["gamma"] and grads["beta"], (D,)')
def layer_parameters(impl, rng):
    params, x, dout = case(rng)
    found = passed_through(make(impl, *params), x, dout)
    return {"gamma": found["gamma"], "beta": found["beta"]}


@task.check("backward returns the gradient of the input, (N, D)", weight=3)
def layer_input(impl, rng):
    params, x, dout = case(rng)
    layer = make(impl, *params)
    layer.forward(x)
    return layer.backward(dout)


@task.check("backward, x (N, C, H, W): all gradients", weight=2)
def layer_backward_images(impl, rng):
    params, x, dout = images(rng)
    return passed_through(make(impl, *params), x, dout)


add_common_checks(task, make, case, rows=(3, 2))


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import MEASURED, Parts
from solutions.normalization import LayerNorm

from .norm_mistakes import (
    NORM_PARTS,
    Over,
    add_common_mistakes,
    add_mistakes_of_gradients,
    add_mistakes_of_statistics,
    add_norm,
    measured,
)

parts = Parts(task, [LayerNorm], NORM_PARTS)
add_common_mistakes(parts, LayerNorm, ["_std", "_x_hat"])


def mean_over(*axes):
    """Return what takes means over these axes: in (N, D) over those of them that there are."""

    def mean(layer, a):
        there = tuple(axis for axis in axes if axis < a.ndim)
        return a.mean(axis=there, keepdims=True) + 0 * a if there else a

    return mean


over = Over(
    mean=mean_over(1, 2, 3),
    wide=lambda layer, param, x: param,
    summed=lambda layer, a: a.sum(axis=0),
)
add_mistakes_of_statistics(task, LayerNorm, over)
add_mistakes_of_gradients(task, LayerNorm, over)


def add(name, hint, **wrong):
    """Add a wrong layer."""
    add_norm(task, LayerNorm, over, name, hint, **wrong)


def with_mean(mean):
    """Return what takes other means: for the statistics, and on the way back."""

    def alter(seen):
        seen.over = Over(mean, over.wide, over.summed)
        seen.mean = mean(seen.layer, seen.x)
        seen.set_centred(seen.x - seen.mean)

    return alter


add(
    "over_the_batch",
    "You take mean and variance over the batch. Here each sample has its own, over its features.",
    alter=with_mean(mean_over(0)),
)
add(
    "over_everything",
    "You take one mean and one variance over the whole array. Each sample has its own.",
    alter=with_mean(mean_over(0, 1, 2, 3)),
)
OVER_PART = (
    "With images you take mean and variance over {}. A sample has one mean and one variance, over "
    "all its numbers."
)


def images_only(*axes):
    """Return means that are other ones for images."""
    return lambda layer, a: (mean_over(*axes) if a.ndim > 2 else over.mean)(layer, a)


for name, axes, words in (
    ("over_each_channel", (2, 3), "each channel by itself"),
    ("over_the_channels_only", (1,), "the channels of each pixel"),
    ("over_the_last_axis_only", (3,), "the last axis only"),
):
    add(name, OVER_PART.format(words), alter=with_mean(images_only(*axes)))

add(
    "scaled_after_the_means",
    "γ comes after the means in your gradient of the input, as it may in batch normalization. "
    "There one γ serves all that a mean is taken over; here each feature has its own, and dout "
    "meets it first.",
    x=lambda seen, dout: seen.gamma * seen.dx(dout / seen.gamma),
)
add(
    "means_over_the_batch",
    "On the way back you take the means over the batch. They are over what forward took its means "
    "over: the features of each sample.",
    x=lambda seen, dout: dx_with(seen, dout, mean_over(0)),
)


def dx_with(seen, dout, mean):
    """Return the gradient of the input with other means."""
    g = dout * seen.gamma
    along = mean(seen.layer, g * seen.x_hat)
    return (g - mean(seen.layer, g) - seen.x_hat * along) / seen.std


@task.misconception(
    "In test mode your output is another one than in training. There are no running averages here: "
    "each sample brings its own mean and variance, at any time."
)
class mode_of_its_own(LayerNorm):
    def forward(self, x):
        y = super().forward(x)
        return y if self.training else self.params["gamma"] * x + self.params["beta"]


@task.misconception(
    "You subtract and divide by running averages in test mode. There are none here: each sample "
    "brings its own mean and variance, at any time."
)
class running_averages(LayerNorm):
    def __init__(self, gamma, beta, eps=1e-5):
        super().__init__(gamma, beta, eps)
        self.running_mean, self.running_var = 0.0, 1.0

    def forward(self, x):
        axes = tuple(range(1, x.ndim))
        if self.training:
            self.running_mean = 0.9 * self.running_mean + 0.1 * x.mean(axis=axes).mean()
            self.running_var = 0.9 * self.running_var + 0.1 * x.var(axis=axes).mean()
            return super().forward(x)
        x_hat = (x - self.running_mean) / np.sqrt(self.running_var + self.eps)
        return self.params["gamma"] * x_hat + self.params["beta"]


def sums_with(name, hint, summed):
    """Add a layer that sums the gradients of γ and β in its own way."""

    class Wrong(LayerNorm):
        def backward(self, dout):
            dx = super().backward(dout)
            self.grads = {"gamma": summed(dout * self._x_hat), "beta": summed(dout)}
            return dx

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


sums_with(
    "parameters_over_features",
    "You sum the gradients of γ and β over the features, as the means are taken. But γ and β have "
    "the shape of a sample, and serve all samples: those are to be summed over.",
    lambda a: a.sum(axis=tuple(range(1, a.ndim))),
)
sums_with(
    "parameters_over_everything",
    "You sum the gradients of γ and β over everything. Each feature has its own: only the samples "
    "are to be summed over.",
    lambda a: a.sum(),
)
sums_with(
    "parameters_not_summed",
    "Your gradients of γ and β are not summed over the batch. One γ serves all samples, so their "
    "shares add up, and the shape of a sample must be left.",
    lambda a: a,
)
sums_with(
    "parameters_over_pixels",
    "With images you sum the gradients of γ and β over the pixels as well. Here each number of a "
    "sample has its own γ and β.",
    lambda a: a.sum(axis=(0, *range(2, a.ndim))),
)


@task.misconception(MEASURED)
class layer_measured(LayerNorm):
    def forward(self, x):
        self._given = x
        return super().forward(x)

    def backward(self, dout):
        x, gamma, beta = self._given, self.params["gamma"], self.params["beta"]
        features = tuple(range(1, x.ndim))

        def loss(x, gamma, beta):
            centred = x - x.mean(axis=features, keepdims=True)
            std = np.sqrt((centred**2).mean(axis=features, keepdims=True) + self.eps)
            return float(np.sum(dout * (gamma * centred / std + beta)))

        self.grads["gamma"] = measured(lambda v: loss(x, v, beta), gamma)
        self.grads["beta"] = measured(lambda v: loss(x, gamma, v), beta)
        return measured(lambda v: loss(v, gamma, beta), x)
