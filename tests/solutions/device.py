"""A stand-in for CuPy: arrays in memory of their own, which refuse what CuPy's arrays refuse.

``same_on_device(case)`` runs ``case(put)`` twice, with arrays of NumPy and of the device, and
holds the results equal; the fixture ``fake_cupy`` (in conftest.py) has to be in use. It runs a
test on the stand-in and, where there is a GPU, with CuPy itself.

What CuPy refuses was read in the source of its release 14.2, and tried on its own class as far as
that goes without a GPU. The stand-in is stricter in two things: a NumPy array that some of CuPy's
functions would send to the device without a word is refused, and so is an index out of bounds,
which in CuPy goes round.
"""

import functools
import sys
from types import ModuleType, SimpleNamespace

import cupy_differences
import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

SCALARS = {int, float, bool, complex} | {np.dtype(code).type for code in "?bhilqBHILQefdFD"}
"""The types of numbers that CuPy computes with."""

COMPARISONS = {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal"}

WRITERS = {"save", "savez", "savez_compressed"}

WAITING = {"nonzero", "flatnonzero", "argwhere", "unique", "bincount", "extract", *WRITERS}
"""Functions for which the host waits: how large their result is, only the device knows."""

PREDICATES = {"allclose", "array_equal", "array_equiv"}
"""Functions that return an array of one truth value, where NumPy's return the value."""


class DeviceArray(NDArrayOperatorsMixin):
    """Like ``cupy.ndarray``: it is no ``numpy.ndarray``, and never meets one.

    Attributes
    ----------
    synchronizations : int
        How often the host has waited for a result, over all arrays.
    sent : int
        How many bytes have gone from the host to the device, in arrays.
    """

    __array_priority__ = 100
    __hash__ = None
    synchronizations = 0
    sent = 0

    def __init__(self, host):
        self._host = host

    def __array__(self, dtype=None, copy=None):
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. "
            "Please use `.get()` to construct a NumPy array explicitly."
        )

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **kwargs):
        if ufunc.__name__ in cupy_differences.NAMES:
            return NotImplemented
        if len(out) > 1:
            raise ValueError("The 'out' parameter must have exactly one array value")
        if not all(isinstance(x, DeviceArray | np.ndarray) or type(x) in SCALARS for x in inputs):
            return NotImplemented
        if ufunc.__name__ in COMPARISONS:
            inputs = [x.item() if isinstance(x, np.ndarray) and x.ndim == 0 else x for x in inputs]
        return compute(ufunc, method, inputs, *out, **kwargs)

    def __array_function__(self, function, types, args, kwargs):
        path = [*function.__module__.split(".")[1:], function.__name__]
        try:
            own = functools.reduce(getattr, path, MODULE)
        except AttributeError:
            return NotImplemented
        if not all(issubclass(kind, DeviceArray | np.ndarray) for kind in types):
            return NotImplemented
        return own(*args, **kwargs)

    def __eq__(self, other):
        return to_device(np.zeros(self.shape, bool)) if other is None else super().__eq__(other)

    def __ne__(self, other):
        return to_device(np.ones(self.shape, bool)) if other is None else super().__ne__(other)

    def __pow__(self, other):
        if type(other) in (int, float) and other == 2:
            return np.square(self)  # as `x ** 2` of a NumPy array, in every release
        return super().__pow__(other)

    def __imatmul__(self, other):
        return NotImplemented  # so that x @= y is x = x @ y, and not in place

    def __getitem__(self, key):
        parts, advanced = indices(key)
        if any(isinstance(part, np.ndarray) and part.dtype == bool for part in parts):
            DeviceArray.synchronizations += 1  # how many are there?
        if not advanced and not any(part is Ellipsis for part in parts):
            parts = (*parts, ...)  # a view, even of one number
        return to_device(self._host[parts])

    def __setitem__(self, key, value):
        parts, advanced = indices(key)
        if advanced:
            value = asarray(value)
        elif not isinstance(value, DeviceArray) and np.ndim(value):
            raise ValueError("non-scalar numpy.ndarray cannot be used for fill")
        self._host[parts] = value._host if isinstance(value, DeviceArray) else value

    def __iter__(self):
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of unsized object")
        return len(self._host)

    def get(self):
        """Return a copy in host memory."""
        DeviceArray.synchronizations += 1
        return self._host.copy()

    def item(self):
        """Return the one number that is in it."""
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self.get().item()

    def tolist(self):
        """Return nested lists of numbers."""
        return self.get().tolist()

    def __bool__(self):
        return bool(self.get())

    def __int__(self):
        return int(self.get())

    def __float__(self):
        return float(self.get())

    def __complex__(self):
        return complex(self.get())

    def __repr__(self):
        return repr(self.get())

    def __str__(self):
        return str(self.get())

    def __format__(self, how):
        return format(self.get(), how)

    def __copy__(self):
        return self.copy()

    def __deepcopy__(self, memo):
        return self.copy()

    def __reduce__(self):
        return asarray, (self.get(),)


