"""Batch normalization through the graph: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

from .norms import add_common_checks, passed_through, scale_and_shift, uneven

task = Task(
    "batch_norm_graph",
    "Batch normalization, node by node",
    points=10,
    needs=["BatchNormGraph"],
    minutes=30,
    shapes="x, y, dout and dx (N, D), γ, β and their gradients (D,)",
)


def make(impl, gamma, beta):
    """Return a layer with an ε that shows."""
    return impl.BatchNormGraph(gamma, beta, eps=0.02)


def case(rng, rows=6):
    """Draw γ and β (4,), inputs (rows, 4) and upstream gradients."""
    return scale_and_shift(rng, 4), uneven(rng, rows, 4), rng.normal(size=(rows, 4))


@task.check("forward normalizes each feature over the batch, then scales and shifts it", weight=2)
def graph_forward(impl, rng):
    params, x, _ = case(rng)
    return make(impl, *params).forward(x)


@task.check("forward divides by √(σ² + ε), also where the variance is tiny or 0")
def graph_eps(impl, rng):
    params, x, _ = case(rng)
    x[:, 1] = 1e-2 * x[:, 1]
    x[:, 2] = 0.75
    found = {}
    for name, eps in {"ε 1e-5": [], "ε 1e-3": [1e-3], "ε 0.5": [0.5]}.items():
        found[name] = impl.BatchNormGraph(*params, *eps).forward(x)
    return found


@task.check('backward stores the gradients of γ and β in grads["gamma"] and grads["beta"], (D,)')
def graph_parameters(impl, rng):
    params, x, dout = case(rng)
    found = passed_through(make(impl, *params), x, dout)
    return {"gamma": found["gamma"], "beta": found["beta"]}


@task.check("backward returns the gradient of the input, (N, D)", weight=4)
def graph_input(impl, rng):
    params, x, dout = case(rng)
    layer = make(impl, *params)
    layer.forward(x)
    return layer.backward(dout)


@task.check("moved or stretched as a whole, a batch gives the same output, if ε is small")
def graph_invariance(impl, rng):
    params, x, _ = case(rng)
    layer = impl.BatchNormGraph(*params, 1e-12)
    y = np.asarray(layer.forward(x))
    moved = np.asarray(layer.forward(x + rng.normal(size=4)))
    stretched = np.asarray(layer.forward(rng.uniform(2, 3, size=4) * x))
    return {"shape": y.shape, "moved": moved - y, "stretched": stretched - y}


add_common_checks(task, make, case, rows=(6, 3))


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import MEASURED, Parts
from solutions.normalization import BatchNormGraph

from .norm_mistakes import (
    NORM_PARTS,
    Over,
    add_common_mistakes,
    add_mistakes_of_gradients,
    add_mistakes_of_statistics,
    add_norm,
    measured,
)

parts = Parts(task, [BatchNormGraph], NORM_PARTS)
add_common_mistakes(parts, BatchNormGraph, ["_centred", "_std", "_inverse", "_x_hat"], ["_x_hat"])

over = Over(
    mean=lambda layer, a: a.mean(axis=0) + 0 * a,
    wide=lambda layer, param, x: param,
    summed=lambda layer, a: a.sum(axis=0),
)
add_mistakes_of_statistics(task, BatchNormGraph, over)
# The sum of x̂ over the batch is 0: there, that one is no gradient at all.
add_mistakes_of_gradients(task, BatchNormGraph, over, but=["gamma_without_upstream"])


def add(name, hint, **wrong):
    """Add a wrong layer."""
    add_norm(task, BatchNormGraph, over, name, hint, **wrong)


def add_dx(name, hint, of):
    """Add one that returns of(seen, g), where g is the gradient of what was normalized."""
    add(name, hint, x=lambda seen, dout: of(seen, dout * seen.gamma))


def through_variance(seen, g):
    """Return what comes back to the deviations through the variance."""
    return -seen.x_hat * seen.along(g * seen.x_hat) / seen.std


add_dx(
    "through_the_variance_alone",
    "What arrives at x − μ comes only through the variance. It is used twice in forward: its "
    "square for the variance, and itself in what is divided. Both gradients add up.",
    lambda seen, g: through_variance(seen, g),
)
add_dx(
    "through_the_mean_alone",
    "Only the path through the mean is left. x is used twice in forward: for the mean, and in "
    "what the mean is subtracted from. Both gradients add up.",
    lambda seen, g: -seen.along(g) / seen.std,
)
add_dx(
    "root_without_slope",
    "Your path through the variance is too strong by the factor 2√(σ² + ε), as it is where the "
    "slope of the root is missing. (Or is there a double where a square belongs?)",
    lambda seen, g: (g - seen.along(g)) / seen.std + 2 * seen.std * through_variance(seen, g),
)
add_dx(
    "one_division_too_few",
    "Your path through the variance has one division by √(σ² + ε) too few. It lies in the slope of "
    "1/s, which is −1/s², and in that of the root, which is one over twice the root.",
    lambda seen, g: (g - seen.along(g)) / seen.std + seen.std * through_variance(seen, g),
)
add_dx(
    "one_division_too_many",
    "Your path through the variance has one division by √(σ² + ε) too many. They lie in the slope "
    "of 1/s, which is −1/s², and in that of the root, which is one over twice the root.",
    lambda seen, g: (g - seen.along(g)) / seen.std + through_variance(seen, g) / seen.std,
)
add_dx(
    "slope_of_the_root_turned",
    "Your path through the variance is too strong by the factor 4 (σ² + ε), as it is where the "
    "slope of the root stands upside down.",
    lambda seen, g: (g - seen.along(g)) / seen.std + 4 * seen.std**2 * through_variance(seen, g),
)


@task.misconception(
    "What comes back to 1/√(σ² + ε) is not summed over the batch. One such number serves all "
    "samples of a feature: what each of them sends back adds up."
)
class inverse_not_summed(BatchNormGraph):
    def backward(self, dout):
        super().backward(dout)
        dx_hat = dout * self.params["gamma"]
        dvar = -dx_hat * self._centred * self._inverse**2 / (2 * self._std)
        dcentred = dx_hat * self._inverse + dvar / len(dout) * 2 * self._centred
        return dcentred - dcentred.mean(axis=0)


@task.misconception(
    "forward takes mean and variance over the features of each sample, and backward sums over the "
    "batch. Here each feature has its own, over the samples."
)
class over_the_features_there(BatchNormGraph):
    def forward(self, x):
        self._centred = x - x.mean(axis=1, keepdims=True)
        self._std = np.sqrt((self._centred**2).mean(axis=1, keepdims=True) + self.eps)
        self._inverse = 1 / self._std
        self._x_hat = self._centred * self._inverse
        return (self.params["gamma"] * self._x_hat + self.params["beta"]).astype(x.dtype)


add(
    "over_the_features",
    "You take mean and variance over the features of each sample. Here each feature has its own, "
    "over the samples of the batch.",
    alter=lambda seen: over_features(seen),
)


def over_features(seen):
    """Take the statistics of each sample."""
    seen.over = Over(lambda layer, a: a.mean(axis=1, keepdims=True) + 0 * a, over.wide, over.summed)
    seen.set_centred(seen.x - seen.over.mean(seen.layer, seen.x))


add(
    "one_mean_for_all",
    "You take one mean and one variance over the whole array. Each feature has its own.",
    alter=lambda seen: over_all(seen),
)


def over_all(seen):
    """Take the statistics of everything."""
    seen.over = Over(lambda layer, a: a.mean() + 0 * a, over.wide, over.summed)
    seen.set_centred(seen.x - seen.over.mean(seen.layer, seen.x))


@task.misconception(
    "You sum the gradients of γ and β over everything. Each feature has its own: only the samples "
    "are to be summed over."
)
class parameters_over_everything(BatchNormGraph):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads = {name: grad.sum() for name, grad in self.grads.items()}
        return dx


@task.misconception(
    "You sum the gradients of γ and β over the features. One γ serves all samples: those are to be "
    "summed over, and (D,) must be left."
)
class parameters_over_features(BatchNormGraph):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads = {"gamma": (dout * self._x_hat).sum(axis=1), "beta": dout.sum(axis=1)}
        return dx


@task.misconception(
    "Your gradients of γ and β are not summed over the batch. One γ serves all samples, so their "
    "shares add up, and (D,) must be left."
)
class parameters_not_summed(BatchNormGraph):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads = {"gamma": dout * self._x_hat, "beta": dout}
        return dx


@task.misconception(MEASURED)
class graph_measured(BatchNormGraph):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        x, gamma, beta = self._x, self.params["gamma"], self.params["beta"]

        def loss(x, gamma, beta):
            centred = x - x.mean(axis=0)
            std = np.sqrt((centred**2).mean(axis=0) + self.eps)
            return float(np.sum(dout * (gamma * centred / std + beta)))

        self.grads["gamma"] = measured(lambda v: loss(x, v, beta), gamma)
        self.grads["beta"] = measured(lambda v: loss(x, gamma, v), beta)
        return measured(lambda v: loss(v, gamma, beta), x)
