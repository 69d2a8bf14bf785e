"""What answers to several tasks share."""

import numpy as np


def sigmoid_naive(x):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


STEP = "np.greater(x, 0).astype(int)"
