"""The wire format: plain values and arrays as bytes, and nothing else.

A frame is ``HGW1``, the two lengths, a JSON header, and the raw bytes of its arrays. It carries
data only: no pickle, no code, no object with behaviour. What has behaviour stays on its own side
and travels as a numbered `Handle`; a function of the grader travels as a `Callback`, a seeded
random generator as its `Seed`.

Decoding trusts nothing: lengths are checked before anything is allocated, and whatever is not
exactly of this format raises `WireError`.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAGIC = b"HGW1"
PREFIX = struct.Struct("<4sIQ")
_CODES = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]
DTYPES = {code: np.dtype(f"<{code}") for code in _CODES}
ARRAYS = (np.ndarray, np.generic)
MAX_HEADER = 4 << 20
MAX_BINARY = 64 << 20
MAX_DEPTH = 24
MAX_NODES = 100_000
MAX_DIMENSIONS = 32
MOST_METHODS = 64
MOST_TEXT = 500
"""Characters of what an exception says that travel."""


class WireError(ValueError):
    """The bytes or the value are not of the wire format."""


@dataclass(frozen=True)
class Handle:
    """An object that stays on the student's side, and the methods that it says it has."""

    id: int
    methods: tuple[str, ...] = ()


@dataclass(frozen=True)
class Callback:
    """A function that stays on the grader's side."""

    id: int


@dataclass(frozen=True)
class Seed:
    """A seeded ``numpy.random.Generator``, made afresh where it arrives."""

    value: int


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a value with what ``change`` returns in the place of all that is in no container."""
    if isinstance(value, list):
        return [mapped(item, change) for item in value]
    if isinstance(value, tuple):
        return tuple(mapped(item, change) for item in value)
    if isinstance(value, dict):
        return {key: mapped(item, change) for key, item in value.items()}
    return change(value)


Fallback = Callable[[Any], Handle | Callback | Seed]


def refuse(value: Any) -> Handle:
    """Raise, for a value that is not data: the fallback where nothing else is allowed."""
    raise WireError(f"a {type(value).__name__} is not data")


@dataclass
class _Encoder:
    fallback: Fallback
    chunks: list[bytes] = field(default_factory=list)
    nodes: int = 0

    def node(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise WireError("the value is nested too deeply or has too many parts")
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            return value if abs(value) < 1 << 53 else {"int": hex(value)}
        if kind is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        if kind is complex:
            return {"complex": [self.node(value.real, depth + 1), self.node(value.imag, depth + 1)]}
        if kind is bytes:
            self.chunks.append(value)
            return {"bytes": len(value)}
        if kind is list:
            return [self.node(item, depth + 1) for item in value]
        if kind is tuple:
            return {"tuple": [self.node(item, depth + 1) for item in value]}
        if kind is dict:
            return {"dict": [[self.key(k), self.node(v, depth + 1)] for k, v in value.items()]}
        if isinstance(value, ARRAYS):
            return self.array(value)
        if kind is Handle:
            return {"handle": [value.id, *value.methods]}
        if kind is Callback:
            return {"callback": value.id}
        if kind is Seed:
            return {"seed": value.value}
        return self.node(self.fallback(value), depth + 1)

    def key(self, key: Any) -> Any:
        if type(key) not in (str, int, bool, type(None)):
            raise WireError(f"a {type(key).__name__} cannot be the key of a dictionary here")
        return key

    def array(self, value: Any) -> Any:
        plain = np.asarray(value, order="C")
        code = plain.dtype.str[1:]
        if code not in DTYPES:
            return self.node(self.fallback(value), 0)
        if plain.dtype != DTYPES[code]:
            plain = plain.astype(DTYPES[code])
        self.chunks.append(plain.tobytes())
        return {"array": code, "shape": list(plain.shape), "scalar": isinstance(value, np.generic)}


def encode(value: Any, fallback: Fallback = refuse) -> bytes:
    """Return the frame of a value.

    Parameters
    ----------
    value : object
        None, bool, int, float, complex, str, bytes, arrays and scalars of NumPy, handles, and
        lists, tuples and dictionaries of these. Subclasses of arrays travel as plain arrays.
    fallback : function
        Called with anything else; returns what travels in its place.

    Raises
    ------
    WireError
        For a value that is too large, too deep, or not data.
    """
    encoder = _Encoder(fallback)
    header = _TO_JSON(encoder.node(value, 0)).encode()
    binary = b"".join(encoder.chunks)
    if len(header) > MAX_HEADER or len(binary) > MAX_BINARY:
        raise WireError("the value is too large to be sent")
    return PREFIX.pack(MAGIC, len(header), len(binary)) + header + binary


def lengths(prefix: bytes) -> tuple[int, int]:
    """Return the lengths of header and binary part that a frame's prefix announces."""
    magic, header, binary = PREFIX.unpack(prefix)
    if magic != MAGIC or header > MAX_HEADER or binary > MAX_BINARY:
        raise WireError("not a frame, or one that is too large")
    return header, binary


