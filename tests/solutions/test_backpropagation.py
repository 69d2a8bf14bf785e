"""Chapter 3 against PyTorch's autograd, numerical differentiation and closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions.backpropagation import (
    Add,
    Affine,
    Multiply,
    ReLU,
    ShoppingGraph,
    Sigmoid,
    SoftmaxWithLoss,
    Tanh,
    TwoLayerNet,
    clip_by_norm,
    effective_rank,
    gradient_norms,
    joint_norm,
    train,
)
from solutions.data import digits
from solutions.losses import accuracy, minibatches
from solutions.perceptrons import init_network

few = settings(max_examples=25)
shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


def affine_layer(rng, fan_in, fan_out):
    return Affine(rng.normal(size=(fan_in, fan_out)), rng.normal(size=fan_out))


def net_params(rng, sizes=(6, 5, 4), dtype=np.float64):
    """Parameters without a zero among them, biases included."""
    params = init_network(sizes, rng, weight_std=1.0)
    return {name: rng.normal(size=array.shape).astype(dtype) for name, array in params.items()}


def torch_net(torch, params):
    """The same network in PyTorch, with tensors that ask for gradients."""
    tensors = {name: torch.tensor(array, requires_grad=True) for name, array in params.items()}

    def logits(x):
        hidden = torch.relu(torch.tensor(x) @ tensors["W1"] + tensors["b1"])
        return hidden @ tensors["W2"] + tensors["b2"]

    return tensors, logits


def test_add_and_multiply_nodes():
    add, multiply = Add(), Multiply()
    assert (add.forward(2, 5), add.backward(3)) == (7, (3, 3))
    assert (multiply.forward(2, 5), multiply.backward(3)) == (10, (15, 6))


def test_shopping_graph_agrees_with_autograd(torch):
    values = (2.0, 100.0, 3.0, 150.0, 1.1)
    tensors = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in values]
    apples, apple_price, oranges, orange_price, tax = tensors
    total = (apples * apple_price + oranges * orange_price) * tax
    (2.0 * total).backward()
    graph = ShoppingGraph()
    assert graph.forward(*values) == pytest.approx(715)
    expected = [tensor.grad.item() for tensor in tensors]
    assert graph.backward(2.0) == pytest.approx(expected)
    assert graph.backward() == pytest.approx([half / 2 for half in expected])
    assert expected[-1] == 2 * 650


ACTIVATIONS = [(ReLU, "relu"), (Sigmoid, "sigmoid"), (Tanh, "tanh")]


@pytest.mark.parametrize(("layer_class", "name"), ACTIVATIONS)
@few
@given(shape=shapes, seed=st.integers(0, 1000))
def test_activation_layer_agrees_with_autograd_for_any_shape(torch, layer_class, name, shape, seed):
    rng = np.random.default_rng(seed)
    x, dout = 2 * rng.normal(size=shape), rng.normal(size=shape)
    tensor = torch.tensor(x, requires_grad=True)
    y = getattr(torch, name)(tensor)
    y.backward(torch.tensor(dout))
    layer = layer_class()
    np.testing.assert_allclose(layer.forward(x), y.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(layer.backward(dout), tensor.grad.numpy(), rtol=1e-9, atol=1e-15)
    assert layer.params == layer.grads == {}


def test_relu_at_zero_and_at_infinity():
    layer = ReLU()
    assert layer.forward(np.array([-np.inf, 0.0, np.inf])).tolist() == [0, 0, np.inf]
    assert layer.backward(np.ones(3)).tolist() == [0, 0, 1]


@few
@given(
    n=st.integers(1, 5),
    features=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    fan_out=st.integers(1, 5),
    seed=st.integers(0, 1000),
)
def test_affine_agrees_with_autograd_for_any_number_of_axes(torch, n, features, fan_out, seed):
    rng = np.random.default_rng(seed)
    layer = affine_layer(rng, math.prod(features), fan_out)
    x, dout = rng.normal(size=(n, *features)), rng.normal(size=(n, fan_out))
    tensor = torch.tensor(x, requires_grad=True)
    W, b = (torch.tensor(layer.params[name], requires_grad=True) for name in "Wb")
    y = tensor.flatten(start_dim=1) @ W + b
    y.backward(torch.tensor(dout))
    np.testing.assert_allclose(layer.forward(x), y.detach().numpy(), rtol=1e-9, atol=1e-12)
    dx = layer.backward(dout)
    assert dx.shape == x.shape
    np.testing.assert_allclose(dx, tensor.grad.numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(layer.grads["W"], W.grad.numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(layer.grads["b"], b.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_affine_works_on_the_arrays_it_was_given(rng):
    W, b = rng.normal(size=(3, 2)), rng.normal(size=2)
    layer = Affine(W, b)
    assert layer.params["W"] is W
    assert layer.params["b"] is b
    assert layer.grads == {}


@pytest.mark.parametrize("scale", [1, 1e4])
@pytest.mark.parametrize("dout", [1.0, -2.5])
def test_softmax_with_loss_agrees_with_autograd(torch, scale, dout, rng):
    logits, labels = scale * rng.normal(size=(7, 4)), rng.integers(0, 4, size=7)
    tensor = torch.tensor(logits, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(tensor, torch.tensor(labels))
    (dout * loss).backward()
    layer = SoftmaxWithLoss()
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert layer.forward(logits, labels) == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(layer.backward(dout), tensor.grad.numpy(), rtol=1e-9, atol=1e-14)


def test_softmax_with_loss_takes_one_hot_rows_as_well(rng):
    logits, labels = rng.normal(size=(5, 3)), np.array([2, 0, 0, 1, 2])
    numbers, rows = SoftmaxWithLoss(), SoftmaxWithLoss()
    assert numbers.forward(logits, labels) == rows.forward(logits, np.eye(3)[labels])
    np.testing.assert_array_equal(numbers.backward(), rows.backward())


def every_layer(rng):
    return {"ReLU": ReLU(), "Sigmoid": Sigmoid(), "Tanh": Tanh(), "Affine": affine_layer(rng, 6, 6)}


@pytest.mark.parametrize("name", ["ReLU", "Sigmoid", "Tanh", "Affine"])
def test_layer_changes_nothing_it_was_given_and_backward_repeats_itself(name, rng):
    layer = every_layer(rng)[name]
    x, dout = rng.normal(size=(4, 6)), rng.normal(size=(4, 6))
    given_arrays = [x, dout, *layer.params.values()]
    copies = [array.copy() for array in given_arrays]
    y = layer.forward(x)
    y_before = y.copy()
    first = layer.backward(dout).copy()
    first_grads = {key: grad.copy() for key, grad in layer.grads.items()}
    np.testing.assert_array_equal(layer.backward(dout), first)
    np.testing.assert_array_equal(y, y_before)
    assert layer.grads.keys() == first_grads.keys() == layer.params.keys()
    for key, grad in first_grads.items():
        np.testing.assert_array_equal(layer.grads[key], grad)  # overwritten, not accumulated
    for array, copy in zip(given_arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("one_hot_rows", [False, True])
def test_softmax_with_loss_changes_nothing_and_repeats_itself(one_hot_rows, rng):
    logits, labels = rng.normal(size=(5, 3)), np.array([2, 0, 0, 1, 2])
    labels = np.eye(3)[labels] if one_hot_rows else labels
    copies = logits.copy(), labels.copy()
    layer = SoftmaxWithLoss()
    loss = layer.forward(logits, labels)
    first = layer.backward().copy()
    np.testing.assert_array_equal(layer.backward(), first)
    assert layer.forward(logits, labels) == loss
    np.testing.assert_array_equal(logits, copies[0])
    np.testing.assert_array_equal(labels, copies[1])


def test_float32_stays_float32_on_the_way_there_and_back(rng):
    params = net_params(rng, dtype=np.float32)
    net = TwoLayerNet(params)
    x, labels = rng.normal(size=(5, 6)).astype(np.float32), rng.integers(0, 4, size=5)
    assert net.predict(x).dtype == np.float32
    assert {grad.dtype for grad in net.gradients(x, labels).values()} == {np.dtype(np.float32)}
    assert net.loss_layer.backward().dtype == np.float32
    for layer in [ReLU(), Sigmoid(), Tanh(), net.layers[0]]:
        y = layer.forward(x)
        assert y.dtype == layer.backward(y).dtype == np.float32
    train(net, x, labels, [np.arange(5)], learning_rate=0.1)
    clipped, _ = clip_by_norm(net.gradients(x, labels), 0.1)
    for array in [*params.values(), *clipped.values()]:
        assert array.dtype == np.float32


@pytest.mark.parametrize("max_norm", [0.5, 1e3])
def test_clip_by_norm_agrees_with_torch(torch, max_norm, rng):
    grads = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=3)}
    before = {name: grad.copy() for name, grad in grads.items()}
    tensors = {name: torch.zeros(grad.shape, dtype=torch.float64) for name, grad in grads.items()}
    for name, tensor in tensors.items():
        tensor.grad = torch.tensor(grads[name])
    expected = torch.nn.utils.clip_grad_norm_(tensors.values(), max_norm)
    clipped, norm = clip_by_norm(grads, max_norm)
    assert norm == pytest.approx(expected.item(), rel=1e-12)
    for name, grad in grads.items():
        # PyTorch divides by norm + 1e-6
        np.testing.assert_allclose(clipped[name], tensors[name].grad.numpy(), rtol=2e-6)
        np.testing.assert_array_equal(grad, before[name])
        assert clipped[name] is not grad
    if norm <= max_norm:
        assert all((clipped[name] == grads[name]).all() for name in grads)


@pytest.mark.parametrize("max_norm", [-1, 0, np.nan, np.inf])
def test_clip_by_norm_refuses_a_limit_that_is_none(max_norm):
    with pytest.raises(ValueError, match="max_norm must be finite and more than 0, but it is"):
        clip_by_norm({"W": np.ones(2)}, max_norm)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_clip_by_norm_keeps_the_dtype_whatever_the_limit_is(dtype):
    grads = {"W": np.array([3, -4], dtype), "b": np.array([12], dtype)}
    clipped, norm = clip_by_norm(grads, np.float64(6.5))
    assert (norm, type(norm)) == (13, float)
    assert {name: grad.tolist() for name, grad in clipped.items()} == {"W": [1.5, -2], "b": [6]}
    assert all(grad.dtype == dtype for grad in clipped.values())


def test_norms_of_integers_and_of_large_halves_are_right():
    bytes_, halves = np.uint8([200, 200]), np.float16([4e4, 3e4])
    assert joint_norm({"W": bytes_}) == pytest.approx(200 * np.sqrt(2))
    assert joint_norm({"W": halves}) == pytest.approx(5e4, rel=1e-3)
    clipped, _ = clip_by_norm({"W": bytes_}, 2)
    np.testing.assert_allclose(clipped["W"], np.sqrt([2, 2]))
    assert gradient_norms([ReLU()], np.float16([[1, 1]]), halves[None]) == [
        pytest.approx(5e4, rel=1e-3)
    ]
    assert gradient_norms([ReLU()], np.array([[1, 1]]), bytes_[None]) == [
        pytest.approx(200 * np.sqrt(2))
    ]


def test_clip_by_norm_of_zero_gradients():
    clipped, norm = clip_by_norm({"W": np.zeros((2, 3))}, 1.0)
    assert norm == 0
    assert clipped["W"].tolist() == [[0, 0, 0], [0, 0, 0]]


def test_two_layer_net_agrees_with_autograd(torch, rng):
    params = net_params(rng)
    x, labels = rng.normal(size=(7, 6)), rng.integers(0, 4, size=7)
    tensors, logits = torch_net(torch, params)
    loss = torch.nn.functional.cross_entropy(logits(x), torch.tensor(labels))
    loss.backward()
    net = TwoLayerNet(params)
    np.testing.assert_allclose(net.predict(x), logits(x).detach().numpy(), rtol=1e-9)
    assert net.loss(x, labels) == pytest.approx(loss.item(), rel=1e-12)
    grads = net.gradients(x, labels)
    assert grads.keys() == params.keys()
    for name, grad in grads.items():
        np.testing.assert_allclose(grad, tensors[name].grad.numpy(), rtol=1e-9, atol=1e-14)


def test_loss_and_gradients_are_those_of_one_batch(rng):
    net, x, labels = TwoLayerNet(net_params(rng)), rng.normal(size=(7, 6)), rng.integers(4, size=7)
    loss, grads = net.loss_and_gradients(x, labels)
    assert loss == net.loss(x, labels)
    for name, grad in net.gradients(x, labels).items():
        np.testing.assert_array_equal(grad, grads[name])


def test_a_step_of_training_goes_forward_once(rng, monkeypatch):
    net, x, labels = TwoLayerNet(net_params(rng)), rng.normal(size=(7, 6)), rng.integers(4, size=7)
    calls = []
    forward = net.layers[0].forward
    monkeypatch.setattr(net.layers[0], "forward", lambda x: calls.append(len(x)) or forward(x))
    train(net, x, labels, [np.arange(3), np.arange(5)], learning_rate=0.1)
    assert calls == [3, 5]


def test_train_follows_torch_step_by_step(torch, rng):
    params = net_params(rng)
    tensors, logits = torch_net(torch, params)
    optimizer = torch.optim.SGD(tensors.values(), lr=0.1)
    x, labels = rng.normal(size=(20, 6)), rng.integers(0, 4, size=20)
    batches = list(minibatches(20, 6, rng))
    expected = []
    for batch in batches:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(logits(x[batch]), torch.tensor(labels[batch]))
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    net = TwoLayerNet(params)
    same = dict(params)
    assert train(net, x, labels, batches, learning_rate=0.1) == pytest.approx(expected, rel=1e-9)
    for name, tensor in tensors.items():
        assert net.params[name] is same[name]  # changed in place
        np.testing.assert_allclose(params[name], tensor.detach().numpy(), rtol=1e-9)


def test_two_layer_net_learns_the_digits():
    split = digits()
    rng = np.random.default_rng(0)
    net = TwoLayerNet(init_network((64, 50, 10), rng))
    assert net.loss(split.x_train, split.labels_train) == pytest.approx(math.log(10), rel=0.01)
    for _ in range(20):
        train(net, split.x_train, split.labels_train, minibatches(1348, 32, rng), learning_rate=0.3)
    assert accuracy(net.predict(split.x_test), split.labels_test) >= 0.9


def test_gradient_norms_agree_with_autograd(torch, rng):
    layers = [affine_layer(rng, 5, 4), Sigmoid(), affine_layer(rng, 4, 3), Tanh()]
    x, dout = rng.normal(size=(6, 5)), rng.normal(size=(6, 3))
    y = torch.tensor(x, requires_grad=True)
    inputs = []
    for layer in layers:
        inputs.append(y)
        y.retain_grad()
        if layer.params:
            y = y @ torch.tensor(layer.params["W"]) + torch.tensor(layer.params["b"])
        else:
            y = torch.sigmoid(y) if isinstance(layer, Sigmoid) else torch.tanh(y)
    y.backward(torch.tensor(dout))
    expected = [tensor.grad.norm().item() for tensor in inputs]
    assert gradient_norms(layers, x, dout) == pytest.approx(expected, rel=1e-9)


def orthogonal(rng, n):
    return np.linalg.qr(rng.normal(size=(n, n)))[0]


def test_effective_rank_in_closed_form(rng):
    assert effective_rank(np.outer(rng.normal(size=5), rng.normal(size=7))) == pytest.approx(1)
    assert effective_rank(3.7 * orthogonal(rng, 6)) == pytest.approx(6)
    assert effective_rank(np.diag([1.0, 1.0, 0.0, 0.0])) == pytest.approx(2)
    values = np.array([4.0, 2.0, 1.0, 1.0])  # shares 1/2, 1/4, 1/8, 1/8: entropy 7/4 bits
    matrix = orthogonal(rng, 4) @ np.diag(values) @ orthogonal(rng, 4)
    assert effective_rank(matrix) == pytest.approx(2**1.75)


def test_effective_rank_of_integers_halves_lists_and_nothing():
    assert effective_rank(np.uint8([[200, 1], [1, 200]])) == pytest.approx(
        effective_rank([[200.0, 1.0], [1.0, 200.0]])
    )
    assert effective_rank(np.eye(3, dtype=bool)) == pytest.approx(3)
    assert effective_rank(np.eye(2, dtype=np.float16)) == pytest.approx(2)
    assert effective_rank(np.zeros((2, 3))) == 0


def test_a_loss_with_a_forward_of_its_own_still_goes_backward():
    class Certain(SoftmaxWithLoss):
        def forward(self, logits, labels):
            self._targets, self._probabilities = labels, np.ones_like(logits)
            return 0.0

    loss = Certain()
    loss.forward(np.ones((1, 2)), np.array([[1, 0]]))
    assert loss.backward().tolist() == [[0, 1]]


def test_a_layer_with_a_forward_of_its_own_still_goes_backward():
    class Shifted(ReLU):
        def forward(self, x):
            self._mask = x > 1
            return np.where(self._mask, x, 0)

    layer, x = Shifted(), np.array([[0.5, 2.0]])
    assert layer.forward(x).tolist() == [[0, 2]]
    assert layer.backward(np.ones((1, 2))).tolist() == [[0, 1]]
