"""Answers to activations: right ones in other styles, and wrong ones."""

import numpy as np

from .styles import sigmoid_naive


def tanh_by_sigmoid(x):
    return 2 * sigmoid_naive(2 * x) - 1


def tanh_by_one_exponential(x):
    small = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - small) / (1 + small)


def relu_by_where(x):
    return np.where(x > 0, x, 0)


def relu_by_product(x):
    return x * (x > 0)


def relu_of_a_copy(x):
    y = x.copy()
    y[y < 0] = 0
    return y


def relu_by_size(x):
    return (x + np.abs(x)) / x.dtype.type(2)


TANH, RELU = "np.tanh(as_float(x))", "np.maximum(as_float(x), 0)"

RIGHT = [
    {"tanh": tanh_by_sigmoid, "relu": relu_by_where},
    {"tanh": tanh_by_one_exponential, "relu": relu_by_product},
    {"relu": relu_of_a_copy},
    {"relu": relu_by_size},
]

SLIPS = [
    (TANH, "np.tanh(x).astype(np.float64)", "in_float64.tanh"),
    (TANH, "-np.tanh(x)", "falls.tanh"),
    (TANH, "np.round(np.tanh(x), 4)", "rounded"),
    (TANH, "1 - np.tanh(x) ** 2", "slope_of_tanh"),
    (TANH, "np.sinh(x) / np.cosh(x)", "tanh_not_a_number"),
    (TANH, "2 / (1 + np.exp(-x)) - 1", "tanh_too_flat"),
    (TANH, "1 / (1 + np.exp(-x))", "sigmoid_for_tanh"),
    (RELU, "np.max(x, axis=0)", "largest_element"),
    (RELU, "x.clip(max=0)", "negative_kept"),
    (f"    return {RELU}", "    x[x <= 0] = 0\n    return x", "in_place.relu"),
    (RELU, "x if x > 0 else 0", "max_of_python"),
    (RELU, "np.maximum(x, 0.01 * x)", "leaky"),
    (RELU, "x * step(x)", "in_float64.relu"),
    (RELU, "np.max([x, 0])", "largest_of_a_list"),
    (TANH, "np.exp(x) - np.exp(-x) / np.exp(x) + np.exp(-x)", "tanh_without_brackets"),
]

NAMES = {
    "negative_kept": [
        "relu: return np.maximum(as_float(x), 0) → return np.minimum(as_float(x), 0)",
    ],
}
