"""Chapter 1 against truth tables, SciPy, scikit-learn, PyTorch and closed forms."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import special

from solutions import perceptrons
from solutions.perceptrons import (
    Perceptron,
    and_gate,
    collapse_affine,
    forward_network,
    identity,
    init_network,
    nand_gate,
    or_gate,
    perceptron,
    relu,
    sigmoid,
    softmax,
    step,
    tanh,
    xor_from_nand,
    xor_gate,
)

few = settings(max_examples=25)
X1 = np.array([0, 0, 1, 1])
X2 = np.array([0, 1, 0, 1])
CORNERS = np.stack([X1, X2], axis=1)

TRUTH = [
    (and_gate, [0, 0, 0, 1]),
    (or_gate, [0, 1, 1, 1]),
    (nand_gate, [1, 1, 1, 0]),
    (xor_gate, [0, 1, 1, 0]),
    (xor_from_nand, [0, 1, 1, 0]),
]


@pytest.mark.parametrize(("gate", "expected"), TRUTH)
def test_gate_follows_its_truth_table(gate, expected):
    one_by_one = [gate(int(a), int(b)) for a, b in zip(X1, X2, strict=True)]
    assert one_by_one == expected
    batch = gate(X1, X2)
    assert batch.tolist() == expected
    assert batch.dtype.kind == "i"


def test_xor_from_nand_uses_no_other_gate(monkeypatch):
    for other in ["and_gate", "or_gate", "xor_gate"]:
        monkeypatch.delattr(perceptrons, other)
    assert xor_from_nand(X1, X2).tolist() == [0, 1, 1, 0]


def test_perceptron_of_a_batch_is_the_perceptron_of_each_row(rng):
    x, w, b = rng.normal(size=(40, 3)), rng.normal(size=3), 0.3
    expected = [int(sum(xi * wi for xi, wi in zip(row, w, strict=True)) + b > 0) for row in x]
    assert perceptron(x, w, b).tolist() == expected
    assert [int(perceptron(row, w, b)) for row in x] == expected
    assert set(expected) == {0, 1}


def test_perceptron_is_zero_exactly_on_the_line():
    assert perceptron(np.array([2.0, 1.0]), np.array([1.0, -1.0]), -1.0) == 0


def separable(rng, n=60):
    """Two clouds with a gap of at least 1 on each side of a line that misses the origin."""
    normal, offset = np.array([0.6, 0.8]), 0.5
    x = rng.uniform(-4, 4, size=(400, 2))
    distance = x @ normal - offset
    keep = np.abs(distance) > 1
    return x[keep][:n], (distance[keep][:n] > 0).astype(int)


def test_learning_rule_makes_no_more_mistakes_than_novikoff_allows(rng):
    x, targets = separable(rng)
    model = Perceptron(np.zeros(2))
    mistakes = model.fit(x, targets, epochs=50)
    radius = np.sqrt((x**2).sum(axis=1) + 1).max()  # with the constant input of the bias
    margin = 1 / np.sqrt(1 + 0.5**2)  # of the line that made the data, length of (w, b) being 1
    assert 0 < sum(mistakes) <= (radius / margin) ** 2
    assert mistakes[-1] == 0
    assert model.predict(x).tolist() == targets.tolist()


def test_learning_rule_follows_scikit_learn(rng):
    linear_model = pytest.importorskip("sklearn.linear_model")
    x, targets = rng.normal(size=(50, 3)), rng.integers(0, 2, size=50)
    w, b = rng.normal(size=3), 0.4
    oracle = linear_model.Perceptron(eta0=0.3, max_iter=4, tol=None, shuffle=False)
    oracle.fit(x, targets, coef_init=w.reshape(1, 3).copy(), intercept_init=[b])
    model = Perceptron(w, b)
    mistakes = model.fit(x, targets, epochs=4, learning_rate=0.3)
    assert len(mistakes) == 4
    np.testing.assert_allclose(model.w, oracle.coef_[0], atol=1e-12)
    np.testing.assert_allclose(model.b, oracle.intercept_[0], atol=1e-12)
    assert model.predict(x).tolist() == oracle.predict(x).tolist()


def test_learning_rule_learns_and_but_never_xor():
    targets = np.array([0, 0, 0, 1])
    model = Perceptron(np.zeros(2))
    assert model.fit(CORNERS, targets, epochs=20)[-1] == 0
    assert model.predict(CORNERS).tolist() == [0, 0, 0, 1]
    xor = Perceptron(np.zeros(2)).fit(CORNERS, np.array([0, 1, 1, 0]), epochs=200)
    assert min(xor) > 0


def test_learning_rule_leaves_its_inputs_alone_and_goes_on_where_it_stopped(rng):
    x, targets = rng.normal(size=(20, 2)), rng.integers(0, 2, size=20)
    w = rng.normal(size=2)
    copies = x.copy(), targets.copy(), w.copy()
    whole, parts = Perceptron(w, 0.1), Perceptron(w, 0.1)
    mistakes = whole.fit(x, targets, epochs=5)
    assert parts.fit(x, targets, epochs=2) + parts.fit(x, targets, epochs=3) == mistakes
    np.testing.assert_array_equal(parts.w, whole.w)
    for array, copy in zip((x, targets, w), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_learning_rule_refuses_targets_of_another_length(rng):
    with pytest.raises(ValueError, match="shorter"):
        Perceptron(np.zeros(2)).fit(rng.normal(size=(4, 2)), np.array([0, 1, 1]), epochs=1)


def test_step_is_zero_at_zero_and_whole_numbers():
    y = step(np.array([[-2.0, -0.0], [0.0, 1e-300]]))
    assert y.tolist() == [[0, 0], [0, 1]]
    assert y.dtype.kind == "i"
    assert step(0.5) == 1


def test_sigmoid_agrees_with_scipy_even_far_out():
    x = np.linspace(-700, 700, 2001).reshape(3, 667)
    np.testing.assert_allclose(sigmoid(x), special.expit(x), rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_of_huge_inputs_needs_no_warning(dtype):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y = sigmoid(np.array([-1000, 0, 1000], dtype=dtype))
    assert y.tolist() == [0, 0.5, 1]


@pytest.mark.parametrize(
    ("activation", "name"),
    [(sigmoid, "sigmoid"), (tanh, "tanh"), (relu, "relu"), (identity, "clone")],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_activation_agrees_with_torch_and_keeps_the_dtype(torch, activation, name, dtype, rng):
    x = (3 * rng.normal(size=(4, 3, 2))).astype(dtype)
    before = x.copy()
    y = activation(x)
    assert y.dtype == x.dtype
    expected = getattr(torch, name)(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(y, expected, rtol=2e-6 if dtype == "float32" else 1e-13)
    np.testing.assert_array_equal(x, before)


logit_arrays = arrays(
    np.float64, array_shapes(min_dims=1, max_dims=3, max_side=5), elements=st.floats(-1e3, 1e3)
)


@few
@given(logit_arrays, st.floats(-1e5, 1e5))
def test_softmax_is_a_distribution_that_ignores_offsets(logits, offset):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y = softmax(logits)
    assert y.shape == logits.shape
    np.testing.assert_allclose(y.sum(axis=-1), 1, rtol=1e-12)
    np.testing.assert_allclose(y, special.softmax(logits, axis=-1), rtol=1e-12)
    np.testing.assert_allclose(softmax(logits + offset), y, atol=1e-9)
    flat, flat_y = logits.reshape(-1, logits.shape[-1]), y.reshape(-1, logits.shape[-1])
    best = flat_y[np.arange(len(flat)), flat.argmax(axis=1)]
    np.testing.assert_array_equal(best, flat_y.max(axis=1))  # the order stays


def test_softmax_subtracts_the_maximum_of_each_row():
    logits = np.array([[1e4, 1e4 + 1], [-1e4, -1e4 + 1]])
    expected = special.expit([-1, 1])
    np.testing.assert_allclose(softmax(logits), [expected, expected], rtol=1e-12)
    assert softmax(logits.astype(np.float32)).dtype == np.float32


def test_collapsed_map_does_what_the_two_did(rng):
    W1, b1 = rng.normal(size=(4, 3)), rng.normal(size=3)
    W2, b2 = rng.normal(size=(3, 5)), rng.normal(size=5)
    W, b = collapse_affine(W1, b1, W2, b2)
    x = rng.normal(size=(7, 4))
    np.testing.assert_allclose(x @ W + b, (x @ W1 + b1) @ W2 + b2, rtol=1e-10)
    assert (W.shape, b.shape) == ((4, 5), (5,))


def test_init_network_shapes_scale_and_seed():
    params = init_network((300, 200, 10), np.random.default_rng(1), weight_std=0.5)
    shapes = {name: array.shape for name, array in params.items()}
    assert shapes == {"W1": (300, 200), "b1": (200,), "W2": (200, 10), "b2": (10,)}
    assert all(array.dtype == np.float64 for array in params.values())
    assert not params["b1"].any()
    assert not params["b2"].any()
    assert params["W1"].std() == pytest.approx(0.5, rel=0.02)
    assert abs(params["W1"].mean()) < 0.01
    again = init_network((300, 200, 10), np.random.default_rng(1), weight_std=0.5)
    assert all((params[name] == again[name]).all() for name in params)
    small = init_network((300, 200), np.random.default_rng(1))
    np.testing.assert_allclose(small["W1"], params["W1"] / 50)


@pytest.mark.parametrize("sizes", [(4, 3), (4, 5, 3), (4, 6, 5, 3)])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_forward_network_agrees_with_torch(torch, sizes, activation, rng):
    params = init_network(sizes, rng, weight_std=1.0)
    for name in params:
        if name.startswith("b"):
            params[name] = rng.normal(size=params[name].shape)
    x = rng.normal(size=(7, 4))
    y = torch.from_numpy(x)
    depth = len(sizes) - 1
    for layer in range(1, depth + 1):
        W, b = (torch.from_numpy(params[f"{kind}{layer}"]) for kind in "Wb")
        y = torch.nn.functional.linear(y, W.T, b)
        if layer < depth:
            y = getattr(torch, activation)(y)
    logits = forward_network(params, x, getattr(perceptrons, activation))
    np.testing.assert_allclose(logits, y.numpy(), rtol=1e-12)


def test_forward_network_uses_sigmoid_unless_told_otherwise(rng):
    params = init_network((4, 5, 3), rng, weight_std=1.0)
    x = rng.normal(size=(7, 4))
    hidden = special.expit(x @ params["W1"])
    np.testing.assert_allclose(forward_network(params, x), hidden @ params["W2"], rtol=1e-12)


def test_no_line_separates_xor():
    """A fine grid of perceptrons gets AND, OR and NAND right, but XOR never."""
    values = np.linspace(-2, 2, 17)
    found = {
        tuple(perceptron(CORNERS, np.array([w1, w2]), b).tolist())
        for w1, w2, b in itertools.product(values, values, values)
    }
    assert {(0, 0, 0, 1), (0, 1, 1, 1), (1, 1, 1, 0)} <= found
    assert len(found) == 14  # of the 16 functions of two bits, all but XOR and its opposite
    assert (0, 1, 1, 0) not in found


INTEGERS = ["bool", "uint8", "int8", "uint16", "int16", "int32", "uint64", "int64"]


def extremes(dtype):
    """Numbers (2, 3) whose products, sums and opposites do not fit in the dtype."""
    if dtype == "bool":
        return np.array([[True, False, True], [True, True, True]])
    ends = np.iinfo(dtype if np.dtype(dtype).itemsize == 1 else "int16")
    low = max(ends.min, np.iinfo(dtype).min)
    return np.array([[low, ends.max, 1], [20, 0, ends.max - 1]], dtype=dtype)


def learned(x):
    model = Perceptron(x[0], 0)
    mistakes = model.fit(x, np.uint8([0, 1]), epochs=3, learning_rate=1)
    return [*mistakes, *model.w, model.b]


OF_INTEGERS = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "softmax": softmax,
    "step": step,
    "perceptron": lambda x: perceptron(x, x[0], x[0, 0]),
    "Perceptron": learned,
    "xor_gate": lambda x: xor_gate(*(x != 0).astype(x.dtype)),
    "xor_from_nand": lambda x: xor_from_nand(*(x != 0).astype(x.dtype)),
    "collapse_affine": lambda x: np.vstack(collapse_affine(x.T, x[0, :2], x, x[0])),
    "forward_network": lambda x: forward_network(
        {"W1": x.T, "b1": x[0, :2], "W2": x, "b2": x[0]}, x, activation=relu
    ),
}


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", OF_INTEGERS)
def test_integers_are_computed_with_as_float64(name, dtype):
    x = extremes(dtype)
    found, expected = OF_INTEGERS[name](x), OF_INTEGERS[name](x.astype(np.float64))
    np.testing.assert_array_equal(found, expected)
    assert np.asarray(found).dtype == np.asarray(expected).dtype


def test_right_values_of_integers():
    assert sigmoid(np.uint8([1])) == pytest.approx(0.7310585786300049)
    assert tanh(np.uint8([1])) == pytest.approx(0.7615941559557649)
    assert relu(np.int8([-128, 127])).tolist() == [0, 127]
    assert softmax(np.uint8([[0, 255]]))[0, 1] == pytest.approx(1)
    assert perceptron(np.uint8([[200, 200]]), np.uint8([1, 1]), -300) == 1
    assert sigmoid(1) == sigmoid(1.0)
    assert isinstance(relu(2.0), float)


def test_masked_logits_get_no_probability():
    logits = np.array([[0.0, -np.inf, 1.0], [-np.inf, -np.inf, -3.0]])
    with np.errstate(all="raise"):
        y = softmax(logits)
    np.testing.assert_allclose(y, special.softmax(logits, axis=1), rtol=1e-14)
    assert y[0, 1] == 0
    assert y[1].tolist() == [0, 0, 1]


def test_a_row_that_is_masked_as_a_whole_is_not_a_number():
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert np.isnan(softmax(np.array([-np.inf, -np.inf]))).all()
