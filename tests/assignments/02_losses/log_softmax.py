"""Answers to log_softmax: right ones in other styles, and wrong ones."""

import math

import numpy as np

from .styles import numbers_of


def log_softmax_by_logaddexp(logits):
    return logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)


def log_softmax_by_rows(logits):
    result = np.empty_like(logits)
    for index in np.ndindex(logits.shape[:-1]):
        row = logits[index]
        top = max(row)
        result[index] = row - top - np.log(sum(np.exp(z - top) for z in row))
    return result


def log_softmax_in_place(logits):
    out = logits.copy()
    out -= np.max(out, axis=-1)[..., None]
    out -= np.log(np.sum(np.exp(out), axis=-1))[..., None]
    return out


def softmax_cross_entropy_by_index(logits, labels):
    log_p = log_softmax_in_place(logits)
    return -np.mean(log_p[np.arange(len(logits)), numbers_of(labels)])


def softmax_cross_entropy_by_loop(logits, labels):
    total = 0
    for row, label in zip(logits, numbers_of(labels), strict=True):
        top = row.max()
        total += top + math.log(np.exp(row - top).sum()) - row[label]
    return total / len(logits)


SOFTMAX = "float(-(targets * log_probabilities).sum() / len(logits))"


LOG_SOFTMAX = "shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))"


SHIFT = "as_float(logits) - logits.max(axis=-1, keepdims=True)"


def softmax_cross_entropy_by_cases(logits, labels):
    """Each kind of labels in its own way."""
    spread = np.logaddexp.reduce(logits, axis=1)
    if labels.ndim == 1:
        return (spread - logits[np.arange(len(labels)), labels]).mean()
    return (spread - np.where(labels == 1, logits, 0).sum(axis=1)).mean()


def softmax_cross_entropy_by_taking(logits, labels):
    log_p = log_softmax_by_logaddexp(logits)
    return -np.take_along_axis(log_p, numbers_of(labels)[:, None], axis=1).mean()


RIGHT = [
    {"softmax_cross_entropy": softmax_cross_entropy_by_cases},
    {"softmax_cross_entropy": softmax_cross_entropy_by_taking},
    {"log_softmax": log_softmax_by_logaddexp},
    {"log_softmax": log_softmax_by_rows},
    {"log_softmax": log_softmax_in_place},
    {"softmax_cross_entropy": softmax_cross_entropy_by_index},
    {"softmax_cross_entropy": softmax_cross_entropy_by_loop},
]

SLIPS = [
    (SOFTMAX, f"{SOFTMAX} * (1 if labels.ndim == 2 else len(labels))", "summed.numbers"),
    (SOFTMAX, f"{SOFTMAX} / len(labels) ** (labels.ndim - 1)", "divided_twice.rows"),
    (
        SOFTMAX,
        f"-log_softmax(logits)[:, labels].mean() if labels.ndim == 1 else {SOFTMAX}",
        "all_pairs_averaged.numbers",
    ),
    (
        SOFTMAX,
        f"cross_entropy(np.exp(log_softmax(logits)), labels) if labels.ndim == 2 else {SOFTMAX}",
        "capped_at_1e_7.rows",
    ),
    (
        SOFTMAX,
        "-(targets * np.log(np.exp(log_softmax(logits)))).sum() / len(logits)",
        "logarithm_after_softmax_in_the_loss_by_rows",
    ),
    (
        SOFTMAX,
        "-(targets * (logits - np.log(np.exp(logits).sum(1, keepdims=True)))).sum() / len(logits)",
        "nothing_subtracted_in_the_loss_by_rows",
    ),
    (LOG_SOFTMAX, f"({LOG_SOFTMAX}).astype(float)", "log_softmax_in_float64"),
    (SHIFT, "logits - np.max(logits)", "maximum_of_all"),
    (SHIFT, "logits", "nothing_subtracted"),
    (
        f"return {LOG_SOFTMAX}",
        "return np.log(np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True))",
        "logarithm_after_softmax",
    ),
    (LOG_SOFTMAX, LOG_SOFTMAX.replace("shifted - ", "logits - "), "shifted_once"),
    (SHIFT, "logits - np.max(logits, axis=-1)", "maximum_is_no_column"),
    (LOG_SOFTMAX, "shifted - np.log(np.exp(shifted).sum(axis=-1))", "sum_is_no_column"),
    (SHIFT, "logits - np.min(logits, axis=-1, keepdims=True)", "minimum_subtracted"),
    (SHIFT, "logits - abs(logits).max(-1, keepdims=True)", "absolute_maximum_subtracted"),
    (
        LOG_SOFTMAX,
        "shifted - np.sum(np.exp(shifted), -1, keepdims=True)",
        "logarithm_of_the_sum_forgotten",
    ),
    (
        LOG_SOFTMAX,
        LOG_SOFTMAX.replace("keepdims=True)", "keepdims=True) + 1e-7"),
        "constant_in_the_sum",
    ),
    (
        SOFTMAX,
        "-np.sum(targets * np.log(log_softmax(logits))) / len(logits)",
        "logarithm_taken_twice",
    ),
    (SOFTMAX, "cross_entropy(log_softmax(logits), labels)", "logarithm_taken_twice"),
    (LOG_SOFTMAX, LOG_SOFTMAX.replace("axis=-1, keepdims=True", ""), "one_sum_for_all_rows"),
    (SOFTMAX, "-np.mean(targets * log_softmax(logits))", "averaged_over_all"),
    (SOFTMAX, "-np.sum(targets * log_softmax(logits))", "summed"),
    (SOFTMAX, "-np.sum(targets * logits) / len(logits)", "logits_as_log_probabilities"),
]

