"""What the process of the reference does: it uses the reference for somebody elsewhere.

It is a sandboxed process like that of a submission, because its arguments come from strangers. The
reference lies in its current folder; what it returns is data, never a part of itself.
"""

from __future__ import annotations

import contextlib
import importlib
import socket
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import channel
from .evaluator import Evaluator, call_back
from .lent import copy_back, public
from .wire import WireError


def serve(connection: socket.socket, shell: None) -> None:
    """Answer requests until the other end closes."""
    names = {"use": Desk().use}
    evaluator = Evaluator(names, lambda *call: call_back(connection, evaluator, *call))
    with contextlib.suppress(channel.Closed, WireError):
        while True:
            _, frame = channel.receive(connection)
            channel.send(connection, channel.ANSWER, evaluator.answer(frame))


class Desk:
    """Uses the reference's functions and classes, and keeps the objects that were made."""

    def __init__(self) -> None:
        self.objects: list[Any] = []

    def use(
        self,
        module: str,
        name: str,
        number: int,
        method: str,
        args: list[Any],
        kwargs: dict[str, Any],
        state: dict[str, Any],
    ) -> dict[str, Any]:
        """Call a function, make an object, or call an object's method (see `lent.Use`)."""
        if number > 0:
            thing = self.objects[number - 1]
            if method not in (methods_of(type(thing)) or ()):
                raise AttributeError(f"{type(thing).__name__} has no method {method!r}")
            own = vars(thing)
            copy_back(
                own, {key: _data(new) for key, new in state.items() if _is_data(own.get(key))}
            )
            value = getattr(thing, method)(*args, **kwargs)
        else:
            lent = getattr(importlib.import_module(module), name)
            thing, value = None, lent(*args, **kwargs)
            if isinstance(lent, type):
                self.objects.append(value)
                number, thing, value = len(self.objects), value, None
        iterate = isinstance(value, Iterator)
        return {
            "object": number,
            "value": _data(list(value) if iterate else value),
            "iterate": iterate,
            "args": [_data(arg) for arg in args],
            "state": {} if thing is None else _state(thing),
        }


def _state(thing: Any) -> dict[str, Any]:
    """Return the attributes that are data; a list of layers, say, stays where it is."""
    return {name: value for name, value in public(thing).items() if _is_data(value)}


def methods_of(thing: Any) -> list[str] | None:
    """Return the public methods of a class; None of a function."""
    if not isinstance(thing, type):
        return None
    return [name for name in dir(thing) if name[0] != "_" and callable(getattr(thing, name))]


def _is_data(value: Any) -> bool:
    """Return whether a value is made of numbers, texts and arrays, and of nothing else."""
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "biufc"
    if isinstance(value, list | tuple | dict):
        return all(map(_is_data, value.values() if isinstance(value, dict) else value))
    return value is None or type(value) in (bool, int, float, str)


def _data(value: Any) -> Any:
    """Return what of a value is data; the rest stays where it is."""
    if isinstance(value, list):
        return [_data(item) for item in value]
    if isinstance(value, tuple):
        return tuple(_data(item) for item in value)
    if isinstance(value, dict):
        return {key: _data(item) for key, item in value.items()}
    return value if _is_data(value) else None
