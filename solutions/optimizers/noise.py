"""What a mini-batch knows of the gradient of the whole training set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from solutions.arrays import Array
from solutions.backpropagation import joint_norm


def alignment(grads: Mapping[str, Array], others: Mapping[str, Array]) -> float:
    """Return the cosine of the angle between two gradients: 1 if they point the same way.

    Parameters
    ----------
    grads, others : mapping
        Arrays by name, the same names and shapes in both. All arrays of one together count as one
        long vector; neither of the two is 0.
    """
    dot = sum((grad * others[name]).sum() for name, grad in grads.items())
    return float(dot / (joint_norm(grads) * joint_norm(others)))


def gradient_noise(full: Mapping[str, Array], batch_grads: Sequence[Mapping[str, Array]]) -> float:
    """Return how far mini-batch gradients lie from the full one: the root of the mean square.

    The distance of two gradients is the Euclidean one between two long vectors. For batches of B
    samples, drawn at random from many, it falls like 1/√B.

    Parameters
    ----------
    full : mapping
        The gradient of the whole training set: arrays by name.
    batch_grads : sequence of mappings
        The gradients of mini-batches, under the same names.
    """
    distances = [
        joint_norm({name: grad - full[name] for name, grad in grads.items()})
        for grads in batch_grads
    ]
    return float(np.sqrt(np.mean(np.square(distances))))
