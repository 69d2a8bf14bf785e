"""Ensembles, several models whose predictions are averaged.

The models may be one architecture from several seeds, the best of a search or a cross-validation,
or one network at several moments of its training.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from solutions.arrays import Array
from solutions.hyperparameters import whole
from solutions.losses import cross_entropy
from solutions.optimizers import Network, check_state, host_copies
from solutions.perceptrons import softmax
from solutions.predictions import check_alike


@runtime_checkable
class Classifier(Protocol):
    """What can be a member of an ensemble, such as a network."""

    def predict(self, x: Array) -> Array:
        """Return logits (N, C) for x (N, ...), in test mode."""


def average_predictions(predictions: Sequence[Array]) -> Array:
    """Return the mean of several models' probabilities.

    Parameters
    ----------
    predictions : sequence of arrays (N, C)
        Probabilities of the same samples, one array per model. (The mean of logits is another
        thing: one model that exaggerates would decide alone.)

    Returns
    -------
    array (N, C)

    Raises
    ------
    ValueError
        If there are none, or their shapes differ.
    """
    check_alike(predictions)
    return sum(predictions) / len(predictions)


def ensemble_gain(predictions: Sequence[Array], labels: Array) -> float:
    """Return by how much the models' cross-entropy, on the average, is above that of their mean.

    Parameters
    ----------
    predictions : sequence of arrays (N, C)
        Probabilities of the same samples, one array per model.
    labels : array (N,) or (N, C)
        Class numbers, or one-hot rows.

    References
    ----------
    Krogh and Vedelsby (1995), Neural network ensembles, cross validation, and active learning,
    for the squared error, where it is the variance among the models.
    """
    of_the_mean = cross_entropy(average_predictions(predictions), labels)
    losses = [cross_entropy(prediction, labels) for prediction in predictions]
    return sum(losses) / len(losses) - of_the_mean


class Ensemble:
    """Several classifiers that vote with their probabilities.

    Parameters
    ----------
    networks : sequence of Classifier

    Raises
    ------
    ValueError
        If there is none.
    TypeError
        If one of them has no ``predict``, or is a class.

    References
    ----------
    Hansen and Salamon (1990), Neural network ensembles.
    """

    def __init__(self, networks: Sequence[Classifier]) -> None:
        if not isinstance(networks, Sequence):
            raise TypeError("networks must be a list, even of one")
        if not networks:
            raise ValueError("networks is empty: an ensemble needs at least one")
        for place, network in enumerate(networks):
            if isinstance(network, type) or not isinstance(network, Classifier):
                raise TypeError(f"networks[{place}] has no method predict(x): {network!r}")
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
        self.every = whole("every", every, at_least=1)
        self.keep = whole("keep", keep, at_least=1)
        self.states: list[dict[str, Array]] = []

    def end_epoch(self, epoch: int, validation_loss: float, network: Network) -> bool:
        """Take a snapshot if it is time for one, to the host's memory; return False: go on."""
        if epoch % self.every == 0:
            self.states = [*self.states, host_copies(network.state())][-self.keep :]
        return False

    def predict(self, network: Network, x: Array) -> Array:
        """Return the mean probabilities (N, C) of the network's snapshots, for x (N, ...).

        Afterwards the network's state is what it was. ValueError if there is no snapshot yet.
        """
        if not self.states:
            raise ValueError(
                "there is no snapshot yet: a trainer takes them, as one of its watchers"
            )
        before = host_copies(network.state())
        predictions = []
        try:
            for state in self.states:
                network.load_state(state)
                predictions.append(softmax(network.predict(x)))
        finally:
            network.load_state(before)
        return average_predictions(predictions)

    def state(self) -> dict[str, Array]:
        """Return the snapshots, for a checkpoint."""
        count = {"count": np.array(len(self.states))}
        return count | {
            f"{place}.{name}": array
            for place, state in enumerate(self.states)
            for name, array in state.items()
        }

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Go on from what ``state`` returned; ValueError, and no change, if it is another's."""
        own = {"count": np.array(0)}
        counted = check_state({name: a for name, a in state.items() if name in own}, own)
        states = [
            {name.removeprefix(f"{k}."): a for name, a in state.items() if name.startswith(f"{k}.")}
            for k in range(counted["count"].item())
        ]
        if not all(states) or len(state) != 1 + sum(len(snapshot) for snapshot in states):
            raise ValueError(f"it has not the {len(states)} snapshots that it counts")
        self.states = [host_copies(snapshot) for snapshot in states]


def top_k(scores: Sequence[float], k: int) -> list[int]:
    """Return the places of the k highest validation scores, best first.

    Equal scores stand as they came, those that are not a number (NaN) last.

    Raises
    ------
    ValueError
        If k is less than 1, or more than there are scores.
    """
    if not 1 <= whole("k", k, at_least=0) <= len(scores):
        raise ValueError(f"k must be from 1 to {len(scores)}, but it is {k}")
    worth = [-math.inf if math.isnan(score) else score for score in scores]
    return sorted(range(len(scores)), key=lambda place: -worth[place])[:k]
