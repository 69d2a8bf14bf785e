"""What the checks of this chapter draw and measure in common.

A check drives an implementation and returns what it gave; that is compared with what the
reference gives for the same inputs, or held against a bound. The inputs are such that no mistake
can hide: batches of several rows, no square matrices, numbers of both signs, biases that are not 0.

What is drawn at random need not be drawn as the reference does it. So what is compared is not the
weights, but how they are spread, where there are thousands of them, and the tolerances are many
times what chance does.
"""

import numpy as np

from handgrad import keep, signed

MATRIX, FILTERS = (200, 50), (40, 12, 5, 3)
"""Shapes of weights, of 10000 and 7200 numbers; all four fans are different."""


def shape_of(value):
    """Return a shape that compares, or what there is instead of an array."""
    if isinstance(value, np.ndarray):
        return list(value.shape)
    return f"no array: {type(value).__name__}"


def spread(weights):
    """Return the standard deviation of weights, if there are enough of them.

    That of 7200 normal numbers is off by 0.8 per cent, as a rule.
    """
    weights = np.asarray(weights, dtype=float)
    return float(weights.std()) if weights.size >= 7200 else shape_of(weights)


def limits(weights):
    """Return the least and the largest of weights, if there are enough of them."""
    weights = np.asarray(weights, dtype=float)
    enough = weights.size >= 7200
    return [float(weights.min()), float(weights.max())] if enough else shape_of(weights)


def form(weights):
    """Return in which form weights are spread, whatever their standard deviation.

    Of 10000 numbers each of the two is off by 0.005, as a rule.
    """
    weights = np.asarray(weights, dtype=float)
    std = float(weights.std()) or 1.0
    from_mean = np.abs(weights - weights.mean())
    return {
        "mean, over two standard deviations": float(weights.mean() / (2 * std)),
        "share beyond one standard deviation": float((from_mean > std).mean()),
    }


def independence(weights):
    """Say of weights (D, M) whether units, or inputs, have the weights of another one.

    Of 30 numbers or more, no two rows have a correlation of 0.95 by chance.
    """
    weights = np.asarray(weights, dtype=float)
    if weights.ndim != 2:
        return shape_of(weights)
    return {
        "two units go together": bool(correlation(weights.T) > 0.95),
        "two inputs go together": bool(correlation(weights) > 0.95),
    }


def correlation(rows):
    """Return the largest correlation, of either sign, between two rows."""
    rows = rows - rows.mean(axis=1, keepdims=True)
    rows = rows / np.maximum(np.sqrt((rows**2).sum(axis=1, keepdims=True)), 1e-300)
    return np.abs(np.triu(rows @ rows.T, 1)).max()


def seeding(impl, draw, rng):
    """Say whether all that is random comes from the generator; draw(source) returns weights."""
    seed = rng.generator()
    first, shared = draw(seed), keep(impl, seed)
    again, other = draw(shared), draw(shared)
    return {
        "shape": shape_of(first),
        "the same seed, the same numbers": bool(np.array_equal(first, again)),
        "drawn once more, other numbers": not np.array_equal(again, other),
    }


def kind_of(weights):
    """Return shape and dtype."""
    return {"shape": shape_of(weights), "dtype": str(getattr(weights, "dtype", "none"))}


def add_zero_check(task, make):
    """Add what every activation has to pass at its kink; make(impl, rng) returns a layer.

    There the derivative is a matter of taste, as long as it lies between those on either side.
    """

    @task.check(
        "at exactly 0 the output is 0, and the slope lies between those beside it", atol=1e-3
    )
    def at_zero(impl, rng):
        layer, dout = make(impl, rng), signed(rng, 4)
        y = np.asarray(layer.forward(np.outer([-1e-4, 0.0, 1e-4], np.ones(4))))
        below, at, above = np.asarray(layer.backward(np.tile(dout, (3, 1)))) / dout
        least, most = np.minimum(below, above), np.maximum(below, above)
        beyond = np.maximum(at - most, 0) + np.minimum(at - least, 0)
        return {
            "y at 0": y[1],
            "slope below": below,
            "slope above": above,
            "what dx at 0 is beyond both, times dout": beyond * dout,
        }


def add_far_check(task, make):
    """Add that numbers far from 0 give finite ones; make(impl, rng) returns a layer."""

    @task.check("inputs of ±40, ±800 and ±1000 give finite numbers, forward and backward")
    def far_away(impl, rng):
        layer = make(impl, rng)
        x = np.array([[-40.0, 800.0, 40.0, -1000.0], [1000.0, -800.0, -40.0, 40.0]])
        return {"y": layer.forward(x), "dx": layer.backward(signed(rng, 2, 4))}
