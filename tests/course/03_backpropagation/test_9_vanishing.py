"""What page 3.9 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "03_backpropagation/9_vanishing"


def test_a_circle_becomes_an_ellipse(names: dict[str, Any]) -> None:
    assert names["angle_before"] == pytest.approx(90, abs=0.2)
    assert names["angle_after"] == pytest.approx(90, abs=0.2)
    lengths = names["lengths"]
    assert (lengths.max(), lengths.min()) == pytest.approx(names["small_values"], abs=1e-5)


def test_typical_and_largest_stretch(names: dict[str, Any]) -> None:
    assert names["rms_value"] == pytest.approx(1, abs=0.03)
    assert names["values"].max() == pytest.approx(2, abs=0.1)
    assert names["values"].min() < 0.05
    assert 0.7 < names["stretches"].min() < names["stretches"].max() < 1.3


@pytest.mark.parametrize("n", [50, 400])
@pytest.mark.parametrize("gain", [0.3, 5])
def test_gain_is_the_typical_stretch(names: dict[str, Any], n: int, gain: float) -> None:
    W = gain / np.sqrt(n) * np.random.default_rng([100, names["seed"]]).normal(size=(n, n))
    values = np.linalg.svd(W, compute_uv=False)
    assert np.sqrt(np.mean(values**2)) == pytest.approx(gain, rel=0.06)
    assert values.max() == pytest.approx(2 * gain, rel=0.1)


@pytest.mark.claim(r"The factor per layer is about $g \cdot \mathrm{rms}(\varphi')$")
def test_factor_per_layer_is_as_predicted(names: dict[str, Any]) -> None:
    for name, (measured, predicted) in names["factors"].items():
        assert measured == pytest.approx(predicted, rel=0.05), name
    factor = {name: measured for name, (measured, _) in names["factors"].items()}
    assert 0.2 < factor["sigmoid, gain 1"] < 0.25
    assert 0.5 < factor["sigmoid, gain 4"] < 0.8
    assert factor["ReLU, gain 1"] == pytest.approx(0.5**0.5, rel=0.04)
    assert factor["ReLU, gain √2"] == pytest.approx(1, rel=0.04)
    assert factor["ReLU, gain 2"] == pytest.approx(2**0.5, rel=0.04)
    assert 0.9 < factor["tanh, gain 1"] < 1


@pytest.mark.claim(r"The factor per layer is about $g \cdot \mathrm{rms}(\varphi')$")
@pytest.mark.parametrize(("depth", "width"), [(20, 40), (50, 250), (100, 100)])
def test_factor_at_other_depths_and_widths(names: dict[str, Any], depth: int, width: int) -> None:
    for name, (activation, gain) in names["CASES"].items():
        norms, predicted = names["norms_by_layer"](
            [100, names["seed"]], depth, activation, gain, width
        )
        measured = (norms[0] / norms[-1]) ** (1 / (depth - 1))
        assert measured == pytest.approx(predicted, rel=0.1), name


def test_gradients_vanish_and_explode_over_fifty_layers(names: dict[str, Any]) -> None:
    over = names["from_50_to_1"]
    assert over["sigmoid, gain 1"] < 1e-28
    assert over["sigmoid, gain 4"] < 1e-7
    assert over["ReLU, gain 1"] < 1e-6
    assert over["ReLU, gain 2"] > 1e5
    assert 0.01 < over["tanh, gain 1"] < 1
    assert 0.05 < over["ReLU, gain √2"] < 5


def test_steep_sigmoids_explode(names: dict[str, Any]) -> None:
    factors = names["steep_sigmoids"]
    assert list(factors.values()) == sorted(factors.values())
    assert factors[1] < 0.25
    assert 0.9 < factors[10] < 1.03
    assert factors[20] > 1.2
    assert 1.15 < factors[40] / factors[20] < 1.45, "about the root of 2"


def test_numbers_run_out_at_both_ends(names: dict[str, Any]) -> None:
    assert 30 < names["overflow_layer"] < 60
    assert np.isnan(names["overflow_loss"])
    assert np.isnan(names["overflow_gradient"])
    assert names["underflow_gradient"] == 0


def test_a_layer_that_is_not_square(names: dict[str, Any]) -> None:
    """The answer to the question to think about."""
    rng = np.random.default_rng([100, names["seed"]])
    W = rng.normal(size=(1000, 10)) / np.sqrt(1000)
    x, dout = rng.normal(size=(200, 1000)), rng.normal(size=(200, 10))
    assert np.linalg.norm(x @ W) / np.linalg.norm(x) == pytest.approx(0.1, rel=0.1)
    assert np.linalg.norm(dout @ W.T) / np.linalg.norm(dout) == pytest.approx(1, rel=0.1)
