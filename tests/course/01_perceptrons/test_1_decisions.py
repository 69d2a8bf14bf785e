"""What page 1.1 says of perceptrons and their boundaries, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "01_perceptrons/1_decisions"


def test_dtypes_mix_as_the_opening_says(names: dict[str, Any]) -> None:
    assert names["dtypes"] == ["float64", "int64", "bool"]
    assert names["true_plus_true"] == [True, False]


@pytest.mark.claim("The bias is a weight, too.")
def test_the_window_opens_on_the_first_day_only(names: dict[str, Any]) -> None:
    assert names["window"].tolist() == [1, 0, 0, 0]
    np.testing.assert_array_equal(names["window_with_one"], names["window"])
    assert names["day_shape"] == ()
    assert names["year_shape"] == (365,)


@pytest.mark.claim(r"the arrow $\mathbf{w}$ stands at a right angle to the boundary")
def test_weights_stand_at_a_right_angle_to_the_boundary(names: dict[str, Any]) -> None:
    assert names["right_angle"] == 0
    assert names["distance"] == pytest.approx(3)
    assert names["z_far"] == pytest.approx(3 * np.sqrt(5))


@pytest.mark.claim(r"the arrow $\mathbf{w}$ stands at a right angle to the boundary")
@pytest.mark.parametrize("inputs", [1, 2, 5, 64])
def test_what_is_said_of_the_boundary_holds_with_any_number_of_inputs(inputs: int) -> None:
    rng = np.random.default_rng(inputs)
    w, b = rng.normal(size=inputs), rng.normal()
    p = -b * w / (w @ w)  # on the boundary, and the point of it nearest to the origin
    along = rng.normal(size=inputs)
    q = p + along - (along @ w) / (w @ w) * w  # on the boundary, too
    assert w @ q + b == pytest.approx(0, abs=1e-12)
    assert w @ (p - q) == pytest.approx(0, abs=1e-12)
    assert np.linalg.norm(p) == pytest.approx(abs(b) / np.linalg.norm(w))
    x = rng.normal(size=(50, inputs))
    assert ((x @ w + b > 0) == (x @ (2 * w) + 2 * b > 0)).all()
    assert (p + w) @ w + b > p @ w + b, "w points to the side of the 1s"
    assert (x @ w + np.abs(x @ w).max() + 1 > 0).all(), "a large bias says yes to all of them"


@pytest.mark.claim("The bias is a weight, too.")
def test_a_bias_is_a_weight_on_a_constant_input(names: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(50, 3)), rng.normal(size=3), rng.normal()
    with_one = np.column_stack([x, np.ones(len(x))])
    np.testing.assert_allclose(with_one @ np.append(w, b), x @ w + b)
    np.testing.assert_array_equal(
        names["perceptron"](with_one, np.append(w, b), 0), names["perceptron"](x, w, b)
    )
