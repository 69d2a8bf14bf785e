"""Answers to own_initialization: right ones in other styles, and wrong ones."""

import numpy as np

from .orthogonal import orthogonal_by_sign


def weights_for_by_integral(shape, rng, activation):
    s = np.linspace(-6, 6, 601)
    density = np.exp(-(s**2) / 2)
    mean_square = np.sum(density * activation(s) ** 2) / np.sum(density)
    return rng.normal(scale=np.sqrt(1 / (shape[0] * mean_square)), size=shape)


def weights_for_by_quadrature(shape, rng, activation):
    s, share = np.polynomial.hermite_e.hermegauss(60)
    gain = 1 / np.sqrt((share * activation(s) ** 2).sum() / share.sum())
    limit = gain * np.sqrt(3 / shape[0])
    return rng.uniform(-limit, limit, shape)


def weights_for_by_trying(shape, rng, activation):
    """Draws weights, sends a batch through, and corrects them by what comes out."""
    W = rng.normal(size=shape) / np.sqrt(shape[0])
    sums = activation(rng.normal(size=(300, shape[0]))) @ W
    return W / np.sqrt((sums**2).mean())


def weights_for_orthogonal(shape, rng, activation):
    gain = 1 / np.sqrt(np.mean(activation(rng.standard_normal(10000)) ** 2))
    stretch = max(1, np.sqrt(shape[1] / shape[0]))
    return gain * stretch * orthogonal_by_sign(shape, rng)


RIGHT = [
    {"weights_for": weights_for_by_integral},
    {"weights_for": weights_for_by_quadrature},
    {"weights_for": weights_for_by_trying},
    {"weights_for": weights_for_orthogonal},
]

SLIPS = [
    ("np.mean(activation(s) ** 2))", "np.var(activation(s)))", "variance_for_mean_square"),
    ("np.sqrt(shape[0] * np.mean(", "np.sqrt(shape[1] * np.mean(", "fan_out"),
    ("np.sqrt(shape[0] * np.mean(activation(s) ** 2))", "np.sqrt(shape[0])", "lecun_for_all"),
    (
        "np.sqrt(shape[0] * np.mean(activation(s) ** 2))",
        "(shape[0] * np.mean(activation(s) ** 2))",
        "variance_for_std",
    ),
]

EQUIVALENT = {
    "How many numbers are drawn to measure with is a matter of taste.": [
        "weights_for: s = rng.standard_normal(20000) → s = rng.standard_normal(20001)",
        "weights_for: s = rng.standard_normal(20000) → s = rng.standard_normal(19999)",
    ]
}

NAMES = {
    "always_one": [
        "weights_for: std = 1 / np.sqrt(shape[0] * np.mean(activation(s) ** 2)) → std = 1",
        "weights_for: return std * rng.standard_normal(shape) → return rng.standard_normal(shape)",
    ],
    "variance_for_std": [
        "weights_for: std = 1 / np.sqrt(shape[0] * np.mean(activation(s) ** 2)) → std = 1 / (shape[0] * np.mean(activation(s) ** 2))"
    ],
    "gain_upside_down": [
        "weights_for: std = 1 / np.sqrt(shape[0] * np.mean(activation(s) ** 2)) → std = 1 / np.sqrt(shape[0] / np.mean(activation(s) ** 2))"
    ],
    "lecun_for_all": [
        "weights_for: std = 1 / np.sqrt(shape[0] * np.mean(activation(s) ** 2)) → std = 1 / np.sqrt(shape[0])",
        "weights_for: std = 1 / np.sqrt(shape[0] * np.mean(activation(s) ** 2)) → std = 1 / np.sqrt(shape[0] * np.mean(s ** 2))",
    ],
    "inputs_forgotten": [
        "weights_for: std = 1 / np.sqrt(shape[0] * np.mean(activation(s) ** 2)) → std = 1 / np.sqrt(np.mean(activation(s) ** 2))"
    ],
    "fan_out": [
        "weights_for: std = 1 / np.sqrt(shape[0] * np.mean(activation(s) ** 2)) → std = 1 / np.sqrt(shape[1] * np.mean(activation(s) ** 2))",
        "weights_for: std = 1 / np.sqrt(shape[0] * np.mean(activation(s) ** 2)) → std = 1 / np.sqrt(shape[-1] * np.mean(activation(s) ** 2))",
    ],
}