def forward_attributes():
    """Give ``DeviceArray`` the attributes and the methods that CuPy's arrays have of NumPy's."""
    for name in ["dtype", "flags", "itemsize", "nbytes", "ndim", "shape", "size", "strides"]:
        setattr(DeviceArray, name, property(lambda self, name=name: getattr(self._host, name)))
    for name in ["T", "mT", "real", "imag"]:
        view = property(lambda self, name=name: to_device(getattr(self._host, name)))
        setattr(DeviceArray, name, view)
    methods = """all any argmax argmin argpartition argsort astype choose clip compress conj copy
    cumprod cumsum diagonal dot fill flatten max mean min nonzero partition prod put ravel repeat
    reshape round searchsorted sort squeeze std sum swapaxes take trace transpose var view"""
    for name in methods.split():
        setattr(DeviceArray, name, method(name))


def method(name):
    """Return a method of NumPy's arrays, for an array of the device."""
    return lambda self, *args, **kwargs: call(
        name, getattr(np.ndarray, name), (self, *args), kwargs
    )


def indices(key):
    """Return an index as a tuple for NumPy, and whether arrays are in it: then it makes copies."""
    parts = key if isinstance(key, tuple) else (key,)
    arrays = [isinstance(part, DeviceArray | np.ndarray | list | tuple) for part in parts]
    pairs = zip(parts, arrays, strict=True)
    return tuple(asarray(p)._host if is_array else p for p, is_array in pairs), any(arrays)


def asarray(value, dtype=None):
    """Return an array of the device: the one way there from the host."""
    if not isinstance(value, DeviceArray):
        nested = isinstance(value, tuple | list)
        host = np.array(bare(value) if nested and on_device_within(value) else value)
        if host.dtype.char not in "?bhilqBHILQefdFD":
            raise ValueError(f"Unsupported dtype {host.dtype}")
        DeviceArray.sent += host.nbytes if host.ndim else 0
        value = DeviceArray(host)
    return value if dtype is None else value.astype(dtype, copy=False)


def on_device_within(values):
    """Whether an array of the device is in nested lists."""
    return any(
        isinstance(v, DeviceArray) or (isinstance(v, tuple | list) and on_device_within(v))
        for v in values
    )


