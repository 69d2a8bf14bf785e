"""What page 6.6 says of the way back: four ways that agree, what they lose, and what follows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.backpropagation import Affine, gradient_check
from solutions.initialization import glorot_normal, he, orthogonal
from solutions.normalization import BatchNorm

PAGE = "06_normalization/6_backward"


def test_one_output_reaches_all_inputs_and_all_alike_reach_none(names: dict[str, Any]) -> None:
    assert (np.abs(names["first_counts"]) > 0.01).all()
    np.testing.assert_allclose(names["all_count"], 0, atol=1e-12)


@pytest.mark.claim(
    r"it takes from dout what lies along $\mathbf 1$ and what lies along $\hat x$, and "
    r"divides the rest by $\sigma$"
)
def test_all_ways_agree_to_rounding(names: dict[str, Any]) -> None:
    assert max(names["ways_apart"].values()) < 1e-13
    for n, features in ((3, 2), (25, 3)):
        ways, _ = names["all_ways"](names["seed"] + 7, n, features)
        largest = np.abs(ways["BatchNorm"]).max()
        for dx in ways.values():
            assert np.abs(dx - ways["BatchNorm"]).max() < 1e-12 * largest


@pytest.mark.claim(
    r"it takes from dout what lies along $\mathbf 1$ and what lies along $\hat x$, and "
    r"divides the rest by $\sigma$"
)
def test_they_agree_with_difference_quotients(names: dict[str, Any]) -> None:
    column, dout = np.random.default_rng(names["seed"]).normal(size=(2, 7))

    def loss(x: np.ndarray) -> float:
        return float(dout @ BatchNorm(np.ones(1), np.zeros(1)).forward(x[:, None])[:, 0])

    assert gradient_check(loss, column, names["by_matrix"](column, dout))


@pytest.mark.claim(
    r"it takes from dout what lies along $\mathbf 1$ and what lies along $\hat x$, and "
    r"divides the rest by $\sigma$"
)
@pytest.mark.claim(
    r"in every column the gradient adds up to 0, and so does its product with $\hat x$"
)
def test_two_directions_are_lost(names: dict[str, Any]) -> None:
    assert names["sums"] < 1e-12
    assert names["along_x_hat"] < 1e-4
    assert abs(names["dx3"].sum()) < 1e-12
    assert abs(names["dx3"] @ names["x3_hat"]) < 1e-12
    assert np.linalg.norm(names["x3_hat"]) == pytest.approx(np.sqrt(3))
    rng = np.random.default_rng(names["seed"])
    x, d = rng.normal(size=(2, 9))
    x_hat = (x - x.mean()) / x.std()
    for lost in (np.ones(9), x_hat):
        np.testing.assert_allclose(names["by_matrix"](x, lost, eps=0.0), 0, atol=1e-12)
    np.testing.assert_allclose(
        names["by_matrix"](x, d + 3 * x_hat - 2, eps=0.0), names["by_matrix"](x, d, eps=0.0)
    )
    large_eps = 0.5
    std = np.sqrt(x.var() + large_eps)
    x_hat = (x - x.mean()) / std
    left = names["by_matrix"](x, x_hat, eps=large_eps)
    np.testing.assert_allclose(left, large_eps / (x.var() + large_eps) * x_hat / std, atol=1e-12)


@pytest.mark.claim("A loss that goes down does not prove a gradient.")
def test_a_wrong_gradient_learns_as_well(names: dict[str, Any]) -> None:
    assert 0.08 < names["right_loss"] < 0.2
    assert 0.2 < names["wrong_loss"] < 0.9
    assert names["drift"]["right"] < 1e-12
    assert names["drift"]["wrong"] > 0.05
    for rate in (0.05, 0.3):
        right, wrong = (
            names["train"](names["seed"], kind, rate) for kind in (BatchNorm, names["Forgetful"])
        )
        assert right[1] < wrong[1] < 1.2


@pytest.mark.claim("The bias gets 0")
@pytest.mark.claim("The size of $W$ does not matter")
def test_the_bias_gets_nothing_and_the_size_of_the_weights_does_not_matter(
    names: dict[str, Any],
) -> None:
    assert np.abs(names["db"]).max() < 1e-12
    assert np.linalg.norm(names["dW"]) > 1
    assert names["cosine"].max() < 1e-4
    for factor in (0.5, 3.0, 10.0):
        W, dW, db = names["gradients"](names["seed"] + 3, factor)
        _, one, _ = names["gradients"](names["seed"] + 3)
        np.testing.assert_allclose(factor * dW, one, atol=1e-3 * np.abs(one).max())
        assert np.abs(db).max() < 1e-11
        longer = np.linalg.norm(W - 0.1 * dW) ** 2
        expected = np.linalg.norm(W) ** 2 + 0.01 * np.linalg.norm(dW) ** 2
        assert longer == pytest.approx(expected, rel=1e-4)


@pytest.mark.claim("The size of $W$ does not matter")
def test_the_outputs_turn_with_the_effective_rate(names: dict[str, Any]) -> None:
    """Ten times the weights and a hundred times the rate: the same step of the function."""
    rng = np.random.default_rng(names["seed"])
    x, dout, W = rng.normal(size=(50, 64)), rng.normal(size=(50, 20)), he((64, 20), rng)
    after = []
    for factor in (1.0, 10.0):
        affine = Affine(factor * W, np.zeros(20))
        norm = BatchNorm(np.ones(20), np.zeros(20), eps=1e-12)
        norm.forward(affine.forward(x))
        affine.backward(norm.backward(dout))
        affine.params["W"] -= 0.01 * factor**2 * affine.grads["W"]
        after.append(norm.forward(affine.forward(x)))
    np.testing.assert_allclose(after[0], after[1], atol=1e-9)
    assert np.abs(after[0]).max() > 1


def test_large_rates_make_long_weights(names: dict[str, Any]) -> None:
    grown = list(names["growth_of_weights"].values())
    assert 1 < grown[0] < grown[1] < grown[2]
    assert grown[0] < 1.01
    assert 1.1 < grown[2] < 2


@pytest.mark.claim(
    "batch normalization in a network of ReLUs, as it is usually started, makes the "
    "gradient explode with depth"
)
def test_the_gradient_grows_as_the_theory_says(names: dict[str, Any]) -> None:
    assert names["theory"] == pytest.approx(1.2112, abs=1e-4)
    assert names["growth"]["with"] == pytest.approx(names["theory"], rel=0.02)
    assert names["growth"]["without"] == pytest.approx(1, abs=0.02)
    assert 200 < names["with_norm"][0] / names["with_norm"][-1] < 300


@pytest.mark.claim(
    "batch normalization in a network of ReLUs, as it is usually started, makes the "
    "gradient explode with depth"
)
@pytest.mark.parametrize(
    ("depth", "width", "init"),
    [(10, 200, he), (50, 200, he), (30, 300, glorot_normal), (30, 200, orthogonal)],
)
def test_growth_at_other_depths_widths_and_starts(
    names: dict[str, Any], depth: int, width: int, init: Any
) -> None:
    sizes = names["gradient_sizes"](names["seed"] + 20, True, depth, width, init=init)
    assert (sizes[0] / sizes[-1]) ** (1 / (depth - 1)) == pytest.approx(names["theory"], rel=0.02)


@pytest.mark.parametrize(("batch", "beta", "expected"), [(8, 0.0, 1.33), (256, 1.0, 1.08)])
def test_growth_with_small_batches_or_a_shift(
    names: dict[str, Any], batch: int, beta: float, expected: float
) -> None:
    sizes = names["gradient_sizes"](names["seed"], True, batch=batch, beta=beta)
    assert (sizes[0] / sizes[-1]) ** (1 / 29) == pytest.approx(expected, abs=0.04)


def test_of_two_only_the_order_survives(names: dict[str, Any]) -> None:
    """The answer to the question."""
    x, dout = np.random.default_rng(names["seed"]).normal(size=(2, 2, 30))
    layer = BatchNorm(np.ones(30), np.zeros(30), eps=1e-12)
    np.testing.assert_allclose(np.abs(layer.forward(x)), 1, atol=1e-4)
    assert np.abs(layer.backward(dout)).max() < 1e-3
