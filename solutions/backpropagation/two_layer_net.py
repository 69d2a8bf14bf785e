"""A network of two affine layers, and the plain loop that trains it."""

from __future__ import annotations

from collections.abc import Iterable

from solutions.arrays import Array
from solutions.backpropagation.layers import Affine, ReLU
from solutions.backpropagation.loss_layers import SoftmaxWithLoss
from solutions.layer import Layer


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
        return self.loss_and_gradients(x, labels)[1]

    def loss_and_gradients(self, x: Array, labels: Array) -> tuple[float, dict[str, Array]]:
        """Return both, going forward only once."""
        loss = self.loss(x, labels)
        dout = self.loss_layer.backward()
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        first, _, second = (layer.grads for layer in self.layers)
        return loss, {"W1": first["W"], "b1": first["b"], "W2": second["W"], "b2": second["b"]}


def train(
    net: TwoLayerNet,
    x: Array,
    labels: Array,
    batches: Iterable[Array],
    learning_rate: float,
) -> list[float]:
    """Train by gradient descent on mini-batches, changing ``net.params`` in place.

    ``Trainer`` of chapter 4 is what becomes of it: any network, loss and optimizer.

    Parameters
    ----------
    batches : iterable of int arrays
        Which rows of x (N, D) and of the labels make up each mini-batch, one array per step.

    Returns
    -------
    losses : list of float
        The loss of each mini-batch, before the step that it causes.
    """
    losses = []
    for rows in batches:
        loss, grads = net.loss_and_gradients(x[rows], labels[rows])
        losses.append(loss)
        for name, param in net.params.items():
            param -= learning_rate * grads[name]
    return losses
