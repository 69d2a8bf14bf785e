"""Answers to average_predictions: right ones in other styles, and wrong ones."""

import numpy as np


def average_by_stack(predictions):
    return np.mean(np.stack(predictions), axis=0)


def gain_by_hand(predictions, labels):
    """Takes the logarithms of the right classes, and no function of the course."""
    p = np.stack(predictions)
    targets = labels if np.ndim(labels) == 2 else np.eye(p.shape[2])[labels]
    logs = np.log((p * targets).sum(axis=2) + 1e-7)
    of_mean = np.log((p.mean(axis=0) * targets).sum(axis=1) + 1e-7)
    return (of_mean - logs.mean(axis=0)).mean()


def average_by_running_mean(predictions):
    mean = predictions[0].copy()
    for count, prediction in enumerate(predictions[1:], start=2):
        mean += (prediction - mean) / count
    return mean


def average_by_rows(predictions):
    """Adds up, and divides by what the rows sum to."""
    total = np.zeros_like(predictions[0])
    for prediction in predictions:
        total = total + prediction
    return total / total.sum(axis=1, keepdims=True)


def average_by_einsum(predictions):
    weights = np.full(len(predictions), 1 / len(predictions), dtype=predictions[0].dtype)
    return np.einsum("k,knc->nc", weights, np.array(predictions))


RIGHT = [
    {"average_predictions": average_by_stack, "ensemble_gain": gain_by_hand},
    {"average_predictions": average_by_running_mean},
    {"average_predictions": average_by_rows},
    {"average_predictions": average_by_einsum},
]

MEAN = "return sum(predictions) / len(predictions)"
GAIN = "return sum(losses) / len(losses) - of_the_mean"

SLIPS = [
    (MEAN, "return sum(predictions)", "sum_for_mean"),
    (MEAN, "return sum(predictions) / len(predictions[0])", "divided_by_the_samples"),
    (MEAN, "return np.mean(predictions, axis=1)", "mean_over_samples"),
    (MEAN, "return np.mean(predictions, axis=-1)", "mean_over_classes"),
    (MEAN, "return np.mean(predictions)", "mean_over_everything"),
    (MEAN, "return np.max(predictions, axis=0)", "largest"),
    (MEAN, "return softmax(sum(map(np.log, predictions)) / len(predictions))", "mean_of_logits"),
    (MEAN, "return softmax(sum(predictions) / len(predictions))", "softmax_of_the_mean"),
    (GAIN, "return of_the_mean - sum(losses) / len(losses)", "loss_for_gain"),
    (GAIN, "return sum(losses) - of_the_mean", "losses_not_divided"),
    (GAIN, "return sum(losses) / len(labels) - of_the_mean", "losses_divided_by_the_samples"),
    (GAIN, "return (sum(losses) - of_the_mean) / len(losses)", "difference_divided"),
    (GAIN, "return min(losses) - of_the_mean", "above_the_best"),
]

EQUIVALENT = {
    "That an empty list and unlike shapes are refused is a courtesy; the text does not ask for it.": [
        "average_predictions: check_alike(predictions) → pass",
        "average_predictions: check_alike(predictions) → predictions",
    ],
}

NAMES = {
    "sum_for_mean": [
        "average_predictions: return sum(predictions) / len(predictions) → return sum(predictions)",
    ],
    "loss_for_gain": [
        "ensemble_gain: return sum(losses) / len(losses) - of_the_mean → return of_the_mean - sum(losses) / len(losses)",
    ],
    "mean_loss_alone": [
        "ensemble_gain: return sum(losses) / len(losses) - of_the_mean → return sum(losses) / len(losses)",
    ],
    "loss_of_the_mean_alone": [
        "ensemble_gain: return sum(losses) / len(losses) - of_the_mean → return of_the_mean",
    ],
    "losses_not_divided": [
        "ensemble_gain: return sum(losses) / len(losses) - of_the_mean → return sum(losses) - of_the_mean",
    ],
}
