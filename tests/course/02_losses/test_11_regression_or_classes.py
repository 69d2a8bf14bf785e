"""What page 2.11 says of numbers and bins, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "02_losses/11_regression_or_classes"


def test_an_outlier_pulls_harder_than_all_others(names: dict[str, Any]) -> None:
    pull = names["pull_of_outlier"]
    assert pull[10] > 1.5
    assert pull[30] > 3 * pull[10]


@pytest.mark.claim("With order regression is ahead when there are few pictures.")
def test_an_order_helps_regression_when_samples_are_few(names: dict[str, Any]) -> None:
    assert names["better"] == ["bins", "regression", "bins"]
    digits, ink, noisy = names["by_size"].values()
    for errors in digits.values():
        assert errors["bins"] < 0.7 * errors["regression"]
    for size in (50, 100):
        assert ink[size]["regression"] < 0.7 * ink[size]["bins"]
        assert noisy[size]["regression"] < noisy[size]["bins"] - 0.03
    assert ink[1000]["bins"] < 0.8 * ink[1000]["regression"], "the bins should have overtaken"
    assert abs(noisy[1000]["bins"] - noisy[1000]["regression"]) < 0.07


@pytest.mark.claim("With order regression is ahead when there are few pictures.")
@pytest.mark.parametrize("noise", [0, 0.25, 0.5])
@pytest.mark.parametrize("size", [40, 70, 140])
def test_an_order_helps_at_other_sizes_and_noise(
    names: dict[str, Any], noise: float, size: int
) -> None:
    errors = names["compare"](names["stars_by_ink"](noise), size)
    assert errors["regression"] < errors["bins"]
    if noise == 0:  # the digits know of no noise
        errors = names["compare"](names["stars_by_digit"](), size)
        assert errors["bins"] < errors["regression"] - 0.1


@pytest.mark.claim("With order regression is ahead when there are few pictures.")
@pytest.mark.parametrize("noise", [0, 0.5])
def test_an_order_helps_against_bins_at_other_rates_and_epochs(
    names: dict[str, Any], noise: float
) -> None:
    films = names["stars_by_ink"](noise)
    (x, stars), (x_new, stars_new) = (films[part] for part in ("training", "validation"))
    x, stars = x[:100], stars[:100]
    rows, lowest = np.eye(5)[stars - 1], np.inf
    for rate in (1, 10, 30):
        V = np.zeros((17, 5))
        for epoch in range(1, 1501):
            for batch in (slice(0, 50), slice(50, 100)):
                V -= rate * x[batch].T @ (names["softmax"](x[batch] @ V) - rows[batch]) / 50
            if epoch in (5, 20, 100, 400, 1500):
                answers = 1 + (names["softmax"](x_new @ V).cumsum(axis=1) >= 0.5).argmax(axis=1)
                lowest = min(lowest, np.abs(answers - stars_new).mean())
    by_regression = names["regression_answers"](x, stars, x_new)
    assert np.abs(by_regression - stars_new).mean() < lowest


def test_outliers_ruin_regression_and_not_bins(names: dict[str, Any]) -> None:
    digits, ink = names["star_errors"].values()
    for errors in (digits, ink):
        raw, cut_off, bins = (np.array(values) for values in errors.values())
        assert raw[-1] > 1.2
        assert (np.diff(raw[1:]) > 0).all(), "it should grow with the outliers' size"
        assert np.ptp(bins) < 0.15
        assert np.ptp(bins[2:]) == 0, "beyond 5 the size of an outlier makes no difference"
        assert np.ptp(cut_off) < 0.12
    for kind in names["star_errors"]:
        x, stars = (array[:250] for array in names["kinds"][kind]["training"])
        mistyped = np.random.default_rng(names["seed"]).permutation(250) < 0.05 * 250
        x_new, _ = names["kinds"][kind]["test"]
        answers = names["regression_answers"](x, np.where(mistyped, 50 * stars, stars), x_new)
        assert np.mean(answers == 5) > 0.5, "it was said to answer 5 to most pictures"
    raw, cut_off, bins = (np.array(values) for values in digits.values())
    assert (bins < 0.5 * cut_off).all()
    raw, cut_off, bins = (np.array(values) for values in ink.values())
    assert np.abs(bins - cut_off).max() < 0.12


@pytest.mark.parametrize("share", [0.02, 0.1])
@pytest.mark.parametrize(("kind", "size"), [("digits", 400), ("ink", 100), ("ink", 200)])
def test_outliers_of_other_shares(
    names: dict[str, Any], kind: str, size: int, share: float
) -> None:
    films = names["stars_by_digit"]() if kind == "digits" else names["stars_by_ink"](0.25)
    errors = names["compare"](films, size, 100, share)
    assert errors["regression"] > 1.1
    assert errors["regression"] > 1.8 * errors["regression, cut off at 5"]
    assert errors["regression"] > 1.8 * errors["bins"]
