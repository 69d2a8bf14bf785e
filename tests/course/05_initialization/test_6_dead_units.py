"""What page 5.6 says of dead units and of the size of steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "05_initialization/6_dead_units"


def dead(names: dict[str, Any], optimizer: str, rate: float, **settings: int) -> tuple[int, float]:
    """Return how many units are dead, and the training accuracy."""
    make = names["GRIDS"][optimizer][0]
    net, _, _ = names["train"](names["seed"], make, rate, **settings)
    reads = (net.predict(names["x"]).argmax(axis=1) == names["labels"]).mean()
    return names["count_dead"](net, names["x"]), float(reads)


def test_nothing_brings_the_unit_back(names: dict[str, Any]) -> None:
    error, gradient = names["unit"][0.0]
    assert gradient == 0
    assert error > 0.9
    assert names["unit"][1.0][0] < 1e-6
    for rate in (0.1, 1.0, 100.0):
        assert names["train_unit"](names["seed"], 0.0, rate, 50)[1] == 0


@pytest.mark.claim("On a batch of 32 more units seem dead than are dead")
def test_a_batch_overstates_the_dead(names: dict[str, Any]) -> None:
    seem = names["seem_dead"]
    assert list(seem.values()) == sorted(seem.values(), reverse=True)
    assert seem[1000] <= 12
    assert 1.7 < seem[32] / seem[1000] < 6
    for rate in (0.03, 0.1, 0.3, 0.7):
        net = names["runs"]["SGD", rate][0]
        on_batches = [names["count_dead"](net, names["x"][k : k + 32]) for k in range(0, 960, 32)]
        assert 1.5 < np.mean(on_batches) / max(1, names["count_dead"](net, names["x"])) < 5.5


@pytest.mark.claim(
    "With SGD it is a cliff: up to the rate 0.3 next to nobody dies, at 1 more than half."
)
def test_with_sgd_it_is_a_cliff(names: dict[str, Any]) -> None:
    after, reads = names["dead_after"], names["accuracy_after"]
    assert all(after["SGD", rate] <= 20 for rate in (0.01, 0.03, 0.1, 0.3))
    assert after["SGD", 1.0] > 105
    assert all(after["SGD", rate] > 165 for rate in (1.5, 3.0))
    assert all(reads["SGD", rate] < 0.5 for rate in (1.0, 1.5, 3.0))
    assert reads["SGD", 0.3] > 0.9


@pytest.mark.claim(
    "With SGD it is a cliff: up to the rate 0.3 next to nobody dies, at 1 more than half."
)
@pytest.mark.parametrize(("steps", "batch_size"), [(100, 32), (500, 32), (200, 64)])
def test_the_cliff_with_other_budgets(names: dict[str, Any], steps: int, batch_size: int) -> None:
    budget = {"steps": steps, "batch_size": batch_size}
    assert dead(names, "SGD", 0.3, **budget)[0] <= 24
    many, reads = dead(names, "SGD", 1.5, **budget)
    assert many > 110
    assert reads < 0.4


@pytest.mark.claim("With Adam it *is* a slope.")
def test_with_adam_it_is_a_slope_and_need_not_hurt(names: dict[str, Any]) -> None:
    after, reads = names["dead_after"], names["accuracy_after"]
    numbers = [after["Adam", rate] for rate in (0.003, 0.01, 0.03, 0.1, 0.3)]
    assert numbers == sorted(numbers)
    assert 60 <= numbers[2] <= 110
    assert reads["Adam", 0.03] > 0.9
    assert numbers[-1] >= 170
    many, reading = dead(names, "Adam", 0.03, steps=400)
    assert many > 60
    assert reading > 0.9


@pytest.mark.claim(
    "In the first layer death is final. In the second it is not: nine in ten of those "
    "that die there come back."
)
@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5, 1.0])
def test_death_is_final_in_the_first_layer(names: dict[str, Any], rate: float) -> None:
    start, died, back = names["deaths_and_returns"](names["seed"], names["SGD"], rate, 300)
    assert start[0] > 0
    assert back[0] == 0
    if 0.2 < rate < 0.8:
        assert start[1] + died[1] >= back[1] >= 0.8 * died[1] > 2


@pytest.mark.claim(
    "In the first layer death is final. In the second it is not: nine in ten of those "
    "that die there come back."
)
def test_units_of_the_first_layer_do_die(names: dict[str, Any]) -> None:
    start, died, back = names["fates"][0.7]
    assert start[0] >= 3
    assert died[1] > died[0] >= 10
    assert back[0] == 0 == names["fates"][0.3][2][0]
    for start, died, back in names["fates"].values():
        assert start[1] + died[1] - back[1] <= max(4, 0.1 * died[1]), "nearly all come back"


@pytest.mark.parametrize(
    ("optimizer", "rate"), [("Adam", 0.003), ("Adam", 0.03), ("Momentum", 0.1)]
)
def test_nor_did_memory_bring_one_back(names: dict[str, Any], optimizer: str, rate: float) -> None:
    _, _, back = names["deaths_and_returns"](names["seed"], names[optimizer], rate, 300)
    assert back[0] == 0


def test_adams_first_ratio(names: dict[str, Any]) -> None:
    for std, rate in ((np.sqrt(2 / 64), 0.001), (0.01, 0.001), (0.3, 0.01)):
        ratio, moved = names["first_adam_ratio"](names["seed"], std, rate)
        assert ratio == pytest.approx(rate / std * np.sqrt(moved), rel=0.02)
        assert 0.75 < moved < 1
    assert 0.08 < names["ratio_small"] < 0.1


@pytest.mark.claim("The ratio is a rate that one can compare")
@pytest.mark.claim("The good values here are from 0.003 to 0.02, *above* the rule.")
def test_the_ratio_can_be_compared(names: dict[str, Any]) -> None:
    assert names["factor_of_rates"] >= 30
    assert names["factor_of_ratios"] < 8
    assert all(0.0025 < ratio < 0.022 for ratio in names["best_ratio"].values())
    assert names["factor_of_ratios"] < names["factor_of_rates"] / 5
    assert len(names["dead_of_fast"]) >= 3
    assert min(names["dead_of_fast"]) > 120
    for name, (_, rates) in names["GRIDS"].items():
        assert rates[0] < names["best_rate"][name] < rates[-1]
        for rate in rates:
            if names["ratio_of"][name, rate] < 1e-4 and rate < names["best_rate"][name]:
                assert names["runs"][name, rate][1] > 1.5, "it hardly moves"
    assert names["ratio_of"]["SGD", 3.0] < 1e-4
    assert names["ratio_of"]["Adam", 0.3] < 0.5 * names["best_ratio"]["Adam"]


@pytest.mark.claim("The ratio is a rate that one can compare")
@pytest.mark.parametrize("steps", [100, 600])
def test_the_ratio_of_the_best_with_other_budgets(names: dict[str, Any], steps: int) -> None:
    found = {}
    for name, rates in {
        "SGD": (0.03, 0.1, 0.3, 0.5),
        "momentum": (0.003, 0.01, 0.03, 0.1),
        "Adam": (0.001, 0.003, 0.01, 0.03),
    }.items():
        make = names["GRIDS"][name][0]
        trained = {rate: names["train"](names["seed"], make, rate, steps) for rate in rates}
        best = min(trained, key=lambda rate: trained[rate][1])
        ratios = trained[best][2][20:]
        found[name] = float(np.exp(np.log(np.median(ratios, axis=0)).mean())), best
    ratios = [ratio for ratio, _ in found.values()]
    rates = [rate for _, rate in found.values()]
    assert max(ratios) / min(ratios) < max(rates) / min(rates) / 3, found
