"""Softmax over a tree, for so many classes that summing over all of them is too slow."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, as_float
from solutions.losses.labels import check_labels
from solutions.perceptrons import sigmoid


class HierarchicalSoftmax:
    """Classes as the leaves of a balanced binary tree, with a yes-or-no classifier at each fork.

    The V − 1 forks and V leaves are numbered from the root, 1, downwards: fork n has the children
    2n (left) and 2n + 1 (right), and class c is leaf V + c. At fork n the probability of going
    right is sigmoid(x · W[:, n − 1] + b[n − 1]), and a class has the probability of its way.

    ``params`` holds the weights of the forks, "W" (D, V − 1), and their biases, "b" (V − 1,).

    References
    ----------
    Morin and Bengio (2005), Hierarchical probabilistic neural network language model.
    """

    def __init__(self, W: Array, b: Array) -> None:
        self.params = {"W": W, "b": b}
        self.classes = len(b) + 1

    def path(self, label: int) -> list[tuple[int, int]]:
        """Return the way from the root down to a class, as a list of pairs (fork, turn).

        The turn, 1 to the right and 0 to the left, is the one taken there. The leaf is no fork.
        """
        node = self.classes + int(label)
        way = []
        while node > 1:
            way.append((node // 2, node % 2))
            node //= 2
        return way[::-1]

    def log_probability(self, x: Array, labels: Array) -> Array:
        """Return the log-probability of one class per sample, from the forks on its way alone.

        These are about log2 V forks. x is (N, D), labels and result are (N,). The result is finite
        for scores of any size.

        Raises
        ------
        ValueError
            If a label is not one of the classes, or there is not one for each sample.
        """
        check_labels(labels, self.classes)
        if labels.shape != x.shape[:1]:
            raise ValueError(f"labels must be {x.shape[:1]}, but they are {labels.shape}")
        x = as_float(x)
        total = np.zeros_like(x[:, 0])
        for n, label in enumerate(labels):
            for fork, turn in self.path(int(label)):
                score = x[n] @ self.params["W"][:, fork - 1] + self.params["b"][fork - 1]
                total[n] -= np.logaddexp(0, -score if turn == 1 else score)  # 1 − σ(z) = σ(−z)
        return total

    def probabilities(self, x: Array) -> Array:
        """Return the probabilities of all classes, (N, V), for x (N, D); this takes all forks."""
        x = as_float(x)
        right = sigmoid(x @ self.params["W"] + self.params["b"])
        reach = {1: np.ones_like(x[:, 0])}  # probability of arriving at a node
        for fork in range(1, self.classes):
            reach[2 * fork] = reach[fork] * (1 - right[:, fork - 1])
            reach[2 * fork + 1] = reach[fork] * right[:, fork - 1]
        return np.stack([reach[self.classes + label] for label in range(self.classes)], axis=1)
