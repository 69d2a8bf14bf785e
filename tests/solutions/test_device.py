"""The stand-in for CuPy refuses what CuPy refuses: code that would fail on a GPU fails on it."""

import copy
import importlib
import inspect
import io
import math
import pickle
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import cupy_differences
import numpy as np
import pytest
from device import DeviceArray, FakeCupy, bytes_sent, is_on_device, synchronizations, to_device

from solutions.regularization import dropout, penalties

X = np.arange(6.0).reshape(2, 3)

REFUSED = {
    "np.asarray": lambda x: np.asarray(x),
    "np.array": lambda x: np.array([x, x]),
    "np.ascontiguousarray": lambda x: np.ascontiguousarray(x),
    "np.float32": lambda x: np.float32(x[0, 0]),
    "rng.permutation": lambda x: np.random.default_rng(0).permutation(x),
    "rng.choice": lambda x: np.random.default_rng(0).choice(x),
    "rows into NumPy": lambda x: np.array(list(x)),
    "iteration of a number": lambda x: list(x.sum()),
    "len of a number": lambda x: len(x.sum()),
    "as an index of a list": lambda x: [1, 2][x[0, 0]],
    "as a range": lambda x: range(x[0, 1]),
    "in a slice": lambda x: x[: x[0, 1]],
    "as a key": lambda x: {x: 1},
    "several as a truth": lambda x: bool(x),
    "several as a number": lambda x: float(x),
    "item of several": lambda x: x.item(),
    "index of a NumPy array": lambda x: X[x.astype(int)],
    "+": lambda x: x + X,
    "+ from the right": lambda x: X + x,
    "+=": lambda x: x.__iadd__(X),
    "+= of a NumPy array": lambda x: X.__iadd__(x),
    "@": lambda x: x @ X.T,
    "@ from the right": lambda x: X.T @ x,
    "a NumPy array of one number": lambda x: x * np.array(2.0),
    "a list": lambda x: x * [1.0, 2.0, 3.0],
    "None": lambda x: x + None,
    "np.where": lambda x: np.where(X > 1, x, 0),
    "np.stack": lambda x: np.stack([x, X]),
    "np.maximum with out": lambda x: np.maximum(x, 0, out=X),
    "np.dot": lambda x: np.dot(x, X.T),
    "NumPy's array into all": lambda x: x.__setitem__(..., X),
    "NumPy's array into a row": lambda x: x.__setitem__(0, X[0]),
    "np.copyto": lambda x: np.copyto(x, X),
    "np.copyto of a NumPy array": lambda x: np.copyto(X, x),
    "where= of a ufunc": lambda x: np.exp(x, where=True),
    "where= of a sum": lambda x: x.sum(where=True),
    "initial=": lambda x: np.max(x, initial=0),
    "initial= of a method": lambda x: x.max(initial=0),
    "min= of clip": lambda x: np.clip(x, min=0),
    "np.maximum.reduce": lambda x: np.maximum.reduce(x),
    "np.multiply.at": lambda x: np.multiply.at(x, 0, 2.0),
    "two outputs": lambda x: np.divmod(x, 2.0, out=(x, x)),
    "a function that CuPy lacks": lambda x: np.insert(x, 0, 1.0),
    "a ufunc that CuPy lacks": lambda x: np.spacing(x),
    "a function of linalg that CuPy lacks": lambda x: np.linalg.svdvals(x),
    "another class among the arrays": lambda x: np.concatenate([x, np.ma.array([1.0])[None]]),
    "setflags": lambda x: x.setflags(write=False),
    "ctypes": lambda x: x.ctypes,
    "repeats on the host": lambda x: np.repeat(x, np.array([1, 2]), axis=0),
    "text": lambda x: array_of(x, ["a"]),
    "objects": lambda x: array_of(x, [None]),
    "128 bits": lambda x: array_of(x, np.zeros(1, np.longdouble)),
    "np of both in a list": lambda x: array_of(x, [x, X]),
}


def array_of(x, values):
    """Make an array of the device, of the module whose array x is."""
    return importlib.import_module("cupy").asarray(values)


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.usefixtures("fake_cupy")
def test_what_cupy_refuses_is_refused(name):
    with pytest.raises((TypeError, ValueError, AttributeError, NotImplementedError)):
        REFUSED[name](to_device(X.copy()))


@pytest.mark.usefixtures("fake_cupy")
def test_an_array_of_the_device_is_no_array_of_numpy():
    assert not isinstance(to_device(X), np.ndarray)


