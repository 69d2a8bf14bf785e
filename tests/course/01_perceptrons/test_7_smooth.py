"""What page 1.7 says of activations, slopes and the sigmoid, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "01_perceptrons/7_smooth"
XOR = [0, 1, 1, 0]


@pytest.mark.claim("Without something non-linear between the layers, depth adds no new function.")
def test_linear_layers_collapse(names: dict[str, Any]) -> None:
    assert names["bends"]["no activation"] < 1e-10
    assert names["bends"]["step"] > 0.1
    assert names["bends"]["max(z, 0)"] > 1e-3
    assert sum(p.size for p in names["line_params"].values()) == 481
    assert names["collapse_difference"] < 1e-12
    assert names["few"] == 64 * 10 + 10
    assert names["many"] == 8860 > 10 * names["few"]


@pytest.mark.claim("Without something non-linear between the layers, depth adds no new function.")
@pytest.mark.parametrize("depth", [2, 5, 20])
def test_a_stack_of_any_depth_is_straight(names: dict[str, Any], depth: int) -> None:
    rng = np.random.default_rng(names["seed"])
    params = names["init_network"]((1, *[30] * depth, 1), rng, weight_std=0.2)
    graph = names["forward_network"](params, names["line_x"], names["identity"])[:, 0]
    assert np.abs(np.diff(graph, n=2)).max() < 1e-9 * max(1, np.abs(graph).max())


def test_depth_without_an_activation_learns_otherwise(names: dict[str, Any]) -> None:
    one, two = names["one_or_two"].T
    assert names["nearer"] == ("one", "two")
    assert (two[:20] > one[:20]).all(), "two weights should lag behind at first"
    assert two[9] - one[9] > 0.3
    assert two[-1] < one[-1] / 5, "and overtake"
    assert names["from_zero"][1] == 1
    assert names["from_zero"][0] < 0.01
    assert names["one_or_two_layers"](1.0, 1)[0][0] == 0, "the best rate of the single weight"
    near = 1 - 0.99**2
    one, two = near - names["one_or_two_layers"](0.01, 1, start=0.99)[0]
    assert two == pytest.approx(2 * one, rel=0.05), "near 1 it moves twice as far"


@pytest.mark.parametrize("rate", [0.01, 0.03, 0.2, 0.3])
@pytest.mark.parametrize("start", [0.01, 0.1, 0.3])
def test_one_or_two_layers_at_other_rates(names: dict[str, Any], rate: float, start: float) -> None:
    one, two = names["one_or_two_layers"](rate, int(14 / rate), start).T
    early = int(1 / rate)
    assert (two[:early] > one[:early]).all()
    assert two[-1] < one[-1]


def test_the_step_has_no_useful_slope_and_the_sigmoid_has(names: dict[str, Any]) -> None:
    stepped, smooth = zip(*names["slopes"], strict=True)
    assert stepped == pytest.approx((1, 10, 0, 0, 0))
    assert smooth[2:] == pytest.approx([0.25] * 3, abs=1e-3)
    sigmoid, z = names["sigmoid"], np.linspace(-6, 6, 601)
    assert np.abs(sigmoid(-z) - (1 - sigmoid(z))).max() < 1e-12
    assert np.abs(sigmoid(1000 * z) - names["step"](z))[np.abs(z) > 0.05].max() < 1e-12


@pytest.mark.claim(
    "A slope that is not 0 shows in which direction a weight should go, and the step never has one."
)
@pytest.mark.parametrize("x", [-2.0, 0.5])
def test_a_slope_shows_where_to_go_and_a_step_has_none(names: dict[str, Any], x: float) -> None:
    for w in (-3.0, -0.3, 0.2, 2.0):  # far enough from 0, where the step stands
        for name, has_one in (("sigmoid", True), ("step", False)):
            f = names[name]
            slope = (f(np.array((w + 1e-5) * x)) - f(np.array((w - 1e-5) * x))) / 2e-5
            assert bool(slope != 0) == has_one
            if has_one:
                assert f(np.array((w + 0.1 * np.sign(slope)) * x)) > f(np.array(w * x))


@pytest.mark.claim(
    "A slope that is not 0 shows in which direction a weight should go, and the step never has one."
)
def test_small_moves_show_with_smooth_units_and_small_weights_only(names: dict[str, Any]) -> None:
    step, sigmoid, saturated = names["shows"].values()
    assert (step, sigmoid) == (0, 1)
    assert 0.1 < saturated < 0.75
    assert 50 * (names["picture"] > 0).sum() > 500


@pytest.mark.claim(
    "A slope that is not 0 shows in which direction a weight should go, and the step never has one."
)
@pytest.mark.parametrize("delta", [1e-4, 1e-8])
@pytest.mark.parametrize("weight_std", [0.03, 0.3, 1.0])
def test_small_moves_of_other_sizes(names: dict[str, Any], delta: float, weight_std: float) -> None:
    seed = 100 + names["seed"]
    assert names["share_that_shows"](names["step"], weight_std, seed, delta) < 0.01
    assert names["share_that_shows"](names["sigmoid"], weight_std, seed, delta) > 0.99


def test_soft_units_need_weights_of_their_own(names: dict[str, Any]) -> None:
    assert names["soft_answers"][1] != XOR
    assert names["soft_answers"][5] == names["soft_answers"][30] == XOR
    corners, soft_xor = names["corners"], names["soft_xor"]
    for k in (0.2, 0.5, 1, 2):
        assert (soft_xor(corners, k) > 0.5).tolist() != [bool(y) for y in XOR]
    for k in (4, 10, 100, 1000):
        assert (soft_xor(corners, k) > 0.5).tolist() == [bool(y) for y in XOR]


def test_sigmoid_overflows_as_written_and_saturates(names: dict[str, Any]) -> None:
    assert names["overflows"]
    assert names["safe_ends"] == [0, 1]
    assert names["end_as_it_stands"] == 0
    assert names["dtypes"] == ["float32", "float32", "float64", "float32"]
    slopes = names["sigmoid_slopes"]
    assert slopes[0.0] == pytest.approx(0.25)
    assert slopes[10.0] < 1e-4 < slopes[5.0] < 0.01
