"""Losses that train, against PyTorch's autograd, numerical differentiation and closed forms."""

import math

import numpy as np
import pytest
from device import same_on_device
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from solutions.backpropagation import (
    Affine,
    HierarchicalSoftmaxWithLoss,
    HingeLoss,
    ReLU,
    SigmoidWithLoss,
    SoftmaxWithLoss,
    SquaredLoss,
)
from solutions.data import digits
from solutions.layer import Loss
from solutions.losses import (
    HierarchicalSoftmax,
    accuracy,
    hinge_loss,
    numerical_gradient,
    sgd,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    squared_error,
)
from solutions.optimizers import SGD, Network, Trainer

few = settings(max_examples=25)
N, C = 7, 4


def class_numbers(rng):
    return rng.integers(0, C, size=N)


CASES = {  # the layer, the function whose gradient it knows, targets for outputs (N, C)
    "SoftmaxWithLoss": (SoftmaxWithLoss, softmax_cross_entropy, class_numbers),
    "HingeLoss": (HingeLoss, hinge_loss, class_numbers),
    "HingeLoss of 0.3": (
        lambda: HingeLoss(0.3),
        lambda scores, labels: hinge_loss(scores, labels, 0.3),
        class_numbers,
    ),
    "SigmoidWithLoss": (
        SigmoidWithLoss,
        sigmoid_cross_entropy,
        lambda rng: rng.uniform(size=(N, C)).round(1),
    ),
    "SquaredLoss": (SquaredLoss, squared_error, lambda rng: rng.normal(size=(N, C))),
}
each_loss = pytest.mark.parametrize(("make", "function", "draw"), CASES.values(), ids=CASES)


def in_torch(torch, make, outputs, targets):
    """The same loss by PyTorch's own functions, in our convention, and its gradient."""
    functional, layer = torch.nn.functional, make()
    y, t = torch.tensor(outputs, requires_grad=True), torch.tensor(targets)
    if isinstance(layer, SoftmaxWithLoss):
        loss = functional.cross_entropy(y, t)
    elif isinstance(layer, HingeLoss):
        loss = C * functional.multi_margin_loss(y, t, margin=layer.margin)
    elif isinstance(layer, SigmoidWithLoss):
        loss = functional.binary_cross_entropy_with_logits(y, t, reduction="sum") / N
    else:
        loss = functional.mse_loss(y, t, reduction="sum") / (2 * N)
    loss.backward()
    return loss.item(), y.grad.numpy()


