"""What page 4.1 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "04_optimizers/1_zigzag"


@pytest.mark.claim(
    "Only where the contour lines are circles does every gradient point at the minimum."
)
def test_the_gradient_points_at_the_minimum_on_circles_only(names: dict[str, Any]) -> None:
    angle, rng = names["angle_to_minimum"], np.random.default_rng(names["seed"])
    assert names["angle_at_start"] == pytest.approx(64.1, abs=0.1)
    assert names["angle_on_circles"] == pytest.approx(0, abs=1e-5)
    for steep in (1.5, 3.0, 20.0, 1000.0):
        for point in rng.uniform(0.2, 3.0, (5, 2)) * rng.choice([-1, 1], (5, 2)):
            assert angle(np.array([steep, steep]), point) == pytest.approx(0, abs=1e-4)
            assert angle(np.array([1.0, steep]), point) > 0.5
        for point in np.eye(2):
            assert angle(np.array([1.0, steep]), point) == pytest.approx(0, abs=1e-4)


def test_each_coordinate_has_its_own_factor(names: dict[str, Any]) -> None:
    assert names["jumping"] == [0.95]
    ends = {rate: np.abs(path[-1]) for rate, path in names["paths"].items()}
    assert ends[0.1][0] > ends[0.45][0] > ends[0.95][0], "the larger the rate, the nearer is x"
    assert ends[0.95][1] > max(ends[0.1][1], ends[0.45][1]), "and y is then done later"
    for rate in (0.01, 0.1, 0.3, 0.45, 0.6, 0.95, 1.2):
        path = names["descend"](rate)
        factors = 1 - rate * names["CURVATURES"]
        np.testing.assert_allclose(
            path, factors ** np.arange(41)[:, None] * names["START"], rtol=1e-6, atol=1e-12
        )
        assert (path[1:, 1] * path[:-1, 1] < 0).any() == (rate > 0.5)


@pytest.mark.claim("The limit is 2 divided by the largest curvature.")
def test_the_limit_is_that_of_the_steepest_direction(names: dict[str, Any]) -> None:
    for (_, steep), limit in names["limits"].items():
        assert limit * steep == pytest.approx(2, rel=0.01)
    rng = np.random.default_rng(names["seed"])
    for _ in range(3):  # bowls in several directions, turned at random
        size = int(rng.integers(2, 7))
        turn = np.linalg.qr(rng.normal(size=(size, size)))[0]
        curvatures = 10.0 ** rng.uniform(-1.5, 0.5, size)
        bowl = turn * curvatures @ turn.T
        limit = names["limit_on"](lambda p, bowl=bowl: bowl @ p, rng.normal(size=size))
        assert limit * curvatures.max() == pytest.approx(2, rel=0.01)


@pytest.mark.claim("The limit is 2 divided by the largest curvature.")
def test_the_limit_holds_for_a_model_that_reads_digits(names: dict[str, Any]) -> None:
    assert names["found_limit"] == pytest.approx(names["formula_limit"], rel=0.005)
    assert len(names["H"]) > 45


def test_the_errors_are_a_fan_of_straight_lines(names: dict[str, Any]) -> None:
    assert names["off_formula"] < 1e-9
    fan, of = names["fan"], names["error_along_eigenvectors"]
    middle = len(fan[0]) - 6
    assert fan[-1, 0] > 0.9, "the flattest one has not begun"
    assert fan[20, middle] < 1e-3 < fan[20, -1], "the steepest is slower than those before it"
    for share in (0.3, 0.6):
        eigenvalues, limit = names["eigenvalues"], names["found_limit"]
        logs = np.log(of(share * limit, 8))
        slopes = np.log(np.abs(1 - share * limit * eigenvalues))
        slow = slopes > -2  # the others reach what rounding leaves
        assert slow.sum() > 40
        np.testing.assert_allclose(
            np.diff(logs, axis=0)[:, slow], slopes[None, slow] + np.zeros((8, 1)), atol=1e-4
        )


def test_what_is_left_of_the_loss_lies_in_the_flat_and_the_steepest(names: dict[str, Any]) -> None:
    eigenvalues = names["eigenvalues"]
    first = np.linalg.norm(names["eigenvectors"].T @ names["best_weights"], axis=1)
    flat = eigenvalues < 0.1
    for share in (0.3, 0.6, 0.8, 0.95):
        errors = names["error_along_eigenvectors"](share * names["found_limit"], 60) * first
        heights = eigenvalues * errors**2
        assert heights[10].sum() < 0.2 * heights[0].sum() < heights[0, ~flat].sum()
        for k in (10, 60) if share < 0.9 else (60,):
            ends = flat if share < 0.9 else flat | (eigenvalues == eigenvalues[-1])
            assert heights[k, ends].sum() > 0.85 * heights[k].sum(), (share, k)


@pytest.mark.claim(
    "Gradient descent at its best rate takes a number of steps that grows in proportion to "
    "the condition number."
)
def test_the_best_rate_is_where_both_ends_are_equally_slow(names: dict[str, Any]) -> None:
    for flat, steep in ((0.1, 2.0), (1.0, 7.0), (1.0, 300.0)):
        rates = np.linspace(0, 2.2 / steep, 4001)
        slowest = np.maximum(np.abs(1 - rates * flat), np.abs(1 - rates * steep))
        assert rates[slowest.argmin()] == pytest.approx(2 / (flat + steep), rel=2e-3)
        assert slowest.min() == pytest.approx((steep - flat) / (steep + flat), abs=2e-3)


@pytest.mark.claim(
    "Gradient descent at its best rate takes a number of steps that grows in proportion to "
    "the condition number."
)
def test_the_steps_grow_in_proportion_to_the_condition_number(names: dict[str, Any]) -> None:
    steps = names["steps_at"]
    for small, large in ((20, 200), (200, 2000)):
        assert 9 < steps[large] / steps[small] < 11
    assert names["steps_to_a_hundredth"](1000) / names["steps_to_a_hundredth"](100) == (
        pytest.approx(10, rel=0.03)
    )
    assert names["digits_kappa"] > 500
