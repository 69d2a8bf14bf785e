"""What known mistakes of several tasks share."""

import numpy as np

from handgrad import FirstForEver
from solutions.backpropagation import ReLU


def moved(x, index, by):
    """Return a copy of x with one coordinate moved."""
    step = np.zeros_like(x)
    step[index] = by
    return x + step


class FirstMaskForEver(FirstForEver, ReLU):
    """A ReLU that does not replace its mask."""

    remembered = ("_mask",)
