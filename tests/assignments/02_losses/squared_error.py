"""Answers to squared_error: right ones in other styles, and wrong ones."""

import numpy as np


def squared_error_by_loops(predictions, targets):
    if np.shape(predictions) != np.shape(targets):
        raise ValueError("shapes differ")
    total = 0.0
    for index in np.ndindex(predictions.shape):
        total += (targets[index] - predictions[index]) ** 2 / 2
    return total / predictions.shape[0]


def squared_error_by_rows(predictions, targets):
    if predictions.shape != targets.shape:
        raise ValueError
    difference = (predictions - targets).reshape(len(predictions), -1)
    return np.mean(np.einsum("nd,nd->n", difference, difference) / 2)


def squared_error_in_place(predictions, targets):
    if list(predictions.shape) != list(targets.shape):
        raise ValueError("no")
    error = predictions.copy()
    error -= targets
    error *= error
    return np.array([error.sum()]) / (2 * len(error))


SQUARES = "0.5 * ((as_wide_float(predictions) - targets) ** 2).sum() / len(predictions)"

RIGHT = [
    {"squared_error": squared_error_by_loops},
    {"squared_error": squared_error_by_rows},
    {"squared_error": squared_error_in_place},
]

SLIPS = [
    (
        SQUARES,
        "(0.5 * (predictions - targets) ** 2).sum(-1).mean()",
        "squares_summed_over_the_last_axis",
    ),
    (
        SQUARES,
        "(0.5 * (predictions - targets) ** 2).sum(0).mean()",
        "squares_summed_over_the_batch",
    ),
    (SQUARES, "np.mean((predictions - targets) ** 2) / 2 / len(targets)", "squares_divided_twice"),
    (
        SQUARES,
        "0.5 * ((predictions - targets) ** 2).sum() / predictions.shape[-1]",
        "squares_divided_by_outputs",
    ),
    (
        SQUARES,
        "0.5 * ((predictions - targets) ** 2).sum() / (2 * len(predictions))",
        "halved_twice",
    ),
    (SQUARES, "((predictions - targets) ** 2).sum() / len(predictions)", "no_half"),
    (SQUARES, "0.5 * np.mean((targets - predictions) ** 2)", "mean_of_all_squares"),
    (SQUARES, "np.mean(np.square(predictions - targets))", "mean_without_half"),
    (SQUARES, "0.5 * np.linalg.norm(predictions - targets) ** 2", "squares_summed"),
    (SQUARES, SQUARES.replace("** 2", "^ 2"), "caret_for_a_power"),
    (
        SQUARES,
        "((predictions - targets) ** 2).sum() / 2 * len(predictions)",
        "multiplied_by_the_samples",
    ),
    (SQUARES, "np.linalg.norm(targets - predictions) / 2 / len(targets)", "norm_not_squared"),
    (
        SQUARES,
        "np.sum((predictions - targets) ** 2, 1).mean() / 2",
        "squares_summed_over_axis_one",
    ),
    ("predictions.shape != targets.shape", "False", "shapes_not_compared"),
    (
        "predictions.shape != targets.shape",
        "predictions.size != targets.size",
        "sizes_compared",
    ),
    (
        "predictions.shape != targets.shape",
        "predictions.ndim != targets.ndim",
        "numbers_of_axes_compared",
    ),
    (
        "    if predictions.shape != targets.shape:\n",
        "    assert np.shape(predictions) == np.shape(targets)\n    if False:\n",
        "shapes_asserted",
    ),
]

EQUIVALENT = {
    "(y − t)² = (t − y)².": [
        "squared_error: return float(0.5 * ((as_wide_float(predictions) - targets) ** 2).sum() "
        "/ len(predictions)) → return float(0.5 * ((targets - as_wide_float(predictions)) ** "
        "2).sum() / len(predictions))"
    ]
}

NAMES = {
    "shapes_not_compared": [
        "squared_error: if predictions.shape != targets.shape: → pass",
    ],
    "multiplied_by_the_samples": [
        "squared_error: return float(0.5 * ((as_wide_float(predictions) - targets) ** 2).sum() / len(predictions)) → return float(0.5 * ((as_wide_float(predictions) - targets) ** 2).sum() * len(predictions))",
    ],
    "squares_summed": [
        "squared_error: return float(0.5 * ((as_wide_float(predictions) - targets) ** 2).sum() / len(predictions)) → return float(0.5 * ((as_wide_float(predictions) - targets) ** 2).sum())",
    ],
    "no_half": [
        "squared_error: return float(0.5 * ((as_wide_float(predictions) - targets) ** 2).sum() / len(predictions)) → return float(((as_wide_float(predictions) - targets) ** 2).sum() / len(predictions))",
        "squared_error: return float(0.5 * ((as_wide_float(predictions) - targets) ** 2).sum() / len(predictions)) → return float(1.0 * ((as_wide_float(predictions) - targets) ** 2).sum() / len(predictions))",
    ],
    "squares_divided_twice": [
        "squared_error: return float(0.5 * ((as_wide_float(predictions) - targets) ** 2).sum() / len(predictions)) → return float(0.5 * ((as_wide_float(predictions) - targets) ** 2).mean() / len(predictions))",
    ],
    "errors_not_squared": [
        "squared_error: return float(0.5 * ((as_wide_float(predictions) - targets) ** 2).sum() / len(predictions)) → return float(0.5 * (as_wide_float(predictions) - targets).sum() / len(predictions))",
        "squared_error: return float(0.5 * ((as_wide_float(predictions) - targets) ** 2).sum() / len(predictions)) → return float(0.5 * ((as_wide_float(predictions) - targets) ** 1).sum() / len(predictions))",
    ],
}
