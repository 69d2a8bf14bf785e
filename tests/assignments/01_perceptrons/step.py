"""Answers to step: right ones in other styles, and wrong ones."""

import numpy as np

from .styles import STEP


def step_of_truth_values_times_one(x):
    return 1 * (np.asarray(x) > 0)


def step_by_where(x):
    return np.where(np.array(x) > 0, 1.0, 0.0)


def step_by_heaviside(x):
    return np.heaviside(x, 0)


def step_by_loops(x):
    if np.ndim(x) == 0:
        return 1 if x > 0 else 0
    return [step_by_loops(element) for element in x]


def step_by_cases(x):
    """A number and an array, each in its own way."""
    if not isinstance(x, np.ndarray):
        return int(x > 0)
    answers = np.zeros_like(x)
    answers[x > 0] = 1
    return answers


def step_by_sign(x):
    return np.maximum(np.sign(x), 0)


RIGHT = [
    {"step": step_by_cases},
    {"step": step_by_sign},
    {"step": step_of_truth_values_times_one},
    {"step": step_by_where},
    {"step": step_by_heaviside},
    {"step": step_by_loops},
]

SLIPS = [
    (STEP, "np.greater(x, 0) if np.ndim(x) else int(x > 0)", "truth_values.array"),
    (STEP, "np.greater(x, 0).astype(int) if np.ndim(x) else int(x >= 0)", "yes_at_zero.number"),
    (
        STEP,
        "np.where(np.greater(x, 0), 1, 0 if np.ndim(x) else -1)",
        "minus_one_for_no.number",
    ),
    (STEP, "(np.asarray(x) >= 0) * 1", "yes_at_zero"),
    (STEP, "np.where(np.asarray(x) > 0, 1, -1)", "minus_one_for_no"),
    (STEP, "(np.sign(x) + 1) / 2", "half_at_zero"),
    (STEP, "1 if x > 0 else 0", "if_in_step"),
    (STEP, "np.where(np.asarray(x) < 0, 1, 0)", "step_down"),
    (STEP, "(x > 0).astype(float)", "arrays_only"),
    (STEP, "np.array(x) > 0", "truth_values"),
    (STEP, "[[int(v > 0) for v in row] for row in x]", "row_by_row_twice"),
    (STEP, "np.where(x > 0, np.ones(x.shape), 0)", "arrays_only_by_shape"),
]

NAMES = {
    "truth_values": [
        "step: return np.greater(x, 0).astype(int) → return np.greater(x, 0)",
    ],
    "step_at_one": [
        "step: return np.greater(x, 0).astype(int) → return np.greater(x, 1).astype(int)",
    ],
}
