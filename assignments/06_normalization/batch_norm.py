"""Batch normalization for training and use: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

from .norms import add_common_checks, passed_through, scale_and_shift, uneven

task = Task(
    "batch_norm",
    "Batch normalization in closed form",
    points=12,
    needs=["BatchNorm"],
    minutes=30,
    shapes="x, y, dout and dx (N, D), γ, β, their gradients and the running averages (D,)",
)


def make(impl, gamma, beta):
    """Return a layer with a momentum and an ε that show."""
    return impl.BatchNorm(gamma, beta, momentum=0.7, eps=0.02)


def case(rng, rows=6):
    """Draw γ and β (4,), inputs (rows, 4) and upstream gradients."""
    return scale_and_shift(rng, 4), uneven(rng, rows, 4), rng.normal(size=(rows, 4))


def running(layer):
    """Return the running averages."""
    return {"mean": layer.running_mean, "variance": layer.running_var}


def trained(impl, rng):
    """Return a layer that has seen two batches of different sizes, and is in test mode."""
    layer = make(impl, *scale_and_shift(rng, 4))
    for rows in (6, 3):
        layer.forward(uneven(rng, rows, 4))
    layer.training = False
    return layer


@task.check("in training, forward normalizes each feature over the batch, with ε inside the root")
def training_forward(impl, rng):
    params, x, _ = case(rng)
    x[:, 1] = 1e-2 * x[:, 1]
    usual = impl.BatchNorm(*params).forward(x)
    return {"ε 0.02": make(impl, *params).forward(x), "ε 1e-5": usual}


@task.check("in training, the running averages follow mean and variance of each batch", weight=2)
def running_follow(impl, rng):
    params, _, _ = case(rng)
    found = {}
    for momentum in (0.7, 0.9):
        layer = impl.BatchNorm(*params, momentum)
        for batch, rows in enumerate((6, 3)):
            layer.forward(uneven(rng, rows, 4))
            found[f"momentum {momentum}, batch {batch + 1}"] = running(layer)
    return found


@task.check("in test mode, training = False, forward uses the running averages", weight=2)
def test_forward(impl, rng):
    layer = trained(impl, rng)
    return {
        "one sample": layer.forward(uneven(rng, 1, 4)),
        "five": layer.forward(uneven(rng, 5, 4)),
    }


@task.check("test mode leaves the running averages as they are, and training takes them up again")
def test_mode_stays(impl, rng):
    layer = trained(impl, rng)
    layer.forward(uneven(rng, 5, 4))
    found = {"after test mode": running(layer)}
    layer.training = True
    y = layer.forward(uneven(rng, 6, 4))
    return {**found, "in training again": y, "then": running(layer)}


@task.check('backward stores the gradients of γ and β in grads["gamma"] and grads["beta"], (D,)')
def parameter_gradients(impl, rng):
    params, x, dout = case(rng)
    found = passed_through(make(impl, *params), x, dout)
    return {"gamma": found["gamma"], "beta": found["beta"]}


@task.check("in training, backward returns the gradient of the input, (N, D)", weight=3)
def input_gradient(impl, rng):
    params, x, dout = case(rng)
    layer = make(impl, *params)
    layer.forward(x)
    return layer.backward(dout)


@task.check("that gradient sums to 0 in each feature, and times x̂ it does so up to ε")
def nothing_along(impl, rng):
    params, x, dout = case(rng)
    layer = impl.BatchNorm(*params, eps=1e-12)
    layer.forward(x)
    dx, x_hat = np.asarray(layer.backward(dout)), (x - x.mean(axis=0)) / x.std(axis=0)
    return {
        "shape": dx.shape,
        "sum": dx.sum(axis=0),
        "sum of dx · x̂": (dx * x_hat).sum(axis=0),
        "some of it": float(np.abs(dx).max()),
    }


@task.check(
    "after a forward in test mode, backward returns the gradients of that forward", weight=2
)
def test_backward(impl, rng):
    layer = trained(impl, rng)
    many = passed_through(layer, uneven(rng, 5, 4), rng.normal(size=(5, 4)))
    one = passed_through(layer, uneven(rng, 1, 4), rng.normal(size=(1, 4)))
    return {"five samples": many, "one sample": one}


@task.check("backward belongs to the last forward, in whatever mode the layer is by then")
def mode_of_forward(impl, rng):
    params, x, dout = case(rng)
    layer = make(impl, *params)
    layer.forward(x)
    layer.training = False
    found = {"forward in training": layer.backward(dout)}
    layer.forward(x)
    layer.training = True
    return {**found, "forward in test mode": layer.backward(dout)}


@task.check("the running averages are changed in place: buffers hold these very arrays", weight=0.5)
def running_in_place(impl, rng):
    layer = make(impl, *scale_and_shift(rng, 4))
    for rows in (6, 3):
        layer.forward(uneven(rng, rows, 4))
    return {"running_mean": layer.running_mean, "buffers": layer.buffers}


add_common_checks(task, make, case, rows=(6, 3))


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import MEASURED, Parts
from solutions.normalization import BatchNorm

from .norm_mistakes import (
    NORM_PARTS,
    Over,
    Seen,
    add_common_mistakes,
    add_mistakes_of_gradients,
    add_mistakes_of_statistics,
    add_norm,
    measured,
)

parts = Parts(task, [BatchNorm], NORM_PARTS)
add_common_mistakes(parts, BatchNorm, ["_centred", "_std"])


def statistics_of(layer):
    """Return what test mode normalizes with, or None in training."""
    return None if layer.training else (layer.running_mean, layer.running_var)


over = Over(
    mean=lambda layer, a: a.mean(axis=0) + 0 * a,
    wide=lambda layer, param, x: param,
    summed=lambda layer, a: a.sum(axis=0),
    statistics=statistics_of,
)
add_mistakes_of_statistics(task, BatchNorm, over)
# The sum of x̂ over the batch is 0: there, that one is no gradient at all.
add_mistakes_of_gradients(task, BatchNorm, over, but=["gamma_without_upstream"])


def in_training(seen):
    """Say whether a batch was normalized with its own statistics."""
    return seen.is_of_x


def in_use(seen):
    """Say whether it was normalized with the running ones."""
    return not seen.is_of_x


def where(mode, wrong, right):
    """Return what is wrong in one mode, and right in the other."""
    return lambda seen, *dout: (wrong if mode(seen) else right)(seen, *dout)


def add(name, hint, **wrong):
    """Add a wrong layer, as `add_norm` does."""
    add_norm(task, BatchNorm, over, name, hint, **wrong)


def output(of, mode):
    """Return an output that is of(seen) in one mode."""
    return where(mode, of, Seen.y)


for mode, said in ((in_use, "in test mode"), (in_training, "in training")):
    key = "in_use" if mode is in_use else "in_training"
    add(
        f"without_scale_and_shift.{key}",
        f"Your output {said} is what was normalized: γ and β are missing, which both modes use.",
        y=output(lambda seen: seen.x_hat, mode),
    )
    add(
        f"eps_left_out.{key}",
        f"What you divide by {said} does not depend on ε. It belongs into the root in both modes.",
        y=output(lambda seen: seen.gamma * seen.centred / np.sqrt(seen.var) + seen.beta, mode),
    )
    add(
        f"eps_outside.{key}",
        f"You add ε to the standard deviation {said}. It belongs to the variance, inside the root.",
        y=output(
            lambda seen: seen.gamma * seen.centred / (np.sqrt(seen.var) + seen.eps) + seen.beta,
            mode,
        ),
    )
    add(
        f"divided_by_variance.{key}",
        f"You divide by the variance {said}. What has the unit of x is its root.",
        y=output(lambda seen: seen.gamma * seen.centred / (seen.var + seen.eps) + seen.beta, mode),
    )
add(
    "passes_in_use",
    "In test mode your output is x itself. The layer still normalizes then: with the averages that "
    "it has gathered.",
    y=output(lambda seen: seen.x, in_use),
)
add(
    "scales_in_use_alone",
    "In test mode you scale and shift x, and do not normalize it: the running averages belong in "
    "the place of the batch's mean and variance.",
    y=output(lambda seen: seen.gamma * seen.x + seen.beta, in_use),
)


def gradient_of_training(seen, dout):
    """Return what training's backward makes of the memory of test mode."""
    g, mean = dout * seen.gamma, seen.over.mean
    along = mean(seen.layer, g * seen.x_hat)
    return (g - mean(seen.layer, g) - seen.x_hat * along) / seen.std


