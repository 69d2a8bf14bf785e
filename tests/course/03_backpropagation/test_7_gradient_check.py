"""What page 3.7 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "03_backpropagation/7_gradient_check"


def test_the_course_layers_pass_the_check(names: dict[str, Any]) -> None:
    checks = dict(names["layer_checks"])
    assert checks.pop("SignSlip") > 0.1
    assert set(checks) == {"Affine", "ReLU", "Sigmoid", "Tanh"}
    assert max(checks.values()) == 0


@pytest.mark.claim("float64, central differences, $h = 10^{-5}$.")
def test_best_step_and_precision(names: dict[str, Any]) -> None:
    assert 1e-6 <= names["best_step"]["float64"] <= 1e-4
    assert 1e-3 <= names["best_step"]["float32"] <= 1e-1
    assert names["best_error"]["float64"] < 1e-8
    assert names["best_error"]["float32"] > 1e-5
    assert names["float32_at_1e5"] > 10 * names["best_error"]["float32"]


def test_small_weights_make_rounding_look_like_an_error(names: dict[str, Any]) -> None:
    scales = names["two_scales"]
    healthy, tiny = scales[1e-1, 1e-5], scales[1e-3, 1e-5]
    assert 30 < healthy["slope"] / tiny["slope"] < 300
    assert tiny["median"] > 20 * healthy["median"]
    assert max(healthy["difference"], tiny["difference"]) < 5e-10
    assert scales[1e-3, 1e-7]["worst"] > 1e-3, "1e-2 was said to be within reach"


@pytest.mark.claim("Through tanh with the smaller weights errors hardly build up")
def test_errors_do_not_build_up_with_depth(names: dict[str, Any]) -> None:
    errors = names["errors_by_depth"]
    for depth in (2, 5, 10, 20):
        median, worst, difference, largest = errors["tanh", depth]
        assert median < 1e-8
        assert worst < 1e-4
        assert difference < 2e-10
        assert difference < 1e-8 * largest
        assert errors["sigmoid", depth][2] < 2e-10, "rounding should not grow, either"
    assert errors["tanh", 20][0] < 10 * errors["tanh", 2][0]
    assert errors["sigmoid", 2][0] < 1e-8
    assert errors["sigmoid", 10][0] > 1e-5
    assert errors["sigmoid", 10][1] > 1e-2
    assert errors["sigmoid", 20][0] > 0.1
    slopes = [errors["sigmoid", depth][3] for depth in (2, 5, 10, 20)]
    assert slopes == sorted(slopes, reverse=True)


def test_errors_grow_where_the_gradient_explodes(names: dict[str, Any]) -> None:
    errors = names["errors_by_depth"]
    for place in (2, 3):  # |a − n| and the largest derivative
        sizes = [errors["large", depth][place] for depth in (2, 5, 10, 20)]
        assert sizes == sorted(sizes)
    assert errors["large", 20][0] > 1e4 * errors["large", 2][0]
    assert errors["large", 20][1] > 1e-2


@pytest.mark.claim("So a smaller step tells the two apart.")
def test_a_smaller_step_tells_rounding_from_bending(names: dict[str, Any]) -> None:
    assert 30 < names["changes"]["sigmoid"] < 300
    assert names["changes"]["large"] < 1e-2


@pytest.mark.claim("So a smaller step tells the two apart.")
@pytest.mark.parametrize(("depth", "gain", "h"), [(20, 3, 1e-6), (15, 6, 1e-7), (30, 3, 1e-7)])
def test_bending_at_other_depths_weights_and_steps(
    names: dict[str, Any], depth: int, gain: float, h: float
) -> None:
    before = names["median_and_more"](depth, names["Tanh"], gain)[0]
    after = names["median_and_more"](depth, names["Tanh"], gain, h)[0]
    assert before > 1e-8
    assert after < before / 20


@pytest.mark.claim("So a smaller step tells the two apart.")
@pytest.mark.parametrize(("depth", "h"), [(5, 1e-6), (5, 1e-7), (8, 1e-6)])
def test_rounding_at_other_depths_and_steps(names: dict[str, Any], depth: int, h: float) -> None:
    before = names["median_and_more"](depth, names["Sigmoid"], 1)[0]
    after = names["median_and_more"](depth, names["Sigmoid"], 1, h)[0]
    assert 0.3 < after / before / (1e-5 / h) < 3


@pytest.mark.claim("Through tanh with the smaller weights errors hardly build up")
@pytest.mark.parametrize("width", [20, 100])
@pytest.mark.parametrize("depth", [3, 10, 30])
def test_errors_do_not_build_up_at_other_widths(
    names: dict[str, Any], width: int, depth: int
) -> None:
    for draw in range(100 + names["seed"], 120, 6):
        analytic, numerical = names["input_check"](draw, depth, names["Tanh"], 1, width)
        difference = np.abs(analytic - numerical)
        assert names["agree"](analytic, numerical).all()
        assert difference.max() < 2e-10
        assert difference.max() < 3e-8 * np.abs(analytic).max()


def test_a_tolerance_of_one_per_cent_hides_a_bug(names: dict[str, Any]) -> None:
    accepted = names["slightly_wrong_accepted"]
    assert names["slightly_wrong_error"] == pytest.approx(1 / 200, rel=0.01)
    assert accepted < 0.05
    assert names["right_accepted"] == 1
    assert names["other_unit"] == (1, pytest.approx(accepted))


@pytest.mark.parametrize("unit", [1e-9, 1e-3, 1, 1e3, 1e9])
def test_the_tolerance_has_a_scale(names: dict[str, Any], unit: float) -> None:
    analytic, numerical, kinks = names["first_layer_check"](100 + names["seed"], 0.1, 1e-5)
    analytic, numerical = unit * analytic[~kinks], unit * numerical[~kinks]
    assert names["agree"](analytic, numerical).all()
    wrong = ~names["agree"](analytic * 200 / 199, numerical)
    noticeable = np.abs(analytic) > 1e-3 * np.abs(analytic).max()
    assert wrong[noticeable].all()
