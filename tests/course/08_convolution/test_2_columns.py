"""What page 8.2 says of columns: what they save and cost, and that the way back is a transpose."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from chapter import execute

PAGE = "08_convolution/2_columns"


def test_the_product_gives_the_same_in_less_time(names: dict[str, Any]) -> None:
    assert names["differ"] < 1e-12
    assert names["factor"] > 5
    assert names["taken"]["loops"] > 5 * names["taken"]["the library's layer"]


@pytest.mark.parametrize("case", [{"N": 4, "C": 6}, {"FN": 16, "size": 10}, {"F": 5}], ids=str)
def test_so_it_is_at_other_sizes(case: dict[str, Any]) -> None:
    names = execute(PAGE, 0).names
    taken = names["times_of"](*names["draw_case"](np.random.default_rng(1), **case))
    assert taken["loops"] > 5 * taken["one product"]


def test_columns_hold_windows_in_the_order_that_the_page_says(names: dict[str, Any]) -> None:
    assert names["columns"].shape == (1, 4, 6)
    assert names["columns"][0, :, 1 * 3 + 1].tolist() == [6, 7, 10, 11]


@pytest.mark.parametrize("F", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_columns_are_nearly_so_many_times_as_large(F: int, stride: int) -> None:
    found = execute(PAGE, 0).names["copies"](F, stride)
    least = (1 - F / 60) ** 2
    assert least * F**2 / stride**2 <= found <= 1.05 * F**2 / stride**2


@pytest.mark.parametrize(("F", "stride"), [(3, 1), (3, 2), (5, 2), (5, 3), (7, 3)])
def test_so_it_is_on_the_average_only(F: int, stride: int) -> None:
    """A single pixel may have more copies than F² / S²: with windows of 3 and stride 2, four."""
    counts = execute(PAGE, 0).names["there_and_back"](np.ones((1, 1, 60, 60)), F, stride)
    assert counts.max() == math.ceil(F / stride) ** 2 >= F**2 / stride**2
    assert counts.mean() == pytest.approx(execute(PAGE, 0).names["copies"](F, stride))


@pytest.mark.claim("not the inverse")
def test_a_pixel_comes_back_times_the_number_of_its_windows(names: dict[str, Any]) -> None:
    counts, apart = names["counts"], names["apart"]
    assert counts[0, 0] == counts[-1, -1] == 1
    assert counts[2, 2] == counts.max() == 9
    assert set(np.unique(apart)) == {0, 1}
    x = np.random.default_rng(names["seed"]).normal(size=(2, 3, 6, 8))
    back = names["there_and_back"]
    assert np.allclose(back(x, 3), x * back(np.ones_like(x), 3))
    assert np.array_equal(back(x, 2, stride=2), x)
    assert np.array_equal(back(x, 1), x)


def test_col2im_is_the_transpose(names: dict[str, Any]) -> None:
    assert names["in_columns"] == pytest.approx(names["in_pixels"], rel=1e-9, abs=1e-9)


def test_the_gradients_are_correlations(names: dict[str, Any]) -> None:
    assert np.allclose(names["dx"], names["other_dx"])
    assert np.allclose(names["dW"], names["other_dW"])
    assert np.allclose(names["db"], names["dout"].sum(axis=(0, 2, 3)))


@pytest.mark.parametrize(("F", "size"), [(2, 5), (4, 7)])
def test_so_they_are_for_other_windows(F: int, size: int) -> None:
    names = execute(PAGE, 0).names
    rng = np.random.default_rng(3)
    x, W, b = names["draw_case"](rng, N=2, C=2, FN=3, size=size, F=F)
    dout = rng.normal(size=(2, 3, size - F + 1, size - F + 1))
    dx, dW, _ = names["three_gradients"](x, W, b, dout)
    other_dx, other_dW = names["by_correlation"](x, W, dout)
    assert np.allclose(dx, other_dx)
    assert np.allclose(dW, other_dW)


def test_four_pixels_and_two_weights_as_they_are_written_out() -> None:
    names = execute(PAGE, 0).names
    rng = np.random.default_rng(2)
    x, W, dy = (rng.normal(size=n) for n in (4, 2, 3))
    rows = [one.reshape(1, 1, 1, -1) for one in (x, W, dy)]
    dx, dW, _ = names["three_gradients"](rows[0], rows[1], np.zeros(1), rows[2])
    by_hand = [W[0] * dy[0], W @ dy[[1, 0]], W @ dy[[2, 1]], W[1] * dy[2]]
    np.testing.assert_allclose(dx.ravel(), by_hand)
    np.testing.assert_allclose(dW.ravel(), [dy @ x[:3], dy @ x[1:]])
    slid = names["convolve_naive"](np.pad(dy, 1).reshape(1, 1, 1, -1), rows[1][..., ::-1], None)
    np.testing.assert_allclose(dx, slid)
