"""Gradients that are wrong are told from right ones, and measured ones from derived ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.authoring.derived import (
    DERIVED,
    add_activation_checks,
    add_derived_check,
    how_all_got,
    how_got,
    large_and_huge,
    signed,
    slope_error,
)
from autograder.authoring.draws import Draws
from autograder.authoring.implementation import Implementation
from autograder.authoring.tasks import Task
from autograder.building.assignments import load
from autograder.judging.expectations import expect
from autograder.judging.results import run_check
from autograder.judging.verdicts import judge


class Twice:
    """y = 2x above 0, else x."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.where(x > 0, 2 * x, x)

    def backward(self, dout: Any) -> Any:
        return np.where(self.x > 0, 2 * dout, dout)


class Measured(Twice):
    def backward(self, dout: Any) -> Any:
        f, x, h = Twice().forward, self.x, 1e-5
        return dout * (f(x + h) - f(x - h)) / (2 * h)


class WrongSlope(Twice):
    def backward(self, dout: Any) -> Any:
        return np.where(self.x > 0, 2.1 * dout, dout)


class Widens(Twice):
    def forward(self, x: Any) -> Any:
        return super().forward(x).astype(float)


class InPlace(Twice):
    def forward(self, x: Any) -> Any:
        x[...] = super().forward(x.copy())
        return x


class Nothing:
    def forward(self, x: Any) -> None:
        pass

    backward = forward


TASK = Task("twice", "Twice", points=1, needs=["Twice"], minutes=1)
add_activation_checks(TASK, lambda impl, rng: impl.Twice())
add_derived_check(TASK, lambda impl, rng: impl.Twice())


def failed(layer: type, seed: int) -> set[str]:
    """Return the checks that a layer fails."""
    expected = expect(TASK, lambda wrong: {"Twice": Twice}, seed)
    results = {
        check.name: run_check(
            check, Implementation({"Twice": layer}), Draws(recorded=expected[check.name].draws)
        )
        for check in TASK.checks
    }
    report = judge(TASK, results, expected, {})
    return {check.name for check in report.checks if not check.passed}


@pytest.mark.parametrize("seed", range(5))
def test_checks_of_activations(seed: int) -> None:
    assert failed(Twice, seed) == set()
    assert failed(Measured, seed) == {"derived"}
    assert {"backward", "slopes"} <= failed(WrongSlope, seed)
    assert "any_shape" in failed(Widens, seed)
    assert "inputs_stay" in failed(InPlace, seed)
    assert failed(Nothing, seed) == {check.name for check in TASK.checks}


def test_signed_numbers_are_of_both_signs_and_away_from_zero() -> None:
    for seed in range(200):
        x = signed(np.random.default_rng(seed), 2, 1)
        assert np.abs(x).min() >= 0.1
        assert set(np.sign(x).flat) == {-1, 1}
    near, far = large_and_huge(np.random.default_rng(0))
    assert (far + 1e-3 == far).all()
    assert (np.sign(near) == np.sign(far)).all()


def test_slope_error_tells_a_wrong_gradient() -> None:
    x, direction = np.array([1.0, 2.0, -3.0]), np.array([0.3, -0.2, 0.5])
    assert slope_error(lambda x: np.sum(x**2), x, 2 * x, direction) < 1e-9
    assert slope_error(lambda x: np.sum(x**2), x, 2.2 * x, direction) > 0.01


def test_what_is_lost_only_far_away_was_measured() -> None:
    near = np.array([0.5, 0.0])
    assert how_got(near, np.array([1e-9, 0.0])) == "derived"
    assert how_got(near, np.zeros(2)) == "measured"
    assert how_got(near, np.zeros(2), output=np.array([1.0, 0.3])) == "derived"  # saturated
    half = np.array([1e-9, -1e-9, 0.0, 0.0])
    assert how_got(np.ones(4), half) == "measured"
    assert how_got(np.ones(4), half, share=0.5) == "derived"  # on one side of 0, by a wrong formula
    assert how_all_got({"x": near, "a": near}, {"x": near, "a": 0 * near}) == "measured"
    assert how_all_got({"x": near}, {"x": near}) == "derived"
    assert how_all_got({"x": near}, {"x": near}, few=4, many=20) == "measured"


@pytest.mark.parametrize(
    "slope", ["1 - 2*y + y**2", "(1 - y) ** 2", "1 - y", "2*y - y**2 - 1", "y - y**2"]
)
def test_a_wrong_formula_is_not_taken_for_a_measured_one(slope: str) -> None:
    class Tanh:
        def forward(self, x: Any) -> Any:
            self.y = np.tanh(x)
            return self.y

        def backward(self, dout: Any) -> Any:
            return dout * eval(slope, {"y": self.y})

    [task] = [task for task in load("03_backpropagation").tasks if task.name == "tanh"]
    [check] = [check for check in task.checks if check.title == DERIVED]
    for seed in range(50):
        implementation = Implementation({"Tanh": Tanh})
        assert check.function(implementation, np.random.default_rng(seed)) == "derived"
