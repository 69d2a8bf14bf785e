"""What page 4.5 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "04_optimizers/5_no_winner"


def test_four_rates_make_four_curves(names: dict[str, Any]) -> None:
    ends, alive = names["loss_at_end"], names["alive"]
    assert max(ends[0.3], ends[1.0]) < 0.4 < 1 < ends[0.01] < ends[3.0]
    assert ends[3.0] == pytest.approx(np.log(10), abs=0.1)
    assert alive[3.0] <= 2 < 8 < alive[1.0] < alive[0.3] - 5
    assert alive[0.3] == alive[0.01]
    slow = names["four"][0.01][1]
    assert slow[-20:].mean() < slow[-60:-40].mean() - 0.05, "it is still falling"
    assert names["jitter"][1.0] > 1.8 * names["jitter"][0.3]


@pytest.mark.parametrize("steps", [150, 600])
def test_a_high_rate_leaps_and_kills_whatever_the_patience(
    names: dict[str, Any], steps: int
) -> None:
    good, high = (names["curve"](names["seed"], rate, steps=steps) for rate in (0.3, 1.0))
    assert np.diff(high[1]).std() > 1.5 * np.diff(good[1]).std()
    assert names["units_alive"](high[0]) < names["units_alive"](good[0]) - 3
    assert names["loss_on_all"](high[0]) < 1, "it learns all the same"


def test_from_rate_2_to_5_it_is_stuck_at_log_c(names: dict[str, Any]) -> None:
    for rate in (2.0, 4.0, 5.0):
        for steps in (100, 600):
            net, losses = names["curve"](names["seed"], rate, steps=steps)
            assert names["loss_on_all"](net) == pytest.approx(np.log(10), abs=0.15), rate
            assert np.isfinite(losses).all()
            assert names["units_alive"](net) <= 5


def test_the_squared_error_diverges_where_the_cross_entropy_is_stuck(names: dict[str, Any]) -> None:
    assert names["growth"] == pytest.approx(4, rel=1e-6)
    for rate in (3.0, 4.0, 5.0):
        squared = {"loss": names["SquaredLoss"](), "targets": names["one_hot"]}
        _, losses = names["curve"](names["seed"], rate, steps=80, **squared)
        assert (losses[-1] / losses[-21]) ** (1 / 20) == pytest.approx((rate - 1) ** 2, rel=1e-4)


def test_the_sweep_has_a_cliff_on_its_right(names: dict[str, Any]) -> None:
    losses, rates, best = names["sweep"], names["sweep_rates"], names["sweep"].min()
    assert 0.2 < names["swept_best"] <= 1
    assert losses[rates > 2.1].min() > 2.2, "to the right there is nothing but guessing"
    assert losses[0] > 2 > losses[4]
    assert (np.diff(losses[: losses.argmin()]) < 0.05).all(), "on the left it falls steadily"
    assert best < 0.25
    seed, run = names["seed"], names["final_loss"]
    for steps, batch_size in ((75, 32), (300, 32), (150, 100)):
        results = [run(seed, names["SGD"], r, steps, batch_size) for r in (0.03, 0.3, 3.0)]
        assert results[1] < results[0] < results[2], (steps, batch_size)
        assert results[2] > 2.2


def test_the_range_test_finds_the_cliff(names: dict[str, Any]) -> None:
    cliff = names["sweep_rates"][names["sweep_rates"] > names["swept_best"]]
    assert 0.2 * cliff[-1] > names["lowest_at"] > 0.2
    assert names["tested"][-1] > 2 * names["tested"].min()
    assert names["loss_at_a_third"] < 3 * names["sweep"].min()
    for lowest, steps in ((1e-5, 150), (1e-3, 100), (1e-4, 240)):
        rates, losses = names["range_test"](names["seed"], names["SGD"], lowest, 100.0, steps)
        assert 0.2 < rates[losses.argmin()] < 2, (lowest, steps)


def test_a_third_of_it_is_a_rate_to_begin_with(names: dict[str, Any]) -> None:
    seed, makers = names["seed"], names["makers"]
    for name in makers:
        rates, losses = names["range_test"](seed, makers[name])
        first = names["final_loss"](seed, makers[name], rates[losses.argmin()] / 3)
        assert first < 3 * names["best_loss"][name], name


@pytest.mark.parametrize(("steps", "batch_size"), [(100, 32), (250, 32), (150, 64)])
def test_a_third_of_it_with_other_budgets(
    names: dict[str, Any], steps: int, batch_size: int
) -> None:
    seed, makers = names["seed"], names["makers"]
    for name in ("SGD", "Adam"):
        rates, losses = names["range_test"](seed, makers[name])
        third = rates[losses.argmin()] / 3
        tried = [third, *(third * np.array([0.1, 0.3, 3, 10]))]
        ends = [names["final_loss"](seed, makers[name], r, steps, batch_size) for r in tried]
        assert ends[0] < 3 * min(ends), (name, ends)


def test_the_rate_chooses_the_winner(names: dict[str, Any]) -> None:
    winner = names["winner_at"]
    assert winner[0.01] in ("RMSProp", "Adam")
    assert winner[0.3] in ("Nesterov", "SGD")
    assert len(set(winner.values())) >= 4
    assert names["spread_at_001"] > 8
    assert names["spread_at_best"] < 4 < names["spread_at_001"] / 2


@pytest.mark.parametrize(("steps", "batch_size"), [(75, 32), (250, 32), (150, 16), (150, 100)])
def test_the_winner_at_one_rate_is_another_at_others(
    names: dict[str, Any], steps: int, batch_size: int
) -> None:
    def losses(rate: float) -> dict[str, float]:
        return {
            name: names["final_loss"](names["seed"], make, rate, steps, batch_size)
            for name, make in names["makers"].items()
        }

    low, high = losses(0.003), losses(0.3)
    assert min(low, key=low.get) in ("RMSProp", "Adam")
    assert min(high, key=high.get) in ("Nesterov", "SGD", "AdaGrad")
    assert high["Adam"] > 3 * min(high.values())
    assert low["SGD"] > 2 * low["Adam"]


def test_every_row_has_its_range(names: dict[str, Any]) -> None:
    table, grid = names["table"], names["grid"]
    for name, row in zip(names["makers"], table, strict=True):
        best = row.argmin()
        assert 0 < best < len(grid) - 1, "the best rate stands inside the grid"
        for far in (best - 3, best + 3):
            if 0 <= far < len(row):
                assert row[far] > 4 * row[best], (name, grid[far])
    rate = names["best_rate"]
    for adaptive in ("Adam", "RMSProp"):
        assert 3 <= rate["SGD"] / rate[adaptive] <= 100


def test_the_turned_bowl(names: dict[str, Any]) -> None:
    steps = names["on_bowl"]
    assert names["first_upright"] == "AdaGrad"
    assert names["first_turned"] == "Nesterov"
    assert steps["AdaGrad"][0] < 10 < 40 < steps["AdaGrad"][1]
    for name in ("SGD", "Momentum", "Nesterov"):
        assert steps[name][0] == steps[name][1] < 150
    assert steps["AdaGrad"][1] > steps["SGD"][1] > steps["Nesterov"][1]


@pytest.mark.parametrize("start", [(-4.0, 4.0), (-2.0, 7.0), (3.0, -2.0)])
@pytest.mark.parametrize("curvatures", [(0.1, 2.0), (0.05, 2.0)])
def test_the_turned_bowl_from_other_places(
    names: dict[str, Any], start: tuple[float, float], curvatures: tuple[float, float]
) -> None:
    if names["seed"]:
        pytest.skip("nothing here is random")
    best, makers = names["best_on_bowl"], names["makers"]
    shape = {"curvatures": curvatures, "start": start}
    for name in ("SGD", "Momentum", "Nesterov"):
        assert best(makers[name], 0, **shape) == best(makers[name], 30, **shape)
    upright, turned = (best(makers["AdaGrad"], degrees, **shape) for degrees in (0, 45))
    assert upright < best(makers["Nesterov"], 0, **shape)
    assert turned > 5 * upright
    assert turned > best(makers["SGD"], 45, **shape)
