"""The ReLU layer: how it is checked, and which mistakes are known."""

from handgrad import Task, add_activation_checks, add_derived_check

task = Task("relu", "The ReLU layer", points=4, needs=["ReLU"], minutes=10)


add_activation_checks(task, lambda impl, rng: impl.ReLU())


add_derived_check(task, lambda impl, rng: impl.ReLU())


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
from solutions.backpropagation import ReLU

parts = Parts(task, [ReLU], ACTIVATION_PARTS)
add_layer_mistakes(parts, ["x"], passed_on=["y"])
add_memory_mistakes(task, ReLU, ["_mask"])


@task.misconception(
    "Your mask asks whether dout is positive. What decides is whether the input of forward was."
)
class mask_from_upstream(ReLU):
    def backward(self, dout):
        return dout * (dout > 0)


@task.misconception(
    "The gradient passes everywhere. Where the input was negative, the output does not move when "
    "the input does."
)
class no_mask(ReLU):
    def backward(self, dout):
        return dout


@task.misconception(
    "You return the slopes alone. The chain rule multiplies them with the gradient that arrives."
)
class mask_alone(ReLU):
    def backward(self, dout):
        return self._mask * 1.0


@task.misconception(
    "You multiply dout with the output of forward. What is needed is the slope of the output, not "
    "its size."
)
class value_for_slope(ReLU):
    def forward(self, x):
        self._y = super().forward(x)
        return self._y

    def backward(self, dout):
        return dout * self._y


@task.misconception(
    "forward writes zeros into the array that it was given. It belongs to the caller: return a new "
    "one."
)
class zeroes_its_input(ReLU):
    def forward(self, x):
        self._mask = x > 0
        x *= self._mask
        return x


@task.misconception(
    "You set the negative inputs to 0 first, and ask afterwards which inputs are not negative: by "
    "then all pass. And the array belongs to the caller."
)
class mask_after_zeroing(ReLU):
    def forward(self, x):
        x *= x > 0
        self._mask = x >= 0
        return x


@task.misconception(
    "backward writes zeros into the dout that it was given. Another branch of the graph may still "
    "need that array: return a new one."
)
class zeroes_upstream(ReLU):
    def backward(self, dout):
        dout *= self._mask
        return dout


@task.misconception("Your forward is a step: it says where x is positive, not how large.")
class step_function(ReLU):
    def forward(self, x):
        self._mask = x > 0
        return self._mask.astype(x.dtype)


@task.misconception(
    "Your mask is upside down: the gradient passes where the input was negative, and is stopped "
    "where it was positive."
)
class mask_inverted(ReLU):
    def backward(self, dout):
        return dout - super().backward(dout)


@task.misconception(MEASURED)
class relu_measured(ReLU):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        return measured(lambda x: np.maximum(x, 0), self._x, dout)
