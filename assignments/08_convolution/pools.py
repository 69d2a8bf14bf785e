"""What both tasks on pooling draw.

No two sizes are alike, windows overlap or leave pixels over, and no two pixels are nearly equal.
"""

import numpy as np

from handgrad import DERIVED, SLOPES, calls_run, fetch, how_got, keep, slope_error

APART, OVERLAPPING, PADDED = (2, None, 0), (3, 2, 0), (3, 2, 1)
"""Size, stride and padding."""
SIZES = {APART: (2, 3), OVERLAPPING: (2, 3), PADDED: (3, 4)}
"""OH and OW of images 5 × 7."""


def pixels(rng, rows=2):
    """Draw images (rows, 3, 5, 7) of numbers of both signs, no two of them nearly alike."""
    shape = (rows, 3, 5, 7)
    numbers = (np.arange(np.prod(shape)) - 104.5) / 30
    return numbers[rng.permutation(numbers.size)].reshape(shape)


def upstream(rng, how, rows=2):
    """Draw a gradient of the output, (rows, 3, OH, OW)."""
    return rng.normal(size=(rows, 3, *SIZES[how]))


def passed_through(layer, x, dout):
    """Return the gradient of images that went forward and back through a layer."""
    layer.forward(x)
    return layer.backward(dout)


def add_slopes_and_types(task, name):
    """Add what every kind of pooling owes; ``name`` is that of the layer."""

    @task.check(SLOPES, at_most=1e-5)
    def slopes(impl, rng):
        layer, x, dout = getattr(impl, name)(*PADDED), pixels(rng), upstream(rng, PADDED)
        gradient, direction = passed_through(layer, x, dout), rng.uniform(0.2, 1, size=x.shape)
        return slope_error(lambda x: np.sum(dout * layer.forward(x)), x, gradient, direction)

    @task.check("x and dout are left as they were, and float32 stays float32", weight=0.5)
    def inputs_and_type(impl, rng):
        layer = getattr(impl, name)(*PADDED)
        x = keep(impl, pixels(rng).astype("f4"))
        dout = keep(impl, upstream(rng, PADDED).astype("f4"))
        y, dx = layer.forward(x), layer.backward(dout)
        types = {"dtype of y": str(np.asarray(y).dtype), "dtype of dx": str(np.asarray(dx).dtype)}
        return {"x": fetch(x), "dout": fetch(dout), **types, "shapes": [np.shape(y), np.shape(dx)]}


def add_derived_check(task, name):
    """Add what no layer of this name passes whose gradient is measured."""

    def forward_calls(impl, rng, channels):
        """Return how often a way back through one image goes forward."""
        layer = getattr(impl, name)(2)
        layer.forward(rng.normal(size=(1, channels, 2, 2)))
        return calls_run(layer.backward, rng.normal(size=(1, channels, 1, 1)), of=["forward"])

    @task.check(DERIVED, weight=0, required=True)
    def derived(impl, rng):
        layer, x = getattr(impl, name)(*OVERLAPPING), pixels(rng)
        dout = upstream(rng, OVERLAPPING)
        near, far = passed_through(layer, x, dout), passed_through(layer, 1e18 * x, dout)
        if forward_calls(impl, rng, 4) > forward_calls(impl, rng, 1):
            return "measured"
        return how_got(near, far)
