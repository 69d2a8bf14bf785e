"""Chapter 7's laboratory: few digits, many wrong labels, and a network that can learn them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from solutions.arrays import Array
from solutions.backpropagation import Affine, ReLU, SoftmaxWithLoss
from solutions.data import digits
from solutions.initialization import he
from solutions.layer import Layer
from solutions.optimizers import Adam, Network, Regularizer, Trainer, Watcher


class Laboratory(NamedTuple):
    """What is trained on, and what is looked at."""

    x: Array  #: (N, 64)
    labels: Array  #: (N,), a share of them drawn at random
    true_labels: Array  #: (N,), as they were before
    validation: tuple[Array, Array]  #: 848 digits and their labels, all as they should be
    test: tuple[Array, Array]  #: 449 more, as they should be


def noisy_digits(seed: int, count: int = 500, share: float = 0.3) -> Laboratory:
    """Return digits to train on, a share of whose labels is drawn anew from all ten classes."""
    rng, held = np.random.default_rng(seed), digits(seed=seed)
    true_labels = held.labels_train[:count]
    drawn = rng.random(count) < share
    labels = np.where(drawn, rng.integers(10, size=count), true_labels)
    return Laboratory(
        held.x_train[:count],
        labels,
        true_labels,
        (held.x_train[500:], held.labels_train[500:]),
        (held.x_test, held.labels_test),
    )


def relu_network(
    rng: np.random.Generator,
    sizes: Sequence[int] = (64, 100, 100, 10),
    behind: Callable[[], Layer] | None = None,
) -> Network:
    """Return a network of ReLU units; ``behind`` makes a layer for behind each hidden one."""
    layers: list[Layer] = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [Affine(he((fan_in, fan_out), rng), np.zeros(fan_out)), ReLU()]
        layers += [] if behind is None else [behind()]
    return Network(layers[: -1 if behind is None else -2])  # the last layer gives logits


def train(
    lab: Laboratory,
    network: Network,
    rng: np.random.Generator,
    rate: float = 0.003,
    epochs: int = 40,
    regularizers: Sequence[Regularizer] = (),
    watchers: Sequence[Watcher] = (),
) -> Trainer:
    """Train with Adam, and return the trainer: it has the network and the history."""
    trainer = Trainer(
        network,
        SoftmaxWithLoss(),
        Adam(network.params, rate),
        rng,
        regularizers=regularizers,
        watchers=watchers,
        progress=False,
    )
    trainer.fit(lab.x, lab.labels, epochs, validation=lab.validation)
    return trainer
