"""Answers to gradient_descent: right ones in other styles, and wrong ones."""

import numpy as np


def gradient_descent_as_list(f_gradient, x, learning_rate, steps):
    path = [x]
    while len(path) <= steps:
        path.append(path[-1] - learning_rate * f_gradient(path[-1]))
    return path


def gradient_descent_into_array(f_gradient, x, learning_rate, steps):
    path = np.zeros((steps + 1, *x.shape))
    path[0] = x
    for k in range(steps):
        path[k + 1] = path[k] - learning_rate * np.asarray(f_gradient(path[k]))
    return path


def gradient_descent_with_copies(f_gradient, x, learning_rate, steps):
    x = x.copy()
    path = [x.copy()]
    for _ in range(steps):
        x += -learning_rate * f_gradient(x)
        path.append(x.copy())
    return np.array(path)


RIGHT = [
    {"gradient_descent": gradient_descent_as_list},
    {"gradient_descent": gradient_descent_into_array},
    {"gradient_descent": gradient_descent_with_copies},
]

SLIPS = [
    (
        "x = x - learning_rate * f_gradient(x)",
        "x = x + learning_rate * f_gradient(x)",
        "ascent",
    ),
    (
        "x = x - learning_rate * f_gradient(x)",
        "x -= learning_rate * f_gradient(x)",
        "same_array_stored",
    ),
    ("    path = [x]\n", "    path = []\n", "path_without_start"),
    (
        "    path = [x]\n    for _ in range(steps):\n        x = x - ",
        "    x = x.copy()\n    path = [x]\n    for _ in range(steps):\n        x -= ",
        "copy_of_the_start_stored",
    ),
    (
        "        path.append(x)\n    return np.stack(path)",
        "        path.append(x)\n        return np.stack(path)",
        "path_returned_in_the_loop",
    ),
    ("return np.stack(path)", "return np.concatenate(path)", "points_run_together"),
    ("return np.stack(path)", "return path[-1]", "only_the_end"),
    ("x = x - learning_rate * f_gradient(x)", "x = x - f_gradient(x)", "whole_gradient"),
]

EQUIVALENT = {
    "The package's rule for integers and half precision; not asked of students.": [
        "gradient_descent: x = as_float(x) → pass"
    ],
    "A list of points is as good as an array, and the text says so.": [
        "gradient_descent: return np.stack(path) → return path"
    ],
}

NAMES = {
    "ascent": [
        "gradient_descent: x = x - learning_rate * f_gradient(x) → x = x + learning_rate * f_gradient(x)",
    ],
    "whole_gradient": [
        "gradient_descent: x = x - learning_rate * f_gradient(x) → x = x - f_gradient(x)",
    ],
}
