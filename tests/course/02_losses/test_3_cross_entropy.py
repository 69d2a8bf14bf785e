"""What page 2.3 says of surprise, of entropy, and of the logarithm of 0."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.losses import log_softmax, softmax_cross_entropy

PAGE = "02_losses/3_cross_entropy"


def test_cross_entropy_is_the_mean_surprise(names: dict[str, Any]) -> None:
    for p, (by_number, by_row) in names["surprise"].items():
        assert by_number == by_row, "class numbers and one-hot rows are the same labels"
        assert by_number == pytest.approx(-np.log(p), abs=1.1e-7 / p)
    assert -2e-7 < names["surprise"][1.0][0] < 0, "the constant makes a perfect answer negative"
    assert names["product"] == 0, "the product of all probabilities should underflow"
    assert names["untrained_loss"] == pytest.approx(np.log(10), abs=0.02)


@pytest.mark.claim(r"the loss is near $\log C$")
@pytest.mark.parametrize("sizes", [(64, 10), (64, 20, 10), (64, 50, 50, 10), (64, 200, 3)])
def test_small_weights_start_near_the_logarithm_of_c(
    names: dict[str, Any], sizes: tuple[int, ...]
) -> None:
    params = names["init_network"](sizes, np.random.default_rng(4), weight_std=0.01)
    logits = names["forward_network"](params, names["data"].x_train)
    labels = names["labels_train"] % sizes[-1]
    assert softmax_cross_entropy(logits, labels) == pytest.approx(np.log(sizes[-1]), abs=0.1)


@pytest.mark.claim("cross-entropy asks for the true probabilities")
def test_the_entropy_is_the_lowest_cross_entropy(names: dict[str, Any]) -> None:
    q = names["noisy"]
    assert q.sum() == pytest.approx(1)
    assert names["noisy_entropy"] == pytest.approx(-(q * np.log(q)).sum())
    assert names["overconfident"] > names["noisy_entropy"] + 0.5
    assert names["drawn_loss"] == pytest.approx(names["noisy_entropy"], abs=0.15)
    assert names["rain_entropy"] == pytest.approx(names["costs"].min(), abs=1e-5)
    assert names["beliefs"][names["costs"].argmin()] == pytest.approx(0.7, abs=0.01)


@pytest.mark.claim("cross-entropy asks for the true probabilities")
@pytest.mark.claim("A wrong belief never pays, on average:")
@pytest.mark.parametrize("classes", [2, 3, 10, 100])
def test_a_wrong_belief_never_pays(names: dict[str, Any], classes: int) -> None:
    rng = np.random.default_rng(2)
    for concentration in (0.1, 1, 10):
        q, p = rng.dirichlet(np.full(classes, concentration), size=(2, 50)) + 1e-12
        for one, other in zip(q, p, strict=True):
            lowest = names["mean_surprise"](one, one)
            assert names["mean_surprise"](one, other) > lowest
            assert -1e-9 <= lowest <= np.log(classes) + 1e-9


@pytest.mark.parametrize("scale", [0.01, 1, 30, 1e4])
@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_log_sum_exp_is_a_smooth_maximum(scale: float, classes: int) -> None:
    z = scale * np.random.default_rng(1).normal(size=(20, classes))
    log_sum_exp = (z - log_softmax(z))[:, 0]
    assert (log_sum_exp >= z.max(axis=1) - 1e-9 * scale).all()
    assert (log_sum_exp <= z.max(axis=1) + np.log(classes) + 1e-9 * scale).all()
    labels = np.arange(20) % classes
    loss = np.mean(log_sum_exp - z[np.arange(20), labels])
    assert softmax_cross_entropy(z, labels) == pytest.approx(loss)


def test_log_softmax_survives_where_the_logarithm_of_0_does_not(names: dict[str, Any]) -> None:
    plain, with_constant, by_log_softmax = names["confident_and_wrong"]
    assert plain == np.inf
    assert with_constant == pytest.approx(16.118, abs=1e-3)
    assert by_log_softmax == 2000
    assert names["confident_and_right"] == pytest.approx((0, -1e-7, 0), abs=1e-12)
    plain, with_constant, by_log_softmax = names["slopes_at_30"]
    assert plain == pytest.approx(1, abs=1e-3)
    assert abs(with_constant) < 1e-5, "the constant should have flattened the loss"
    assert by_log_softmax == pytest.approx(1, abs=1e-3)


def test_softmax_twice_cannot_come_near_0() -> None:
    rng = np.random.default_rng(0)
    rows = rng.dirichlet(np.full(10, 0.05), size=500)
    lowest = min(softmax_cross_entropy(row[None], np.array([row.argmax()])) for row in rows)
    assert lowest >= -np.log(np.e / (np.e + 9)) - 1e-9
