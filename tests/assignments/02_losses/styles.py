"""What answers to several tasks share."""

import numpy as np


def one_hot_targets_by_loop(labels, scores):
    targets = np.zeros_like(scores)
    if labels.shape == scores.shape:
        targets[...] = labels
        return targets
    if labels.shape != (len(scores),):
        raise ValueError("do not fit")
    for n, label in enumerate(labels):
        targets[n, label] = 1
    return targets


def numbers_of(labels):
    return labels.argmax(axis=1) if labels.ndim == 2 else labels
