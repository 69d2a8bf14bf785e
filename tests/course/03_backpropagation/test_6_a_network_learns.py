"""What page 3.6 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.backpropagation import TwoLayerNet
from solutions.perceptrons import init_network

PAGE = "03_backpropagation/6_a_network_learns"


def test_backprop_is_far_cheaper_than_trying(names: dict[str, Any]) -> None:
    small, wide = names["in_forwards"].values()
    assert names["backprop_speedup"] > 50
    assert 1 < small < 6
    assert 1.5 < wide < 6
    count = 7520 / small
    assert 0.4 * count < names["backprop_speedup"] < 6 * count, "it should follow from the count"
    assert min(names["network_agrees"].values()) > 0.95
    assert names["network_agrees"].keys() == {"W1", "b1", "W2", "b2"}


def test_the_first_loss(names: dict[str, Any]) -> None:
    losses = names["first_losses"]
    assert losses[0.01] == pytest.approx(np.log(10), abs=0.02)
    assert losses[0.1] == pytest.approx(np.log(10), abs=0.3)
    assert losses[1.0] > 10


def test_what_the_first_rung_sees(names: dict[str, Any]) -> None:
    """A forgotten mean, a wrong number of classes, and inputs that are much too large."""
    data, rng = names["data"], np.random.default_rng(names["seed"])
    net = TwoLayerNet(init_network((64, 50, 10), rng, 0.1))
    summed = 100 * net.loss(data.x_train[:100], data.labels_train[:100])
    too_many = TwoLayerNet(init_network((64, 50, 100), rng, 0.1))
    many = too_many.loss(data.x_train, data.labels_train)
    large = net.loss(255 * data.x_train, data.labels_train)
    assert min(abs(loss - np.log(10)) for loss in (summed, many, large)) > 1


def test_a_few_entries_of_every_array(names: dict[str, Any]) -> None:
    assert names["worst_entries"].keys() == {"W1", "b1", "W2", "b2"}
    assert max(names["worst_entries"].values()) < 1e-6


def test_the_second_rung_seldom_raises_a_false_alarm(names: dict[str, Any]) -> None:
    data, alarms = names["data"], 0
    for seed in range(100 * names["seed"], 100 * names["seed"] + 30):
        rng = np.random.default_rng(seed)
        net = TwoLayerNet(init_network((64, 50, 10), rng, 0.1))
        worst = names["compare_entries"](net, data.x_train[:100], data.labels_train[:100], rng)
        alarms += max(worst.values()) > 1e-6
    assert alarms <= 1


def test_twenty_digits_by_heart(names: dict[str, Any]) -> None:
    assert names["loss_by_heart"] < 0.05
    assert names["known_by_heart"] == 1


@pytest.mark.parametrize("learning_rate", [0.2, 1.0])
@pytest.mark.parametrize("hidden", [20, 200])
def test_twenty_digits_by_heart_at_other_rates_and_sizes(
    names: dict[str, Any], hidden: int, learning_rate: float
) -> None:
    data, seed = names["data"], 100 + names["seed"]
    net = TwoLayerNet(init_network((64, hidden, 10), np.random.default_rng(seed), 0.1))
    loss = names["learn_by_heart"](net, data.x_train[:20], data.labels_train[:20], learning_rate)
    assert loss < 0.1


def test_the_network_reads_digits(names: dict[str, Any]) -> None:
    assert names["first_training_loss"] == pytest.approx(np.log(10), abs=0.3)
    assert names["last_losses"] < 0.2
    assert names["train_accuracy"] > 0.97
    assert names["validation_accuracy"] > 0.93
    assert names["test_accuracy"] > 0.93
    after_ten, at_first = names["accuracies"][9], names["accuracies"][0]
    climbed = (after_ten - at_first) / (names["accuracies"][-1] - at_first)
    assert climbed.min() > 0.6, "most of the climb is done in the first ten epochs"


def test_random_labels_can_be_learned_by_heart_and_not_read(names: dict[str, Any]) -> None:
    rng = np.random.default_rng(100 + names["seed"])
    labels = rng.permutation(names["data"].labels_train)
    net = TwoLayerNet(init_network((64, 300, 10), rng, 0.1))
    _, accuracies = names["train_on_digits"](net, rng, epochs=60, labels=labels)
    assert accuracies[-1][0] > 0.4, "far more than guessing, and still rising"
    assert accuracies[-1][1] < 0.2


@pytest.mark.claim("a network with a wrong gradient may learn.")
def test_a_wrong_gradient_still_learns(names: dict[str, Any]) -> None:
    assert names["wrong_accuracy"] > 0.9


@pytest.mark.claim("a network with a wrong gradient may learn.")
def test_each_rung_stops_a_mistake_that_those_below_let_pass(names: dict[str, Any]) -> None:
    assert all(names["climbs"][None][1])
    assert names["lowest"] == {"A": 1, "B": 2, "C": 3, "D": 4}
    assert all(names["climbs"]["B"][1][2:]), "what is wrong with B, the second rung alone sees"
    right, wrong = (names["climbs"][mistake][0][3] for mistake in (None, "B"))
    assert right - wrong < 0.05
    assert names["climbs"]["D"][0][2] < 0.05


def test_the_ladder_at_other_sizes_and_rates(names: dict[str, Any]) -> None:
    hidden, learning_rate = ((20, 0.5), (150, 0.2), (50, 1.0))[names["seed"]]
    for mistake, lowest in {None: None, "A": 1, "B": 2, "C": 3, "D": 4}.items():
        _, passes = names["climb"](100 + names["seed"], mistake, hidden, learning_rate)
        if lowest is None:
            assert all(passes)
        else:
            assert passes.index(False) + 1 == lowest, mistake
        if mistake == "B":
            assert all(passes[2:])


def test_from_zeros_only_the_last_biases_move(names: dict[str, Any]) -> None:
    data = names["data"]
    net = TwoLayerNet(init_network((64, 50, 10), np.random.default_rng(0), 0.0))
    names["learn_by_heart"](net, data.x_train[:20], data.labels_train[:20])
    assert [name for name, param in net.params.items() if param.any()] == ["b2"]


def test_torch_agrees_if_it_is_there(names: dict[str, Any]) -> None:
    pytest.importorskip("torch")
    assert names["torch_difference"] < 1e-12
