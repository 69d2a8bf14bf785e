"""Chapter 5: initialization, and activations for deep networks."""

from solutions.initialization.activations import ELU, LeakyReLU, PReLU, RReLU
from solutions.initialization.doctor import (
    Finding,
    examine,
    first_loss_gap,
    gradient_shares,
    loss_trend,
    odd_ratios,
)
from solutions.initialization.record import Record, update_ratio
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
    "Finding",
    "LayerStatistics",
    "LeakyReLU",
    "PReLU",
    "RReLU",
    "Record",
    "Spread",
    "activation_statistics",
    "dead_units",
    "distinct_units",
    "examine",
    "fans",
    "first_loss_gap",
    "glorot_normal",
    "glorot_uniform",
    "gradient_shares",
    "he",
    "lecun",
    "loss_trend",
    "odd_ratios",
    "orthogonal",
    "saturated_share",
    "signal_rms",
    "small_random",
    "sparse",
    "truncated_normal",
    "update_ratio",
    "variance_scaling",
    "weights_for",
    "zeros",
]
