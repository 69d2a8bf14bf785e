"""Answers to cross_entropy: right ones in other styles, and wrong ones."""

import math

import numpy as np

from .styles import numbers_of


def cross_entropy_by_index(probabilities, labels):
    n = len(probabilities)
    return -np.sum(np.log(probabilities[np.arange(n), numbers_of(labels)] + 1e-7)) / n


def cross_entropy_by_loop(probabilities, labels):
    losses = [
        -math.log(p[c] + 1e-7) for p, c in zip(probabilities, numbers_of(labels), strict=True)
    ]
    return sum(losses) / len(losses)


def cross_entropy_clipped(probabilities, labels):
    right = probabilities[range(len(probabilities)), numbers_of(labels)]
    return np.mean(-np.log(np.maximum(right, 1e-7)))


ENTROPY = "float(-(targets * logarithms).sum() / len(probabilities))"


LOGARITHMS = "np.log(as_wide_float(probabilities) + 1e-7)"


def cross_entropy_by_cases(probabilities, labels):
    """Each kind of labels in its own way."""
    logs, n = np.log(probabilities + 1e-7), len(probabilities)
    if labels.ndim == 1:
        return -sum(logs[i, labels[i]] for i in range(n)) / n
    return -np.einsum("nc,nc", logs, labels) / n


def cross_entropy_by_taking(probabilities, labels):
    if labels.ndim == 2:
        right = probabilities[labels == 1]
    else:
        right = np.take_along_axis(probabilities, labels[:, None], axis=1)
    return np.log(1 / (right + 1e-7)).mean()


RIGHT = [
    {"cross_entropy": cross_entropy_by_cases},
    {"cross_entropy": cross_entropy_by_taking},
    {"cross_entropy": cross_entropy_by_index},
    {"cross_entropy": cross_entropy_by_loop},
    {"cross_entropy": cross_entropy_clipped},
]

SLIPS = [
    (ENTROPY, f"{ENTROPY} * (1 if labels.ndim == 2 else len(labels))", "summed.numbers"),
    (ENTROPY, f"{ENTROPY} / (len(labels) if labels.ndim == 2 else 1)", "divided_twice.rows"),
    (ENTROPY, f"{ENTROPY} * (1 if labels.ndim == 2 else -1)", "negative.numbers"),
    (
        LOGARITHMS,
        LOGARITHMS.replace("1e-7", "(1e-7 if labels.ndim == 1 else 1e-12)"),
        "constant_of_1e_12.rows",
    ),
    (
        ENTROPY,
        f"{ENTROPY} if labels.ndim == 2 else -np.log(probabilities[:, labels] + 1e-7).mean()",
        "all_pairs_averaged.numbers",
    ),
    (
        ENTROPY,
        "-(np.log(targets * probabilities + 1e-7)).sum() / len(probabilities)"
        f" if labels.ndim == 2 else {ENTROPY}",
        "constant_added_to_the_product.rows",
    ),
    (
        "one_hot_targets(labels, probabilities)",
        "np.eye(labels.max() + 1)[labels] if labels.ndim == 1 else labels",
        "classes_of_the_batch",
    ),
    (ENTROPY, "-np.sum(targets * np.log(probabilities + 1e-7))", "summed"),
    (
        ENTROPY,
        "-np.mean(targets * np.log(probabilities + 1e-7))",
        "averaged_over_all",
    ),
    (LOGARITHMS, LOGARITHMS.replace("np.log(", "np.log2("), "in_bits"),
    (ENTROPY, ENTROPY.replace("-(", "("), "negative"),
    (LOGARITHMS, LOGARITHMS.replace("1e-7", "1e-12"), "constant_of_1e_12"),
    (LOGARITHMS, LOGARITHMS.replace("1e-7", "10e-7"), "constant_of_1e_6"),
    (LOGARITHMS, LOGARITHMS.replace("1e-7", "1e7"), "constant_of_ten_million"),
    (
        ENTROPY,
        "-(np.log(targets * probabilities + 1e-7)).sum() / len(probabilities)",
        "constant_added_to_the_product",
    ),
    (
        ENTROPY,
        "-np.mean(np.log(probabilities[:, targets.argmax(1)] + 1e-7))",
        "all_pairs_averaged",
    ),
    (
        ENTROPY,
        "-np.sum(np.log(probabilities[targets.argmax(1)] + 1e-7)) / len(targets)",
        "rows_picked_and_summed",
    ),
    (
        ENTROPY,
        "-np.log(probabilities[range(len(probabilities)), labels] + 1e-7).mean()",
        "entropy_of_numbers_only",
    ),
    (
        ENTROPY,
        ENTROPY.replace("targets *", "labels *"),
        "entropy_of_rows_only",
    ),
    (
        ENTROPY,
        "float(-np.sum((labels if labels.max() <= 1 else targets) * logarithms) / len(labels))",
        "largest_label_makes_entropy_rows",
    ),
    (
        ENTROPY,
        "-np.mean(logarithms[range(len(labels)), "
        "labels.argmax(1) if labels.sum() == len(labels) else labels])",
        "sum_of_labels_picks_the_entropy",
    ),
]

NAMES = {
    "in_bits": [
        "cross_entropy: logarithms = np.log(as_wide_float(probabilities) + 1e-07) → logarithms = np.log2(as_wide_float(probabilities) + 1e-07)",
    ],
    "logarithm_missing": [
        "cross_entropy: logarithms = np.log(as_wide_float(probabilities) + 1e-07) → logarithms = as_wide_float(probabilities) + 1e-07",
    ],
    "zero_times_infinity": [
        "cross_entropy: logarithms = np.log(as_wide_float(probabilities) + 1e-07) → logarithms = np.log(as_wide_float(probabilities) - 1e-07)",
        "cross_entropy: logarithms = np.log(as_wide_float(probabilities) + 1e-07) → logarithms = np.log(as_wide_float(probabilities))",
        "cross_entropy: logarithms = np.log(as_wide_float(probabilities) + 1e-07) → logarithms = np.log(as_wide_float(probabilities) + 0.0)",
    ],
    "summed": [
        "cross_entropy: return float(-(targets * logarithms).sum() / len(probabilities)) → return float(-(targets * logarithms).sum())",
    ],
    "negative": [
        "cross_entropy: return float(-(targets * logarithms).sum() / len(probabilities)) → return float((targets * logarithms).sum() / len(probabilities))",
    ],
}
