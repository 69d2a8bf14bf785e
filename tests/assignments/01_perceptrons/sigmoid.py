"""Answers to sigmoid: right ones in other styles, and wrong ones."""

import math

import numpy as np

from .styles import sigmoid_naive


def sigmoid_cut_off_far_out(x):
    return 1 / (1 + np.exp(-np.clip(x, -500, 500)))


def sigmoid_by_tanh(x):
    return (1 + np.tanh(x / 2)) / 2


def sigmoid_by_masks(x):
    y = np.empty(x.shape, dtype=x.dtype if x.dtype.kind == "f" else float)
    up = x >= 0
    y[up] = 1 / (1 + np.exp(-x[up]))
    y[~up] = np.exp(x[~up]) / (1 + np.exp(x[~up]))
    return y


def sigmoid_by_loops(x):
    y = np.zeros(x.shape, dtype=np.result_type(x, np.float32) if x.dtype.kind == "f" else float)
    for index, value in np.ndenumerate(x):
        small = math.exp(-abs(value))
        y[index] = 1 / (1 + small) if value > 0 else small / (1 + small)
    return y


SIGMOID = "np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))"

RIGHT = [
    {"sigmoid": sigmoid_naive},
    {"sigmoid": sigmoid_by_tanh},
    {"sigmoid": sigmoid_cut_off_far_out},
    {"sigmoid": sigmoid_by_masks},
    {"sigmoid": sigmoid_by_loops},
]

SLIPS = [
    (SIGMOID, "(1 + np.tanh(x)) / 2", "twice_as_steep"),
    (SIGMOID, "np.where(x < 0, np.exp(x), 1 / (1 + np.exp(-x)))", "denominator_missing_below_zero"),
    (SIGMOID, "1 / (1 + np.exp(x))", "falling"),
    (SIGMOID, "np.exp(x) / (np.exp(x) + 1)", "infinity_over_infinity"),
    (SIGMOID, "1 / (1 - np.exp(-x))", "minus_in_denominator"),
    (SIGMOID, "1 / 1 + np.exp(-x)", "brackets_missing"),
    (SIGMOID, "1 / (1 + __import__('math').exp(-x))", "exp_of_one_number"),
    (SIGMOID, "1 / (1 + np.exp(-x.astype(np.float64)))", "sigmoid_in_float64"),
    (
        SIGMOID,
        "np.where(x < 0, 1 - 1 / (1 + np.exp(-x)), 1 / (1 + np.exp(-x)))",
        "size_of_input",
    ),
    (SIGMOID, "(1 / (1 + np.exp(-x))).round(4)", "sigmoid_rounded"),
    (SIGMOID, "np.divide(1, np.exp(-x))", "one_missing"),
    (
        f"    return {SIGMOID}",
        "    x[x < -500] = -500\n    return 1 / (1 + np.exp(-x))",
        "cut_off_in_place",
    ),
]

EQUIVALENT = {
    "The package's rule for integers; not asked of students.": ["sigmoid: x = as_float(x) → pass"]
}

NAMES = {
    "brackets_missing": [
        "sigmoid: return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x))) → return (1 + np.exp(-np.abs(x))) / np.exp(np.minimum(x, 0))",
    ],
}
