"""What known mistakes of several tasks share."""

import numpy as np

from handgrad import FirstForEver, Part
from solutions.backpropagation import ReLU

MEASURED = (
    "This gradient is measured, not derived: it comes from what forward gives for inputs, or "
    "parameters, that are moved by a step. Work it out from the chain rule instead."
)


def measured(f, x, dout, h=1e-5):
    """Return the slopes of Σ dout · f at x by central differences."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        gradient[index] = np.sum(dout * (f(x + step) - f(x - step))) / (2 * h)
    return gradient


def moved(x, index, by):
    """Return a copy of x with one coordinate moved."""
    step = np.zeros_like(x)
    step[index] = by
    return x + step


DIVIDED_AGAIN = (
    "You divide {what} by the batch size. That the loss is a mean has been taken care of in dout: "
    "contributions of the samples add up."
)

TIMES_BATCH = (
    "You multiply {what} by the batch size. The contributions of the samples add up, and nothing "
    "else: how large the batch is, dout knows."
)

ACTIVATION_PARTS = {
    "y": Part("the output", "forward"),
    "x": Part("the gradient of the input", "backward"),
}


class FirstMaskForEver(FirstForEver, ReLU):
    """A ReLU that does not replace its mask."""

    remembered = ("_mask",)
