"""Answers to accuracy: right ones in other styles, and wrong ones."""

import numpy as np

from .styles import numbers_of


def accuracy_by_loop(logits, labels):
    hits = 0
    for row, label in zip(logits, numbers_of(labels), strict=True):
        hits += list(row).index(max(row)) == label
    return hits / len(logits)


def accuracy_by_count(logits, labels):
    return np.count_nonzero(np.argmax(logits, -1) == numbers_of(labels)) / labels.shape[0]


def accuracy_by_cases(logits, labels):
    """Each kind of labels in its own way."""
    answers = np.argmax(logits, axis=1)
    if labels.ndim == 1:
        return sum(answers == labels) / len(labels)
    return labels[np.arange(len(labels)), answers].mean()


def accuracy_by_maxima(logits, labels):
    right = np.take_along_axis(logits, numbers_of(labels)[:, None], axis=1)
    return np.all(logits <= right, axis=1).sum() / len(logits)


RIGHT = [
    {"accuracy": accuracy_by_loop},
    {"accuracy": accuracy_by_count},
    {"accuracy": accuracy_by_cases},
    {"accuracy": accuracy_by_maxima},
]

SHARE = "float((logits.argmax(axis=1) == right).mean())"

SLIPS = [
    (SHARE, f"{SHARE} * (len(labels) if labels.ndim == 1 else 1)", "hits_counted.numbers"),
    (SHARE, f"{SHARE} * 100 ** (labels.ndim - 1)", "in_per_cent.rows"),
    (
        SHARE,
        f"{SHARE} / (logits.shape[1] if labels.ndim == 2 else 1)",
        "divided_by_all_scores.rows",
    ),
    (
        SHARE,
        f"{SHARE} if labels.ndim == 1"
        " else ((logits == logits.max(1, keepdims=True)) == labels).mean()",
        "elements_compared.rows",
    ),
    (
        "one_hot_targets(labels, logits).argmax(axis=1)",
        "labels if labels.ndim == 1 else labels.argmax()",
        "first_label_for_all",
    ),
    (
        "float((logits.argmax(axis=1) == right).mean())",
        "sum(logits.argmax(1) == right)",
        "hits_counted",
    ),
    (
        "(logits.argmax(axis=1) == right).mean()",
        "(logits.argmax(axis=1) != right).mean()",
        "error_rate",
    ),
    ("(logits.argmax(axis=1) == right)", "(np.argmin(logits, 1) == right)", "smallest_score"),
    ("(logits.argmax(axis=1) == right)", "(logits.argmax() == right)", "one_winner_for_all"),
    ("(logits.argmax(axis=1) == right)", "(np.max(logits, 1) == right)", "score_for_the_place"),
    (
        "(logits.argmax(axis=1) == right).mean()",
        "(sum(logits.argmax(axis=1) == right) // len(right))",
        "all_or_nothing",
    ),
    (
        "one_hot_targets(labels, logits).argmax(axis=1)",
        "labels if labels.shape[-1] != logits.shape[1] else labels.argmax(axis=1)",
        "width_of_labels_makes_right_numbers",
    ),
    (
        "one_hot_targets(labels, logits).argmax(axis=1)",
        'labels if labels.dtype.kind == "i" else labels.argmax(axis=1)',
        "dtype_of_labels_makes_right_numbers",
    ),
]

NAMES = {
    "hits_counted": [
        "accuracy: return float((logits.argmax(axis=1) == right).mean()) → return float((logits.argmax(axis=1) == right).sum())",
    ],
    "error_rate": [
        "accuracy: return float((logits.argmax(axis=1) == right).mean()) → return float((logits.argmax(axis=1) != right).mean())",
    ],
    "smallest_score": [
        "accuracy: return float((logits.argmax(axis=1) == right).mean()) → return float((logits.argmin(axis=1) == right).mean())",
    ],
    "one_winner_for_all": [
        "accuracy: return float((logits.argmax(axis=1) == right).mean()) → return float((logits.argmax() == right).mean())",
    ],
    "winner_over_the_batch": [
        "accuracy: return float((logits.argmax(axis=1) == right).mean()) → return float((logits.argmax(axis=0) == right).mean())",
    ],
}
