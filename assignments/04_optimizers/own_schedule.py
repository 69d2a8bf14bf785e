"""A schedule of one's own: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

task = Task("own_schedule", "A schedule of your own", points=6, needs=["own_schedule"], minutes=20)

RUNS, BATCH, UNITS, MOMENTUM = 64, 8, 16, 0.9
STEPS = 600
PLACES = np.arange(STEPS // 10, STEPS + 1, STEPS // 10)
"""After so many steps it is counted; ten numbers tell more than one does."""


def final_losses(rates, seed):
    """Train networks side by side, each on noisy points of its own; return their final losses.

    A network of 1, 16 and 1 units learns sin 3x on −1 … 1 from mini-batches of 8 new points, to
    whose heights noise of standard deviation 1 is added, by half the squared error and SGD with
    momentum. The loss is the mean squared distance from the curve itself, without noise.
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, size=(len(rates), RUNS, BATCH, 1))
    t = np.sin(3 * x) + rng.normal(size=x.shape)
    W1, b1 = 3 * rng.normal(size=(RUNS, 1, UNITS)), 3 * rng.normal(size=(RUNS, 1, UNITS))
    W2, b2 = rng.normal(size=(RUNS, UNITS, 1)) / np.sqrt(UNITS), np.zeros((RUNS, 1, 1))
    params = [W1, b1, W2, b2]
    speeds = [np.zeros_like(param) for param in params]
    for rate, inputs, targets in zip(rates, x, t, strict=True):
        hidden = np.tanh(inputs * W1 + b1)
        dout = (hidden @ W2 + b2 - targets) / BATCH
        dhidden = dout * W2.transpose(0, 2, 1) * (1 - hidden * hidden)
        grads = [
            inputs.transpose(0, 2, 1) @ dhidden,
            dhidden.sum(axis=1, keepdims=True),
            hidden.transpose(0, 2, 1) @ dout,
            dout.sum(axis=1, keepdims=True),
        ]
        for param, speed, grad in zip(params, speeds, grads, strict=True):
            speed *= MOMENTUM
            speed -= rate * grad
            param += speed
    points = np.linspace(-1, 1, 101)[:, None]
    outputs = np.tanh(points * W1 + b1) @ W2 + b2
    return ((outputs - np.sin(3 * points)) ** 2).mean(axis=(1, 2))


def trained(impl, rng, steps):
    """Ask for the rate of each step, train with these rates, and return the mean final loss."""
    rates = [float(impl.own_schedule(step, steps)) for step in range(steps)]
    with np.errstate(all="ignore"):
        loss = float(final_losses(rates, int(rng.integers(1 << 31))).mean())
    return loss if np.isfinite(loss) else float("inf")


def so_far(holds):
    """Return of how many of the first steps something holds, after each tenth of them."""
    return np.cumsum(holds)[PLACES - 1]


def rates_of(impl, steps=STEPS, count=STEPS):
    """Return the rates of the first steps of a training."""
    return np.array([float(impl.own_schedule(step, steps)) for step in range(count)])


# A right schedule stays far below these bounds, and no constant rate comes near them.
@task.check("600 steps: the loss that is reached", weight=3, at_most=0.032)
def reached(impl, rng):
    return trained(impl, rng, STEPS)


@task.check("300 steps: a budget half as large", weight=1.5, at_most=0.048)
def reached_sooner(impl, rng):
    return trained(impl, rng, STEPS // 2)


@task.check("every rate is a finite number of at least 0")
def finite_rates(impl, rng):
    rates = rates_of(impl)
    return {"steps whose rate is none": so_far(~(np.isfinite(rates) & (rates >= 0)))}


@task.check("it is a schedule: the rate changes on the way, and falls")
def it_falls(impl, rng):
    changes = np.diff(rates_of(impl))
    rises, falls = changes > 0, changes < 0
    held, rising = not (rises.any() or falls.any()), rises.any() and not falls.any()
    return {
        "steps for which the rate never changes": so_far(np.full(STEPS, held)),
        "steps for which it does nothing but rise": so_far(np.full(STEPS, rising)),
    }


@task.check("a rate depends on step and steps alone, and on both of them")
def what_it_depends_on(impl, rng):
    rates, again = rates_of(impl), rates_of(impl)
    half = rates_of(impl, STEPS // 2, STEPS // 2)
    same = bool(np.ptp(rates) > 0 and (half == rates[: STEPS // 2]).all())
    return {
        "steps with another rate when asked again": so_far(rates != again),
        "steps whose rate is the same whatever `steps` is": so_far(np.full(STEPS, same)),
    }


# Known mistakes -----------------------------------------------------------------------------------

import math


@task.misconception(
    "Your rate never changes. A constant rate that is small enough for the noise does not get "
    "there within the budget, and one that gets there is thrown about by the noise. (Does step //"
    " steps stand in it? That is 0 at every step: divide with /.)"
)
def constant_rate(step, steps):
    return 0.004


@task.misconception(
    "Your rate does nothing but rise. At the end of a training the noise has to be averaged out, "
    "and that takes small steps: the large ones belong before."
)
def only_rises(step, steps):
    return 0.02 * (step + 1) / steps


@task.misconception(
    "`steps` has no effect: your schedule is made for one budget, and does not fit a smaller one."
    " Let it depend on how much of the way is behind."
)
def made_for_one_budget(step, steps):
    return 0.02 * (1 - step / 600) if step < 600 else 0.0


@task.misconception(
    "Asked again for the same step, your schedule gives another rate: it remembers something "
    "between the calls. It is to be a function of step and steps alone."
)
def counts_its_calls(step, steps):
    counts_its_calls.calls += 1
    return 0.02 / (1 + counts_its_calls.calls / 100)


counts_its_calls.calls = 0


@task.misconception(
    "Your rate falls below 0, and from there on each step goes uphill. (A cosine goes down to −1: "
    "add 1 to it, and halve.)"
)
def below_zero(step, steps):
    return 0.02 * math.cos(math.pi * step / steps)


@task.misconception("All your rates are negative, or no numbers at all.")
def none_is_a_rate(step, steps):
    return -0.02 * (1 - step / (steps + 1))
