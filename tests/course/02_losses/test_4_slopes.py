"""What page 2.4 says of measured slopes, of the best step, and of the gradient."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np
import pytest

from course.drawing.losses import small_digits
from solutions.losses import central_difference, numerical_gradient, softmax_cross_entropy
from solutions.perceptrons import softmax

PAGE = "02_losses/4_slopes"


def test_best_steps_of_the_differences(names: dict[str, Any]) -> None:
    assert 2e-9 <= names["best_h"]["forward"] <= 1e-7
    assert 1e-6 <= names["best_h"]["central"] <= 5e-5
    assert 1e-9 < names["best_h_error"]["forward"] < 1e-7
    assert names["best_h_error"]["central"] < 1e-10
    assert names["right_digits"] == {"forward": 8, "central": 11}


@pytest.mark.claim(
    "The rule for the rest of the course: central difference, $h = 10^{-5}$, float64."
)
@pytest.mark.parametrize(
    ("f", "derivative"),
    [
        (np.sin, np.cos),
        (np.log1p, lambda x: 1 / (1 + x)),
        (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
        (lambda x: x**4, lambda x: 4 * x**3),
    ],
)
def test_the_rule_serves_other_functions(
    names: dict[str, Any], f: Callable[..., Any], derivative: Callable[..., Any]
) -> None:
    x = 0.1 + names["points"]
    error = {}
    for h in (1e-4, 1e-5, 1e-6):
        error[h] = np.abs(central_difference(f, x, h) / derivative(x) - 1).max()
        assert error[h] < 1e-5
        assert error[h] < np.abs(names["forward_difference"](f, x, h) / derivative(x) - 1).max()
    assert error[1e-5] < 2e-8


@pytest.mark.claim(
    "The rule for the rest of the course: central difference, $h = 10^{-5}$, float64."
)
def test_the_rule_serves_a_loss() -> None:
    step = signature(numerical_gradient).parameters["h"].default
    assert step == 1e-5, "the course's own gradient should follow its rule"
    small = small_digits(0)
    x, labels = small.x_train[:200], small.labels_train[:200]
    W = np.random.default_rng(0).normal(size=(17, 10))
    exact = x.T @ (softmax(x @ W) - np.eye(10)[labels]) / len(x)
    for h, limit in ((1e-4, 1e-8), (1e-5, 1e-9), (1e-6, 1e-8)):
        measured = numerical_gradient(lambda W: softmax_cross_entropy(x @ W, labels), W, h)
        assert np.abs(measured - exact).max() < limit


@pytest.mark.claim("two runs of $f$ for every parameter.")
def test_the_gradient_costs_two_runs_per_parameter(names: dict[str, Any]) -> None:
    np.testing.assert_allclose(names["gradient"], [3, -4], atol=1e-8)
    assert names["runs_of_gradient"] == 4


@pytest.mark.claim("The gradient points where $f$ grows fastest.")
def test_the_gradient_is_the_steepest_direction(names: dict[str, Any]) -> None:
    unit = names["gradient"] / names["length"]
    assert names["steepest"] @ unit > np.cos(np.radians(1)), "the directions are a degree apart"
    assert names["slopes"].max() == pytest.approx(5, abs=1e-3), "its length, √(3² + 4²)"
    across = names["level"] @ unit
    assert abs(across) < np.sin(np.radians(1)), "the level direction is at a right angle"


@pytest.mark.claim("The gradient points where $f$ grows fastest.")
@pytest.mark.parametrize("here", [(0.3, 0.2), (-2, 1), (1, -4)])
def test_the_gradient_is_the_steepest_direction_elsewhere(
    names: dict[str, Any], here: tuple[float, float]
) -> None:
    def wavy(w: np.ndarray) -> float:
        return float(np.sin(w[0]) * np.cos(2 * w[1]) + w[0] * w[1] ** 2)

    at = np.array(here, dtype=float)
    directions, slopes = names["slopes_around"](wavy, at)
    gradient = numerical_gradient(wavy, at)
    length = np.linalg.norm(gradient)
    assert directions[slopes.argmax()] @ gradient / length > np.cos(np.radians(1))
    assert slopes.max() == pytest.approx(length, rel=1e-3)


def test_bad_steps_lose_the_slope(names: dict[str, Any]) -> None:
    assert names["tiny"] == names["in_float32"] == 0
    assert names["error_in_float32"] > 1e-4
