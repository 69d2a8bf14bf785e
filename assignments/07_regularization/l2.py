"""L2: how it is checked, and which mistakes are known."""

from handgrad import Task

from .inputs import add_penalty_checks

task = Task("l2", "L2", points=4, needs=["L2"], minutes=10)

add_penalty_checks(task, "L2")


# Known mistakes -----------------------------------------------------------------------------------

import numpy as np

from solutions.regularization import L2

from .mistakes import ALIKE, add_penalty_mistakes, parts_of, with_rule

parts = parts_of(task, L2)
add_penalty_mistakes(parts, lambda w: 0.5 * w**2, lambda w: w)


def add(name, hint, value, slope, over=()):
    """Add a penalty with another rule, in both of its parts and in each of them."""
    parts.mistake(hint, over)(with_rule(L2, name, value, slope))


add(
    "without_half",
    "You compute {what} of λ Σ w². Some books do; here the penalty is half of that.",
    lambda self, w: self.strength * (w**2).sum(),
    lambda self, w: 2 * self.strength * w,
)
add(
    "half_left_in_the_slope",
    "Your gradients are half as large as the slopes of the penalty. What does the derivative of w² "
    "do with the ½?",
    None,
    lambda self, w: 0.5 * self.strength * w,
    ["gradients"],
)
add(
    "strength_squared",
    "λ is squared together with the weights in {what}.",
    lambda self, w: 0.5 * ((self.strength * w) ** 2).sum(),
    lambda self, w: self.strength**2 * w,
)
add(
    "length_for_square",
    "You take the root, so that {what} is that of the length of the weights. The penalty is a sum "
    "of squares.",
    lambda self, w: 0.5 * self.strength * np.sqrt((w**2).sum()),
    lambda self, w: self.strength * w / np.sqrt((w**2).sum()),
)
add(
    "sizes_for_squares",
    "You compute {what} of L1, which adds up sizes. L2 adds up squares.",
    lambda self, w: self.strength * np.abs(w).sum(),
    lambda self, w: self.strength * np.sign(w),
)
add(
    "half_of_the_sizes",
    "Your penalty adds up the sizes of the weights. L2 adds up their squares.",
    lambda self, w: 0.5 * self.strength * np.abs(w).sum(),
    None,
    ["penalty"],
)
add(
    "square_of_the_sum",
    "You add the weights up and square the sum, in which those of both signs cancel. Square each "
    "of them first.",
    lambda self, w: 0.5 * self.strength * w.sum() ** 2,
    None,
    ["penalty"],
)
add(
    "squares_for_slopes",
    "Your gradients have the squares of the weights in them. " + ALIKE,
    None,
    lambda self, w: self.strength * w**2,
    ["gradients"],
)
add(
    "sizes_for_weights",
    "Your gradients have the sizes of the weights in them, without their signs: a negative weight "
    "would grow.",
    None,
    lambda self, w: self.strength * np.abs(w),
    ["gradients"],
)
