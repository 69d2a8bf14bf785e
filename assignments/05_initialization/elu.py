"""The ELU: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, add_activation_checks, add_derived_check, signed

from .inputs import add_far_check, add_zero_check

task = Task("elu", "The ELU", points=4, needs=["ELU"], minutes=10)


def new_layer(impl, rng):
    """Return a layer of an α that is not the default."""
    return impl.ELU(rng.uniform(1.4, 1.9))


add_activation_checks(task, new_layer)


add_zero_check(task, new_layer)


add_far_check(task, new_layer)


@task.check("without more, α is 1", weight=0.5)
def default_alpha(impl, rng):
    layer = impl.ELU()
    return {"y": layer.forward(-rng.uniform(1, 2, size=(2, 3)))}


def near_and_far(rng):
    """Draw an input, and one of the same signs at which no small step changes an output."""
    x = signed(rng, 3, 4)
    return x, np.where(x > 0, 1e18 * x, -rng.uniform(32.5, 33.5, size=(3, 4)))


add_derived_check(task, new_layer, near_and_far)


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import ACTIVATION_PARTS, MEASURED, Parts, add_layer_mistakes, add_memory_mistakes
from solutions.initialization import ELU

from .mistakes import (
    FROM_UPSTREAM,
    add_curve,
    add_mistakes_of_activations,
    by_differences,
)

parts = Parts(task, [ELU], ACTIVATION_PARTS)
add_layer_mistakes(parts, ["x"], passed_on=["y", "x"])
add_memory_mistakes(task, ELU, ["_x"])


def exp(x):
    """Return eˣ where that is no more than 1, and 1 elsewhere."""
    return np.exp(np.minimum(x, 0))


def y_of(layer, x):
    """Return what is right."""
    return np.where(x > 0, x, layer.alpha * (exp(x) - 1))


def slope_of(layer, x):
    """Return the slope at each x."""
    return np.where(x > 0, 1, layer.alpha * exp(x))


add_mistakes_of_activations(task, ELU, y_of, slope_of)


def add(name, hint, y=None, slope=None):
    """Add an ELU of another curve below 0: y(layer, x) and slope(layer, x)."""
    wrong = {}
    if y is not None:
        wrong["y"] = lambda self, x: np.where(x > 0, x, y(self, x))
    if slope is not None:
        wrong["x"] = lambda self, x, dout: np.where(x > 0, dout, dout * slope(self, x))
    add_curve(task, ELU, name, hint, **wrong)


add(
    "elu_without_minus_one",
    "Your curve jumps at 0: below it, the outputs begin at α. A −1 is missing.",
    y=lambda self, x: self.alpha * exp(x),
)
add(
    "minus_one_outside",
    "The −1 stands outside of the brackets: α multiplies it as well. At 0 your curve jumps.",
    y=lambda self, x: self.alpha * exp(x) - 1,
)
add(
    "alpha_forgotten",
    "α is missing: what you have is right for α = 1.",
    y=lambda self, x: exp(x) - 1,
    slope=lambda self, x: exp(x),
)
add(
    "alpha_in_the_exponent",
    "α stands in the exponent. It is how far down the curve goes: it multiplies.",
    y=lambda self, x: exp(self.alpha * x) - 1,
    slope=lambda self, x: self.alpha * exp(self.alpha * x),
)
add(
    "celu",
    "This is PyTorch's CELU, α (exp(x / α) − 1), which has no kink whatever α is. Here x is not "
    "divided by α.",
    y=lambda self, x: self.alpha * (exp(x / self.alpha) - 1),
    slope=lambda self, x: exp(x / self.alpha),
)
add(
    "divided_by_alpha",
    "You divide by α where you are to multiply.",
    y=lambda self, x: (exp(x) - 1) / self.alpha,
    slope=lambda self, x: exp(x) / self.alpha,
)
add(
    "leaky_with_alpha",
    "Below 0 yours is a straight line of slope α. The exponential is missing.",
    y=lambda self, x: self.alpha * x,
    slope=lambda self, x: self.alpha,
)
add(
    "exponential_of_minus_x",
    "The exponent has the wrong sign: far below 0 the exponential is to vanish, and yours grows "
    "without end.",
    y=lambda self, x: self.alpha * np.expm1(-x),
    slope=lambda self, x: self.alpha * np.exp(-x),
)
add(
    "slope_is_the_output",
    "Your slope is the output of forward, or has its −1 in it. A constant has no derivative.",
    slope=lambda self, x: self.alpha * (exp(x) - 1),
)
add(
    "one_plus_output",
    "Your slope is the output plus 1. That is right for α = 1 only: what has to be added to "
    "α (eˣ − 1), so that α eˣ is left?",
    slope=lambda self, x: self.alpha * (exp(x) - 1) + 1,
)
add(
    "exponential_of_the_output",
    "The exponential is taken of the output. It is that of the input.",
    slope=lambda self, x: self.alpha * exp(self.alpha * (exp(x) - 1)),
)
add(
    "minus_one_in_the_exponent",
    "The −1 stands in the exponent: e^(x − 1) for e^x − 1.",
    y=lambda self, x: self.alpha * exp(x) / np.e,
    slope=lambda self, x: self.alpha * exp(x) / np.e,
)

OVER = np.errstate(over="ignore", invalid="ignore")

add_curve(
    task,
    ELU,
    "exponential_above",
    "The exponential is used above 0, too. Positive numbers pass as they are, with a slope of 1.",
    y=OVER(lambda self, x: self.alpha * np.expm1(x)),
    x=OVER(lambda self, x, dout: dout * self.alpha * np.exp(x)),
)
add_curve(
    task,
    ELU,
    "overflows",
    "exp of a large positive number is infinite, and 0 times infinity is not a number. A mask does "
    "not undo what has been computed: the exponential must not see what is positive.",
    y=OVER(lambda self, x: (x > 0) * x + (x <= 0) * self.alpha * np.expm1(x)),
    x=OVER(lambda self, x, dout: dout * ((x > 0) + (x <= 0) * self.alpha * np.exp(x))),
)
add_curve(
    task,
    ELU,
    "exponential_of_negative_upstream",
    FROM_UPSTREAM,
    x=OVER(lambda self, x, dout: np.where(dout > 0, dout, dout * self.alpha * np.exp(x))),
)
add_curve(
    task,
    ELU,
    "selu",
    "This is SELU, whose whole curve is multiplied by 1.0507. Here the slope above 0 is 1.",
    y=lambda self, x: 1.0507009873554805 * y_of(self, x),
    x=lambda self, x, dout: 1.0507009873554805 * dout * slope_of(self, x),
)
add_curve(
    task,
    ELU,
    "upside_down",
    "The two sides are exchanged: the exponential belongs to the negative inputs.",
    y=OVER(lambda self, x: np.where(x > 0, self.alpha * np.expm1(x), x)),
    x=OVER(lambda self, x, dout: np.where(x > 0, dout * self.alpha * np.exp(x), dout)),
)
add_curve(
    task,
    ELU,
    "added_to_everything",
    "You add the two sides up. For a positive input, only x counts.",
    y=OVER(lambda self, x: np.maximum(x, 0) + self.alpha * np.expm1(x)),
    x=OVER(lambda self, x, dout: (x > 0) * dout + dout * self.alpha * np.exp(x)),
)
add_curve(
    task,
    ELU,
    "forward_of_upstream",
    "Your backward applies the activation itself to dout. It is to multiply dout with the slope at "
    "the input.",
    x=lambda self, x, dout: y_of(self, dout),
)


IN_FLOAT64 = (
    "exp of a large positive number is infinite, and 0 times infinity is not a number: the "
    "exponential must not see what is positive. And an array of truth values times one of Python's "
    "numbers is float64, whatever the input was."
)


class overflows_forward(ELU):
    @OVER
    def forward(self, x):
        super().forward(x)
        return (x > 0) * x + (x <= 0) * self.alpha * (np.exp(x) - 1)


class overflows_backward(ELU):
    @OVER
    def backward(self, dout):
        x = self._x
        return dout * ((x > 0) + (x <= 0) * self.alpha * np.exp(x))


class overflows_both(overflows_forward, overflows_backward):
    pass


for wrong, which in (
    (overflows_both, ""),
    (overflows_forward, " This concerns the output."),
    (overflows_backward, " This concerns the gradient of the input."),
):
    wrong.__name__ += "_in_float64"
    task.misconception(IN_FLOAT64 + which)(wrong)


@task.misconception(MEASURED)
class elu_measured(ELU):
    def backward(self, dout):
        return by_differences(lambda x: y_of(self, x), self._x, dout)
