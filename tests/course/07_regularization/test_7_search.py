"""What page 7.7 says of the search for hyperparameters: scales, grids, rounds, luck."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from chapter import execute

PAGE = "07_regularization/7_search"


def test_by_powers_the_low_rates_get_their_share(names: dict[str, Any]) -> None:
    evenly, by_powers = names["below"]
    assert evenly < 0.02
    assert by_powers == pytest.approx(0.5, abs=0.03)
    evenly, by_powers = names["above"]
    assert evenly == pytest.approx(0.09, abs=0.02)
    assert by_powers == pytest.approx(0.5, abs=0.03)
    high = names["share_between"](names["rates_evenly"], 0.1, 1)
    assert high == pytest.approx(0.9, abs=0.02)


@pytest.mark.claim(
    "nine trials of the grid are three, each of them made three times; at random they are nine."
)
@pytest.mark.claim("If both matter alike, the grid hits more often")
def test_at_random_hits_more_often_where_one_matters(names: dict[str, Any]) -> None:
    grid, at_random = names["one_matters"]
    assert grid == pytest.approx(3 * 0.1 / 0.9, abs=0.02)
    assert at_random == pytest.approx(1 - 0.9**9, abs=0.02)
    grid, at_random = names["both_matter"]
    assert grid > at_random + 0.01
    assert grid < at_random + 0.05, "a little"
    assert names["distinct"] == [3, 9]


@pytest.mark.parametrize("per_axis", [2, 4, 5])
@pytest.mark.parametrize("near", [0.02, 0.05])
def test_so_it_is_with_more_trials_and_nearer(per_axis: int, near: float) -> None:
    hits, rng = execute(PAGE, 0).names["hits"], np.random.default_rng(1)
    grid, at_random = hits(per_axis, near, 1, rng)
    assert at_random > grid + 0.03


@pytest.mark.claim("If both matter alike, the grid hits more often")
@pytest.mark.parametrize("per_axis", [3, 5, 8])
@pytest.mark.parametrize("near", [0.04, 0.05])
def test_the_more_trials_the_more_the_grid_is_ahead(per_axis: int, near: float) -> None:
    hits = execute(PAGE, 0).names["hits"]
    for seed in range(3):
        grid, at_random = hits(per_axis, near, 2, np.random.default_rng(seed), problems=10000)
        assert grid > at_random * {3: 1.08, 5: 1.15, 8: 1.2}[per_axis]
        assert at_random == pytest.approx(1 - (1 - 4 * near**2) ** per_axis**2, abs=0.02)


def test_if_one_matters_far_less_random_is_ahead_again() -> None:
    hits = execute(PAGE, 0).names["hits"]
    grid, at_random = hits(3, np.array([0.05, 0.3]), 2, np.random.default_rng(0))
    assert at_random > grid + 0.03


@pytest.mark.claim("however many hyperparameters there are.")
def test_sixty_trials_reach_the_best_twentieth() -> None:
    assert round(1 - 0.95**60, 3) == 0.954
    ranks = np.random.default_rng(0).random((20000, 60)).min(axis=1)
    assert (ranks < 0.05).mean() == pytest.approx(0.954, abs=0.01)
    rng = np.random.default_rng(1)
    for many in (1, 3, 12):  # hyperparameters, and a score of them all
        best = rng.random(many)

        def score(settings: np.ndarray, best: np.ndarray = best) -> np.ndarray:
            return -np.abs(settings - best).sum(axis=-1)

        good = np.quantile(score(rng.random((200_000, many))), 0.95)
        found = score(rng.random((4000, 60, many))).max(axis=1)
        assert (found > good).mean() == pytest.approx(0.954, abs=0.015)


def fine_rounds_work(rounds: Any) -> None:
    """Assert that the fine round wastes few trials, and gains little above the best coarse one."""
    coarse, fine = rounds
    assert np.median(fine) > np.median(coarse) + 0.2
    assert np.quantile(fine, 0.25) > 0.55
    assert -0.03 < fine.max() - coarse.max() < 0.12


@pytest.mark.claim(
    "what counts is to find the right order of magnitude, and here the rest is fine print."
)
def test_from_coarse_to_fine(names: dict[str, Any]) -> None:
    fine_rounds_work(names["rounds"])
    assert names["medians"][0] < 0.5
    best = names["best"]
    assert 0.003 < best.settings["rate"] < 0.1, "well within the range"
    rates = [settings["rate"] for settings in names["evaluate"].tried]
    scores = np.array(names["evaluate"].scores)
    at_the_ends = [s for r, s in zip(rates, scores, strict=True) if r < 1e-4 or r > 0.4]
    assert max(at_the_ends) < 0.4, "guessing at either end"
    assert best.score == scores.max() > 0.75


@pytest.mark.claim(
    "what counts is to find the right order of magnitude, and here the rest is fine print."
)
def test_so_it_is_with_other_budgets() -> None:
    _, _, rounds = execute(PAGE, 0).names["two_rounds"](5, epochs=20)
    fine_rounds_work(rounds)


@pytest.mark.claim(
    "If the best trial lies at the edge of what was drawn, the best setting may lie beyond it."
)
def test_the_best_lies_at_the_edge_of_a_range_too_low(names: dict[str, Any]) -> None:
    places, scores = zip(*names["narrow"], strict=True)
    assert names["place"] == max(places) > 0.75, "no rate that was drawn is higher"
    assert names["narrow_score"] < names["best"].score - 0.15
    assert names["narrow_score"] > np.median(scores) + 0.1, "no noise: it has learned something"
    low = [score for place, score in names["narrow"] if place < 0.5]
    assert max(low) < 0.3, "on the low half of the range it guesses, or nearly so"


@pytest.mark.claim(
    "If the best trial lies at the edge of what was drawn, the best setting may lie beyond it."
)
def test_so_it_does_at_another_range_and_budget() -> None:
    narrow_search = execute(PAGE, 0).names["narrow_search"]
    for seed in (3, 4, 6):
        found = narrow_search(seed, 0.002)
        assert found[0][0] == max(place for place, _ in found) > 0.75
        assert 0.25 < found[0][1] < 0.8
    found = narrow_search(6, 0.001, 1e-7, 1e-3, epochs=5)
    assert found[0][0] == max(place for place, _ in found) > 0.7
    assert found[0][1] < 0.5


def test_the_best_of_many_coins_is_too_good(names: dict[str, Any]) -> None:
    lucky, counts = names["lucky"], names["COUNTS"]
    for above in lucky.values():
        assert abs(above[0]) < 0.4
        assert list(above) == sorted(above)
    at = {k: counts.index(k) for k in counts}
    assert lucky[50][at[20]] == pytest.approx(9.9, abs=0.5)
    assert lucky[50][at[200]] == pytest.approx(13.9, abs=0.5)
    assert lucky[1000][at[200]] == pytest.approx(3.4, abs=0.3)
    # about one over the root of n
    assert lucky[50][at[200]] / lucky[200][at[200]] == pytest.approx(2, abs=0.25)
    assert lucky[200][at[20]] / lucky[1000][at[20]] == pytest.approx(5**0.5, abs=0.25)


def test_networks_share_some_of_their_luck(names: dict[str, Any]) -> None:
    real, lucky, at = names["real"], names["lucky"], names["COUNTS"].index(20)
    for n in (50, 200):
        assert 0.25 * lucky[n][at] < real[n] < 0.8 * lucky[n][at]
    assert real[50] > 3
    assert real[50] > real[200] + 1.5
    assert abs(names["alone"]) < 1
    few = names["too_good"](names["right"][:3], 50, np.random.default_rng(0))
    assert 0.5 < few < real[50] - 0.5, "fewer models, less luck"
    rng = np.random.default_rng(1)
    own_luck = names["too_good"](rng.permuted(names["right"], axis=1), 50, rng)
    assert own_luck > real[50] + 1.5, "if each stumbles over digits of its own, it is as with coins"


def test_a_single_draw_does_not_show_it(names: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    single = [names["too_good"](names["right"], 50, rng, repetitions=1) for _ in range(300)]
    assert min(single) < 0
    assert max(single) > 2 * names["real"][50]


def test_the_test_digits_are_read_once(names: dict[str, Any]) -> None:
    assert abs(names["test_score"] - names["best"].score) < 0.1


def test_without_optuna_the_page_says_so_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = execute(PAGE, 0).names
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert names["proposed"](0) is None
    assert "pip install optuna" in capsys.readouterr().out


def test_with_optuna_a_trial_is_proposed(names: dict[str, Any]) -> None:
    pytest.importorskip("optuna")
    assert names["winner"].score > 0.5
