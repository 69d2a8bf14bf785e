"""What page 7.10 says of fine-tuning: where an old network helps and where not; freezing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from chapter import SEEDS, execute

from solutions.backpropagation import SoftmaxWithLoss
from solutions.optimizers import SGD, Adam

PAGE = "07_regularization/10_fine_tuning"
SCRATCH, HEAD, ALL, FIRST = range(4)


def mean_of_pages(name: str) -> Any:
    return np.mean([execute(PAGE, seed).names[name] for seed in SEEDS], axis=0)


def test_the_old_signals_help_with_the_new_ones(names: dict[str, Any]) -> None:
    read = names["read"]
    assert (np.diff(read) > 0).all(), "more signals, more read"
    assert read[ALL].sum() > read[SCRATCH].sum()
    assert read[FIRST].sum() > read[SCRATCH].sum() + 0.05
    assert read[ALL, -1] > read[HEAD, -1] + 0.01
    assert -0.015 < read[HEAD, 0] - read[ALL, 0] < 0.055


@pytest.mark.claim(
    "On the average over seeds, head first is the best of the four on the signals, or within two "
    "points of the best, at every size."
)
@pytest.mark.usefixtures("every_seed")
def test_the_head_alone_is_ahead_first_and_left_behind_later() -> None:
    read = mean_of_pages("read")
    assert (read[ALL, 1:] > read[SCRATCH, 1:] + 0.003).all()
    assert read[HEAD, 0] > read[SCRATCH, 0] + 0.01
    assert read[HEAD, 0] > read[ALL, 0]
    assert read[HEAD, -1] < read[ALL, -1] - 0.02
    assert read[HEAD, -1] < read[SCRATCH, -1] - 0.01
    assert (read[FIRST] > read.max(axis=0) - 0.02).all()


@pytest.mark.claim(
    "On the average over seeds, head first is the best of the four on the signals, or within two "
    "points of the best, at every size."
)
def test_head_first_is_about_the_best_on_the_average_over_other_seeds() -> None:
    names, read = execute(PAGE, 0).names, []
    for seed in (3, 4, 5):
        drawn = names["mnist1d"](3000, seed=42 + seed)
        old_task, *new = names["split"](
            np.concatenate([drawn.x_train, drawn.x_test]),
            np.concatenate([drawn.labels_train, drawn.labels_test]),
        )
        read.append(
            names["compare"](names["learn_old"](*old_task, seed), *new, (10, 30, 100), seed)
        )
    mean = np.mean(read, axis=0)
    assert (mean[FIRST] > mean.max(axis=0) - 0.02).all()
    assert (mean[FIRST] > mean[SCRATCH] + 0.01).all()
    assert (mean[ALL] > mean[SCRATCH] + 0.01).all(), "some points at each size"
    assert mean[HEAD, -1] < mean[SCRATCH, -1] - 0.01


def at_best(names: dict[str, Any], seed: int, hidden: int = 100, **settings: Any) -> Any:
    """Return what each way reads of the signals, each at the best of three rates."""
    old = names["knows_signals"]
    if hidden != 100:
        old = names["learn_old"](*names["old_task"], seed, hidden)
    task = old, names["new_task"], names["to_test"], (100,)
    return np.max([names["compare"](*task, seed, rate=r, **settings) for r in (0.001, 0.003, 0.01)],
                  axis=0)[:, 0]  # fmt: skip


@pytest.mark.parametrize(
    "settings", [{}, {"hidden": 50}, {"steps": 600}], ids=["other rates", "narrow", "more steps"]
)
def test_with_100_of_each_all_layers_are_ahead_at_the_best_rates(settings: dict[str, Any]) -> None:
    read = at_best(execute(PAGE, 1).names, 7, **settings)
    assert read[ALL] > read[SCRATCH] + 0.005
    assert read[ALL] > read[HEAD] + 0.01


@pytest.mark.claim("With only 5 digits of each class the head alone loses even more.")
def test_the_old_digits_do_not_help_with_the_new_ones(names: dict[str, Any]) -> None:
    all_layers, head_only = names["gains"]
    assert abs(all_layers) < 2
    assert head_only < -1.5
    read = names["digits_read"]
    assert read[HEAD, 0] < read[SCRATCH, 0] - 0.03


def test_a_body_of_random_weights_does_as_well(names: dict[str, Any]) -> None:
    body = names["relu_network"](np.random.default_rng(99), (64, 100, 100, 5))
    read = names["compare"](body, names["new_digits"], names["digits_to_test"], (50,), 5)[HEAD, 0]
    assert read > names["digits_read"][HEAD, 1] - 0.02
    assert read < names["digits_read"][SCRATCH, 1]


def test_nor_do_they_at_other_rates() -> None:
    names = execute(PAGE, 0).names
    task = names["knows_digits"], names["new_digits"], names["digits_to_test"], (50,)
    read = np.max([names["compare"](*task, 5, rate=rate)[:, 0] for rate in (0.001, 0.01)], axis=0)
    assert abs(read[ALL] - read[SCRATCH]) < 0.02
    assert read[HEAD] < read[SCRATCH] - 0.01


@pytest.mark.claim("With only 5 digits of each class the head alone loses even more.")
@pytest.mark.usefixtures("every_seed")
def test_with_only_5_of_each_the_head_loses_more() -> None:
    read = mean_of_pages("digits_read")
    lost = read[SCRATCH] - read[HEAD]
    assert lost[0] > lost[1] + 0.01
    assert read[FIRST, 0] < read[SCRATCH, 0] - 0.005


@pytest.mark.claim("With only 5 digits of each class the head alone loses even more.")
def test_so_it_does_with_each_way_at_its_own_best_rate() -> None:
    names, best = execute(PAGE, 0).names, []
    for seed in (1, 3):
        held = names["digits"](seed=seed)
        old_task, *new = names["split"](
            np.concatenate([held.x_train, held.x_test]),
            np.concatenate([held.labels_train, held.labels_test]),
            most=50,
        )
        old = names["learn_old"](*old_task, seed, steps=500)
        rates = (0.003, 0.01, 0.03)
        read = [names["compare"](old, *new, (5, 50), seed, rate=rate) for rate in rates]
        best.append(np.max(read, axis=0))
    mean = np.mean(best, axis=0)
    lost = mean[SCRATCH] - mean[HEAD]
    assert lost[0] > lost[1] + 0.03 > 0.04


def with_a_larger_head(names: dict[str, Any], factor: float) -> Any:
    """Return the old network of signals with a fresh head, whose weights are so much larger."""
    network = names["relu_network"](np.random.default_rng(5), (40, 100, 100, 5))
    old = names["knows_signals"].state()
    network.load_state(
        network.state() | {name: a for name, a in old.items() if name.startswith(names["BODY"])}
    )
    network.params["affine3.W"][...] *= factor
    return network


@pytest.mark.parametrize(("optimizer", "least"), [(SGD, 3), (Adam, 0.9)], ids=["SGD", "Adam"])
def test_a_larger_head_pushes_the_body_farther_with_sgd_and_not_with_adam(
    names: dict[str, Any], optimizer: Any, least: float
) -> None:
    x, labels = names["new_task"]
    moved = []
    for factor in (0.1, 1.0, 10.0):
        network, loss = with_a_larger_head(names, factor), SoftmaxWithLoss()
        before = network.params["affine1.W"].copy()
        loss.forward(network.forward(x), labels)
        network.backward(loss.backward())
        optimizer(network.params, 0.003).step(network.grads)
        moved.append(np.linalg.norm(network.params["affine1.W"] - before))
    assert min(moved[1] / moved[0], moved[2] / moved[1]) > least
    if optimizer is Adam:
        assert max(moved) < 1.1 * min(moved)


def test_a_head_that_is_ten_times_as_large_costs_about_ten_points(names: dict[str, Any]) -> None:
    (x, labels), (others, true) = names["new_task"], names["to_test"]
    read = []
    for factor, first in ((1.0, False), (10.0, False), (10.0, True)):
        network, rng = with_a_larger_head(names, factor), np.random.default_rng(5)
        if first:
            network.freeze(names["BODY"])
            names["fit"](network, x, labels, rng, 0.003, 150)
            network.unfreeze(names["BODY"])
        names["fit"](network, x, labels, rng, 0.003, 150 if first else 300)
        read.append(names["accuracy"](network.predict(others), true))
    assert 0.05 < read[0] - read[1] < 0.17
    assert read[0] - read[2] > 0.05, "training it first does not mend that"


def test_an_optimizer_made_before_freezing_is_refused(names: dict[str, Any]) -> None:
    assert names["refused"]
    assert set(names["network"].params) == {"affine3.W", "affine3.b"}
    assert sum(array.size for array in names["knows_signals"].params.values()) == 14705
    head = [names["knows_signals"].params[f"affine3.{name}"].size for name in "Wb"]
    assert sum(head) == 505


def test_the_old_network_stays_as_it_is(names: dict[str, Any]) -> None:
    old = names["knows_digits"]
    before = {name: array.copy() for name, array in old.state().items()}
    x, labels = (array[:25] for array in names["new_digits"])
    for way in names["WAYS"]:
        new = names["learn_new"](old, x, labels, way, 0, steps=2)
        same = [np.array_equal(new.params[f"{b}.W"], before[f"{b}.W"]) for b in names["BODY"]
                if f"{b}.W" in new.params]  # fmt: skip
        assert not any(same)
        assert len(same) == (0 if way == "head only" else 2)
    assert all(np.array_equal(old.state()[name], array) for name, array in before.items())


def test_averages_that_move_ruin_a_network_whose_weights_stand_still(names: dict[str, Any]) -> None:
    assert names["before"] > 0.97
    assert names["after"] < 0.8
    assert names["after_freezing"] == names["before"]
