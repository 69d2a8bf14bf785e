"""Answers to perceptron: right ones in other styles, and wrong ones."""

import numpy as np

from .styles import STEP


def perceptron_by_sums(x, w, b):
    return np.sum(w * x, axis=-1) + b > 0


def perceptron_by_loops(x, w, b):
    if np.ndim(x) == 1:
        total = b
        for xi, wi in zip(x, w, strict=True):
            total += xi * wi
        return int(total > 0)
    return [perceptron_by_loops(row, w, b) for row in x]


def perceptron_by_einsum(x, w, b):
    return np.where(np.einsum("...d,d->...", x, w) > -b, 1, 0)


def perceptron_with_constant_input(x, w, b):
    one = np.ones((*np.shape(x)[:-1], 1))
    return np.heaviside(np.concatenate([x, one], axis=-1) @ np.append(w, b), 0)


WEIGHED = "step(as_float(x) @ w + b)"


def perceptron_by_cases(x, w, b):
    """One input and a batch, each in its own way."""
    if x.ndim == 1:
        return 1 if sum(x * w) + b > 0 else 0
    return np.array([perceptron_by_cases(row, w, b) for row in x])


def perceptron_by_inner(x, w, b):
    return np.asarray(np.inner(w, x) + b > 0).astype(int)[()]


RIGHT = [
    {"perceptron": perceptron_by_cases},
    {"perceptron": perceptron_by_inner},
    {"perceptron": perceptron_by_sums},
    {"perceptron": perceptron_by_loops},
    {"perceptron": perceptron_by_einsum},
    {"perceptron": perceptron_with_constant_input},
]

SLIPS = [
    (WEIGHED, "step(x @ w + (b if x.ndim == 2 else 0))", "bias_forgotten.one"),
    (WEIGHED, "x @ w + b if x.ndim == 1 else step(x @ w + b)", "score_returned.one"),
    (WEIGHED, "np.where(x @ w + b > 0, 1, 1 - x.ndim)", "perceptron_of_signs.batch"),
    (WEIGHED, "step(x.T @ w + b)", "inputs_transposed"),
    (WEIGHED, "(x @ w > b) * 1", "bias_subtracted"),
    (WEIGHED, "np.where(x.dot(w) > 0, 1, 0)", "bias_forgotten"),
    (WEIGHED, "np.where(x.dot(w) + b < 0, 0, 1)", "yes_on_the_line"),
    (WEIGHED, "0 if x @ w + b <= 0 else 1", "if_in_perceptron"),
    (WEIGHED, "(np.dot(w, x) > -b).astype(int)", "weights_first_with_dot"),
    (WEIGHED, "int((w * x).sum() + b > 0)", "one_sum_for_the_batch"),
    (STEP, "np.greater_equal(x, 0).astype(int)", "yes_on_the_line"),
    (WEIGHED, "np.where(x * w + b > 0, 1, 0)", "products_not_added"),
    (WEIGHED, "np.sum(w * x + b, axis=-1) > 0", "bias_inside_the_sum"),
    (WEIGHED, "b + (x @ w > 0)", "bias_after_the_step"),
    (WEIGHED, "step(x.reshape(-1, len(w)) @ w + b)", "batch_of_one"),
]

NAMES = {
    "score_returned": [
        "perceptron: return step(as_float(x) @ w + b) → return as_float(x) @ w + b",
    ],
    "bias_subtracted": [
        "perceptron: return step(as_float(x) @ w + b) → return step(as_float(x) @ w - b)",
    ],
    "bias_forgotten": [
        "perceptron: return step(as_float(x) @ w + b) → return step(as_float(x) @ w)",
    ],
    "weights_first": [
        "perceptron: return step(as_float(x) @ w + b) → return step(w @ as_float(x) + b)",
    ],
}
