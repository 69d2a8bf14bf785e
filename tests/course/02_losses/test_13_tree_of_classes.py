"""What page 2.13 says of the tree of classes, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "02_losses/13_tree_of_classes"


def test_hierarchical_softmax_is_a_distribution(names: dict[str, Any]) -> None:
    assert names["path_to_5"] == [(1, 1), (3, 0), (6, 1)]
    assert names["path_to_6"] == [(1, 1), (3, 1), (7, 0)]
    assert names["tree_sums"] < 1e-12
    assert names["tree_difference"] < 1e-12
    assert 0.02 < names["greedy_misses"] < 0.4


def test_the_tree_is_faster_for_many_classes_only(names: dict[str, Any]) -> None:
    speedup = names["tree_speedup"]
    assert speedup[8] < 1
    assert speedup[65536] > 3
    assert speedup[65536] > 20 * speedup[128]


@pytest.mark.claim(
    "On these digits a random tree costs accuracy: from five to a dozen points on average, "
    "and more or less of them depending on the order."
)
def test_a_random_tree_costs_accuracy(names: dict[str, Any]) -> None:
    trees, softmax = names["of_trees"], names["of_softmax"]
    assert 0.8 < softmax < 0.9
    assert trees.mean() < softmax - 0.04
    assert np.ptp(trees) > 0.06
    assert np.sum(trees > softmax) <= 2
    assert 0.04 < softmax - trees.mean() < 0.13, "from five to a dozen points"


@pytest.mark.parametrize(("epochs", "first"), [(5, 20), (80, 30)])
def test_a_random_tree_costs_accuracy_after_other_epochs(
    names: dict[str, Any], epochs: int, first: int
) -> None:
    orders = [np.random.default_rng(first + k).permutation(10) for k in range(12)]
    trees = np.array([names["accuracy_of_order"](order, epochs) for order in orders])
    x, labels = names["x_validation"], names["labels_validation"]

    def with_softmax(rate: float) -> float:
        slopes = names["softmax_slopes"]
        W = names["train"](slopes, 10, names["labels_train"], rate, epochs)
        return names["accuracy"](x @ W, labels)

    assert trees.mean() < max(with_softmax(rate) for rate in (1, 3, 10, 30)) - 0.03
    assert np.ptp(trees) > 0.04


def test_like_digits_should_be_neighbours(names: dict[str, Any]) -> None:
    x, labels = names["x_train"], names["labels_train"]
    means = np.stack([x[labels == c].mean(axis=0) for c in range(10)])
    distance = ((means[:, None] - means) ** 2).sum(axis=2)

    def accuracies(sign: int) -> list[float]:
        left, pairs = list(range(10)), []
        while left:  # the nearest (or farthest) two that are left become neighbours
            a, b = min(
                ((a, b) for a in left for b in left if a < b),
                key=lambda pair: sign * distance[pair],
            )
            pairs.append((a, b))
            left = [c for c in left if c not in (a, b)]
        found = []
        for k in range(5):
            leaf_of = np.zeros(10, dtype=int)
            order = np.random.default_rng(k).permutation(5)
            leaf_of[np.array(pairs)[order].ravel()] = np.arange(10)
            found.append(names["accuracy_of_order"](leaf_of, epochs=10))
        return found

    assert np.mean(accuracies(1)) > np.mean(accuracies(-1)) + 0.01


def test_the_slopes_of_a_fork_are_those_of_its_unit(names: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    x, W, leaves = rng.normal(size=(7, 17)), rng.normal(size=(17, 9)), rng.integers(0, 10, size=7)

    def loss(scores: np.ndarray) -> float:
        tree = names["HierarchicalSoftmax"](np.eye(9), np.zeros(9))
        return -float(tree.log_probability(scores, leaves).sum())

    measured, scores = np.zeros((7, 9)), x @ W
    for index in np.ndindex(measured.shape):
        step = np.zeros((7, 9))
        step[index] = 1e-5
        measured[index] = (loss(scores + step) - loss(scores - step)) / 2e-5
    np.testing.assert_allclose(names["tree_slopes"](scores, leaves), measured, atol=1e-7)