add(
    "training_gradient_in_use",
    "After a forward in test mode, your backward still takes mean and variance as made of x. There "
    "they are constants: those paths do not exist.",
    x=where(in_use, gradient_of_training, Seen.dx),
)
add(
    "passes_dout_in_use",
    "After a forward in test mode, your backward returns dout as it came. The output still is x "
    "times a number for each feature, plus another one.",
    x=where(in_use, lambda seen, dout: dout, Seen.dx),
)
add(
    "passes_dout_in_training",
    "After a forward in training, your backward returns dout as it came: what the layer itself "
    "does is missing.",
    x=where(in_training, lambda seen, dout: dout, Seen.dx),
)
for mode, said in ((in_use, "in test mode"), (in_training, "in training")):
    key = "in_use" if mode is in_use else "in_training"
    add(
        f"no_gradient.{key}",
        f"After a forward {said} you return 0 everywhere as the gradient of the input: nothing of "
        "dout gets through, whatever the numbers are.",
        x=where(mode, lambda seen, dout: 0 * dout, Seen.dx),
    )
    add(
        f"dx_without_scale.{key}",
        f"After a forward {said}, γ is missing from your gradient of the input.",
        x=where(mode, lambda seen, dout: seen.dx(dout / seen.gamma), Seen.dx),
    )
    add(
        f"dx_scaled_twice.{key}",
        f"After a forward {said}, γ is in your gradient of the input twice.",
        x=where(mode, lambda seen, dout: seen.dx(dout * seen.gamma), Seen.dx),
    )
    add(
        f"dx_not_divided.{key}",
        f"After a forward {said}, a division is missing from your gradient of the input: forward "
        "divides by the root, and so does the way back.",
        x=where(mode, lambda seen, dout: seen.dx(dout) * seen.std, Seen.dx),
    )


