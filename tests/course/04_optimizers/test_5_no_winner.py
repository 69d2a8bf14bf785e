"""What page 4.5 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions import optimizers

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


@pytest.mark.claim(
    "Which of the two you see, stuck or diverging, depends on the loss, and with the "
    "squared error on the rate."
)
@pytest.mark.claim(
    "From rate 2 to rate 5, with mini-batches of 32, this network gets stuck at log 10."
)
def test_from_rate_2_to_5_it_is_stuck_at_log_c(names: dict[str, Any]) -> None:
    for rate in (2.0, 4.0, 5.0):
        for steps in (100, 600):
            net, losses = names["curve"](names["seed"], rate, steps=steps)
            assert names["loss_on_all"](net) == pytest.approx(np.log(10), abs=0.15), rate
            assert np.isfinite(losses).all()
            assert names["units_alive"](net) <= 5


@pytest.mark.claim(
    "Which of the two you see, stuck or diverging, depends on the loss, and with the "
    "squared error on the rate."
)
def test_the_squared_error_diverges_where_the_cross_entropy_is_stuck(names: dict[str, Any]) -> None:
    assert names["growth"] == pytest.approx(4, rel=1e-6)
    for rate in (3.0, 4.0, 5.0):
        squared = {"loss": names["SquaredLoss"](), "targets": names["one_hot"]}
        _, losses = names["curve"](names["seed"], rate, steps=80, **squared)
        assert (losses[-1] / losses[-21]) ** (1 / 20) == pytest.approx((rate - 1) ** 2, rel=1e-4)
    assert names["squared_at_1"][-20:].mean() == pytest.approx(0.45, abs=0.05)
    assert names["units_alive"](names["squared_net"]) <= 3
    for rate in (1.2, 1.5, 1.8):
        net, losses = names["curve"](names["seed"], rate, steps=300, **squared)
        assert 0.4 < losses[-50:].mean() < 1.5, "below the limit of the bias it is stuck"
        assert names["units_alive"](net) <= 3


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
        found = names["range_test"](names["seed"], names["SGD"], lowest, 100.0, steps)
        assert 0.2 < names["turning_rate"](*found) < 2, (lowest, steps)


@pytest.mark.claim("But a third of it is a good rate to begin with")
def test_a_third_of_it_is_a_rate_to_begin_with(names: dict[str, Any]) -> None:
    seed, makers = names["seed"], names["makers"]
    for name in makers:
        third = names["turning_rate"](*names["range_test"](seed, makers[name])) / 3
        first = names["final_loss"](seed, makers[name], third)
        assert first < 3 * names["best_loss"][name], name
    at = names["momentum_at"]
    assert at[1] > 1.5 * at[1 / 3], "the turn itself is too large for momentum"


@pytest.mark.claim("But a third of it is a good rate to begin with")
def test_a_third_of_it_at_seven_other_seeds(names: dict[str, Any]) -> None:
    if names["seed"]:
        pytest.skip("these are the same seven seeds")
    lowest_of_all = []
    for name, rates in (("Adam", (0.01, 0.03, 0.1)), ("SGD", (0.3, 1.0))):
        make = names["makers"][name]
        for seed in range(3, 10):
            found = names["range_test"](seed, make)
            best = min(names["final_loss"](seed, make, rate) for rate in rates)
            third = names["final_loss"](seed, make, names["turning_rate"](*found) / 3)
            assert third < 3 * best, (name, seed)
            if name == "Adam":
                beyond = names["final_loss"](seed, make, found[0][found[1].argmin()] / 3)
                lowest_of_all.append(beyond / best)
    assert max(lowest_of_all) > 5, "the lowest loss of the whole run may lie beyond the wall"


@pytest.mark.claim("But a third of it is a good rate to begin with")
@pytest.mark.parametrize(("steps", "batch_size"), [(100, 32), (250, 32), (150, 64)])
def test_a_third_of_it_with_other_budgets(
    names: dict[str, Any], steps: int, batch_size: int
) -> None:
    seed, makers = names["seed"], names["makers"]
    for name in ("SGD", "Adam"):
        third = names["turning_rate"](*names["range_test"](seed, makers[name])) / 3
        tried = [third, *(third * np.array([0.1, 0.3, 3, 10]))]
        ends = [names["final_loss"](seed, makers[name], r, steps, batch_size) for r in tried]
        assert ends[0] < 3 * min(ends), (name, ends)


@pytest.mark.claim("A comparison at one rate measures for whom this rate is good.")
def test_the_rate_chooses_the_winner(names: dict[str, Any]) -> None:
    winner = names["winner_at"]
    assert winner[0.01] in ("RMSProp", "Adam")
    assert winner[0.3] in ("Nesterov", "SGD")
    assert len(set(winner.values())) >= 4
    assert names["spread_at_001"] > 8
    assert 1.5 < names["spread_at_best"] < 4 < names["spread_at_001"] / 2


def test_after_600_steps_both_factors_are_larger(names: dict[str, Any]) -> None:
    makers, seed, run = names["makers"], names["seed"], names["final_loss"]
    at_001 = [run(seed, make, 0.01, 600) for make in makers.values()]
    best = [
        min(run(seed, makers[name], names["best_rate"][name] * k, 600) for k in (1, 3))
        for name in makers
    ]
    assert max(best) / min(best) > names["spread_at_best"]
    assert max(at_001) / min(at_001) > names["spread_at_001"]
    assert max(at_001) / min(at_001) > 1.5 * max(best) / min(best)


def test_a_finer_grid_gains_a_factor(names: dict[str, Any]) -> None:
    if names["seed"]:
        pytest.skip("these are the same two seeds")
    for seed, name in ((0, "SGD"), (1, "Nesterov")):
        make, run = names["makers"][name], names["final_loss"]
        coarse, fine = (
            min(run(seed, make, rate) for rate in rates)
            for rates in ((0.1, 0.3, 1.0), (0.2154, 0.4642, 0.6813))
        )
        assert coarse > 1.5 * fine, name


@pytest.mark.claim("A comparison at one rate measures for whom this rate is good.")
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


@pytest.mark.claim("Every optimizer has a range of good rates, and outside of it none works")
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
        assert 2.9 < rate["SGD"] / rate[adaptive] < 101


@pytest.mark.claim("An optimizer that treats every number by itself depends on the coordinates.")
def test_what_treats_every_number_by_itself_notices_a_turn(names: dict[str, Any]) -> None:
    rng = np.random.default_rng(names["seed"])
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    start, bowl = rng.normal(size=4), np.diag([0.05, 0.3, 1.0, 2.0])

    def path(name: str, of: np.ndarray, place: np.ndarray) -> np.ndarray:
        params = {"x": place.copy()}
        optimizer, places = getattr(optimizers, name)(params, 0.05), []
        for _ in range(20):
            optimizer.step({"x": of @ params["x"]})
            places.append(params["x"].copy())
        return np.array(places)

    for name in ("SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam", "AdamW", "Rprop"):
        turned = path(name, turn @ bowl @ turn.T, turn @ start) @ turn  # turned back again
        apart = np.abs(turned - path(name, bowl, start)).max()
        assert (apart > 1e-3) == (name not in ("SGD", "Momentum", "Nesterov")), (name, apart)
        assert apart > 1e-3 or apart < 1e-9


def test_the_turned_bowl(names: dict[str, Any]) -> None:
    steps = names["on_bowl"]
    assert names["first_upright"] == "AdaGrad"
    assert names["first_turned"] == "Nesterov"
    assert steps["AdaGrad"][0] < 10 < 40 < steps["AdaGrad"][1]
    for name in ("SGD", "Momentum", "Nesterov"):
        assert steps[name][0] == steps[name][1] < 150
    assert steps["AdaGrad"][1] > steps["SGD"][1] > steps["Nesterov"][1]
    assert min(steps[name][0] for name in steps if name != "AdaGrad") > 8 * steps["AdaGrad"][0]
    assert abs(steps["Adam"][0] - steps["Adam"][1]) < 8, "it seems not to notice the turn"
    assert names["light_adam"][1] > 2 * names["light_adam"][0], "with a lighter average it does"
    assert names["light"] < min(turned for _, turned in steps.values())
    assert names["fine"]["SGD"] == names["fine"]["Nesterov"]


@pytest.mark.claim("An optimizer that treats every number by itself depends on the coordinates.")
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
