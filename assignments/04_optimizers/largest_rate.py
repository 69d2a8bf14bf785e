"""Where descent begins to diverge: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import ImplementationError, Task, fetch, formula, keep

task = Task(
    "largest_rate",
    "The largest rate",
    points=6,
    needs=["diverges", "largest_rate"],
    minutes=20,
)

SHARES = np.array([0.05, 0.3, 0.6, 0.8, 0.97, 1.03, 1.4, 2.5, 6.0, 10.5, 40.0, 1e40, 1e200])
"""Rates, as shares of the limit: from far below it to where every number overflows."""


def bowl(impl, rng):
    """Draw a quadratic that lies across two of its axes; return its gradient, a start, its limit.

    The first coordinate has a curvature of its own, neither the largest nor the smallest. From
    the start it is further to the minimum than to 0.
    """
    curvatures = rng.uniform(0.5, 0.6) * np.array([0.6, 0.13, 2.3])
    angle = rng.uniform(0.5, 0.9)
    axes = np.eye(3)
    axes[1:, 1:] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    start, centre = axes @ np.array([0.4, 0.5, -0.5]), axes @ np.array([-0.9, 1.5, 0.6])
    A = axes @ np.diag(curvatures) @ axes.T
    gradient = formula(impl, "lambda x: A @ (x - centre)", A=A, centre=centre)
    return gradient, start, 2 / max(curvatures)


def edge(impl, gradient, start, rates, steps):
    """Return the largest rate at which a walk does not diverge, and the smallest at which it does.

    Where it never does, or always, the rate is 0.
    """
    found = np.array([bool(impl.diverges(gradient, start, rate, steps)) for rate in rates])
    return {
        "largest rate that does not diverge": max(rates[~found], default=0.0),
        "smallest rate that diverges": min(rates[found], default=0.0),
    }


@task.check("diverges: the rates just below and just above the limit are told apart", weight=2)
def diverges_at_the_limit(impl, rng):
    gradient, start, limit = bowl(impl, rng)
    return edge(impl, gradient, start, limit * SHARES[:-2], 120)


@task.check("diverges: what ends at infinity, or is no number any more, has diverged")
def diverges_to_nan(impl, rng):
    gradient, start, limit = bowl(impl, rng)
    return edge(impl, gradient, start, limit * SHARES, 150)


@task.check("diverges: it is the end of the walk that counts, after as many steps as are given")
def diverges_after_steps(impl, rng):
    """A hill beside a hole: the gradient grows at first, and then falls."""
    start, rate = np.array([[rng.uniform(2.3, 2.32), -0.3]]), rng.uniform(0.012, 0.0122)
    gradient = formula(impl, "lambda x: 10 * x * np.exp(-0.25 * x * x)")
    steps = [1, 2, 4, 6, 8, 12, 20, 32, 48, 64, 96]
    found = [bool(impl.diverges(gradient, start, rate, n)) for n in steps]
    return {"number of steps after which the gradient is longer": np.array(steps) * found}


@task.check("diverges: x may be an array of any shape, and is left as it was", weight=0.5)
def diverges_leaves_x(impl, rng):
    start = rng.normal(size=(2, 3))
    kept = keep(impl, start)
    c = rng.uniform(0.8, 1.2) * np.array([[0.5, 2.0, 1.0], [0.3, 0.1, 0.7]])
    gradient = formula(impl, "lambda x: c * x", c=c)
    found = [bool(impl.diverges(gradient, kept, rate, 50)) for rate in (0.6, 2.0)]
    return {"x": fetch(kept), "answers": found}


@task.check("largest_rate: the limit within the tolerance, from below", weight=2)
def limit_by_halves(impl, rng):
    low, high = 0.11, 2.03
    off = rng.uniform(0.001, 0.002)  # less than the last interval: so each halving shows
    limits = [high - off, low + off, rng.uniform(0.3, 0.4), rng.uniform(1.1, 1.2)]
    return [
        impl.largest_rate(lambda rate, limit=limit: bool(rate > limit), low, high, 0.0087)
        for limit in limits
    ]


@task.check("largest_rate: the tolerance is that of the interval", weight=0.5)
def limit_within_tolerance(impl, rng):
    limit = 7.1 - rng.uniform(1e-6, 2e-6)
    is_too_large = formula(impl, "lambda rate: bool(rate > limit)", limit=limit)
    tolerances = (1.2, 0.21, 0.0123, 1e-4)
    return [impl.largest_rate(is_too_large, 1.9, 7.1, tolerance) for tolerance in tolerances]


@task.check("largest_rate: the interval is halved, so few rates are tried", weight=0.5, at_most=20)
def limit_in_few_calls(impl, rng):
    asked, limit = [], rng.uniform(0.3, 0.6)
    found = impl.largest_rate(
        lambda rate: asked.append(rate) or bool(rate > limit), 0.1, 1.0, 0.002
    )
    return float(len(asked)) if abs(found - limit) < 0.01 else 1000.0


@task.check("largest_rate: ValueError if low is too large, or if high is not", weight=0.5)
def limit_outside(impl, rng):
    found = []
    for limit in (rng.uniform(0.05, 0.09), rng.uniform(1.1, 1.9), rng.uniform(0.3, 0.6)):
        is_too_large = formula(impl, "lambda rate: bool(rate > limit)", limit=limit)
        try:
            impl.largest_rate(is_too_large, 0.1, 1.0, 0.03)
            found.append("no exception")
        except ImplementationError as error:
            if error.kind != "ValueError":
                raise
            found.append("ValueError")
    return dict(zip(("low is too large", "high is not", "both are right"), found, strict=True))


# Known mistakes -----------------------------------------------------------------------------------

from solutions.losses import gradient_descent
from solutions.optimizers import diverges, largest_rate


def walked(f_gradient, x, learning_rate, steps):
    """Return the gradients at the start and at the end of a walk."""
    end = gradient_descent(f_gradient, x, learning_rate, steps)[-1]
    return f_gradient(x), f_gradient(end)


@task.misconception(
    "Where the walk ends at NaN, your answer is that it does not diverge: NaN is not larger than "
    "anything, nor smaller. Turn the question around, or ask for NaN."
)
def nan_is_not_longer(f_gradient, x, learning_rate, steps):
    start, end = walked(f_gradient, x, learning_rate, steps)
    return bool(np.linalg.norm(end) > np.linalg.norm(start))


@task.misconception(
    "You ask whether the walk overshoots, to the other side of the valley. That begins at 1/λ, at "
    "half the limit, and is not yet divergence: each swing may be shorter than the one before."
)
def overshoots(f_gradient, x, learning_rate, steps):
    start = f_gradient(x)
    return bool((start * f_gradient(x - learning_rate * start)).sum() < 0)


@task.misconception(
    "You compare after one step. That one may go either way, and only later is it seen which "
    "direction wins: compare the end of the whole walk with its start."
)
def one_step_only(f_gradient, x, learning_rate, steps):
    return diverges(f_gradient, x, learning_rate, 1)


@task.misconception(
    "You walk a number of steps of your own. How many it are is given.",
)
def steps_of_its_own(f_gradient, x, learning_rate, steps):
    return diverges(f_gradient, x, learning_rate, 100)


@task.misconception(
    "You compare how far x is from 0, or from where it began. The minimum may lie anywhere, and "
    "the way to it may be long: what grows when a walk diverges is the gradient."
)
def distance_from_zero(f_gradient, x, learning_rate, steps):
    end = gradient_descent(f_gradient, x, learning_rate, steps)[-1]
    return not np.linalg.norm(end) <= np.linalg.norm(x)


@task.misconception(
    "You compare how far x is from 0, or from where it began. The minimum may lie anywhere, and "
    "the way to it may be long: what grows when a walk diverges is the gradient."
)
def far_from_the_start(f_gradient, x, learning_rate, steps):
    end = gradient_descent(f_gradient, x, learning_rate, steps)[-1]
    return not np.linalg.norm(end - x) <= np.linalg.norm(x)


@task.misconception(
    "True and False stand in each other's place: True means that the walk diverges."
)
def answer_reversed(f_gradient, x, learning_rate, steps):
    return not diverges(f_gradient, x, learning_rate, steps)


@task.misconception(
    "You compare the length of the gradient with that of x. It is two gradients that have to be "
    "compared: the one where the walk ends, and the one where it begins."
)
def compared_with_x(f_gradient, x, learning_rate, steps):
    end = gradient_descent(f_gradient, x, learning_rate, steps)[-1]
    return not np.linalg.norm(f_gradient(end)) <= np.linalg.norm(x)


@task.misconception(
    "You compare how far the end is from 0 with the length of the gradient at the start. It is two "
    "gradients that have to be compared."
)
def end_for_its_gradient(f_gradient, x, learning_rate, steps):
    end = gradient_descent(f_gradient, x, learning_rate, steps)[-1]
    return not np.linalg.norm(end) <= np.linalg.norm(f_gradient(x))


@task.misconception("You walk uphill: the gradient points to where f rises; go against it.")
def uphill(f_gradient, x, learning_rate, steps):
    return diverges(f_gradient, x, -learning_rate, steps)


@task.misconception(
    "You say that a walk diverges only where it ends at infinity or at NaN. Just above the limit "
    "it grows slowly, and would get there after thousands of steps."
)
def only_what_is_not_finite(f_gradient, x, learning_rate, steps):
    return not bool(np.isfinite(walked(f_gradient, x, learning_rate, steps)[1]).all())


@task.misconception(
    "You add up the numbers of the gradient, signs included, so that they cancel. Its length is "
    "asked for."
)
def sum_for_length(f_gradient, x, learning_rate, steps):
    start, end = walked(f_gradient, x, learning_rate, steps)
    return not end.sum() <= start.sum()


@task.misconception(
    "You look at one coordinate. Which direction diverges first depends on the curvatures, and it "
    "may lie across all axes: compare the length of the whole gradient."
)
def first_coordinate_only(f_gradient, x, learning_rate, steps):
    start, end = walked(f_gradient, x, learning_rate, steps)
    return not abs(end.flat[0]) <= abs(start.flat[0])


@task.misconception(
    "You ask whether every number of the gradient has grown. A walk diverges as soon as it grows "
    "along one direction, the steepest, while it may shrink along the others."
)
def all_must_grow(f_gradient, x, learning_rate, steps):
    start, end = walked(f_gradient, x, learning_rate, steps)
    return not bool((np.abs(end) <= np.abs(start)).any())


@task.misconception(
    "x is not what it was: `x -= ...` changes the caller's array. Walk with a new one."
)
def x_walks_along(f_gradient, x, learning_rate, steps):
    start = np.linalg.norm(f_gradient(x))
    for _ in range(steps):
        x -= learning_rate * f_gradient(x)
    return not np.linalg.norm(f_gradient(x)) <= start


@task.misconception(
    "You keep the wrong half. If the middle is too large, the limit lies below it; else above.",
    replaces="largest_rate",
)
def wrong_half(is_too_large, low, high, tolerance):
    return largest_rate_with(is_too_large, low, high, tolerance, keeps=lambda found: not found)


def largest_rate_with(is_too_large, low, high, tolerance, keeps=bool, end=lambda a, b: a):
    """Bisect; keeps says which half is kept, end what is returned."""
    if is_too_large(low) or not is_too_large(high):
        raise ValueError
    while high - low > tolerance:
        middle = (low + high) / 2
        if keeps(is_too_large(middle)):
            high = middle
        else:
            low = middle
    return end(low, high)


@task.misconception(
    "You return the upper end of the last interval. At that rate descent diverges: the lower end "
    "is the largest rate that is known not to.",
    replaces="largest_rate",
)
def upper_end(is_too_large, low, high, tolerance):
    return largest_rate_with(is_too_large, low, high, tolerance, end=lambda a, b: b)


@task.misconception(
    "You return the middle of the last interval, which nobody has tried. The lower end is the "
    "largest rate that is known not to be too large.",
    replaces="largest_rate",
)
def middle_of_the_last(is_too_large, low, high, tolerance):
    return largest_rate_with(is_too_large, low, high, tolerance, end=lambda a, b: (a + b) / 2)


@task.misconception(
    "You return both ends. One number is asked for, the lower one.", replaces="largest_rate"
)
def both_ends(is_too_large, low, high, tolerance):
    return largest_rate_with(is_too_large, low, high, tolerance, end=lambda a, b: [a, b])


@task.misconception(
    "The interval is halved only once: is an `if` where a `while` belongs, or a return inside the "
    "loop?",
    replaces="largest_rate",
)
def halved_once(is_too_large, low, high, tolerance):
    return largest_rate(is_too_large, low, high, 0.6 * (high - low))


@task.misconception(
    "You halve once more than asked for, or until half the interval is within the tolerance: it is "
    "the whole interval that is not to be longer.",
    replaces="largest_rate",
)
def once_more(is_too_large, low, high, tolerance):
    return largest_rate(is_too_large, low, high, tolerance / 2)


@task.misconception(
    "You stop when half the interval is within the tolerance, once too early: the whole interval "
    "is not to be longer.",
    replaces="largest_rate",
)
def once_less(is_too_large, low, high, tolerance):
    return largest_rate(is_too_large, low, high, 2 * tolerance)


@task.misconception(
    "The tolerance has no effect: you halve as long as you like. It says how long the interval may "
    "be in the end.",
    replaces="largest_rate",
)
def tolerance_ignored(is_too_large, low, high, tolerance):
    return largest_rate(is_too_large, low, high, 1e-12)


@task.misconception(
    "You compare the interval with a share of the rate. The tolerance is a length.",
    replaces="largest_rate",
)
def relative_tolerance(is_too_large, low, high, tolerance):
    if is_too_large(low) or not is_too_large(high):
        raise ValueError
    while high - low > tolerance * high:
        middle = (low + high) / 2
        low, high = (low, middle) if is_too_large(middle) else (middle, high)
    return low


@task.misconception(
    "You try one rate after the other, a tolerance apart. Halving gets there in a handful of "
    "tries, and each of them is a whole training.",
    replaces="largest_rate",
)
def one_after_the_other(is_too_large, low, high, tolerance):
    if is_too_large(low) or not is_too_large(high):
        raise ValueError
    rate = low
    while not is_too_large(rate + tolerance):
        rate += tolerance
    return rate


@task.misconception(
    "You do not look at the ends. Where low is too large already, or high is not, the limit does "
    "not lie between them, and what comes out is one of the ends: say so by a ValueError.",
    replaces="largest_rate",
)
def ends_not_tried(is_too_large, low, high, tolerance):
    while high - low > tolerance:
        middle = (low + high) / 2
        low, high = (low, middle) if is_too_large(middle) else (middle, high)
    return low


@task.misconception(
    "You refuse a low that is too large, but not a high that is not.", replaces="largest_rate"
)
def high_not_tried(is_too_large, low, high, tolerance):
    return largest_rate(lambda rate: rate == high or is_too_large(rate), low, high, tolerance)


@task.misconception(
    "You refuse a high that is not too large, but not a low that is.", replaces="largest_rate"
)
def low_not_tried(is_too_large, low, high, tolerance):
    return largest_rate(lambda rate: rate != low and is_too_large(rate), low, high, tolerance)


@task.misconception(
    "Your middle is half the length of the interval. The middle lies between its ends: half their "
    "sum.",
    replaces="largest_rate",
)
def half_the_length(is_too_large, low, high, tolerance):
    if is_too_large(low) or not is_too_large(high):
        raise ValueError
    for _ in range(60):
        middle = (high - low) / 2
        if high - low <= tolerance:
            break
        low, high = (low, middle) if is_too_large(middle) else (middle, high)
    return low
