"""Predictions of a noisy network by sampling, in the place of a formula."""

from __future__ import annotations

from solutions.arrays import Array
from solutions.hyperparameters import whole
from solutions.optimizers import Network
from solutions.perceptrons import softmax


def sampled_predictions(network: Network, x: Array, times: int) -> Array:
    """Return the mean of the probabilities that a network gives in passes with the noise on.

    Afterwards the network's mode is what it was. (A batch normalization would be in training mode,
    too, and its running averages would move: this is for networks without one.)

    Parameters
    ----------
    network : Network
        It returns logits (N, C), and draws anew in each forward.
    x : array (N, ...)
    times : int
        How many passes, at least 1.

    Returns
    -------
    array (N, C)

    References
    ----------
    Srivastava and others (2014), Dropout: a simple way to prevent neural networks from
    overfitting, section 7.5; Gal and Ghahramani (2016), Dropout as a Bayesian approximation.
    """
    times = whole("times", times, at_least=1)
    before, network.training = network.training, True
    try:
        total = sum(softmax(network.forward(x)) for _ in range(times))
    finally:
        network.training = before
    return total / times