ALLOWED = {
    "operators": lambda x: -x + 2 * x**2 / (1 + abs(x)) - x % 2,
    "scalars of NumPy": lambda x: np.float64(2) * x + x * np.float32(1),
    "in place": lambda x: x.__iadd__(1).__imul__(x),
    "@": lambda x: x @ x.T,
    "comparisons": lambda x: [x < 1, x == 2, x != np.array(3.0), x == None, x != None],  # noqa: E711
    "ufunc with out": lambda x: np.maximum(x, 1, out=x),
    "ufunc of a dtype": lambda x: np.square(x, dtype=np.float32),
    "reductions": lambda x: [x.sum(), x.mean(axis=0), x.max(axis=1, keepdims=True), x.argmax(1)],
    "functions": lambda x: [np.stack([x, x]), np.where(x > 1, x, 0), np.sum(x), np.flip(x, 1)],
    "linalg": lambda x: [np.linalg.norm(x, axis=0), *np.linalg.svd(x, full_matrices=False)],
    "shapes": lambda x: [
        x.T,
        x.reshape(3, -1),
        x[:, None],
        x.transpose(1, 0),
        np.moveaxis(x, 0, 1),
    ],
    "numbers about it": lambda x: [x.shape, x.ndim, x.size, x.nbytes, x.itemsize, np.shape(x)],
    "one number": lambda x: [x[0, 0], x.sum(), x[1][2], x[..., 0]],
    "rows": lambda x: list(x),
    "indices on the host": lambda x: [x[[1, 0]], x[np.array([1])], x.take(np.array([1]), axis=0)],
    "indices on the device": lambda x: x[x.argmax(axis=0), x.argmin(axis=1)[:1]],
    "a mask": lambda x: x[x > 1],
    "numbers of it": lambda x: [
        float(x[0, 1]),
        int(x.sum()),
        bool(x[0, 0]),
        x[0, 1].item(),
    ],
    "complex": lambda x: [complex(x[0, 1]), x.tolist()],
    "as text": lambda x: [f"{x[0, 1]:.3f}", str(x), repr(x.astype(int)), len(x)],
    "copies": lambda x: [copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))],
    "np.allclose": lambda x: bool(np.allclose(x, x)),
    "np.add.at": lambda x: np.add.at(x, x[0].astype(int) % 2, 1.0) or x,
    "np.subtract.outer": lambda x: np.subtract.outer(x, x),
    "np.add.reduce": lambda x: np.add.reduce(x, axis=1),
    "dtypes": lambda x: [x.astype(np.float32), np.zeros_like(x), np.full_like(x, 2, dtype=int)],
    "@=": lambda x: matmul_in_place(x),
}


def matmul_in_place(x):
    x = x[:, :2]
    x @= x
    return x


@pytest.mark.parametrize("name", ALLOWED)
@pytest.mark.usefixtures("fake_cupy")
def test_what_cupy_does_is_done(name):
    expected, found = ALLOWED[name](X.copy()), ALLOWED[name](to_device(X.copy()))
    as_list = [lambda value: value if isinstance(value, list) else [value]][0]
    for host, device in zip(as_list(expected), as_list(found), strict=True):
        assert is_on_device(device) or not isinstance(host, np.ndarray)
        host_again = device.get() if is_on_device(device) else device
        if isinstance(host, str):
            assert host_again == host
        else:
            np.testing.assert_allclose(host_again, host)


WRITES = {
    "a row": lambda x: x[0],
    "a number": lambda x: x[0, 0],
    "a step": lambda x: x[:, ::2],
    "the transpose": lambda x: x.T,
    "another shape": lambda x: x.reshape(-1),
    "windows": lambda x: np.lib.stride_tricks.sliding_window_view(x, 2, axis=1, writeable=True),
}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.usefixtures("fake_cupy")
def test_views_write_through(name):
    x = to_device(X.copy())
    view = WRITES[name](x)
    view[...] = 9
    assert (x == 9).any()
    view += 1
    assert (x == 10).any()


