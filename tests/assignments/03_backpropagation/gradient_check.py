"""Answers to gradient_check: right ones in other styles, and wrong ones."""

from collections import namedtuple

import numpy as np

from solutions.backpropagation import GradientCheck
from solutions.losses import measured_gradient

from .styles import crosses_kink_by_copies, crosses_kink_in_place, relative_error_by_divide


def gradient_check_in_one_loop(f, x, gradient, winners=None, h=1e-5):
    if gradient.shape != x.shape or x.dtype != np.dtype("float64"):
        raise ValueError("x must be float64, and the gradient must have its shape")
    slopes, margin = measured_gradient(f, x, h)
    worst, place, kinks, small = 0.0, (0,) * x.ndim, 0, 0
    for index in np.ndindex(x.shape):
        if winners is not None and crosses_kink_in_place(winners, x, index, h):
            kinks += 1
            continue
        small += abs(slopes[index]) <= 10 * margin
        difference = abs(slopes[index] - gradient[index])
        if difference > margin:
            error = difference / max(abs(slopes[index]), abs(gradient[index]))
            if error > worst:
                worst, place = error, index
    return GradientCheck(worst, place, gradient[place], slopes[place], kinks, small, x.size)


def gradient_check_as_tuple(f, x, gradient, winners=None, h=1e-5):
    """A plain tuple, with numbers of NumPy in it."""
    if np.shape(gradient) != np.shape(x):
        raise ValueError("the shapes differ")
    slopes, margin = measured_gradient(f, x, h)
    skip = np.zeros(x.shape, bool)
    if winners is not None:
        flags = [crosses_kink_by_copies(winners, x, i, h) for i in np.ndindex(x.shape)]
        skip = np.array(flags).reshape(x.shape)
    errors = np.where(
        abs(slopes - gradient) > margin, relative_error_by_divide(slopes, gradient), 0
    )
    errors[skip] = -1
    place = np.unravel_index(errors.argmax(), x.shape)
    small = np.count_nonzero(np.abs(slopes[~skip]) <= 10 * margin)
    return errors.max(), place, gradient[place], slopes[place], skip.sum(), small, np.size(x)


OwnGradientCheck = namedtuple(
    "OwnGradientCheck", "worst_error worst_index analytic numerical kinks unmeasured size"
)


def gradient_check_with_own_result(f, x, gradient, winners=None, h=1e-5):
    return OwnGradientCheck(*gradient_check_as_tuple(f, x, gradient, winners, h))


RIGHT = [
    {"gradient_check": gradient_check_in_one_loop},
    {"gradient_check": gradient_check_as_tuple},
    {"gradient_check": gradient_check_with_own_result},
]

SLIPS = [
    ("int(kinks.sum()), unmeasured", "0, unmeasured", "kinks_not_counted"),
    (
        "errors[kinks | (np.abs(gradient - slopes) <= uncertainty)] = 0",
        "errors[np.abs(gradient - slopes) <= uncertainty] = 0",
        "kinks_still_compared",
    ),
    ("found = float(errors[worst])", "found = float(errors.mean())", "average_error"),
    ("measured_gradient(f, x, h)", "measured_gradient(f, x)", "h_not_used"),
    (
        "crosses_kink(winners, x, index, h)\n",
        "crosses_kink(winners, x, index, 1e-4)\n",
        "kinks_within_another_h",
    ),
    (
        "    unmeasured = int",
        "    errors[kinks] = np.nan\n    unmeasured = int",
        "kinks_marked_by_nan",
    ),
    ("for index in np.ndindex(x.shape):", "for index in range(len(x)):", "rows_skipped"),
    ("kinks | (np.abs(gradient - slopes) <= uncertainty)", "kinks", "uncertainty_ignored"),
    (
        "(np.abs(gradient - slopes) <= uncertainty)",
        "(errors <= uncertainty)",
        "uncertainty_ignored",
    ),
    (
        "measured_gradient(f, x, h)",
        '__import__("solutions.losses").losses.numerical_gradient(f, x, h), 0.0',
        "plain_numerical_gradient",
    ),
    ("~kinks & (np.abs(slopes)", "(np.abs(slopes)", "small_at_kinks_too"),
    ("10 * uncertainty", "uncertainty", "small_up_to_the_uncertainty"),
    ("~kinks & (np.abs(slopes)", "~kinks & (slopes", "falling_taken_for_small"),
    (
        "float(gradient[worst]), float(slopes[worst])",
        "float(slopes[worst]), float(gradient[worst])",
        "slopes_changed_places",
    ),
]

