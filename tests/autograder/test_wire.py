"""What is sent arrives; whatever else comes is refused with WireError, and nothing else."""

from __future__ import annotations

import contextlib
import enum
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.inside import wire
from autograder.inside.wire import PREFIX, Callback, Handle, Seed, WireError, decode, encode

DTYPES = [np.dtype(code) for code in sorted(wire.DTYPES)]


def frame(header: Any, binary: bytes = b"") -> bytes:
    """Return a frame with this header, whatever it says."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return PREFIX.pack(b"HGW1", len(text), len(binary)) + text + binary


def same(a: Any, b: Any) -> bool:
    """Return whether two values are of the same types and equal; NaN is equal to itself."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, complex):
        return same(a.real, b.real) and same(a.imag, b.imag)
    if isinstance(a, float):
        return repr(a) == repr(b)
    return bool(a == b)


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | st.builds(Handle, st.integers(0, 9), st.lists(st.text(max_size=4), max_size=2).map(tuple))
    | st.builds(Callback, st.integers(0, 9))
    | st.builds(Seed, st.integers(0, 2**32))
)
shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
arrays = st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, shapes))
keys = st.text(max_size=4) | st.integers(-9, 9) | st.none()
values = st.recursive(
    scalars | arrays,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(keys, inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values)
@settings(max_examples=150)
def test_what_is_sent_arrives(value: Any) -> None:
    assert same(decode(encode(value)), value)


@given(values)
@settings(max_examples=50)
def test_the_same_value_gives_the_same_bytes(value: Any) -> None:
    assert encode(value) == encode(decode(encode(value)))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7e308])
def test_special_numbers_arrive(value: float) -> None:
    assert repr(decode(encode(value))) == repr(value)
    assert decode(encode(np.array([value]))).tobytes() == np.array([value]).tobytes()


@pytest.mark.parametrize("value", [2**53, -(2**53), 10**400, -(10**400)])
def test_integers_of_any_size_arrive(value: int) -> None:
    assert decode(encode(value)) == value


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_scalars_of_numpy_stay_scalars(dtype: np.dtype[Any]) -> None:
    scalar = np.ones((), dtype)[()]
    assert type(decode(encode(scalar))) is type(scalar)
    assert decode(encode(np.ones((), dtype))).shape == ()


def test_arrays_arrive_fresh_and_in_the_order_of_their_elements() -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    for view in (
        x.T,
        x[:, ::-1],
        np.asfortranarray(x),
        x.astype(">f8"),
        np.broadcast_to(x, x.shape),
    ):
        got = decode(encode(view))
        assert got.flags.writeable
        assert got.dtype.isnative
        np.testing.assert_array_equal(got, view)


class Loud(np.ndarray[Any, Any]):
    """An array with behaviour of its own."""

    def tobytes(self, *_: Any) -> bytes:
        raise AssertionError("behaviour was used")

    def __eq__(self, other: object) -> Any:
        return True


def test_subclasses_of_arrays_travel_as_plain_arrays() -> None:
    for value in (np.ones(3).view(Loud), np.ma.array([1.0, 2.0], mask=[0, 1])):
        assert type(decode(encode(value))) is np.ndarray


class Colour(enum.IntEnum):
    RED = 1


class Text(str):
    """A text with behaviour of its own."""


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1, 2},
        Colour.RED,
        Text("a"),
        len,
        np.array([None, 1]),
        np.array(["a"]),
        np.array("2026-03-01", "M8[D]"),
        np.zeros(2, "i4,f8"),
        np.longdouble(1),
        range(3),
        bytearray(b"a"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_data_is_refused_or_replaced(value: Any) -> None:
    with pytest.raises(WireError, match="is not data"):
        encode({"a": [value]})
    assert decode(encode([value], lambda _: Handle(7))) == [Handle(7)]


@pytest.mark.parametrize("key", [1.5, (1, 2), b"a", np.int64(1), Text("a"), frozenset()])
def test_keys_of_dictionaries_are_plain(key: Any) -> None:
    with pytest.raises(WireError, match="cannot be the key"):
        encode({key: 1})


def test_keys_keep_their_types() -> None:
    value = {"1": "text", 1: "number", None: "none", False: "false"}
    assert same(decode(encode(value)), value)


def test_what_is_too_large_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    deep: Any = 0
    for _ in range(wire.MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(WireError, match="nested too deeply"):
        encode(deep)
    with pytest.raises(WireError, match="too many parts"):
        encode([0] * (wire.MAX_NODES + 1))
    looped: list[Any] = []
    looped.append(looped)
    with pytest.raises(WireError, match="nested too deeply"):
        encode(looped)
    monkeypatch.setattr(wire, "MAX_BINARY", 7)
    with pytest.raises(WireError, match="too large"):
        encode(np.zeros(1))


SAMPLE = encode({"a": [np.arange(3.0), 1.5, math.nan, None], 2: (b"xy", Handle(1), 10**20, 1j)})


def test_every_truncation_is_refused() -> None:
    for size in range(len(SAMPLE)):
        with pytest.raises(WireError):
            decode(SAMPLE[:size])
    with pytest.raises(WireError, match="not as long as it says"):
        decode(SAMPLE + b"\0")


@given(st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), max_size=4))
@settings(max_examples=400)
def test_flipped_bytes_are_data_or_refused(changes: list[tuple[int, int]]) -> None:
    changed = bytearray(SAMPLE)
    for at, value in changes:
        changed[at] = value
    with contextlib.suppress(WireError):
        decode(bytes(changed))


