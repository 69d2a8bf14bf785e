"""What page 9.1 says of design: a baseline, luck in choosing, one change at a time, an account."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from chapter import execute

PAGE = "09_project/1_design"


def test_the_baseline_learns_its_signals_and_reads_few_others(names: dict[str, Any]) -> None:
    assert min(names["shares"]) > 0.3
    assert max(names["shares"]) < 0.55
    assert names["share_known"] > 0.8


@pytest.mark.claim("Nobody has trained on these 100 signals, and still they tell too much")
def test_the_best_of_many_is_claimed_too_good(names: dict[str, Any]) -> None:
    excess = names["excess"]
    assert excess[1] > 2
    assert excess[0] > excess[1] > excess[2] > excess[3]


@pytest.mark.claim("Nobody has trained on these 100 signals, and still they tell too much")
def test_so_it_is_for_networks_that_are_all_alike() -> None:
    """Whatever they read: that is luck alone."""
    rng = np.random.default_rng(0)
    too_much = execute(PAGE, 0).names["claimed_too_much"]
    for share in (0.3, 0.6, 0.9):
        right = rng.random((8, 2000)) < share
        assert too_much(right, 50, rng) > too_much(right, 500, rng) > 0


@pytest.mark.claim(
    "Twice as many units cost three times as many weights, and gain a few points at the most."
)
def test_convolutions_gain_more_than_width(names: dict[str, Any]) -> None:
    baseline, wider, convolutions = (
        np.mean(names["found"][name]) for name in ("baseline", "wider", "convolutions")
    )
    assert names["better"] == "convolutions"
    assert convolutions > wider + 0.03
    assert wider < baseline + 0.08


@pytest.mark.parametrize("rate", [0.005, 0.02])
@pytest.mark.parametrize("units", [50, 300])
def test_no_width_and_no_rate_comes_up_to_them(rate: float, units: int) -> None:
    names = execute(PAGE, 0).names
    make = names["fully_connected"]
    shares = names["shares_of"](lambda rng: make(rng, units), rate, trainings=1)
    assert np.mean(shares) < np.mean(names["found"]["convolutions"]) - 0.03


@pytest.mark.claim(
    "Twice as many units cost three times as many weights, and gain a few points at the most."
)
@pytest.mark.parametrize("name", ["baseline", "wider", "convolutions"])
def test_each_design_is_trained_at_its_own_rate(name: str) -> None:
    names = execute(PAGE, 0).names
    make, rate = names["designs"][name]
    own, *others = (
        np.mean(names["shares_of"](make, one)) for one in (rate, rate / 3, rate / 2, 2 * rate)
    )
    assert own > max(others) - 0.025
    assert own > others[0] + 0.02, "a third of it is too small"


def test_networks_with_a_mistake_learn_too() -> None:
    """A page cannot conclude from learning that all is right: here biases walk uphill."""
    names = execute(PAGE, 0).names
    rng = np.random.default_rng(3)
    network = names["fully_connected"](rng)
    loss, optimizer = names["SoftmaxWithLoss"](), names["Adam"](network.params)
    for _ in range(200):
        rows = rng.integers(1000, size=50)
        loss.forward(network.forward(names["x"][rows]), names["labels"][rows])
        network.backward(loss.backward())
        wrong = {n: -g if n.endswith("b") else g for n, g in network.grads.items()}
        optimizer.step(wrong)
    assert names["is_read"](network, names["fresh"]).mean() > 0.25


@pytest.mark.claim(
    "Twice as many units cost three times as many weights, and gain a few points at the most."
)
def test_the_accounts_are_as_the_page_says(names: dict[str, Any]) -> None:
    accounts = names["accounts"]
    (base, base_bytes), (wide, _), (few, few_bytes) = accounts.values()
    assert 3 < wide / base < 3.5
    assert 5.5 < base / few < 6.5
    assert 0.8 < few_bytes / base_bytes < 1.25
