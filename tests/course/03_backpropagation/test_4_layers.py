"""What page 3.4 says of its experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solutions.backpropagation import Affine, ReLU, Sigmoid, Tanh
from solutions.losses import numerical_gradient

PAGE = "03_backpropagation/4_layers"


@pytest.mark.claim(
    "A sigmoid never passes on more than a quarter of the gradient that it receives."
)
def test_largest_slopes_of_the_activations(names: dict[str, Any]) -> None:
    expected = {"sigmoid": 0.25, "tanh": 1, "ReLU": 1}
    assert names["largest_slope"] == pytest.approx(expected, abs=1e-12)
    assert names["tenth"] == pytest.approx(np.arccosh(np.sqrt(10)) * 2, abs=0.02)


@pytest.mark.claim(
    "A sigmoid never passes on more than a quarter of the gradient that it receives."
)
@pytest.mark.parametrize(("kind", "bound"), [(Sigmoid, 0.25), (Tanh, 1.0), (ReLU, 1.0)])
@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
def test_no_activation_passes_on_more(kind: type[Tanh], bound: float, scale: float) -> None:
    rng = np.random.default_rng(0)
    layer = kind()
    layer.forward(scale * rng.normal(size=(50, 7)))
    dout = rng.normal(size=(50, 7))
    assert (np.abs(layer.backward(dout)) <= bound * np.abs(dout)).all()


def test_changing_dout_in_place_spoils_the_other_branch(names: dict[str, Any]) -> None:
    np.testing.assert_array_equal(names["right_answer"], [1, 1, 2, 2])
    np.testing.assert_array_equal(names["in_place"], [0, 0, 2, 2])
    layer, dout = ReLU(), np.ones(4)
    layer.forward(names["x"])
    np.testing.assert_array_equal(layer.backward(dout) + dout, names["right_answer"])


def test_affine_agrees_with_loops_and_keeps_the_shape(names: dict[str, Any]) -> None:
    assert names["affine_loops_error"] < 1e-12
    assert names["image_shapes"] == ((6, 5), (6, 2, 3, 4), (24, 5))
    assert names["dX"].shape == (7, 5)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 4, 2), (5, 1, 3), (6, 3, 1), (3, 3, 3)])
def test_the_three_formulas_at_other_sizes(
    names: dict[str, Any], shape: tuple[int, int, int]
) -> None:
    N, D, M = shape
    rng = np.random.default_rng(100 + names["seed"])
    X, G = rng.normal(size=(N, D)), rng.normal(size=(N, M))
    W, b = rng.normal(size=(D, M)), rng.normal(size=M)
    layer = Affine(W, b)
    layer.forward(X)
    dX = layer.backward(G)
    near = {"rtol": 1e-6, "atol": 1e-8}
    np.testing.assert_allclose(dX, numerical_gradient(lambda X: ((X @ W) * G).sum(), X), **near)
    dW = numerical_gradient(lambda W: ((X @ W + b) * G).sum(), W)
    db = numerical_gradient(lambda b: ((X @ W + b) * G).sum(), b)
    np.testing.assert_allclose(layer.grads["W"], dW, **near)
    np.testing.assert_allclose(layer.grads["b"], db, **near)


class Counted(np.ndarray):
    """An array whose matrix products are counted, in multiplications."""

    multiplications = 0

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        plain = [np.asarray(one) for one in inputs]
        if ufunc is np.matmul:
            Counted.multiplications += plain[0].size * plain[1].shape[1]
        return getattr(ufunc, method)(*plain, **kwargs).view(Counted)


@pytest.mark.claim("Going back costs about twice as much as going forward")
@pytest.mark.parametrize(("N", "D", "M"), [(1, 3, 2), (7, 5, 1), (100, 64, 50), (2, 30, 400)])
def test_going_back_takes_twice_the_multiplications(N: int, D: int, M: int) -> None:
    X, W, G = (np.ones(shape).view(Counted) for shape in ((N, D), (D, M), (N, M)))
    layer, counts = Affine(W, np.zeros(M).view(Counted)), []
    for step, argument in ((layer.forward, X), (layer.backward, G)):
        Counted.multiplications = 0
        step(argument)
        counts.append(Counted.multiplications)
    assert counts == [N * D * M, 2 * N * D * M]


def test_what_can_go_wrong_hides_where_the_text_says(names: dict[str, Any]) -> None:
    rng = np.random.default_rng(names["seed"])
    one_row, one_unit = rng.normal(size=(1, 3)), rng.normal(size=(6, 1))
    assert (one_row.sum(axis=0) == one_row[0]).all(), "a batch of one hides a forgotten sum"
    assert one_unit.sum() == pytest.approx(one_unit.sum(axis=0)[0]), "as one unit does"


def test_the_relu_can_use_its_output(names: dict[str, Any]) -> None:
    z = names["z"]
    np.testing.assert_array_equal(z > 0, names["outputs"]["ReLU"] > 0)


def test_the_wrong_tanh_is_nearly_right_for_small_inputs() -> None:
    y = np.tanh(np.array([1e-3, 1e-2, 2.0]))
    off = np.abs((1 - np.tanh(y) ** 2) / (1 - y**2) - 1)
    assert off[0] < 1e-9
    assert off[1] < 1e-6
    assert off[2] > 1
