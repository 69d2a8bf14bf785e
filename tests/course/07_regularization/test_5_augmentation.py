"""What page 7.5 says of augmentation: it is judged by what varies in the data to be met."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from chapter import SEEDS, execute

PAGE = "07_regularization/5_augmentation"


@cache
def signals(seed: int) -> Any:
    return execute(PAGE, 0).names["mnist1d"](2500, seed=42 + seed)


@pytest.mark.claim(
    "In as many steps, the same augmentation costs a few points on one test set, and "
    "is worth fifty on the other."
)
def test_shifts_harm_on_centred_digits_and_pay_on_shifted_ones(names: dict[str, Any]) -> None:
    plain, shifted = np.array(names["read"]["none"]), np.array(names["read"]["shifts"])
    assert -0.04 < shifted[0] - plain[0] < -0.005
    assert shifted[1] > plain[1] + 0.45
    assert plain[1] < 0.5, "nearly lost"


@pytest.mark.claim(
    "In as many steps, the same augmentation costs a few points on one test set, and "
    "is worth fifty on the other."
)
@pytest.mark.parametrize(
    "settings", [{"count": 1300}, {"rate": 0.001}, {"rate": 0.01}, {"steps": 300}], ids=str
)
def test_so_it_is_with_more_digits_and_at_other_rates(settings: dict[str, Any]) -> None:
    names, seeds = execute(PAGE, 0).names, (4,) if "count" in settings else (4, 5)
    plain, shifted = (
        np.array([names["on_digits"](seed, names["ways"][way], **settings) for seed in seeds])
        for way in ("none", "shifts")
    )
    centred, moved = (shifted - plain).mean(axis=0)
    assert -0.06 < centred < -0.005
    assert moved > 0.45


@pytest.mark.claim(
    "In as many steps, the same augmentation costs a few points on one test set, and "
    "is worth fifty on the other."
)
@pytest.mark.usefixtures("every_seed")
def test_in_the_mean_it_costs_about_two_points() -> None:
    of_seeds = [execute(PAGE, seed).names["read"] for seed in SEEDS]
    plain, shifted = (np.mean([r[way] for r in of_seeds], axis=0) for way in ("none", "shifts"))
    assert -0.03 < shifted[0] - plain[0] < -0.01
    assert shifted[1] > plain[1] + 0.5


@pytest.mark.usefixtures("every_seed")
def test_with_more_steps_the_harm_is_gone_and_the_gain_is_not() -> None:
    names = execute(PAGE, 0).names
    gains = [
        np.subtract(
            *(
                names["on_digits"](seed, names["ways"][way], steps=5000)
                for way in ("shifts", "none")
            )
        )
        for seed in range(4)
    ]
    centred, shifted = np.mean(gains, axis=0)
    assert centred > -0.01
    assert shifted > 0.5


def test_with_few_digits_the_gain_is_as_large() -> None:
    names = execute(PAGE, 0).names
    read = [names["on_digits"](3, names["ways"][way], count=200) for way in ("none", "shifts")]
    assert read[1][1] > read[0][1] + 0.4


@pytest.mark.usefixtures("every_seed")
def test_mirrors_never_pay() -> None:
    of_seeds = [execute(PAGE, seed).names["read"] for seed in SEEDS]
    plain, mirrored = (np.mean([r[way] for r in of_seeds], axis=0) for way in ("none", "mirrors"))
    assert -0.025 < mirrored[0] - plain[0] < -0.005
    assert mirrored[1] < plain[1] + 0.01


@pytest.mark.claim(
    "With half turns in training, more than nine in ten of the 6s and 9s are still told apart."
)
def test_half_turns_cost_a_few_errors_and_not_half_of_all(names: dict[str, Any]) -> None:
    assert names["upright"] > 0.99
    assert 0.93 < names["turned"] < names["upright"]


@pytest.mark.claim(
    "With half turns in training, more than nine in ten of the 6s and 9s are still told apart."
)
def test_with_longer_training_half_turns_cost_less() -> None:
    names = execute(PAGE, 0).names
    half_turns = names["on_images"](names["half_turn"])
    for seed in (3, 4):
        assert names["six_or_nine"](seed, half_turns, steps=1000) > 0.98
        assert names["six_or_nine"](seed, half_turns, rate=0.001) > 0.95


def test_strength_has_an_optimum(names: dict[str, Any]) -> None:
    training, new = dict(zip(names["mosts"], names["rolled"], strict=True)), names["rolled"][:, 1]
    assert new.max() > new[0] + 0.1
    assert new[0] < 0.5
    assert names["best"] in (3, 6)
    assert new.max() > new[-1] + 0.05
    assert training[0][0] > 0.99
    assert training[1][0] > 0.9
    assert new[1] > new[0] + 0.3 * (new.max() - new[0]), "a single place is not nothing"
    assert training[20][0] < 0.6
    assert abs(names["scaled"][1] - new[0]) < 0.04


@pytest.mark.parametrize("settings", [{"rate": 0.002}, {"rate": 0.01}, {"steps": 3000}], ids=str)
def test_so_it_is_at_other_rates_and_with_more_steps(settings: dict[str, Any]) -> None:
    names, training, new = execute(PAGE, 0).names, {}, {}
    for most in (0, 3, 20):
        rolls = names["partial"](names["roll"], most=most)
        training[most], new[most] = names["on_signals"](signals(3), 3, rolls, **settings)
    assert training[20] < 0.7, "nor in three times as many steps"
    assert new[3] > new[0] + 0.07
    assert new[3] > new[20] + 0.02


def test_red_things_become_orange(names: dict[str, Any]) -> None:
    assert names["orange"] == pytest.approx((0.1 - 1 / 24) / 0.2, abs=0.06)
    assert names["values"].max() - names["values"].min() > 0.2


def test_copies_on_both_sides_of_a_split_flatter(names: dict[str, Any]) -> None:
    validation, test = names["leak"]
    assert validation > 0.99
    assert 0.9 < test < validation - 0.02
    for seed in range(3, 10):
        validation, test = names["copy_then_split"](seed)
        assert 1 - test > 4 * (1 - validation)
