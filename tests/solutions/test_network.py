"""The network: names, modes, frozen layers, files."""

import sys
from itertools import pairwise

import numpy as np
import pytest
from device import assert_same, is_on_device, same_on_device, to_device
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions.backpropagation import Affine, ReLU, Tanh
from solutions.layer import Layer
from solutions.optimizers import Block, Network


class Average(Layer):
    """A layer with everything that a layer may have: it takes a running mean off."""

    def __init__(self, size):
        super().__init__(shift=np.zeros(size))
        self.buffers["mean"] = np.zeros(size)

    def forward(self, x):
        if self.training:
            self.buffers["mean"] += 0.5 * (x.mean(axis=0) - self.buffers["mean"])
        return x - self.buffers["mean"] + self.params["shift"]

    def backward(self, dout):
        self.grads["shift"] = dout.sum(axis=0)
        return dout


def affine(rng, rows, columns, dtype=np.float64):
    return Affine(
        rng.normal(size=(rows, columns)).astype(dtype), rng.normal(size=columns).astype(dtype)
    )


class Counting(Affine):
    """An affine layer that writes down what was asked of it on the way back."""

    def __init__(self, *arrays):
        super().__init__(*arrays)
        self.asked = []

    def backward(self, dout):
        self.grads.clear()
        dx = super().backward(dout)
        self.asked.append((bool(self.grads), dx is not None))
        return dx


def counting(rng, rows, columns):
    return Counting(rng.normal(size=(rows, columns)), rng.normal(size=columns))


@pytest.fixture
def net(rng):
    return Network({"one": affine(rng, 4, 5), "mean": Average(5), "two": affine(rng, 5, 3)})


def copied(arrays):
    return {name: array.copy() for name, array in arrays.items()}


def assert_equal(found, expected):
    assert list(found) == list(expected)
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array, err_msg=name)


def test_layers_of_a_sequence_are_named_by_class_and_counted(rng):
    net = Network([affine(rng, 4, 5), ReLU(), affine(rng, 5, 3), ReLU()])
    assert list(net.layers) == ["affine1", "relu1", "affine2", "relu2"]
    assert list(net.params) == ["affine1.W", "affine1.b", "affine2.W", "affine2.b"]


def test_params_are_the_layers_own_arrays(net):
    assert net.params["one.W"] is net.layers["one"].params["W"]
    assert list(net.params) == ["one.W", "one.b", "mean.shift", "two.W", "two.b"]


@settings(max_examples=20)
@given(
    n=st.integers(0, 4),
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    dtype=st.sampled_from([np.float64, np.float32, np.float16]),
)
def test_there_and_back_as_layer_by_layer(n, sizes, dtype):
    rng = np.random.default_rng(1)
    layers = [affine(rng, a, b, dtype) for a, b in pairwise(sizes)]
    x, dout = rng.normal(size=(n, sizes[0])), rng.normal(size=(n, sizes[-1]))
    x, dout = x.astype(dtype), dout.astype(dtype)
    net = Network(layers)
    y, dx = net.forward(x), net.backward(dout)
    assert y.dtype == dx.dtype == dtype
    assert all(grad.dtype == dtype for grad in net.grads.values())
    for layer in layers:
        x = layer.forward(x)
    for layer in reversed(layers):
        dout = layer.backward(dout)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(dx, dout)
    np.testing.assert_array_equal(net.predict(np.zeros((n, sizes[0]), dtype)).shape, y.shape)


def test_gradients_are_those_of_pytorch(rng, torch):
    W1, b1, W2, b2 = (rng.normal(size=size) for size in [(4, 5), 5, (5, 3), 3])
    x, dout = rng.normal(size=(6, 4)), rng.normal(size=(6, 3))
    net = Network([Affine(W1, b1), Tanh(), Affine(W2, b2)])
    net.forward(x)
    dx = net.backward(dout)
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, W1, b1, W2, b2)]
    tx, *t = tensors
    (torch.tanh(tx @ t[0] + t[1]) @ t[2] + t[3]).backward(torch.tensor(dout))
    found = [dx, *net.grads.values()]
    for array, tensor in zip(found, tensors, strict=True):
        np.testing.assert_allclose(array, tensor.grad.numpy(), rtol=1e-12, atol=1e-12)


def test_training_reaches_every_layer_that_has_it(net):
    assert net.training
    net.training = False
    assert not net.training
    assert not net.layers["mean"].training