class Moving:
    """How the running averages are moved: to be overridden, step by step."""

    def forward(self, x):
        before = self.running_mean.copy(), self.running_var.copy()
        y = super().forward(x)
        if self.training:
            mean, var = self.moved(*before, x)
            self.running_mean[...], self.running_var[...] = mean, var
        return y

    def mixed(self, old, new):
        """Return the right running average."""
        return self.momentum * old + (1 - self.momentum) * new


def add_moved(name, hint, moved):
    """Add one with other running averages: moved(layer, mean, var, x) returns both."""
    task.misconception(hint)(type(name, (Moving, BatchNorm), {"moved": moved}))


def both(change):
    """Return what moves both averages: change(layer, old, new)."""
    return lambda layer, mean, var, x: (
        change(layer, mean, x.mean(axis=0)),
        change(layer, var, x.var(axis=0)),
    )


def ddof_1(x):
    """Return the variance with n − 1."""
    return x.var(axis=0) * len(x) / max(len(x) - 1, 1)


PYTORCH = (
    "Your momentum weighs the batch, as PyTorch's does. Here it weighs the old value, so that a "
    "momentum near 1 moves slowly."
)
UNBIASED = (
    "The variance that goes into your running average is divided by N − 1, as in the paper and in "
    "PyTorch. Here it is that of the batch, divided by N."
)
add_moved(
    "pytorch_momentum",
    PYTORCH,
    both(lambda self, old, new: (1 - self.momentum) * old + self.momentum * new),
)
add_moved(
    "unbiased_running_variance",
    UNBIASED,
    lambda self, mean, var, x: (self.mixed(mean, x.mean(axis=0)), self.mixed(var, ddof_1(x))),
)
add_moved(
    "pytorch_form",
    f"{PYTORCH} {UNBIASED}",
    lambda self, mean, var, x: (
        (1 - self.momentum) * mean + self.momentum * x.mean(axis=0),
        (1 - self.momentum) * var + self.momentum * ddof_1(x),
    ),
)
add_moved(
    "running_std",
    "You average the standard deviation. What is averaged is the variance: the root comes when it "
    "is used.",
    lambda self, mean, var, x: (self.mixed(mean, x.mean(axis=0)), self.mixed(var, x.std(axis=0))),
)


