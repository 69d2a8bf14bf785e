"""What page 8.3 says of pooling: ties, sums, and how little of a move it forgives."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from chapter import execute

from solutions.backpropagation import SoftmaxWithLoss
from solutions.convolution import (
    AveragePool2D,
    FractionalMaxPool,
    MaxPool2D,
    StochasticPool,
    receptive_field,
)
from solutions.convolution.windows import shifted_views
from solutions.data import digits
from solutions.optimizers import Adam, Network, Trainer

PAGE = "08_convolution/3_pooling"


def test_the_table_is_pooled_as_it_says(names: dict[str, Any]) -> None:
    assert names["largest"].tolist() == [[4, 0], [5, 6]]
    assert names["means"].tolist() == [[2, 0], [2, 3]]


def test_the_maximum_keeps_the_strongest_edge_and_the_mean_does_not(names: dict[str, Any]) -> None:
    assert names["pooled_max"].max() == names["found"].max()
    assert names["pooled_mean"].max() < 0.9 * names["found"].max()


def test_ties_are_common_behind_a_relu_and_nearly_all_of_zeros(names: dict[str, Any]) -> None:
    before, after = names["shares"]
    assert before < 0.2
    assert after > 0.35
    assert after > 2 * before
    assert names["of_zeros"] > 0.9
    assert names["at_zero"] > 0.65


def test_without_dark_ground_there_are_hardly_any_ties(names: dict[str, Any]) -> None:
    pictures, rng = names["data"].x_train[:200].copy(), np.random.default_rng(names["seed"])
    ground = pictures == 0
    assert 0.4 < ground.mean() < 0.6
    pictures[ground] = rng.uniform(0, 1e-3, size=ground.sum())
    tied = names["tied"](names["edges_of"](pictures.reshape(-1, 8, 8)))
    assert (tied > 1).mean() < 0.02


def test_behind_a_pooling_a_window_sees_eight_pixels_for_five() -> None:
    assert receptive_field([(3, 1), (3, 1)]) == 5
    assert receptive_field([(3, 1), (2, 2), (3, 1)]) == 8


@pytest.mark.parametrize("window", [[[1, 2, 1], [0, 0, 0], [-1, -2, -1]], [[0, 1], [-1, 0]]])
def test_so_they_are_for_other_filters(window: list[list[int]]) -> None:
    names = execute(PAGE, 0).names
    pictures = names["data"].x_train[200:400].reshape(-1, 8, 8)
    found = names["edges_of"](pictures, np.array(window, float))[:, :8, :8]
    before, after = names["tied"](found), names["tied"](np.maximum(found, 0))
    assert (after > 1).mean() > max(0.2, 1.3 * (before > 1).mean())


def test_two_rules_hand_on_what_they_got_and_the_third_makes_gradient_up(
    names: dict[str, Any],
) -> None:
    sums = [parts.sum() for parts in names["rules"].values()]
    assert sums == [1, 1, 4]
    alone = names["three_rules"](np.array([[1.0, 3], [2, 0]]), 5.0)
    assert all(parts.tolist() == [0, 5, 0, 0] for parts in alone.values())


@pytest.mark.claim("the gradient goes to the winner alone")
@pytest.mark.claim("the first winner, row by row")
def test_the_library_takes_the_first_rule(names: dict[str, Any]) -> None:
    layer = MaxPool2D(2)
    for window in (np.zeros((2, 2)), np.array([[1.0, 3], [3, 0]]), np.array([[1.0, 0], [2, 5]])):
        layer.forward(window[None, None])
        got = layer.backward(np.ones((1, 1, 1, 1))).ravel()
        assert got.tolist() == names["three_rules"](window)["the first one"].tolist()


class AllThatTie(MaxPool2D):
    """The third rule: each pixel that ties gets all of the gradient."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        y = super().forward(x)
        views = shifted_views(x, self.size, self.size, self.stride, *y.shape[2:])
        self._winners = [view == y for view in views]
        return y