def test_predict_is_in_test_mode_in_batches_and_puts_the_mode_back(net, rng):
    x, before = rng.normal(size=(10, 4)), copied(net.buffers)
    batches = []
    net.layers["two"].forward = lambda x, inner=net.layers["two"].forward: (
        batches.append(len(x)) or inner(x)
    )
    y = net.predict(x, batch_size=4)
    assert batches == [4, 4, 2]
    assert net.training
    assert net.layers["mean"].training
    assert_equal(net.buffers, before)
    net.training = False
    np.testing.assert_allclose(y, net.forward(x), rtol=1e-12)


def test_predict_puts_the_mode_back_after_an_error(net):
    with pytest.raises(ValueError):  # noqa: PT011
        net.predict(np.zeros((2, 7)))
    assert net.training


def test_batch_size_is_at_least_one(net):
    with pytest.raises(ValueError, match="batch_size must be at least 1, but it is 0"):
        net.predict(np.zeros((2, 4)), batch_size=0)


def test_frozen_layers_are_left_out_and_stay_in_test_mode(net, rng):
    net.freeze(["one", "mean"])
    net.training = True
    assert list(net.params) == ["two.W", "two.b"]
    assert not net.layers["mean"].training
    before = copied(net.buffers)
    net.forward(rng.normal(size=(6, 4)))
    dx = net.backward(rng.normal(size=(6, 3)))
    assert list(net.grads) == ["two.W", "two.b"]
    assert np.any(dx != 0)  # gradients still flow through
    assert_equal(net.buffers, before)
    net.unfreeze(["mean"])
    assert list(net.params) == ["mean.shift", "two.W", "two.b"]
    assert net.layers["mean"].training


def test_frozen_layers_are_saved(net):
    names = set(net.state())
    net.freeze(["one"])
    assert set(net.state()) == names


def test_unknown_layers_cannot_be_frozen_nor_thawed(net):
    with pytest.raises(ValueError, match="no layer 'three'; there are one, mean, two"):
        net.freeze(["one", "three"])
    with pytest.raises(ValueError, match="no layer 0; there are one, mean, two"):
        net.freeze(0)
    assert len(net.params) == 5
    with pytest.raises(ValueError, match="layer 'one' is not frozen"):
        net.unfreeze(["one"])


def test_saved_and_loaded_network_gives_the_same_bits(net, rng, tmp_path):
    net.forward(rng.normal(size=(6, 4)))  # moves the running mean
    net.save(tmp_path / "net")  # exactly this name: no .npz is added
    assert [path.name for path in tmp_path.iterdir()] == ["net"]
    other = Network({"one": affine(rng, 4, 5), "mean": Average(5), "two": affine(rng, 5, 3)})
    own = other.params["one.W"]
    other.load(tmp_path / "net")
    assert other.params["one.W"] is own  # written in place: an optimizer keeps hold of it
    assert_equal(other.state(), net.state())
    x = rng.normal(size=(3, 4))
    np.testing.assert_array_equal(other.predict(x), net.predict(x))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("two.b"), "'two.b' is missing"),
        (lambda state: state.update({"three.b": np.zeros(2)}), "'three.b' is one too many"),
        (
            lambda state: state.update({"two.W": np.zeros((3, 5))}),
            r"'two.W' has shape \(3, 5\), but \(5, 3\) is needed",
        ),
    ],
)
def test_state_that_does_not_fit_changes_nothing(net, tmp_path, change, message):
    state = {name: array + 1 for name, array in net.state().items()}
    change(state)
    np.savez(tmp_path / "net.npz", **state)
    before = copied(net.state())
    with pytest.raises(ValueError, match=f"net.npz does not fit this network: {message}"):
        net.load(tmp_path / "net.npz")
    assert_equal(net.state(), before)


