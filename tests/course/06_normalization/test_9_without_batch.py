"""What page 6.9 says of the layers that do without the batch, and of where batches fail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.normalization import BatchNorm, GroupNorm, LayerNorm, LocalResponseNorm, WeightNorm

PAGE = "06_normalization/9_without_batch"


def test_which_numbers_share_a_mean(names: dict[str, Any]) -> None:
    third = np.sqrt(1.5)
    expected = [-third, 0, third, -third, 0, third]
    np.testing.assert_allclose(names["by_groups"], expected, atol=1e-4)
    assert names["by_layer"][0] > names["by_groups"][0]
    x = np.random.default_rng(names["seed"]).normal(3, 2, size=(5, 6))
    one_group = GroupNorm(np.ones(6), np.zeros(6), groups=1).forward(x)
    layer = LayerNorm(np.ones(6), np.zeros(6))
    np.testing.assert_allclose(layer.forward(x), one_group, atol=1e-12)
    np.testing.assert_allclose(layer.forward(x[:1])[0], one_group[0], atol=1e-12)
    np.testing.assert_allclose(one_group.mean(axis=1), 0, atol=1e-12)


@pytest.mark.claim("With batches of two batch normalization reads far worse than the other two.")
@pytest.mark.claim("From eight on, batch normalization is not behind any more")
def test_batches_of_two(names: dict[str, Any]) -> None:
    plain, batch, layer = names["errors"].values()
    assert batch[2] > 3 * max(plain[2], layer[2])
    assert 20 < batch[2] < 60
    for size in (8, 32):
        assert batch[size] < min(plain[size], layer[size]) + 1


@pytest.mark.claim("With batches of two batch normalization reads far worse than the other two.")
def test_each_at_its_own_best_rate(names: dict[str, Any]) -> None:
    best = {
        name: min(
            [names["errors"][name][2]]
            + [
                names["error"](names["seed"], kind, names["shuffled"](2), rate, epochs=2)
                for rate in ((0.003, 0.03) if kind is BatchNorm else (0.03,))
            ]
        )
        for name, kind in names["KINDS"].items()
    }
    assert best["batch norm"] > 2.5 * max(best["none"], best["layer norm"])


def test_large_batches_bear_large_rates(names: dict[str, Any]) -> None:
    for rate in (1.0, 2.0):
        batch, layer = (
            names["error"](names["seed"], kind, names["shuffled"](100), rate)
            for kind in (BatchNorm, LayerNorm)
        )
        assert batch < 15
        assert layer > batch + 15


@pytest.mark.claim("Batch normalization is at chance, while the others read nine in ten or so.")
def test_batches_of_one_class(names: dict[str, Any]) -> None:
    plain, batch, layer = names["one_class"].values()
    assert batch > 80
    assert plain < 15
    assert layer < 12
    assert 0.08 < names["own_batches"] < 0.3
    assert names["read_in_training"](names["seed"], LayerNorm) > 0.9
    for rows in names["of_one_class"](np.random.default_rng(names["seed"])):
        assert len(set(names["labels"][rows])) == 1
        assert 20 <= len(rows) < 30
    for rate in (0.03, 0.3):
        found = names["error"](names["seed"], BatchNorm, names["of_one_class"], rate, epochs=10)
        assert found > 70


@pytest.mark.claim("It needs smaller rates")
def test_weight_normalization_wants_smaller_rates(names: dict[str, Any]) -> None:
    normed = names["losses"]["weight norm, from data"]
    assert 4.5 < 0.1 / names["same_loss_at"] < 9.5
    assert normed[3] > 2 * normed[2]
    assert normed[4] > 1.5
    assert 6 < names["factors"] < 10


@pytest.mark.claim(
    "At its best rate, a plain network with the same start is no worse than weight normalization."
)
def test_the_merit_is_the_starts(names: dict[str, Any]) -> None:
    plain, normed, same_start = (min(found) for found in names["losses"].values())
    assert normed < 0.6 * plain
    assert same_start < 1.1 * normed
    sizes = (64, 60, 60, 10)
    rates = (0.1, 0.2, 0.3, 0.5)
    best = {
        is_normed: min(
            names["training_loss"](
                names["seed"], lambda rng, n=is_normed: names["from_data"](rng, n, sizes), rate, 8
            )
            for rate in (rates[:3] if is_normed else rates[2:])
        )
        for is_normed in (True, False)
    }
    assert best[False] < 1.25 * best[True]


def test_its_rate_hangs_on_the_length_of_v(names: dict[str, Any]) -> None:
    small, large = (
        names["training_loss"](
            names["seed"], lambda rng: names["from_data"](rng, size_of_v=3), rate
        )
        for rate in (0.1, 1.0)
    )
    assert small > 3 * large
    assert large < 2.5 * names["losses"]["weight norm, from data"][2]


def test_the_step_of_w(names: dict[str, Any]) -> None:
    rng = np.random.default_rng(names["seed"])
    x, dout, v = rng.normal(size=(30, 8)), rng.normal(size=(30, 4)), rng.normal(size=(8, 4))
    layer = WeightNorm(v, rng.normal(size=4), np.zeros(4))
    layer.forward(x)
    layer.backward(dout)
    dw, eta = x.T @ dout, 1e-7
    lengths = np.linalg.norm(v, axis=0)
    directions = v / lengths
    across = dw - directions * (directions * dw).sum(axis=0)
    g = layer.params["g"]
    after = names["scaled_directions"](v - eta * layer.grads["v"], g)
    expected = -((g / lengths) ** 2) * across
    np.testing.assert_allclose((after - directions * g) / eta, expected, atol=1e-3)
    np.testing.assert_allclose(layer.grads["g"], (directions * dw).sum(axis=0))


def test_neighbours_and_constants(names: dict[str, Any]) -> None:
    assert names["silenced"] == 4
    assert names["inhibited"][[0, 2, 8]] == pytest.approx(0.5, abs=0.04)
    assert names["of_the_sum"][0] == pytest.approx(2**0.75, abs=0.001)
    assert names["of_the_sum"][2] > 2 * names["of_the_sum"][0]
    assert names["of_the_mean"][2] < 0.7 * names["of_the_sum"][2]
    x = np.random.default_rng(names["seed"]).normal(size=(3, 9))
    weak, strong = (LocalResponseNorm(alpha=alpha).forward(x) for alpha in (0.1, 0.5))
    assert not np.allclose(weak, strong, rtol=0.05)


def test_brightness_is_lost_to_layer_norm(names: dict[str, Any]) -> None:
    """The answer to the question."""
    x = names["x"][:20]
    layer = LayerNorm(np.ones(64), np.zeros(64), eps=1e-12)
    np.testing.assert_allclose(layer.forward(2 * x), layer.forward(x), atol=1e-6)
    batch = BatchNorm(np.ones(64), np.zeros(64))
    brighter = x.copy()
    brighter[0] *= 2
    assert not np.allclose(batch.forward(brighter)[0], batch.forward(x)[0], atol=0.1)