def how_wrong(network: Network, x: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return by how much of their size the third rule changes a network's gradients."""
    found = []
    for rule in (MaxPool2D, AllThatTie):
        for layer in network.layers.values():
            if isinstance(layer, MaxPool2D):
                layer.__class__ = rule
        loss = SoftmaxWithLoss()
        loss.forward(network.forward(x), labels)
        network.backward(loss.backward())
        found.append({name: array.copy() for name, array in network.grads.items()})
    right, wrong = found
    size = np.linalg.norm
    return {name: float(size(wrong[name] - right[name]) / size(right[name])) for name in right}


@pytest.mark.claim("behind a ReLU, too, it is a wrong gradient")
def test_a_positive_bias_makes_ties_above_zero(names: dict[str, Any]) -> None:
    assert 0.1 < names["shares"][0] - 0.01 < names["tied_above"] < 0.3


@pytest.mark.claim("behind a ReLU, too, it is a wrong gradient")
@pytest.mark.parametrize(
    ("seed", "settings"),
    [(0, {}), (1, {}), (5, {}), (7, {"rate": 0.003}), (7, {"rate": 0.02}), (7, {"filters": 6})],
    ids=str,
)
def test_in_trained_networks_the_third_rule_is_wrong(seed: int, settings: dict[str, Any]) -> None:
    """Where the ground is 0 for the biases, where it is bright for the weights as well."""
    make, data = execute(PAGE, 0).names["make"], digits(seed=seed)
    rate, sizes = settings.get("rate", 0.01), {k: v for k, v in settings.items() if k != "rate"}
    dark = data.x_train.reshape(-1, 1, 8, 8).astype(np.float32)
    labels = data.labels_train
    errors = []
    for x in (dark, 1 - dark):
        rng = np.random.default_rng(seed)
        network = make("with max pooling", rng, **sizes)
        optimizer = Adam(network.params, rate)
        trainer = Trainer(network, SoftmaxWithLoss(), optimizer, rng, score=None, progress=False)
        trainer.fit(x, labels, 5)
        errors.append(how_wrong(network, x[:400], labels[:400]))
    on_dark, on_bright = errors
    assert on_dark["conv2d1.b"] > 0.07
    assert on_dark["conv2d1.W"] < 0.03, "ground of 0 gives the weights nothing"
    assert on_bright["conv2d1.W"] > 0.03


def test_a_pixel_that_wins_everywhere_gets_the_sum(names: dict[str, Any]) -> None:
    assert names["wins_in"] == names["to_the_bump"][2, 2] == names["to_the_bump"].sum() == 9


def test_padding_never_wins_in_a_maximum_and_counts_in_a_mean() -> None:
    negative = -np.ones((1, 1, 4, 4))
    assert (MaxPool2D(3, 1, 1).forward(negative) == -1).all()
    assert AveragePool2D(3, 1, 1).forward(negative)[0, 0, 0, 0] == pytest.approx(-4 / 9)


@pytest.mark.claim("Pooling is better than nothing, and far from invariant.")
def test_pooling_is_steadier_and_far_from_invariant(names: dict[str, Any]) -> None:
    middle, moved = names["in_the_middle"], names["moved"]
    assert min(middle.values()) > 0.93
    assert moved["with max pooling"] > moved["fully connected"] + 0.07
    assert moved["with max pooling"] > moved["convolutions"] + 0.02
    assert moved["convolutions"] < moved["fully connected"] + 0.12
    lost = middle["with max pooling"] - moved["with max pooling"]
    assert lost > (1 / 3 if names["seed"] == 0 else 0.2)


@pytest.mark.claim("Pooling is better than nothing, and far from invariant.")
def test_at_two_pixels_the_others_have_lost_nearly_everything(names: dict[str, Any]) -> None:
    at = {kind: (curve[1] + curve[5]) / 2 for kind, curve in names["curves"].items()}
    assert at["with max pooling"] > 1.4 * max(at["fully connected"], at["convolutions"])
    assert max(at["fully connected"], at["convolutions"]) < 0.25


@pytest.mark.claim("Pooling is better than nothing, and far from invariant.")
@pytest.mark.parametrize(
    "settings",
    [{"rate": 0.005, "epochs": 8}, {"epochs": 10}, {"filters": 16, "epochs": 4}],
    ids=str,
)
def test_so_it_is_at_other_rates_epochs_and_sizes(settings: dict[str, Any]) -> None:
    names = execute(PAGE, 0).names
    network = names["train"]("with max pooling", 7, **settings)
    flat = [names["train"]("fully connected", 7, rate=rate) for rate in (0.003, 0.01, 0.02)]
    read, around = names["read"], names["AROUND"]
    pooled = read(network, 7, *around)
    assert max(read(other, 7, *around) for other in flat) + 0.03 < pooled
    assert pooled < read(network, 7, (0, 0)) - 0.15


@pytest.mark.claim("Pooling is better than nothing, and far from invariant.")
def test_each_at_its_best_rate_pooling_helps_and_more_at_two_pixels() -> None:
    """At one rate, the two may be alike at one pixel: with this seed they are."""
    names = execute(PAGE, 0).names

    def best(kind: str, *moves: tuple[int, int]) -> float:
        return max(names["read"](network, 13, *moves) for network in networks[kind])

    networks = {
        kind: [names["train"](kind, 13, rate=rate) for rate in (0.01, 0.02)]
        for kind in ("convolutions", "with max pooling")
    }
    by_one, by_two = names["AROUND"], ((0, 2), (0, -2))
    assert best("with max pooling", *by_one) > best("convolutions", *by_one) + 0.03
    assert best("with max pooling", *by_two) > best("convolutions", *by_two) + 0.12


@pytest.mark.claim("Pooling is better than nothing, and far from invariant.")
def test_pooling_adds_about_twice_what_sharing_does_on_average_over_seeds() -> None:
    names = execute(PAGE, 0).names
    reads = [[*names["moved"].values()]]
    for seed in range(1, 4):
        networks = [names["train"](kind, seed) for kind in names["KINDS"]]
        reads.append([names["read"](network, seed, *names["AROUND"]) for network in networks])
    flat, shared, pooled = np.mean(reads, axis=0)
    assert 0.03 < shared - flat < 0.1, "sharing helps little by itself"
    assert 1.4 < (pooled - shared) / (shared - flat) < 2.8


@pytest.mark.parametrize("seed", [0, 4])
def test_moved_digits_in_training_do_more_than_pooling(seed: int) -> None:
    names, data = execute(PAGE, 0).names, digits(seed=seed)
    rng, moves = np.random.default_rng(seed), ((0, 0), *names["AROUND"])
    network = names["make"]("fully connected", rng)
    pictures = data.x_train.reshape(-1, 1, 8, 8)
    drawn = zip(pictures, rng.integers(len(moves), size=len(pictures)), strict=True)
    x = np.stack([names["move"](picture, *moves[k]) for picture, k in drawn])
    optimizer = Adam(network.params, 0.003)
    trainer = Trainer(network, SoftmaxWithLoss(), optimizer, rng, score=None, progress=False)
    trainer.fit(x, data.labels_train, 10)
    assert names["read"](network, seed, *names["AROUND"]) > 0.8


def test_windows_do_not_move_along(names: dict[str, Any]) -> None:
    at_rest, by_one, by_two, by_three = names["pooled_rows"]
    assert by_two == [0, *at_rest[:-1]]
    assert by_three == [0, *by_one[:-1]]
    assert sum(at_rest) == 2
    assert by_one == [0, 1, 1, 1, 1, 0]


def test_stochastic_pooling_gives_a_weighted_mean_in_use(names: dict[str, Any]) -> None:
    assert names["expected"] == pytest.approx(30 / 8)
    assert names["draws"].mean() == pytest.approx(30 / 8, abs=0.12)
    assert names["one_window"].mean() < names["expected"] < names["one_window"].max()
    pool = StochasticPool(2, np.random.default_rng(names["seed"]))
    window = names["one_window"][None, None]
    drawn = pool.forward(window)
    assert np.array_equal(pool.backward(np.full((1, 1, 1, 1), 7.0)), 7.0 * (window == drawn))
    assert pool.forward(np.zeros((1, 1, 2, 2))).item() == 0
    with pytest.raises(ValueError, match="negative"):
        pool.forward(-np.ones((1, 1, 2, 2)))


def test_fractional_windows_are_ones_and_twos_and_u_moves_them(names: dict[str, Any]) -> None:
    widths = [np.diff(boundaries).tolist() for boundaries in names["cuts"].values()]
    assert all(sorted(row) == [1, 1, 1, 1, 2, 2, 2] for row in widths)
    assert all(row != other for row, other in pairwise(widths))
    for u, boundaries in names["cuts"].items():
        by_hand = [math.ceil(10 * (i + u) / 7) for i in range(8)]
        assert boundaries == [end - by_hand[0] for end in by_hand]
        assert (boundaries[0], boundaries[-1]) == (0, 10)
    layer = FractionalMaxPool(1.4, np.random.default_rng(names["seed"]))
    assert layer.output_shape((1, 10, 10)) == (1, 7, 7)
