"""Loss functions: each a sum over the outputs of one sample, and a mean over the batch.

The sums are taken in at least float32, whatever the losses are given.
"""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, as_float, as_wide_float
from solutions.losses.labels import one_hot_targets


def squared_error(predictions: Array, targets: Array) -> float:
    """Return ½ Σ (y − t)² per sample, averaged over the batch, for arrays (N,) or (N, D).

    Raises
    ------
    ValueError
        If the shapes differ: (N, 1) − (N,) would silently become (N, N).
    """
    if predictions.shape != targets.shape:
        raise ValueError(f"shapes must agree: {predictions.shape} but targets {targets.shape}")
    return float(0.5 * ((as_wide_float(predictions) - targets) ** 2).sum() / len(predictions))


def cross_entropy(probabilities: Array, labels: Array) -> float:
    """Return −Σ t log(y + 1e-7) per sample, averaged over the batch.

    The constant keeps log 0 out, at a price: the loss of a sample never exceeds 16.12, however
    wrong it is, and a certain hit gets −1e-7. ``softmax_cross_entropy`` does without.

    Probabilities are (N, C), and labels class numbers (N,) or one-hot rows (N, C).
    """
    targets = one_hot_targets(labels, probabilities)
    logarithms = np.log(as_wide_float(probabilities) + 1e-7)
    return float(-(targets * logarithms).sum() / len(probabilities))


def log_softmax(logits: Array) -> Array:
    """Return log softmax(logits) along the last axis, without ever taking the log of 0.

    It has the shape (..., C) and the dtype of the logits, and is finite where they are. Where they
    are −inf, so is it: this masks a class. A row that is masked as a whole gives NaN.
    """
    shifted = as_float(logits) - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_cross_entropy(logits: Array, labels: Array) -> float:
    """Return the cross-entropy of softmax(logits), averaged over the batch.

    Logits (N, C) may have any size; −inf masks a class, and costs nothing unless that is the right
    one. Labels are class numbers (N,) or one-hot rows (N, C).
    """
    targets = one_hot_targets(labels, logits)
    log_probabilities = np.where(targets, log_softmax(as_wide_float(logits)), 0)  # not 0 · −inf
    return float(-(targets * log_probabilities).sum() / len(logits))


def sigmoid_cross_entropy(logits: Array, targets: Array) -> float:
    """Return −Σ [t log σ(z) + (1 − t) log(1 − σ(z))] per sample, averaged over the batch.

    The result is finite and right for logits z of any size, (N,) or (N, K). The targets, of the
    same shape, are 0 or 1, or a probability between them. −inf masks a question: target 0 is free.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if logits.shape != targets.shape:
        raise ValueError(f"shapes must agree: {logits.shape} but targets {targets.shape}")
    # log σ(z) = −log(1 + e^−z) and log(1 − σ(z)) = −log(1 + e^z), so the sum is log(1 + e^z) − t z.
    # np.logaddexp(0, z) is log(e^0 + e^z) without overflow; and 0 · −inf is not to become NaN.
    losses = np.logaddexp(0, as_wide_float(logits)) - targets * np.where(targets, logits, 0)
    return float(losses.sum() / len(logits))


def hinge_loss(scores: Array, labels: Array, margin: float = 1.0) -> float:
    """Return Σ_{j≠y} max(0, s_j − s_y + margin) per sample, averaged over the batch.

    Scores are (N, C), and labels class numbers (N,) or one-hot rows (N, C). The margin is by how
    much the right class has to be ahead of each other one. A class whose score is −inf is masked.

    References
    ----------
    Weston and Watkins (1999), Support vector machines for multi-class pattern recognition.
    """
    targets, scores = one_hot_targets(labels, scores), as_wide_float(scores)
    right_scores = np.where(targets, scores, 0).sum(axis=1, keepdims=True)
    others = (targets == 0) & (scores != -np.inf)
    violations = np.maximum(np.where(others, scores, 0) - right_scores + margin, 0)
    return float(np.where(others, violations, 0).sum() / len(scores))