@pytest.mark.parametrize("content", [b"", b"some text", b"PK\x03\x04 cut off"])
def test_damaged_file_is_named(net, tmp_path, content):
    (tmp_path / "net.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"net.npz does not fit this network: .* not a readable"):
        net.load(tmp_path / "net.npz")


def test_file_of_one_array_or_of_objects_is_refused(net, tmp_path):
    np.save(tmp_path / "one.npy", np.zeros(3))
    np.savez(tmp_path / "objects.npz", **{"one.W": np.array([{}], dtype=object)})
    for name in ("one.npy", "objects.npz"):
        with pytest.raises(ValueError, match="not a readable"):
            net.load(tmp_path / name)


def test_missing_file_is_a_missing_file(net, tmp_path):
    with pytest.raises(FileNotFoundError):
        net.load(tmp_path / "nowhere.npz")


def test_a_network_is_a_layer_too(net, rng, tmp_path):
    outer = Network({"body": net, "head": affine(rng, 3, 2)})
    assert list(outer.params)[:2] == ["body.one.W", "body.one.b"]
    outer.training = False
    assert not net.layers["mean"].training
    net.freeze(["one"])
    assert "body.one.W" not in outer.params
    assert "body.one.W" in outer.state()
    outer.freeze(["body"])
    assert list(outer.params) == ["head.W", "head.b"]
    outer.save(tmp_path / "outer.npz")
    outer.load(tmp_path / "outer.npz")


class Forgetful(Layer):
    def __init__(self):
        """No call of super().__init__."""


SHARED = ReLU()
NO_NETWORKS = {
    "no layers": (lambda: Network([]), ValueError, "layers is empty"),
    "twice": (lambda: Network([SHARED, SHARED]), ValueError, "'relu1' and 'relu2' share the same"),
    "twice, deep within": (
        lambda: Network({"a": SHARED, "b": Network([Tanh(), SHARED])}),
        ValueError,
        "'a' and 'b' share the same ReLU",
    ),
    "dot": (lambda: Network({"a.b": ReLU()}), ValueError, r"'a\.b' must be a string without a dot"),
    "number": (lambda: Network({1: ReLU()}), ValueError, "name 1 must be a string"),
    "a layer": (lambda: Network(ReLU()), TypeError, r"a list .* as in Network\(\[Affine"),
    "a network": (lambda: Network(Network([ReLU()])), TypeError, "must be a list or a dictionary"),
    "a class": (lambda: Network(ReLU), TypeError, "layers must be a list or a dictionary"),
    "a generator": (lambda: Network(ReLU() for _ in "a"), TypeError, "must be a list"),
    "class in a list": (
        lambda: Network([Tanh(), ReLU]),
        TypeError,
        r"layers\[1\] is the class ReLU, not a layer: write ReLU\(\.\.\.\)",
    ),
    "class in a dictionary": (
        lambda: Network({"hidden": ReLU}),
        TypeError,
        r"layers\['hidden'\] is the class ReLU",
    ),
    "stranger": (
        lambda: Network([np.zeros(3)]),
        TypeError,
        r"layers\[0\] is of the type ndarray: derive it from solutions\.layer\.Layer",
    ),
    "forgetful": (
        lambda: Network([Forgetful()]),
        TypeError,
        r"layers\[0\] has no params: Forgetful\.__init__ must call super",
    ),
}


@pytest.mark.parametrize("mistake", NO_NETWORKS)
def test_layers_that_make_no_network(mistake):
    make, error, sentence = NO_NETWORKS[mistake]
    with pytest.raises(error, match=sentence):
        make()


def test_errors_name_the_layer(net, rng):
    outer = Network([net, Tanh()])
    with pytest.raises(ValueError, match=r"^layer 'one': x must have 4 numbers per sample"):
        net.forward(np.zeros((2, 7)))
    with pytest.raises(ValueError, match=r"^layer 'network1': layer 'one': x must have 4"):
        outer.forward(np.zeros((2, 7)))
    outer.forward(rng.normal(size=(2, 4)))
    with pytest.raises(ValueError, match=r"^layer 'tanh1': dout has shape"):
        outer.backward(np.zeros((2, 4)))
    with pytest.raises(ValueError, match=r"^layer 'two': x must have 5"):
        Network({"one": ReLU(), "two": affine(rng, 5, 3)}).output_shape((4,))


def test_shape_and_sight_follow_the_layers(rng):
    class Window(Layer):
        def forward(self, x):
            return x[:, ::2]

        def output_shape(self, shape):
            return (shape[0] // 2,)

        def windows(self):
            return [(3, 2)]

    net = Network([Window(), Network([ReLU(), Window()])])
    assert net.output_shape((8,)) == (2,)
    assert net.windows() == [(3, 2), (3, 2)]
    assert net.forward(rng.normal(size=(5, 8))).shape == (5, 2)
    with pytest.raises(NotImplementedError, match="Window does not say what it keeps"):
        net.memory((8,), 1, 8)


def way_back(rng, freeze=(), needed=False):
    """What is asked of four layers, two of them in a network of their own: (grads, dx) or None."""
    layers = [counting(rng, 4, 4) for _ in range(4)]
    net = Network({"a": layers[0], "body": Network(layers[1:3]), "relu": ReLU(), "d": layers[3]})
    net.freeze(freeze)
    net.needs_input_gradient = needed
    net.forward(rng.normal(size=(3, 4)))
    dx = net.backward(rng.normal(size=(3, 4)))
    assert (dx is not None) == needed
    return [layer.asked[0] if layer.asked else None for layer in layers]


def test_a_gradient_that_nobody_needs_is_not_computed(rng):
    both, first = (True, True), (True, False)
    assert way_back(rng, needed=True) == [both, both, both, both]
    assert way_back(rng) == [first, both, both, both]


def test_frozen_layers_save_the_work_in_front_of_what_is_trained(rng):
    both, first, through = (True, True), (True, False), (False, True)
    assert way_back(rng, ["a"]) == [None, first, both, both]
    assert way_back(rng, ["a", "body"]) == [None, None, None, first]
    assert way_back(rng, "body") == [first, through, through, both]
    assert way_back(rng, ["a", "body", "d"]) == [None, None, None, None]
    assert way_back(rng, ["a", "body"], needed=True) == [through, through, through, both]


class Beside(Block):
    """A block of one's own: the sum of what its layers make, side by side."""

    def forward(self, x):
        return sum(layer.forward(x) for layer in self.layers.values())

    def backward(self, dout):
        ways = [layer.backward(dout) for layer in self.layers.values()]
        return sum(ways) if self.needs_input_gradient else None


def test_a_block_of_ones_own_tells_its_layers_all_the_same(rng):
    def start():
        layers = {"a": counting(rng, 4, 4), "b": Network([counting(rng, 4, 4), Tanh()])}
        return Beside(layers), [layers["a"], layers["b"].layers["counting1"]]

    (first, left), (second, right) = start(), start()
    net = Network({"first": first, "second": second})
    assert list(net.params)[:3] == ["first.a.W", "first.a.b", "first.b.counting1.W"]
    net.needs_input_gradient = False
    net.forward(rng.normal(size=(3, 4)))
    assert net.backward(rng.normal(size=(3, 4))) is None
    assert [layer.asked for layer in left] == [[(True, False)]] * 2
    assert [layer.asked for layer in right] == [[(True, True)]] * 2
    net.freeze("first")
    assert [layer.frozen for layer in left] == [True, True]
    net.backward(rng.normal(size=(3, 4)))
    assert [layer.asked for layer in left] == [[(True, False)]] * 2
    assert [layer.asked[1:] for layer in right] == [[(True, False)]] * 2


def test_what_is_needed_follows_a_network_that_is_thawed_within_another(rng):
    body, head = Network([counting(rng, 4, 4), counting(rng, 4, 4)]), counting(rng, 4, 4)
    outer = Network({"body": body, "head": head})
    body.freeze("counting1")
    outer.freeze("body")
    outer.needs_input_gradient = False
    assert not body.layers["counting2"].needs_input_gradient
    body.unfreeze("counting2")
    outer.forward(rng.normal(size=(3, 4)))
    assert outer.backward(rng.normal(size=(3, 4))) is None
    found = [layer.asked for layer in (*body.layers.values(), head)]
    assert found == [[], [(True, False)], [(True, True)]]
    outer.needs_input_gradient = True  # the layers are told at once
    assert body.layers["counting1"].needs_input_gradient


def test_one_name_or_several_are_frozen(net):
    net.freeze("one")
    assert net.layers["one"].frozen
    net.freeze(name for name in ("mean", "two"))
    assert net.params == net.grads == {}
    assert net.frozen
    net.unfreeze("two")
    net.unfreeze(["one", "mean"])
    assert len(net.params) == 5
    assert not net.frozen


def test_a_network_all_of_whose_layers_were_frozen_trains_again(net):
    outer = Network({"body": net})
    net.freeze(["one", "mean", "two"])
    outer.training = True
    net.unfreeze(["mean"])
    assert net.layers["mean"].training
    assert net.training


LOSSY = {
    "text": (np.array([["a", "b"]]), "is of dtype <U1, but float16 is needed"),
    "objects": (np.array([[1, {}]]), "is of dtype object, but float16 is needed"),
    "complex": (np.ones((1, 2), complex), "is of dtype complex128, but float16"),
    "too large": (np.array([[1.0, 1e6]]), "holds values that are too large for float16"),
    "too large a number": (np.array([[1, 10**6]]), "holds values that are too large for float16"),
}


@pytest.mark.parametrize("mistake", LOSSY)
def test_state_that_cannot_be_cast_changes_nothing(mistake):
    value, sentence = LOSSY[mistake]
    net = Network([Affine(np.ones((1, 2), np.float16), np.ones(2, np.float16))])
    with pytest.raises(ValueError, match=f"'affine1.W' {sentence}"):
        net.load_state({"affine1.b": np.zeros(2), "affine1.W": value})
    assert all((array == 1).all() for array in net.state().values())


def test_state_of_another_precision_is_taken(net):
    state = {name: array.astype(np.float32) for name, array in net.state().items()}
    state["one.b"] = np.array([1, 2, 3, 4, np.inf])
    state["two.b"] = np.array([1, 2, 3])
    net.load_state(state)
    assert net.params["two.b"].tolist() == [1, 2, 3]
    assert net.params["one.b"].tolist() == [1, 2, 3, 4, np.inf]
    assert {array.dtype for array in net.state().values()} == {np.dtype(np.float64)}


@pytest.mark.usefixtures("fake_cupy")
def test_on_the_device(tmp_path):
    def case(put):
        rng = np.random.default_rng(3)
        x, dout = put(rng.normal(size=(6, 4))), put(rng.normal(size=(6, 3)))
        arrays = [put(rng.normal(size=size)) for size in [(4, 5), 5, (5, 3), 3]]
        net = Network([Affine(*arrays[:2]), ReLU(), Affine(*arrays[2:])])
        results = net.forward(x), net.backward(dout), net.grads, net.predict(x, batch_size=4)
        net.save(tmp_path / "net.npz")
        for param in net.params.values():
            param *= 0
        net.load(tmp_path / "net.npz")
        return results, net.params

    same_on_device(case)


@pytest.mark.usefixtures("fake_cupy")
def test_a_network_moves_there_and_back_with_all_that_is_within(rng):
    inner = Network({"mean": Average(5), "two": affine(rng, 5, 3)})
    net = Network({"one": affine(rng, 4, 5), "relu": ReLU(), "inner": inner})
    net.freeze("one")
    x, dout = rng.normal(size=(6, 4)), rng.normal(size=(6, 3))
    net.forward(x)  # moves the running mean
    before, expected = copied(net.state()), (net.predict(x), net.backward(dout))
    assert net.to_device() is net
    assert all(is_on_device(array) for array in net.state().values())
    assert set(net.state()) == set(before)
    assert net.grads == {}
    assert is_on_device(net.predict(to_device(x)))
    net.training = False
    assert_same(net.forward(to_device(x)).get(), expected[0])
    assert_same(net.backward(to_device(dout)).get(), expected[1])
    assert net.to_host() is net
    for name, array in net.state().items():
        assert isinstance(array, np.ndarray)
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.usefixtures("fake_cupy")
def test_state_is_loaded_to_where_the_network_is(rng):
    host, device = (Network([affine(rng, 4, 5)]) for _ in range(2))
    device.to_device()
    saved = copied(host.state())
    device.load_state(host.state())
    own = dict(device.params)
    for param in host.params.values():
        param *= 0
    host.load_state(device.state())
    assert_equal(host.state(), saved)
    assert all(device.params[name] is array for name, array in own.items())


@pytest.mark.usefixtures("fake_cupy")
def test_network_and_data_on_different_sides(net, rng):
    x = rng.normal(size=(6, 4))
    for predict in (net.forward, net.predict):
        with pytest.raises(ValueError, match=r"x lies on the device, but the network on the host"):
            predict(to_device(x))
    net.to_device()
    for predict in (net.forward, net.predict):
        with pytest.raises(
            ValueError, match=r"on the host, but .* on the device: .* to_device\(x\) .* to_host"
        ):
            predict(x)
    assert is_on_device(net.forward(net.bring(x)))
    assert isinstance(net.to_host().bring(to_device(x)), np.ndarray)


@pytest.mark.usefixtures("fake_cupy")
def test_a_network_without_arrays_is_at_home_everywhere(rng):
    net, x = Network([ReLU()]), rng.normal(size=(2, 3))
    assert net.to_device().bring(x) is x
    assert is_on_device(net.forward(to_device(x)))
    assert isinstance(net.forward(x), np.ndarray)


def test_a_network_that_cannot_move_stays(net, monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    before = dict(net.params)
    with pytest.raises(RuntimeError, match="There is no GPU to compute with"):
        net.to_device()
    assert all(net.params[name] is array for name, array in before.items())
