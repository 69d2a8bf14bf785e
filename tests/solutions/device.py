"""A stand-in for CuPy: arrays in host memory that refuse what CuPy's arrays refuse.

``same_on_device(case)`` runs ``case(put)`` twice, with arrays of NumPy and of the device, and
holds the results equal; the fixture ``fake_cupy`` (in conftest.py) has to be in use. It runs a
test on the stand-in and, where there is a GPU, with CuPy itself.
"""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np

MISSING = {"errstate", "seterr", "nditer", "vectorize", "savez", "load", "random", "testing"}
"""What CuPy does not have, or has otherwise than NumPy."""


class DeviceArray(np.ndarray):
    """Like ``cupy.ndarray``: it never meets a NumPy array, and reductions stay arrays."""

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        kwargs = to_host(kwargs if out is None else {**kwargs, "out": out})
        result = getattr(ufunc, method)(*to_host(inputs), **kwargs)
        return out[0] if out is not None else to_device(result)

    def __array_function__(self, func, types, args, kwargs):
        if func.__name__ in MISSING:
            raise TypeError(f"CuPy has no {func.__name__}")
        return to_device(func(*to_host(args), **to_host(kwargs)))

    def __getitem__(self, key):
        return to_device(self.view(np.ndarray)[to_host(key)])

    def __setitem__(self, key, value):
        self.view(np.ndarray)[to_host(key)] = to_host(value)

    def get(self):
        """Return a copy in host memory."""
        return np.array(self.view(np.ndarray))


def to_device(value):
    """Return NumPy arrays and scalars, however nested, as arrays of the device."""
    if isinstance(value, np.ndarray | np.generic):
        cupy = sys.modules.get("cupy")
        if isinstance(cupy, FakeCupy | None):
            return np.asarray(value).view(DeviceArray)
        return cupy.asarray(value)
    if isinstance(value, tuple | list):
        items = [to_device(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    return value


def to_host(value):
    """Return arrays of the device as NumPy's; a NumPy array has no business there."""
    if isinstance(value, DeviceArray):
        return value.view(np.ndarray)
    if isinstance(value, np.ndarray) and value.ndim > 0:
        raise TypeError("a NumPy array meets an array of the device")
    if isinstance(value, tuple | list):
        return type(value)(to_host(item) for item in value)
    if isinstance(value, dict):
        return {key: to_host(item) for key, item in value.items()}
    return value


class FakeCupy(ModuleType):
    """The module: NumPy's functions, but for those that CuPy lacks, on arrays of the device."""

    ndarray = DeviceArray

    def __init__(self, works=True):
        super().__init__("cupy")
        self.linalg = Namespace(np.linalg)
        self.lib = SimpleNamespace(stride_tricks=Namespace(np.lib.stride_tricks))
        self.cuda = SimpleNamespace(is_available=lambda: works)

    def asarray(self, value, dtype=None):
        if not isinstance(value, DeviceArray):  # the one way from the host to the device
            value = np.array(value).view(DeviceArray)
        return value if dtype is None else value.astype(dtype, copy=False)

    array = asarray

    def __getattr__(self, name):
        return on_device(np, name)


class Namespace:
    """A part of the module."""

    def __init__(self, host):
        self.host = host

    def __getattr__(self, name):
        return on_device(self.host, name)


def on_device(host, name):
    """A function of NumPy that takes and returns arrays of the device; types and numbers as is."""
    if name in MISSING or not hasattr(host, name):
        raise AttributeError(f"CuPy has no {name}")
    value = getattr(host, name)
    if isinstance(value, type) or not callable(value):
        return value
    return lambda *args, **kwargs: to_device(value(*to_host(args), **to_host(kwargs)))


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
        assert is_on_device(device) == isinstance(host, np.ndarray)
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
