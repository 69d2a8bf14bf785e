"""What page 6.7 says of test mode: running averages, their conventions, folding, images."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from solutions.backpropagation import SoftmaxWithLoss
from solutions.data import Split
from solutions.normalization import BatchNorm, SpatialBatchNorm

PAGE = "06_normalization/7_test_mode"


def test_alone_all_pictures_get_the_same_answer(names: dict[str, Any]) -> None:
    assert names["different_answers"] == 1
    assert names["on_batch"] > 0.9


def test_nothing_goes_back_through_a_batch_of_one(names: dict[str, Any]) -> None:
    net, loss = deepcopy(names["net"]), SoftmaxWithLoss()
    loss.forward(net.forward(names["x"][:1]), names["labels"][:1])
    net.backward(loss.backward())
    assert not net.grads["affine1.W"].any()
    assert not net.grads["affine2.W"].any()
    assert net.grads["affine3.b"].any()
    assert net.grads["batchnorm2.beta"].any()


@pytest.mark.claim("With few steps, a large momentum means averages that are still on their way.")
def test_with_few_steps_a_large_momentum_fails(names: dict[str, Any]) -> None:
    ends = {momentum: found[-1] for momentum, found in names["by_momentum"].items()}
    batch = {momentum: found[:, 1] for momentum, found in names["by_momentum"].items()}
    for other in batch.values():
        np.testing.assert_array_equal(other, batch[0.9], "the same training")
    assert ends[0.9][1] > 0.93
    assert abs(ends[0.9][0] - ends[0.9][1]) < 0.03
    assert abs(ends[0.1][0] - ends[0.1][1]) < 0.04
    assert ends[0.999][0] < ends[0.99][0] < ends[0.99][1]
    assert ends[0.999][0] < ends[0.999][1] - 0.08


@pytest.mark.claim("With few steps, a large momentum means averages that are still on their way.")
@pytest.mark.parametrize(("rate", "epochs"), [(0.05, 3), (0.3, 5)])
def test_it_fails_at_other_rates(names: dict[str, Any], rate: float, epochs: int) -> None:
    right, late = (
        names["accuracies"](names["seed"], momentum, epochs, rate)[-1] for momentum in (0.9, 0.999)
    )
    assert abs(right[0] - right[1]) < 0.04
    assert late[0] < late[1] - 0.06


@pytest.mark.claim("With few steps, a large momentum means averages that are still on their way.")
def test_it_mends_itself_or_is_mended(names: dict[str, Any]) -> None:
    assert names["after_measuring"] > names["before_measuring"] + 0.08
    assert abs(names["after_measuring"] - names["by_momentum"][0.999][-1, 1]) < 0.03
    longer = names["accuracies"](names["seed"], 0.999, epochs=30)
    assert longer[-1, 0] > longer[4, 0] + 0.05


@pytest.mark.claim("In test mode it computes with the averages, and leaves them as they are.")
def test_in_test_mode_it_computes_with_the_averages_and_leaves_them(names: dict[str, Any]) -> None:
    net = deepcopy(names["net"])
    first, norm = list(net.layers.values())[:2]
    before = norm.running_mean.copy(), norm.running_var.copy()
    seen = []
    for pictures in (names["x"][:40], names["x_validation"][:1], 3 * names["x"][40:90]):
        net.predict(pictures)
        norm.training = False
        s = first.forward(pictures)
        x_hat = (s - before[0]) / np.sqrt(before[1] + norm.eps)
        by_hand = norm.params["gamma"] * x_hat + norm.params["beta"]
        np.testing.assert_allclose(norm.forward(s), by_hand, atol=1e-10)
        seen.append(np.abs(by_hand.mean(axis=0)).max())
        np.testing.assert_array_equal((norm.running_mean, norm.running_var), before)
    assert max(seen) > 1, "no batch's own mean is taken away"


def test_an_average_forgets_its_start(names: dict[str, Any]) -> None:
    layer = BatchNorm(np.ones(1), np.zeros(1), momentum=0.99)
    column = np.random.default_rng(names["seed"]).normal(5, 3, size=(20, 1))
    for _ in range(60):
        layer.forward(column)
    left = 0.99**60
    assert layer.running_var[0] == pytest.approx(left + (1 - left) * column.var())
    assert layer.running_mean[0] == pytest.approx((1 - left) * column.mean())


def test_two_variances(names: dict[str, Any]) -> None:
    assert names["running_ours"] == pytest.approx(1.0)
    assert names["running_pytorch"] == pytest.approx(1.1)


def test_folding_changes_nothing(names: dict[str, Any]) -> None:
    assert names["change"] < 1e-12
    assert len(names["net"].layers) == len(names["small_net"].layers) + 2
    deep = names["build"](np.random.default_rng(names["seed"]), sizes=(64, 30, 20, 20, 10))
    names["train_epoch"](deep, 0.3, np.random.default_rng(names["seed"]))
    pictures = names["x_validation"]
    np.testing.assert_allclose(
        names["folded"](deep).predict(pictures), deep.predict(pictures), atol=1e-10
    )


def test_a_channel_has_one_mean(names: dict[str, Any]) -> None:
    assert names["moved_by"]["per channel"] == 0
    assert names["moved_by"]["per pixel"] > 1
    pictures = names["pictures"]
    expected = [pictures[:, c].sum() / 800 for c in range(3)]
    np.testing.assert_allclose(names["channel_means"], expected)
    one = SpatialBatchNorm(np.ones(3), np.zeros(3)).forward(pictures[:1])
    assert one.std(axis=(0, 2, 3)) == pytest.approx(1, abs=1e-4), "one picture is a batch"


def test_the_textbooks_twin(names: dict[str, Any]) -> None:
    twins = names["twins"]
    assert 0.85 < twins[0.01, True] < 0.95
    assert twins[0.1, True] > 0.95
    assert twins[0.01, True] > twins[0.01, False]
    assert abs(twins[0.1, True] - twins[0.1, False]) < 0.03
    assert names["train_book_net"](names["seed"], names["held"], epochs=1)[1] == 7


def test_the_cell_for_mnist_would_run(names: dict[str, Any]) -> None:
    """Pictures of the shape and dtype of MNIST's."""
    rng = np.random.default_rng(names["seed"])
    labels = rng.integers(10, size=600)
    pictures = rng.random((600, 1, 28, 28), np.float32)
    pictures[np.arange(600), 0, 2 * labels] += 3  # a bright row tells the class
    data = Split(pictures[:500], labels[:500], pictures[500:], labels[500:])
    share, steps = names["train_book_net"](names["seed"], data, rate=0.1, epochs=10)
    assert steps == 30
    assert share > 0.9
