"""Chapter 2: losses, and what they need to know about labels.

A loss is a sum over the outputs of one sample and a mean over the samples of the batch.
"""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, array_module


def check_labels(labels: Array, classes: int) -> None:
    """Refuse what cannot be class numbers.

    Parameters
    ----------
    labels : array (N,)
        Class numbers.
    classes : int
        Number of classes C.

    Raises
    ------
    ValueError
        If the labels are not of an integer type, or one is not among 0 to C − 1.
    """
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be class numbers of an integer type, not {labels.dtype}")
    outside = (labels < 0) | (labels >= classes)
    if outside.any():
        raise ValueError(f"label {labels[outside][0]} is not one of the classes 0 to {classes - 1}")


def one_hot(labels: Array, classes: int) -> Array:
    """Return rows of zeros with a single 1, at the place that the label says.

    Parameters
    ----------
    labels : int array (N,)
        Class numbers from 0 to classes − 1.
    classes : int
        Number of classes C; the batch need not contain all of them.

    Returns
    -------
    targets : array (N, C)
        Zeros and ones.

    Raises
    ------
    ValueError
        If the labels are not of an integer type (2.0 is refused, too), or one is not among the
        classes.
    """
    check_labels(labels, classes)
    numbers = np.arange(classes, like=labels)  # on the GPU, where the labels are there
    return (labels[..., None] == numbers).astype(np.float64)


def one_hot_targets(labels: Array, scores: Array) -> Array:
    """Return the labels as one-hot rows that fit the scores (N, C), of their dtype.

    Parameters
    ----------
    labels : array
        Class numbers (N,), or already one-hot rows (N, C).
    scores : array (N, C)
        Logits or probabilities of the same samples.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a label is not one of the C classes.
    """
    labels = array_module(scores).asarray(labels)
    targets = labels if labels.ndim == 2 else one_hot(labels, scores.shape[1])
    if targets.shape != scores.shape:
        raise ValueError(
            f"labels of shape {labels.shape} do not fit scores of shape {scores.shape}: "
            "give class numbers (N,) or one-hot rows (N, C)"
        )
    return targets.astype(scores.dtype, copy=False)  # float64 rows would widen float32 scores


def squared_error(predictions: Array, targets: Array) -> float:
    """Return ½ Σ (y − t)² per sample, averaged over the batch.

    Parameters
    ----------
    predictions, targets : array (N,) or (N, D)
        Of the same shape.

    Raises
    ------
    ValueError
        If the shapes differ: (N, 1) − (N,) would silently become (N, N).
    """
    if predictions.shape != targets.shape:
        raise ValueError(
            f"shapes must agree: predictions {predictions.shape} but targets {targets.shape}"
        )
    return float(0.5 * ((predictions - targets) ** 2).sum() / len(predictions))


def cross_entropy(probabilities: Array, labels: Array) -> float:
    """Return −Σ t log(y + 1e-7) per sample, averaged over the batch.

    The constant keeps log 0 out, at a price: the loss of a sample never exceeds 16.12, however
    wrong it is, and a certain hit gets −1e-7. ``softmax_cross_entropy`` does without.

    Parameters
    ----------
    probabilities : array (N, C)
        Each row sums to 1.
    labels : array
        Class numbers (N,), or one-hot rows (N, C).
    """
    targets = one_hot_targets(labels, probabilities)
    return float(-(targets * np.log(probabilities + 1e-7)).sum() / len(probabilities))


def log_softmax(logits: Array) -> Array:
    """Return log softmax(logits) along the last axis, without ever taking the log of 0.

    Parameters
    ----------
    logits : array (..., C)

    Returns
    -------
    log_probabilities : array (..., C)
        Of the dtype of the logits, and finite for finite logits.
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_cross_entropy(logits: Array, labels: Array) -> float:
    """Return the cross-entropy of softmax(logits), averaged over the batch.

    Parameters
    ----------
    logits : array (N, C)
        Scores of any size.
    labels : array
        Class numbers (N,), or one-hot rows (N, C).
    """
    targets = one_hot_targets(labels, logits)
    return float(-(targets * log_softmax(logits)).sum() / len(logits))


def sigmoid_cross_entropy(logits: Array, targets: Array) -> float:
    """Return −Σ [t log σ(z) + (1 − t) log(1 − σ(z))] per sample, averaged over the batch.

    The result is finite and right for any z.

    Parameters
    ----------
    logits : array (N,) or (N, K)
        Scores z of any size.
    targets : array
        0 or 1, or a probability between them; of the shape of the logits.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if logits.shape != targets.shape:
        raise ValueError(f"shapes must agree: logits {logits.shape} but targets {targets.shape}")
    # log σ(z) = −log(1 + e^−z) and log(1 − σ(z)) = −log(1 + e^z), so the sum is log(1 + e^z) − t z.
    losses = np.logaddexp(0, logits) - targets * logits  # log(e^0 + e^z), without overflow
    return float(losses.sum() / len(logits))


def hinge_loss(scores: Array, labels: Array, margin: float = 1.0) -> float:
    """Return Σ_{j≠y} max(0, s_j − s_y + margin) per sample, averaged over the batch.

    Parameters
    ----------
    scores : array (N, C)
    labels : array
        Class numbers (N,), or one-hot rows (N, C).
    margin : float
        By how much the right class has to be ahead of each other one.

    References
    ----------
    Weston and Watkins (1999), Support vector machines for multi-class pattern recognition.
    """
    targets = one_hot_targets(labels, scores)
    right_scores = (scores * targets).sum(axis=1, keepdims=True)
    violations = np.maximum(scores - right_scores + margin, 0) * (1 - targets)
    return float(violations.sum() / len(scores))


def accuracy(logits: Array, labels: Array) -> float:
    """Return the share of samples whose largest logit is at the label.

    Parameters
    ----------
    logits : array (N, C)
        Or probabilities: softmax keeps the order.
    labels : array
        Class numbers (N,), or one-hot rows (N, C).
    """
    right = one_hot_targets(labels, logits).argmax(axis=1)
    return float((logits.argmax(axis=1) == right).mean())
