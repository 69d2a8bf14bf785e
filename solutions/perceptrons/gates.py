"""A perceptron, and the logic gates and circuits that are made of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from solutions.arrays import Array, as_float


def step(x: Array) -> Array:
    """Return 1 where x > 0, else 0, as integers; x is a number, or an array of any shape."""
    return np.greater(x, 0).astype(int)


def perceptron(x: Array, w: Array, b: float) -> Array:
    """Return 1 where w · x + b > 0, else 0.

    x (D,) is one input, for which an integer is returned; a batch (N, D) gives integers (N,).

    References
    ----------
    Rosenblatt (1958), The perceptron: a probabilistic model for information storage and
    organization in the brain.
    """
    return step(as_float(x) @ w + b)


def and_gate(x1: Array, x2: Array) -> Array:
    """Return 1 where both inputs are 1, else 0; the inputs are numbers or arrays (N,)."""
    return step(-1.5 + x1 + x2)  # b = -1.5, w = (1, 1)


def or_gate(x1: Array, x2: Array) -> Array:
    """Return 1 where at least one input is 1, else 0; the inputs are numbers or arrays (N,)."""
    return step(-0.5 + x1 + x2)


def nand_gate(x1: Array, x2: Array) -> Array:
    """Return 0 where both inputs are 1, else 1; the inputs are numbers or arrays (N,)."""
    return step(1.5 - x1 - x2)


def xor_gate(x1: Array, x2: Array) -> Array:
    """Return 1 where exactly one input is 1, by two layers of perceptrons."""
    return and_gate(or_gate(x1, x2), nand_gate(x1, x2))


def xor_from_nand(x1: Array, x2: Array, nand: Callable[..., Array] = nand_gate) -> Array:
    """Return 1 where exactly one input is 1, by four gates ``nand(x1, x2)`` and nothing else."""
    not_both = nand(x1, x2)
    return nand(nand(x1, not_both), nand(x2, not_both))