@task.misconception(
    "You average the standard deviation, and square it where it is used. What is averaged is the "
    "variance: the square of a mean of roots is another number."
)
class running_std_squared(Moving, BatchNorm):
    def moved(self, mean, var, x):
        return self.mixed(mean, x.mean(axis=0)), self.mixed(var, x.std(axis=0))

    def forward(self, x):
        if self.training:
            return super().forward(x)
        kept = self.running_var.copy()
        self.running_var[...] = kept**2
        y = super().forward(x)
        self.running_var[...] = kept
        return y


@task.misconception(
    "In training your layer normalizes with its running averages. They are gathered for test mode: "
    "training uses the batch's own mean and variance."
)
class running_in_the_formula_of_training(BatchNorm):
    def forward(self, x):
        y = super().forward(x)
        if not self.training:
            return y
        self._centred = x - self.running_mean
        self._std = np.sqrt(self.running_var + self.eps)
        x_hat = self._centred / self._std
        return (self.params["gamma"] * x_hat + self.params["beta"]).astype(x.dtype)


add_moved(
    "running_std_with_eps",
    "You average √(σ² + ε). What is averaged is the variance: ε and the root come when it is used.",
    lambda self, mean, var, x: (
        self.mixed(mean, x.mean(axis=0)),
        self.mixed(var, np.sqrt(x.var(axis=0) + self.eps)),
    ),
)
add_moved(
    "running_variance_with_eps",
    "ε is in your running variance. It is added when the variance is used, and not before.",
    lambda self, mean, var, x: (
        self.mixed(mean, x.mean(axis=0)),
        self.mixed(var, x.var(axis=0) + self.eps),
    ),
)
add_moved(
    "running_is_the_last_batch",
    "Your running averages are those of the last batch: nothing of the ones before is left.",
    both(lambda self, old, new: new),
)
add_moved(
    "running_stands_still",
    "Your running averages stay what they were at first. Each batch of the training moves them.",
    both(lambda self, old, new: old),
)
add_moved(
    "running_adds_up",
    "You add the share of the batch, and the old value stays whole. Momentum weighs it.",
    both(lambda self, old, new: old + (1 - self.momentum) * new),
)
add_moved(
    "batch_is_added_whole",
    "You add the batch's statistics whole. The two weights add up to 1.",
    both(lambda self, old, new: self.momentum * old + new),
)
add_moved(
    "batch_is_weighed_with_momentum",
    "Both weights are the momentum. The two add up to 1.",
    both(lambda self, old, new: self.momentum * (old + new)),
)
add_moved(
    "running_without_batch",
    "Your running averages only shrink: the share of the batch is missing.",
    both(lambda self, old, new: self.momentum * old),
)
add_moved(
    "always_nine_tenths",
    "Your momentum is always 0.9. Take the one that was given.",
    both(lambda self, old, new: 0.9 * old + 0.1 * new),
)
add_moved(
    "running_variance_alone_stands_still",
    "Your running variance stays what it was at first. Each batch moves it, as it does the mean.",
    lambda self, mean, var, x: (self.mixed(mean, x.mean(axis=0)), var),
)
add_moved(
    "running_mean_alone_stands_still",
    "Your running mean stays what it was at first. Each batch moves it, as it does the variance.",
    lambda self, mean, var, x: (mean, self.mixed(var, x.var(axis=0))),
)
add_moved(
    "running_of_all_features",
    "Your running averages are the same for all features. Each feature has its own.",
    lambda self, mean, var, x: (self.mixed(mean, x.mean()), self.mixed(var, x.var())),
)


def start(name, hint, mean, var):
    """Add one whose running averages start somewhere else."""

    class Wrong(BatchNorm):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.running_mean[...], self.running_var[...] = mean, var

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


start(
    "variance_starts_at_0",
    "Your running variance starts at 0. It starts at 1, as __init__ has it.",
    0,
    0,
)


class TakesTheFirst:
    """The first batch is taken whole."""

    def moved(self, mean, var, x):
        if not hasattr(self, "_begun"):
            self._begun = True
            return x.mean(axis=0), x.var(axis=0)
        return self.mixed(mean, x.mean(axis=0)), self.mixed(var, x.var(axis=0))


task.misconception(
    "Your running averages start with the statistics of the first batch, taken whole. They start "
    "at 0 and 1, and the first batch moves them as any other does."
)(type("first_batch_taken_whole", (TakesTheFirst, Moving, BatchNorm), {}))