TAGS = ["array", "shape", "scalar", "int", "float", "complex", "bytes", "tuple", "dict", "x"]
TAGS += ["handle", "callback", "seed"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(TAGS),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)


@given(json_values, st.binary(max_size=16))
@settings(max_examples=400)
def test_any_header_is_data_or_refused(header: Any, binary: bytes) -> None:
    with contextlib.suppress(WireError):
        decode(frame(header, binary))


def array(code: Any = "f8", shape: Any = (1,), scalar: Any = False) -> Any:
    return {
        "array": code,
        "shape": list(shape) if isinstance(shape, tuple) else shape,
        "scalar": scalar,
    }


@pytest.mark.parametrize(
    ("header", "binary"),
    [
        (b"", b""),
        (b"not json", b""),
        (b"\xff\xfe", b""),
        (b"NaN", b""),
        (b"Infinity", b""),
        (b"1 2", b""),
        (b"[" * 100_000, b""),
        (b"9" * 10_000, b""),
        ({}, b""),
        ({"unknown": 1}, b""),
        ({"handle": 1, "seed": 2}, b""),
        ({"handle": 1}, b""),
        ({"handle": []}, b""),
        ({"handle": [-1]}, b""),
        ({"handle": [True]}, b""),
        ({"handle": [1.0]}, b""),
        ({"handle": [1, 2]}, b""),
        ({"handle": [1, "x" * 101]}, b""),
        ({"callback": "1"}, b""),
        ({"seed": None}, b""),
        ({"int": 1}, b""),
        ({"int": "zz"}, b""),
        ({"int": "0x" + "f" * 70_000}, b""),
        ({"float": "12345678.5"}, b""),
        ({"float": "one"}, b""),
        ({"complex": [1]}, b""),
        ({"complex": [1, "2"]}, b""),
        ({"complex": [1, True]}, b""),
        ({"complex": {"0": 1}}, b""),
        ({"complex": [{"int": "0x" + "f" * 4000}, 1]}, b""),
        ({"bytes": 3}, b"ab"),
        ({"bytes": -1}, b""),
        ({"bytes": 2**70}, b""),
        ({"tuple": "ab"}, b""),
        ({"dict": [[1]]}, b""),
        ({"dict": [[[], 1]]}, b""),
        ({"dict": [[{}, 1]]}, b""),
        ({"dict": [[0.5, 1]]}, b""),
        ({"dict": {"a": 1}}, b""),
        ({"array": "f8"}, b"\0" * 8),
        (array("O"), b"\0" * 8),
        (array("f16"), b"\0" * 16),
        (array("V8"), b"\0" * 8),
        (array(">f8"), b"\0" * 8),
        (array([]), b"\0" * 8),
        (array(shape=(2,)), b"\0" * 8),
        (array(shape=(-1,)), b"\0" * 8),
        (array(shape=(1.0,)), b"\0" * 8),
        (array(shape=(True,)), b"\0" * 8),
        (array(shape={"0": 1}), b"\0" * 8),
        (array(shape=(1,) * 33), b"\0" * 8),
        (array(shape=(2**26,) * 8), b""),
        (array(shape=(0, *(2**26,) * 8)), b""),
        (array(shape=(2**40,)), b""),
        (1, b"left over"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_nonsense_is_refused(header: Any, binary: bytes) -> None:
    with pytest.raises(WireError):
        decode(frame(header, binary))


def test_deep_and_wide_headers_are_refused() -> None:
    for opening, closing in ((b"[", b"]"), (b'{"tuple":[', b"]}"), (b'{"dict":[["a",', b"]]}")):
        with pytest.raises(WireError, match="nested too deeply"):
            decode(frame(opening * 40 + b"1" + closing * 40))
    with pytest.raises(WireError, match="too many parts"):
        decode(frame([0] * (wire.MAX_NODES + 1)))


@pytest.mark.parametrize(
    "prefix",
    [
        PREFIX.pack(b"HGW2", 1, 0),
        PREFIX.pack(b"HGW1", wire.MAX_HEADER + 1, 0),
        PREFIX.pack(b"HGW1", 1, wire.MAX_BINARY + 1),
        PREFIX.pack(b"HGW1", 1, 2**63),
    ],
)
def test_claimed_lengths_are_looked_at_before_anything_is_read(prefix: bytes) -> None:
    with pytest.raises(WireError, match="not a frame"):
        wire.lengths(prefix)
    with pytest.raises(WireError, match="not a frame"):
        decode(prefix + b"1")


def test_a_seed_gives_the_same_numbers_as_its_generator() -> None:
    (seed,) = decode(encode([Seed(5)]))
    assert seed == Seed(5)
