"""The sigmoid layer: how it is checked, and which mistakes are known."""

from handgrad import Task, add_activation_checks, add_derived_check

from .inputs import add_saturation_check, saturating

task = Task("sigmoid", "The sigmoid layer", points=4, needs=["Sigmoid"], minutes=10)


add_activation_checks(task, lambda impl, rng: impl.Sigmoid())


add_saturation_check(task, "Sigmoid")


add_derived_check(task, lambda impl, rng: impl.Sigmoid(), saturating(32.5))


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
from solutions.backpropagation import Sigmoid
from solutions.perceptrons import sigmoid

parts = Parts(task, [Sigmoid], ACTIVATION_PARTS)
add_layer_mistakes(parts, ["x"], passed_on=["y", "x"])
add_memory_mistakes(task, Sigmoid, ["_y"])


@task.misconception(
    "A sign slipped in the slope: at an output of 1 the sigmoid is flat, so the slope must be 0."
)
class plus_in_sigmoid_slope(Sigmoid):
    def backward(self, dout):
        return dout * self._y * (1 + self._y)


@task.misconception(
    "You return the slopes alone. The chain rule multiplies them with the gradient that arrives."
)
class sigmoid_without_upstream(Sigmoid):
    def backward(self, dout):
        return self._y * (1 - self._y)


@task.misconception(
    "You put the input into a formula for the slope that is written in terms of the output."
)
class sigmoid_slope_of_input(Sigmoid):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        return dout * self._x * (1 - self._x)


@task.misconception(
    "The sigmoid is applied twice: what backward needs has already been through it in forward."
)
class sigmoid_slope_of_sigmoid(Sigmoid):
    def backward(self, dout):
        z = sigmoid(self._y)
        return dout * z * (1 - z)


@task.misconception(
    "Half of the slope is missing: at an output of 0 the sigmoid is flat as well, not only at 1."
)
class half_a_sigmoid_slope(Sigmoid):
    def backward(self, dout):
        return dout * (1 - self._y)


@task.misconception("The exponent has the wrong sign: your curve falls, and the sigmoid rises.")
class falling_sigmoid(Sigmoid):
    def forward(self, x):
        self._y = sigmoid(-x)
        return self._y


@task.misconception(
    "forward returns 1 divided by the sigmoid: the fraction of the formula is taken twice."
)
class reciprocal_twice(Sigmoid):
    def forward(self, x):
        self._y = sigmoid(x)
        with np.errstate(divide="ignore"):
            return 1 / self._y


@task.misconception(
    "exp of a large positive number is infinite, and infinity divided by infinity is not a number. "
    "Write the fraction so that this exponent is never large, or use the sigmoid of chapter 1."
)
class sigmoid_overflows(Sigmoid):
    def forward(self, x):
        with np.errstate(over="ignore", invalid="ignore"):
            self._y = np.exp(x) / (1 + np.exp(x))
        return self._y


@task.misconception(
    "backward changes the dout that it was given. Another branch of the graph may still need that "
    "array: return a new one."
)
class sigmoid_changes_upstream(Sigmoid):
    def backward(self, dout):
        dout *= self._y * (1 - self._y)
        return dout


@task.misconception(
    "Your slope has the wrong sign. The sigmoid rises everywhere, so its slope is never negative."
)
class sigmoid_slope_negative(Sigmoid):
    def backward(self, dout):
        return -super().backward(dout)


@task.misconception(
    "That is the slope of tanh in terms of its output. Test yours at an output of 0.5: it must be "
    "0.25 there."
)
class sigmoid_slope_of_a_tanh(Sigmoid):
    def forward(self, x):
        self.output = super().forward(x)
        return self.output

    def backward(self, dout):
        return dout * (1 - self.output**2)


@task.misconception("Brackets are missing: Python multiplies before it subtracts.")
class slope_without_brackets(Sigmoid):
    def forward(self, x):
        self.output = super().forward(x)
        return self.output

    def backward(self, dout):
        return dout * self.output * 1 - self.output


@task.misconception(MEASURED)
class sigmoid_measured(Sigmoid):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        return measured(sigmoid, self._x, dout)
