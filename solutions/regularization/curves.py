"""Reading the curves of a training: which causes are they compatible with?

What is compared is always the loss of a network that knows nothing, log C, and the noise from
epoch to epoch is taken out by means over thirds of the training. The bounds lie in the middle
between what they tell apart, for classes that are equally frequent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def thirds(curve: Sequence[float]) -> list[float]:
    """Return the means of the first, the middle and the last part of a curve.

    The first and the last part are a third of the epochs each, rounded down.
    """
    n = len(curve) // 3
    parts = curve[:n], curve[n : len(curve) - n], curve[len(curve) - n :]
    return [sum(part) / len(part) for part in parts]


def training_causes(losses: Sequence[float], classes: int) -> set[str]:
    """Return why a network has not learned its training set, judged by the training losses.

    Without such a cause the set is empty.
    """
    _, middle, last = (mean / math.log(classes) for mean in thirds(losses))
    if last > 1.2:
        return {"too large steps"}
    if last > 0.9:
        return {"dead network", "too large steps", "too little training"}
    if last < 0.25:
        return set()
    return {"too little training"} if middle - last > 0.09 else {"underfitting"}


def validation_causes(
    losses: Sequence[float], accuracies: Sequence[float], classes: int
) -> set[str]:
    """Return what is wrong with validation, for a network that has learned its training set."""
    if thirds(accuracies)[-1] < 1 / classes + 0.15:
        return {"other processing", "wrong labels"}
    means = thirds(losses)
    return {"overfitting"} if means[-1] > 1.2 * min(means) else set()


def diagnose(history: Mapping[str, Sequence[float]], classes: int) -> set[str]:
    """Return the causes that the history of a training is compatible with.

    Parameters
    ----------
    history : dict of lists of float
        As ``Trainer.history``: train_loss, train_accuracy, validation_loss and
        validation_accuracy, each with a number for each epoch.
    classes : int
        How many there are.
    """
    losses, accuracies = history["validation_loss"], history["validation_accuracy"]
    causes = training_causes(history["train_loss"], classes)
    return causes or validation_causes(losses, accuracies, classes)
