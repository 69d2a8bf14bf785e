"""What page 3.12 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "03_backpropagation/12_tanh"


def test_the_centre_makes_one_direction_steep(names: dict[str, Any]) -> None:
    ratio = names["ratio"]
    assert 150 < ratio["sigmoid"] < 600
    assert ratio["sigmoid - ½"] < 15
    assert ratio["tanh"] < 15


@pytest.mark.claim(
    "from the usual random weights, with plain gradient descent, networks of several "
    "layers of tanh learn in fewer epochs than those of sigmoids, each at its own best "
    "rate. Started as the same function, much of the gap is gone."
)
@pytest.mark.claim("both the slope and the centre count")
@pytest.mark.claim("the slope decides")
def test_tanh_learns_faster_than_sigmoid(names: dict[str, Any]) -> None:
    sigmoid, centred, steep, tanh = names["epochs"].values()
    for flat in (sigmoid, centred):
        assert flat[0.2] == np.inf, "a flat activation learned at a small rate"
        assert min(flat[3], flat[5]) < np.inf, "a flat activation did not learn at 3 or at 5"
    for sharp in (steep, tanh):
        assert sharp[0.05] < 30
        assert sharp[0.2] <= 12
        assert sharp[1] > 20, "a steep activation learned soon at a rate of 1"
    for name, epochs in names["epochs"].items():
        smallest, *_, largest = epochs.values()
        assert min(epochs.values()) < min(smallest, largest), f"{name} is best at the grid's edge"
    assert max(centred[3], centred[5]) < min(sigmoid[3], sigmoid[5])
    sigmoid, centred, steep, tanh = names["fewest"].values()
    assert tanh < steep < sigmoid
    assert 1.5 * centred < sigmoid
    assert 1.5 * tanh < centred


@pytest.mark.parametrize("name", ["sigmoid", "σ(x) − ½", "2σ(2x)", "tanh"])
def test_no_activation_learns_beyond_its_range_of_rates(names: dict[str, Any], name: str) -> None:
    rates = (0.05, 0.1) if names["SQUASHES"][name][0] == 1 else (3.0, 10.0)
    needed = names["squash_epochs"](names["seed"], name, rates[names["seed"] % 2])
    assert needed == np.inf


@pytest.mark.claim("both the slope and the centre count")
@pytest.mark.parametrize("goal", [0.9, 0.97])
def test_tanh_learns_faster_at_other_rates_and_goals(names: dict[str, Any], goal: float) -> None:
    rates = {"sigmoid": (2, 4), "σ(x) − ½": (2, 4), "2σ(2x)": (0.1, 0.4), "tanh": (0.1, 0.4)}
    sigmoid, centred, steep, tanh = (
        min(names["squash_epochs"](names["seed"], name, rate, goal=goal) for rate in both)
        for name, both in rates.items()
    )
    assert tanh < centred < sigmoid
    assert tanh < steep < sigmoid


@pytest.mark.claim(
    "from the usual random weights, with plain gradient descent, networks of several "
    "layers of tanh learn in fewer epochs than those of sigmoids, each at its own best "
    "rate. Started as the same function, much of the gap is gone."
)
def test_the_same_function_from_sigmoids(names: dict[str, Any]) -> None:
    assert names["same_function"] < 1e-10
    best, fewest = min(names["from_tanh"]), names["fewest"]
    assert fewest["tanh"] <= best <= fewest["tanh"] + 4
    assert best < fewest["sigmoid"] / 2
    assert best < fewest["σ(x) − ½"]


@pytest.mark.claim(
    "from the usual random weights, with plain gradient descent, networks of several "
    "layers of tanh learn in fewer epochs than those of sigmoids, each at its own best "
    "rate. Started as the same function, much of the gap is gone."
)
@pytest.mark.parametrize(("depth", "gain"), [(2, 1), (3, 1), (6, 1), (10, 1), (4, 2)])
def test_much_of_the_head_start_is_the_start(
    names: dict[str, Any], depth: int, gain: float
) -> None:
    seed, both = names["seed"], (names["squash_epochs"], names["translated_epochs"])
    tanh = min(
        both[0](seed, "tanh", rate, depth, gain) for rate in ((0.2, 0.5) if depth > 2 else (0.5, 1))
    )
    translated = min(both[1](seed, rate, depth, gain) for rate in (0.5, 1, 2))
    assert tanh <= translated <= 3.5 * tanh
    if depth >= 3:
        sigmoid = min(both[0](seed, "sigmoid", rate, depth, gain) for rate in (2, 4))
        assert translated < sigmoid if depth == 3 else translated <= sigmoid / 2


def test_ten_layers_learn_from_another_start(names: dict[str, Any]) -> None:
    assert names["ten_of_tanh"] < names["ten_layers"] < 26
    assert names["ten_layers"] < 3.5 * names["ten_of_tanh"]


@pytest.mark.claim(
    "from the usual random weights, with plain gradient descent, networks of several "
    "layers of tanh learn in fewer epochs than those of sigmoids, each at its own best "
    "rate. Started as the same function, much of the gap is gone."
)
@pytest.mark.parametrize("width", [20, 150])
def test_tanh_learns_faster_at_other_widths(names: dict[str, Any], width: int) -> None:
    needed, rates = (
        names["squash_epochs"],
        {"sigmoid": (2, 4), "σ(x) − ½": (2, 4), "tanh": (0.1, 0.2)},
    )
    sigmoid, centred, tanh = (
        min(needed(names["seed"], name, rate, width=width) for rate in tried)
        for name, tried in rates.items()
    )
    assert tanh < centred < sigmoid


def test_two_layers_have_little_to_win(names: dict[str, Any]) -> None:
    needed = names["squash_epochs"]
    tanh = min(needed(names["seed"], "tanh", rate, depth=2) for rate in (0.5, 1))
    sigmoid = min(needed(names["seed"], "sigmoid", rate, depth=2) for rate in (2, 4))
    assert tanh <= sigmoid <= tanh + 6
