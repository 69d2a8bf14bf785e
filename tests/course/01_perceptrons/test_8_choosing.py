"""What page 1.8 says of activations and their properties, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "01_perceptrons/8_choosing"


def test_properties_of_the_activations(names: dict[str, Any]) -> None:
    wanted = {
        "identity": "-yyy-",
        "step": "y-y-y",
        "sigmoid": "yyy-y",
        "tanh": "yyyyy",
        "ReLU": "y-y--",
        "leaky, a = 0.1": "y-y--",
        "ELU": "yyyy-",
        "SiLU": "yy---",
        "sine": "yy-yy",
    }
    found = {
        name: "".join("y" if has else "-" for has in properties.values())
        for name, properties in names["found"].items()
    }
    assert found == wanted
    assert names["tanh_from_sigmoid"] < 1e-12
    wide = np.linspace(-30, 30, 60_001)
    assert -0.28 < names["silu"](wide).min() < -0.27
    assert names["elu"](wide).min() > -1 - 1e-12
    np.testing.assert_allclose(names["leaky"](wide), np.where(wide > 0, wide, 0.1 * wide))
    np.testing.assert_allclose(names["elu"](wide), np.where(wide > 0, wide, np.expm1(wide)))


def test_what_monotonic_buys_one_unit(names: dict[str, Any]) -> None:
    assert names["always_bends_up"] == {"sigmoid": True, "sine": False}
    assert len(names["low_places"]["sigmoid"]) == 1
    assert len(names["low_places"]["sine"]) == 3, "the figure shows three"


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky", "elu"])
def test_a_monotonic_unit_never_has_a_second_low_place(
    names: dict[str, Any], activation: str
) -> None:
    rng = np.random.default_rng(names["seed"])
    for spread in (0.1, 1.0, 5.0):
        x = rng.normal(scale=spread, size=40)
        t = rng.integers(0, 2, size=40)
        slope, low_places = names["slopes_and_low_places"](names[activation], x, t)
        assert (np.diff(slope) > -1e-12).all()
        assert len(low_places) <= 1


def test_what_the_last_two_properties_buy(names: dict[str, Any]) -> None:
    assert names["left_after_ten"]["tanh"] > 0.9
    assert names["left_after_ten"]["sigmoid"] < 1e-4
    assert names["largest"]["ReLU"][-1] > 1000
    assert names["largest"]["tanh"][-1] <= 1
    assert names["beyond"]["tanh"] > 0.1


@pytest.mark.parametrize("weight_std", [0.375, 0.6, 2.0])
def test_large_weights_of_other_sizes(names: dict[str, Any], weight_std: float) -> None:
    seed = 100 + names["seed"]
    largest, _ = names["through_ten_layers"](names["relu"], weight_std, seed)
    assert largest[-1] > 5 * largest[0]
    largest, beyond = names["through_ten_layers"](names["tanh"], weight_std, seed)
    assert max(largest) <= 1
    assert beyond > 0.1
    shrinking, _ = names["through_ten_layers"](names["relu"], 0.05, seed)
    assert shrinking[-1] < shrinking[0], "the text says so of large weights only"


@pytest.mark.parametrize("units", [32, 64, 200])
def test_a_sum_is_about_as_much_larger_as_announced(names: dict[str, Any], units: int) -> None:
    rng = np.random.default_rng(names["seed"])
    growth = []
    for _ in range(30):
        x = rng.random((100, units))
        z = x @ rng.normal(scale=3 / 8, size=(units, units))
        growth.append(np.sqrt((z**2).mean() / (x**2).mean()))
        assert 0.25 < (z < 0).mean() < 0.75, "about half"
    assert np.mean(growth) == pytest.approx(np.sqrt(units) * 3 / 8, rel=0.1)


@pytest.mark.parametrize("z", [-10.0, -20.0, -30.0])
def test_far_below_0_only_the_leaky_one_keeps_its_slope(names: dict[str, Any], z: float) -> None:
    def slope(name: str, at: float) -> float:
        f = names[name]
        return float((f(np.array(at + 1e-4)) - f(np.array(at - 1e-4))) / 2e-4)

    assert slope("leaky", z) == pytest.approx(0.1)
    for name in ("elu", "silu"):
        assert abs(slope(name, z)) < 1e-3 * slope(name, -z)


def test_the_squared_error_of_a_sigmoid_is_no_bowl(names: dict[str, Any]) -> None:
    w = np.linspace(-9, 9, 901)
    for t in (0, 1):
        error = (names["sigmoid"](w) - t) ** 2
        assert np.diff(error, n=2).min() < -1e-6


def test_a_dead_unit_reacts_to_nothing(names: dict[str, Any]) -> None:
    assert names["highest"] < 0
    assert names["reacts"] == {"ReLU": 0, "leaky": 1}


def test_a_ramp_from_two_units(names: dict[str, Any]) -> None:
    z, relu = np.linspace(-3, 3, 61), names["relu"]
    np.testing.assert_allclose(relu(z) - relu(z - 1), np.clip(z, 0, 1), atol=1e-12)
