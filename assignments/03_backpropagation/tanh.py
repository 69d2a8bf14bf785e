"""The tanh layer: how it is checked, and which mistakes are known."""

from handgrad import Task, add_activation_checks, add_derived_check

from .inputs import add_saturation_check, saturating

task = Task("tanh", "The tanh layer", points=3, needs=["Tanh"], minutes=5)


add_activation_checks(task, lambda impl, rng: impl.Tanh())


add_saturation_check(task, "Tanh")


add_derived_check(task, lambda impl, rng: impl.Tanh(), saturating(16.2, sides=2))


# Known mistakes -----------------------------------------------------------------------------------

import numpy as np

from handgrad import (
    ACTIVATION_PARTS,
    MEASURED,
    Parts,
    add_layer_mistakes,
    add_memory_mistakes,
    measured,
)
from solutions.backpropagation import Tanh

parts = Parts(task, [Tanh], ACTIVATION_PARTS)
add_layer_mistakes(parts, ["x"], passed_on=["y", "x"])
add_memory_mistakes(task, Tanh, ["_y"])


@task.misconception(
    "tanh is applied twice: what backward needs has already been through it in forward."
)
class tanh_slope_of_tanh(Tanh):
    def backward(self, dout):
        return dout * (1 - np.tanh(self._y) ** 2)


@task.misconception(
    "A square is missing: your slope exceeds 1 for negative outputs, but tanh is steepest at 0."
)
class tanh_slope_not_squared(Tanh):
    def backward(self, dout):
        return dout * (1 - self._y)


@task.misconception(
    "That is the slope of the sigmoid. tanh runs from −1 to 1 and is steeper: its slope at 0 is 1."
)
class tanh_slope_of_a_sigmoid(Tanh):
    def backward(self, dout):
        return dout * self._y * (1 - self._y)


@task.misconception(
    "You return the slopes alone. The chain rule multiplies them with the gradient that arrives."
)
class tanh_without_upstream(Tanh):
    def backward(self, dout):
        return 1 - self._y**2


@task.misconception(
    "You put the input into a formula for the slope that is written in terms of the output."
)
class tanh_slope_of_input(Tanh):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        return dout * (1 - self._x**2)


@task.misconception(
    "exp of a large number is infinite, and infinity divided by infinity is not a number. NumPy "
    "has a tanh that knows better."
)
class tanh_overflows(Tanh):
    def forward(self, x):
        with np.errstate(over="ignore", invalid="ignore"):
            self._y = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
        return self._y


@task.misconception(
    "A sign slipped in the slope: at an output of 1 tanh is flat, so the slope must be 0 there."
)
class plus_in_tanh_slope(Tanh):
    def backward(self, dout):
        return 2 * dout - super().backward(dout)


@task.misconception(
    "Your slope has the wrong sign. tanh rises everywhere, so its slope is never negative."
)
class tanh_slope_negative(Tanh):
    def backward(self, dout):
        return -super().backward(dout)


@task.misconception(MEASURED)
class tanh_measured(Tanh):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        return measured(np.tanh, self._x, dout)
