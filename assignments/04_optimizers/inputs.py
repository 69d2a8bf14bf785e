"""What the checks of this chapter draw and measure in common.

A check drives an implementation and returns what it gave; that is compared with what the
reference gives for the same inputs. The inputs are such that no mistake can hide: two parameters
of different shapes, several steps, a learning rate that changes between them and is never 1.
"""

import numpy as np

from handgrad import fetch, keep

RATES = (0.3, 0.2, 0.05)
"""The learning rates of three steps."""
SHAPES = {"W": (5, 3), "b": (3,)}


def arrays(rng, dtype=float, size=1.0):
    """Draw an array for each of two parameters."""
    return {name: (size * rng.normal(size=shape)).astype(dtype) for name, shape in SHAPES.items()}


def walk(optimizer, params, all_grads, rates=RATES):
    """Take steps, each at its own rate; return what the kept parameters are after each of them."""
    path = []
    for rate, grads in zip(rates, all_grads, strict=True):
        optimizer.learning_rate = rate
        optimizer.step(grads)
        path.append(fetch(params))
    return path
