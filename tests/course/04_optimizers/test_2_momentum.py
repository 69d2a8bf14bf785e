"""What page 4.2 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from chapter import SEEDS, execute

PAGE = "04_optimizers/2_momentum"


@pytest.mark.claim(
    "Two runs at the same rate, with and without momentum, compare two step sizes as much "
    "as two rules."
)
def test_in_the_long_run_a_step_is_longer_by_one_over_one_minus_alpha(
    names: dict[str, Any],
) -> None:
    assert names["lengths"][-1] == pytest.approx(10, rel=1e-6)
    assert names["nine_tenths"] == 22
    for rule in (names["Momentum"], names["Nesterov"]):
        for alpha in (0.3, 0.8, 0.95):
            steps = names["steps_on_a_slope"](lambda p, a=alpha, r=rule: r(p, 0.2, momentum=a), 900)
            assert steps[-1] == pytest.approx(0.2 / (1 - alpha), rel=1e-6)


def test_the_two_forms_differ_where_the_rate_changes(names: dict[str, Any]) -> None:
    assert names["classical"].sum() == pytest.approx(4.71)
    assert sum(names["pytorch"]) == pytest.approx(3.171)
    assert names["classical"][2] > 5 * names["pytorch"][2]


@pytest.mark.claim("a flat floor")
def test_the_floor_is_flat(names: dict[str, Any]) -> None:
    factor = names["factor"]
    for alpha in (0.1, 0.4, 0.75, 0.9, 0.99):
        low, high = (1 - alpha**0.5) ** 2, (1 + alpha**0.5) ** 2
        for product in np.geomspace(1.001 * low, 0.999 * high, 20):
            assert factor(product, alpha) == pytest.approx(alpha**0.5, rel=1e-6)
        assert min(factor(0.7 * low, alpha), factor(1.05 * high, alpha)) > alpha**0.5 + 1e-4


@pytest.mark.claim(
    "With its best setting momentum needs a number of steps that grows about like the root "
    "of the condition number."
)
def test_steps_grow_like_the_root_of_the_condition_number(names: dict[str, Any]) -> None:
    steps, of = names["steps_at"], names["steps_to"]
    assert 9 < steps[2000] / steps[20] < 15
    for share, most in ((0.1, 16), (1e-4, 14), (1e-8, 13)):
        assert 8 < of(share, 2000) / of(share, 20) < most
        assert 8 < of(share, 10000) / of(share, 100) < most


def test_the_limits_of_the_three_rules(names: dict[str, Any]) -> None:
    assert list(names["limits"].values()) == pytest.approx([1.0, 1.9, 1.9 / 2.8], rel=0.01)
    for alpha in (0.3, 0.7):
        for rule, limit in (("Momentum", 1 + alpha), ("Nesterov", (1 + alpha) / (1 + 2 * alpha))):
            make = names[rule]
            for share in (0.98, 1.02):
                away = names["runs_away"](
                    lambda p, rate, make=make, a=alpha: make(p, rate, momentum=a), share * limit
                )
                assert away == (share > 1)


def test_nesterov_of_the_reference_is_the_look_ahead_form(names: dict[str, Any]) -> None:
    """The array holds the point ahead: the same path, seen at other points."""
    rng = np.random.default_rng(names["seed"])
    for _ in range(3):
        rate, alpha = rng.uniform(0.05, 0.5), rng.uniform(0.2, 0.9)
        x, v = names["START"].copy(), np.zeros(2)
        params = {"x": x.copy()}
        optimizer = names["Nesterov"](params, rate, momentum=alpha)
        for _ in range(20):
            optimizer.step({"x": names["CURVATURES"] * params["x"]})
            v = alpha * v - rate * names["CURVATURES"] * (x + alpha * v)
            x = x + v
            np.testing.assert_allclose(params["x"], x + alpha * v, atol=1e-10)


def test_the_best_momentum_depends_on_the_bowl(names: dict[str, Any]) -> None:
    best, maps = names["best"], names["maps"]
    for rule in ("momentum", "Nesterov"):
        assert best[rule, 20][1] < best[rule, 400][1] - 0.1
        for kappa in (20, 400):
            assert best[rule, kappa][0] < maps[rule, kappa][0].min() / 2.5, "than without"
        heavy = np.abs(names["momenta"] - 0.9).argmin()
        assert maps[rule, 20][heavy].min() > 2 * best[rule, 20][0], "0.9 is too heavy"
    assert best["momentum", 20][1] == pytest.approx(0.4, abs=0.15)
    assert best["momentum", 400][1] == pytest.approx(0.82, abs=0.1)


@pytest.mark.parametrize("start", [(-7.0, 2.0), (3.0, 3.0), (-10.0, 0.3)])
@pytest.mark.parametrize("goal", [1e-2, 1e-5])
def test_the_same_from_other_places_and_to_other_goals(
    names: dict[str, Any], start: tuple[float, float], goal: float
) -> None:
    if names["seed"]:
        return  # nothing is drawn here
    rates, momenta = np.geomspace(0.02, 3.0, 50), np.array([0, 0.4, 0.5, 0.6, 0.7, 0.9])
    for rule in ("momentum", "Nesterov"):
        steps = names["steps_needed"](rule, 20, rates, momenta, 600, np.array(start), goal)
        fewest = steps.min(axis=1)
        assert fewest.argmin() not in (0, 5)
        assert fewest[5] > 1.5 * fewest.min(), "0.9 is too heavy for κ = 20"
        assert fewest[0] > 1.5 * fewest.min()


def test_above_the_band_only_the_long_run_step_counts(names: dict[str, Any]) -> None:
    if names["seed"]:
        return  # nothing is drawn here
    for rule in ("momentum", "Nesterov"):
        for kappa, long_run in ((20, 0.05), (20, 0.2), (400, 0.2), (400, 0.4)):
            steps = [
                names["steps_needed"](
                    rule, kappa, np.array([long_run * (1 - a)]), np.array([a]), 3000
                )
                for a in (0, 0.3, 0.5, 0.7)
            ]
            assert max(steps) < 1.06 * min(steps), (rule, kappa, long_run, steps)


@pytest.mark.parametrize("start", [(-7.0, 2.0), (3.0, 3.0), (-10.0, 0.3)])
@pytest.mark.parametrize("kappa", [20, 400])
def test_in_the_band_the_flattest_direction_arrives_on_the_floor(
    names: dict[str, Any], kappa: int, start: tuple[float, float]
) -> None:
    if names["seed"]:
        return  # nothing is drawn here
    rates, momenta = np.geomspace(0.03, 1.0, 6), 1 - np.geomspace(1, 0.005, 160)
    steps = names["steps_needed"]("momentum", kappa, rates, momenta, 1500, np.array(start), 1e-5)
    best = momenta[steps.argmin(axis=0)]
    arrives = (1 - np.sqrt(rates * 2 / kappa)) ** 2
    np.testing.assert_allclose((1 - best) / (1 - arrives), 1, atol=0.2)
    assert (np.diff(best) < 0).all(), "the smaller the rate, the heavier"


@pytest.mark.claim(
    "With momentum 0.9 the network bears long-run steps at which plain gradient descent "
    "learns nothing"
)
@pytest.mark.claim(
    "As long as the long-run step is small, up to 0.3 here, momentum up to 0.9 is in the "
    "end only a larger rate in disguise: the rows are nearly the same."
)
@pytest.mark.claim(
    "Two runs at the same rate, with and without momentum, compare two step sizes as much "
    "as two rules."
)
def test_below_the_limit_momentum_is_a_larger_rate(names: dict[str, Any]) -> None:
    for losses in names["network_losses"].values():
        small = losses[:3, :3]
        assert (np.abs(small - small[0]) < 0.2 * small[0]).all()
        assert losses[0, 4:6].min() > 1.5, "plain gradient descent learns nothing at 2 and 4"
    assert names["network_losses"]["Momentum"][2, 4] < 0.5
    assert names["network_losses"]["Nesterov"][2, 4] < 0.5
    for training in ({"epochs": 8}, {"hidden": 20}, {"batch_size": 100, "epochs": 8}):
        losses = names["network_map"](names["Momentum"], (0.1, 0.3, 2), (0, 0.9), **training)
        assert (np.abs(losses[1] - losses[0])[:2] < 0.25 * losses[0, :2]).all(), training
        assert losses[1, 2] < 0.5 * losses[0, 2]


@pytest.mark.claim(
    "With momentum 0.9 the network bears long-run steps at which plain gradient descent "
    "learns nothing"
)
@pytest.mark.claim(
    "As long as the long-run step is small, up to 0.3 here, momentum up to 0.9 is in the "
    "end only a larger rate in disguise: the rows are nearly the same."
)
def test_where_the_rows_part(names: dict[str, Any]) -> None:
    rule, of = names["Momentum"], names["network_map"]
    plain, heavy = of(rule, (0.3,), (0, 0.9), epochs=1)
    assert heavy > 1.25 * plain, "in the first epoch the ball lags"
    small = of(rule, (0.03, 0.1), (0, 0.9), batch_size=16, epochs=8)
    assert (np.abs(small[1] - small[0]) < 0.2 * small[0]).all()
    for heavier in (rule, names["Nesterov"]):
        losses = names["network_losses"][heavier.__name__]
        assert losses[2, 5] < 0.6, "at 4, with batches of 50"
        two = of(heavier, (2,), (0, 0.9), batch_size=16, epochs=3)
        assert two[1] < 0.5 < 1.5 < two[0]
    assert of(rule, (4,), (0.9,), batch_size=16, epochs=3) > 0.9


def test_the_best_rates_stand_close_to_the_cliff(names: dict[str, Any]) -> None:
    for (rule, _), (_, alpha, rate) in names["best"].items():
        limit = (1 + alpha) / (1 if rule == "momentum" else 1 + 2 * alpha)
        assert 0.6 * limit < rate < limit


@pytest.mark.usefixtures("every_seed")
def test_momentum_ends_lower_at_eight_of_ten_seeds_and_nesterov_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lower: dict[str, list[bool]] = {"Momentum": [], "Nesterov": []}
    names = execute(PAGE, 0).names
    for seed in range(10):
        if seed in SEEDS:
            maps = {name: execute(PAGE, seed).names["network_losses"][name] for name in lower}
        else:
            monkeypatch.setitem(names, "seed", seed)
            monkeypatch.setitem(names, "data", names["digits"](seed=seed))
            plain = names["network_map"](names["Momentum"], (0.3, 1), (0,))
            heavy = (names["network_map"](names[name], (0.3, 1, 2, 4), (0.9,)) for name in lower)
            maps = {
                n: np.vstack([np.tile(plain, 2), one, one])
                for n, one in zip(lower, heavy, strict=True)
            }
        for name, losses in maps.items():
            lower[name].append(bool(losses[2].min() < losses[0].min()))
    assert sum(lower["Momentum"]) == 8
    assert all(lower["Nesterov"])


def test_nesterov_ends_lower_each_at_its_best(names: dict[str, Any]) -> None:
    losses = names["network_losses"]["Nesterov"]
    assert losses[2].min() < 0.8 * losses[0].min()
    fine = (0.5, 0.7, 1, 1.4, 2, 2.8, 4, 5.5)
    plain, ahead = names["network_map"](names["Nesterov"], fine, (0, 0.9)).min(axis=1)
    assert ahead < 0.9 * plain
