"""Answers to weight_variances: right ones in other styles, and wrong ones."""

import numpy as np

from .fans import fans_by_unpacking


def lecun_by_normal(shape, rng, dtype=np.float64):
    return rng.normal(0, fans_by_unpacking(shape)[0] ** -0.5, size=shape).astype(dtype)


def he_by_filters(shape, rng, dtype=np.float64):
    """One unit after the other, so with other numbers."""
    weights = np.empty(shape, dtype)
    units = weights.T if len(shape) == 2 else weights
    for unit in units:
        unit[...] = rng.standard_normal(unit.shape) / np.sqrt(unit.size / 2)
    return weights


def glorot_normal_turned(shape, rng, dtype=np.float64):
    fan_in, fan_out = fans_by_unpacking(shape)
    std = 1 / np.sqrt((fan_in + fan_out) / 2)
    return np.asarray(rng.normal(scale=std, size=shape[::-1]).T, dtype=dtype)


def glorot_uniform_by_random(shape, rng, dtype=np.float64):
    fan_in, fan_out = fans_by_unpacking(shape)
    limit = np.sqrt(6.0) / np.sqrt(fan_in + fan_out)
    return ((2 * rng.random(shape) - 1) * limit).astype(dtype)


def glorot_uniform_by_signs(shape, rng, dtype=np.float64):
    fan_in, fan_out = fans_by_unpacking(shape)
    sizes = rng.uniform(0, np.sqrt(6 / (fan_in + fan_out)), shape)
    return (sizes * rng.choice([-1, 1], shape)).astype(dtype)


def lecun_in_float32(shape, rng, dtype=np.float64):
    weights = rng.standard_normal(shape, dtype=np.float32) / np.sqrt(fans_by_unpacking(shape)[0])
    return weights.astype(dtype)


RIGHT = [
    {"lecun": lecun_by_normal, "glorot_uniform": glorot_uniform_by_random},
    {"he": he_by_filters, "glorot_normal": glorot_normal_turned},
    {"lecun": lecun_in_float32, "glorot_uniform": glorot_uniform_by_signs},
]

SLIPS = [
    ("math.sqrt(2 / fan_in)", "2 / fan_in", "variance_for_std_he"),
    ("math.sqrt(1 / fan_in)", "math.sqrt(2 / fan_in)", "twice_the_variance_lecun"),
    ("math.sqrt(2 / fan_in)", "math.sqrt(1 / fan_in)", "half_the_variance_he"),
    (
        "math.sqrt(6 / sum(fans(shape)))",
        "math.sqrt(2 / sum(fans(shape)))",
        "limit_for_std_glorot_uniform",
    ),
    ("math.sqrt(6 / sum(fans(shape)))", "6 / sum(fans(shape))", "limit_not_rooted_glorot_uniform"),
    (
        "math.sqrt(2 / sum(fans(shape)))",
        "math.sqrt(2 / fans(shape)[0] + fans(shape)[1])",
        "brackets_missing_glorot_normal",
    ),
]

NAMES = {
    "not_scaled_lecun": [
        "lecun: return rounded(math.sqrt(1 / fan_in) * rng.standard_normal(shape), dtype) → return rounded(rng.standard_normal(shape), dtype)",
        "lecun: return rounded(math.sqrt(1 / fan_in) * rng.standard_normal(shape), dtype) → return rounded(math.sqrt(1) * rng.standard_normal(shape), dtype)",
    ],
    "multiplied_by_the_fans_lecun": [
        "lecun: return rounded(math.sqrt(1 / fan_in) * rng.standard_normal(shape), dtype) → return rounded(math.sqrt(1 * fan_in) * rng.standard_normal(shape), dtype)",
        "lecun: return rounded(math.sqrt(1 / fan_in) * rng.standard_normal(shape), dtype) → return rounded(math.sqrt(fan_in / 1) * rng.standard_normal(shape), dtype)",
        "lecun: return rounded(math.sqrt(1 / fan_in) * rng.standard_normal(shape), dtype) → return rounded(math.sqrt(fan_in) * rng.standard_normal(shape), dtype)",
    ],
    "twice_the_variance_lecun": [
        "lecun: return rounded(math.sqrt(1 / fan_in) * rng.standard_normal(shape), dtype) → return rounded(math.sqrt(2 / fan_in) * rng.standard_normal(shape), dtype)"
    ],
    "not_scaled_glorot_normal": [
        "glorot_normal: return rounded(math.sqrt(2 / sum(fans(shape))) * rng.standard_normal(shape), dtype) → return rounded(rng.standard_normal(shape), dtype)"
    ],
    "multiplied_by_the_fans_glorot_normal": [
        "glorot_normal: return rounded(math.sqrt(2 / sum(fans(shape))) * rng.standard_normal(shape), dtype) → return rounded(math.sqrt(sum(fans(shape)) / 2) * rng.standard_normal(shape), dtype)"
    ],
    "half_the_variance_glorot_normal": [
        "glorot_normal: return rounded(math.sqrt(2 / sum(fans(shape))) * rng.standard_normal(shape), dtype) → return rounded(math.sqrt(1 / sum(fans(shape))) * rng.standard_normal(shape), dtype)"
    ],
    "area_forgotten_glorot_normal": [
        "glorot_normal: return rounded(math.sqrt(2 / sum(fans(shape))) * rng.standard_normal(shape), dtype) → return rounded(math.sqrt(2 / sum(shape)) * rng.standard_normal(shape), dtype)"
    ],
    "not_scaled_he": [
        "he: return rounded(math.sqrt(2 / fan_in) * rng.standard_normal(shape), dtype) → return rounded(rng.standard_normal(shape), dtype)"
    ],
    "multiplied_by_the_fans_he": [
        "he: return rounded(math.sqrt(2 / fan_in) * rng.standard_normal(shape), dtype) → return rounded(math.sqrt(fan_in / 2) * rng.standard_normal(shape), dtype)"
    ],
    "half_the_variance_he": [
        "he: return rounded(math.sqrt(2 / fan_in) * rng.standard_normal(shape), dtype) → return rounded(math.sqrt(1 / fan_in) * rng.standard_normal(shape), dtype)"
    ],
}
