"""What page 6.1 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.data import digits
from solutions.optimizers import SGD, Adam

PAGE = "06_normalization/1_bowl"


@pytest.mark.claim(
    "A large mean enters with its fourth power, and the smallest value that the "
    "formula can take is κ = 1, at m = 0 and σ = 1."
)
def test_the_formula_for_one_input(names: dict[str, Any]) -> None:
    for name, form in names["FORMS"].items():
        says = names["by_formula"](form.mean(), form.std())
        assert names["kappas"][name] == pytest.approx(says, rel=1e-6)
    assert names["kappas"]["Celsius"] == pytest.approx(108.2, abs=0.1)
    assert names["kappas"]["kelvin"] == pytest.approx(2.957e6, rel=1e-3)
    z = names["FORMS"]["standardized"]
    for mean, std in ((0, 3), (0, 0.2), (1, 1), (-4, 2), (10, 0.5), (100, 7)):
        measured = names["condition_number"](mean + std * z)
        assert measured == pytest.approx(names["by_formula"](mean, std), rel=1e-6)
        assert measured > 1.5
    assert names["condition_number"](z) == pytest.approx(1)
    for std in (0.01, 0.5, 3, 1000):  # a spread far from 1 does it, too
        assert names["condition_number"](std * z) == pytest.approx(max(std**2, std**-2), rel=1e-6)
    small, large = (names["by_formula"](mean, 1) for mean in (30, 60))
    assert large / small == pytest.approx(16, rel=0.01), "the fourth power"


@pytest.mark.claim("a centred input and the bias do not disturb each other")
def test_the_steps_of_the_kiosk(names: dict[str, Any]) -> None:
    steps = names["kiosk_steps"]
    assert steps["standardized"] == 1
    mixed = {
        name: names["path_of"](form, steps=1)[2][0, 1] for name, form in names["FORMS"].items()
    }
    assert (mixed["kelvin"], mixed["Celsius"]) == pytest.approx((29.3, 2))
    assert (mixed["centred"], mixed["standardized"]) == pytest.approx((0, 0), abs=1e-12)
    assert 3 <= steps["centred"] <= 12
    assert 100 < steps["Celsius"] < 250
    for within in (0.1, 0.001):
        counts = [names["steps_needed"](names["FORMS"][name], within) for name in steps]
        assert counts[0] > 8 * counts[1] > 8 * counts[2] == 8
    x, t = names["FORMS"]["kelvin"], names["sales"]  # in closed form, both directions alike
    H = names["with_one"](x).T @ names["with_one"](x) / len(x)
    best = np.linalg.lstsq(names["with_one"](x), t, rcond=None)[0]
    factor = (names["kappas"]["kelvin"] - 1) / (names["kappas"]["kelvin"] + 1)
    needed = np.log(0.01 * t.var() / (best @ H @ best / 2)) / (2 * np.log(factor))
    assert 1e6 < needed < 1e7


@pytest.mark.claim(
    "The condition number is the worst case. What a training feels is the whole row of "
    "curvatures, each weighed by what there is to gain along it."
)
def test_a_direction_of_curvature_zero_costs_nothing(names: dict[str, Any]) -> None:
    never = names["never_vary"]
    assert never >= 3
    for values in names["spectra"].values():
        assert (np.abs(values[-never:]) < 1e-9 * values[0]).all()
        assert values[-never - 1] > 1e-9 * values[0]
    x = names["x"]
    varies = x.max(axis=0) > x.min(axis=0)
    scaled = names["PIXELS"]["standardized"]
    assert names["steps_to_gain"](scaled[:, varies]) == names["gain_steps"]["standardized"]
    rare = (x > 0).sum(axis=0) < 3
    assert (rare & varies).any(), "pixels inked once or twice"
    centred = names["PIXELS"]["centred only"]
    without = names["steps_to_gain"](centred[:, (x > 0).sum(axis=0) > 20])
    assert abs(without - names["gain_steps"]["centred only"]) <= 1


@pytest.mark.claim("On the digits it is the mean that costs the steps.")
def test_it_is_the_mean_that_costs_the_steps(names: dict[str, Any]) -> None:
    steps = names["gain_steps"]
    assert names["near_70"] == ["divided only"]
    assert 60 < steps["as they are"] < 80
    assert 40 < steps["divided only"] < steps["as they are"]
    assert 3 <= steps["standardized"] <= steps["centred only"] <= 10
    spectra = names["spectra"]
    for name in ("as they are", "divided only"):
        assert spectra[name][0] > 12 * spectra[name][1]
    for name in ("centred only", "standardized"):
        assert spectra[name][0] < 2 * spectra[name][1]
    for share, ratio in ((0.8, 1.0), (0.97, 0.75), (0.99, 0.5)):
        raw, divided, centred, scaled = (
            names["steps_to_gain"](form, share) for form in names["PIXELS"].values()
        )
        assert min(raw, divided) > 3 * centred
        assert scaled <= ratio * centred


@pytest.mark.claim("On the digits it is the mean that costs the steps.")
def test_the_mean_costs_a_network_its_steps_too(names: dict[str, Any]) -> None:
    steps, at = names["network"], names["steps_at"]
    assert steps["as they are", "SGD"] >= 2 * steps["centred", "SGD"]
    assert abs(steps["centred", "SGD"] - steps["standardized", "SGD"]) <= 20
    with np.errstate(all="ignore"):
        for rate in (0.6, 1.3):
            assert at(names["seed"], names["x"], SGD, rate) > 1.5 * steps["centred", "SGD"]
        for rate in (0.5, 0.7):
            scaled = at(names["seed"], names["FEEDS"]["standardized"], SGD, rate)
            assert steps["centred", "SGD"] < 1.4 * scaled


@pytest.mark.claim(
    "What the optimizer learns about the units, at a price, standardizing knows before "
    "the first step"
)
def test_adam_makes_up_for_a_part_only(names: dict[str, Any]) -> None:
    steps, at = names["network"], names["steps_at"]
    assert names["same"] < 1e-9
    assert steps["mixed units", "SGD"] == 400
    assert steps["standardized", "SGD"] < 90
    assert steps["mixed units", "Adam"] >= 3 * steps["standardized", "Adam"]
    assert steps["mixed, centred", "Adam"] < 0.7 * steps["mixed units", "Adam"]
    with np.errstate(all="ignore"):
        for rate in (1e-4, 1e-3, 0.03, 0.1, 3.0):
            assert at(names["seed"], names["mixed"], SGD, rate) == 400
        for rate in (0.005, 0.02, 0.1):
            count = at(names["seed"], names["mixed"], Adam, rate)
            assert count >= 3 * steps["standardized", "Adam"]
        draw = np.random.default_rng(100 + names["seed"])
        for _ in range(2):  # other units
            other = names["x"] * 10 ** draw.uniform(-1.5, 1.5, 64)
            count = min(at(names["seed"], other, Adam, rate) for rate in (0.01, 0.03))
            centred = min(
                at(names["seed"], other - other.mean(axis=0), Adam, rate) for rate in (0.01, 0.03)
            )
            assert count >= 2.5 * steps["standardized", "Adam"]
            assert centred < 0.75 * count


def test_no_training_number_exceeds_the_bound_and_new_ones_do(names: dict[str, Any]) -> None:
    assert names["largest_seen"] < np.sqrt(99) + 1e-9
    assert names["largest_new"] > 1.3 * names["largest_seen"]
    for size in (30, 100, 300, 1000):
        for draw in range(3):
            x = digits(seed=10 * names["seed"] + draw).x_train
            seen, new, _ = names["largest_after"](x[:size], x[size:])
            assert seen < np.sqrt(size - 1) + 1e-9
            if size <= 100:
                assert new > 1.3 * np.sqrt(size)
    alone = np.zeros((20, 1))
    alone[7] = -3.5
    assert names["largest_after"](alone, alone)[0] == pytest.approx(np.sqrt(19))


def test_the_answer_to_the_question(names: dict[str, Any]) -> None:
    assert names["by_formula"](0.5, 12**-0.5) == pytest.approx(19.3, abs=0.1)
    assert names["by_formula"](0, 3**-0.5) == pytest.approx(3)
    for D in (16, 64, 256):
        curvatures = {}
        for mean, variance in ((0.5, 1 / 12), (0, 1 / 3)):
            H = mean**2 + np.diag(np.full(D + 1, variance))
            H[D], H[:, D] = mean, mean
            H[D, D] = 1
            curvatures[mean] = np.linalg.eigvalsh(H)
        first, *level, last = curvatures[0.5]
        np.testing.assert_allclose(level, 1 / 12)
        assert first + last == pytest.approx(D / 4 + 13 / 12)
        assert first == pytest.approx(1 / (3 * D), rel=0.3)
        assert last > D / 4
        assert last / first + 2 + first / last == pytest.approx(12 * (D / 4 + 13 / 12) ** 2)
        assert curvatures[0][-1] / curvatures[0][0] == pytest.approx(3)
        if D == 64:
            assert last / first == pytest.approx(3500, rel=0.02)


def test_what_can_go_wrong(names: dict[str, Any]) -> None:
    one = names["x"][:1]
    assert (names["Standardizer"]().fit(one).transform(one) == 0).all()
    assert (np.array([100], np.uint8) - 128)[0] == 228
