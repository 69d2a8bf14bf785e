"""What known mistakes of several tasks share."""

import numpy as np

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
