"""What page 2.2 says of squared error, of the line, of the likelihood and of conventions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.losses import squared_error

PAGE = "02_losses/2_squared_error"


@pytest.mark.claim("The squared error asks for the mean.")
def test_squared_error_asks_for_the_mean(names: dict[str, Any]) -> None:
    assert names["best_answer"] == pytest.approx(3.5)
    assert names["best_answer"] == pytest.approx(names["four_targets"].mean())


@pytest.mark.claim("The squared error asks for the mean.")
@pytest.mark.parametrize("count", [2, 5, 400])
def test_no_answer_is_better_than_the_mean(count: int) -> None:
    targets = np.random.default_rng(count).exponential(3, size=(count, 1))
    at_mean = squared_error(np.full_like(targets, targets.mean()), targets)
    for aside in (-2, -1e-3, 1e-3, 2):
        answers = np.full_like(targets, targets.mean() + aside)
        assert squared_error(answers, targets) > at_mean


def test_the_line_is_the_one_with_the_smallest_squared_error(names: dict[str, Any]) -> None:
    x, ink = names["dark_pixels"], names["ink"]
    line = names["ink_per_pixel"], names["ink_of_none"]
    np.testing.assert_allclose(line, np.polyfit(x, ink, 1), rtol=1e-8)
    assert 0.55 < line[0] < 0.7, "less than black, more than barely dark"
    assert abs(names["errors"].mean()) < 1e-10


@pytest.mark.parametrize("limit", [0.25, 0.3, 0.4])
def test_pictures_with_more_dark_pixels_have_paler_ones(
    names: dict[str, Any], limit: float
) -> None:
    pictures = names["pictures"]
    dark = pictures > limit
    mean = pictures[dark].mean()
    by_dark, by_pale = (
        np.polyfit(dark.sum(axis=1), (pictures * kind).sum(axis=1), 1)[0] for kind in (dark, ~dark)
    )
    assert by_dark < mean
    assert by_pale < 0
    assert names["ink_per_pixel"] < names["mean_dark"] - 0.05


@pytest.mark.parametrize("limit", [0.2, 0.3, 0.5])
def test_the_errors_of_the_line_look_gaussian(names: dict[str, Any], limit: float) -> None:
    x = (names["pictures"] > limit).sum(axis=1).astype(float)
    errors = names["ink"] - np.polyval(np.polyfit(x, names["ink"], 1), x)
    e = errors / errors.std()
    assert 0.64 < np.mean(np.abs(e) < 1) < 0.72, "0.683 of a Gaussian"
    assert 0.93 < np.mean(np.abs(e) < 2) < 0.97, "0.954 of a Gaussian"
    assert abs((e**3).mean()) < 0.3, "to both sides alike"


def test_a_coin_has_the_likelihood_of_its_share(names: dict[str, Any]) -> None:
    assert names["best_heads"] == pytest.approx(0.7, abs=1e-3)
    assert names["y_values"][names["coin_loss"].argmin()] == names["best_heads"]


@pytest.mark.claim("This is why the square: it is the exponent of the Gaussian.")
@pytest.mark.parametrize("width", [0.3, 1, 7])
def test_squared_and_absolute_error_are_negative_logarithms(width: float) -> None:
    t, y = np.meshgrid(np.linspace(-3, 3, 13), np.linspace(-2, 2, 9))
    gaussian = np.exp(-((t - y) ** 2) / (2 * width**2)) / (width * np.sqrt(2 * np.pi))
    rest = -np.log(gaussian) - (y - t) ** 2 / (2 * width**2)
    np.testing.assert_allclose(rest, np.log(width * np.sqrt(2 * np.pi)))
    laplace = np.exp(-np.abs(t - y) / width) / (2 * width)
    np.testing.assert_allclose(-np.log(laplace) - np.abs(y - t) / width, np.log(2 * width))


def test_each_loss_is_best_for_its_distribution(names: dict[str, Any]) -> None:
    assert names["median_wins"] == ["laplace"]
    assert names["penalty"] == pytest.approx((np.sqrt(np.pi / 2), np.sqrt(2)), rel=0.1)


@pytest.mark.parametrize("samples", [5, 11, 31, 301, 1001])
def test_each_loss_is_best_with_other_numbers_of_samples(
    names: dict[str, Any], samples: int
) -> None:
    errors = names["usual_errors"](samples, np.random.default_rng(3), repeats=1000)
    assert errors["gaussian"]["mean"] < 0.95 * errors["gaussian"]["median"]
    assert errors["laplace"]["median"] < 0.97 * errors["laplace"]["mean"]


@pytest.mark.claim(
    "The convention of this course: half the sum over the outputs, the mean over the samples."
)
def test_conventions_differ_by_the_factors_of_the_table(names: dict[str, Any]) -> None:
    expected = {
        "ours": 1,
        "without the half": 2,
        "mean over everything": 2 / 3,
        "half the sum over everything": 4,
    }
    assert names["slope_by_convention"] == pytest.approx(expected, rel=1e-6)
    y, t = np.random.default_rng(0).normal(size=(2, 4, 3))
    assert squared_error(y, t) == pytest.approx(np.mean([(d @ d) / 2 for d in y - t]))
    assert names["silently_wrong"] == pytest.approx(5), "broadcasting should have made all pairs"
