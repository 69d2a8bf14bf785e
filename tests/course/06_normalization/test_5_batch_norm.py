"""What page 6.5 says of batch normalization: what it computes, what it gives, what it costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "06_normalization/5_batch_norm"


def test_a_good_start_does_not_last(names: dict[str, Any]) -> None:
    assert names["swing"] > 3
    assert names["normed_swing"] < 1.2
    for rate in (0.3, 0.7):
        plain, normed = (
            names["sizes_of_sums"](names["seed"], norm, rate)
            for norm in (None, names["batch_norm"])
        )
        assert normed.max() / normed.min() < 1.5
        assert np.nanmax(plain) / np.nanmin(plain) > 1.5 * normed.max() / normed.min()


def test_four_numbers(names: dict[str, Any]) -> None:
    np.testing.assert_allclose(names["x_hat"][:, 0], [-1, -1 / 3, -1 / 3, 5 / 3], atol=1e-5)
    np.testing.assert_allclose(names["undone"], names["four"], atol=1e-5)
    assert (names["mu"], names["sigma"]) == (5, 3)


def test_it_moves_and_stretches_and_does_not_turn(names: dict[str, Any]) -> None:
    first, *others = names["correlations"]
    assert abs(first) > 0.7
    np.testing.assert_allclose(others, first, atol=1e-4)
    np.testing.assert_allclose(names["normalized"].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(names["normalized"].std(axis=0), 1, atol=1e-4)


@pytest.mark.claim("With batch normalization this network bears about ten times the rate.")
@pytest.mark.claim("For sigmoids it is the difference between nothing and everything")
def test_it_bears_about_ten_times_the_rate(names: dict[str, Any]) -> None:
    largest, shares = names["largest"], names["by_rate"]
    assert largest["ReLU"] == 0.3
    assert largest["ReLU, batch norm"] >= 3
    at_1 = names["RATES"].index(1.0)
    assert shares["ReLU"][at_1] < 0.3
    assert shares["ReLU, batch norm"][at_1] > 0.9
    assert max(shares["sigmoid"]) < 0.3
    assert min(shares["sigmoid, batch norm"]) > 0.5


def test_behind_the_activation_it_bears_less(names: dict[str, Any]) -> None:
    by_rate, behind = names["by_rate"], names["behind"]
    places = [names["RATES"].index(rate) for rate in names["BEHIND_RATES"]]
    for unit, case in (("ReLU", "ReLU, batch norm"), ("Sigmoid", "sigmoid, batch norm")):
        in_front = by_rate[case][places]
        assert behind[unit][0] > in_front[0]
        assert min(behind[unit][1:3]) > 0.85
        assert np.abs(behind[unit][1:3] - in_front[1:3]).max() < 0.08
    assert behind["Sigmoid"][3] < 0.3
    assert in_front[3] > 0.75


@pytest.mark.claim("With batch normalization this network bears about ten times the rate.")
@pytest.mark.parametrize("width", [50, 150])
def test_larger_rates_at_other_widths_and_depths(names: dict[str, Any], width: int) -> None:
    for depth in (3, 6):
        sizes = (64, *[width] * depth, 10)
        plain, normed = (
            names["share_read"](names["seed"], 1.0, epochs=6, norm=norm, sizes=sizes)
            for norm in (None, names["batch_norm"])
        )
        assert plain < 0.55
        assert normed > 0.85


@pytest.mark.claim(
    "with ReLUs, given a good rate and more epochs, the plain network reads the digits as well."
)
def test_with_a_good_rate_and_more_epochs_relu_needs_none(names: dict[str, Any]) -> None:
    plain, normed = (
        names["share_read"](names["seed"], 0.1, epochs=12, norm=norm)
        for norm in (None, names["batch_norm"])
    )
    assert plain > 0.92
    assert abs(plain - normed) < 0.035


def test_the_start_matters_little(names: dict[str, Any]) -> None:
    plain, normed = names["by_start"].values()
    assert 1 <= names["good_starts"][0] <= 2
    assert names["good_starts"][1] >= 6
    assert min(normed) > 0.75
    assert normed[1] > normed[-1]
    right = [std for std, share in zip(names["STARTS"], plain, strict=True) if share >= 0.8]
    assert set(right) <= {0.1, 0.2}
    for rate in (0.05, 0.3):
        for std in (0.003, 0.4):
            share = names["share_read"](names["seed"], rate, norm=names["batch_norm"], std=std)
            assert share > 0.8


def test_the_company_moves_the_outputs(names: dict[str, Any]) -> None:
    noise = names["company"]
    assert 1.6 < noise[32] / noise[128] < 2.7
    assert noise[8] > noise[32] > noise[128] > noise[512] > 0
    small, large = (
        names["noise_of_company"](names["seed"] + 5, names["normed_net"], n) for n in (64, 256)
    )
    assert 1.6 < small / large < 2.8
    assert names["noise_of_company"](names["seed"], names["plain_net"], 32) < 1e-12


@pytest.mark.claim(
    "On 200 digits, each at its best of three rates, the networks with and without it "
    "read as many of the other pictures, within three points at each of three seeds."
)
def test_no_gain_against_overfitting_was_seen(names: dict[str, Any]) -> None:
    few = {"x": names["x"][:200], "labels": names["labels"][:200]}
    share_read = names["share_read"]
    with pytest.MonkeyPatch.context() as patch:
        for name, array in few.items():
            patch.setitem(names, name, array)
        plain, normed = (
            max(
                share_read(names["seed"], rate, epochs=40, norm=norm, sizes=(64, 100, 100, 10))
                for rate in (0.03, 0.1, 0.3)
            )
            for norm in (None, names["batch_norm"])
        )
    assert plain > 0.85
    assert abs(plain - normed) < 0.03


def test_where_eps_stands(names: dict[str, Any]) -> None:
    layer = names["batch_norm"](1)
    layer.forward(np.full((4, 1), 7.0))
    assert np.sqrt(layer.eps) == pytest.approx(0.00316, abs=1e-4)
    assert layer.forward(np.full((4, 1), 7.0)) == pytest.approx(0)
