"""What the checks of this chapter draw and measure in common.

A check drives an implementation and returns what it gave; that is compared with what the
reference gives for the same inputs, or held against a bound. The inputs are such that no mistake
can hide: batches of several rows, no square matrices, numbers of both signs, biases that are not 0.
"""

import numpy as np

from handgrad import add_memory_checks, fetch, keep

DERIVED = "the gradient is derived, not measured: it holds where a small step changes no output"
SLOPES = "backward agrees with slopes measured on your own forward, along a random direction"


def signed(rng, *shape):
    """Draw numbers of both signs, none of them near the kink at 0."""
    x = rng.normal(size=shape)
    x = x + np.copysign(0.1, x)
    if x.size > 1 and abs(np.sum(np.sign(x))) == x.size:
        x.flat[0] *= -1  # all of one sign, as one draw in thousands is
    return x


def slope_error(f, x, gradient, direction, h=1e-5):
    """Measure the slope of f along a direction; return how far the gradient is off.

    It is taken relative to the steepest slope that the gradient allows. The slope itself may be
    nearly 0 by chance, and then rounding alone would be a large part of it.
    """
    measured = (f(x + h * direction) - f(x - h * direction)) / (2 * h)
    claimed = float(np.sum(gradient * direction))
    steepest = float(np.sqrt(np.sum(np.square(gradient)) * np.sum(np.square(direction))))
    return abs(measured - claimed) / max(abs(measured), steepest)


def how_got(near, far, output=0.0):
    """Say whether gradients are measured: they are, if they are exactly 0 only far away.

    There the outputs are so large, or the slopes so small, that what a step changes is rounded
    away. Where the output itself is rounded to 1, a derived slope may be 0, too.
    """
    is_lost = (np.abs(far) == 0) & (np.abs(near) > 0) & (np.abs(output) != 1)
    return "measured" if np.any(is_lost) else "derived"


def how_all_got(near, far, few=0, many=0):
    """Say it of a dictionary of gradients, and of forward's calls for a small and a large layer."""
    ways = {how_got(near[name], far[name]) for name in near}
    return "measured" if "measured" in ways or many > few else "derived"


def number(value):
    """Take the one number out of whatever holds it."""
    return np.asarray(value).item()


def one_hot_rows(labels, classes):
    """Write class numbers as rows with a single 1."""
    return (labels[:, None] == np.arange(classes)).astype(float)


def add_activation_checks(task, name):
    """Add what every layer without parameters has to pass."""

    @task.check("forward returns one value for each element")
    def forward(impl, rng):
        return getattr(impl, name)().forward(2 * signed(rng, 3, 4))

    @task.check("backward returns the gradient with respect to the input", weight=2)
    def backward(impl, rng):
        layer = getattr(impl, name)()
        layer.forward(signed(rng, 3, 4))
        return layer.backward(rng.normal(size=(3, 4)))

    @task.check(SLOPES, at_most=1e-5)
    def slopes(impl, rng):
        layer, x, dout = getattr(impl, name)(), signed(rng, 3, 4), rng.normal(size=(3, 4))
        layer.forward(x)
        gradient = layer.backward(dout)
        direction = rng.normal(size=(3, 4))
        return slope_error(lambda x: np.sum(dout * layer.forward(x)), x, gradient, direction)

    @task.check("an array of any shape keeps its shape, and float32 stays float32", weight=0.5)
    def any_shape(impl, rng):
        layer, x = getattr(impl, name)(), signed(rng, 2, 3, 1, 4).astype("f4")
        y = np.asarray(layer.forward(x))
        dx = np.asarray(layer.backward(rng.normal(size=x.shape).astype("f4")))
        return {
            "shape of y": y.shape,
            "shape of dx": dx.shape,
            "dtype of y": str(y.dtype),
            "dtype of dx": str(dx.dtype),
        }

    @task.check("x and dout are left as they were", weight=0.5)
    def inputs_stay(impl, rng):
        layer = getattr(impl, name)()
        x, dout = keep(impl, signed(rng, 3, 4)), keep(impl, rng.normal(size=(3, 4)))
        # The shapes, because whoever does nothing changes nothing.
        shapes = [np.shape(layer.forward(x)), np.shape(layer.backward(dout))]
        return {"x": fetch(x), "dout": fetch(dout), "shapes of y and dx": shapes}

    def case(rng, rows):
        return [signed(rng, rows, 5)], [rng.normal(size=(rows, 5))]

    add_memory_checks(task, lambda impl, rng: getattr(impl, name)(), case)


def add_derived_check(task, name, cases):
    """Add what no layer passes whose gradient is measured; cases draws two inputs (3, 4)."""

    @task.check(DERIVED, weight=0, required=True)
    def derived(impl, rng):
        layer, dout, (near, far) = getattr(impl, name)(), rng.normal(size=(3, 4)), cases(rng)
        layer.forward(near)
        gradient = layer.backward(dout)
        output = layer.forward(far)
        return how_got(gradient, layer.backward(dout), output)


def saturating(start):
    """Return a function that draws an input, and one where the output is just below 1."""

    def draw(rng):
        return rng.normal(size=(3, 4)), rng.uniform(start, start + 1, size=(3, 4))

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