EQUIVALENT = {
    "The loop asks every coordinate. And |a − b| = |b − a|.": [
        "gradient_check: kinks = np.zeros_like(x, dtype=bool)"
        " → kinks = np.ones_like(x, dtype=bool)",
        "gradient_check: errors[kinks | (np.abs(gradient - slopes) <= uncertainty)] = 0"
        " → errors[kinks | (np.abs(slopes - gradient) <= uncertainty)] = 0",
    ],
    "No difference is exactly as large as the uncertainty, no slope near ten times that.": [
        "gradient_check: errors[kinks | (np.abs(gradient - slopes) <= uncertainty)] = 0"
        " → errors[kinks | (np.abs(gradient - slopes) < uncertainty)] = 0",
        *(
            "gradient_check: unmeasured = int((~kinks & (np.abs(slopes) <= 10 * uncertainty))"
            f".sum()) → unmeasured = int((~kinks & (np.abs(slopes) {limit} * uncertainty))"
            ".sum())"
            for limit in ("< 10", "<= 9", "<= 11")
        ),
    ],
}

NAMES = {
    "winners_not_asked": [
        "gradient_check: for index in np.ndindex(x.shape): → pass",
        "gradient_check: kinks[index] = winners is not None and crosses_kink(winners, x, index, h) → pass",
    ],
    "uncertainty_ignored": [
        "gradient_check: errors[kinks | (np.abs(gradient - slopes) <= uncertainty)] = 0 → pass",
        "gradient_check: errors[kinks | (np.abs(gradient - slopes) <= uncertainty)] = 0 → errors[kinks & (np.abs(gradient - slopes) <= uncertainty)] = 0",
        "gradient_check: errors[kinks | (np.abs(gradient - slopes) <= uncertainty)] = 0 → errors[kinks] = 0",
        "gradient_check: errors[kinks | (np.abs(gradient - slopes) <= uncertainty)] = 0 → errors[kinks | (np.abs(gradient - slopes) > uncertainty)] = 0",
    ],
    "kinks_still_compared": [
        "gradient_check: errors[kinks | (np.abs(gradient - slopes) <= uncertainty)] = 0 → errors[np.abs(gradient - slopes) <= uncertainty] = 0",
    ],
    "small_not_counted": [
        "gradient_check: unmeasured = int((~kinks & (np.abs(slopes) <= 10 * uncertainty)).sum()) → unmeasured = int((~kinks & (np.abs(slopes) <= 10 * uncertainty)).mean())",
    ],
    "small_at_kinks_too": [
        "gradient_check: unmeasured = int((~kinks & (np.abs(slopes) <= 10 * uncertainty)).sum()) → unmeasured = int((np.abs(slopes) <= 10 * uncertainty).sum())",
    ],
    "falling_taken_for_small": [
        "gradient_check: unmeasured = int((~kinks & (np.abs(slopes) <= 10 * uncertainty)).sum()) → unmeasured = int((~kinks & (slopes <= 10 * uncertainty)).sum())",
    ],
    "small_up_to_the_uncertainty": [
        "gradient_check: unmeasured = int((~kinks & (np.abs(slopes) <= 10 * uncertainty)).sum()) → unmeasured = int((~kinks & (np.abs(slopes) <= uncertainty)).sum())",
    ],
    "kinks_not_counted": [
        "gradient_check: return GradientCheck(*found, int(kinks.sum()), unmeasured, x.size) → return GradientCheck(*found, int(kinks.mean()), unmeasured, x.size)",
    ],
}
