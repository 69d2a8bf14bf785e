"""What page 5.2 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.initialization import lecun
from solutions.optimizers import Adam

PAGE = "05_initialization/2_variance"


def test_each_layer_multiplies_by_sigma_times_the_root_of_the_width(names: dict[str, Any]) -> None:
    for width in (50, 100, 200):
        for sigma in (0.01, 0.1, 1.0):
            first, *_, last = names["travel"](sigma, width)
            factor = sigma * np.sqrt(width)
            assert np.log(last / first) == pytest.approx(10 * np.log(factor), abs=1)


def test_bisection_finds_one_over_the_root_of_the_width(names: dict[str, Any]) -> None:
    for width, sigma in names["kept"].items():
        assert sigma * np.sqrt(width) == pytest.approx(1, abs=0.12)
    for width, depth in ((50, 5), (200, 4)):
        sigma = names["keeping_sigma"](width, depth=depth)
        assert sigma * np.sqrt(width) == pytest.approx(1, abs=0.08)


@pytest.mark.claim("1. One product has the mean 0.")
@pytest.mark.claim("2. Its mean square is a product.")
@pytest.mark.claim("3. Two different products do not know of each other.")
@pytest.mark.claim("4. So the squares add up.")
@pytest.mark.claim(
    "Var(s) = n Var(w) E[x²] holds for inputs of any kind, even if they depend on each other."
)
def test_each_step_of_the_derivation_is_measured(names: dict[str, Any]) -> None:
    for seed in (names["seed"], names["seed"] + 10):
        for sigma, pair in ((0.3, (28, 36)), (0.05, (20, 21)), (2.0, (12, 44))):
            steps = names["four_steps"](seed, sigma, units=15_000, pair=pair)
            (_, first), (says2, second), (_, third), (says4, fourth) = steps.values()
            assert abs(first) < 0.03 * np.sqrt(says2)
            assert second == pytest.approx(says2, rel=0.05)
            assert abs(third) < 0.05 * says2
            assert fourth == pytest.approx(says4, rel=0.03)
    assert 0.6 < names["alike"] < 0.95
    assert abs(names["mixed"]) < 0.04


@pytest.mark.claim(
    "Var(s) = n Var(w) E[x²] holds for inputs of any kind, even if they depend on each other."
)
def test_the_second_moment_is_right_and_the_variance_is_not(names: dict[str, Any]) -> None:
    for name, (measured, with_moment, with_variance) in names["formulas"].items():
        assert measured == pytest.approx(with_moment, rel=0.08), name
        if name in ("standard normal", "tanh of that"):
            assert measured == pytest.approx(with_variance, rel=0.08)
    measured, _, with_variance = names["formulas"]["ReLU of that"]
    assert with_variance / measured == pytest.approx(2 / 3, abs=0.06)
    measured, _, with_variance = names["formulas"]["sigmoid of that"]
    assert 6 < measured / with_variance < 7.5


@pytest.mark.claim("What matters for it is the depth divided by the width.")
def test_one_draw_wanders_by_depth_over_width(names: dict[str, Any]) -> None:
    for width, factor in names["off"].items():
        assert np.log(factor) == pytest.approx(np.sqrt(10 / (2 * width)), rel=0.3)
    for width, depth in ((50, 20), (30, 5)):
        factor = names["typical_factor"](names["seed"], width, depth)
        assert np.log(factor) == pytest.approx(np.sqrt(depth / (2 * width)), rel=0.35)


def test_tanh_loses_slowly(names: dict[str, Any]) -> None:
    np.testing.assert_allclose(names["of_lecun"], names["tanh_estimate"], rtol=0.25)
    wide = np.array(names["travel"](1 / np.sqrt(300), 300, 30, np.tanh))
    np.testing.assert_allclose(wide[[5, 10, 20, 30]], 1 / np.sqrt([10, 20, 40, 60]), rtol=0.12)
    assert names["tanh_travel"][1.0][10] > 0.8, "too large: nearly all units at -1 or 1"


@pytest.mark.claim("At this depth only the σ in the middle learns")
def test_only_the_sigma_in_the_middle_learns(names: dict[str, Any]) -> None:
    small, middle, large = names["shares"].values()
    assert max(small, large) < 0.2 < 0.8 < middle
    for sigma in (0.01, 1.0):
        for rate in (0.01, 0.3, 3.0):  # the page says: never a quarter
            assert names["trained_share"](names["seed"], sigma, rate) < 0.25
        for rate in (1e-3, 1e-2):
            assert names["trained_share"](names["seed"], sigma, rate, make=Adam) < 0.25


def test_what_goes_wrong_does(names: dict[str, Any]) -> None:
    rng = np.random.default_rng(names["seed"])
    pixels, straight = names["x"], names["straight"]
    confused = [rng.normal(0, 1 / 100, (100, 100)) for _ in range(5)]
    signal = rng.normal(size=(50, 100))
    rms = names["signal_rms"](signal, confused, straight)
    assert rms[-1] / rms[0] == pytest.approx(1e-4, rel=0.4)
    for n in (16, 64):
        one_sided = pixels[:, :n] @ rng.uniform(0, 1, (n, 500))
        centred = pixels[:, :n] @ (rng.uniform(0, 1, (n, 500)) - 0.5)
        assert np.sqrt(np.mean(one_sided**2)) > 2.5 * np.sqrt(np.mean(centred**2))
    # the question: pixels 16 times as large, LeCun's weights
    weights = [lecun((64, 64), rng) for _ in range(10)]
    of_pixels, of_large = (names["signal_rms"](c * pixels, weights, straight) for c in (1, 16))
    np.testing.assert_allclose(np.divide(of_large, of_pixels), 16)


def test_where_depth_is_not_small_beside_width_it_is_worse_than_the_estimate(
    names: dict[str, Any],
) -> None:
    factor = names["typical_factor"](names["seed"], 25, 100)
    assert 1.25 < np.log(factor) / np.sqrt(100 / (2 * 25)) < 2.2
