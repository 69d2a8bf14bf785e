"""What page 8.7 says of two old networks, and of networks that are too deep to learn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from chapter import execute

from solutions.optimizers import DivergedError

PAGE = "08_convolution/7_deeper"


def test_lenet5_is_that_of_its_paper(names: dict[str, Any]) -> None:
    assert {name: names["old_counts"][name] for name in names["in_paper"]} == names["in_paper"]
    assert sum(names["old_counts"].values()) == 60_000
    assert (names["by_table"], names["full"], names["today"]) == (1516, 2416, 61_706)
    assert names["old_shapes"]["S4"] == (16, 5, 5)
    assert names["old_shapes"]["C5"] == (120, 1, 1)
    seen = [len(channels) for channels in names["LENET_TABLE"]]
    assert set(seen[:-1]) == {3, 4}
    assert seen[-1] == 6


def test_both_lenets_learn(names: dict[str, Any]) -> None:
    old, today = names["lenets_read"]
    assert old > 0.75
    assert today > 0.88
    images = names["enlarged"](names["split"].x_test[:2], 32)
    assert images.shape == (2, 1, 32, 32)
    inside = images[:, :, 4:28, 4:28]
    assert inside.sum() == images.sum(), "the margin is 0"
    pixels = names["split"].x_test[:2].reshape(2, -1).astype(np.float32)
    assert np.array_equal(inside[:, 0, 1::3, 1::3].reshape(2, -1), pixels)


@pytest.mark.parametrize("rate", [0.0005, 0.002])
def test_so_they_do_at_other_rates(rate: float) -> None:
    names = execute(PAGE, 0).names
    assert names["share_read"](names["lenet5"], 32, 3, epochs=3, rate=rate) > 0.8
    assert names["share_read"](names["lenet"], 28, 3, rate=rate) > 0.85


@pytest.mark.claim(
    "Pictures of 227 pixels are meant, or there is a padding that the paper does not tell of."
)
def test_alexnet_is_that_of_its_paper_but_for_two_slips(names: dict[str, Any]) -> None:
    assert (224 - 11) / 4 == 53.25
    assert names["meant"] == 227
    found, stated = list(names["neurons"].values()), names["stated_neurons"]
    assert found[1:] == stated[1:]
    assert (found[0], stated[0]) == (55 * 55 * 96, 55 * 48 * 96) == (290_400, 253_440)
    assert sum(names["big_counts"].values()) == 60_965_224
    assert sum(names["together"].values()) == 62_378_344
    assert names["affine_share"] > 0.95


def test_alexnet_runs_and_its_work_is_where_its_parameters_are_not(names: dict[str, Any]) -> None:
    assert names["seen"] == {name: (1, *shape) for name, shape in names["big_shapes"].items()}
    assert names["signal"].dtype == np.float32
    assert np.isfinite(names["signal"]).all()
    assert names["products"]["conv1"] == 55 * 55 * 96 * 3 * 11 * 11
    assert names["products"]["conv2"] == 27 * 27 * 256 * 48 * 5 * 5
    assert names["affine_products"] < 0.1


@pytest.mark.claim(
    "Each at its best rate, the deep plain network reads far less of its training data "
    "than the shallow one."
)
def test_the_deeper_plain_network_is_worse_on_its_training_data(names: dict[str, Any]) -> None:
    plain = names["plain"]
    assert max(plain[2]) > 0.92
    assert max(plain[20]) < max(plain[2]) - 0.2
    assert len(plain[2]) == len(plain[20]) == len(names["rates"])


@pytest.mark.claim(
    "Each at its best rate, the deep plain network reads far less of its training data "
    "than the shallow one."
)
@pytest.mark.parametrize("seed", [6, 7])
def test_so_it_is_with_more_rates(seed: int) -> None:
    """The deep one gets five rates, and the shallow one a single one: its best is no worse."""
    accuracy = execute(PAGE, 0).names["accuracy_or_0"]
    deep = max(accuracy(20, False, 1, rate, seed) for rate in (0.003, 0.02, 0.05, 0.1, 0.3))
    assert deep < accuracy(2, False, 1, 0.1, seed) - 0.2


@pytest.mark.claim(
    "The gradients of the deep plain network do not vanish: they differ by less than a "
    "factor of ten from layer to layer."
)
def test_its_gradients_do_not_vanish(names: dict[str, Any]) -> None:
    assert len(names["sizes"]) == 20
    assert min(names["sizes"]) > max(names["sizes"]) / 10
    for seed in range(3, 15):
        deep = names["network_of"](20, False, 1, np.random.default_rng(seed))
        labels = names["split"].labels_train[:500]
        sizes = names["gradient_sizes"](deep, names["x_train"][:500], labels)
        assert min(sizes) > max(sizes) / 10


def test_nor_do_they_later(names: dict[str, Any]) -> None:
    """What the page says of the network before training holds of it in training, too."""
    for rate in (0.01, 0.03):
        for seed in (3, 4):
            rng = np.random.default_rng(seed)
            deep = names["network_of"](20, False, 1, rng)
            optimizer = names["SGD"](deep.params, rate)
            loss = names["SoftmaxWithLoss"]()
            trainer = names["Trainer"](deep, loss, optimizer, rng, score=None, progress=False)
            labels = names["split"].labels_train
            for _ in range(3):
                trainer.fit(names["x_train"], labels, 1)
                sizes = names["gradient_sizes"](deep, names["x_train"][:500], labels[:500])
                assert min(sizes) > max(sizes) / 10


@pytest.mark.claim(
    "The same twenty layers, the same optimizer, as many parameters, a plus sign and a small "
    "start: now it learns."
)
def test_shortcuts_mend_it(names: dict[str, Any]) -> None:
    residual, plain = names["residual"], names["plain"]
    assert max(residual[20]) > max(plain[20]) + 0.2
    assert max(residual[20]) > 0.9
    assert -0.08 < max(residual[20]) - max(residual[2]) < 0.03, "no better, little harm"


@pytest.mark.claim("It takes both.")
def test_neither_the_sum_nor_the_small_start_mends_it_alone(names: dict[str, Any]) -> None:
    for alone in (names["sum_alone"], names["start_alone"]):
        assert max(alone) < max(names["residual"][20]) - 0.3
    assert max(names["start_alone"]) < 0.2
    assert names["sum_alone"][1:] == [0, 0], "the loss is nan"


@pytest.mark.claim("It takes both.")
@pytest.mark.parametrize(
    ("shortcuts", "rate"),
    [(True, 0.0003), (True, 0.001), (True, 0.003), (False, 0.003), (False, 0.3)],
)
def test_nor_does_it_at_other_rates(shortcuts: bool, rate: float) -> None:
    names = execute(PAGE, 0).names
    alone, scale = names["accuracy_or_0"], 1 / math.sqrt(10)
    for seed in (3, 4):
        one = alone(20, shortcuts, 1 if shortcuts else scale, rate, seed)
        assert one < alone(20, True, scale, 0.03, seed) - 0.2


def test_a_small_start_alone_lets_nothing_through() -> None:
    names = execute(PAGE, 0).names
    network = names["network_of"](20, False, 1 / math.sqrt(10), np.random.default_rng(3))
    signal, sizes = names["x_train"][:500], []
    for name, layer in network.layers.items():
        signal = layer.forward(signal)
        if name == "relu" or name.startswith("relu_behind"):
            sizes.append(float(np.mean(signal**2)))
    assert len(sizes) == 11
    assert 0.03 < (sizes[-1] / sizes[0]) ** (1 / 10) < 0.2


def test_the_signal_grows_exponentially_unless_it_is_scaled(names: dict[str, Any]) -> None:
    assert 1.5 < names["growth"] < 3
    assert names["raw"][-1] > 100 * names["raw"][0]
    assert names["scaled"][-1] < 2 * math.e**2 * names["scaled"][0]


@pytest.mark.parametrize("width", [16, 64])
def test_a_body_doubles_the_mean_square_on_average(width: int) -> None:
    names = execute(PAGE, 0).names
    ratios = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        x = np.maximum(rng.normal(size=(50, width)), 0).astype(np.float32)
        F = names["Network"](names["body"](width, 1, rng)).forward(x)
        ratios.append(np.mean(F**2) / np.mean(x**2))
    assert np.mean(ratios) == pytest.approx(2, rel=0.12)


@pytest.mark.parametrize("width", [16, 64, 128])
@pytest.mark.parametrize("depth", [10, 40])
def test_so_it_does_at_other_sizes(depth: int, width: int) -> None:
    mean_squares = execute(PAGE, 0).names["mean_squares"]
    for seed in (4, 5):
        raw = mean_squares(depth, 1, seed, width)
        scaled = mean_squares(depth, 1 / math.sqrt(depth // 2), seed, width)
        assert (raw[-1] / raw[0]) ** (2 / depth) > 1.5
        assert scaled[-1] < 2 * math.e**2 * scaled[0]


@pytest.mark.claim(
    "Each at its best rate, the deep plain network reads far less of its training data "
    "than the shallow one."
)
@pytest.mark.claim(
    "The same twenty layers, the same optimizer, as many parameters, a plus sign and a small "
    "start: now it learns."
)
@pytest.mark.parametrize(("depth", "width", "epochs"), [(30, 32, 6), (20, 64, 6)])
def test_so_it_is_with_other_depths_widths_and_epochs(depth: int, width: int, epochs: int) -> None:
    """The plain network gets all rates, and the others a single one: their best is no worse."""
    names = execute(PAGE, 0).names
    trained, scale = names["trained_accuracy"], 1 / math.sqrt(depth // 2)
    plain = max(trained(depth, False, 1, rate, 7, epochs, width) for rate in names["rates"])
    assert plain < trained(2, False, 1, 0.1, 7, epochs, width) - 0.1
    assert plain < trained(depth, True, scale, 0.03, 7, epochs, width) - 0.1


def test_given_five_times_the_epochs_the_deep_plain_network_learns_too() -> None:
    assert execute(PAGE, 0).names["trained_accuracy"](20, False, 1, 0.03, 7, epochs=30) > 0.88


def test_without_the_shortcut_on_the_way_back_it_learns_only_worse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = execute(PAGE, 0).names
    trained, block, scale = names["trained_accuracy"], names["ResidualBlock"], 1 / math.sqrt(10)
    right = trained(20, True, scale, 0.03, 3)

    class Forgetful(block):
        def backward(self, dout: Any) -> Any:
            return self.body.backward(dout * self._mask)

    monkeypatch.setitem(names, "ResidualBlock", Forgetful)
    assert 0.25 < trained(20, True, scale, 0.03, 3) < right - 0.1


@pytest.mark.parametrize("rate", [0.01, 0.03, 0.1])
def test_without_scaling_training_soon_ends_in_nan(rate: float) -> None:
    nan = pytest.raises(DivergedError, match="the loss is nan")
    with np.errstate(all="ignore"), nan:
        execute(PAGE, 0).names["trained_accuracy"](40, True, 1, rate, 3, epochs=1)
