"""The same code on a GPU: run on a stand-in for CuPy that refuses what CuPy refuses."""

import sys
from types import ModuleType

import numpy as np
import pytest
from device import FakeCupy, is_on_device, same_on_device, to_device

from solutions import arrays, losses, perceptrons
from solutions import backpropagation as bp
from solutions.arrays import (
    array_module,
    gpu_available,
    to_host,
    uniform,
)
from solutions.losses import HierarchicalSoftmax


def test_array_module_is_numpy_where_there_is_no_cupy(monkeypatch):
    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    assert array_module(np.zeros(2)) is np
    assert "cupy" not in sys.modules  # it is never imported here


def test_array_module_follows_the_arrays(fake_cupy):
    assert array_module(np.zeros(2), None) is np
    assert array_module() is np
    assert array_module(np.zeros(2), to_device(np.zeros(2))) is fake_cupy


def test_no_gpu_where_cupy_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)  # importing it raises ImportError
    assert not gpu_available()
    with pytest.raises(RuntimeError, match="no GPU"):
        arrays.to_device(np.ones(2))


def test_no_gpu_where_there_is_no_driver(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", FakeCupy(works=False))
    assert not gpu_available()


def test_no_gpu_where_computing_fails(monkeypatch):
    class Broken(ModuleType):
        def __getattr__(self, name):
            raise RuntimeError("CUDARuntimeError: cudaErrorInsufficientDriver")

    monkeypatch.setitem(sys.modules, "cupy", Broken("cupy"))
    assert not gpu_available()


@pytest.mark.usefixtures("fake_cupy")
def test_arrays_go_to_the_device_and_come_back():
    assert gpu_available()
    x = np.ones(2)
    device = arrays.to_device(x)
    assert is_on_device(device)
    assert arrays.to_device(device) is device
    assert type(to_host(device)) is np.ndarray
    assert to_host(x) is x


@pytest.mark.usefixtures("fake_cupy")
def test_beside_moves_an_array_only_if_it_has_to():
    host, device = np.arange(3.0), to_device(np.ones(2))
    assert arrays.beside(host, np.ones(2)) is host
    assert arrays.beside(device, device) is device
    assert is_on_device(arrays.beside(host, device))
    assert type(arrays.beside(device, host)) is np.ndarray


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("put", [lambda x: x, to_device], ids=["host", "device"])
@pytest.mark.usefixtures("fake_cupy")
def test_uniform_draws_beside_an_array_and_of_its_dtype(dtype, put):
    like, rng = put(np.zeros(2, dtype)), np.random.default_rng(0)
    drawn = uniform(rng, (40, 50), like)
    assert is_on_device(drawn) == is_on_device(like)
    assert (drawn.shape, drawn.dtype) == ((40, 50), dtype)
    drawn = to_host(drawn).astype(float)
    assert 0 <= drawn.min() < 0.01
    assert 0.99 < drawn.max() < 1
    assert abs(drawn.mean() - 0.5) < 5 * (1 / 12 / drawn.size) ** 0.5
    assert abs(drawn.var() - 1 / 12) < 5 * (1 / 180 / drawn.size) ** 0.5


@pytest.mark.parametrize("put", [lambda x: x, to_device], ids=["host", "device"])
@pytest.mark.usefixtures("fake_cupy")
def test_the_state_of_the_generator_decides_what_uniform_draws(put):
    like, rng = put(np.zeros(2)), np.random.default_rng(0)
    state = rng.bit_generator.state
    first, second = uniform(rng, (3,), like), uniform(rng, (3,), like)
    assert (first != second).any()
    rng.bit_generator.state = state  # as from a checkpoint
    assert (uniform(rng, (3,), like) == first).all()
    assert (uniform(rng, (3,), like) == second).all()


def test_uniform_of_float16_never_reaches_1():
    class Highest:
        """A generator whose every draw is the last there is."""

        def integers(self, high, size):
            return np.full(size, high - 1)

    assert (uniform(Highest(), (2,), np.zeros(1, np.float16)) < 1).all()


def test_uniform_beside_integers_is_float64():
    assert uniform(np.random.default_rng(0), (2,), np.zeros(1, int)).dtype == np.float64


RNG = np.random.default_rng(5)
X, LABELS = RNG.normal(size=(6, 4)), np.array([0, 3, 1, 1, 2, 0])
BITS = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
PARAMS = {
    "W1": RNG.normal(size=(4, 5)),
    "b1": RNG.normal(size=5),
    "W2": RNG.normal(size=(5, 4)),
    "b2": RNG.normal(size=4),
}


def fit_perceptron(put):
    model = perceptrons.Perceptron(put(np.zeros(4)))
    return model.fit(put(X), put(LABELS % 2), epochs=3), model.w, model.predict(put(X))


def tree(put):
    layer = HierarchicalSoftmax(put(PARAMS["W2"][:4]), put(PARAMS["b2"]))
    return layer.log_probability(put(X), put(LABELS)), layer.probabilities(put(X))


def step_in_place(put):
    params, grads = {"W": put(X.copy())}, {"W": put(X**2)}
    losses.sgd_step(params, grads, 0.1)
    return params["W"]


def forward_and_back(layer_class):
    def run(put):
        layer = layer_class()
        return layer.forward(put(X)), layer.backward(put(X**2))

    return run


def trained_net(put):
    net = bp.TwoLayerNet({name: put(array.copy()) for name, array in PARAMS.items()})
    history = bp.train(
        net, put(X), put(LABELS), [put(np.array([0, 1, 5])), put(np.array([2]))], 0.1
    )
    grads = net.gradients(put(X), put(LABELS))
    norms = bp.gradient_norms(net.layers, put(X), put(X))
    return history, net.params, bp.clip_by_norm(grads, 0.1), norms


def checked(put):
    def f(z):
        return float(np.maximum(z, 0).sum())

    x = put(np.append(X[0], 1e-7))
    return bp.gradient_check(f, x, np.greater(x, 0).astype(float), winners=lambda z: z > 0)


CASES = {
    "gates": lambda put: perceptrons.xor_gate(put(BITS[0]), put(BITS[1])),
    "nand": lambda put: perceptrons.xor_from_nand(put(BITS[0]), put(BITS[1])),
    "Perceptron": fit_perceptron,
    "step": lambda put: perceptrons.step(put(X)),
    "sigmoid": lambda put: perceptrons.sigmoid(put(X)),
    "tanh": lambda put: perceptrons.tanh(put(X)),
    "relu": lambda put: perceptrons.relu(put(X)),
    "softmax": lambda put: perceptrons.softmax(put(X)),
    "collapse_affine": lambda put: perceptrons.collapse_affine(*map(put, PARAMS.values())),
    "forward_network": lambda put: perceptrons.forward_network(
        {name: put(array) for name, array in PARAMS.items()}, put(X)
    ),
    "one_hot": lambda put: losses.one_hot(put(LABELS), 5),
    "labels of the host": lambda put: losses.one_hot_targets(LABELS, put(X)),
    "squared_error": lambda put: losses.squared_error(put(X), put(X**2)),
    "cross_entropy": lambda put: losses.cross_entropy(put(X**2), put(LABELS)),
    "softmax_cross_entropy": lambda put: losses.softmax_cross_entropy(put(X), put(LABELS)),
    "sigmoid_cross_entropy": lambda put: losses.sigmoid_cross_entropy(put(X), put(X**2)),
    "hinge_loss": lambda put: losses.hinge_loss(put(X), put(LABELS)),
    "HierarchicalSoftmax": tree,
    "forward_difference": lambda put: losses.forward_difference(np.sin, put(X), 0.1),
    "central_difference": lambda put: losses.central_difference(np.sin, put(X), 0.1),
    "numerical_gradient": lambda put: losses.numerical_gradient(lambda z: np.sin(z).sum(), put(X)),
    "gradient_descent": lambda put: losses.gradient_descent(lambda z: 2 * z, put(X), 0.1, 3),
    "sgd_step": step_in_place,
    "accuracy": lambda put: losses.accuracy(put(X), put(LABELS)),
    "ReLU": forward_and_back(bp.ReLU),
    "Sigmoid": forward_and_back(bp.Sigmoid),
    "Tanh": forward_and_back(bp.Tanh),
    "gradient_check": checked,
    "TwoLayerNet": trained_net,
    "effective_rank": lambda put: bp.effective_rank(put(X)),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.usefixtures("fake_cupy")
def test_result_on_the_device_is_that_of_numpy_and_stays_there(name):
    same_on_device(CASES[name])


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int64"])
def test_integers_become_float64(dtype):
    x = np.array([1, 0]).astype(dtype)
    for convert in (arrays.as_float, arrays.as_wide_float):
        assert convert(x).dtype == convert([1, 0]).dtype == np.float64
        assert convert(x).tolist() == [1, 0]
        assert convert(x.view(np.ndarray)[0]) == convert(1) == 1.0
        assert isinstance(convert(1), float)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floats_stay_as_they_are(dtype):
    x = np.ones(2, dtype=dtype)
    assert arrays.as_float(x) is x
    assert arrays.as_wide_float(x).dtype == ("float32" if dtype == "float16" else dtype)
    assert arrays.at_least_float32(x.dtype) == arrays.as_wide_float(x).dtype
