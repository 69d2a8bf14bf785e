"""Answers to numerical_gradient: right ones in other styles, and wrong ones."""

import numpy as np


def numerical_gradient_on_copies(f, x, h=1e-5):
    if x.dtype != "float64":
        raise ValueError("float64, please")
    slopes = []
    for i in range(x.size):
        up, down = x.copy(), x.copy()
        up.flat[i] += h
        down.flat[i] -= h
        slopes.append((f(up) - f(down)) / (up.flat[i] - down.flat[i]))
    return np.array(slopes).reshape(x.shape)


def numerical_gradient_on_one_copy(f, x, h=1e-5):
    if x.dtype.name != "float64":
        raise ValueError("float64, please")
    grad, moving = np.empty(x.shape), np.array(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        i = it.multi_index
        moving[i] = x[i] - h
        low = f(moving)
        moving[i] = x[i] + h
        grad[i] = (f(moving) - low) / (2 * h)
        moving[i] = x[i]
        it.iternext()
    return grad


def numerical_gradient_by_identity(f, x, h=1e-5):
    if x.dtype != np.dtype(float):
        raise ValueError
    moves = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.reshape([(f(x + m) - f(x - m)) / 2 / h for m in moves], x.shape).tolist()


SLOPE = "(f(x + step) - f(x - step)) / (2 * h)"

RIGHT = [
    {"numerical_gradient": numerical_gradient_on_copies},
    {"numerical_gradient": numerical_gradient_on_one_copy},
    {"numerical_gradient": numerical_gradient_by_identity},
]

SLIPS = [
    (SLOPE, "f(x + step) - f(x - step)", "gradient_not_divided"),
    (SLOPE, "(f(x) - f(x - step)) / h", "gradient_by_backward_differences"),
    (SLOPE, "f(x + step) - f(x - step) / (2 * h)", "gradient_divides_one_value"),
    (SLOPE, "(f(x + step) - f(x)) / h", "gradient_by_forward_differences"),
    (SLOPE, "(f(x + step) - f(x - step)) / h", "gradient_divided_by_one_step"),
    (SLOPE, "(f(x + step) - f(x - step)) / 2 * h", "gradient_without_brackets"),
    ("np.ndindex(x.shape)", "range(len(x))", "whole_rows_move"),
    ("np.ndindex(x.shape)", "range(x.size)", "gradient_by_flat_index"),
    (
        "np.ndindex(x.shape)",
        "[(i, j) for i in range(x.shape[0]) for j in range(x.shape[1])]",
        "gradient_of_two_axes",
    ),
    (
        "    gradient = np.zeros_like(x)\n",
        "    return (f(x + h) - f(x - h)) / (2 * h)\n",
        "one_slope_for_all",
    ),
    (
        f"        gradient[index] = {SLOPE}\n    return gradient",
        f"        gradient[index] = {SLOPE}\n        return gradient",
        "gradient_returned_in_the_loop",
    ),
    ("step[index] = h", "step[:] = h", "everything_moves"),
    ("if x.dtype != np.float64:", "x = x * 1.0\n    if False:", "any_dtype"),
]

EQUIVALENT = {
    "Every element is written to.": [
        "numerical_gradient: gradient = np.zeros_like(x) → gradient = np.ones_like(x)"
    ]
}

NAMES = {
    "any_dtype": [
        "numerical_gradient: if x.dtype != np.float64: → pass",
    ],
    "step_lost_in_rounding": [
        "numerical_gradient: step[index] = h → pass",
    ],
    "gradient_not_divided": [
        "numerical_gradient: gradient[index] = (f(x + step) - f(x - step)) / (2 * h) → gradient[index] = f(x + step) - f(x - step)",
    ],
    "gradient_turned_round": [
        "numerical_gradient: gradient[index] = (f(x + step) - f(x - step)) / (2 * h) → gradient[index] = (f(x - step) - f(x + step)) / (2 * h)",
    ],
    "gradient_without_brackets": [
        "numerical_gradient: gradient[index] = (f(x + step) - f(x - step)) / (2 * h) → gradient[index] = (f(x + step) - f(x - step)) / (2 / h)",
    ],
    "gradient_divided_by_one_step": [
        "numerical_gradient: gradient[index] = (f(x + step) - f(x - step)) / (2 * h) → gradient[index] = (f(x + step) - f(x - step)) / h",
        "numerical_gradient: gradient[index] = (f(x + step) - f(x - step)) / (2 * h) → gradient[index] = (f(x + step) - f(x - step)) / (1 * h)",
    ],
}
