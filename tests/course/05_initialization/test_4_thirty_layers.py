"""What page 5.4 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.initialization import he, lecun
from solutions.optimizers import SGD, Adam

PAGE = "05_initialization/4_thirty_layers"


def test_a_mean_hides_that_most_directions_are_lost(names: dict[str, Any]) -> None:
    of_lecun, of_orthogonal = names["products"].values()
    for values, rank in of_orthogonal.values():
        np.testing.assert_allclose(values, 1, atol=1e-9)
        assert rank == pytest.approx(100, rel=1e-6)
    ranks = [rank for _, rank in of_lecun.values()]
    assert 100 > ranks[0] > 1.5 * ranks[1] > 4 * ranks[2]
    assert 1e-6 < names["middle"] < 1e-3
    for width, depth in ((50, 15), (200, 20)):
        (values, rank) = names["product_of_layers"](names["seed"], lecun, (depth,), width)[depth]
        assert 0.4 < np.sqrt(np.mean(values**2)) < 2.5
        assert values[width // 2] < 0.05
        assert rank < 0.4 * width


def test_bare_qr_prefers_a_sign(names: dict[str, Any]) -> None:
    assert names["bare_share"] in (0.0, 1.0)
    assert names["mended_share"] == pytest.approx(0.5, abs=0.15)


def test_the_signal_tells_the_initializations_apart(names: dict[str, Any]) -> None:
    signal = names["last_signal"]
    for depth in (10, 30):
        for right in ("He", "orthogonal · √2"):
            ratio = signal[right, depth] / signal["Glorot", depth]
            assert np.log2(ratio) == pytest.approx(depth / 2, abs=1.6)
            assert 0.1 < signal[right, depth] < 1.2


def test_adam_hides_a_wrong_factor_at_ten_layers(names: dict[str, Any]) -> None:
    assert names["ahead"] == ["SGD, 10", "Adam, 30"]
    read, trained, made = names["read"], names["trained_share"], names["INITIALIZERS"]
    assert min(read["Adam, 10"].values()) > 0.8
    more_epochs = trained(names["seed"], names["glorot_normal"], 10, Adam, 1e-3, epochs=12)
    assert more_epochs > read["Adam, 10"]["He"] - 0.03
    for rate in (0.01, 0.05):
        assert trained(names["seed"], he, 10, SGD, rate) > 0.2 + trained(
            names["seed"], names["glorot_normal"], 10, SGD, rate
        )
    for rate in (1e-4, 1e-3):
        shares = {name: trained(names["seed"], one, 30, Adam, rate) for name, one in made.items()}
        assert shares["He"] > shares["Glorot"] + 0.2
        assert shares["orthogonal · √2"] > shares["He"]
    assert read["Adam, 30"]["orthogonal · √2"] > read["Adam, 30"]["He"]


def test_a_tiny_last_batch_makes_a_lottery_of_it(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    held, draws = names["held"], range(10 * names["seed"], 10 * names["seed"] + 8)
    whole = [names["trained_share"](draw, he, 10, SGD, 0.03) for draw in draws]
    assert len(held.x_train) % 64 == 4
    monkeypatch.setitem(names, "x", held.x_train)
    monkeypatch.setitem(names, "labels", held.labels_train)
    with_tiny = [names["trained_share"](draw, he, 10, SGD, 0.03) for draw in draws]
    assert np.std(with_tiny) > 1.5 * np.std(whole)
    assert min(with_tiny) < min(whole) - 0.15


def test_sparse_weights_follow_the_same_rule(names: dict[str, Any]) -> None:
    for (k, std), factor in names["sparse_left"].items():
        assert np.log(factor) == pytest.approx(10 * np.log(std * np.sqrt(k)), abs=1.5)
    for k, std, depth in ((3, 0.2, 5), (30, 0.5, 8)):
        factor = names["sparse_signal"](names["seed"], k, std, depth, width=300)
        assert np.log(factor) == pytest.approx(depth * np.log(std * np.sqrt(k)), abs=1)


def test_a_small_bias_is_a_small_head_start_of_a_slow_training(names: dict[str, Any]) -> None:
    change, losses = names["change"], names["losses"]
    slow, good = change[0.01, 0.03], change[0.01, 0.3]
    assert names["lower"][0.01, 0.03] == names["lower"][0.1, 0.03] == 6
    assert abs(slow.mean()) < 0.5 * losses[0.0, 0.03].std()
    assert good.std() > 5 * slow.std()
    assert abs(good.mean()) < 2 * good.std()
    assert losses[0.0, 0.3].mean() < 0.6 * losses[0.0, 0.03].mean(), "the better rate"
    draws = range(100 * names["seed"] + 50, 100 * names["seed"] + 54)
    for rate in (0.01, 0.02):
        with_bias, without = (
            np.array([names["loss_with_bias"](draw, bias, rate) for draw in draws])
            for bias in (0.01, 0.0)
        )
        assert (with_bias < without).all()
        assert np.abs(with_bias - without).max() < without.std()


def test_the_gain_of_any_activation_can_be_found(names: dict[str, Any]) -> None:
    expected = {"straight line": 1, "ReLU": 2**0.5, "tanh": 1.59, "sigmoid": 1.85, "|s|": 1}
    for name, gain in expected.items():
        assert names["gains"][name] == pytest.approx(gain, rel=0.03)
    for name, found in names["after_thirty"].items():
        small, one, large = found
        if name in ("tanh", "sigmoid"):
            assert max(found) < 1.2 * min(found)
            assert one == pytest.approx(1, abs=0.15)
        else:
            assert large / small == pytest.approx(50)
    for start in (0.02, 20.0):
        for name in ("tanh", "sigmoid"):
            size = names["sums_after"](
                names["seed"], names["ACTIVATIONS"][name], names["gains"][name], start, 50, 150
            )
            assert size == pytest.approx(1, abs=0.2)


def test_scaling_each_layer_does_not_make_the_directions_equal(names: dict[str, Any]) -> None:
    """The answer to the question."""

    def scaled(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
        return 1.3 * lecun(shape, rng)

    ranks = [
        names["product_of_layers"](names["seed"], one, (20,))[20][1] for one in (lecun, scaled)
    ]
    assert ranks[0] == pytest.approx(ranks[1])
    assert names["product_of_layers"](names["seed"], he, (20,))[20][1] < 30
