"""What page 3.5 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.backpropagation import SoftmaxWithLoss
from solutions.losses import numerical_gradient, one_hot
from solutions.perceptrons import softmax

PAGE = "03_backpropagation/5_softmax_with_loss"


def test_the_jacobian_of_softmax(names: dict[str, Any]) -> None:
    assert names["jacobian_error"] < 1e-9
    assert 0.249 < names["largest_entry"] <= 0.25
    np.testing.assert_allclose(names["J"].sum(axis=0), 0, atol=1e-12)
    np.testing.assert_array_equal(names["J"], names["J"].T)
    assert (np.sign(names["J"]) == 2 * np.eye(4) - 1).all()


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("scale", [0.01, 1.0, 5.0])
def test_the_jacobian_at_other_sizes(names: dict[str, Any], classes: int, scale: float) -> None:
    rng = np.random.default_rng(100 + names["seed"])
    z, dp = scale * rng.normal(size=classes), rng.normal(size=classes)
    J, p = names["softmax_jacobian"](z), softmax(z[None])[0]
    measured = numerical_gradient(lambda z: float(softmax(z[None])[0] @ dp), z)
    np.testing.assert_allclose(dp @ J, measured, atol=1e-9)
    np.testing.assert_allclose(dp @ J, p * (dp - dp @ p), atol=1e-12)
    assert J.max() <= 0.25


def test_softmax_with_loss(names: dict[str, Any]) -> None:
    assert names["softmax_check"] < 1e-6
    assert names["one_hot_difference"] == 0
    assert max(names["row_sums"], names["softmax_gradient_sum"]) < 1e-12


def test_two_layers_give_nan_where_one_does_not(names: dict[str, Any]) -> None:
    assert np.isnan(names["separate"]).any()
    np.testing.assert_allclose(names["together"], [[-1, 1]])
    assert names["as_it_stands"] == np.inf, "formula (3) should overflow without the shift"
    assert names["loss_far"] == pytest.approx(800)


@pytest.mark.parametrize("confidence", [5.0, 20.0, 300.0])
def test_squared_error_sends_nothing_back_when_confident_and_wrong(confidence: float) -> None:
    logits, label = np.array([[0.0, confidence, 1.0]]), np.array([0])
    p = softmax(logits)[0]
    dp = p - one_hot(label, 3)[0]
    squared = p * (dp - dp @ p)
    layer = SoftmaxWithLoss()
    layer.forward(logits, label)
    assert np.abs(squared).max() < 10 * np.exp(-confidence)
    assert layer.backward()[0, 0] < -0.9


@pytest.mark.parametrize(("rows", "classes", "hidden"), [(1, 4, True), (4, 4, False)])
def test_where_a_wrong_division_hides(rows: int, classes: int, hidden: bool) -> None:
    """Without N, a batch of one is right; divided by C, as many samples as classes are."""
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(rows, classes)), rng.integers(0, classes, size=rows)
    layer = SoftmaxWithLoss()
    layer.forward(logits, labels)
    right, whole = layer.backward(), softmax(logits) - one_hot(labels, classes)
    assert np.allclose(right, whole) == hidden
    assert np.allclose(right, whole / classes) == (not hidden)