@pytest.mark.usefixtures("fake_cupy")
def test_functions_of_the_module(fake_cupy):
    xp = fake_cupy
    for made in (
        xp.zeros((2, 3), np.float32),
        xp.ones(2),
        xp.arange(3),
        xp.asarray([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32),
        xp.asarray([to_device(np.ones(2)), [2.0, 3.0]]),
        xp.exp(to_device(X)),
        xp.maximum(to_device(X), 0),
        xp.linalg.norm(to_device(X)),
        xp.lib.stride_tricks.as_strided(to_device(X), (2, 2), (8, 8)),
        xp.concatenate([to_device(X), to_device(X)]),
    ):
        assert is_on_device(made)
    x = to_device(np.zeros(3))
    xp.add.at(x, (to_device(np.array([1, 1])),), 2.0)
    assert xp.asnumpy(x).tolist() == [0, 4, 0]
    assert xp.asnumpy(X) is X
    out = to_device(np.zeros(3))
    assert xp.add(x, 1, out=out) is out
    assert xp.add(x, 1, out) is out
    assert xp.float32 is np.float32
    assert xp.pi == math.pi
    for lacking in ("errstate", "nditer", "no_such_function"):
        with pytest.raises(AttributeError):
            getattr(xp, lacking)


@pytest.mark.usefixtures("fake_cupy")
def test_generators_of_the_module(fake_cupy):
    xp = fake_cupy

    def draw(seed):
        rng = xp.random.Generator(xp.random.Philox4x3210(seed))
        return [
            rng.random((2, 3), dtype=np.float32),
            rng.uniform(1, 2, 4),
            rng.integers(5, size=4),
            rng.standard_normal(3),
        ]

    for drawn, same, other in zip(draw(2**62), draw(2**62), draw(1), strict=True):
        assert is_on_device(drawn)
        assert (drawn == same).all()
        assert (drawn != other).any()
    for lacking in ("normal", "shuffle", "choice", "permuted"):
        assert not hasattr(xp.random.Generator, lacking)


def test_writing_to_a_file_is_done_by_cupy_itself():
    """NumPy hands ``np.savez`` over to CuPy, whose own fetches the arrays."""
    file = io.BytesIO()
    assert synchronizations(lambda: np.savez(file, a=DeviceArray(X), b=X)) == 1
    file.seek(0)
    with np.load(file) as arrays:
        np.testing.assert_array_equal(arrays["a"], arrays["b"])


def test_synchronizations_and_what_is_sent_are_counted():
    x = DeviceArray(X)
    assert synchronizations(lambda: [x + 1, x.sum(), x[0], np.where(x > 1, x, 0)]) == 0
    assert synchronizations(lambda: [float(x[0, 0]), x.get(), bool(x[0, 0])]) == 3
    assert synchronizations(lambda: [x[x > 1], np.nonzero(x), np.where(x), np.unique(x)]) == 4
    assert bytes_sent(lambda: [x + 1, x[0], x[1, 2]]) == 0
    assert bytes_sent(lambda: x[np.array([0, 1])]) == 16


def mutant(name, line, changed):
    """A module of the package with one place of its source changed."""
    source = inspect.getsource(importlib.import_module(name))
    assert source.count(line) == 1, f"{line!r} stands {source.count(line)} times in {name}"
    module = ModuleType(name)
    module.np = np
    exec(compile(source.replace(line, changed), name, "exec"), module.__dict__)
    return module


def through(name, *args):
    """A case that puts a batch of pictures through one of a module's layers, in training."""

    def case(module, put):
        return getattr(module, name)(*args, np.random.default_rng(0)).forward(put(PICTURES))

    return case


def augmented(module, put):
    return module.flip(put(PICTURES), np.random.default_rng(0))


def written(module, put):
    with tempfile.TemporaryDirectory() as folder:
        module.write_arrays(Path(folder) / "arrays.npz", {"x": put(X)})


PICTURES = np.linspace(0, 1, 2 * 3 * 4 * 5).reshape(2, 3, 4, 5)

MUTANTS = {
    "np.asarray of what may be anywhere": (
        "solutions.arrays",
        ('if not hasattr(x, "dtype"):\n        x = np.asarray(x)', "x = np.asarray(x)"),
        lambda module, put: module.as_float(put(X)),
    ),
    "isinstance of NumPy's class": (
        "solutions.arrays",
        ('if not hasattr(x, "dtype")', "if not isinstance(x, np.ndarray)"),
        lambda module, put: module.as_float(put(X)),
    ),
    "np.asarray in a layer": (
        "solutions.backpropagation.layers",
        ("return np.maximum(x, 0)", "return np.maximum(np.asarray(x), 0)"),
        lambda module, put: module.ReLU().forward(put(X)),
    ),
    "written without to_host": (
        "solutions.saving",
        ("np.asarray(to_host(array))", "np.asarray(array)"),
        written,
    ),
    "rng.permutation of an array": (
        "solutions.data.datasets",
        ("rng.permutation(len(x))", "rng.permutation(array_module(x).arange(len(x)))"),
        lambda module, put: module.train_validation_test(
            put(X), put(X[:, 0]), np.random.default_rng(0)
        ),
    ),
    "a mask drawn on the host": (
        "solutions.regularization.dropout",
        ("self._mask = (uniform(self.rng, x.shape, x)", "self._mask = (self.rng.random(x.shape)"),
        through("Dropout", 0.5),
    ),
    "a choice left on the host": (
        "solutions.regularization.augmentation",
        ("array_module(x).asarray(rng.random", "np.asarray(rng.random"),
        augmented,
    ),
    "images one by one into NumPy": (
        "solutions.regularization.augmentation",
        ("np.flip(x, axis)", "np.array([np.flip(image, axis - 1) for image in x])"),
        augmented,
    ),
    "a frame of NumPy's": (
        "solutions.convolution.windows",
        ("array_module(x).full(", "np.full("),
        lambda module, put: module.pad(put(PICTURES), 1),
    ),
    "an argument that CuPy lacks": (
        "solutions.regularization.colours",
        ("rgb.max(axis=1)", "rgb.max(axis=1, initial=0)"),
        lambda module, put: module.rgb_to_hsv(put(PICTURES)),
    ),
    "a method that CuPy lacks": (
        "solutions.regularization.colours",
        ("rgb.max(axis=1)", "np.maximum.reduce(rgb, axis=1)"),
        lambda module, put: module.rgb_to_hsv(put(PICTURES)),
    ),
    "a function that CuPy lacks": (
        "solutions.regularization.colours",
        ("np.concatenate([hue, others], axis=1)", "np.insert(others, 0, hue[:, 0], axis=1)"),
        lambda module, put: module.jitter_colours(put(PICTURES), np.random.default_rng(0)),
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
@pytest.mark.usefixtures("fake_cupy")
def test_code_that_would_fail_on_a_gpu_fails_here(name):
    module, change, case = MUTANTS[name]
    case(importlib.import_module(module), to_device)
    case(mutant(module, *change), lambda array: array)  # on the host nobody would notice
    with pytest.raises((TypeError, ValueError, NotImplementedError)):
        case(mutant(module, *change), to_device)


def test_waiting_for_the_device_is_noticed():
    square = "np.square(w, dtype=at_least_float32(w.dtype)).sum()"
    change = (square, f"float({square})")
    params = {"W": DeviceArray(np.ones((2, 3)))}
    for module, expected in [(penalties, 0), (mutant(penalties.__name__, *change), 1)]:
        penalty = module.L2(0.1).penalty
        assert synchronizations(lambda penalty=penalty: penalty(params)) == expected


def test_masks_that_travel_are_noticed(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", FakeCupy())
    change = (
        "self._mask = (uniform(self.rng, x.shape, x)",
        "self._mask = (__import__('cupy').asarray(self.rng.random(x.shape))",
    )
    x = DeviceArray(np.ones((10, 4)))
    for module, expected in [(dropout, 0), (mutant(dropout.__name__, *change), 10 * 4 * 8)]:
        forward = module.Dropout(0.5, np.random.default_rng(0)).forward
        assert bytes_sent(lambda forward=forward: forward(x)) == expected


def test_the_table_of_differences_is_that_of_the_cupy_that_is_installed():
    """Importing CuPy and looking at its functions takes no GPU."""
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed")
    names, arguments = set(), {}
    for prefix, host, device in [("", np, cupy), ("linalg.", np.linalg, cupy.linalg)]:
        for name in host.__all__:
            if not hasattr(device, name):
                names.add(prefix + name)
                continue
            wanted, taken = (arguments_of(getattr(module, name)) for module in (host, device))
            if wanted and taken and not taken & {"kwargs", "kwds"}:
                arguments[prefix + name] = wanted - taken - EVERYWHERE
    assert names == cupy_differences.NAMES
    assert {name: lacking for name, lacking in arguments.items() if lacking} == (
        cupy_differences.ARGUMENTS
    )


EVERYWHERE = {"args", "kw", "kwargs", "like", "device"}
"""Arguments that are not looked at: what takes any, and what nobody here uses."""


def arguments_of(value):
    """The names of a function's arguments; none of what is no function, or does not say."""
    if isinstance(value, type | np.ufunc) or not callable(value):
        return set()
    try:
        return set(inspect.signature(value).parameters)
    except (TypeError, ValueError):
        return set()
