"""Activation functions, of hidden units and of the output."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, as_float


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(−x)), element by element, of the shape and float dtype of x."""
    x = as_float(x)
    # The fraction is expanded by exp(min(x, 0)), so that no exponent is ever positive.
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def tanh(x: Array) -> Array:
    """Return (exp(x) − exp(−x)) / (exp(x) + exp(−x)), element by element."""
    return np.tanh(as_float(x))


def relu(x: Array) -> Array:
    """Return max(x, 0), element by element, of the shape and float dtype of x."""
    return np.maximum(as_float(x), 0)


def identity(x: Array) -> Array:
    """Return x: the output activation of a regression."""
    return x


def softmax(logits: Array) -> Array:
    """Return exp(logits_i) / Σ_j exp(logits_j) along the last axis, for logits of any size.

    The probabilities (..., C) are of the dtype of the logits.
    """
    # An offset common to a row cancels; this one makes the largest exponent 0. A logit of −inf
    # masks its class: that gets 0. Where all of a row are masked, they are NaN.
    exponentials = np.exp(as_float(logits) - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)
