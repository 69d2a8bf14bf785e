"""The leaky ReLU: how it is checked, and which mistakes are known."""

from handgrad import Task, add_activation_checks, add_derived_check

from .inputs import add_far_check, add_zero_check

task = Task("leaky_relu", "The leaky ReLU", points=4, needs=["LeakyReLU"], minutes=10)


def new_layer(impl, rng):
    """Return a layer of a slope that is not the default."""
    return impl.LeakyReLU(rng.uniform(0.05, 0.09))


add_activation_checks(task, new_layer)


add_zero_check(task, new_layer)


add_far_check(task, new_layer)


@task.check("without more, the slope is 0.01", weight=0.5)
def default_slope(impl, rng):
    layer = impl.LeakyReLU()
    return {"y": layer.forward(-rng.uniform(1, 2, size=(2, 3)))}


add_derived_check(task, new_layer)


# Known mistakes -----------------------------------------------------------------------------------

import numpy as np

from handgrad import ACTIVATION_PARTS, MEASURED, Parts, add_layer_mistakes, add_memory_mistakes
from solutions.initialization import LeakyReLU

from .mistakes import (
    add_curve,
    add_mistakes_of_activations,
    add_mistakes_of_leaky,
    by_differences,
)

parts = Parts(task, [LeakyReLU], ACTIVATION_PARTS)
add_layer_mistakes(parts, ["x"], passed_on=["y", "x"])
add_memory_mistakes(task, LeakyReLU, ["_positive"])


def slope_of(layer, x):
    """Return the slope at each x."""
    return np.where(x > 0, 1, layer.slope)


add_mistakes_of_activations(task, LeakyReLU, lambda self, x: slope_of(self, x) * x, slope_of)
add_mistakes_of_leaky(task, LeakyReLU, lambda self: self.slope)

add_curve(
    task,
    LeakyReLU,
    "always_a_hundredth",
    "Your slope is 0.01, whatever slope was asked for.",
    y=lambda self, x: np.where(x > 0, x, 0.01 * x),
    x=lambda self, x, dout: np.where(x > 0, dout, 0.01 * dout),
)


@task.misconception(MEASURED)
class leaky_relu_measured(LeakyReLU):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        return by_differences(lambda x: np.maximum(x, self.slope * x), self._x, dout)
