"""What page 3.8 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "03_backpropagation/8_kinks_and_noise"


def test_lazy_checks_pass_what_careful_ones_reject(names: dict[str, Any]) -> None:
    assert len(names["wrong_layers"]) == names["passed_lazy"] == 4
    for bug, (lazy, careful) in names["wrong_layers"].items():
        assert lazy < 1e-5, f"the lazy check should miss: {bug}"
        assert careful > 0.5, f"the careful check should find: {bug}"


@pytest.mark.parametrize("draw", range(100, 110))
def test_lazy_and_careful_checks_of_other_inputs(names: dict[str, Any], draw: int) -> None:
    for bug, (lazy, careful) in names["lazy_and_careful"]([draw, names["seed"]]).items():
        assert lazy < 1e-5, bug
        assert careful > 0.5, bug


@pytest.mark.claim("at a kink the winner changes")
def test_kinks_are_found_by_their_winners(names: dict[str, Any]) -> None:
    assert names["kink_slopes"] == pytest.approx((1.0, 0.7))
    unaware, aware = names["unaware"], names["aware"]
    assert unaware.worst_error == pytest.approx(1 - (4 * 0.9 - 0.7) / 3)  # 0.9 at h/2, 0.7 at h
    assert (aware.worst_error, aware.kinks) == (0, 1)


@pytest.mark.claim("at a kink the winner changes")
@pytest.mark.parametrize("pieces", [2, 3, 10])
def test_the_winner_of_a_maximum_changes_at_its_kinks_alone(pieces: int) -> None:
    rng, h = np.random.default_rng(pieces), 1e-3
    slopes, heights = rng.normal(size=(2, pieces, 1))
    x = rng.uniform(-5, 5, size=20_000)

    def values(x: np.ndarray) -> np.ndarray:
        return slopes * x + heights

    before, here, after = (values(at).max(axis=0) for at in (x - h, x, x + h))
    bent = np.abs(before - 2 * here + after) > 1e-12
    winners = [values(at).argmax(axis=0) for at in (x - h, x + h)]
    np.testing.assert_array_equal(bent, winners[0] != winners[1])
    assert bent.any()


def test_kinks_fade_with_the_step(names: dict[str, Any]) -> None:
    sweep = dict(zip(names["sweep_steps"].round(7), names["sweep"], strict=True))
    with_kinks, without, _ = sweep[0.1]
    assert with_kinks > 0.05
    assert without < 0.02
    counts = [count for _, _, count in sweep.values()]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 100
    assert sweep[1e-5][2] == counts[-1] == 0
    assert sweep[0.1][1] < sweep[0.1][0] / 20


def test_a_kink_is_seldom_within_a_small_step(names: dict[str, Any]) -> None:
    found = [
        names["kink_sweep"]([draw, names["seed"]], [1e-5], std)[0, 2]
        for draw in (100, 101)
        for std in (0.05, 0.5)
    ]
    assert max(found) < 7, "one per cent of 640"


def test_a_mistake_that_shows_only_after_a_little_training(names: dict[str, Any]) -> None:
    assert names["right_tanh"] == [1, 1]
    before, after = names["wrong_tanh"]
    assert before == 1
    assert after < 0.1


@pytest.mark.parametrize(("epochs", "rate"), [(3, 1.5), (20, 0.2)])
def test_the_mistake_shows_after_another_training(
    names: dict[str, Any], epochs: int, rate: float
) -> None:
    check, seed = names["check_before_and_after"], names["seed"]
    assert check(seed, names["TanhOfOutput"], epochs, rate)[1] < 0.1
    assert check(seed, names["Tanh"], epochs, rate)[1] == 1


def test_random_units_and_penalties_spoil_a_check(names: dict[str, Any]) -> None:
    assert names["seeded_units"][2] < 1e-6
    analytic, numerical, error = names["fresh_units"]
    assert numerical > 1000 * analytic
    assert error > 0.9
    none, some, strong = (names["decay_errors"][decay] for decay in (0, 1, 100))
    assert none == pytest.approx(0.1 / 1.1, rel=0.01)
    assert strong < some / 20 < none / 40


def test_the_ratio_tells_the_mistake(names: dict[str, Any]) -> None:
    ratios = names["ratios"]
    assert ratios["everything added twice"][:2] == pytest.approx((2, 2), rel=1e-6)
    assert ratios["wrong sign"][:2] == pytest.approx((-1, -1), rel=1e-6)
    for name in ("not divided by N", "penalty forgotten"):
        smallest, largest, _ = ratios[name]
        assert largest - smallest > 0.1
    assert ratios["penalty forgotten"][2] == pytest.approx(-1)
    for name in ratios.keys() - {"penalty forgotten"}:
        assert abs(ratios[name][2]) < 0.99
