"""What known mistakes of several tasks share."""

import numpy as np

from handgrad import FirstForEver
from solutions.backpropagation import ReLU


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


class FirstMaskForEver(FirstForEver, ReLU):
    """A ReLU that does not replace its mask."""

    remembered = ("_mask",)