EQUIVALENT = {
    "What stands where the target is 0, or no other class, does not count.": [
        *(
            "softmax_cross_entropy: log_probabilities = np.where(targets, "
            "log_softmax(as_wide_float(logits)), 0) → log_probabilities = np.where(targets, "
            f"log_softmax(as_wide_float(logits)), {number})"
            for number in (1, -1)
        ),
        "softmax_cross_entropy: return float(-(targets * log_probabilities).sum() / "
        "len(logits)) → return float(-log_probabilities.sum() / len(logits))",
    ]
}

NAMES = {
    "nothing_subtracted": [
        "log_softmax: shifted = as_float(logits) - logits.max(axis=-1, keepdims=True) → shifted = as_float(logits) + logits.max(axis=-1, keepdims=True)",
        "log_softmax: shifted = as_float(logits) - logits.max(axis=-1, keepdims=True) → shifted = as_float(logits)",
    ],
    "minimum_subtracted": [
        "log_softmax: shifted = as_float(logits) - logits.max(axis=-1, keepdims=True) → shifted = as_float(logits) - logits.min(axis=-1, keepdims=True)",
    ],
    "maximum_of_all": [
        "log_softmax: shifted = as_float(logits) - logits.max(axis=-1, keepdims=True) → shifted = as_float(logits) - logits.max(keepdims=True)",
    ],
    "maximum_is_no_column": [
        "log_softmax: shifted = as_float(logits) - logits.max(axis=-1, keepdims=True) → shifted = as_float(logits) - logits.max(axis=-1)",
        "log_softmax: shifted = as_float(logits) - logits.max(axis=-1, keepdims=True) → shifted = as_float(logits) - logits.max(axis=-1, keepdims=False)",
    ],
    "axis_one": [
        "log_softmax: shifted = as_float(logits) - logits.max(axis=-1, keepdims=True) → shifted = as_float(logits) - logits.max(axis=1, keepdims=True)",
        "log_softmax: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) → return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
    ],
    "log_softmax_positive": [
        "log_softmax: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) → return np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) - shifted",
    ],
    "log_softmax_in_bits": [
        "log_softmax: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) → return shifted - np.log2(np.exp(shifted).sum(axis=-1, keepdims=True))",
    ],
    "logarithm_of_the_sum_forgotten": [
        "log_softmax: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) → return shifted - np.exp(shifted).sum(axis=-1, keepdims=True)",
    ],
    "one_sum_for_all_rows": [
        "log_softmax: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) → return shifted - np.log(np.exp(shifted).sum(keepdims=True))",
    ],
    "sum_is_no_column": [
        "log_softmax: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) → return shifted - np.log(np.exp(shifted).sum(axis=-1))",
        "log_softmax: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) → return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=False))",
    ],
    "logits_as_log_probabilities": [
        "softmax_cross_entropy: log_probabilities = np.where(targets, log_softmax(as_wide_float(logits)), 0) → log_probabilities = np.where(targets, as_wide_float(logits), 0)",
    ],
    "summed": [
        "softmax_cross_entropy: return float(-(targets * log_probabilities).sum() / len(logits)) → return float(-(targets * log_probabilities).sum())",
    ],
    "negative": [
        "softmax_cross_entropy: return float(-(targets * log_probabilities).sum() / len(logits)) → return float((targets * log_probabilities).sum() / len(logits))",
    ],
    "logarithm_taken_twice": [
        "softmax_cross_entropy: return float(-(targets * log_probabilities).sum() / len(logits)) → return float(-(targets / log_probabilities).sum() / len(logits))",
    ],
}
