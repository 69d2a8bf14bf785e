"""Answers to differences: right ones in other styles, and wrong ones."""


def forward_difference_by_steps(f, x, h):
    after, before = f(x + h), f(x)
    rise = after - before
    return rise / h


def central_difference_by_halves(f, x, h):
    return (f(x + h) / h - f(x - h) / h) / 2


def forward_difference_turned(f, x, h):
    return (f(x) - f(x + h)) / -h


def central_difference_of_two(f, x, h):
    """The mean of the slopes on both sides."""
    forward = (f(x + h) - f(x)) / h
    backward = (f(x) - f(x - h)) / h
    return 0.5 * (forward + backward)


RIGHT = [
    {
        "forward_difference": forward_difference_by_steps,
        "central_difference": central_difference_by_halves,
    },
    {
        "forward_difference": forward_difference_turned,
        "central_difference": central_difference_of_two,
    },
]

FORWARD = "return (f(x + h) - f(x)) / h"
CENTRAL = "return (f(x + h) - f(x - h)) / (2 * h)"

SLIPS = [
    (FORWARD, "return (f(x) - f(x + h)) / h", "turned_round.forward"),
    (CENTRAL, "return (f(x - h) - f(x + h)) / (2 * h)", "turned_round.central"),
    (CENTRAL, "return (f(x) - f(x - h)) / h", "backward.central"),
    (FORWARD, "before = f(x); x += h; return (f(x) - before) / h", "x_moves_along.forward"),
    (FORWARD, "return (f(x) - f(x - h)) / h", "backward.forward"),
    (FORWARD, "return f(x + h) - f(x) / 1", "not_divided.forward"),
    (FORWARD, "return f(x + h) - f(x) / h", "divides_one_value.forward"),
    (
        CENTRAL,
        "return f(x + h) - f(x - h) / (2 * h)",
        "divides_one_value.central",
    ),
    (
        CENTRAL,
        "return (f(x + h) - f(x - h)) / 2 * h",
        "multiplied_by_the_step.central",
    ),
    (
        CENTRAL,
        "return (f(x + h) - f(x - h)) / h",
        "divided_by_another_distance.central",
    ),
]

EQUIVALENT = {
    "The package's rule for integers and half precision; not asked of students.": [
        f"{side}_difference: x = as_float(x) → pass" for side in ("forward", "central")
    ]
}

NAMES = {
    "multiplied_by_the_step.forward": [
        "forward_difference: return (f(x + h) - f(x)) / h → return (f(x + h) - f(x)) * h",
    ],
    "not_divided.forward": [
        "forward_difference: return (f(x + h) - f(x)) / h → return f(x + h) - f(x)",
    ],
    "turned_round.forward": [
        "forward_difference: return (f(x + h) - f(x)) / h → return (f(x) - f(x + h)) / h",
    ],
    "not_divided.central": [
        "central_difference: return (f(x + h) - f(x - h)) / (2 * h) → return f(x + h) - f(x - h)",
    ],
    "turned_round.central": [
        "central_difference: return (f(x + h) - f(x - h)) / (2 * h) → return (f(x - h) - f(x + h)) / (2 * h)",
    ],
    "multiplied_by_the_step.central": [
        "central_difference: return (f(x + h) - f(x - h)) / (2 * h) → return (f(x + h) - f(x - h)) / (2 / h)",
    ],
    "divided_by_another_distance.central": [
        "central_difference: return (f(x + h) - f(x - h)) / (2 * h) → return (f(x + h) - f(x - h)) / h",
        "central_difference: return (f(x + h) - f(x - h)) / (2 * h) → return (f(x + h) - f(x - h)) / (1 * h)",
    ],
}
