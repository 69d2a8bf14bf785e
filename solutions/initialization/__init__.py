"""Chapter 5: initialization, and activations for deep networks."""

from solutions.initialization.activations import ELU, LeakyReLU, PReLU, RReLU
from solutions.initialization.statistics import (
    LayerStatistics,
    Spread,
    activation_statistics,
    dead_units,
    distinct_units,
    saturated_share,
    signal_rms,
)
from solutions.initialization.weights import (
    fans,
    glorot_normal,
    glorot_uniform,
    he,
    lecun,
    orthogonal,
    small_random,
    sparse,
    truncated_normal,
    variance_scaling,
    weights_for,
    zeros,
)

__all__ = [
    "ELU",
    "LayerStatistics",
    "LeakyReLU",
    "PReLU",
    "RReLU",
    "Spread",
    "activation_statistics",
    "dead_units",
    "distinct_units",
    "fans",
    "glorot_normal",
    "glorot_uniform",
    "he",
    "lecun",
    "orthogonal",
    "saturated_share",
    "signal_rms",
    "small_random",
    "sparse",
    "truncated_normal",
    "variance_scaling",
    "weights_for",
    "zeros",
]
