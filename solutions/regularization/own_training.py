"""A regularized training of one's own: nothing of it is known but what comes out."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array
from solutions.backpropagation import Affine, ReLU, SoftmaxWithLoss
from solutions.initialization import he
from solutions.optimizers import Adam, Network
from solutions.regularization.penalties import L2


class OwnTraining:
    """A classifier that is trained batch by batch, on labels of which many are wrong.

    Parameters
    ----------
    features, classes : int
        D and C.
    rng : Generator
        Draws all that is random.
    """

    def __init__(self, features: int, classes: int, rng: np.random.Generator) -> None:
        W1, W2 = he((features, 64), rng), he((64, classes), rng)
        self.network = Network([Affine(W1, np.zeros(64)), ReLU(), Affine(W2, np.zeros(classes))])
        self.optimizer = Adam(self.network.params, 0.01)
        self.loss, self.penalty = SoftmaxWithLoss(), L2(0.1)

    def train(self, x: Array, labels: Array) -> None:
        """Learn from one mini-batch x (N, D) with the class numbers labels (N,)."""
        self.loss.forward(self.network.forward(x), labels)
        self.network.backward(self.loss.backward())
        pulls = self.penalty.gradients(self.network.params)
        grads = {name: grad + pulls.get(name, 0) for name, grad in self.network.grads.items()}
        self.optimizer.step(grads)

    def predict(self, x: Array) -> Array:
        """Return a number for each sample and class (N, C): the largest one says the class."""
        return self.network.predict(x)