@each_loss
@pytest.mark.parametrize("scale", [1, 1e4])
def test_loss_and_gradient_agree_with_torch(torch, make, function, draw, scale, rng):
    outputs, targets = scale * rng.normal(size=(N, C)), draw(rng)
    expected, gradient = in_torch(torch, make, outputs, targets)
    layer = make()
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert layer.forward(outputs, targets) == pytest.approx(expected, rel=1e-12)
        found = layer.backward()
    np.testing.assert_allclose(found, gradient, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(layer.backward(-2.5), -2.5 * gradient, rtol=1e-9, atol=1e-14)
    assert layer.forward(outputs, targets) == function(outputs, targets)


@each_loss
def test_gradient_agrees_with_measured_slopes(make, function, draw, rng):
    outputs, targets, layer = rng.normal(size=(N, C)), draw(rng), make()
    loss = layer.forward(outputs, targets)
    gradient = layer.backward()
    slopes = numerical_gradient(lambda y: layer.forward(y, targets), outputs)
    np.testing.assert_allclose(gradient, slopes, atol=1e-8)
    assert isinstance(loss, float)
    assert isinstance(layer, Loss)
    assert layer.params == layer.grads == {}


@pytest.mark.parametrize("make", [SigmoidWithLoss, SquaredLoss])
def test_one_output_per_sample(make, rng):
    outputs, targets, layer = rng.normal(size=N), rng.uniform(size=N), make()
    layer.forward(outputs, targets)
    gradient = layer.backward()
    slopes = numerical_gradient(lambda y: layer.forward(y, targets), outputs)
    np.testing.assert_allclose(gradient, slopes, atol=1e-8)


@each_loss
def test_nothing_that_was_given_changes(make, function, draw, rng):
    outputs, targets, layer = rng.normal(size=(N, C)), draw(rng), make()
    copies = outputs.copy(), targets.copy()
    layer.forward(outputs, targets)
    first = layer.backward().copy()
    np.testing.assert_array_equal(layer.backward(), first)
    np.testing.assert_array_equal(outputs, copies[0])
    np.testing.assert_array_equal(targets, copies[1])


@each_loss
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_gradient_has_the_dtype_of_the_outputs(make, function, draw, dtype, rng):
    outputs, targets, layer = rng.normal(size=(N, C)).astype(dtype), draw(rng), make()
    layer.forward(outputs, targets)
    gradient = layer.backward(np.float64(2.0))
    assert gradient.dtype == dtype
    layer.forward(outputs.astype(np.float64), targets)
    tolerance = {np.float16: 1e-3, np.float32: 1e-6, np.float64: 0}[dtype]
    np.testing.assert_allclose(gradient, layer.backward(2.0), rtol=tolerance, atol=tolerance)


@each_loss
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int64"])
def test_integers_are_computed_with_as_float64(make, function, draw, dtype, rng):
    outputs, targets, layer = rng.integers(0, 120, size=(N, C)).astype(dtype), draw(rng), make()
    results = []
    for y in (outputs, outputs.astype(np.float64)):
        results.append((layer.forward(y, targets), layer.backward()))
    assert results[0][0] == results[1][0]
    np.testing.assert_array_equal(results[0][1], results[1][1])
    assert results[0][1].dtype == np.float64


@each_loss
def test_half_precision_is_enough_for_a_large_batch(make, function, draw, rng):
    outputs, targets = np.tile(rng.normal(size=(N, C)), (10000, 1)), draw(rng)
    targets = np.concatenate([targets] * 10000)
    half, double = make(), make()
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss = half.forward(outputs.astype(np.float16), targets)
        gradient = half.backward(1000.0)
    assert loss == pytest.approx(double.forward(outputs, targets), rel=1e-3)
    assert gradient.dtype == np.float16
    np.testing.assert_allclose(gradient, double.backward(1000.0), rtol=3e-3, atol=3e-5)


MASKED = np.array([[0.0, -np.inf, 1.0, -0.5]])


@pytest.mark.parametrize("make", [SoftmaxWithLoss, HingeLoss])
@pytest.mark.parametrize("label", [0, 2])
def test_masked_classes_get_no_gradient(make, label):
    layer, rest = make(), make()
    with np.errstate(all="raise"):
        loss = layer.forward(MASKED, np.array([label]))
        gradient = layer.backward()
    assert loss == pytest.approx(rest.forward(MASKED[:, [0, 2, 3]], np.array([label // 2])))
    np.testing.assert_allclose(gradient[:, [0, 2, 3]], rest.backward(), rtol=1e-12)
    assert gradient[0, 1] == 0


def test_a_masked_question_gets_no_gradient():
    layer = SigmoidWithLoss()
    with np.errstate(all="raise"):
        assert layer.forward(MASKED, np.array([[1, 0, 1, 0]])) < 2
        assert layer.backward()[0, 1] == 0


def test_hinge_loss_at_the_margin_has_no_slope():
    layer = HingeLoss()
    assert layer.forward(np.array([[2.0, 1.0, 1.5]]), np.array([0])) == 0.5
    assert layer.backward().tolist() == [[-1, 0, 1]]


@pytest.mark.parametrize("make", [SquaredLoss, SigmoidWithLoss])
def test_shapes_that_would_broadcast_are_refused(make):
    with pytest.raises(ValueError, match=r"shapes must agree: \(5, 1\) but targets \(5,\)"):
        make().forward(np.zeros((5, 1)), np.zeros(5))


@pytest.mark.parametrize("make", [SoftmaxWithLoss, HingeLoss])
def test_labels_that_do_not_fit_are_refused(make):
    with pytest.raises(ValueError, match="integer type, not float64"):
        make().forward(np.zeros((2, 3)), np.array([np.nan, 1.0]))
    with pytest.raises(ValueError, match="do not fit scores of shape"):
        make().forward(np.zeros((2, 3)), np.array([[0], [1]]))
    with pytest.raises(ValueError, match="label 3 is not one of the classes 0 to 2"):
        make().forward(np.zeros((2, 3)), np.array([0, 3]))


@pytest.mark.parametrize("make", [*(make for make, _, _ in CASES.values())], ids=CASES)
def test_backward_before_forward_is_refused(make):
    with pytest.raises(ValueError, match="backward comes before any forward"):
        make().backward()


def test_margin_is_a_number_of_python():
    assert type(HingeLoss(np.float64(0.5)).margin) is float
    with pytest.raises(ValueError, match="margin must be finite"):
        HingeLoss(math.nan)


# The tree -----------------------------------------------------------------------------------------


def tree_of(rng, classes, features=3, dtype=np.float64):
    W, b = rng.normal(size=(features, classes - 1)), rng.normal(size=classes - 1)
    return HierarchicalSoftmaxWithLoss(W.astype(dtype), b.astype(dtype))


@few
@given(st.integers(2, 70), st.integers(0, 1000))
def test_tree_is_the_plain_one(classes, seed):
    rng = np.random.default_rng(seed)
    loss = tree_of(rng, classes)
    plain = HierarchicalSoftmax(loss.params["W"], loss.params["b"])
    x, labels = rng.normal(size=(20, 3)), rng.integers(classes, size=20)
    expected = plain.log_probability(x, labels)
    np.testing.assert_allclose(loss.log_probability(x, labels), expected, rtol=1e-12)
    assert loss.forward(x, labels) == pytest.approx(-expected.mean(), rel=1e-12)
    np.testing.assert_array_equal(loss.probabilities(x), plain.probabilities(x))
    assert loss.path(classes - 1) == plain.path(classes - 1)


@few
@given(st.integers(2, 40), st.integers(0, 1000))
def test_gradients_of_the_tree_agree_with_autograd(torch, classes, seed):
    rng = np.random.default_rng(seed)
    loss = tree_of(rng, classes)
    x, labels = rng.normal(size=(9, 3)), rng.integers(classes, size=9)
    W, b = (torch.tensor(loss.params[name], requires_grad=True) for name in "Wb")
    features, total = torch.tensor(x, requires_grad=True), 0.0
    for n, label in enumerate(labels):
        for fork, turn in loss.path(label):
            score = features[n] @ W[:, fork - 1] + b[fork - 1]
            total = total - torch.nn.functional.logsigmoid(score if turn else -score)
    (1.5 * total / 9).backward()
    assert loss.forward(x, labels) == pytest.approx(total.item() / 9, rel=1e-12)
    dx = loss.backward(1.5)
    for found, tensor in ((dx, features), (loss.grads["W"], W), (loss.grads["b"], b)):
        np.testing.assert_allclose(found, tensor.grad.numpy(), rtol=1e-9, atol=1e-14)
    assert loss.grads["W"].flags["C_CONTIGUOUS"]


@pytest.mark.parametrize("classes", [2, 5, 8])
def test_gradients_of_the_tree_agree_with_measured_slopes(classes, rng):
    loss = tree_of(rng, classes)
    W, b = loss.params["W"], loss.params["b"]
    x, labels = rng.normal(size=(6, 3)), rng.integers(classes, size=6)
    loss.forward(x, labels)
    dx, grads = loss.backward(), loss.grads

    def slopes(f, at):
        return numerical_gradient(lambda z: f(z).forward(x, labels), at)

    of_x = numerical_gradient(lambda z: loss.forward(z, labels), x)
    np.testing.assert_allclose(dx, of_x, atol=1e-8)
    of_W = slopes(lambda w: HierarchicalSoftmaxWithLoss(w, b), W)
    of_b = slopes(lambda c: HierarchicalSoftmaxWithLoss(W, c), b)
    np.testing.assert_allclose(grads["W"], of_W, atol=1e-8)
    np.testing.assert_allclose(grads["b"], of_b, atol=1e-8)


def test_only_the_forks_on_the_way_are_visited(rng):
    classes, label = 1000, 221
    W, b = np.full((4, classes - 1), np.nan), np.full(classes - 1, np.nan)
    on_the_way = [fork - 1 for fork, _ in HierarchicalSoftmax(W, b).path(label)]
    W[:, on_the_way], b[on_the_way] = rng.normal(size=(4, len(on_the_way))), 0.0
    loss = HierarchicalSoftmaxWithLoss(W, b)
    assert math.isfinite(loss.forward(rng.normal(size=(5, 4)), np.uint8([label] * 5)))
    assert np.isfinite(loss.backward()).all()
    touched = np.flatnonzero(loss.grads["b"])
    assert touched.tolist() == sorted(on_the_way)
    assert not np.delete(loss.grads["W"], on_the_way, axis=1).any()


def test_the_tree_survives_huge_scores():
    loss = HierarchicalSoftmaxWithLoss(np.full((1, 3), 2000.0), np.zeros(3))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert loss.forward(np.ones((4, 1)), np.arange(4)) == 2000
        dx = loss.backward()
    assert dx.tolist() == [[1000], [500], [500], [0]]


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_the_tree_keeps_the_dtype(dtype, rng):
    loss = tree_of(rng, 6, dtype=dtype)
    exact = HierarchicalSoftmaxWithLoss(*(loss.params[n].astype(np.float64) for n in "Wb"))
    x, labels = rng.normal(size=(8, 3)).astype(dtype), rng.integers(6, size=8)
    tolerance = {np.float16: 3e-3, np.float32: 1e-5}[dtype]
    assert loss.forward(x, labels) == pytest.approx(exact.forward(x, labels), rel=tolerance)
    found = [loss.backward(), *loss.grads.values(), loss.log_probability(x, labels)]
    expected = [exact.backward(), *exact.grads.values(), exact.log_probability(x, labels)]
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == dtype
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def test_the_tree_sums_a_large_batch_of_half_precision(rng):
    loss = tree_of(rng, 4, dtype=np.float16)
    x, labels = np.ones((40000, 3), dtype=np.float16), np.zeros(40000, dtype=int)
    with np.errstate(over="raise", invalid="raise"):
        log_p = loss.log_probability(x[:1], labels[:1])[0]
        assert loss.forward(x, labels) == pytest.approx(-log_p, rel=1e-3)
        loss.backward(1000.0)
    few_rows = HierarchicalSoftmaxWithLoss(**loss.params)
    few_rows.forward(x[:1], labels[:1])
    few_rows.backward(1000.0)
    for name, grad in few_rows.grads.items():
        np.testing.assert_allclose(loss.grads[name], grad, rtol=2e-3)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64"])
def test_the_tree_takes_integers(dtype, rng):
    loss = tree_of(rng, 6)
    x, labels = rng.integers(0, 200, size=(5, 3)).astype(dtype), np.int8([0, 5, 3, 2, 5])
    expected = loss.log_probability(x.astype(np.float64), labels)
    np.testing.assert_array_equal(loss.log_probability(x, labels), expected)
    assert loss.forward(x, labels) == pytest.approx(-expected.mean())
    assert loss.backward().dtype == np.float64


def test_the_tree_says_what_does_not_fit(rng):
    loss, x = tree_of(rng, 4), rng.normal(size=(3, 3))
    with pytest.raises(ValueError, match=r"labels must be \(3,\), but they are \(2,\)"):
        loss.forward(x, np.array([0, 1]))
    with pytest.raises(ValueError, match=r"labels must be \(3,\), but they are \(3, 4\)"):
        loss.forward(x, np.eye(4, dtype=int)[[0, 1, 2]])
    with pytest.raises(ValueError, match="label 4 is not one of the classes 0 to 3"):
        loss.forward(x, np.array([0, 4, 1]))
    with pytest.raises(ValueError, match="integer type, not float64"):
        loss.forward(x, np.array([0, np.nan, 1]))
    with pytest.raises(ValueError, match=r"x must be \(N, 3\), but it is \(3, 2\)"):
        loss.forward(x[:, :2], np.array([0, 1, 2]))
    with pytest.raises(ValueError, match="backward comes before any forward"):
        tree_of(rng, 4).backward()
    with pytest.raises(TypeError, match="takes the arrays themselves"):
        HierarchicalSoftmaxWithLoss(64, 1000)
    with pytest.raises(ValueError, match=r"b must be \(3,\), but it is \(4,\)"):
        HierarchicalSoftmaxWithLoss(np.zeros((2, 3)), np.zeros(4))


def test_a_network_learns_the_digits_with_a_tree(rng):
    split = digits()
    x, labels = split.x_train, split.labels_train
    hidden = Affine(0.1 * rng.normal(size=(64, 32)), np.zeros(32))
    relu, loss = ReLU(), HierarchicalSoftmaxWithLoss(np.zeros((32, 9)), np.zeros(9))

    def features(x):
        return relu.forward(hidden.forward(x))

    def gradients(rows):
        value = loss.forward(features(x[rows]), labels[rows])
        hidden.backward(relu.backward(loss.backward()))
        return value, {"hidden W": hidden.grads["W"], "hidden b": hidden.grads["b"], **loss.grads}

    params = {"hidden W": hidden.params["W"], "hidden b": hidden.params["b"], **loss.params}
    losses = sgd(params, gradients, len(x), epochs=15, batch_size=32, learning_rate=0.3, rng=rng)
    lengths = [len(loss.path(label)) for label in labels]
    assert losses[0] == pytest.approx(np.mean(lengths) * math.log(2), rel=0.05)
    assert accuracy(loss.probabilities(features(split.x_test)), split.labels_test) > 0.9


# In the Trainer -----------------------------------------------------------------------------------


def trained(network, loss, x, targets, rng):
    """Take three steps on the full batch; return the losses that they met."""
    optimizer = SGD(network.params | loss.params, learning_rate=0.2)
    trainer = Trainer(network, loss, optimizer, rng, batch_size=N, score=None, progress=False)
    return trainer.fit(x, targets, epochs=3)["step_loss"]


@each_loss
def test_trainer_follows_torch(torch, make, function, draw, rng):
    x, targets = rng.normal(size=(N, 5)), draw(rng)
    W, b = rng.normal(size=(5, C)), np.zeros(C)
    network, expected = Network([Affine(W.copy(), b.copy())]), []
    for _ in range(3):
        loss, gradient = in_torch(torch, make, x @ W + b, targets)
        expected.append(loss)
        W -= 0.2 * x.T @ gradient
        b -= 0.2 * gradient.sum(axis=0)
    assert trained(network, make(), x, targets, rng) == pytest.approx(expected, rel=1e-10)


def test_trainer_trains_the_tree_with_the_network(torch, rng):
    x, labels, loss = rng.normal(size=(N, 5)), rng.integers(6, size=N), tree_of(rng, 6)
    network = Network([Affine(rng.normal(size=(5, 3)), np.zeros(3))])
    arrays = [*network.params.values(), *loss.params.values()]
    tensors, expected = [torch.tensor(array, requires_grad=True) for array in arrays], []
    optimizer = torch.optim.SGD(tensors, lr=0.2)
    for _ in range(3):
        optimizer.zero_grad()
        scores = (torch.tensor(x) @ tensors[0] + tensors[1]) @ tensors[2] + tensors[3]
        log_p = torch.zeros(N, dtype=torch.float64)
        for n, label in enumerate(labels):
            for fork, turn in loss.path(label):
                z = scores[n, fork - 1]
                log_p[n] += torch.nn.functional.logsigmoid(z if turn else -z)
        value = -log_p.mean()
        value.backward()
        optimizer.step()
        expected.append(value.item())
    assert trained(network, loss, x, labels, rng) == pytest.approx(expected, rel=1e-10)
    for array, tensor in zip(arrays, tensors, strict=True):
        np.testing.assert_allclose(array, tensor.detach().numpy(), rtol=1e-10)


# On the device ------------------------------------------------------------------------------------


def forward_and_back(make, targets):
    def run(put):
        layer = make(put)
        x = put(np.random.default_rng(5).normal(size=(6, 4)))
        return layer.forward(x, put(targets)), layer.backward(), layer.grads

    return run


def tree_on(put):
    rng = np.random.default_rng(6)
    return HierarchicalSoftmaxWithLoss(put(rng.normal(size=(4, 6))), put(rng.normal(size=6)))


TARGETS = special.expit(np.random.default_rng(7).normal(size=(6, 4)))
ON_DEVICE = {
    "SoftmaxWithLoss": forward_and_back(lambda put: SoftmaxWithLoss(), TARGETS.argmax(axis=1)),
    "HingeLoss": forward_and_back(lambda put: HingeLoss(), TARGETS.argmax(axis=1)),
    "SigmoidWithLoss": forward_and_back(lambda put: SigmoidWithLoss(), TARGETS),
    "SquaredLoss": forward_and_back(lambda put: SquaredLoss(), TARGETS),
    "HierarchicalSoftmaxWithLoss": forward_and_back(tree_on, np.array([0, 6, 3, 6, 1, 2])),
    "log_probability": lambda put: tree_on(put).log_probability(put(TARGETS), put(np.arange(6))),
}


@pytest.mark.parametrize("name", ON_DEVICE)
@pytest.mark.usefixtures("fake_cupy")
def test_result_on_the_device_is_that_of_numpy_and_stays_there(name):
    same_on_device(ON_DEVICE[name])
