"""What page 3.1 says of its experiments."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from solutions.backpropagation import Add, Multiply
from solutions.losses import central_difference, numerical_gradient

PAGE = "03_backpropagation/1_graphs"


def test_numerical_gradient_needs_two_runs_per_parameter(names: dict[str, Any]) -> None:
    assert names["parameters"] == 64 * 50 + 50 + 50 * 10 + 10
    assert names["runs"] == 2 * names["parameters"]


def test_a_taxi_by_hand(names: dict[str, Any]) -> None:
    assert names["to_pay"] == 23
    assert (names["dstart"], names["dkilometres"], names["dprice"]) == (1, 2.5, 8)


def test_shopping_by_hand(names: dict[str, Any]) -> None:
    assert names["total"] == pytest.approx(715)
    assert names["shopping"] == pytest.approx((110, 2.2, 165, 3.3, 650))
    assert names["shopping_error"] < 1e-7


@pytest.mark.claim(
    "Where a value is used more than once, the derivatives that come back are added."
)
def test_paths_add_up(names: dict[str, Any]) -> None:
    assert list(names["along_paths"].values()) == pytest.approx([44, 99])
    assert names["by_paths"] == pytest.approx(names["by_difference"], rel=1e-6)


@pytest.mark.parametrize("diesel", [0.5, 3.0, 20.0])
def test_paths_add_up_at_other_prices(names: dict[str, Any], diesel: float) -> None:
    measured = central_difference(names["bill"], diesel, h=1e-4)
    assert measured == pytest.approx(names["by_paths"], rel=1e-6), "the bill is linear in diesel"


def layered_graph(rng: np.random.Generator) -> list[np.ndarray]:
    """Return the local derivatives of a graph of 3, 4, 2 and 3 numbers, and one at the end."""
    sizes = (3, 4, 2, 3, 1)
    return [rng.normal(size=(a, b)) for a, b in pairwise(sizes)]


@pytest.mark.claim(
    "Where a value is used more than once, the derivatives that come back are added."
)
def test_the_sum_over_paths_in_graphs_with_many_of_them(names: dict[str, Any]) -> None:
    """Formula (2) by going through all paths, rule (1) step by step, and differences."""
    rng = np.random.default_rng(names["seed"])
    steps = layered_graph(rng)
    points = [rng.normal(size=step.shape[0]) for step in steps]
    slopes = [1 - np.tanh(point) ** 2 for point in points]

    def paths(level: int, number: int) -> float:
        if level == len(steps):
            return 1.0
        users = enumerate(steps[level][number])
        return sum(s * slopes[level][number] * paths(level + 1, user) for user, s in users)

    by_rule = np.ones(1)
    for step, slope in zip(reversed(steps), reversed(slopes), strict=True):
        by_rule = slope * (step @ by_rule)

    def end(x: np.ndarray) -> float:
        moved = np.tanh(x) - np.tanh(points[0])
        for step, point in zip(steps[:-1], points[1:], strict=True):
            moved = np.tanh(point + moved @ step) - np.tanh(point)
        return float((moved @ steps[-1])[0])

    by_paths = [paths(0, number) for number in range(3)]
    np.testing.assert_allclose(by_paths, by_rule, rtol=1e-12)
    np.testing.assert_allclose(by_paths, numerical_gradient(end, points[0]), rtol=1e-6, atol=1e-9)


def test_a_second_forward_overwrites_the_memory() -> None:
    node = Multiply()
    node.forward(2, 100)
    assert node.backward(1) == (100, 2)
    node.forward(3, 150)
    assert node.backward(1) == (150, 3)
    assert Add().backward(7) == (7, 7)
