"""What page 5.4 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.backpropagation import Affine, ReLU, SoftmaxWithLoss
from solutions.initialization import he, lecun
from solutions.optimizers import SGD, Adam, Network

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


@pytest.mark.claim(
    "With Adam at ten layers Glorot's weights cost a few points, and more epochs make up for it."
)
def test_adam_hides_a_wrong_factor_at_ten_layers(names: dict[str, Any]) -> None:
    assert names["ahead"] == ["SGD, 10", "Adam, 30"]
    read, trained, made = names["read"], names["trained_share"], names["INITIALIZERS"]
    assert min(read["Adam, 10"].values()) > 0.8
    assert 0.005 < read["Adam, 10"]["He"] - read["Adam, 10"]["Glorot"] < 0.1, "a few points"
    more_epochs = trained(names["seed"], names["glorot_normal"], 10, Adam, 1e-3, epochs=12)
    assert more_epochs > read["Adam, 10"]["He"] - 0.03
    for rate in (0.01, 0.05):
        assert trained(names["seed"], he, 10, SGD, rate) > 0.2 + trained(
            names["seed"], names["glorot_normal"], 10, SGD, rate
        )
    best = dict(read["Adam, 30"])
    for rate in (1e-4, 1e-3):
        shares = {name: trained(names["seed"], one, 30, Adam, rate) for name, one in made.items()}
        assert shares["He"] > shares["Glorot"] + 0.2
        assert shares["orthogonal · √2"] > shares["He"]
        best = {name: max(best[name], share) for name, share in shares.items()}
    assert read["Adam, 30"]["orthogonal · √2"] > read["Adam, 30"]["He"]
    assert 0.02 < best["orthogonal · √2"] - best["He"] < 0.18, "each at its best"


def test_after_one_step_the_biases_drown_a_tiny_signal(names: dict[str, Any]) -> None:
    x, labels = names["x"], names["labels"]
    for draw in range(10 * names["seed"], 10 * names["seed"] + 3):
        for initializer in (names["glorot_normal"], he):
            rng, layers = np.random.default_rng(draw), []
            for shape in [(64, 100)] + [(100, 100)] * 29 + [(100, 10)]:
                layers += [Affine(initializer(shape, rng), np.zeros(shape[1])), ReLU()]
            net, loss = Network(layers[:-1]), SoftmaxWithLoss()
            before = last_hidden(layers, x[:200])
            optimizer = Adam(net.params, 3e-4)
            loss.forward(net.forward(x[:64]), labels[:64])
            net.backward(loss.backward())
            optimizer.step(net.grads)
            after = last_hidden(layers, x[:200])
            differs = np.sqrt(np.mean(after.var(axis=0)) / np.mean(after**2))
            if initializer is he:
                assert differs > 0.1
            else:
                assert 1e-6 < np.sqrt(np.mean(before**2)) < 3e-5
                assert differs < 0.02


def last_hidden(layers: list[Any], signal: np.ndarray) -> np.ndarray:
    """What the last hidden layer says."""
    for layer in layers[:-2]:
        signal = layer.forward(signal)
    return signal


def test_the_order_at_ten_layers_changes_from_seed_to_seed(names: dict[str, Any]) -> None:
    read, trained = names["read"]["Adam, 10"], names["trained_share"]
    orthogonal = names["INITIALIZERS"]["orthogonal · √2"]
    assert abs(read["orthogonal · √2"] - read["He"]) < 0.03
    _, make, rates = names["CASES"]["SGD, 10"]
    more = [
        max(trained(draw, orthogonal, 10, make, rate) for rate in rates)
        - max(trained(draw, he, 10, make, rate) for rate in rates)
        for draw in range(6)
    ]
    assert -0.1 < min(more) < 0 < max(more) < 0.25


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


@pytest.mark.claim("A factor of 0.01 · √k per layer kills the signal; 1/√k keeps it")
def test_sparse_weights_follow_the_same_rule(names: dict[str, Any]) -> None:
    for (k, std), factor in names["sparse_left"].items():
        assert np.log(factor) == pytest.approx(10 * np.log(std * np.sqrt(k)), abs=1.5)
    for k, std, depth in ((3, 0.2, 5), (30, 0.5, 8)):
        factor = names["sparse_signal"](names["seed"], k, std, depth, width=300)
        assert np.log(factor) == pytest.approx(depth * np.log(std * np.sqrt(k)), abs=1)


@pytest.mark.claim(
    "A small positive bias is a head start of a slow training, and nothing that you can rely on."
)
def test_a_small_bias_is_a_small_head_start_of_a_slow_training(names: dict[str, Any]) -> None:
    change, losses = names["change"], names["losses"]
    slow, good = change[0.01, 0.03], change[0.01, 0.3]
    assert names["lower"][0.01, 0.03] == names["lower"][0.1, 0.03] == 6
    assert abs(slow.mean()) < 0.5 * losses[0.0, 0.03].std()
    assert good.std() > 5 * slow.std()
    assert abs(good.mean()) < 2 * good.std()
    assert losses[0.0, 0.3].mean() < 0.6 * losses[0.0, 0.03].mean(), "the better rate"
    larger = change[0.1, 0.03]
    gain = losses[0.0, 0.03].mean() - losses[0.0, 0.3].mean()
    assert gain > 2 * abs(larger.mean()) > 8 * abs(slow.mean())
    assert change[0.1, 0.3].std() > 2.5 * larger.std()
    assert abs(change[0.1, 0.3].mean()) < 2 * change[0.1, 0.3].std()
    first = names["DRAWS"][:3]
    with_bias, without = (
        np.array([names["loss_with_bias"](draw, bias, 0.03, epochs=8) for draw in first])
        for bias in (0.1, 0.0)
    )
    assert np.abs(with_bias - without).mean() < 0.25 * np.abs(larger[:3]).mean()
    draws = range(100 * names["seed"] + 50, 100 * names["seed"] + 54)
    for rate in (0.01, 0.02):
        with_bias, without = (
            np.array([names["loss_with_bias"](draw, bias, rate) for draw in draws])
            for bias in (0.01, 0.0)
        )
        assert (with_bias < without).all()
        assert np.abs(with_bias - without).max() < without.std()


@pytest.mark.claim(
    "It is the activations made of straight lines through 0 that need exact weights."
)
@pytest.mark.claim("For the sigmoid a gain that keeps the size keeps nothing else")
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


def test_more_epochs_help_at_thirty_layers_too(names: dict[str, Any]) -> None:
    glorot = names["glorot_normal"]
    longer = names["trained_share"](names["seed"], glorot, 30, Adam, 3e-4, epochs=15)
    assert longer > names["read"]["Adam, 30"]["Glorot"] + 0.05


@pytest.mark.claim("For the sigmoid a gain that keeps the size keeps nothing else")
def test_a_level_signal_may_be_the_same_for_every_input(names: dict[str, Any]) -> None:
    for k, width in ((0, 200), (10, 100)):
        differs = {
            name: names["share_that_differs"](
                names["seed"] + k, made, names["gains"][name], width=width
            )
            for name, made in names["ACTIVATIONS"].items()
        }
        assert differs["sigmoid"] < 1e-15
        assert max(differs["ReLU"], differs["|s|"]) < 0.3
        assert min(differs["tanh"], differs["straight line"]) > 0.9


def test_sparse_weights_keep_the_signal_of_relus(names: dict[str, Any]) -> None:
    for k in (5, 15, 50):
        logs = []
        for draw in range(6):
            rng = np.random.default_rng(10 * names["seed"] + draw)
            weights = [names["sparse"]((200, 200), rng, k, np.sqrt(2 / k)) for _ in range(10)]
            rms = names["signal_rms"](rng.normal(size=(100, 200)), weights, names["relu"])
            logs.append(np.log(rms[-1] / rms[0]))
        assert abs(np.mean(logs)) < 0.4
