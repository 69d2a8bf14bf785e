"""Gradients that vanish or explode on their way back: measured, and clipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from solutions.arrays import Array, array_module, as_float, at_least_float32
from solutions.hyperparameters import real
from solutions.layer import Layer


def gradient_norms(layers: Sequence[Layer], x: Array, dout: Array) -> list[float]:
    """Return how large the gradient is where it leaves each layer on its way back.

    Parameters
    ----------
    layers : sequence of layers
        From the input to the output; each has to return the gradient of its input.
    x : array
        Input of the first layer.
    dout : array
        Gradient with respect to the output of the last one.

    Returns
    -------
    norms : list of float
        Euclidean norm of the gradient with respect to each layer's input, over the whole batch,
        first layer first.
    """
    for layer in layers:
        x = layer.forward(x)
    norms = []
    for layer in reversed(layers):
        dout = layer.backward(dout)
        norms.append(float(np.sqrt(np.square(dout, dtype=np.float64).sum())))
    return norms[::-1]


def joint_norm(grads: Mapping[str, Array]) -> Array:
    """Return the Euclidean norm of one long vector with all the numbers in it."""
    return np.sqrt(sum(np.square(g, dtype=np.float64).sum() for g in grads.values()))


def clip_by_norm(grads: Mapping[str, Array], max_norm: float) -> tuple[dict[str, Array], float]:
    """Scale all gradients by one factor so that their joint Euclidean norm is at most max_norm.

    Gradients whose joint norm is within the limit are returned unchanged. ``grads`` and its arrays
    stay as they are.

    Returns
    -------
    clipped : dict
        A new dictionary with the same keys.
    norm : float
        The joint norm before clipping.

    Raises
    ------
    ValueError
        If max_norm is not more than 0, or not finite.

    References
    ----------
    Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural networks.
    """
    max_norm = real("max_norm", max_norm, above=0)
    norm = float(joint_norm(grads))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return {name: factor * g for name, g in grads.items()}, norm


def effective_rank(matrix: Array) -> float:
    """Return the exponential of the entropy of the normalized singular values.

    n equal singular values give n; a matrix of rank one gives 1, one of zeros 0.

    References
    ----------
    Roy and Vetterli (2007), The effective rank: a measure of effective dimensionality.
    """
    matrix = as_float(matrix)
    matrix = matrix.astype(at_least_float32(matrix.dtype), copy=False)
    values = array_module(matrix).linalg.svd(matrix, compute_uv=False)
    shares = values[values > 0]
    if len(shares) == 0:
        return 0.0
    shares = shares / shares.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))
