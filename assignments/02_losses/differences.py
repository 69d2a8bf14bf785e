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

from handgrad import Part, Parts
from solutions.losses import central_difference, forward_difference

parts = Parts(
    task,
    [forward_difference, central_difference],
    {
        "forward": Part("forward_difference", of="forward_difference"),
        "central": Part("central_difference", of="central_difference"),
    },
)


@parts.fault(
    "The difference in {what} is the wrong way round: what comes later minus what comes earlier."
)
def turned_round(slope, f, x, h):
    return -slope


@parts.mistake("You do not divide in {what}: that says how far f rises, not how steeply.")
class not_divided:
    def forward_difference(f, x, h):
        return f(x + h) - f(x)

    def central_difference(f, x, h):
        return f(x + h) - f(x - h)


@parts.mistake(
    "Brackets are missing in {what}: in `a - b / c` Python divides b alone. The whole difference "
    "is divided."
)
class divides_one_value:
    def forward_difference(f, x, h):
        return f(x + h) - f(x) / h

    def central_difference(f, x, h):
        return f(x + h) - f(x - h) / (2 * h)


@parts.mistake(
    "In {what} the difference is multiplied by h, not divided by it: Python reads `/ 2 * h` from "
    "left to right. Set brackets."
)
class multiplied_by_the_step:
    def forward_difference(f, x, h):
        return (f(x + h) - f(x)) * h

    def central_difference(f, x, h):
        return (f(x + h) - f(x - h)) / 2 * h


@parts.mistake(
    "Your distance is not that of the two points: look at {what}. From x to x + h it is h, from "
    "x − h to x + h it is 2h."
)
class divided_by_another_distance:
    def forward_difference(f, x, h):
        return (f(x + h) - f(x)) / (2 * h)

    def central_difference(f, x, h):
        return (f(x + h) - f(x - h)) / h


@parts.mistake("The h that is given is not used in {what}: you take one of your own.")
class step_of_its_own:
    def forward_difference(f, x, h):
        return forward_difference(f, x, 1e-5)

    def central_difference(f, x, h):
        return central_difference(f, x, 1e-5)


@parts.mistake(
    "You look to the point before x and not beyond it, in {what}. Which two points are meant?"
)
class backward:
    def forward_difference(f, x, h):
        return (f(x) - f(x - h)) / h

    def central_difference(f, x, h):
        return (f(x) - f(x - h)) / h


@parts.mistake(
    "x itself moves in {what}: `x += h` changes the caller's array. `x + h` makes a new one."
)
class x_moves_along:
    def forward_difference(f, x, h):
        before = f(x)
        x += h
        return (f(x) - before) / h

    def central_difference(f, x, h):
        x += h
        after = f(x)
        x -= 2 * h
        return (after - f(x)) / (2 * h)


@task.misconception(
    "forward_difference looks to both sides. It takes one step, forward, from x itself."
)
def central_for_forward(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


@task.misconception(
    "central_difference takes one step from x. It looks to both sides, from x − h to x + h.",
    replaces="central_difference",
)
def forward_for_central(f, x, h):
    return (f(x + h) - f(x)) / h


@task.misconception(
    "central_difference uses half of h each way. Here h is the step to each side.",
    replaces="central_difference",
)
def half_steps(f, x, h):
    return (f(x + h / 2) - f(x - h / 2)) / h
