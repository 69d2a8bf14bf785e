"""Answers to variance_scaling: right ones in other styles, and wrong ones."""

import numpy as np

from .fans import fans_by_unpacking


def truncated_normal_from_many(shape, rng, dtype=np.float64):
    """Draws more than it needs, and takes those that fit."""
    n = int(np.prod(shape))
    x = rng.normal(size=2 * n + 50)
    x = x[np.abs(x) <= 2][:n]
    return (x / 0.8796).reshape(shape).astype(dtype)


def truncated_normal_one_by_one(shape, rng, dtype=np.float64):
    weights = np.full(shape, 3.0)
    for i in range(weights.size):
        while abs(weights.flat[i]) > 2:
            weights.flat[i] = rng.normal()
    return (weights / 0.87962566).astype(dtype)


def variance_scaling_by_cases(
    shape, rng, scale=1.0, mode="fan_in", distribution="normal", dtype=np.float64
):
    fan_in, fan_out = fans_by_unpacking(shape)
    if mode == "fan_in":
        variance = scale / fan_in
    elif mode == "fan_out":
        variance = scale / fan_out
    elif mode == "fan_avg":
        variance = 2 * scale / (fan_in + fan_out)
    else:
        raise ValueError(mode)
    if distribution == "normal":
        weights = rng.normal(0, np.sqrt(variance), shape)
    elif distribution == "uniform":
        weights = np.sqrt(3 * variance) * (1 - 2 * rng.random(shape))
    elif distribution == "truncated":
        weights = truncated_normal_from_many(shape, rng) * np.sqrt(variance)
    else:
        raise ValueError(distribution)
    return np.asarray(weights, dtype)


def variance_scaling_by_tables(
    shape, rng, scale=1.0, mode="fan_in", distribution="normal", dtype=np.float64
):
    known = {"fan_in": (1, 0), "fan_out": (0, 1), "fan_avg": (0.5, 0.5)}
    draws = {
        "normal": rng.standard_normal,
        "uniform": lambda shape: rng.uniform(-(3**0.5), 3**0.5, shape),
        "truncated": lambda shape: truncated_normal_from_many(shape, rng),
    }
    try:
        fan, draw = np.dot(known[mode], fans_by_unpacking(shape)), draws[distribution]
    except KeyError:
        raise ValueError("unknown") from None
    return (draw(shape) * (scale / fan) ** 0.5).astype(dtype)


def variance_scaling_with_other_draws(
    shape, rng, scale=1.0, mode="fan_in", distribution="normal", dtype=np.float64
):
    """The same distributions, from other numbers."""
    rng.random(7)
    return -variance_scaling_by_tables(shape[::-1], rng, 1.0, "fan_in", distribution, dtype).T * (
        np.sqrt(fans_by_unpacking(shape[::-1])[0]).astype(dtype)
        * np.sqrt(scale / fan_of(shape, mode)).astype(dtype)
    )


def fan_of(shape, mode):
    fan_in, fan_out = fans_by_unpacking(shape)
    known = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
    if mode not in known:
        raise ValueError(mode)
    return known[mode]


RIGHT = [
    {"truncated_normal": truncated_normal_from_many},
    {"truncated_normal": truncated_normal_one_by_one},
    {"variance_scaling": variance_scaling_by_cases},
    {"variance_scaling": variance_scaling_by_tables},
    {"variance_scaling": variance_scaling_with_other_draws},
]

SLIPS = [
    ("(fan_in + fan_out) / 2}", "fan_in + fan_out / 2}", "brackets_of_the_mean"),
    ("(fan_in + fan_out) / 2}", "fan_in + fan_out}", "sum_for_mean"),
    ("limit = math.sqrt(3) * std", "limit = std", "limit_is_the_std"),
    ("limit = math.sqrt(3) * std", "limit = 3 * std", "limit_three_times"),
    ("x / math.sqrt(1 - 4 * density / inside)", "x", "truncation_not_corrected"),
    (
        "x / math.sqrt(1 - 4 * density / inside)",
        "x / (1 - 4 * density / inside)",
        "corrected_by_the_variance",
    ),
]

