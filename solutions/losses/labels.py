"""Labels: class numbers and one-hot rows, and the share that is hit."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, array_module, as_float


def check_labels(labels: Array, classes: int) -> None:
    """Refuse labels (N,) that cannot be class numbers.

    Raises
    ------
    ValueError
        If they are not of an integer type, or one is not among 0 to classes − 1.
    """
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be class numbers of an integer type, not {labels.dtype}")
    outside = (labels < 0) | (labels >= classes)
    if outside.any():
        raise ValueError(f"label {labels[outside][0]} is not one of the classes 0 to {classes - 1}")


def one_hot(labels: Array, classes: int) -> Array:
    """Return class numbers (N,) as rows (N, classes) of zeros with a single 1, at that place.

    The batch need not contain all classes.

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
    """Return class numbers (N,), or one-hot rows, as one-hot rows that fit the scores (N, C).

    They are of the dtype of the scores; of float64, if these are integers.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a label is not one of the C classes.
    """
    labels = array_module(scores).asarray(labels)
    targets = labels if labels.ndim == 2 else one_hot(labels, scores.shape[-1])
    if targets.ndim != 2 or targets.shape != scores.shape:
        raise ValueError(
            f"labels of shape {labels.shape} do not fit scores of shape {scores.shape}: "
            "give class numbers (N,) or one-hot rows (N, C)"
        )
    # Rows in float64 would widen scores in float32.
    return targets.astype(as_float(scores).dtype, copy=False)


def accuracy(logits: Array, labels: Array) -> float:
    """Return the share of samples whose largest logit is at the label.

    Logits (N, C) may as well be probabilities: softmax keeps the order. Labels are class numbers
    (N,) or one-hot rows (N, C).
    """
    right = one_hot_targets(labels, logits).argmax(axis=1)
    return float((logits.argmax(axis=1) == right).mean())
