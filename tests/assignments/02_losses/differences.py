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

SLIPS = [
    ("return (f(x + h) - f(x)) / h", "return (f(x) - f(x - h)) / h", "backward_for_forward"),
    ("return (f(x + h) - f(x)) / h", "return f(x + h) - f(x) / 1", "forward_not_divided"),
    ("return (f(x + h) - f(x)) / h", "return f(x + h) - f(x) / h", "forward_divides_one_value"),
    (
        "return (f(x + h) - f(x - h)) / (2 * h)",
        "return f(x + h) - f(x - h) / (2 * h)",
        "central_divides_one_value",
    ),
    (
        "return (f(x + h) - f(x - h)) / (2 * h)",
        "return (f(x + h) - f(x - h)) / 2 * h",
        "brackets_missing",
    ),
    (
        "return (f(x + h) - f(x - h)) / (2 * h)",
        "return (f(x + h) - f(x - h)) / h",
        "central_divided_by_one_step",
    ),
]

EQUIVALENT = {
    "The package's rule for integers and half precision; not asked of students.": [
        f"{side}_difference: x = as_float(x) → pass" for side in ("forward", "central")
    ]
}
