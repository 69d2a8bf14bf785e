"""Chapter 7: ensembles, several models whose predictions are averaged.

The models may be one architecture from several seeds, the best of a search or a cross-validation,
or one network at several moments of its training.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from solutions.arrays import Array
from solutions.perceptrons import softmax


def average_predictions(predictions: Sequence[Array]) -> Array:
    """Return the mean of several models' probabilities.

    Parameters
    ----------
    predictions : sequence of arrays (N, C)
        Probabilities of the same samples, one array per model. (The mean of logits is another
        thing: one model that exaggerates would decide alone.)

    Returns
    -------
    probabilities : array (N, C)

    Raises
    ------
    ValueError
        If there are none, or their shapes differ.
    """
    if not predictions:
        raise ValueError("predictions is empty: an ensemble needs at least one model")
    shapes = {prediction.shape for prediction in predictions}
    if len(shapes) > 1:
        raise ValueError(f"predictions must have one shape, but there are {sorted(shapes)}")
    total = predictions[0] / len(predictions)  # a new array, and no sum that could overflow
    for prediction in predictions[1:]:
        total += prediction / len(predictions)
    return total


class Ensemble:
    """Several classifiers that vote with their probabilities.

    Parameters
    ----------
    networks : sequence
        Each with ``predict(x)``, which returns logits (N, C), in test mode.

    Raises
    ------
    ValueError
        If there is none.

    References
    ----------
    Hansen and Salamon (1990), Neural network ensembles.
    """

    def __init__(self, networks: Sequence[Any]) -> None:
        if not networks:
            raise ValueError("networks is empty: an ensemble needs at least one")
        self.networks = list(networks)

    def predict(self, x: Array) -> Array:
        """Return the mean probabilities (N, C) for x (N, ...)."""
        return average_predictions([softmax(network.predict(x)) for network in self.networks])


class Snapshots:
    """States of one network at several moments of its training, as an ensemble.

    Parameters
    ----------
    every : int
        How many epochs lie between two snapshots, at least 1.
    keep : int
        How many are kept, the latest ones; at least 1.

    References
    ----------
    Huang and others (2017), Snapshot ensembles: train 1, get M for free, which takes them at the
    low points of a cyclic learning rate.
    """

    def __init__(self, every: int = 1, keep: int = 5) -> None:
        if every < 1 or keep < 1:
            raise ValueError(f"every and keep must be at least 1, but they are {every} and {keep}")
        self.every, self.keep = every, keep
        self.states: list[dict[str, Array]] = []

    def update(self, epoch: int, validation_loss: float, network: Any) -> bool:
        """Take a snapshot if it is time for one; never asks to stop, so the return is False.

        The arguments are those of ``EarlyStopping.update``, so that a trainer can call either.
        """
        if epoch % self.every == 0:
            state = {name: array.copy() for name, array in network.state().items()}
            self.states = [*self.states, state][-self.keep :]
        return False

    def predict(self, network: Any, x: Array) -> Array:
        """Return the mean probabilities (N, C) of the network's snapshots, for x (N, ...).

        Afterwards the network's state is what it was. ValueError if there is no snapshot yet.
        """
        if not self.states:
            raise ValueError("there is no snapshot yet: call update while the network is trained")
        before = {name: array.copy() for name, array in network.state().items()}
        predictions = []
        try:
            for state in self.states:
                network.load_state(state)
                predictions.append(softmax(network.predict(x)))
        finally:
            network.load_state(before)
        return average_predictions(predictions)


def top_k(scores: Sequence[float], k: int) -> list[int]:
    """Return the places of the k highest validation scores, best first.

    Equal scores stand as they came, those that are not a number (NaN) last.

    Raises
    ------
    ValueError
        If k is less than 1, or more than there are scores.
    """
    if not 1 <= k <= len(scores):
        raise ValueError(f"k must be from 1 to {len(scores)}, but it is {k}")
    worth = [-math.inf if math.isnan(score) else score for score in scores]
    return sorted(range(len(scores)), key=lambda place: -worth[place])[:k]
