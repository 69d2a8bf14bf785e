"""Chapter 2: slopes measured with differences, and descent along them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from solutions.arrays import Array


def forward_difference(f: Callable[[Array], Array], x: Array, h: float) -> Array:
    """Return the slope of f between x and the point h further on; its error shrinks like h.

    Parameters
    ----------
    f : function
        Takes what x is; of an array it takes each element by itself.
    x : number or array
        Where to measure.
    h : float
        The step, positive.
    """
    return (f(x + h) - f(x)) / h


def central_difference(f: Callable[[Array], Array], x: Array, h: float) -> Array:
    """Return the slope of f between the points h before and h after x; its error shrinks like h².

    Parameters
    ----------
    f : function
        Takes what x is; of an array it takes each element by itself.
    x : number or array
        Where to measure.
    h : float
        The step each way, positive.
    """
    return (f(x + h) - f(x - h)) / (2 * h)


def numerical_gradient(f: Callable[[Array], float], x: Array, h: float = 1e-5) -> Array:
    """Return the gradient of f at x by central differences: two calls of f per element of x.

    Parameters
    ----------
    f : function
        Takes an array of the shape of x, returns one number.
    x : array, float64
        Of any shape. It is never changed, not even for the time of a call.
    h : float
        How far each element is moved, each way.

    Returns
    -------
    gradient : array
        Of the shape of x.

    Raises
    ------
    ValueError
        If x is not of float64: an integer cannot move by h, and float32 rounds it away.
    """
    if x.dtype != np.float64:
        raise ValueError(f"numerical_gradient needs x in float64, but it is {x.dtype}")
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        gradient[index] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


def gradient_descent(
    f_gradient: Callable[[Array], Array], x: Array, learning_rate: float, steps: int
) -> Array:
    """Walk downhill from x and return every point on the way.

    Parameters
    ----------
    f_gradient : function
        Returns the gradient at a point, of the shape of x.
    x : array
        Where to start; it is left as it was.

    Returns
    -------
    path : array (steps + 1, ...)
        ``path[0]`` is the start.
    """
    path = [x]
    for _ in range(steps):
        x = x - learning_rate * f_gradient(x)
        path.append(x)
    return np.stack(path)


def minibatches(n: int, batch_size: int, rng: np.random.Generator) -> Iterator[Array]:
    """Deal the row numbers 0 to n − 1, shuffled, into mini-batches: one epoch.

    Yields
    ------
    rows : int array (batch_size,)
        The last one holds what is left, and may be shorter.

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

    Parameters
    ----------
    params : mapping of str to array
        What is learned; the arrays change in place.
    gradients : function
        Takes the row numbers of a mini-batch, an int array; returns the loss of those samples at
        the present params, and the gradient of each, under the same names.
    n : int
        Number of training samples.
    epochs : int
        How often to go through all of them.
    learning_rate : float
        How far to move along the gradients.
    rng : Generator
        Shuffles the samples anew in each epoch.

    Returns
    -------
    losses : list of float
        One per iteration, each measured before the step that it led to.

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
