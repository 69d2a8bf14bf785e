"""Chapter 1: perceptrons, from logic gates to the forward pass of a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from solutions.arrays import Array


def step(x: Array) -> Array:
    """Return 1 where x > 0, else 0, element by element, as integers.

    Parameters
    ----------
    x : number or array
        Of any shape.

    Returns
    -------
    y : integer, or int array of the shape of x
    """
    return np.greater(x, 0).astype(int)


def perceptron(x: Array, w: Array, b: float) -> Array:
    """Return 1 where w · x + b > 0, else 0.

    Parameters
    ----------
    x : array (D,) or (N, D)
        One input, or a batch with one input per row.
    w : array (D,)
        Weights.
    b : float
        Bias: the weight of one more input that is always 1.

    Returns
    -------
    y : integer, or int array (N,) for a batch

    References
    ----------
    Rosenblatt (1958), The perceptron: a probabilistic model for information storage and
    organization in the brain.
    """
    return step(x @ w + b)


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
    """Return 1 where exactly one input is 1, by four gates of one kind and nothing else.

    Parameters
    ----------
    x1, x2 : 0 or 1, or arrays of them (N,)
    nand : function
        A NAND gate: takes two inputs, returns its output.
    """
    not_both = nand(x1, x2)
    return nand(nand(x1, not_both), nand(x2, not_both))


class Perceptron:
    """A perceptron that learns from its mistakes.

    Parameters
    ----------
    w : array (D,)
        Weights to start from; the array itself stays as it is.
    b : float
        Bias to start from.

    Attributes
    ----------
    w : array (D,)
    b : float
        What has been learned so far.

    References
    ----------
    Novikoff (1962), On convergence proofs on perceptrons: if a line separates the two classes,
    the number of mistakes is finite.
    """

    def __init__(self, w: Array, b: float = 0.0) -> None:
        self.w = w
        self.b = b

    def predict(self, x: Array) -> Array:
        """Return 0 or 1 for one input (D,), or an int array (N,) for a batch (N, D)."""
        return perceptron(x, self.w, self.b)

    def fit(self, x: Array, targets: Array, epochs: int, learning_rate: float = 1.0) -> list[int]:
        """Go through the samples in order, ``epochs`` times, and correct w and b at each mistake.

        Parameters
        ----------
        x : array (N, D)
            One sample per row.
        targets : int array (N,)
            0 or 1 for each sample.
        epochs : int
            How often each sample has its turn.
        learning_rate : float
            How far one correction goes.

        Returns
        -------
        mistakes : list of int
            How many samples were wrong in each epoch, at the moment of their turn.
        """
        mistakes = []
        for _ in range(epochs):
            wrong = 0
            for row, target in zip(x, targets, strict=True):
                error = int(target) - int(self.predict(row))  # -1, 0 or 1
                self.w = self.w + learning_rate * error * row
                self.b = self.b + learning_rate * error
                wrong += abs(error)
            mistakes.append(wrong)
        return mistakes


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(−x)), element by element, of the shape and float dtype of x."""
    # The fraction is expanded by exp(min(x, 0)), so that no exponent is ever positive.
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def tanh(x: Array) -> Array:
    """Return (exp(x) − exp(−x)) / (exp(x) + exp(−x)), element by element."""
    return np.tanh(x)


def relu(x: Array) -> Array:
    """Return max(x, 0), element by element, of the shape and dtype of x."""
    return np.maximum(x, 0)


def identity(x: Array) -> Array:
    """Return x: the output activation of a regression."""
    return x


def softmax(logits: Array) -> Array:
    """Return exp(logits_i) / Σ_j exp(logits_j) along the last axis.

    Parameters
    ----------
    logits : array (..., C)
        Scores of any size.

    Returns
    -------
    probabilities : array (..., C)
        Of the dtype of the logits; along the last axis they sum to 1.
    """
    # An offset common to a row cancels; this one makes the largest exponent 0.
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def collapse_affine(W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, Array]:
    """Return W and b with x W + b = (x W1 + b1) W2 + b2 for every x.

    Parameters
    ----------
    W1, b1 : array (D, H), array (H,)
        The map that is applied first.
    W2, b2 : array (H, M), array (M,)
        The one applied to its result.

    Returns
    -------
    W, b : array (D, M), array (M,)
    """
    return W1 @ W2, b1 @ W2 + b2


def init_network(
    rng: np.random.Generator, sizes: Sequence[int], weight_std: float = 0.01
) -> dict[str, Array]:
    """Return the parameters of a fully connected network, drawn at random.

    Parameters
    ----------
    rng : Generator
        Draws the weights from a normal distribution of mean 0: W1 first, then W2 and so on, and
        nothing else.
    sizes : sequence of int
        Units per layer, from the input to the output: (64, 50, 10) makes two layers of weights.
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
    """Return the logits of a fully connected network of any depth.

    Parameters
    ----------
    params : mapping
        "W1" (D, H), "b1" (H,), ... as ``init_network`` makes them.
    x : array (N, D)
        A batch of inputs.
    activation : function
        Applied after every layer but the last, to the whole batch (N, H) at once.

    Returns
    -------
    logits : array (N, C)
    """
    depth = len(params) // 2
    for layer in range(1, depth):
        x = activation(x @ params[f"W{layer}"] + params[f"b{layer}"])
    return x @ params[f"W{depth}"] + params[f"b{depth}"]
