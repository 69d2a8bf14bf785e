"""Chapter 7: penalties, limits and noise, against PyTorch, statistics and closed forms."""

import numpy as np
import pytest
from device import (
    bytes_sent,
    drawn_on_the_host,
    is_on_device,
    same_on_device,
    synchronizations,
    to_device,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions.backpropagation import Affine, ReLU, SoftmaxWithLoss, gradient_check
from solutions.data import digits
from solutions.normalization import BatchNorm
from solutions.optimizers import SGD, Network, Trainer
from solutions.penalty import is_weight
from solutions.perceptrons import softmax
from solutions.regularization import (
    L1,
    L2,
    DropConnect,
    Dropout,
    DropoutScaledAtTest,
    EarlyStopping,
    MaxNorm,
    OwnTraining,
    dropout,
    project_to_ball,
    sampled_predictions,
    shift,
    soft_threshold,
)

few = settings(max_examples=25)
DTYPES = [np.float64, np.float32, np.float16]
DROPOUTS = [Dropout, DropoutScaledAtTest]


def params(rng, dtype=np.float64):
    shapes = {
        "conv1.W": (4, 3, 2, 2),
        "conv1.b": (4,),
        "affine1.W": (5, 3),
        "b2": (1, 3),
        "g": (3,),
    }
    return {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}


WEIGHTS = ["conv1.W", "affine1.W"]


def drop_connect(rng, p_drop=0.3, shape=(5, 3), dtype=np.float64, put=lambda array: array):
    W, b = rng.normal(size=shape).astype(dtype), rng.normal(size=shape[1]).astype(dtype)
    return DropConnect(put(W), put(b), p_drop, rng)


def test_weights_are_told_from_biases_and_scales(rng):
    assert [name for name, array in params(rng).items() if is_weight(name, array)] == WEIGHTS


@pytest.mark.parametrize("regularizer", [L1(0.3), L2(0.3)], ids=["L1", "L2"])
def test_penalty_and_gradients_agree_with_autograd(torch, regularizer, rng):
    values = params(rng)
    tensors = {name: torch.tensor(values[name], requires_grad=True) for name in WEIGHTS}
    if isinstance(regularizer, L2):
        loss = 0.3 / 2 * sum(tensor.square().sum() for tensor in tensors.values())
    else:
        loss = 0.3 * sum(tensor.abs().sum() for tensor in tensors.values())
    loss.backward()
    assert regularizer.penalty(values) == pytest.approx(loss.item(), rel=1e-12)
    grads = regularizer.gradients(values)
    assert list(grads) == WEIGHTS
    for name, grad in grads.items():
        np.testing.assert_allclose(grad, tensors[name].grad.numpy(), rtol=1e-12)
        assert gradient_check(lambda w, n=name: regularizer.penalty({n: w}), values[name], grad)


@pytest.mark.parametrize("regularizer", [L1, L2, MaxNorm])
def test_who_is_regularized_can_be_chosen(regularizer, rng):
    chosen = regularizer(0.1, applies=lambda name, array: name == "b2")
    values = params(rng)
    before = {name: array.copy() for name, array in values.items()}
    if regularizer is MaxNorm:
        chosen.project(values)
        changed = {name for name in values if (values[name] != before[name]).any()}
        assert changed == {"b2"}
    else:
        assert chosen.penalty(values) > 0
        assert list(chosen.gradients(values)) == ["b2"]


@pytest.mark.parametrize("regularizer", [L1(0.3), L2(0.3), MaxNorm(0.5)], ids=["L1", "L2", "max"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_regularizers_keep_dtype_and_what_they_were_given(regularizer, dtype, rng):
    values = params(rng, dtype)
    before = {name: array.copy() for name, array in values.items()}
    assert np.ndim(regularizer.penalty(values)) == 0
    assert all(grad.dtype == dtype for grad in regularizer.gradients(values).values())
    for name, array in values.items():
        np.testing.assert_array_equal(array, before[name])
    if isinstance(regularizer, MaxNorm):
        regularizer.project(values)
        assert all(array.dtype == dtype for array in values.values())


@pytest.mark.parametrize("regularizer", [L1(0.1), L2(0.1), MaxNorm(1)], ids=["L1", "L2", "max"])
def test_no_parameters_no_penalty(regularizer):
    assert regularizer.penalty({}) == 0
    assert regularizer.gradients({}) == {}


@pytest.mark.parametrize("dtype", DTYPES)
def test_soft_threshold_agrees_with_softshrink_of_torch(torch, dtype, rng):
    w = rng.normal(size=(4, 3, 2)).astype(dtype)
    w[0, 0] = [0.25, -0.25]
    before = w.copy()
    found = soft_threshold(w, np.float64(0.25))
    expected = torch.nn.functional.softshrink(torch.tensor(w), 0.25).numpy()
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(w, before)
    np.testing.assert_array_equal(soft_threshold(w, 0), w)
    assert soft_threshold(np.array([3, -1]), 0.5).tolist() == [2.5, -0.5]


@few
@given(w=st.floats(-3, 3), amount=st.floats(0, 2), other=st.floats(-3, 3))
def test_soft_threshold_is_the_best_bargain_of_distance_and_size(w, amount, other):
    """Its value v is where ½ (v − w)² + amount · |v| is least."""

    def cost(v):
        return 0.5 * (v - w) ** 2 + amount * abs(v)

    assert cost(float(soft_threshold(np.array(w), amount))) <= cost(other) + 1e-12


@few
@given(
    shape=st.lists(st.integers(1, 4), min_size=2, max_size=4).map(tuple),
    limit=st.floats(0.1, 4),
    seed=st.integers(0, 1000),
)
def test_projection_agrees_with_renorm_of_torch(torch, shape, limit, seed):
    W = np.random.default_rng(seed).normal(size=shape)
    expected = torch.renorm(torch.tensor(W), 2, 1 if len(shape) == 2 else 0, limit).numpy()
    same = W
    project_to_ball(W, limit)
    assert W is same
    np.testing.assert_allclose(W, expected, rtol=1e-6)  # PyTorch adds 1e-7 to the norm


def test_projection_shortens_columns_and_leaves_the_short_ones_to_the_bit(rng):
    W = rng.normal(size=(6, 3)) * np.array([0.01, 10, 1e6])
    before = W.copy()
    project_to_ball(W, 2.0)
    np.testing.assert_array_equal(W[:, 0], before[:, 0])
    np.testing.assert_allclose(np.linalg.norm(W[:, 1:], axis=0), 2, rtol=1e-12)
    np.testing.assert_allclose(W[:, 1] / before[:, 1], W[0, 1] / before[0, 1], rtol=1e-12)
    zero = np.zeros((3, 2))
    project_to_ball(zero, 1.0)
    assert not zero.any()


def test_max_norm_projects_weights_in_place(rng):
    values = params(rng)
    biases = values["conv1.b"].copy()
    MaxNorm(0.5).project(values)
    filters = values["conv1.W"].reshape(4, -1)
    assert np.linalg.norm(filters, axis=1) == pytest.approx(0.5)
    assert np.linalg.norm(values["affine1.W"], axis=0) == pytest.approx(0.5)
    np.testing.assert_array_equal(values["conv1.b"], biases)


@pytest.mark.parametrize("layer_class", DROPOUTS)
@pytest.mark.parametrize("p_drop", [0.2, 0.5, 0.9])
def test_dropout_drops_each_unit_of_each_sample_on_its_own(layer_class, p_drop, rng):
    layer = layer_class(p_drop, rng)
    x = np.full((400, 50), 2.0)
    y = layer.forward(x)
    kept_value = 2 / (1 - p_drop) if layer_class is Dropout else 2
    kept = y != 0
    np.testing.assert_allclose(y[kept], kept_value, rtol=1e-12)
    spread = (p_drop * (1 - p_drop)) ** 0.5
    # 5 standard deviations: overall, of a feature over the batch, of a sample over its features
    for axis, count in [(None, kept.size), (0, 400), (1, 50)]:
        assert np.abs(kept.mean(axis=axis) - (1 - p_drop)).max() < 5 * spread / count**0.5
    assert len(np.unique(kept, axis=0)) > 100
    assert (layer.forward(x) != y).any()  # each pass draws again


@pytest.mark.parametrize("layer_class", DROPOUTS)
def test_dropout_in_the_mean_is_its_test_mode(layer_class, rng):
    layer, x = layer_class(0.3, rng), rng.normal(size=(3, 4))
    mean = np.mean([layer.forward(x) for _ in range(4000)], axis=0)
    layer.training = False
    np.testing.assert_allclose(layer.forward(x), mean, atol=0.06)


def test_dropout_in_test_mode_in_closed_form(rng):
    x, dout = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    for layer, factor in [(Dropout(0.2, rng), 1), (DropoutScaledAtTest(0.2, rng), 0.8)]:
        layer.training = False
        np.testing.assert_array_equal(layer.forward(x), factor * x)
        np.testing.assert_array_equal(layer.backward(dout), factor * dout)


def test_the_two_dropouts_differ_by_a_factor(rng):
    x, dout = rng.normal(size=(6, 5)), rng.normal(size=(6, 5))
    inverted = Dropout(0.4, np.random.default_rng(1))
    plain = DropoutScaledAtTest(0.4, np.random.default_rng(1))
    np.testing.assert_allclose(plain.forward(x), 0.6 * inverted.forward(x), rtol=1e-12)
    np.testing.assert_allclose(plain.backward(dout), 0.6 * inverted.backward(dout), rtol=1e-12)


def noisy_layers(rng, dtype=np.float64, p_drop=0.3):
    return [*(c(p_drop, rng) for c in DROPOUTS), drop_connect(rng, p_drop, dtype=dtype)]


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize("training", [True, False])
def test_noisy_layers_agree_with_numerical_gradients(which, training, rng):
    layer, x = noisy_layers(rng)[which], rng.normal(size=(4, 5))
    layer.training = training
    start = layer.rng.bit_generator.state

    def loss(z):
        layer.rng.bit_generator.state = start  # the same mask each time
        return float((layer.forward(z) * dout).sum())

    dout = rng.normal(size=layer.forward(x).shape)
    start = layer.rng.bit_generator.state
    loss(x)
    dx, grads = layer.backward(dout), dict(layer.grads)
    assert gradient_check(loss, x, dx)
    for name, param in layer.params.items():

        def loss_of_param(value, name=name):
            layer.params[name] = value
            return loss(x)

        assert gradient_check(loss_of_param, param, grads[name])
        layer.params[name] = param


@pytest.mark.parametrize("which", range(3))
def test_the_generator_decides_and_is_left_alone_in_test_mode(which):
    x = np.random.default_rng(0).normal(size=(6, 5))
    first, second, other = (noisy_layers(np.random.default_rng(seed))[which] for seed in [1, 1, 2])
    np.testing.assert_array_equal(first.forward(x), second.forward(x))
    assert (first.forward(x) != other.forward(x)).any()
    first.training = False
    before = first.rng.bit_generator.state
    first.forward(x)
    assert first.rng.bit_generator.state == before


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", DTYPES)
def test_noisy_layers_keep_dtype_and_what_they_were_given(which, training, dtype, rng):
    layer, x = noisy_layers(rng, dtype)[which], rng.normal(size=(4, 5)).astype(dtype)
    layer.training = training
    y = layer.forward(x)
    dout = rng.normal(size=y.shape).astype(dtype)
    copies = [array.copy() for array in (x, dout, *layer.params.values())]
    dx, grads = layer.backward(dout).copy(), {k: g.copy() for k, g in layer.grads.items()}
    assert y.dtype == dx.dtype == dtype
    np.testing.assert_array_equal(layer.backward(dout), dx)  # twice is the same
    for name, grad in grads.items():
        np.testing.assert_array_equal(layer.grads[name], grad)
        assert grad.dtype == dtype
    for array, copy in zip((x, dout, *layer.params.values()), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize("n", [0, 1])
def test_noisy_layers_take_empty_and_single_batches(which, n, rng):
    layer, x = noisy_layers(rng)[which], rng.normal(size=(n, 5))
    assert layer.backward(layer.forward(x)).shape == x.shape


def test_nothing_is_dropped_with_probability_0(rng):
    x = rng.normal(size=(4, 5))
    for layer in noisy_layers(rng, p_drop=0.0)[:2]:
        np.testing.assert_array_equal(layer.forward(x), x)
    layer = drop_connect(rng, p_drop=0.0)
    affine = Affine(layer.params["W"], layer.params["b"])
    np.testing.assert_array_equal(layer.forward(x), affine.forward(x))


def test_drop_connect_drops_weights_and_scales_the_rest(rng):
    layer = drop_connect(rng, p_drop=0.25, shape=(50, 40))
    W, b = layer.params["W"], layer.params["b"]
    used = layer.forward(np.eye(50)) - b  # row i of the identity reads out row i of the weights
    kept = np.abs(used) > 1e-12
    np.testing.assert_allclose(used[kept], W[kept] / 0.75, rtol=1e-9)
    assert abs(kept.mean() - 0.75) < 5 * (0.25 * 0.75 / 2000) ** 0.5
    layer.backward(np.ones((50, 40)))
    assert ((layer.grads["W"] != 0) == kept).all()  # what was dropped does not learn


def test_drop_connect_in_test_mode_is_affine_and_takes_images(rng):
    layer = drop_connect(rng, shape=(12, 3))
    layer.training = False
    x, dout = rng.normal(size=(4, 3, 2, 2)), rng.normal(size=(4, 3))
    affine = Affine(layer.params["W"], layer.params["b"])
    np.testing.assert_array_equal(layer.forward(x), affine.forward(x))
    np.testing.assert_array_equal(layer.backward(dout), affine.backward(dout))
    for name in "Wb":
        np.testing.assert_array_equal(layer.grads[name], affine.grads[name])


def noisy_network(rng):
    W, V = rng.normal(size=(5, 8)), rng.normal(size=(8, 3))
    layers = [Affine(W, np.ones(8)), ReLU(), Dropout(0.4, rng), Affine(V, np.zeros(3))]
    return Network(layers)


@pytest.mark.parametrize("training", [True, False])
def test_sampled_predictions_are_the_mean_of_passes_with_noise(training, rng):
    network, x = noisy_network(rng), rng.normal(size=(4, 5))
    network.training, state = True, rng.bit_generator.state
    each = [softmax(network.forward(x)) for _ in range(7)]
    rng.bit_generator.state, network.training = state, training
    found = sampled_predictions(network, x, 7)
    np.testing.assert_allclose(found, np.mean(each, axis=0), rtol=1e-12)
    assert network.training == network.layers["dropout1"].training == training


def test_sampled_predictions_come_to_the_mean_over_all_masks(rng):
    """One hidden unit that is dropped or not: two networks, weighed by how often they come."""
    layers = [Affine(np.ones((1, 1)), np.zeros(1)), Dropout(0.3, rng), Affine(np.eye(1, 2), ZEROS)]
    found = sampled_predictions(Network(layers), np.array([[2.0]]), 4000)
    expected = 0.3 * softmax(ZEROS) + 0.7 * softmax(np.array([2 / 0.7, 0]))
    np.testing.assert_allclose(found[0], expected, atol=0.02)
    network = noisy_network(rng)
    with pytest.raises(ValueError, match="at least 1"):
        sampled_predictions(network, np.ones((2, 5)), 0)
    with pytest.raises(ValueError, match="affine1"):
        sampled_predictions(network, np.ones((2, 4)), 3)
    assert network.training


ZEROS = np.zeros(2)


class FakeNetwork:
    """What early stopping needs of a network."""

    def __init__(self):
        self.arrays = {"affine1.W": np.zeros(2)}

    def state(self):
        return self.arrays

    def load_state(self, state):
        for name, array in self.arrays.items():
            array[...] = state[name]


def run(stopping, losses):
    """Feed losses to early stopping, the weights counting the epochs; return when it stopped."""
    network = FakeNetwork()
    for epoch, loss in enumerate(losses, start=1):
        network.arrays["affine1.W"][...] = epoch
        if stopping.end_epoch(epoch, loss, network):
            return network, epoch
    return network, None


@pytest.mark.parametrize(
    ("patience", "min_delta", "losses", "stop", "best"),
    [
        (2, 0, [3, 2, 1, 1.5, 1.2, 0.1], 5, 3),
        (2, 0, [3, 2, 2, 2, 1], 4, 2),  # equal is no improvement
        (1, 0, [3, 2, 1], None, 3),
        (2, 0.5, [3, 2.6, 2.4, 2.0, 1.8], None, 5),  # 2.4 is better than 3 by more than 0.5
        (2, 0.5, [3, 2.6, 2.55, 1], 3, 1),
        (2, 0, [float("nan"), 2, float("nan"), 1], None, 4),
    ],
)
def test_early_stopping_waits_and_restores_the_best(patience, min_delta, losses, stop, best):
    stopping = EarlyStopping(patience, min_delta)
    network, stopped = run(stopping, losses)
    assert stopped == stop
    assert (stopping.best_epoch, stopping.best_loss) == (best, losses[best - 1])
    stopping.restore(network)
    assert network.arrays["affine1.W"].tolist() == [best, best]
    network.arrays["affine1.W"] += 1  # what is remembered is a copy
    stopping.restore(network)
    assert network.arrays["affine1.W"].tolist() == [best, best]


def test_early_stopping_goes_on_from_a_checkpoint():
    first = EarlyStopping(3)
    network, _ = run(first, [3, 2, 2.5])
    second = EarlyStopping(3)
    second.load_state(first.state())
    assert (second.best_loss, second.best_epoch, second.waited) == (2.0, 2, 1)
    assert [stopping.end_epoch(4, 9, network) for stopping in (first, second)] == [False, False]
    assert [stopping.end_epoch(5, 9, network) for stopping in (first, second)] == [True, True]
    second.restore(network)
    assert network.arrays["affine1.W"].tolist() == [2, 2]


def test_early_stopping_without_an_update_has_nothing_to_restore():
    fresh = EarlyStopping(2)
    with pytest.raises(ValueError, match="no best state yet"):
        fresh.restore(FakeNetwork())
    again = EarlyStopping(2)
    again.load_state(fresh.state())
    assert again.best_loss == float("inf")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda state: state.pop("waited"), "'waited' is missing"),
        (lambda state: state.update(waited=np.array(0.5)), "'waited' is of dtype float64"),
        (lambda state: state.update(numbers=np.zeros(3)), "'numbers' is one too many"),
    ],
)
def test_early_stopping_refuses_the_state_of_something_else(change, sentence):
    stopping = EarlyStopping(2)
    run(stopping, [3, 2, 2])
    before, state = stopping.state(), EarlyStopping(2).state()
    change(state)
    with pytest.raises(ValueError, match=sentence):
        stopping.load_state(state)
    assert list(stopping.state()) == list(before)
    for name, array in stopping.state().items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.usefixtures("fake_cupy")
def test_early_stopping_keeps_on_the_host_what_it_puts_back_on_the_device(rng):
    network = Network([Affine(np.ones((2, 2)), np.zeros(2))]).to_device()
    stopping = EarlyStopping(2)
    stopping.end_epoch(1, 1.0, network)
    network.params["affine1.W"][...] = 7.0
    assert all(isinstance(array, np.ndarray) for array in stopping.state().values())
    stopping.restore(network)
    assert is_on_device(network.params["affine1.W"])
    np.testing.assert_array_equal(network.params["affine1.W"].get(), np.ones((2, 2)))


def trained(epochs, checkpoint=None):
    """A trainer with everything of the chapter, after some epochs on a few digits."""
    split, rng = digits(), np.random.default_rng(3)
    network = Network(
        {
            "hidden": DropConnect(0.2 * rng.normal(size=(64, 20)), np.zeros(20), 0.1, rng),
            "norm": BatchNorm(np.ones(20), np.zeros(20)),
            "relu": ReLU(),
            "dropout": Dropout(0.2, rng),
            "out": Affine(0.2 * rng.normal(size=(20, 10)), np.zeros(10)),
        }
    )

    def shifted(x, rng):
        return shift(x.reshape(-1, 1, 8, 8), rng).reshape(x.shape)

    trainer = Trainer(
        network,
        SoftmaxWithLoss(),
        SGD(network.params, learning_rate=0.2),
        rng,
        regularizers=[L2(1e-4), L1(1e-4), MaxNorm(1.5)],
        augmentation=shifted,
        watchers=[EarlyStopping(patience=3)],
        progress=False,
    )
    if checkpoint is not None and checkpoint.exists():
        trainer.load(checkpoint)
    data = split.x_train[:600], split.labels_train[:600]
    validation = split.x_train[600:900], split.labels_train[600:900]
    trainer.fit(*data, epochs, validation, checkpoint)
    return trainer


def test_a_trainer_with_all_of_it_learns_and_resumes_to_the_same_bits(tmp_path):
    whole, file = trained(6), tmp_path / "checkpoint.npz"
    trained(3, file)
    resumed = trained(3, file)
    assert resumed.history == whole.history
    for name, array in whole.network.state().items():
        np.testing.assert_array_equal(resumed.network.state()[name], array)
    assert whole.history["validation_accuracy"][-1] > 0.6
    assert np.linalg.norm(whole.network.params["out.W"], axis=0).max() <= 1.5 + 1e-9
    (early_stopping,) = resumed.watchers
    assert early_stopping.best_loss == min(whole.history["validation_loss"])
    early_stopping.restore(resumed.network)
    split = digits()
    loss, _ = resumed.evaluate(split.x_train[600:900], split.labels_train[600:900])
    assert loss == early_stopping.best_loss


RNG = np.random.default_rng(0)
SQUARE, TWO = np.ones((2, 2)), np.ones(2)
MISTAKES = {
    "L1": ("strength must be finite and at least 0, but it is -0.1", lambda: L1(-0.1)),
    "L2": ("strength must be finite and at least 0, but it is nan", lambda: L2(float("nan"))),
    "max-norm": ("limit must be finite and more than 0, but it is 0", lambda: MaxNorm(0)),
    "no limit": ("limit must be finite", lambda: MaxNorm(float("inf"))),
    "limit": ("limit must be finite and more than 0", lambda: project_to_ball(SQUARE, -1)),
    "W": (r"of floats, but it is \(2,\) of float64", lambda: project_to_ball(TWO, 1)),
    "int W": (r"of floats, but it is .* of int64", lambda: project_to_ball(SQUARE.astype(int), 1)),
    "amount": ("amount must be .* but it is -1", lambda: soft_threshold(SQUARE, -1)),
    "dropout": ("p_drop must be at least 0 and less than 1, but it is 1", lambda: Dropout(1, RNG)),
    "nan": ("p_drop must be .* but it is nan", lambda: Dropout(float("nan"), RNG)),
    "scaled": ("p_drop must be .* but it is -0.1", lambda: DropoutScaledAtTest(-0.1, RNG)),
    "connect": ("p_drop must be .* it is 2", lambda: DropConnect(SQUARE, TWO, 2, RNG)),
    "b": (r"b must be \(2,\), but it is \(3,\)", lambda: DropConnect(SQUARE, np.ones(3), 0, RNG)),
    "patience": ("patience must be at least 1, but it is 0", lambda: EarlyStopping(0)),
    "min_delta": ("min_delta must be finite and at least 0", lambda: EarlyStopping(1, -1)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_get_a_sentence(mistake):
    sentence, make = MISTAKES[mistake]
    with pytest.raises(ValueError, match=sentence):
        make()


REFLEXES = {
    "swapped": (r"rng comes last .* as in Dropout\(0.5, rng\), but is 0.5", Dropout, (RNG, 0.5)),
    "none": (r"in DropoutScaledAtTest\(0.5, rng\), but", DropoutScaledAtTest, (0.5, None)),
    "module": (r"in DropConnect\(W, b, 0.5, rng\)", DropConnect, (SQUARE, TWO, 0.5, np.random)),
    "sizes": (r"W \(D, M\) and b \(M,\), such as DropConnect\(", DropConnect, (64, 50, 0.5, RNG)),
    "ints": ("W must be an array of floats", DropConnect, (SQUARE.astype(int), TWO, 0.5, RNG)),
    "text": ("strength must be a number", L2, ("1e-4",)),
}


@pytest.mark.parametrize("reflex", REFLEXES)
def test_reflexes_of_other_libraries_get_a_sentence(reflex):
    sentence, layer_class, args = REFLEXES[reflex]
    with pytest.raises(TypeError, match=sentence):
        layer_class(*args)


@pytest.mark.parametrize("which", range(3))
def test_noisy_layers_refuse_what_does_not_fit(which, rng):
    layer = noisy_layers(rng)[which]
    with pytest.raises(ValueError, match="backward comes before any forward"):
        layer.backward(np.ones((4, 5)))
    layer.forward(np.ones((4, 5)))
    with pytest.raises(ValueError, match=r"dout has shape \(1, 5\)"):
        layer.backward(np.ones((1, 5)))
    if which == 2:
        with pytest.raises(ValueError, match="x must have 5 numbers per sample"):
            layer.forward(np.ones((4, 6)))


@pytest.mark.parametrize("which", range(3))
def test_noisy_layers_take_integers_for_numbers(which, rng):
    x = rng.integers(0, 256, size=(4, 5)).astype(np.uint8)
    first, second = (noisy_layers(np.random.default_rng(1))[which] for _ in range(2))
    y = first.forward(x)
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, second.forward(x.astype(float)))


def test_drop_connect_skips_the_gradients_that_nobody_needs(rng):
    layer, x, dout = drop_connect(rng), rng.normal(size=(4, 5)), rng.normal(size=(4, 3))
    layer.forward(x)
    dx, grads = layer.backward(dout), dict(layer.grads)
    layer.grads.clear()
    layer.frozen = True
    np.testing.assert_array_equal(layer.backward(dout), dx)
    assert layer.grads == {}
    layer.frozen, layer.needs_input_gradient = False, False
    assert layer.backward(dout) is None
    for name in "Wb":
        np.testing.assert_array_equal(layer.grads[name], grads[name])


@pytest.mark.parametrize("dtype", DTYPES)
def test_hyperparameters_of_numpy_do_not_widen(dtype, rng):
    x, values = rng.normal(size=(4, 5)).astype(dtype), params(rng, dtype)
    for layer in noisy_layers(rng, dtype, p_drop=np.float64(0.3)):
        for layer.training in (True, False):
            y = layer.forward(x)
            assert y.dtype == layer.backward(y).dtype == dtype
    for regularizer in (L1(np.float64(0.1)), L2(np.float64(0.1))):
        assert {g.dtype for g in regularizer.gradients(values).values()} == {np.dtype(dtype)}
        # Before NumPy 2 a float32 number times one of Python's was a float64 one.
        wide = np.promote_types((np.float32(1) * 0.1).dtype, dtype)
        assert regularizer.penalty(values).dtype == wide
    MaxNorm(np.float64(0.1)).project(values)
    assert {value.dtype for value in values.values()} == {np.dtype(dtype)}


def test_float16_is_added_up_in_float32():
    """Each of these weights squared is more than float16 holds, and so is their sum."""
    W = np.full((400, 400), 300, np.float16)
    assert L2(2).penalty({"W": W}) == 160_000 * 90_000
    assert L1(1).penalty({"W": W}) == 160_000 * 300
    project_to_ball(W, 20.0)
    np.testing.assert_array_equal(W, np.full((400, 400), 1, np.float16))


def test_penalties_of_integers_do_not_wrap():
    W = np.array([[100, -128]], np.int8)
    assert L2(2).penalty({"W": W}) == 100**2 + 128**2
    assert L1(1).penalty({"W": W}) == 100 + 128
    assert L2(1).gradients({"W": W})["W"].tolist() == [[100, -128]]
    assert L1(1).gradients({"W": W})["W"].tolist() == [[1, -1]]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.usefixtures("fake_cupy")
def test_noise_does_the_same_on_the_device(training, monkeypatch):
    monkeypatch.setattr(dropout, "uniform", drawn_on_the_host)
    x = np.random.default_rng(3).normal(size=(4, 5))

    def case(put):
        rng, found = np.random.default_rng(1), []
        for layer in [*(c(0.4, rng) for c in DROPOUTS), drop_connect(rng, put=put)]:
            layer.training = training
            y = layer.forward(put(x))
            found += [y, layer.backward(y), layer.grads]
        return found

    same_on_device(case)


def own_training(rng, x, labels, steps=150):
    training = OwnTraining(x.shape[1], 2, np.random.default_rng(5))
    for _ in range(steps):
        some = rng.integers(len(x), size=40)
        training.train(x[some], labels[some])
    return training


def test_own_training_reads_what_is_true_and_not_what_it_was_told():
    rng = np.random.default_rng(4)
    true = np.arange(300) % 2
    x = (6 * true - 3)[:, None] * np.eye(20)[0] + rng.normal(size=(300, 20))
    told = np.where(np.arange(300) % 10 < 2, 1 - true, true)
    y = own_training(rng, x, told).predict(x)
    assert y.shape == (300, 2)
    assert (y.argmax(axis=1) == true).mean() > 0.95


def test_own_training_has_no_chance_but_that_of_its_generator():
    x, labels = np.random.default_rng(6).normal(size=(60, 4)), np.arange(60) % 2
    one, same = (own_training(np.random.default_rng(7), x, labels, 5).predict(x) for _ in range(2))
    np.testing.assert_array_equal(one, same)


@pytest.mark.usefixtures("fake_cupy")
def test_masks_are_drawn_where_the_data_is():
    def run(seed):
        rng, found = np.random.default_rng(seed), []
        W, b, x = (to_device(np.ones(shape)) for shape in [(50, 40), 40, (30, 50)])
        for layer in [*(c(0.4, rng) for c in DROPOUTS), DropConnect(W, b, 0.4, rng)]:
            assert bytes_sent(lambda layer=layer: found.append(layer.forward(x))) == 0
            layer.backward(found[-1])
        return [y.get() for y in found]

    first, again, other = run(1), run(1), run(2)  # the host's generator decides, alone
    for y, same, another in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(y, same)
        assert (y != another).any()
    for y in first[:2]:
        assert abs((y > 0).mean() - 0.6) < 5 * (0.24 / y.size) ** 0.5


@pytest.mark.usefixtures("fake_cupy")
def test_regularizers_are_the_same_on_the_device():
    def case(put):
        values = {name: put(a.copy()) for name, a in params(np.random.default_rng(3)).items()}
        found = [(r.penalty(values), r.gradients(values)) for r in (L1(0.1), L2(0.1))]
        MaxNorm(0.5).project(values)
        return found, values

    same_on_device(case)
    assert synchronizations(lambda: case(to_device)) == 0
