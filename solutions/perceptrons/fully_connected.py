"""The forward pass of a fully connected network of any depth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from solutions.arrays import Array, as_float
from solutions.perceptrons.activations import sigmoid


def collapse_affine(W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, Array]:
    """Return W (D, M) and b (M,) with x W + b = (x W1 + b1) W2 + b2 for every x.

    The map that comes first has W1 (D, H) and b1 (H,), the second W2 (H, M) and b2 (M,).
    """
    return as_float(W1) @ W2, as_float(b1) @ W2 + b2


def init_network(
    sizes: Sequence[int], rng: np.random.Generator, weight_std: float = 0.01
) -> dict[str, Array]:
    """Return the parameters of a fully connected network, drawn at random.

    Parameters
    ----------
    sizes : sequence of int
        Units per layer, from the input to the output: (64, 50, 10) makes two layers of weights.
    rng : Generator
        Draws the weights from a normal distribution of mean 0: W1 first, then W2 and so on, and
        nothing else.
    weight_std : float
        Standard deviation of the weights; the biases are zero.

    Returns
    -------
    params : dict
        "W1" (sizes[0], sizes[1]), "b1" (sizes[1],), "W2", "b2" and so on, float64.
    """
    params = {}
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        W = weight_std * rng.standard_normal((fan_in, fan_out))
        params[f"W{layer}"] = W
        params[f"b{layer}"] = np.zeros_like(W[0])
    return params


def forward_network(
    params: Mapping[str, Array], x: Array, activation: Callable[[Array], Array] = sigmoid
) -> Array:
    """Return the logits (N, C) of a fully connected network of any depth, for a batch x (N, D).

    ``params`` holds "W1" (D, H), "b1" (H,) and so on, as ``init_network`` makes them. After every
    layer but the last the activation is applied, to the whole batch (N, H) at once.
    """
    x = as_float(x)
    depth = len(params) // 2
    for layer in range(1, depth):
        x = activation(x @ params[f"W{layer}"] + params[f"b{layer}"])
    return x @ params[f"W{depth}"] + params[f"b{depth}"]
