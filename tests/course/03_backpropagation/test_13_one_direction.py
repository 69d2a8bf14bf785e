"""What page 3.13 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "03_backpropagation/13_one_direction"


def test_products_become_needles(names: dict[str, Any]) -> None:
    needles = list(names["needles"].values())
    assert 0.2 < needles[0] < 0.4
    assert needles == sorted(needles, reverse=True)
    assert needles[-1] < 1e-3


@pytest.mark.claim("hard saturation starts lowest.")
def test_products_lose_rank_and_hard_saturation_starts_lowest(names: dict[str, Any]) -> None:
    ranks = names["ranks"]
    np.testing.assert_allclose(ranks["orthogonal matrices"], 100)
    free = ranks["random, no activation"]
    assert free[0] > 70
    assert free[-1] < 12
    for name in ("hard tanh, gain 2 (hard)", "ReLU, gain √2 (hard)"):
        assert (ranks[name] < 0.8 * free).all(), name
        assert (np.diff(ranks[name]) < 0).all(), name
    soft, hard = ranks["tanh, gain 2 (soft)"], ranks["hard tanh, gain 2 (hard)"]
    assert (hard[:2] < 0.9 * soft[:2]).all()
    assert hard[3] > 0.7 * soft[3], "the text says that they come close after a few layers"
    starts = {name: values[0] for name, values in ranks.items()}
    assert min(starts, key=starts.__getitem__) == "hard tanh, gain 2 (hard)"
    assert ranks["ReLU, gain √2 (hard)"][0] < 0.95 * soft[0], "it is hard on one side only"
    kept = {name: values[-1] / values[0] for name, values in ranks.items()}
    for name in ranks.keys() - {"orthogonal matrices"}:
        assert 0.05 < kept[name] < 1 / 8, name


def check_hard_and_soft(ratios: dict[float, Any]) -> None:
    """Assert what the text says of ranks of hard tanh, relative to soft, after 1, 5 and 20."""
    start = [ratio[0] for ratio in ratios.values()]
    assert start == sorted(start, reverse=True), "it starts lower, the larger the gain"
    assert ratios[0.5] == pytest.approx([1, 1, 1], abs=0.05)
    assert max(ratios[2][0], ratios[4][0]) < 0.8
    for gain, ratio in ratios.items():
        assert ratio[2] > 0.65, f"hard and soft should be near each other, gain {gain}"
        assert 1 - ratio[2] < 0.65 * (1 - ratio[0]) + 0.03, f"it should catch up, gain {gain}"


def test_hard_saturation_starts_lower_and_does_not_stay_so(names: dict[str, Any]) -> None:
    check_hard_and_soft(names["hard_to_soft"])
    assert (names["worst_gain"], names["worst_depth"]) == (4, 1)


@pytest.mark.claim(
    "Hard or soft costs least: less than a factor of two, where twenty layers cost more "
    "than four and weights that are eight times larger about two or more."
)
def test_hard_or_soft_costs_least(names: dict[str, Any]) -> None:
    assert names["by_depth"] > 4
    assert names["by_gain"] > 2
    assert names["by_hardness"] < 2


@pytest.mark.claim(
    "Hard or soft costs least: less than a factor of two, where twenty layers cost more "
    "than four and weights that are eight times larger about two or more."
)
@pytest.mark.parametrize("width", [50, 150])
def test_hard_and_soft_at_other_widths(names: dict[str, Any], width: int) -> None:
    soft, hard = names["soft_and_hard"](100 + names["seed"], width)
    check_hard_and_soft(dict(zip(names["GAINS"], hard / soft, strict=True)))
    by_depth, by_gain, by_hardness = names["costs"](soft, hard)
    assert by_depth > 4
    assert by_gain > 1.9
    assert by_hardness < 2
