"""The gradient check of chapter 3: what it passes, what it finds, and what it does at kinks."""

import numpy as np
import pytest

from solutions.backpropagation import TwoLayerNet
from solutions.gradient_checking import crosses_kink, gradient_check, relative_error


def test_relative_error_by_hand():
    a, b = np.array([1.0, 0.0, 0.0, -2.0, 3.0]), np.array([1.1, 0.0, 5.0, 2.0, 3.0])
    np.testing.assert_allclose(relative_error(a, b), [0.1 / 1.1, 0, 1, 2, 0])
    np.testing.assert_array_equal(relative_error(a, b), relative_error(b, a))


def test_gradient_check_passes_a_right_gradient_and_finds_a_wrong_one(rng):
    x = rng.normal(size=(3, 4))
    right = np.cos(x)
    result = gradient_check(lambda z: float(np.sin(z).sum()), x, right)
    assert result.worst_error < 1e-8
    assert result.kinks == 0
    wrong = right.copy()
    wrong[2, 1] *= 1.01
    result = gradient_check(lambda z: float(np.sin(z).sum()), x, wrong)
    assert result.worst_error == pytest.approx(0.01 / 1.01, rel=1e-4)
    assert result.worst_index == (2, 1)


def test_gradient_check_counts_kinks_instead_of_failing_at_them():
    x = np.array([[0.5, -0.7], [2e-6, 1.5]])
    before = x.copy()
    slope = np.array([[1.0, 0.0], [1.0, 1.0]])

    def f(z):
        return float(np.maximum(z, 0).sum())

    without = gradient_check(f, x, slope)
    assert without.worst_error > 0.3  # (f(x + h) − f(x − h)) / 2h is 0.6 there
    assert without.worst_index == (1, 0)
    result = gradient_check(f, x, slope, winners=lambda z: z > 0)
    assert result.kinks == 1
    assert result.worst_error < 1e-8
    np.testing.assert_array_equal(x, before)


def test_gradient_check_still_sees_a_mistake_beside_a_kink():
    x = np.array([2e-6, 1.5])
    result = gradient_check(
        lambda z: float(np.maximum(z, 0).sum()), x, np.array([7.0, 2.0]), winners=lambda z: z > 0
    )
    assert (result.kinks, result.worst_index) == (1, (1,))
    assert result.worst_error == pytest.approx(0.5)


@pytest.mark.parametrize(("distance", "expected"), [(0.9, True), (1.1, False)])
def test_crosses_kink_reaches_as_far_as_h(distance, expected):
    h = 1e-3
    x = np.array([1.0, distance * h])
    assert crosses_kink(lambda z: z > 0, x, (1,), h) is expected
    assert crosses_kink(lambda z: z > 0, x, (0,), h) is False


@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_gradient_check_refuses_other_dtypes(dtype):
    x = np.ones(3, dtype=dtype)
    with pytest.raises(ValueError, match=f"needs x in float64, but it is {np.dtype(dtype)}"):
        gradient_check(lambda z: float(z.sum()), x, np.ones(3))


def test_gradient_check_refuses_a_gradient_of_another_shape():
    with pytest.raises(ValueError, match=r"shape \(1, 3\) but x \(3,\)"):
        gradient_check(lambda z: float(z.sum()), np.ones(3), np.ones((1, 3)))


def test_two_layer_net_passes_the_gradient_check_with_its_kinks_watched(rng):
    shapes = {"W1": (6, 5), "b1": 5, "W2": (5, 4), "b2": 4}
    params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    x, labels = rng.normal(size=(7, 6)), rng.integers(0, 4, size=7)
    params["b1"][2] -= (x @ params["W1"] + params["b1"])[3, 2] - 1e-7  # one unit close to its kink
    grads = TwoLayerNet(params).gradients(x, labels)

    def loss(W1):
        return TwoLayerNet({**params, "W1": W1}).loss(x, labels)

    def winners(W1):
        return x @ W1 + params["b1"] > 0

    assert gradient_check(loss, params["W1"], grads["W1"]).worst_error > 1e-3
    result = gradient_check(loss, params["W1"], grads["W1"], winners)
    assert result.kinks == 6  # every weight of that unit, and no other
    assert result.worst_error < 1e-6
