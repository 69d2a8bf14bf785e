"""Answers to hinge_loss: right ones in other styles, and wrong ones."""

import numpy as np

from .styles import numbers_of, one_hot_targets_by_loop


def hinge_loss_by_index(scores, labels, margin=1.0):
    n, numbers = np.arange(len(scores)), numbers_of(labels)
    terms = np.maximum(0, scores - scores[n, numbers][:, np.newaxis] + margin)
    terms[n, numbers] = 0
    return terms.sum() / len(n)


def hinge_loss_minus_margin(scores, labels, margin=1.0):
    right = np.take_along_axis(scores, numbers_of(labels)[:, None], axis=1)
    return np.mean(np.sum(np.clip(scores - right + margin, 0, None), axis=1) - margin)


def hinge_loss_by_classes(scores, labels, margin=1.0):
    """A loop over the classes is none over the batch."""
    n, numbers = np.arange(len(scores)), numbers_of(labels)
    total = np.zeros(len(scores))
    for c in range(scores.shape[1]):
        term = np.maximum(scores[:, c] - scores[n, numbers] + margin, 0)
        total += np.where(numbers == c, 0, term)
    return total.mean()


OTHERS = "(targets == 0) & (scores != -np.inf)"


RIGHT_SCORES = "np.where(targets, scores, 0).sum(axis=1, keepdims=True)"


HINGES = "np.maximum(np.where(others, scores, 0) - right_scores + margin, 0)"


COUNTED = "float(np.where(others, violations, 0).sum() / len(scores))"


def hinge_loss_by_cases(scores, labels, margin=1.0):
    """Each kind of labels in its own way."""
    n = len(scores)
    if labels.ndim == 1:
        right = scores[range(n), labels].reshape(n, 1)
    else:
        right = np.einsum("nc,nc->n", scores, labels)[:, None]
    return np.maximum(scores - right + margin, 0).sum() / n - margin


def hinge_loss_of_the_others(scores, labels, margin=1.0):
    wrong = np.ones(scores.shape, dtype=bool)
    np.put_along_axis(wrong, numbers_of(labels)[:, None], False, axis=1)
    gaps = scores[wrong].reshape(len(scores), -1) - scores[~wrong][:, None] + margin
    return gaps[gaps > 0].sum() / len(scores)


RIGHT = [
    {"hinge_loss": hinge_loss_by_cases},
    {"hinge_loss": hinge_loss_of_the_others},
    {"hinge_loss": hinge_loss_by_index},
    {"hinge_loss": hinge_loss_minus_margin},
    {"hinge_loss": hinge_loss_by_classes},
    {"one_hot_targets": one_hot_targets_by_loop},
]

SLIPS = [
    (COUNTED, f"{COUNTED} - margin", "margin_taken_off"),
    (COUNTED, f"{COUNTED} * (1 if labels.ndim == 1 else len(labels))", "summed.rows"),
    (
        COUNTED,
        f"{COUNTED} / (scores.shape[1] if labels.ndim == 1 else 1)",
        "averaged_over_all.numbers",
    ),
    (HINGES, HINGES.replace("+ margin", "+ margin ** (labels.ndim - 1)"), "margin_of_one.numbers"),
    (HINGES, HINGES.replace("+ margin", "+ (labels.ndim - 1) * margin"), "no_margin.numbers"),
    (OTHERS, "(targets == 0) | (labels.ndim == 2)", "right_class_counted.rows"),
    (
        RIGHT_SCORES,
        f"scores[:, labels] if labels.ndim == 1 else {RIGHT_SCORES}",
        "right_scores_of_all_pairs.numbers",
    ),
    (
        RIGHT_SCORES,
        f"(scores * targets).max(1, keepdims=True) if labels.ndim == 2 else {RIGHT_SCORES}",
        "right_score_by_maximum.rows",
    ),
    (OTHERS, "scores != -np.inf", "right_class_counted"),
    (HINGES, "np.where(others, scores, 0) - right_scores + margin", "nothing_cut_off"),
    (HINGES, HINGES.replace("+ margin", "+ 1"), "margin_of_one"),
    (HINGES, "np.max(scores - right_scores + margin, 0)", "maximum_along_axis_zero"),
    (HINGES, HINGES.replace("np.maximum", "max"), "maximum_of_python"),
    (RIGHT_SCORES, "(scores * targets).sum(1)", "right_scores_no_column"),
    (RIGHT_SCORES, "scores[:, targets.argmax(1)]", "right_scores_of_all_pairs"),
    (
        RIGHT_SCORES,
        "np.max(scores * targets, axis=1, keepdims=True)",
        "right_score_by_maximum",
    ),
    (OTHERS, "scores != right_scores", "ties_left_out"),
    (
        COUNTED,
        "np.maximum(scores - right_scores + margin, 0).sum() / len(scores) - 1",
        "one_taken_off",
    ),
    (
        "right_scores = ",
        "scores -= (scores * targets).sum(axis=1, keepdims=True)\n    right_scores = ",
        "scores_overwritten",
    ),
    (HINGES, HINGES.replace("+ margin", "- margin"), "margin_subtracted"),
    (COUNTED, "np.where(others, violations, 0).max(axis=1).mean()", "only_the_strongest"),
    (
        HINGES,
        "np.array([[max(s - r[0] + margin, 0) * (1 - t) for s, t in "
        "zip(row, target)] for row, r, target in zip(scores, right_scores, targets)])",
        "loops_over_the_batch",
    ),
]

