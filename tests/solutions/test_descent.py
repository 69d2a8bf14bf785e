"""Slopes by differences, and descent, against SciPy, PyTorch and closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from scipy import optimize

from solutions.losses import (
    central_difference,
    forward_difference,
    gradient_descent,
    minibatches,
    numerical_gradient,
    sgd,
    sgd_step,
)

few = settings(max_examples=25)


def test_differences_of_a_cubic_have_their_known_errors():
    h = 0.1
    assert forward_difference(lambda x: x**3, 2.0, h) == pytest.approx(12 + 6 * h + h**2)
    assert central_difference(lambda x: x**3, 2.0, h) == pytest.approx(12 + h**2)


def test_differences_take_arrays_element_by_element(rng):
    x = rng.normal(size=(3, 2))
    np.testing.assert_allclose(central_difference(np.sin, x, 1e-5), np.cos(x), atol=1e-9)
    np.testing.assert_allclose(forward_difference(np.sin, x, 1e-7), np.cos(x), atol=1e-6)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int64"])
@pytest.mark.parametrize("difference", [forward_difference, central_difference])
@pytest.mark.parametrize("h", [1, 0.5])
def test_differences_of_integers_do_not_wrap(difference, dtype, h):
    x = np.array([0, 1, 100]).astype(dtype)
    slopes = difference(lambda z: z**2, x, h)
    ahead = h if difference is forward_difference else 0  # (x + h)² − x² = h (2x + h)
    np.testing.assert_array_equal(slopes, 2 * x.astype(np.float64) + ahead)
    assert slopes.dtype == np.float64
    assert isinstance(difference(lambda z: z**2, 3, h), float)


@few
@given(array_shapes(min_dims=0, max_dims=3, max_side=4), st.integers(0, 1000))
def test_numerical_gradient_of_any_shape(shape, seed):
    rng = np.random.default_rng(seed)
    x, weights = rng.normal(size=shape) + np.zeros(shape), rng.normal(size=shape)
    before, shapes = x.tobytes(), []

    def f(z):
        shapes.append(z.shape)
        return float((weights * np.sin(z)).sum() + z.sum() ** 2)  # not separable

    gradient = numerical_gradient(f, np.asarray(x))
    np.testing.assert_allclose(gradient, weights * np.cos(x) + 2 * x.sum(), atol=1e-7)
    assert np.asarray(x).tobytes() == before
    assert shapes == [shape] * (2 * x.size)


def test_numerical_gradient_agrees_with_scipy_on_rosenbrock():
    x = np.array([-1.2, 1.0, 0.7])
    np.testing.assert_allclose(
        numerical_gradient(optimize.rosen, x), optimize.rosen_der(x), rtol=1e-6
    )


@pytest.mark.parametrize("dtype", [np.int64, np.float32])
def test_numerical_gradient_refuses_other_dtypes(dtype):
    with pytest.raises(ValueError, match=f"needs x in float64, but it is {np.dtype(dtype)}"):
        numerical_gradient(lambda x: float(x.sum()), np.ones(3, dtype=dtype))


def test_gradient_descent_of_a_parabola_in_closed_form():
    curvature, start = np.array([1.0, 4.0]), np.array([3.0, -2.0])
    path = gradient_descent(lambda x: curvature * x, start, learning_rate=0.1, steps=20)
    powers = np.arange(21)[:, None]
    np.testing.assert_allclose(path, start * (1 - 0.1 * curvature) ** powers, rtol=1e-12)
    assert start.tolist() == [3.0, -2.0]


def test_gradient_descent_from_integers_does_not_wrap():
    path = gradient_descent(lambda x: 2 * x, np.uint8([200]), learning_rate=1, steps=2)
    assert path.tolist() == [[200], [-200], [200]]


def test_gradient_descent_diverges_where_the_step_is_too_large():
    path = gradient_descent(lambda x: 2 * x, np.array([1.0]), learning_rate=1.1, steps=10)
    assert (np.abs(path[1:]) > np.abs(path[:-1])).all()


@few
@given(st.integers(0, 40), st.integers(1, 15), st.integers(0, 1000))
def test_minibatches_deal_every_row_once(n, batch_size, seed):
    batches = list(minibatches(n, batch_size, np.random.default_rng(seed)))
    assert sorted(int(row) for batch in batches for row in batch) == list(range(n))
    assert len(batches) == math.ceil(n / batch_size)
    assert all(len(batch) == batch_size for batch in batches[:-1])
    again = list(minibatches(n, batch_size, np.random.default_rng(seed)))
    assert [batch.tolist() for batch in batches] == [batch.tolist() for batch in again]


def test_minibatches_are_shuffled_anew_each_epoch(rng):
    first, second = (np.concatenate(list(minibatches(50, 8, rng))) for _ in range(2))
    assert first.tolist() != list(range(50))
    assert first.tolist() != second.tolist()


@pytest.mark.parametrize("batch_size", [0, -3])
def test_minibatches_refuse_an_empty_batch(batch_size, rng):
    with pytest.raises(ValueError, match=f"at least 1, but it is {batch_size}"):
        next(minibatches(10, batch_size, rng))


def test_sgd_step_agrees_with_torch_and_works_in_place(torch, rng):
    params = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}
    grads = {name: rng.normal(size=param.shape) for name, param in params.items()}
    same, grads_before = dict(params), {name: grad.copy() for name, grad in grads.items()}
    tensors = {name: torch.tensor(param, requires_grad=True) for name, param in params.items()}
    for name, tensor in tensors.items():
        tensor.grad = torch.tensor(grads[name])
    torch.optim.SGD(tensors.values(), lr=0.3).step()
    sgd_step(params, grads, 0.3)
    for name in params:
        assert params[name] is same[name]
        np.testing.assert_allclose(params[name], tensors[name].detach().numpy(), rtol=1e-12)
        np.testing.assert_array_equal(grads[name], grads_before[name])


@pytest.fixture
def regression(rng):
    """Return params, samples, targets, and the loss and gradients of some rows."""
    x, t = rng.normal(size=(23, 3)), rng.normal(size=23)
    params = {"w": rng.normal(size=3), "b": np.zeros(1)}

    def gradients(rows):
        error = x[rows] @ params["w"] + params["b"] - t[rows]
        grads = {"w": x[rows].T @ error / len(rows), "b": error.mean(keepdims=True)}
        return 0.5 * (error**2).mean(), grads

    return params, x, t, gradients


def test_sgd_on_full_batches_finds_the_least_squares(regression, rng):
    params, x, t, gradients = regression
    columns = np.column_stack([x, np.ones(len(x))])
    expected = np.linalg.lstsq(columns, t, rcond=None)[0]
    losses = sgd(params, gradients, 23, epochs=500, batch_size=23, learning_rate=0.3, rng=rng)
    np.testing.assert_allclose([*params["w"], *params["b"]], expected, atol=1e-9)
    assert losses[-1] == pytest.approx(0.5 * ((columns @ expected - t) ** 2).mean())


def test_sgd_is_one_step_of_torch_for_each_batch_it_draws(regression, torch):
    params, x, t, gradients = regression
    tensors = {name: torch.tensor(param, requires_grad=True) for name, param in params.items()}
    optimizer = torch.optim.SGD(tensors.values(), lr=0.1)
    expected, rng = [], np.random.default_rng(5)
    for rows in [rows for _ in range(2) for rows in minibatches(23, 8, rng)]:
        y = torch.tensor(x[rows]) @ tensors["w"] + tensors["b"]
        loss = 0.5 * ((y - torch.tensor(t[rows])) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    again = np.random.default_rng(5)
    losses = sgd(params, gradients, 23, epochs=2, batch_size=8, learning_rate=0.1, rng=again)
    assert losses == pytest.approx(expected)  # each measured before its step
    assert len(losses) == 6
    for name, param in params.items():
        np.testing.assert_allclose(param, tensors[name].detach().numpy(), rtol=1e-10)
