"""What page 8.1 says of convolution: what an MLP does not know, sizes, a matrix, and shifts."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from chapter import execute
from scipy import signal

from solutions.convolution import Convolution

PAGE = "08_convolution/1_convolution"


def knows_no_neighbours(plain: float, shuffled: float, moved: float) -> None:
    assert plain > 0.95
    assert abs(shuffled - plain) < 0.025
    assert 0.4 < moved < 0.65


@pytest.mark.claim("no use of which pixels are neighbours")
def test_shuffled_pixels_cost_nothing_and_a_move_half_of_all(names: dict[str, Any]) -> None:
    knows_no_neighbours(*names["known"])


@pytest.mark.claim("no use of which pixels are neighbours")
@pytest.mark.parametrize(
    "settings", [{"rate": 0.01}, {"rate": 0.001}, {"width": 30}, {"epochs": 5}], ids=str
)
def test_so_it_is_at_other_rates_widths_and_epochs(settings: dict[str, Any]) -> None:
    knows_no_neighbours(*execute(PAGE, 0).names["what_it_knows"](3, **settings))


@pytest.mark.claim("no use of which pixels are neighbours")
def test_the_rows_of_shuffled_weights_are_the_same_function() -> None:
    rng = np.random.default_rng(0)
    x, W, order = rng.normal(size=(5, 64)), rng.normal(size=(64, 10)), rng.permutation(64)
    np.testing.assert_allclose(x[:, order] @ W[order], x @ W)


def test_the_example_by_hand(names: dict[str, Any]) -> None:
    expected = signal.correlate2d(names["picture"], names["window"], "valid")
    assert names["results"].tolist() == expected.tolist()
    assert names["products"].sum() == names["results"][0, 0] == 1 - 0 + 0 - 6 + 2 - 1


def test_hand_made_filters(names: dict[str, Any]) -> None:
    assert abs(names["flat"]) < 1e-12
    four, seen = names["four"], names["seen"]
    assert seen["mean"].max() < four.max()
    for name in ("left − right", "top − bottom"):
        assert seen[name].min() < -1
        assert seen[name].max() > 1
    flipped = names["flipped"]
    assert np.allclose(flipped["left − right"], -seen["left − right"])
    assert np.allclose(flipped["mean"], seen["mean"])
    for name, weights in names["filters"].items():
        true = signal.convolve2d(four, weights[::-1, ::-1], "same")
        np.testing.assert_allclose(seen[name], true, atol=1e-12)


@pytest.mark.claim("their gradient is 0")
def test_sizes_and_pixels_that_nobody_sees(names: dict[str, Any]) -> None:
    assert (names["places"], names["unseen"]) == (3, 15)
    times = names["times"]
    assert times["S = 1, P = 0"][0, 0] == 1
    assert times["S = 1, P = 0"].max() == 9
    rest = times["S = 2, P = 0"]
    assert (rest[-1] == 0).all()
    assert (rest[:, -1] == 0).all()
    assert rest[:-1, :-1].min() > 0
    assert times["S = 2, P = 1"].min() > 0, "a rest of 1, and padding of 1 takes it"
    rng = np.random.default_rng(names["seed"])
    layer = Convolution(rng.normal(size=(2, 1, 3, 3)), np.zeros(2), stride=2)
    y = layer.forward(rng.normal(size=(4, 1, 8, 8)))
    dx = layer.backward(rng.normal(size=y.shape))
    np.testing.assert_array_equal((dx != 0).all(axis=(0, 1)), rest > 0)
    for size, F, S, P in product(range(6, 12), (2, 3, 5), (1, 2, 3), (0, 1, 2)):
        count = names["output_size"](size, F, S, P)
        left = (size + 2 * P - F) % S
        unseen = (names["times_seen"](size, size, F, S, P)[-1] == 0).all()
        assert count == (size + 2 * P - F - left) // S + 1
        if F >= S:
            assert unseen == (left > P), "the rest is taken from the padding first"


def test_the_parameters(names: dict[str, Any]) -> None:
    assert names["parameters"] == 1216
    assert names["outputs"] == 16 * 32 * 32
    assert names["fully"] > 50e6


@pytest.mark.parametrize(("H", "W"), [(6, 6), (5, 8), (7, 4)])
def test_it_is_a_matrix_with_shared_weights(H: int, W: int) -> None:
    names, rng = execute(PAGE, 0).names, np.random.default_rng(1)
    M, x = names["matrix_of"](names["numbers"], H, W), rng.normal(size=(H, W))
    found = (M @ x.ravel()).reshape(H - 2, W - 2)
    np.testing.assert_allclose(found, names["correlate"](x, names["numbers"]))
    assert ((M != 0).sum(axis=1) == 9).all()
    assert len(np.unique(M[M != 0])) == 9


def test_moved_inputs_give_moved_outputs_for_multiples_of_the_stride(names: dict[str, Any]) -> None:
    plain, valid, off, on = names["same"].values()
    assert plain.all()
    assert valid.all()
    assert on.all()
    assert off.mean() < 0.7
    rng = np.random.default_rng(0)
    for stride, by in product((1, 2, 3), (1, 2, 3)):
        x, weights = rng.normal(size=(8, 12)), rng.normal(size=(3, 3))
        if by == stride:
            assert names["moves_along"](x, weights, stride, 0, by)[:, 1:-1].all()
        elif by < stride:
            assert not names["moves_along"](x, weights, stride, 0, by)[:, 1:-1].all()


def test_padding_makes_a_border_that_is_seen(names: dict[str, Any]) -> None:
    middle = names["answer"][3]
    assert (middle[1:-1] == 0).all()
    assert middle[0] == -middle[-1] != 0
