"""What the checks of this chapter draw and measure in common.

A check drives an implementation and returns what it gave; that is compared with what the
reference gives for the same inputs. The inputs are such that no mistake can hide: batches of
several rows, no square matrices, numbers of both signs, biases that decide.
"""

import numpy as np

from handgrad import fetch, keep

ROWS = [(0, 0), (0, 1), (1, 0), (1, 1)]


SEVEN = np.array([1, 0, 1, 0, 1, 0, 1]), np.array([0, 0, 1, 1, 1, 0, 0])
"""All four rows of a truth table, some of them twice: as two arrays (7,)."""


BOTH_SIGNS = np.array([-3.1, -2.2, -1.2, -0.7, -0.4, -0.05, 0.02, 0.3, 0.8, 1.4, 2.5, 3.3])


def signed(rng, *shape):
    """Draw numbers of both signs, none of them near 0."""
    x = rng.normal(size=shape)
    return x + np.copysign(0.1, x)


def shape_of(value):
    """Return a shape in words; what returns nothing has none."""
    return "none: nothing was returned" if value is None else str(np.shape(value))


def numbers_or_truth(*answers):
    """Say whether there are truth values among the answers."""
    truth = any(np.asarray(answer).dtype.kind == "b" for answer in answers)
    return "truth values" if truth else "numbers"


def table(gate):
    """Return the four outputs of a gate, one by one."""
    return [gate(x1, x2) for x1, x2 in ROWS]


# None is a half: a rule that wrongly compares with ½ would answer there as the rounding falls.
SCORES = np.outer([-1, 1], [0.1, 0.2, 0.3, 0.45, 0.7, 0.9, 1.2, 1.6, 2.3, 3.2]).ravel()


def decisions(rng, b):
    """Draw inputs (20, 5) and weights (5,); without a bias of ±1, six of the answers change."""
    x, w = rng.normal(size=(20, 5)), rng.normal(size=5)
    scores = rng.permutation(SCORES)
    return x + np.outer(scores - x @ w, w / (w @ w)), w, b


HUGE = np.array([[-1000.0, 1000.0, 800.0], [0.0, -800.0, -0.5]])


def add_activation_checks(task, name, label):
    """Add what every activation function has to pass."""

    def values(impl, rng):
        return getattr(impl, name)(rng.permutation(BOTH_SIGNS).reshape(3, 4))

    def huge(impl, rng):
        return getattr(impl, name)(HUGE)

    def form(impl, rng):
        x = signed(rng, 2, 3, 1, 4)
        narrow = np.asarray(getattr(impl, name)(x.astype("f4")))
        wide = np.asarray(getattr(impl, name)(x))
        dtypes = {"of float32": str(narrow.dtype), "of float64": str(wide.dtype)}
        return {"shape": shape_of(narrow), **dtypes}

    def whole(impl, rng):
        return getattr(impl, name)(rng.permutation(np.arange(-3, 4)))

    def leaves_x(impl, rng):
        x = signed(rng, 3, 4)
        x[1] = 10_000 * np.abs(x[1]) * [1, -1, 1, -1]  # who cuts these off needs another array
        kept = keep(impl, x)
        shape = shape_of(getattr(impl, name)(kept))
        return {"x": fetch(kept), "shape of the result": shape}

    def add(function, title, weight):
        function.__name__ = f"{name}_{function.__name__}"
        task.check(f"{label}: {title}", weight=weight)(function)

    add(values, "one value for each element", 2)
    add(huge, "inputs of ±1000 give finite numbers", 1)
    add(form, "an array of any shape keeps its shape, and float32 stays float32", 0.5)
    add(whole, "whole numbers are inputs, too", 0.5)
    add(leaves_x, "x is left as it was", 0.5)


def logits(rng, *shape):
    """Draw scores, no two of them alike."""
    return 2 * rng.normal(size=shape)
