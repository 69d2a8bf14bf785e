"""Answers to largest_rate: right ones in other styles, and wrong ones."""

import math

import numpy as np

from solutions.losses import gradient_descent


def diverges_by_walking(f_gradient, x, learning_rate, steps):
    first = f_gradient(x)
    here = np.array(x, dtype=float)
    for _ in range(steps):
        here -= learning_rate * f_gradient(here)
    last = f_gradient(here)
    if np.isnan(last).any():
        return True
    return bool(np.sqrt((last**2).sum()) > np.sqrt((first**2).sum()))


def diverges_by_squares(f_gradient, x, learning_rate, steps):
    path = gradient_descent(f_gradient, x, learning_rate, steps)
    before, after = ((f_gradient(point) ** 2).sum() for point in (path[0], path[-1]))
    return after > before or not np.isfinite(after)


def largest_rate_by_count(is_too_large, low, high, tolerance):
    if is_too_large(low):
        raise ValueError("low is too large")
    if not is_too_large(high):
        raise ValueError("high is not too large")
    for _ in range(math.ceil(math.log2((high - low) / tolerance))):
        mid = low + 0.5 * (high - low)
        if is_too_large(mid) is True:
            high = mid
        else:
            low = mid
    return low


def largest_rate_by_recursion(is_too_large, low, high, tolerance):
    if is_too_large(low) or not is_too_large(high):
        raise ValueError

    def within(a, b):
        if b - a <= tolerance:
            return a
        middle = (a + b) / 2
        return within(a, middle) if is_too_large(middle) else within(middle, b)

    return within(low, high)


RIGHT = [
    {"diverges": diverges_by_walking},
    {"diverges": diverges_by_squares, "largest_rate": largest_rate_by_count},
    {"largest_rate": largest_rate_by_recursion},
]

SLIPS = [
    (
        "return not length <= np.linalg.norm(f_gradient(x))",
        "return length > np.linalg.norm(f_gradient(x))",
        "nan_is_not_longer",
    ),
    ("return low\n", "return high\n", "upper_end"),
    ("return low\n", "return (low + high) / 2\n", "middle_of_the_last"),
    ("if is_too_large(middle):", "if not is_too_large(middle):", "wrong_half"),
    ("while high - low > tolerance:", "if high - low > tolerance:", "halved_once"),
]

EQUIVALENT = {
    "NumPy's warnings are no part of the answer.": [
        f"diverges: with np.errstate(over='ignore', invalid='ignore'): → with np.errstate({one}='ignore'):"
        for one in ("over", "invalid")
    ],
    "Whether a gradient of exactly the same length has grown is a matter of taste.": [
        "diverges: return not length <= np.linalg.norm(f_gradient(x)) → return not length < np.linalg.norm(f_gradient(x))",
    ],
    "Whether an interval of exactly the tolerance is halved once more is a matter of taste.": [
        "largest_rate: while high - low > tolerance: → while high - low >= tolerance:",
    ],
}

NAMES = {
    "answer_reversed": [
        "diverges: return not length <= np.linalg.norm(f_gradient(x)) → return length <= np.linalg.norm(f_gradient(x))"
    ],
    "compared_with_x": [
        "diverges: return not length <= np.linalg.norm(f_gradient(x)) → return not length <= np.linalg.norm(x)"
    ],
    "ends_not_tried": ["largest_rate: if is_too_large(low) or not is_too_large(high): → pass"],
    "high_not_tried": [
        "largest_rate: if is_too_large(low) or not is_too_large(high): → if is_too_large(low):",
        "largest_rate: if is_too_large(low) or not is_too_large(high): → if is_too_large(low) or not high:",
    ],
    "low_not_tried": [
        "largest_rate: if is_too_large(low) or not is_too_large(high): → if not is_too_large(high):"
    ],
    "one_step_only": [
        "diverges: end = gradient_descent(f_gradient, x, learning_rate, steps)[-1] → end = gradient_descent(f_gradient, x, learning_rate, steps)[1]"
    ],
    "end_for_its_gradient": [
        "diverges: length = np.linalg.norm(f_gradient(end)) → length = np.linalg.norm(end)"
    ],
    "wrong_half": ["largest_rate: if is_too_large(middle): → if not is_too_large(middle):"],
}
