"""Variance scaling: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import ImplementationError, Task

from .inputs import FILTERS, MATRIX, form, kind_of, limits, seeding, shape_of, spread

task = Task(
    "variance_scaling",
    "All of them in one",
    points=6,
    needs=["truncated_normal", "variance_scaling"],
    minutes=20,
)

MODES = ("fan_in", "fan_out", "fan_avg")


def over_modes(impl, rng, measured, distribution):
    """Measure the weights of every mode, for a matrix and for filters, with one scale."""
    scale = rng.uniform(2.5, 3.5)
    return {
        f"{mode}, {shape}": measured(
            impl.variance_scaling(shape, rng.generator(), scale, mode, distribution)
        )
        for mode in MODES
        for shape in (MATRIX, FILTERS)
    }


def largest(weights):
    """Return how far the largest is from 0, and the share of numbers that are about as far."""
    sizes = np.abs(np.asarray(weights, dtype=float))
    if sizes.size < 10000:
        return shape_of(weights)
    return {
        "largest": float(sizes.max()),
        "share that is as large": float((sizes > 0.995 * sizes.max()).mean()),
        "share of zeros": float((sizes == 0).mean()),
    }


@task.check("truncated_normal: the standard deviation is 1", rtol=0.05)
def spread_of_truncated(impl, rng):
    return spread(impl.truncated_normal((200, 100), rng.generator()))


@task.check(
    "truncated_normal: normal up to two standard deviations of the whole, and nothing beyond",
    rtol=0.008,
    atol=0.005,
)
def limit_of_truncated(impl, rng):
    return largest(impl.truncated_normal((200, 100), rng.generator()))


@task.check("variance_scaling, normal: scale / fan for three modes", rtol=0.08, weight=1.5)
def scaling_normal(impl, rng):
    return over_modes(impl, rng, spread, "normal")


@task.check("variance_scaling, uniform: the limits for three modes", rtol=0.01)
def scaling_uniform(impl, rng):
    return over_modes(impl, rng, limits, "uniform")


@task.check("variance_scaling, truncated: scale / fan for three modes", rtol=0.08)
def scaling_truncated(impl, rng):
    return over_modes(impl, rng, spread, "truncated")


@task.check("variance_scaling: the three distributions, around 0", rtol=0.03, atol=0.06)
def scaling_forms(impl, rng):
    found = {}
    for name in ("normal", "uniform", "truncated"):
        weights = impl.variance_scaling(MATRIX, rng.generator(), 1.7, "fan_out", name)
        found[name] = form(weights)
        if name != "normal":
            sizes = np.abs(weights)
            found[name]["largest, in standard deviations"] = float(sizes.max() / weights.std())
    return found


@task.check(
    "variance_scaling: without more, it is normal, with scale 1 and fan_in", atol=0.06, weight=0.5
)
def scaling_by_default(impl, rng):
    weights = impl.variance_scaling(MATRIX, rng.generator())
    return {"std times the root of fan_in": spread(np.sqrt(200) * weights), **form(weights)}


def refusal(impl, *arguments):
    """Return the exception that a call raises, or what it gives."""
    try:
        weights = impl.variance_scaling((4, 3), *arguments)
    except ImplementationError as error:
        return error.kind
    return shape_of(weights)


@task.check("an unknown mode or distribution is refused (ValueError)", weight=0.5)
def unknown_refused(impl, rng):
    source = rng.generator()
    return {
        "a known one": refusal(impl, source, 1.5, "fan_avg", "uniform"),
        "an unknown mode": refusal(impl, source, 1.5, "fan_sum", "uniform"),
        "an unknown distribution": refusal(impl, source, 1.5, "fan_in", "cauchy"),
        "no name at all": refusal(impl, source, 1.5, "fan_in", ""),
    }


@task.check("all that is random comes from rng; shapes and dtypes are as asked for", weight=0.5)
def scaling_from_rng(impl, rng):
    found = {"truncated": seeding(impl, lambda seed: impl.truncated_normal((9, 4), seed), rng)}
    for name in ("normal", "uniform", "truncated"):

        def draw(seed, name=name):
            return impl.variance_scaling((4, 3, 5, 2), seed, 1.5, "fan_in", name)

        found[name] = seeding(impl, draw, rng)
        small = impl.variance_scaling((6, 3), rng.generator(), 1.5, "fan_in", name, "float32")
        found[name]["in float32"] = kind_of(small)
    return found


# Known mistakes -----------------------------------------------------------------------------------

import math

from solutions.initialization import fans, truncated_normal, variance_scaling

STD = 0.8796256610342398  # of normal numbers within ±2


def redrawn(shape, rng, limit=2.0):
    """Return normal numbers, those beyond the limit drawn again."""
    x = rng.standard_normal(shape)
    while (outside := np.abs(x) > limit).any():
        x[outside] = rng.standard_normal(int(outside.sum()))
    return x


def add_truncated(name, hint, draw):
    """Add a wrong truncated_normal."""

    def wrong(shape, rng, dtype=np.float64):
        return draw(shape, rng).astype(dtype)

    wrong.__name__ = name
    task.misconception(hint, replaces="truncated_normal")(wrong)


add_truncated(
    "truncation_not_corrected",
    "The tails are missing, and with them part of the variance: the standard deviation of what is "
    "left is 0.88. (PyTorch's trunc_normal_ leaves it at that.)",
    redrawn,
)
add_truncated(
    "corrected_the_wrong_way",
    "You multiply by 0.88, and the numbers are too close to 0 already. To make a standard "
    "deviation 1, divide by it.",
    lambda shape, rng: redrawn(shape, rng) * STD,
)
add_truncated(
    "corrected_by_the_variance",
    "You divide by the variance of what is left. The numbers are to be divided by its root.",
    lambda shape, rng: redrawn(shape, rng) / STD**2,
)
add_truncated(
    "corrected_by_the_root",
    "You divide by the root of the standard deviation. 0.8796 is a standard deviation already.",
    lambda shape, rng: redrawn(shape, rng) / math.sqrt(STD),
)
add_truncated(
    "clipped_and_corrected",
    "Numbers beyond ±2 are set to ±2. They are to be drawn again: else there is a heap at each "
    "end.",
    lambda shape, rng: np.clip(rng.standard_normal(shape), -2, 2) / STD,
)
add_truncated(
    "clipped",
    "Numbers beyond ±2 are set to ±2. They are to be drawn again, and what is left to be divided "
    "by its standard deviation.",
    lambda shape, rng: np.clip(rng.standard_normal(shape), -2, 2),
)
add_truncated(
    "outside_set_to_0",
    "Numbers beyond ±2 are set to 0. They are to be drawn again.",
    lambda shape, rng: np.where(np.abs(x := rng.standard_normal(shape)) > 2, 0, x) / STD,
)
add_truncated(
    "redrawn_once",
    "Numbers beyond ±2 are drawn again, but only once: some of the new ones lie beyond, too.",
    lambda shape, rng: (
        np.where(np.abs(x := rng.standard_normal(shape)) > 2, rng.standard_normal(shape), x) / STD
    ),
)
add_truncated(
    "not_truncated",
    "Your numbers are normal, with tails. Those beyond ±2 are to be drawn again.",
    lambda shape, rng: rng.standard_normal(shape),
)
add_truncated(
    "not_truncated_and_corrected",
    "You divide by 0.88, but the numbers still have their tails. Those beyond ±2 are to be drawn "
    "again.",
    lambda shape, rng: rng.standard_normal(shape) / STD,
)
add_truncated(
    "one_tail_left",
    "Only numbers above 2 are drawn again. Those below −2 lie outside as well.",
    lambda shape, rng: one_tail(shape, rng) / STD,
)
add_truncated(
    "truncated_after_correcting",
    "You truncate at 2 after dividing. The limit is at ±2 before, which is ±2.27 after it.",
    lambda shape, rng: redrawn(shape, rng, 2 * STD) / STD,
)
add_truncated(
    "truncated_at_one",
    "You draw again what lies beyond ±1. The limit is ±2.",
    lambda shape, rng: redrawn(shape, rng, 1.0) / STD,
)
add_truncated(
    "truncated_at_three",
    "You draw again what lies beyond ±3. The limit is ±2.",
    lambda shape, rng: redrawn(shape, rng, 3.0) / STD,
)


def one_tail(shape, rng):
    """Return normal numbers, those above 2 drawn again."""
    x = rng.standard_normal(shape)
    while (outside := x > 2).any():
        x[outside] = rng.standard_normal(int(outside.sum()))
    return x


def with_std(std_of, limit_of=None):
    """Return a variance_scaling of a standard deviation that is its own.

    std_of(scale, fan, mode, fan_in, fan_out) gives it, and limit_of(std) the uniform limit.
    """

    def wrong(shape, rng, scale=1.0, mode="fan_in", distribution="normal", dtype=np.float64):
        fan_in, fan_out = fans(shape)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
        if mode not in fan or distribution not in ("normal", "uniform", "truncated"):
            raise ValueError
        std = std_of(scale, fan[mode], mode, fan_in, fan_out)
        if distribution == "normal":
            return (std * rng.standard_normal(shape)).astype(dtype)
        if distribution == "uniform":
            limit = math.sqrt(3) * std if limit_of is None else limit_of(std)
            return rng.uniform(-limit, limit, shape).astype(dtype)
        return (std * truncated_normal(shape, rng)).astype(dtype)

    return wrong


def add_scaling(name, hint, wrong):
    """Add a wrong variance_scaling."""
    wrong.__name__ = name
    task.misconception(hint, replaces="variance_scaling")(wrong)


def right_std(scale, fan, *others):
    """Return the standard deviation that is asked for."""
    return math.sqrt(scale / fan)


add_scaling(
    "variance_for_std",
    "You take the variance, scale / fan, as the standard deviation. Its root is the standard "
    "deviation.",
    with_std(lambda scale, fan, *others: scale / fan),
)
add_scaling(
    "scale_outside_the_root",
    "The scale stands outside the root. It is the variance that is proportional to it.",
    with_std(lambda scale, fan, *others: scale / math.sqrt(fan)),
)
add_scaling(
    "scale_ignored",
    "The scale has no effect.",
    with_std(lambda scale, fan, *others: math.sqrt(1 / fan)),
)
add_scaling(
    "divided_by_the_scale",
    "You divide by the scale. The variance is proportional to it.",
    with_std(lambda scale, fan, *others: math.sqrt(1 / (scale * fan))),
)
add_scaling(
    "multiplied_by_the_fan",
    "You multiply by the fan. The more inputs, the smaller the weights.",
    with_std(lambda scale, fan, *others: math.sqrt(scale * fan)),
)
add_scaling(
    "sum_for_mean",
    "Your fan_avg is the sum of the two fans: it is their mean.",
    with_std(
        lambda scale, fan, mode, *others: math.sqrt(scale / (fan * (1 + (mode == "fan_avg"))))
    ),
)
add_scaling(
    "mean_halved_twice",
    "Your fan_avg is a quarter of the sum of the two fans: it is half of it.",
    with_std(
        lambda scale, fan, mode, *others: math.sqrt(scale / (fan / (1 + (mode == "fan_avg"))))
    ),
)
add_scaling(
    "brackets_of_the_mean",
    "Brackets are missing in your fan_avg: in `a + b / 2` Python halves b alone.",
    with_std(
        lambda scale, fan, mode, fan_in, fan_out: math.sqrt(
            scale / (fan_in + fan_out / 2 if mode == "fan_avg" else fan)
        )
    ),
)
add_scaling(
    "fans_exchanged",
    "fan_in and fan_out are exchanged.",
    with_std(
        lambda scale, fan, mode, fan_in, fan_out: math.sqrt(
            scale / {"fan_in": fan_out, "fan_out": fan_in, "fan_avg": fan}[mode]
        )
    ),
)
for chosen in MODES:
    add_scaling(
        f"always_{chosen}",
        f"The mode has no effect: it is always {chosen}.",
        with_std(
            lambda scale, fan, mode, fan_in, fan_out, chosen=chosen: math.sqrt(
                scale
                / {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[chosen]
            )
        ),
    )
add_scaling(
    "limit_is_the_std",
    "Your limit is the standard deviation. Numbers spread evenly within ±a have the variance a² / "
    "3.",
    with_std(right_std, limit_of=lambda std: std),
)
add_scaling(
    "limit_of_glorot",
    "Your limit is √(6 · scale / fan), too far out by √2. The 6 in Glorot's formula is 3 · 2, "
    "where the 2 makes a mean of the sum that he divides by; here that is in the fan already.",
    with_std(right_std, limit_of=lambda std: math.sqrt(6) * std),
)
add_scaling(
    "limit_is_the_width",
    "Your limits are too far out: the whole width of the interval, from −a to a, is 2a.",
    with_std(right_std, limit_of=lambda std: math.sqrt(12) * std),
)
add_scaling(
    "limit_three_times",
    "Your limit is 3 standard deviations. The variance is a² / 3, so take the root of 3.",
    with_std(right_std, limit_of=lambda std: 3 * std),
)


@task.misconception(
    "The uniform numbers go from 0 to the limit. They are to lie around 0.",
    replaces="variance_scaling",
)
def uniform_from_0(shape, rng, scale=1.0, mode="fan_in", distribution="normal", dtype=np.float64):
    weights = variance_scaling(shape, rng, scale, mode, distribution, dtype)
    return np.abs(weights) if distribution == "uniform" else weights


@task.misconception(
    "You correct the truncated numbers once more. The variance of truncated_normal is 1 already.",
    replaces="variance_scaling",
)
def corrected_twice(shape, rng, scale=1.0, mode="fan_in", distribution="normal", dtype=np.float64):
    weights = variance_scaling(shape, rng, scale, mode, distribution, dtype)
    return weights / STD if distribution == "truncated" else weights


@task.misconception(
    "What should be uniform, or truncated, is normal: the distribution that is asked for has no "
    "effect.",
    replaces="variance_scaling",
)
def always_normal(shape, rng, scale=1.0, mode="fan_in", distribution="normal", dtype=np.float64):
    variance_scaling((1, 1), rng, scale, mode, distribution)
    return variance_scaling(shape, rng, scale, mode, "normal", dtype)


@task.misconception(
    "An unknown distribution is taken as one of the known ones. A slip of the pen would go "
    "unnoticed: raise a ValueError.",
    replaces="variance_scaling",
)
def unknown_distribution_accepted(
    shape, rng, scale=1.0, mode="fan_in", distribution="normal", dtype=np.float64
):
    known = distribution in ("normal", "uniform", "truncated")
    return variance_scaling(shape, rng, scale, mode, distribution if known else "truncated", dtype)


@task.misconception(
    "An unknown mode is taken as one of the known ones. A slip of the pen would go unnoticed: "
    "raise a ValueError.",
    replaces="variance_scaling",
)
def unknown_mode_accepted(
    shape, rng, scale=1.0, mode="fan_in", distribution="normal", dtype=np.float64
):
    known = mode if mode in MODES else "fan_avg"
    return variance_scaling(shape, rng, scale, known, distribution, dtype)


@task.misconception(
    "What is unknown raises a KeyError, which speaks of a dictionary that the caller has never "
    "seen. Raise a ValueError.",
    replaces="variance_scaling",
)
def key_error(shape, rng, scale=1.0, mode="fan_in", distribution="normal", dtype=np.float64):
    if mode not in MODES or distribution not in ("normal", "uniform", "truncated"):
        raise KeyError(mode)
    return variance_scaling(shape, rng, scale, mode, distribution, dtype)
