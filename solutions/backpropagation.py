"""Chapter 3: backpropagation, from one layer to a trained network.

Every layer has the same face: ``params`` and ``grads`` (dictionaries with the same keys),
``forward(x)``, and ``backward(dout)``, which takes the gradient of the loss with respect to the
layer's output and returns the gradient with respect to its input.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np

from solutions.arrays import Array, array_module
from solutions.losses import one_hot_targets
from solutions.perceptrons import sigmoid, softmax


class Layer(Protocol):
    """What every layer offers."""

    params: dict[str, Array]
    grads: dict[str, Array]

    def forward(self, x: Array) -> Array: ...

    def backward(self, dout: Array) -> Array: ...


class ReLU:
    """max(x, 0), element by element, for an array of any shape.

    The slope at exactly 0 is taken to be 0.
    """

    def __init__(self) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}

    def forward(self, x: Array) -> Array:
        """Return max(x, 0), of the same shape and dtype as x."""
        self._mask = x > 0
        return np.maximum(x, 0)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x; dout, of the same shape, stays as it is."""
        return dout * self._mask


class Sigmoid:
    """y = 1 / (1 + exp(−x)), element by element, for an array of any shape."""

    def __init__(self) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}

    def forward(self, x: Array) -> Array:
        """Return y, of the same shape as x."""
        self._y = sigmoid(x)
        return self._y

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x, of the shape of dout."""
        return dout * self._y * (1 - self._y)


class Tanh:
    """y = tanh(x), element by element, for an array of any shape."""

    def __init__(self) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}

    def forward(self, x: Array) -> Array:
        """Return y, of the same shape as x."""
        self._y = np.tanh(x)
        return self._y

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x, of the shape of dout."""
        return dout * (1 - self._y**2)


class Affine:
    """y = x W + b, for a batch of rows.

    Parameters
    ----------
    W : array (D, M)
        Weights; ``params["W"]`` is this very array, not a copy.
    b : array (M,)
        Biases, likewise ``params["b"]``.
    """

    def __init__(self, W: Array, b: Array) -> None:
        self.params: dict[str, Array] = {"W": W, "b": b}
        self.grads: dict[str, Array] = {}

    def forward(self, x: Array) -> Array:
        """Return y (N, M) for x (N, D).

        An input of more than two axes, such as (N, C, H, W) with D = C·H·W, is flattened to
        (N, D) first.

        Raises
        ------
        ValueError
            If a sample does not have D numbers.
        """
        W, b = self.params["W"], self.params["b"]
        if x.size != len(x) * len(W):
            raise ValueError(f"x has shape {x.shape}, but W of shape {W.shape} needs (N, {len(W)})")
        self._x_shape = x.shape
        self._x = x.reshape(len(x), len(W))
        return self._x @ W + b

    def backward(self, dout: Array) -> Array:
        """Store the gradients "W" (D, M) and "b" (M,) in ``grads``; return that of x.

        ``dout`` is (N, M). What is returned has the shape that ``forward`` was given.
        """
        self.grads["W"] = self._x.T @ dout
        self.grads["b"] = dout.sum(axis=0)
        return (dout @ self.params["W"].T).reshape(self._x_shape)


class SoftmaxWithLoss:
    """Softmax and cross-entropy in one: L = −(1/N) Σ_n log softmax(logits_n)[label_n]."""

    def forward(self, logits: Array, labels: Array) -> float:
        """Return the loss, averaged over the batch.

        Parameters
        ----------
        logits : array (N, C)
            Scores of any size; an offset common to a row must not matter.
        labels : array
            Class numbers (N,), or one-hot rows (N, C).

        Raises
        ------
        ValueError
            If the labels do not fit the logits, or one is not a class number from 0 to C − 1.
        """
        n = len(logits)
        self._targets = one_hot_targets(labels, logits)
        self._probabilities = softmax(logits)
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-(self._targets * log_probabilities).sum() / n)

    def backward(self, dout: float = 1.0) -> Array:
        """Return the gradient with respect to the logits, (N, C); dout scales it."""
        return dout * (self._probabilities - self._targets) / len(self._targets)


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

    References
    ----------
    Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural networks.
    """
    norm = float(np.sqrt(sum(float(np.square(g, dtype=np.float64).sum()) for g in grads.values())))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return {name: factor * g for name, g in grads.items()}, norm


class TwoLayerNet:
    """Affine, ReLU, Affine, then softmax with loss: a composition of layers.

    Parameters
    ----------
    params : dict
        "W1" (D, H), "b1" (H,), "W2" (H, C), "b2" (C,). The network works on these very arrays,
        so that changing them in place changes the network.
    """

    def __init__(self, params: dict[str, Array]) -> None:
        self.params = params
        self.layers: list[Layer] = [
            Affine(params["W1"], params["b1"]),
            ReLU(),
            Affine(params["W2"], params["b2"]),
        ]
        self.loss_layer = SoftmaxWithLoss()

    def predict(self, x: Array) -> Array:
        """Return the logits (N, C) for x (N, D)."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x: Array, labels: Array) -> float:
        """Return the mean loss of a batch; labels as class numbers (N,) or one-hot (N, C)."""
        return self.loss_layer.forward(self.predict(x), labels)

    def gradients(self, x: Array, labels: Array) -> dict[str, Array]:
        """Return the gradients of the loss: "W1", "b1", "W2", "b2"."""
        self.loss(x, labels)
        dout = self.loss_layer.backward()
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        first, _, second = self.layers
        return {
            "W1": first.grads["W"],
            "b1": first.grads["b"],
            "W2": second.grads["W"],
            "b2": second.grads["b"],
        }


def train(
    net: TwoLayerNet,
    x: Array,
    labels: Array,
    batches: Iterable[Array],
    learning_rate: float,
) -> list[float]:
    """Train by gradient descent on mini-batches, changing ``net.params`` in place.

    Parameters
    ----------
    x, labels : array (N, D), array (N,)
        The training set.
    batches : iterable of int arrays
        Which rows make up each mini-batch: one array of row numbers per step.

    Returns
    -------
    losses : list of float
        The loss of each mini-batch, before the step that it causes.
    """
    losses = []
    for rows in batches:
        losses.append(net.loss(x[rows], labels[rows]))
        grads = net.gradients(x[rows], labels[rows])
        for name, param in net.params.items():
            param -= learning_rate * grads[name]
    return losses


def gradient_norms(layers: Sequence[Layer], x: Array, dout: Array) -> list[float]:
    """Return how large the gradient is where it leaves each layer on its way back.

    Parameters
    ----------
    layers : sequence of layers
        From the input to the output.
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
        norms.append(float(np.sqrt((dout**2).sum())))
    return norms[::-1]


def effective_rank(matrix: Array) -> float:
    """Return the exponential of the entropy of the normalized singular values.

    n equal singular values give n; a matrix of rank one gives 1.

    References
    ----------
    Roy and Vetterli (2007), The effective rank: a measure of effective dimensionality.
    """
    xp = array_module(matrix)
    values = xp.linalg.svd(matrix, compute_uv=False)
    shares = values / values.sum()
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))
