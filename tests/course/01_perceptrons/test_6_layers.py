"""What page 1.6 says of layers and shapes, its own cells compute."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

PAGE = "01_perceptrons/6_layers"
XOR = [0, 1, 1, 0]


def test_a_layer_is_a_matrix_product(names: dict[str, Any]) -> None:
    assert names["loop_difference"] < 1e-12
    assert names["loop_ratio"] > 20
    assert names["multiplications"] == 100 * 64 * 50
    assert names["xor_answers"] == XOR
    assert names["xor_difference"] == 0


def test_shapes_along_the_network(names: dict[str, Any]) -> None:
    assert names["shapes"] == [
        ((64, 50), (50,), (100, 50)),
        ((50, 30), (30,), (100, 30)),
        ((30, 10), (10,), (100, 10)),
    ]
    assert names["forward_difference"] < 1e-12
    assert names["parameters"] == 64 * 50 + 50 + 50 * 30 + 30 + 30 * 10 + 10 == 5090


@pytest.mark.parametrize("sizes", [(2, 1), (5, 7, 3), (4, 4, 4, 4, 4)])
def test_shapes_of_other_networks(names: dict[str, Any], sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(names["seed"])
    params = names["init_network"](sizes, rng, weight_std=1.0)
    out = names["forward_network"](params, rng.normal(size=(11, sizes[0])), names["step"])
    assert out.shape == (11, sizes[-1])
    assert sum(p.size for p in params.values()) == sum(a * b + b for a, b in pairwise(sizes))
    weights = np.concatenate([p.ravel() for n, p in params.items() if n[0] == "W"])
    if len(weights) > 50:
        assert 0.5 < (np.abs(weights) < 1).mean() < 0.85, "two thirds, roughly"


def test_a_wrong_bias_fits_by_chance_and_a_wrong_order_does_not(names: dict[str, Any]) -> None:
    assert names["right"].shape == names["wrong"].shape
    assert names["largest_difference"] == pytest.approx(20)
    assert names["numbers_wrong"] == 6, "all but the diagonal"
    assert names["exchanged"] == (4, 4) != names["right"].shape
    assert names["shape_error"]
    assert "50" in names["shape_error"]
    assert "100" in names["shape_error"]


@pytest.mark.parametrize("sizes", [(5, 4, 3), (3, 4, 5), (100, 64, 50)])
def test_sizes_that_are_all_different_bring_both_mistakes_to_light(
    sizes: tuple[int, int, int],
) -> None:
    n, d, h = sizes
    X, W, b = np.ones((n, d)), np.ones((d, h)), np.arange(h)
    with pytest.raises(ValueError, match="broadcast"):
        X @ W + b[:, None]
    with pytest.raises(ValueError, match="matmul"):
        W @ X
