"""Losses that train a network: layers whose output is one number.

Each computes what a function of chapter 2 does, and knows its gradient with respect to the outputs,
which belong to a batch: the division by N is part of it. ``dout`` scales it.
"""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array
from solutions.hyperparameters import real
from solutions.layer import Loss, guard_losses
from solutions.losses import (
    hinge_loss,
    one_hot_targets,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    squared_error,
)
from solutions.perceptrons import sigmoid, softmax


class SoftmaxWithLoss(Loss):
    """Softmax and cross-entropy in one: L = −(1/N) Σ_n log softmax(logits_n)[label_n]."""

    def forward(self, logits: Array, labels: Array) -> float:
        """Return the loss, averaged over the batch.

        Logits (N, C) may have any size; an offset common to a row must not matter. Labels are class
        numbers (N,) or one-hot rows (N, C).

        Raises
        ------
        ValueError
            If the labels do not fit the logits, or one is not a class number from 0 to C − 1.
        """
        self._targets = one_hot_targets(labels, logits)
        self._probabilities = softmax(logits)
        return softmax_cross_entropy(logits, self._targets)

    def backward(self, dout: float = 1.0) -> Array:
        """Return the gradient with respect to the logits, (N, C); dout scales it."""
        return dout * (self._probabilities - self._targets) / len(self._targets)


class SigmoidWithLoss(Loss):
    """Sigmoid and cross-entropy in one, for questions of yes or no: ``sigmoid_cross_entropy``."""

    def forward(self, logits: Array, targets: Array) -> float:
        """Return the loss of logits (N,) or (N, K); targets of the same shape are from 0 to 1."""
        loss = sigmoid_cross_entropy(logits, targets)
        self._errors = sigmoid(logits) - targets
        return loss

    def backward(self, dout: float = 1.0) -> Array:
        """Return the gradient with respect to the logits: (σ(z) − t) / N."""
        return dout * self._errors / len(self._errors)


class SquaredLoss(Loss):
    """Half the squared error, for a regression: ``squared_error``."""

    def forward(self, outputs: Array, targets: Array) -> float:
        """Return the loss of outputs (N,) or (N, D), and targets of the same shape."""
        loss = squared_error(outputs, targets)
        self._errors = outputs - targets
        return loss

    def backward(self, dout: float = 1.0) -> Array:
        """Return the gradient with respect to the outputs: (y − t) / N."""
        return dout * self._errors / len(self._errors)


class HingeLoss(Loss):
    """What the other classes lack of being ``margin`` behind the right one: ``hinge_loss``."""

    def __init__(self, margin: float = 1.0) -> None:
        super().__init__()
        self.margin = real("margin", margin)

    def forward(self, scores: Array, labels: Array) -> float:
        """Return the loss of scores (N, C); labels are class numbers (N,) or one-hot (N, C)."""
        self._targets = one_hot_targets(labels, scores)
        right_scores = np.where(self._targets, scores, 0).sum(axis=1, keepdims=True)
        self._violated = (self._targets == 0) & (scores > right_scores - self.margin)
        return hinge_loss(scores, self._targets, self.margin)

    def backward(self, dout: float = 1.0) -> Array:
        """Return the gradient with respect to the scores.

        Each violation raises its class, and once more lowers the right one. The slope at exactly
        the margin is taken to be 0.
        """
        violations = self._violated.sum(axis=1, keepdims=True)
        return dout * (self._violated - violations * self._targets) / len(self._targets)


guard_losses(SoftmaxWithLoss, SigmoidWithLoss, SquaredLoss, HingeLoss)
