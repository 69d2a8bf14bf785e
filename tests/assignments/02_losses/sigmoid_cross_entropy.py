"""Answers to sigmoid_cross_entropy: right ones in other styles, and wrong ones."""

import math

import numpy as np


def require_same(a, b):
    if a.shape != b.shape:
        raise ValueError("shapes differ")


def sigmoid_cross_entropy_by_max(logits, targets):
    require_same(logits, targets)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return losses.sum() / logits.shape[0]


def sigmoid_cross_entropy_by_two_terms(logits, targets):
    require_same(logits, targets)
    yes = -targets * np.logaddexp(0, -logits)
    no = (1 - targets) * -np.logaddexp(logits, 0)
    return -(yes + no).reshape(len(logits), -1).sum(axis=1).mean()


def sigmoid_cross_entropy_by_loop(logits, targets):
    require_same(logits, targets)
    total = 0.0
    for z, t in zip(logits.ravel().tolist(), targets.ravel().tolist(), strict=True):
        total += max(z, 0) + math.log(1 + math.exp(-abs(z))) - t * z
    return total / len(logits)


YES_OR_NO = "np.logaddexp(0, as_wide_float(logits)) - targets * np.where(targets, logits, 0)"

RIGHT = [
    {"sigmoid_cross_entropy": sigmoid_cross_entropy_by_max},
    {"sigmoid_cross_entropy": sigmoid_cross_entropy_by_two_terms},
    {"sigmoid_cross_entropy": sigmoid_cross_entropy_by_loop},
]

SLIPS = [
    (YES_OR_NO, "np.logaddexp(0, logits)", "targets_not_used"),
    (YES_OR_NO, "(1 - targets) * np.logaddexp(0, logits)", "only_no_counts"),
    (
        "float(losses.sum() / len(logits))",
        "losses.mean() / len(logits)",
        "yes_or_no_averaged_twice",
    ),
    (
        "float(losses.sum() / len(logits))",
        "losses.sum() / logits.shape[-1]",
        "yes_or_no_divided_by_outputs",
    ),
    (
        "float(losses.sum() / len(logits))",
        "losses.sum(-1).mean()",
        "yes_or_no_summed_over_the_last_axis",
    ),
    (
        "float(losses.sum() / len(logits))",
        "losses.sum(0).mean()",
        "yes_or_no_summed_over_the_batch",
    ),
    (YES_OR_NO, "targets * np.logaddexp(0, -logits)", "only_yes_counts"),
    (YES_OR_NO, "np.log(1 + np.exp(logits)) - targets * logits", "exponential_overflows"),
    (YES_OR_NO, "np.logaddexp(0, -logits) + targets * logits", "yes_and_no_exchanged"),
    (
        YES_OR_NO,
        "targets * np.log1p(np.exp(-logits)) + (1 - targets) * np.log1p(np.exp(logits))",
        "exponentials_of_both_terms_overflow",
    ),
    (YES_OR_NO, "np.logaddexp(1, logits) - targets * logits", "exponent_of_one"),
    (
        YES_OR_NO,
        "np.where(targets == 1, np.logaddexp(0, -logits), np.logaddexp(0, logits))",
        "targets_asked_for_one",
    ),
    (
        YES_OR_NO,
        "targets * np.logaddexp(0, -logits) + np.logaddexp(0, logits)",
        "factor_of_no_missing",
    ),
    (
        YES_OR_NO,
        "-(targets * np.log(y := np.clip(1 / (1 + np.exp(-logits)), 1e-7, 1 - 1e-7))"
        " + (1 - targets) * np.log(1 - y))",
        "yes_or_no_capped_at_1e_7",
    ),
    (
        "float(losses.sum() / len(logits))",
        "losses.sum(axis=1).mean()",
        "yes_or_no_summed_over_axis_one",
    ),
    ("float(losses.sum() / len(logits))", "losses.mean()", "yes_or_no_averaged_over_all"),
    ("logits.shape != targets.shape", "False", "yes_or_no_of_any_shape"),
]

EQUIVALENT = {
    "What stands where the target is 0, or no other class, does not count.": [
        "sigmoid_cross_entropy: losses = np.logaddexp(0, as_wide_float(logits)) - targets * "
        "np.where(targets, logits, 0) → losses = np.logaddexp(0, as_wide_float(logits)) - "
        f"targets * np.where(targets, logits, {number})"
        for number in (1, -1)
    ]
}

NAMES = {
    "yes_or_no_of_any_shape": [
        "sigmoid_cross_entropy: if logits.shape != targets.shape: → pass",
    ],
    "yes_or_no_negative": [
        "sigmoid_cross_entropy: losses = np.logaddexp(0, as_wide_float(logits)) - targets * np.where(targets, logits, 0) → losses = targets * np.where(targets, logits, 0) - np.logaddexp(0, as_wide_float(logits))",
    ],
    "targets_not_used": [
        "sigmoid_cross_entropy: losses = np.logaddexp(0, as_wide_float(logits)) - targets * np.where(targets, logits, 0) → losses = np.logaddexp(0, as_wide_float(logits))",
    ],
    "exponent_of_one": [
        "sigmoid_cross_entropy: losses = np.logaddexp(0, as_wide_float(logits)) - targets * np.where(targets, logits, 0) → losses = np.logaddexp(1, as_wide_float(logits)) - targets * np.where(targets, logits, 0)",
    ],
    "yes_or_no_summed": [
        "sigmoid_cross_entropy: return float(losses.sum() / len(logits)) → return float(losses.sum())",
    ],
    "yes_or_no_averaged_twice": [
        "sigmoid_cross_entropy: return float(losses.sum() / len(logits)) → return float(losses.mean() / len(logits))",
    ],
}