EQUIVALENT = {
    "No number that is drawn is exactly 2.": [
        "truncated_normal: while (outside := (np.abs(x) > 2)).any(): → while (outside := (np.abs(x) >= 2)).any():"
    ],
    "The model solution works out the constant that the text gives. These are off by at most 0.7 per cent, as little as chance makes.": [
        "truncated_normal: inside = math.erf(2 / math.sqrt(2)) → inside = math.erf(2 * math.sqrt(2))",
        "truncated_normal: inside = math.erf(2 / math.sqrt(2)) → inside = math.erf(2)",
        "truncated_normal: inside = math.erf(2 / math.sqrt(2)) → inside = math.erf(math.sqrt(2))",
        "truncated_normal: inside = math.erf(2 / math.sqrt(2)) → inside = math.erf(3 / math.sqrt(2))",
        "truncated_normal: inside = math.erf(2 / math.sqrt(2)) → inside = math.erf(2 / math.sqrt(3))",
        "truncated_normal: inside = math.erf(2 / math.sqrt(2)) → inside = math.erf(2 / math.sqrt(1))",
        "truncated_normal: return rounded(x / math.sqrt(1 - 4 * density / inside), dtype) → return rounded(x / math.sqrt(1 - 4 * density), dtype)",
    ],
    "The refusal of a scale that is not more than 0 is a courtesy; the text does not ask for it.": [
        "variance_scaling: std = math.sqrt(real('scale', scale, above=0) / choices[mode]) → std = math.sqrt(real('scale', scale) / choices[mode])",
        "variance_scaling: std = math.sqrt(real('scale', scale, above=0) / choices[mode]) → std = math.sqrt(real('scale', scale, above=-1) / choices[mode])",
    ],
}

NAMES = {
    "not_truncated_and_corrected": [
        "truncated_normal: while (outside := (np.abs(x) > 2)).any(): → pass",
        "truncated_normal: while (outside := (np.abs(x) > 2)).any(): → while (outside := (np.abs(x) > 2)).all():",
    ],
    "one_tail_left": [
        "truncated_normal: while (outside := (np.abs(x) > 2)).any(): → while (outside := (x > 2)).any():"
    ],
    "truncated_at_three": [
        "truncated_normal: while (outside := (np.abs(x) > 2)).any(): → while (outside := (np.abs(x) > 3)).any():"
    ],
    "truncated_at_one": [
        "truncated_normal: while (outside := (np.abs(x) > 2)).any(): → while (outside := (np.abs(x) > 1)).any():"
    ],
    "corrected_by_the_variance": [
        "truncated_normal: density = math.exp(-2) / math.sqrt(2 * math.pi) → density = math.exp(-2) / math.sqrt(2)"
    ],
    "corrected_the_wrong_way": [
        "truncated_normal: return rounded(x / math.sqrt(1 - 4 * density / inside), dtype) → return rounded(x * math.sqrt(1 - 4 * density / inside), dtype)"
    ],
    "truncation_not_corrected": [
        "truncated_normal: return rounded(x / math.sqrt(1 - 4 * density / inside), dtype) → return rounded(x, dtype)",
        "truncated_normal: return rounded(x / math.sqrt(1 - 4 * density / inside), dtype) → return rounded(x / math.sqrt(1), dtype)",
    ],
    "sum_for_mean": [
        "variance_scaling: choices = {'fan_in': fan_in, 'fan_out': fan_out, 'fan_avg': (fan_in + fan_out) / 2} → choices = {'fan_in': fan_in, 'fan_out': fan_out, 'fan_avg': fan_in + fan_out}",
        "variance_scaling: choices = {'fan_in': fan_in, 'fan_out': fan_out, 'fan_avg': (fan_in + fan_out) / 2} → choices = {'fan_in': fan_in, 'fan_out': fan_out, 'fan_avg': (fan_in + fan_out) / 1}",
    ],
    "multiplied_by_the_fan": [
        "variance_scaling: std = math.sqrt(real('scale', scale, above=0) / choices[mode]) → std = math.sqrt(real('scale', scale, above=0) * choices[mode])"
    ],
    "always_normal": [
        "variance_scaling: if distribution == 'normal': → if not distribution == 'normal':",
        "variance_scaling: if distribution == 'normal': → if distribution != 'normal':",
    ],
    "unknown_distribution_accepted": [
        "variance_scaling: if distribution == 'normal': → if not distribution == 'normal':",
        "variance_scaling: if distribution == 'normal': → if distribution != 'normal':",
        "variance_scaling: if distribution == 'truncated': → if not distribution == 'truncated':",
        "variance_scaling: if distribution == 'truncated': → if distribution != 'truncated':",
    ],
    "limit_is_the_std": ["variance_scaling: limit = math.sqrt(3) * std → limit = std"],
}
