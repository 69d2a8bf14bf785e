"""Gradients of layers: whether they are right, and whether they are derived and not measured.

A gradient that is measured, with differences of what forward gives, is as right as a derived one,
and no answer where deriving it is the exercise. It is told by where it is lost: at numbers so large
that a small step is rounded away, or at slopes so small that no output changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.authoring.implementation import fetch, keep
from autograder.authoring.layers import add_memory_checks
from autograder.authoring.parts import Part
from autograder.authoring.tasks import Task

DERIVED = "the gradient is derived, not measured: it holds where a small step changes no output"
SLOPES = "backward agrees with slopes measured on your own forward, along a random direction"

MEASURED = (
    "This gradient is measured, not derived: it comes from what forward gives for inputs, or "
    "parameters, that are moved by a step. Work it out from the chain rule instead."
)

ACTIVATION_PARTS = {
    "y": Part("the output", "forward"),
    "x": Part("the gradient of the input", "backward"),
}
"""What an activation without parameters gives, for `Parts`."""


def signed(rng: Any, *shape: int) -> Any:
    """Draw numbers of both signs, none of them near the kink at 0."""
    x = rng.normal(size=shape)
    x = x + np.copysign(0.1, x)
    if x.size > 1 and abs(np.sum(np.sign(x))) == x.size:
        x.flat[0] *= -1  # all of one sign, as one draw in thousands is
    return x


def large_and_huge(rng: Any) -> tuple[Any, Any]:
    """Draw an input (3, 4), and one of the same signs and of such a size that x + h is x."""
    x = signed(rng, 3, 4)
    return 1e3 * x, 1e18 * x


def slope_error(
    f: Callable[[Any], Any], x: Any, gradient: Any, direction: Any, h: float = 1e-5
) -> float:
    """Measure the slope of f along a direction; return how far the gradient is off.

    It is taken relative to the steepest slope that the gradient allows. The slope itself may be
    nearly 0 by chance, and then rounding alone would be a large part of it.
    """
    measured = (f(x + h * direction) - f(x - h * direction)) / (2 * h)
    claimed = float(np.sum(gradient * direction))
    steepest = float(np.sqrt(np.sum(np.square(gradient)) * np.sum(np.square(direction))))
    return float(abs(measured - claimed) / max(abs(measured), steepest))


def measured(f: Callable[[Any], Any], x: Any, dout: Any, h: float = 1e-5) -> Any:
    """Return the slopes of Σ dout · f at x by central differences, which are no answer: `MEASURED`.

    Unlike the reference's ``numerical_gradient`` it takes float32, too: a known mistake has to
    give something wherever a check asks.
    """
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        gradient[index] = np.sum(dout * (f(x + step) - f(x - step))) / (2 * h)
    return gradient


def how_got(near: Any, far: Any, output: Any = 0.0, share: float = 0.0) -> str:
    """Say whether gradients are measured: they are, if they are exactly 0 only far away.

    There the outputs are so large, or the slopes so small, that what a step changes is rounded
    away. Where the output itself is rounded to 1, a derived slope may be 0, too. A wrong formula
    may lose some, as 1 − 2y + y² does where y is nearly 1: more than a ``share`` of them counts.
    """
    could_be = (np.abs(near) > 0) & (np.abs(output) != 1)
    is_lost = could_be & (np.abs(far) == 0)
    return "measured" if np.sum(is_lost) > share * np.sum(could_be) else "derived"


def how_all_got(
    near: Mapping[str, Any], far: Mapping[str, Any], few: int = 0, many: int = 0
) -> str:
    """Say it of a dictionary of gradients, and of forward's calls for a small and a large layer."""
    ways = {how_got(near[name], far[name]) for name in near}
    return "measured" if "measured" in ways or many > few else "derived"


Make = Callable[[Any, Any], Any]


def add_activation_checks(task: Task, make: Make) -> None:
    """Add what every layer has to pass that does the same to each number, without parameters.

    Parameters
    ----------
    task : Task
        What gets the checks.
    make : function
        ``make(impl, rng)`` returns a new layer.
    """

    @task.check("forward returns one value for each element")
    def forward(impl: Any, rng: Any) -> Any:
        return make(impl, rng).forward(2 * signed(rng, 3, 4))

    @task.check("backward returns the gradient with respect to the input", weight=2)
    def backward(impl: Any, rng: Any) -> Any:
        layer = make(impl, rng)
        layer.forward(signed(rng, 3, 4))
        return layer.backward(rng.normal(size=(3, 4)))

    @task.check(SLOPES, at_most=1e-5)
    def slopes(impl: Any, rng: Any) -> Any:
        layer, x, dout = make(impl, rng), signed(rng, 3, 4), rng.normal(size=(3, 4))
        layer.forward(x)
        gradient = layer.backward(dout)
        direction = rng.normal(size=(3, 4))
        return slope_error(lambda x: np.sum(dout * layer.forward(x)), x, gradient, direction)

    @task.check("an array of any shape keeps its shape, and float32 stays float32", weight=0.5)
    def any_shape(impl: Any, rng: Any) -> Any:
        layer, x = make(impl, rng), signed(rng, 2, 3, 1, 4).astype("f4")
        y = np.asarray(layer.forward(x))
        dx = np.asarray(layer.backward(rng.normal(size=x.shape).astype("f4")))
        return {
            "shape of y": y.shape,
            "shape of dx": dx.shape,
            "dtype of y": str(y.dtype),
            "dtype of dx": str(dx.dtype),
        }

    @task.check("x and dout are left as they were", weight=0.5)
    def inputs_stay(impl: Any, rng: Any) -> Any:
        layer = make(impl, rng)
        x, dout = keep(impl, signed(rng, 3, 4)), keep(impl, rng.normal(size=(3, 4)))
        # The shapes, because whoever does nothing changes nothing.
        shapes = [np.shape(layer.forward(x)), np.shape(layer.backward(dout))]
        return {"x": fetch(x), "dout": fetch(dout), "shapes of y and dx": shapes}

    def case(rng: Any, rows: int) -> Any:
        return [signed(rng, rows, 5)], [rng.normal(size=(rows, 5))]

    add_memory_checks(task, make, case)


def add_derived_check(
    task: Task, make: Make, cases: Callable[[Any], tuple[Any, Any]] = large_and_huge
) -> None:
    """Add what no layer passes whose gradient is measured.

    Parameters
    ----------
    task : Task
        What gets the check.
    make : function
        ``make(impl, rng)`` returns a new layer.
    cases : function
        ``cases(rng)`` draws two inputs (3, 4); at the second one a step is lost in rounding.
    """

    @task.check(DERIVED, weight=0, required=True)
    def derived(impl: Any, rng: Any) -> Any:
        layer, dout, (near, far) = make(impl, rng), rng.normal(size=(3, 4)), cases(rng)
        layer.forward(near)
        gradient = layer.backward(dout)
        output = layer.forward(far)
        return how_got(gradient, layer.backward(dout), output, share=0.5)
