"""Two ways to measure a slope: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, keep

from .inputs import has_changed

task = Task(
    "differences",
    "Two ways to measure a slope",
    points=4,
    needs=["forward_difference", "central_difference"],
    minutes=10,
)


def cubic(rng):
    """Draw a polynomial of degree three."""
    a, b, c = rng.uniform(1, 2, size=3)
    return lambda x: a * x**3 - b * x**2 + c


@task.check("forward_difference: of a number", weight=0.5)
def forward_of_number(impl, rng):
    return impl.forward_difference(cubic(rng), rng.uniform(1, 2), rng.uniform(0.1, 0.3))


@task.check("forward_difference: of each element of an array")
def forward_of_array(impl, rng):
    return impl.forward_difference(cubic(rng), rng.normal(size=(2, 3)), rng.uniform(0.1, 0.3))


@task.check("central_difference: of a number")
def central_of_number(impl, rng):
    return impl.central_difference(cubic(rng), rng.uniform(1, 2), rng.uniform(0.1, 0.3))


@task.check("central_difference: of each element of an array")
def central_of_array(impl, rng):
    return impl.central_difference(cubic(rng), rng.normal(size=(2, 3)), rng.uniform(0.1, 0.3))


@task.check("x is left as it was", weight=0.5)
def differences_leave_x(impl, rng):
    f, x, report = cubic(rng), rng.normal(size=(2, 3)), {}
    for name in ("forward_difference", "central_difference"):
        kept = keep(impl, x)
        shape = np.shape(getattr(impl, name)(f, kept, 0.2))
        report[name] = {"x has changed": has_changed(kept, x), "shape of the slopes": shape}
    return report


# Known mistakes -----------------------------------------------------------------------------------

from solutions.losses import central_difference, forward_difference


@task.misconception(
    "forward_difference looks to both sides. It takes one step, forward, from x itself."
)
def central_for_forward(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


@task.misconception(
    "forward_difference goes from x to the point before it. Forward means: to x + h."
)
def backward_for_forward(f, x, h):
    return (f(x) - f(x - h)) / h


@task.misconception(
    "The difference in forward_difference is the wrong way round: what comes later minus what "
    "comes earlier."
)
def forward_turned_round(f, x, h):
    return (f(x) - f(x + h)) / h


@task.misconception(
    "forward_difference is not divided by h: it says how far f rises, not how steeply."
)
def forward_not_divided(f, x, h):
    return f(x + h) - f(x)


@task.misconception("You divide by 2h in forward_difference. From x to x + h the distance is h.")
def forward_divided_by_two_steps(f, x, h):
    return (f(x + h) - f(x)) / (2 * h)


BRACKETS = (
    "Brackets are missing in {}: in `a - b / c` Python divides b alone. The whole difference is "
    "divided."
)


@task.misconception(BRACKETS.format("forward_difference"))
def forward_divides_one_value(f, x, h):
    return f(x + h) - f(x) / h


@task.misconception(BRACKETS.format("central_difference"), replaces="central_difference")
def central_divides_one_value(f, x, h):
    return f(x + h) - f(x - h) / (2 * h)


@task.misconception("forward_difference does not use the h that it is given.")
def forward_with_its_own_h(f, x, h):
    return forward_difference(f, x, 1e-5)


@task.misconception(
    "central_difference takes one step from x. It looks to both sides, from x − h to x + h.",
    replaces="central_difference",
)
def forward_for_central(f, x, h):
    return (f(x + h) - f(x)) / h


@task.misconception(
    "central_difference is twice too large: from x − h to x + h the distance is 2h, not h.",
    replaces="central_difference",
)
def central_divided_by_one_step(f, x, h):
    return (f(x + h) - f(x - h)) / h


@task.misconception(
    "Brackets are missing in central_difference: Python reads `/ 2 * h` from left to right, and so "
    "multiplies by h.",
    replaces="central_difference",
)
def brackets_missing(f, x, h):
    return (f(x + h) - f(x - h)) / 2 * h


@task.misconception(
    "The difference in central_difference is the wrong way round: what comes later minus what "
    "comes earlier.",
    replaces="central_difference",
)
def central_turned_round(f, x, h):
    return (f(x - h) - f(x + h)) / (2 * h)


@task.misconception(
    "central_difference uses half of h each way. Here h is the step to each side.",
    replaces="central_difference",
)
def half_steps(f, x, h):
    return (f(x + h / 2) - f(x - h / 2)) / h


@task.misconception(
    "central_difference does not use the h that it is given.", replaces="central_difference"
)
def central_with_its_own_h(f, x, h):
    return central_difference(f, x, 1e-5)


@task.misconception(
    "central_difference is not divided: it says how far f rises, not how steeply.",
    replaces="central_difference",
)
def central_not_divided(f, x, h):
    return f(x + h) - f(x - h)


@task.misconception("x itself moves: x += h changes the caller's array. x + h makes a new one.")
def x_moves_along(f, x, h):
    before = f(x)
    x += h
    return (f(x) - before) / h


@task.misconception(
    "x itself moves: x += h changes the caller's array. x + h makes a new one.",
    replaces="central_difference",
)
def x_moves_along_in_central(f, x, h):
    x += h
    after = f(x)
    x -= 2 * h
    return (after - f(x)) / (2 * h)
