"""What page 2.8 says of learning to read, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.losses import minibatches, softmax_cross_entropy
from solutions.perceptrons import softmax

PAGE = "02_losses/8_reading_digits"


def test_the_loss_chooses_the_rate_and_the_accuracy_does_not(names: dict[str, Any]) -> None:
    assert names["learning_rate"] == 10
    slow, fast = names["by_rate"][1], names["by_rate"][10]
    assert names["gap_of_loss"] > 0.3
    assert names["gap_of_accuracy"] < 0.05
    assert np.ptp(fast[:, 1]) > 0.03, "by several points"
    assert np.ptp(slow[:, 0]) < 0.1


def test_the_chosen_rate_is_that_of_a_few_epochs(names: dict[str, Any]) -> None:
    x, targets = names["x_train"], names["targets"]
    gains: dict[int, list[float]] = {epochs: [] for epochs in (1, 2, 4, 8, 16)}
    for shuffle in range(3):
        losses = {}
        for rate in (1, 10):
            W, rng, done = np.zeros((17, 10)), np.random.default_rng(shuffle), 0
            for epochs, gain in gains.items():
                for _ in range(epochs - done):
                    for rows in minibatches(len(x), 50, rng):
                        p = softmax(x[rows] @ W)
                        W -= rate * x[rows].T @ (p - targets[rows]) / len(rows)
                done = epochs
                losses[rate] = softmax_cross_entropy(
                    names["x_validation"] @ W, names["labels_validation"]
                )
                gain.append(losses[rate] * (1 if rate == 1 else -1))
    mean = {epochs: sum(gain) / 3 for epochs, gain in gains.items()}
    assert mean[2] > 0.15
    assert max(mean[8], mean[16]) < mean[2] - 0.1, "the gap should have become smaller"


def test_sgd_with_measured_gradients_reads_digits(names: dict[str, Any]) -> None:
    losses, history = names["losses"], names["history"]
    assert losses[0] == pytest.approx(np.log(10))
    assert np.mean(losses[-21:]) < 0.6
    assert (names["training_runs"], len(losses)) == (252 * 341, 252)
    assert history[-1, 0] > 0.8
    assert history[-1, 1] > 0.78
    assert 0.77 < names["test_accuracy"] < 0.93
    assert 0.7 < names["nearest_mean_accuracy"] < 0.95
    assert names["test_accuracy"] > names["nearest_mean_test"]
    assert names["last_three"] > names["nearest_mean_accuracy"] + 0.01
    assert np.diff(history[:, 1]).min() < -0.01, "the accuracy was said to fall in some epochs"
    assert names["last_three"] - history[:3, 1].mean() > 0.03
    assert names["zero_middle"] < -1


@pytest.mark.claim(
    "inputs times $s$, the constant included, need the learning rate divided by $s^2$."
)
def test_inputs_times_s_need_the_rate_divided_by_its_square(names: dict[str, Any]) -> None:
    ends, lowest = names["loss_by_scale"], names["lowest"]
    np.testing.assert_allclose(ends["all × 1000"][:9], ends["original"][12:], rtol=0.02, atol=0.01)
    assert names["came_far"] == ["all × 1000"]
    assert lowest["one × 1000"] > lowest["original"] + 0.1
    assert lowest["one × 1000"] == pytest.approx(lowest["one alone"], rel=0.03)


@pytest.mark.claim(
    "inputs times $s$, the constant included, need the learning rate divided by $s^2$."
)
@pytest.mark.parametrize("factor", [10, 255, 1000])
@pytest.mark.parametrize("steps", [10, 30, 100])
def test_the_scale_of_other_factors_steps_and_inputs(
    names: dict[str, Any], factor: float, steps: int
) -> None:
    rates = 10.0 ** np.arange(-7, 3.5, 0.5)
    x, t = names["x_pair"], names["t_pair"]

    def ends(scale: Any, rates: Any) -> np.ndarray:
        found = []
        for rate in rates:
            w = np.zeros(17)
            for _ in range(steps):
                z = (x * scale) @ w
                w = w - rate * (x * scale).T @ (np.exp(-np.logaddexp(0, -z)) - t) / len(t)
            found.append(names["pair_loss"](scale, w))
        return np.array(found)

    original = ends(1.0, rates)
    if factor == 1000 and steps == 30:
        constant = np.arange(17) == 16
        pixels_only = ends(np.where(constant, 1.0, factor), rates / factor**2)
        assert np.abs(pixels_only - original).max() > 0.01, "the bias keeps its old rate"
    np.testing.assert_allclose(ends(factor, rates / factor**2), original, rtol=1e-3, atol=1e-6)
    if factor == 1000 and steps <= 30:  # with more of them a huge rate may be lucky
        for number in (0, 1, 5, 9, 11, 16):
            one = np.arange(17) == number
            among_others = ends(np.where(one, factor, 1.0), rates).min()
            alone = ends(np.where(one, factor, 0.0), rates).min()
            assert alone - 0.1 < among_others <= alone + 1e-9
            assert among_others > original.min() + 0.1
