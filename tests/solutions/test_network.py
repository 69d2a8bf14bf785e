"""The network: names, modes, frozen layers, files."""

from itertools import pairwise

import numpy as np
import pytest
from device import same_on_device
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions.backpropagation import Affine, ReLU, Tanh
from solutions.network import Network


class Average:
    """A layer with everything that a layer may have: it takes a running mean off."""

    def __init__(self, size):
        self.params, self.grads = {"shift": np.zeros(size)}, {}
        self.buffers = {"mean": np.zeros(size)}
        self.training = True

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


@settings(derandomize=True, deadline=None, max_examples=20)
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
    assert not hasattr(net.layers["one"], "training")


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
        net.freeze(["three"])
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


def test_layers_that_make_no_network(rng):
    shared = ReLU()
    with pytest.raises(ValueError, match="layers is empty"):
        Network([])
    with pytest.raises(ValueError, match="'relu1' and 'relu2' are the same object"):
        Network([shared, shared])
    with pytest.raises(ValueError, match=r"layer name 'a\.b' must not contain a dot"):
        Network({"a.b": shared})


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