@task.misconception(
    "Test mode moves your running averages. They are gathered in training only: the answer for one "
    "sample must not depend on what was asked before."
)
class moves_in_use(BatchNorm):
    def forward(self, x):
        y = super().forward(x)
        if not self.training:
            for old, new in (
                (self.running_mean, x.mean(axis=0)),
                (self.running_var, x.var(axis=0)),
            ):
                old[...] = self.momentum * old + (1 - self.momentum) * new
        return y


def batch_in_use(name, hint, moves, gradient_knows):
    """Add one that normalizes with the batch in test mode, and may move its averages there.

    The gradient is then that of the training, or takes the statistics as constants.
    """

    class Wrong(BatchNorm):
        def forward(self, x):
            mode, self.training = self.training, True
            kept = self.running_mean.copy(), self.running_var.copy()
            y = super().forward(x)
            self.training = mode
            if not (mode or moves):
                self.running_mean[...], self.running_var[...] = kept
            self._of_batch = mode or gradient_knows
            return y

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


BATCH_IN_USE = (
    "Test mode normalizes with the mean and the variance of what it is given. The running averages "
    "are there for it: a sample's answer must not depend on its company, and a batch of one has no "
    "spread."
)
NO_TEST_MODE = (
    "There is no test mode: your layer normalizes with the batch and moves its averages, whatever "
    "training says."
)
batch_in_use("batch_statistics_in_use", BATCH_IN_USE, False, False)
batch_in_use("batch_statistics_in_use.throughout", BATCH_IN_USE, False, True)
batch_in_use("no_test_mode", NO_TEST_MODE, True, False)
batch_in_use("no_test_mode.throughout", NO_TEST_MODE, True, True)


@task.misconception(
    "In training your layer normalizes with its running averages. They are gathered for test mode: "
    "training uses the batch's own mean and variance."
)
class running_statistics_in_training(BatchNorm):
    def forward(self, x):
        mode = self.training
        super().forward(x)
        self.training = False
        y = super().forward(x)
        self.training = mode
        return y


@task.misconception(
    "What decides in your backward is the mode that the layer is in by then. It is the mode of the "
    "forward before it: that is the one whose gradient is asked for."
)
class mode_of_backward(BatchNorm):
    def backward(self, dout):
        self._of_batch = self.training
        return super().backward(dout)


@task.misconception(
    "On the way back, training and test mode are exchanged: mean and variance are made of x in "
    "training, and constants in test mode."
)
class modes_swapped_on_the_way_back(BatchNorm):
    def forward(self, x):
        y = super().forward(x)
        self._of_batch = not self._of_batch
        return y


@task.misconception("Training and test mode are exchanged.")
class modes_swapped(BatchNorm):
    def forward(self, x):
        self.training = not self.training
        y = super().forward(x)
        self.training = not self.training
        return y


REBOUND = (
    "Your running averages are new arrays after each batch, and buffers still holds the old ones: "
    "what is saved is what it holds. Change the arrays in place."
)


@task.misconception(REBOUND)
class running_rebound(BatchNorm):
    def forward(self, x):
        kept = {name: array.copy() for name, array in self.buffers.items()}
        y = super().forward(x)
        if self.training:
            self.running_mean, self.running_var = self.running_mean.copy(), self.running_var.copy()
            for name, array in kept.items():
                self.buffers[name][...] = array
        return y


@task.misconception(MEASURED)
class batch_norm_measured(BatchNorm):
    def forward(self, x):
        self._x, self._fixed = x, statistics_of(self)
        return super().forward(x)

    def backward(self, dout):
        x, gamma, beta, fixed = self._x, self.params["gamma"], self.params["beta"], self._fixed

        def loss(x, gamma, beta):
            mean, var = (x.mean(axis=0), x.var(axis=0)) if fixed is None else fixed
            return np.sum(dout * (gamma * (x - mean) / np.sqrt(var + self.eps) + beta))

        self.grads["gamma"] = measured(lambda v: loss(x, v, beta), gamma)
        self.grads["beta"] = measured(lambda v: loss(x, gamma, v), beta)
        return measured(lambda v: loss(v, gamma, beta), x)
