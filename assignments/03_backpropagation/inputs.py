"""What the checks of this chapter draw and measure in common.

A check drives an implementation and returns what it gave; that is compared with what the
reference gives for the same inputs, or held against a bound. The inputs are such that no mistake
can hide: batches of several rows, no square matrices, numbers of both signs, biases that are not 0.
"""

import numpy as np


def number(value):
    """Take the one number out of whatever holds it."""
    return np.asarray(value).item()


def one_hot_rows(labels, classes):
    """Write class numbers as rows with a single 1."""
    return (labels[:, None] == np.arange(classes)).astype(float)


def saturating(start, sides=1):
    """Return a function that draws an input, and one where the output is just below 1.

    With ``sides=2``, every other output is just above −1.
    """

    def draw(rng):
        signs = np.resize([1, -1] if sides == 2 else [1], (3, 4))
        return rng.normal(size=(3, 4)), signs * rng.uniform(start, start + 1, size=(3, 4))

    return draw


def add_saturation_check(task, name):
    """Add what a layer with an exponential in it has to pass."""

    @task.check("inputs up to ±1000 give finite numbers, forward and backward", weight=0.5)
    def saturation(impl, rng):
        layer, dout = getattr(impl, name)(), rng.normal(size=(2, 3))
        y = layer.forward(np.array([[-1000.0, 1000.0, 800.0], [0.5, -800.0, 30.0]]))
        return {"y": y, "dx": layer.backward(dout)}


def positive(x):
    """Say who wins max(x, 0), element by element."""
    return x > 0


def network_case(rng):
    """Draw parameters, inputs (6, 5) and class numbers (6,); no hidden unit is near its kink."""
    params = {
        "W1": rng.normal(size=(5, 7)),
        "b1": rng.normal(size=7),
        "W2": rng.normal(size=(7, 3)),
        "b2": rng.normal(size=3),
    }
    x = rng.normal(size=(60, 5))
    is_clear = np.abs(x @ params["W1"] + params["b1"]).min(axis=1) > 0.02
    return params, x[is_clear][:6], rng.integers(3, size=6)