EQUIVALENT = {
    "Scores of −inf mask a class; the text does not ask for it.": [
        "hinge_loss: others = (targets == 0) & (scores != -np.inf) → others = " + others
        for others in ("targets == 0", "(targets == 0) & (scores != np.inf)")
    ],
    "What stands where the target is 0, or no other class, does not count.": [
        "hinge_loss: violations = np.maximum(np.where(others, scores, 0) - right_scores + "
        "margin, 0) → violations = np.maximum(np.where(others, scores, "
        f"{number}) - right_scores + margin, 0)"
        for number in (1, -1)
    ],
}

NAMES = {
    "right_scores_no_column": [
        "hinge_loss: right_scores = np.where(targets, scores, 0).sum(axis=1, keepdims=True) → right_scores = np.where(targets, scores, 0).sum(axis=1)",
        "hinge_loss: right_scores = np.where(targets, scores, 0).sum(axis=1, keepdims=True) → right_scores = np.where(targets, scores, 0).sum(axis=1, keepdims=False)",
    ],
    "right_class_counted": [
        "hinge_loss: others = (targets == 0) & (scores != -np.inf) → others = (targets == 0) | (scores != -np.inf)",
        "hinge_loss: others = (targets == 0) & (scores != -np.inf) → others = scores != -np.inf",
    ],
    "nothing_cut_off": [
        "hinge_loss: violations = np.maximum(np.where(others, scores, 0) - right_scores + margin, 0) → violations = np.where(others, scores, 0) - right_scores + margin",
    ],
    "margin_subtracted": [
        "hinge_loss: violations = np.maximum(np.where(others, scores, 0) - right_scores + margin, 0) → violations = np.maximum(np.where(others, scores, 0) - right_scores - margin, 0)",
    ],
    "no_margin": [
        "hinge_loss: violations = np.maximum(np.where(others, scores, 0) - right_scores + margin, 0) → violations = np.maximum(np.where(others, scores, 0) - right_scores, 0)",
    ],
    "scores_exchanged": [
        "hinge_loss: violations = np.maximum(np.where(others, scores, 0) - right_scores + margin, 0) → violations = np.maximum(right_scores - np.where(others, scores, 0) + margin, 0)",
    ],
    "summed": [
        "hinge_loss: return float(np.where(others, violations, 0).sum() / len(scores)) → return float(np.where(others, violations, 0).sum())",
    ],
    "one_for_the_right_class": [
        "hinge_loss: return float(np.where(others, violations, 0).sum() / len(scores)) → return float(np.where(others, violations, 1).sum() / len(scores))",
    ],
    "one_taken_off_the_others": [
        "hinge_loss: return float(np.where(others, violations, 0).sum() / len(scores)) → return float(np.where(others, violations, -1).sum() / len(scores))",
    ],
}
