"""What page 3.2 says of its experiments."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from solutions.backpropagation import Affine, ReLU, Sigmoid, Tanh
from solutions.losses import numerical_gradient

PAGE = "03_backpropagation/2_reverse_order"


def test_only_the_reverse_order_is_right_and_cheap(names: dict[str, Any]) -> None:
    assert names["at_once"] == 6, "pushing at once should count the first share twice"
    assert names["by_shares"] == names["in_reverse"] == 4
    assert names["visits_shares"][-1] == 2**15 - 1
    assert names["visits_reverse"][-1] == 15


@pytest.mark.parametrize("times", [1, 3, 8])
def test_both_right_ways_give_the_same(names: dict[str, Any], times: int) -> None:
    by_shares, in_reverse = (names["doublings"](times) for _ in range(2))
    assert names["push_shares"](by_shares[-1], 1.0) == 2 ** (times + 1) - 1
    assert names["push_in_reverse"](in_reverse) == times + 1
    assert [number.grad for number in by_shares] == [number.grad for number in in_reverse]
    assert in_reverse[0].grad == 2**times


def test_a_second_pass_adds_to_the_first(names: dict[str, Any]) -> None:
    order = names["doublings"](2)
    names["push_in_reverse"](order)
    names["push_in_reverse"](order)
    assert order[0].grad > 4


def test_multiplying_from_the_loss_is_cheaper(names: dict[str, Any]) -> None:
    assert names["from_end"] == 3 * 1000**2
    assert names["from_start"] == 2 * 1000**3 + 1000**2


@pytest.mark.parametrize("width", [2, 30, 400])
@pytest.mark.parametrize("depth", [2, 5, 20])
def test_the_end_with_fewer_numbers_wins(names: dict[str, Any], width: int, depth: int) -> None:
    count = names["multiplications"]
    one_loss, one_input = (width,) * depth + (1,), (1,) + (width,) * depth
    if depth > 2:
        assert count(one_loss, from_the_end=True) < count(one_loss, from_the_end=False)
        assert count(one_input, from_the_end=True) > count(one_input, from_the_end=False)
    rng = np.random.default_rng(0)
    factors = [rng.normal(size=(b, a)) for a, b in pairwise(one_loss)]
    counted, product = 0, factors[-1]
    for factor in reversed(factors[:-1]):
        counted += product.shape[0] * factor.shape[0] * factor.shape[1]
        product = product @ factor
    assert counted == count(one_loss, from_the_end=True)


@pytest.mark.claim("Backpropagation is the chain rule, multiplied from the loss's end.")
def test_backward_is_a_row_times_the_jacobian(names: dict[str, Any]) -> None:
    assert names["vjp_difference"] < 1e-8
    assert np.count_nonzero(names["J"].round(9)) == 5, "only the diagonal"
    assert (names["in_jacobian"], names["kept"]) == (25_000_000, 5000)


@pytest.mark.claim("Backpropagation is the chain rule, multiplied from the loss's end.")
@pytest.mark.parametrize("sizes", [(3, 3, 1), (2, 6, 4, 5, 1)])
def test_going_back_is_the_product_of_jacobians_from_the_end_of_the_loss(
    names: dict[str, Any], sizes: tuple[int, ...]
) -> None:
    rng, layers = np.random.default_rng(100 + names["seed"]), []
    for inputs, outputs in pairwise(sizes):
        layers += [Affine(rng.normal(size=(inputs, outputs)), rng.normal(size=outputs)), Tanh()]
    x, jacobians = rng.normal(size=(1, sizes[0])), []
    for layer in layers:
        y = layer.forward(x)
        column = [
            numerical_gradient(lambda x, i=i, f=layer.forward: float(f(x)[0, i]), x)
            for i in range(y.shape[1])
        ]
        layer.forward(x)  # what it keeps is of x itself again
        jacobians.append(np.concatenate(column))
        x = y
    product = np.ones((1, 1))
    dout = product
    for layer, J in zip(reversed(layers), reversed(jacobians), strict=True):
        dout, product = layer.backward(dout), product @ J
        np.testing.assert_allclose(dout, product, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("kind", [Tanh, Sigmoid, ReLU])
@pytest.mark.parametrize("size", [1, 4, 11])
def test_other_layers_and_sizes(names: dict[str, Any], kind: type[Tanh], size: int) -> None:
    rng = np.random.default_rng(100 + names["seed"])
    x, v = rng.normal(size=size), rng.normal(size=size)
    J = np.array([numerical_gradient(lambda x, i=i: kind().forward(x)[i], x) for i in range(size)])
    layer = kind()
    layer.forward(x)
    np.testing.assert_allclose(v @ J, layer.backward(v), atol=1e-8)
