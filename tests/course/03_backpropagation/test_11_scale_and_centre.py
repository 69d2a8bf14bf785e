"""What page 3.11 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "03_backpropagation/11_scale_and_centre"


@pytest.mark.claim(
    "In such a layer, inputs that are 1000 times larger make the gradient 1000 times "
    "larger, and the rate that does the same a million times smaller."
)
def test_a_thousand_times_larger_asks_for_a_millionth_of_the_rate(names: dict[str, Any]) -> None:
    assert names["gradient_ratio"] == pytest.approx(1000)
    assert names["same_path"] < 1e-9


@pytest.mark.claim(
    "In such a layer, inputs that are 1000 times larger make the gradient 1000 times "
    "larger, and the rate that does the same a million times smaller."
)
@pytest.mark.parametrize("scale", [1e-4, 30, 1e6])
@pytest.mark.parametrize("rate", [0.01, 3])
def test_the_same_path_at_other_scales_and_rates(
    names: dict[str, Any], scale: float, rate: float
) -> None:
    x = names["data"].x_train
    W = names["one_layer"](x, rate, steps=30)
    W_scaled = names["one_layer"](scale * x, rate / scale**2, steps=30)
    np.testing.assert_allclose(scale * W_scaled, W, rtol=1e-6, atol=1e-9)


def test_two_layers_learn_only_at_a_healthy_scale(names: dict[str, Any]) -> None:
    tops = {case: max(values) for case, values in names["scaled"].items()}
    for name in ("ReLU", "Tanh"):
        assert tops[name, 1] > 0.93
        assert tops[name, 0.001] < 0.3
    assert 0.7 < tops["ReLU", 1000] < 0.9
    assert 0.3 < tops["Tanh", 1000] < 0.8


@pytest.mark.parametrize(("activation", "rates"), [("ReLU", (1e-4, 2e-4)), ("Tanh", (6e-3, 2e-2))])
def test_rates_in_between_do_not_make_up_for_large_pixels(
    names: dict[str, Any], activation: str, rates: tuple[float, ...]
) -> None:
    kind, top = names[activation], max(names["scaled"][activation, 1])
    reads = [names["scaled_accuracy"](names["seed"], kind, 1000, rate) for rate in rates]
    assert max(reads) < top - 0.03
    assert names["scaled_accuracy"](names["seed"], kind, 10, 0.1) > 0.92, "ten times do no harm"


def test_the_usable_rates_move_by_orders_of_magnitude(names: dict[str, Any]) -> None:
    rates, scaled = names["SCALED_RATES"], names["scaled"]
    healthy, large = (rates[np.array(scaled["ReLU", scale]) > 0.4].max() for scale in (1, 1000))
    assert 1e3 <= healthy / large * 1.01 <= 1e5


def test_gradients_and_units_at_the_start(names: dict[str, Any]) -> None:
    start = names["start"]
    loss, first, second, _ = start["ReLU", 1000]
    assert 100 < loss < 1000
    assert 500 < first / start["ReLU", 1][1] < 5000
    assert 500 < second / start["ReLU", 1][2] < 5000
    assert start["Tanh", 1000][3] > 0.98
    assert start["Tanh", 1][3] < 0.05
    for name in ("ReLU", "Tanh"):
        for place in (1, 2):
            assert start[name, 1][place] / start[name, 0.001][place] == pytest.approx(1000, rel=0.7)


@pytest.mark.parametrize(
    ("activation", "scale", "rates", "most"),
    [
        ("ReLU", 1000, (3e-5, 3e-4, 3e-3), 0.92),
        ("Tanh", 1000, (3e-3, 3e-2), 0.85),
        ("ReLU", 0.001, (3, 3e4), 0.3),
        ("Tanh", 0.001, (3, 3e4), 0.3),
    ],
)
def test_other_rates_and_more_epochs_do_not_help(
    names: dict[str, Any], activation: str, scale: float, rates: tuple[float, ...], most: float
) -> None:
    rate = rates[names["seed"] % len(rates)]
    kind = names[activation]
    assert names["scaled_accuracy"](names["seed"], kind, scale, rate, epochs=25) < most


def test_it_is_the_biases_that_spoil_small_inputs(names: dict[str, Any]) -> None:
    assert min(names["without_biases"]) > 0.85


def test_a_constant_makes_a_layer_slow(names: dict[str, Any]) -> None:
    losses = {name: loss for name, (loss, _) in names["centre"].items()}
    assert 0.7 < losses["as they are"] < 1.2
    assert losses["1 added"] > 2
    assert losses["10 added"] > 2.28
    assert losses["mean subtracted"] < losses["as they are"] / 5
    assert 0.5 < losses["mean subtracted"] / losses["standardized"] < 2
    rates = names["CENTRE_RATES"]
    for name, (_, rate) in names["centre"].items():
        assert rates[0] < rate < rates[-1], f"{name}: the best rate is the end of the range"
    ratio = names["ratio"]
    assert 10 < ratio["as they are"] < 20
    assert 100 < ratio["1 added"] < 300
    assert 5000 < ratio["10 added"] < 15000
    assert ratio["mean subtracted"] < 1.3


@pytest.mark.parametrize("steps", [30, 100])
def test_a_constant_makes_a_layer_slow_with_other_patience(
    names: dict[str, Any], steps: int
) -> None:
    data, with_bias = names["data"], names["with_bias"]
    best = {}
    for name in ("as they are", "1 added", "mean subtracted"):
        x, losses = names["CHANGES"][name](data.x_train), []
        for rate in (0.2, 0.6) if name == "1 added" else (7, 30, 200):
            W, b = with_bias(x, rate, steps)
            losses.append(names["softmax_cross_entropy"](x @ W + b, data.labels_train))
        best[name] = min(losses)
    assert best["1 added"] > 3 * best["as they are"] > 3 * best["mean subtracted"]


def test_standardizing_forgets_unit_and_zero(names: dict[str, Any]) -> None:
    assert names["unit_difference"] < 1e-9
    assert 0 < names["blank"] < 10
    assert names["largest_input"] > 20
