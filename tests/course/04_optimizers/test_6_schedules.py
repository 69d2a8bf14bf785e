"""What page 4.6 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "04_optimizers/6_schedules"
DECAYS = ("step decay", "exponential", "inverse time", "cosine")


@pytest.mark.claim(
    "A large rate is fast and has a high floor; a small one is slow and has a low one."
)
def test_the_noise_floor_is_proportional_to_the_rate(names: dict[str, Any]) -> None:
    runs = names["at_constant_rates"]
    for rate in (0.4, 0.1):
        assert runs[rate][-50:].mean() == pytest.approx(rate / (2 - rate), rel=0.06)
    assert runs[0.4][5] < 0.5 * runs[0.1][5] < 0.5 * 0.6 * runs[0.02][5], "the large one is fast"
    assert names["lowest_rate"] == 0.02
    for rate in (0.7, 0.2, 0.05):
        squares = names["noisy_descent"](names["seed"], names["Constant"](rate), steps=300)
        assert squares[-100:].mean() == pytest.approx(rate / (2 - rate), rel=0.06)


def test_a_decay_gets_below_every_constant_rate(names: dict[str, Any]) -> None:
    ends = {name: squares[-1] for name, squares in names["on_parabola"].items()}
    assert ends["1 / (1 + step)"] == pytest.approx(1 / 200, rel=0.1)
    assert ends["1 / (1 + step)"] < ends["cosine"] < 0.8 * names["best_constant"]
    harmonic = names["InverseTimeDecay"](1.0, decay=1.0)
    for steps in (50, 500):
        assert names["computed"](harmonic, steps) == pytest.approx(1 / steps)
        floor = names["best_computed"]("constant", steps)
        assert names["best_computed"]("cosine", steps) < 0.8 * floor


def test_a_fast_exponential_stops_short(names: dict[str, Any]) -> None:
    stopped = names["on_parabola"]["exponential, fast"]
    assert stopped[-1] == pytest.approx(9 * np.exp(-4), rel=0.25)
    fast = names["ExponentialDecay"](0.1, decay=0.05)
    assert names["computed"](fast, 5000) > 0.95 * names["computed"](fast, 200)


def test_what_the_schedules_spend(names: dict[str, Any]) -> None:
    mean = names["mean_rate"]
    assert mean["cosine"] == pytest.approx(0.5, abs=0.01)
    assert mean["exponential"] < mean["inverse time"] < 0.25
    for name in ("exponential", "inverse time"):
        rates = names["rates_drawn"][name]
        assert rates[: len(rates) // 4].sum() > 0.5 * rates.sum()
    assert names["rates_drawn"]["cosine"][:75].sum() < 0.5 * names["rates_drawn"]["cosine"].sum()
    assert all(rates[0] == 1 for rates in names["rates_drawn"].values())


@pytest.mark.claim("At a small first rate every decay does harm.")
@pytest.mark.parametrize(("first", "steps", "batch_size"), [(0.03, 300, 1), (0.1, 900, 8)])
def test_a_decay_from_a_small_rate_does_harm_elsewhere(
    names: dict[str, Any], first: float, steps: int, batch_size: int
) -> None:
    found = {
        name: names["loss_after"](names["seed"], schedule, steps, batch_size, starts=1)
        for name, schedule in names["schedules"](first, steps).items()
    }
    assert min(found[name] for name in DECAYS) > 1.15 * found["constant"]


@pytest.mark.claim("At a small first rate every decay does harm.")
def test_a_decay_from_a_small_rate_does_harm(names: dict[str, Any]) -> None:
    for name in DECAYS:
        for k, first in enumerate(names["first_rates"][:2]):
            assert names["ends"][name][k] > 1.3 * names["ends"]["constant"][k], (name, first)
    for steps in (150, 600):
        found = {
            name: names["loss_after"](names["seed"], schedule, steps=steps, starts=1)
            for name, schedule in names["schedules"](0.03, steps).items()
        }
        assert min(found[name] for name in DECAYS) > 1.2 * found["constant"], steps


@pytest.mark.claim("The cosine does.")
@pytest.mark.claim("The exponential does not pay here")
def test_the_cosine_pays_and_the_exponential_does_not(names: dict[str, Any]) -> None:
    best = names["best_end"]
    assert best["cosine"] < 0.95 * best["constant"]
    assert best["exponential"] > 1.1 * best["constant"]
    assert names["better"][-1] == "cosine"
    for name in ("constant", "exponential", "cosine"):
        assert 1 < np.argmin(names["ends"][name]) < 5, f"{name}: the best stands inside the grid"
    for name, losses in names["ends"].items():
        assert min(losses) < losses[1] / 1.2, f"{name}: a rate of 0.1 is not the best"
    assert "exponential" not in names["better"]


@pytest.mark.claim("The exponential does not pay here")
@pytest.mark.parametrize(("steps", "batch_size"), [(300, 4), (150, 8), (300, 16)])
def test_the_exponential_does_not_pay_elsewhere(
    names: dict[str, Any], steps: int, batch_size: int
) -> None:
    def best(name: str, rates: tuple[float, ...]) -> float:
        return min(
            names["loss_after"](
                names["seed"], names["schedules"](r, steps)[name], steps, batch_size
            )
            for r in rates
        )

    constant = best("constant", (0.2, 0.3, 0.5))
    assert best("exponential", (0.3, 0.5, 0.7, 1.0, 1.5)) > constant
    if batch_size < 8:
        assert best("cosine", (0.3, 0.5)) < constant


def test_the_order_is_another_one_on_the_parabola(names: dict[str, Any]) -> None:
    found = names["parabola_best"]
    assert found["inverse time"] < found["cosine"] < found["constant"]
    assert found["exponential"] < found["cosine"]
    for steps in (50, 800):
        square = {name: names["best_computed"](name, steps) for name in DECAYS}
        assert max(square["inverse time"], square["exponential"]) < square["cosine"]


@pytest.mark.claim("With mini-batches of 32 the best constant rate is ahead.")
def test_with_little_noise_the_constant_rate_is_ahead(names: dict[str, Any]) -> None:
    assert names["gain"][32] < 0.95 < 1.05 < names["gain"][8]
    found = {
        name: min(
            names["loss_after"](names["seed"], names["schedules"](first, 450)[name], 450, 32)
            for first in (0.5, 0.7)
        )
        for name in ("constant", "cosine")
    }
    assert found["constant"] < found["cosine"]


@pytest.mark.claim("At the large rates those at the end decide how close you come")
def test_the_same_rates_backwards_are_worse(names: dict[str, Any]) -> None:
    ratio = names["reversed_ratio"]
    assert min(ratio[0.3], ratio[0.5]) > 1.15
    assert ratio[0.03] == pytest.approx(1, abs=0.05)
    with_32 = [
        names["loss_after"](names["seed"], schedule, batch_size=32)
        for schedule in (
            names["CosineDecay"](0.5, 300),
            names["backwards"](names["CosineDecay"](0.5, 300)),
        )
    ]
    assert with_32[1] / with_32[0] < 0.8 * ratio[0.5]
    for steps in (150, 600):
        ahead = names["CosineDecay"](0.5, steps)
        back = names["backwards"](ahead, steps)
        for size in (4, 8):
            ends = [names["loss_after"](names["seed"], s, steps, size) for s in (ahead, back)]
            assert ends[1] > 1.1 * ends[0], (steps, size)


def test_plateau_cuts_after_epochs_without_improvement(names: dict[str, Any]) -> None:
    for factor, patience in ((0.5, 2), (0.2, 1)):
        losses, rates = names["train_with_plateau"](
            names["seed"], first=0.3, epochs=14, patience=patience, factor=factor
        )
        cuts = [k for k in range(1, 14) if rates[k] != rates[k - 1]]
        assert cuts, "there is noise enough for a cut"
        for k in cuts:
            assert rates[k] == pytest.approx(factor * rates[k - 1])
            assert min(losses[k - patience + 1 : k + 1]) >= min(losses[: k - patience + 1])


def test_a_constant_rate_beside_plateau(names: dict[str, Any]) -> None:
    cut, uncut = names["plateau_losses"], names["uncut_losses"]
    first_cut = next(k for k, rate in enumerate(names["plateau_rates"]) if rate < 0.3)
    assert cut[: first_cut + 1] == uncut[: first_cut + 1]
    assert 0.6 < cut[-1] / uncut[-1] < 1.2
    if names["seed"]:
        return
    ratios = [
        names["train_with_plateau"](seed)[0][-1]
        / names["train_with_plateau"](seed, patience=99)[0][-1]
        for seed in (1, 2, 3, 5)
    ]
    assert min(ratios) < 1 < max(ratios) < 1.2


def test_stopping_a_cosine_half_way(names: dict[str, Any]) -> None:
    cosine, computed = names["CosineDecay"], names["computed"]
    for first in (0.3, 0.5, 1.0):
        assert computed(cosine(first, 400), 200) > 3 * computed(cosine(first, 200), 200)
        half, whole = (
            names["loss_after"](names["seed"], cosine(min(first, 0.5), steps))
            for steps in (600, 300)
        )
        assert half < 1.05 * whole, first


@pytest.mark.claim("With Adam, warm-up rescues a rate that is too large")
def test_warm_up_rescues_adam_from_a_rate_that_is_too_large(names: dict[str, Any]) -> None:
    ratio = names["warm_ratio"]
    assert ratio[0.06] < 0.6 < ratio[0.003]
    assert ratio[0.06] < ratio[0.01]
    run = names["with_and_without_warm_up"]
    good, rescued = (run(names["seed"], names["Adam"], rate) for rate in (0.02, 0.06))
    assert rescued[1] > 1.2 * good[0], "it does not make it a good rate"
    assert min(run(names["seed"], names["Adam"], 0.2)) > 1.5
    for steps, climb in ((200, 20), (100, 40)):
        plain, warmed = names["with_and_without_warm_up"](
            names["seed"], names["Adam"], 0.06, steps, climb
        )
        assert warmed < 0.7 * plain, (steps, climb)
        best = names["with_and_without_warm_up"](names["seed"], names["Adam"], 0.01, steps, climb)
        assert max(best) < plain, "the rate is too large"