def to_device(value):
    """Return NumPy arrays and scalars, however nested, as arrays of the device."""
    if isinstance(value, np.ndarray | np.generic):
        cupy = sys.modules.get("cupy")
        if isinstance(cupy, FakeCupy | None):
            return DeviceArray(np.asarray(value))
        return cupy.asarray(value)
    if isinstance(value, tuple | list):
        items = [to_device(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    return value


def bare(value):
    """Return what is within arrays of the device; a NumPy array has no business there."""
    if isinstance(value, DeviceArray):
        return value._host
    if isinstance(value, np.ndarray):
        raise TypeError("Unsupported type: a NumPy array meets an array of the device")
    if isinstance(value, tuple | list):
        return type(value)(bare(item) for item in value)
    if isinstance(value, dict):
        return {key: bare(item) for key, item in value.items()}
    return value


def call(name, function, args, kwargs):
    """Call a function of NumPy as CuPy's of that name: with its arguments, on its arrays."""
    lacking = cupy_differences.ARGUMENTS.get(name, set()) & set(kwargs)
    if lacking:
        raise TypeError(f"{name}() got an unexpected keyword argument {lacking.pop()!r}")
    if name in WAITING or (name == "where" and len(args) == 1):
        DeviceArray.synchronizations += 1
    if name in WRITERS:  # they take arrays of both
        args = [to_host(arg) for arg in args]
        return function(*args, **{key: to_host(value) for key, value in kwargs.items()})
    if name == "take":  # nor is this one strict: as in x[rows]
        args = [args[0], *map(asarray, args[1:2]), *args[2:]]
    result = function(*bare(args), **bare(kwargs))
    if result is None or name in PREDICATES:
        return result if result is None else to_device(np.bool_(result))
    given = [x for x in (*args, *kwargs.values()) if isinstance(x, DeviceArray)]
    return next((x for x in given if x._host is result), to_device(result))


def to_host(value):
    """Return an array of the device as NumPy's; anything else as it is."""
    return value._host if isinstance(value, DeviceArray) else value


def compute(ufunc, method, inputs, out=None, **kwargs):
    """Do what a ufunc does, or one of its methods; return an array of the device."""
    if ufunc.__name__ not in cupy_differences.METHODS.get(method, {ufunc.__name__}):
        raise NotImplementedError(f"`cupy_{ufunc.__name__}.{method}` is not supported yet")
    wrong = set(kwargs) - {"dtype", "casting"}
    if method == "__call__" and ufunc.signature is None and wrong:
        raise TypeError(f"Wrong arguments {wrong}")
    if method == "at":
        x, key, *value = inputs
        ufunc.at(bare(x), indices(key)[0], *bare(value))
        return None
    if out is not None:
        kwargs["out"] = bare(out)
    result = getattr(ufunc, method)(*bare(list(inputs)), **kwargs)
    return to_device(result) if out is None else out


class Ufunc:
    """One of CuPy's ufuncs."""

    def __init__(self, ufunc):
        self.ufunc = ufunc

    def __call__(self, *inputs, out=None, **kwargs):
        outputs = [*inputs[self.ufunc.nin :], *([] if out is None else [out])]
        return compute(self.ufunc, "__call__", inputs[: self.ufunc.nin], *outputs, **kwargs)

    def __getattr__(self, method):
        return lambda *inputs, **kwargs: compute(self.ufunc, method, inputs, **kwargs)


class Namespace:
    """A part of the module, or all of it: NumPy's functions, but for those that CuPy lacks."""

    def __init__(self, host, prefix=""):
        self.host, self.prefix = host, prefix

    def __getattr__(self, name):
        if self.prefix + name in cupy_differences.NAMES or not hasattr(self.host, name):
            raise AttributeError(f"CuPy has no {self.prefix}{name}")
        value = getattr(self.host, name)
        if isinstance(value, np.ufunc):
            return Ufunc(value)
        if isinstance(value, type) or not callable(value):
            return value
        return lambda *args, **kwargs: call(self.prefix + name, value, args, kwargs)


class FakeCupy(ModuleType):
    """The module."""

    ndarray = DeviceArray

    def __init__(self, works=True):
        super().__init__("cupy")
        self.asarray = self.array = self.asanyarray = self.ascontiguousarray = asarray
        self.asnumpy = lambda value: value.get() if isinstance(value, DeviceArray) else value
        self.linalg = Namespace(np.linalg, "linalg.")
        self.lib = SimpleNamespace(stride_tricks=Namespace(np.lib.stride_tricks))
        self.random = SimpleNamespace(Generator=Generator, Philox4x3210=Philox4x3210)
        self.cuda = SimpleNamespace(is_available=lambda: works)

    def __getattr__(self, name):
        return getattr(Namespace(np), name)


class Philox4x3210:
    """The seed of a generator: of a longer one CuPy's takes 32 bits, so mixed that all count."""

    def __init__(self, seed=None):
        self.seed = np.random.SeedSequence(seed).generate_state(1)


class Generator:
    """A generator on the device, with those methods that CuPy's has; its numbers are others."""

    def __init__(self, bit_generator):
        self._host = np.random.default_rng(bit_generator.seed)

    def random(self, size=None, dtype=np.float64):
        return to_device(self._host.random(size, dtype))

    def integers(self, low, high=None, size=None, dtype=np.int64, endpoint=False):
        return to_device(self._host.integers(low, high, size, dtype, endpoint))

    def uniform(self, low=0.0, high=1.0, size=None, dtype=np.float64):
        return to_device(self._host.uniform(low, high, size).astype(dtype))

    def standard_normal(self, size=None, dtype=np.float64):
        return to_device(self._host.standard_normal(size, dtype))


forward_attributes()
MODULE = FakeCupy()


def leaves(value):
    """All arrays and numbers of a result, however nested."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, tuple | list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def is_on_device(value):
    """Whether a value is an array of the device, be it the stand-in's or CuPy's."""
    return isinstance(value, sys.modules["cupy"].ndarray)


def same_on_device(case):
    """Assert that ``case(put)`` gives the same on the device as on the host, and stays there."""
    expected, found = leaves(case(lambda array: array)), leaves(case(to_device))
    for host, device in zip(expected, found, strict=True):
        assert is_on_device(device) or not isinstance(host, np.ndarray)
        assert isinstance(host, np.ndarray | np.generic) or not is_on_device(device)
        assert_same(device.get() if is_on_device(device) else device, host)


def assert_same(found, expected):
    """Assert that results are equal: to the bit from the stand-in, but for rounding from a GPU."""
    found, expected = np.asarray(found), np.asarray(expected)
    if isinstance(sys.modules["cupy"], FakeCupy) or expected.dtype.kind != "f":
        np.testing.assert_array_equal(found, expected)
        return
    assert found.dtype == expected.dtype
    tolerance = {8: 1e-9, 4: 1e-4, 2: 1e-2}[expected.dtype.itemsize]
    scale = np.abs(expected[np.isfinite(expected)]).max(initial=1e-30)
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * scale)


def drawn_on_the_host(rng, shape, like):
    """Do what ``uniform`` does, but with the same numbers on both sides, so that results compare.

    ``monkeypatch.setattr(module, "uniform", drawn_on_the_host)`` puts it in its place.
    """
    drawn = rng.random(shape).astype(like.dtype)
    return to_device(drawn) if is_on_device(like) else drawn


def synchronizations(action):
    """Return how often the host waits for the device while an action runs."""
    before = DeviceArray.synchronizations
    action()
    return DeviceArray.synchronizations - before


def bytes_sent(action):
    """Return how many bytes an action sends from the host to the device."""
    before = DeviceArray.sent
    action()
    return DeviceArray.sent - before
