"""Gradient descent, with all samples and with mini-batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from solutions.arrays import Array, as_float


def gradient_descent(
    f_gradient: Callable[[Array], Array], x: Array, learning_rate: float, steps: int
) -> Array:
    """Walk downhill from x, and return the points on the way, (steps + 1, ...), x itself first.

    x is left as it was. ``f_gradient`` returns the gradient at a point, of the shape of x.
    """
    x = as_float(x)
    path = [x]
    for _ in range(steps):
        x = x - learning_rate * f_gradient(x)
        path.append(x)
    return np.stack(path)


def minibatches(n: int, batch_size: int, rng: np.random.Generator) -> Iterator[Array]:
    """Deal the row numbers 0 to n − 1, shuffled, into mini-batches: one epoch.

    Each is an integer array (batch_size,); the last one holds what is left, and may be shorter.

    Raises
    ------
    ValueError
        If the batch size is less than 1.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, but it is {batch_size}")
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


def sgd_step(params: Mapping[str, Array], grads: Mapping[str, Array], learning_rate: float) -> None:
    """Move every parameter against its gradient, changing the arrays of ``params`` in place."""
    for name, param in params.items():
        param -= learning_rate * grads[name]


def sgd(
    params: Mapping[str, Array],
    gradients: Callable[[Array], tuple[float, Mapping[str, Array]]],
    n: int,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    rng: np.random.Generator,
) -> list[float]:
    """Train by stochastic gradient descent: draw a mini-batch, take its slopes, move, repeat.

    The arrays of ``params`` change in place. ``gradients`` takes the row numbers of a mini-batch;
    it returns the loss of those samples at the present params, and the gradient of each param,
    under the same names. All n samples are shuffled anew in each epoch.

    Returned are the losses, one per iteration, each measured before the step that it led to.

    This loop becomes ``train`` of a ``TwoLayerNet`` in chapter 3, and the ``Trainer`` in chapter 4.

    References
    ----------
    Robbins and Monro (1951), A stochastic approximation method.
    """
    losses = []
    for _ in range(epochs):
        for rows in minibatches(n, batch_size, rng):
            loss, grads = gradients(rows)
            sgd_step(params, grads, learning_rate)
            losses.append(loss)
    return losses
