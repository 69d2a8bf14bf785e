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

RIGHT = [
    {"cross_entropy": cross_entropy_by_index},
    {"cross_entropy": cross_entropy_by_loop},
    {"cross_entropy": cross_entropy_clipped},
]

SLIPS = [
    (ENTROPY, "-np.sum(targets * np.log(probabilities + 1e-7))", "entropies_summed"),
    (
        ENTROPY,
        "-np.mean(targets * np.log(probabilities + 1e-7))",
        "entropies_averaged_over_all",
    ),
    (LOGARITHMS, LOGARITHMS.replace("np.log(", "np.log2("), "entropy_in_bits"),
    (ENTROPY, ENTROPY.replace("-(", "("), "entropy_negative"),
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
