"""Chapter 2's softmax over a tree, for a whole batch at once, and with what it has to learn."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, array_module, as_float, as_wide_float
from solutions.layer import Loss, expect_arrays, guard_losses
from solutions.losses import HierarchicalSoftmax, check_labels
from solutions.perceptrons import sigmoid


class HierarchicalSoftmaxWithLoss(Loss, HierarchicalSoftmax):
    """A network's last layer and its loss, for so many classes that logits of all are too slow.

    The tree is that of ``HierarchicalSoftmax``, and so are ``path`` and ``probabilities``. What it
    takes are no logits but features x (N, D), and of V − 1 forks a sample visits about log2 V. The
    forks learn as the network does: give an optimizer ``net.params | loss.params``.

    Parameters
    ----------
    W, b : array (D, V − 1), array (V − 1,)
        Weights and biases of the forks; zeros will do to start with.
    """

    def __init__(self, W: Array, b: Array) -> None:
        example = "HierarchicalSoftmaxWithLoss(np.zeros((64, 999)), np.zeros(999)) for 1000 classes"
        expect_arrays(example, W=(W, "D", "V - 1"), b=(b, "V - 1"))
        Loss.__init__(self, W=W, b=b)
        self.classes = len(b) + 1

    def forward(self, x: Array, labels: Array) -> float:
        """Return −log p of the labels (N,), averaged over the batch, for features x (N, D).

        Raises
        ------
        ValueError
            If x or the labels do not fit, or a label is not one of the classes.
        """
        self._x = x
        self._columns, self._turns, self._weights, self._toward = self._visit(x, labels)
        return float(np.logaddexp(0, -self._toward).sum() / len(x))

    def backward(self, dout: float = 1.0) -> Array:
        """Store the gradients of "W" and "b" in ``grads``; return that of x."""
        dscores = -dout * self._turns * sigmoid(-self._toward) / len(self._x)
        self._sum_by_fork("W", dscores[:, :, None] * self._x[:, None, :])
        self._sum_by_fork("b", dscores)
        return np.einsum("nf,nfd->nd", dscores, self._weights)

    def log_probability(self, x: Array, labels: Array) -> Array:
        """Return the log-probability of one class per sample, (N,), for features x (N, D)."""
        x = as_float(x)
        *_, toward = self._visit(as_wide_float(x), labels)
        return -np.logaddexp(0, -toward).sum(axis=1).astype(x.dtype)

    def _visit(self, x: Array, labels: Array) -> tuple[Array, Array, Array, Array]:
        """Return what there is at each fork on each sample's way: arrays (N, forks on the way).

        These are the column of W; the turn, 1 to the right and −1 to the left; the weights, with a
        third axis (D); and the score in favour of that turn. A way that is shorter than the longest
        starts with a turn of 0, of which the tree is certain: its score is infinite.
        """
        W, b = self.params["W"], self.params["b"]
        if x.shape[1:] != W.shape[:1]:
            raise ValueError(f"x must be (N, {len(W)}), but it is {x.shape}")
        leaves = self.classes + self._checked(labels, x)[:, None]
        heights = np.arange((2 * self.classes - 1).bit_length() - 1, 0, -1, like=leaves)
        forks = leaves >> heights  # halved so many times: as ``path`` climbs
        to_the_right = (leaves >> (heights - 1)) % 2 == 1
        turns = np.where(forks == 0, 0, np.where(to_the_right, 1, -1)).astype(x.dtype)
        columns = np.maximum(forks - 1, 0)
        weights = W.T[columns]
        scores = np.einsum("nfd,nd->nf", weights, x) + b[columns]
        return columns, turns, weights, np.where(turns == 0, np.inf, turns * scores)

    def _checked(self, labels: Array, x: Array) -> Array:
        """Return the labels as integers that are wide enough for the numbers of the nodes."""
        labels = array_module(x).asarray(labels)
        check_labels(labels, self.classes)
        if labels.shape != x.shape[:1]:
            raise ValueError(f"labels must be {x.shape[:1]}, but they are {labels.shape}")
        return labels.astype(np.int64)

    def _sum_by_fork(self, name: str, values: Array) -> None:
        """Store as a gradient what the samples give at the forks that they visit, added up."""
        param = self.params[name]
        sums = np.zeros_like(param, dtype=values.dtype)
        array_module(sums).add.at(sums.T, self._columns, values)  # += would count a fork once
        self.grads[name] = sums.astype(param.dtype, copy=False)


guard_losses(HierarchicalSoftmaxWithLoss)