@dataclass
class _Decoder:
    binary: memoryview
    at: int = 0
    nodes: int = 0

    def node(self, node: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise WireError("nested too deeply, or too many parts")
        kind = type(node)
        if kind is list:
            return [self.node(item, depth + 1) for item in node]
        if kind is not dict:
            return node
        if "array" in node:
            return self.array(node)
        if len(node) != 1:
            raise WireError("not a value of this format")
        ((tag, content),) = node.items()
        decode_tag = getattr(self, f"tag_{tag}", None)
        if decode_tag is None:
            raise WireError("not a value of this format")
        return decode_tag(content, depth + 1)

    def take(self, size: int) -> memoryview:
        if size < 0 or self.at + size > len(self.binary):
            raise WireError("the binary part is too short")
        part = self.binary[self.at : self.at + size]
        self.at += size
        return part

    def array(self, node: dict[str, Any]) -> Any:
        code, shape, scalar = node["array"], node.get("shape"), node.get("scalar")
        if code not in DTYPES or type(shape) is not list or len(shape) > MAX_DIMENSIONS:
            raise WireError("not an array of this format")
        if not all(type(n) is int and 0 <= n <= MAX_BINARY for n in shape):
            raise WireError("not the shape of an array")
        dtype = DTYPES[code]
        part = self.take(math.prod(shape) * dtype.itemsize)
        array = np.frombuffer(part, dtype).reshape(shape).astype(dtype.newbyteorder("="))
        return array[()] if scalar is True and not shape else array

    def tag_int(self, content: Any, depth: int) -> int:
        return int(_text(content, 1 << 16), 16)

    def tag_float(self, content: Any, depth: int) -> float:
        return float(_text(content, 8))

    def tag_complex(self, content: Any, depth: int) -> complex:
        real, imag = (self.node(part, depth) for part in _items(content, 2))
        return complex(_number(real), _number(imag))

    def tag_bytes(self, content: Any, depth: int) -> bytes:
        return bytes(self.take(_count(content)))

    def tag_tuple(self, content: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self.node(item, depth) for item in _items(content))

    def tag_dict(self, content: Any, depth: int) -> dict[Any, Any]:
        found = {}
        for pair in _items(content):
            key, value = _items(pair, 2)
            if type(key) in (list, dict, float):
                raise WireError("not the key of a dictionary")
            found[key] = self.node(value, depth)
        return found

    def tag_handle(self, content: Any, depth: int) -> Handle:
        number, *methods = _items(content) or [None]
        return Handle(_count(number), tuple(_text(name, 100) for name in methods[:MOST_METHODS]))

    def tag_callback(self, content: Any, depth: int) -> Callback:
        return Callback(_count(content))

    def tag_seed(self, content: Any, depth: int) -> Seed:
        return Seed(_count(content))


def _items(content: Any, count: int | None = None) -> list[Any]:
    if type(content) is not list or (count is not None and len(content) != count):
        raise WireError("not a list of the right length")
    return content


def _text(content: Any, longest: int) -> str:
    if type(content) is not str or len(content) > longest:
        raise WireError("not a text of the right length")
    return content


def _count(content: Any) -> int:
    if type(content) is not int or content < 0:
        raise WireError("not a natural number")
    return content


def _number(value: Any) -> float:
    if type(value) not in (int, float):
        raise WireError("not a number")
    return float(value)


def _no_constant(name: str) -> float:
    raise WireError(f"{name} in the header")


def text_of(error: BaseException) -> str:
    """Return what an exception says, of which no more travels."""
    if type(error) is RecursionError:
        return "maximum recursion depth exceeded"  # how it goes on depends on who called whom
    try:
        return str(error)[:MOST_TEXT]
    except Exception:
        return ""


_TO_JSON = json.JSONEncoder(check_circular=False, allow_nan=False, separators=(",", ":")).encode
_FROM_JSON = json.JSONDecoder(parse_constant=_no_constant).raw_decode


def decode(frame: bytes) -> Any:
    """Return the value of a frame; arrays are fresh and writable.

    Raises
    ------
    WireError
        If the bytes are not exactly one frame of this format.
    """
    if len(frame) < PREFIX.size:
        raise WireError("the frame is too short")
    header_size, binary_size = lengths(frame[: PREFIX.size])
    if len(frame) != PREFIX.size + header_size + binary_size:
        raise WireError("the frame is not as long as it says")
    header = frame[PREFIX.size : PREFIX.size + header_size]
    decoder = _Decoder(memoryview(frame)[PREFIX.size + header_size :])
    try:
        text = header.decode()
        content, end = _FROM_JSON(text)
        value = decoder.node(content, 0)
    except WireError:
        raise
    except (ValueError, RecursionError, TypeError, OverflowError) as error:
        raise WireError(f"not of the wire format: {type(error).__name__}") from None
    if decoder.at != binary_size or end != len(text):
        raise WireError("bytes are left over")
    return value
