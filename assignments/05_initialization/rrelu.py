"""The randomized leaky ReLU: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, add_activation_checks, add_derived_check, signed

from .inputs import add_far_check, add_zero_check, seeding

task = Task("rrelu", "Slopes at random", points=7, needs=["RReLU"], minutes=15)


def of_one_slope(impl, rng):
    """Return a layer that draws numbers between u and u, which leaves no choice."""
    u = rng.uniform(2, 7)
    return impl.RReLU(rng.generator(), u, u)


def negative(rng):
    """Draw an input (60, 50) of negative numbers."""
    return -rng.uniform(0.5, 2, size=(60, 50))


def divisors(x, y):
    """Return by what each x has been divided."""
    with np.errstate(all="ignore"):
        return x / np.broadcast_to(np.asarray(y, dtype=float), x.shape)


@task.check(
    "in training, positive numbers pass, and the others are divided by numbers from low to high",
    weight=2,
    rtol=0.04,
    atol=0.01,
)
def training_spread(impl, rng):
    found = {}
    for name, bounds in {"3 to 8": [], "2 to 5": [2.0, 5.0]}.items():
        x = signed(rng, 200, 150)
        y = np.asarray(impl.RReLU(rng.generator(), *bounds).forward(x))
        if y.shape != x.shape:
            return f"shape {y.shape}"
        u = divisors(x[x < 0], y[x < 0])
        found[name] = {
            "least": float(u.min()),
            "a quarter is below": float(np.quantile(u, 0.25)),
            "half is below": float(np.median(u)),
            "three quarters are below": float(np.quantile(u, 0.75)),
            "largest": float(u.max()),
            "change of a positive number": float(np.abs(y - x)[x > 0].max()),
        }
    return found


@task.check("each element has a number of its own, and another one in the next forward", atol=0.15)
def each_its_own(impl, rng):
    layer, x, other = impl.RReLU(rng.generator()), negative(rng), negative(rng)
    u = divisors(x, layer.forward(x))
    again = divisors(other, layer.forward(other))
    std = 5 / np.sqrt(12)
    return {
        "spread within a row": float(u.std(axis=1, ddof=1).mean() / std),
        "spread within a column": float(u.std(axis=0, ddof=1).mean() / std),
        "correlation with those of the next": correlation(u, again),
    }


def correlation(a, b):
    """Return the correlation of two arrays; 0, if one is constant."""
    spread = a.std() * b.std()
    if not spread > 1e-12:
        return 0.0
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread)


@task.check(
    "in test mode, training = False, all are divided by the mean of low and high", weight=1.5
)
def in_use(impl, rng):
    layer = impl.RReLU(rng.generator(), rng.uniform(1.5, 2.5), rng.uniform(6, 9))
    layer.training = False
    y = layer.forward(signed(rng, 3, 4))
    dx = layer.backward(rng.normal(size=(3, 4)))
    usual = impl.RReLU(rng.generator())
    usual.training = False
    return {"y": y, "dx": dx, "3 to 8": usual.forward(-rng.uniform(1, 2, size=(2, 3)))}


def compared(slopes, now, other):
    """Compare the slopes of a way back with those of the forward now, and of another one."""
    slopes = np.broadcast_to(np.asarray(slopes, dtype=float), now.shape)
    return {
        "share that is right": float((np.abs(slopes - now) < 1e-6).mean()),
        "share of the other forward": float((np.abs(slopes - other) < 1e-6).mean()),
        "correlation": correlation(slopes, now),
        "spread": float(slopes.std() / max(now.std(), 1e-12)),
        "mean": float(slopes.mean() / now.mean()),
    }


@task.check("backward multiplies by the slopes of its own last forward", weight=2, atol=0.06)
def way_back(impl, rng):
    layer, before, x, dout = impl.RReLU(rng.generator()), *(negative(rng) for _ in range(3))
    first = layer.forward(before) / before
    second = layer.forward(x) / x
    found = {"after another forward": compared(layer.backward(dout) / dout, second, first)}
    layer, other = impl.RReLU(rng.generator()), impl.RReLU(rng.generator())
    first, second = layer.forward(x) / x, other.forward(before) / before
    found["first of two"] = compared(layer.backward(dout) / dout, first, second)
    return found


@task.check("all that is random comes from rng", weight=0.5)
def rrelu_from_rng(impl, rng):
    x = negative(rng)
    return seeding(impl, lambda source: impl.RReLU(source).forward(x), rng)


add_activation_checks(task, of_one_slope)


add_zero_check(task, of_one_slope)


add_far_check(task, of_one_slope)


add_derived_check(task, of_one_slope)


# Known mistakes -----------------------------------------------------------------------------------

import math

from handgrad import ACTIVATION_PARTS, MEASURED, Parts, add_layer_mistakes, add_memory_mistakes
from solutions.initialization import RReLU

from .mistakes import (
    add_mistakes_of_activations,
    add_mistakes_of_leaky,
    by_differences,
)

parts = Parts(task, [RReLU], ACTIVATION_PARTS)
add_layer_mistakes(parts, ["x"], passed_on=["y", "x"])
add_memory_mistakes(task, RReLU, ["_positive", "_divisor"], ["_positive"], ["_divisor"])


def slope_of(layer, x):
    """Return the slope at each x."""
    return np.where(x > 0, 1, 1 / layer._divisor)


add_mistakes_of_activations(task, RReLU, lambda self, x: slope_of(self, x) * x, slope_of)
add_mistakes_of_leaky(task, RReLU, lambda self: 1 / self._divisor)


def mean_of(layer, x):
    """Return what is right in test mode."""
    return (layer.low + layer.high) / 2


def drawn(layer, x):
    """Return what is right in training."""
    return layer.rng.uniform(layer.low, layer.high, size=x.shape)


def add(name, hint, training=drawn, use=mean_of):
    """Add a wrong RReLU, of other divisors: training(layer, x) and use(layer, x)."""

    class Wrong(RReLU):
        def forward(self, x):
            divisor = (training if self.training else use)(self, x)
            self._divisor = np.asarray(divisor).astype(x.dtype)
            self._positive = x > 0
            return np.where(self._positive, x, x / self._divisor)

    Wrong.__name__ = name
    task.misconception(hint)(Wrong)


def slopes_drawn(layer, x):
    """Draw slopes evenly, as PyTorch does."""
    return 1 / layer.rng.uniform(1 / layer.high, 1 / layer.low, size=x.shape)


def mean_of_slopes(layer, x):
    """Return what PyTorch does in test mode."""
    return 2 / (1 / layer.low + 1 / layer.high)


PYTORCH = (
    "This is PyTorch's form: it draws the slopes themselves, evenly from 1/high to 1/low, and "
    "takes the mean of these two in the test. Here, as in the paper, what is drawn evenly is the "
    "number that x is divided by."
)

add("pytorch_form", PYTORCH, slopes_drawn, mean_of_slopes)
add("pytorch_form.training", PYTORCH + " This concerns the training.", slopes_drawn)
add("pytorch_form.in_use", PYTORCH + " This concerns the test mode.", use=mean_of_slopes)
add(
    "mean_slope_in_use",
    "In test mode you take the mean slope of the training. The paper takes the mean of the numbers "
    "that x is divided by, and that has another slope.",
    use=lambda self, x: (
        (self.high - self.low) / max(math.log(self.high / self.low), 1e-300)
        if self.high > self.low
        else self.low
    ),
)
add(
    "draws_in_use",
    "In test mode your layer still draws. There every element is divided by the same number.",
    use=drawn,
)
add(
    "never_draws",
    "In training your layer draws nothing: all are divided by the mean of low and high. That is "
    "the test mode.",
    training=mean_of,
)
add("modes_swapped", "Training and test mode are exchanged.", training=mean_of, use=drawn)
add(
    "sum_for_mean",
    "In test mode you divide by low + high. What is asked for is their mean.",
    use=lambda self, x: self.low + self.high,
)
add(
    "half_the_width",
    "In test mode you divide by half the difference of low and high. The middle between them is "
    "half their sum.",
    use=lambda self, x: (self.high - self.low) / 2 or 1e-300,
)
add(
    "precedence_of_mean",
    "Brackets are missing in your mean of low and high: only one of them is halved.",
    use=lambda self, x: self.low + self.high / 2,
)
add("low_in_use", "In test mode you divide by low.", use=lambda self, x: self.low)
add("high_in_use", "In test mode you divide by high.", use=lambda self, x: self.high)
add(
    "nothing_below_in_use",
    "In test mode yours is a plain ReLU.",
    use=lambda self, x: np.inf,
)
add(
    "passes_in_use",
    "In test mode everything passes as it is. Only the drawing ends: the negative inputs are still "
    "divided, by the mean of low and high.",
    use=lambda self, x: 1.0,
)
add(
    "one_draw_for_all",
    "You draw one number for the whole batch. Each element is to have its own.",
    training=lambda self, x: self.rng.uniform(self.low, self.high),
)
add(
    "one_draw_for_each_unit",
    "You draw one number for each unit, and all samples share it. Each element is to have its own.",
    training=lambda self, x: self.rng.uniform(self.low, self.high, size=x.shape[1:]),
)
add(
    "one_draw_for_each_sample",
    "You draw one number for each sample, and all of its elements share it. Each element is to "
    "have its own.",
    training=lambda self, x: self.rng.uniform(
        self.low, self.high, size=(len(x), *[1] * (x.ndim - 1))
    ),
)
add(
    "normal_draws",
    "Your numbers are drawn from a normal distribution. They are to be spread evenly from low to "
    "high.",
    training=lambda self, x: (
        self.low + (self.high - self.low) * self.rng.standard_normal(size=x.shape)
    ),
)
add(
    "normal_of_the_right_spread",
    "Your numbers are drawn from a normal distribution. They are to be spread evenly from low to "
    "high.",
    training=lambda self, x: self.rng.normal(
        mean_of(self, x), (self.high - self.low) / math.sqrt(12), size=x.shape
    ),
)
add(
    "whole_numbers",
    "Your numbers are whole. They are to be spread evenly over all between low and high.",
    training=lambda self, x: self.rng.integers(int(self.low), int(self.high) + 1, size=x.shape),
)
add(
    "up_to_the_sum",
    "Your numbers go from low to low + high. What multiplies the random number is the distance "
    "from low to high.",
    training=lambda self, x: self.low + self.high * self.rng.random(x.shape),
)
add(
    "without_low",
    "Your numbers begin at 0: low is not added.",
    training=lambda self, x: (self.high - self.low) * self.rng.random(x.shape),
)
add(
    "from_zero_to_high",
    "Your numbers go from 0 to high. They are to begin at low.",
    training=lambda self, x: self.high * self.rng.random(x.shape),
)
add(
    "from_zero_to_one",
    "Your numbers go from 0 to 1, whatever low and high are.",
    training=lambda self, x: self.rng.random(x.shape),
)
add(
    "always_three_to_eight",
    "Your numbers go from 3 to 8, whatever low and high are.",
    training=lambda self, x: self.rng.uniform(3, 8, size=x.shape),
    use=lambda self, x: 5.5,
)
add(
    "own_generator",
    "You bring a generator of your own: it gives the same numbers in each forward. Draw from the "
    "rng that was handed over.",
    training=lambda self, x: np.random.default_rng(0).uniform(self.low, self.high, size=x.shape),
)


def kept_draws(layer, x):
    """Draw for the first batch of a shape only."""
    if np.shape(getattr(layer, "_first", None)) != x.shape:
        layer._first = drawn(layer, x)
    return layer._first


add(
    "draws_once",
    "Your numbers are drawn once, and stay. They are to be drawn anew in each forward.",
    training=kept_draws,
)


def first_draws(layer, x):
    """Draw for the first batch, whatever shape the next ones have."""
    if not hasattr(layer, "_first"):
        layer._first = drawn(layer, x)
    return layer._first


add(
    "draws_once_whatever_the_size",
    "Your numbers are drawn once, and stay. They are to be drawn anew in each forward.",
    training=first_draws,
)

DRAWS_ANEW = (
    "backward draws anew. Its slopes have to be those that forward used: they are part of what "
    "forward remembers."
)


@task.misconception(DRAWS_ANEW)
class draws_always_on_the_way_back(RReLU):
    def backward(self, dout):
        return np.where(self._positive, dout, dout / drawn(self, dout).astype(dout.dtype))


@task.misconception(DRAWS_ANEW)
class draws_on_the_way_back(RReLU):
    def backward(self, dout):
        if self.training:
            self._divisor = drawn(self, dout).astype(dout.dtype)
        return super().backward(dout)


@task.misconception(
    "backward divides by the mean of low and high. In training its slopes have to be those that "
    "forward drew."
)
class mean_on_the_way_back(RReLU):
    def backward(self, dout):
        return np.where(self._positive, dout, dout / mean_of(self, dout))


@task.misconception(MEASURED)
class rrelu_measured(RReLU):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        return by_differences(lambda x: np.where(x > 0, x, x / self._divisor), self._x, dout)
