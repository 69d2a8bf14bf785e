"""Functions and classes that are lent to an implementation while they stay on the other side.

What a call changes in its arguments, or in the object, is copied back into the very arrays that
the borrower holds. So to the borrower's code it is as if the lent code ran here. Of an object's
state, and of arguments on their way back, only what has changed travels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .wire import Fallback, decode, encode, refuse

Use = Callable[..., dict[str, Any]]
"""Called with the number of an object (0 for a function, or a new object), a method, arguments,
keywords and what is new in the object's state. Returns ``value``, ``args``, ``state``, ``number``,
``iterate``, and ``is_itself`` if a method returns its object."""


def lent_function(use: Use) -> Callable[..., Any]:
    """Return a function that calls the lent one."""

    def function(*args: Any, **kwargs: Any) -> Any:
        return _value(use(0, "", args, kwargs, {}), args)

    return function


def lent_class(name: str, methods: Sequence[str], use: Use, stay: Fallback) -> type:
    """Return a class whose objects are handles of lent ones; ``stay`` is for what is not data."""

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        reply = use(0, "", args, kwargs, {})
        self._lent, self._known = reply["number"], reply["state"]
        own = arrays_in([*args, *kwargs.values()])
        vars(self).update(_with_own_arrays(opened(reply["state"]), own))

    def method(called: str) -> Callable[..., Any]:
        def bound(self: Any, *args: Any, **kwargs: Any) -> Any:
            reply = use(self._lent, called, args, kwargs, news(public(self), self._known, stay))
            copy_back(vars(self), opened(reply["state"]))
            self._known.update(reply["state"])
            value = _value(reply, args)
            return self if reply["is_itself"] else value

        return bound

    return type(name, (), {"__init__": init, **{called: method(called) for called in methods}})


def public(thing: Any) -> dict[str, Any]:
    """Return the public attributes of an object."""
    return {name: value for name, value in vars(thing).items() if not name.startswith("_")}


def news(
    values: Mapping[str, Any], known: dict[str, bytes], fallback: Fallback = refuse
) -> dict[str, bytes]:
    """Return the frames of the values that the other end does not know yet; then it knows them."""
    frames = {name: encode(value, fallback) for name, value in values.items()}
    changed = {name: frame for name, frame in frames.items() if known.get(name) != frame}
    known.update(changed)
    return changed


def opened(frames: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the values of frames."""
    return {name: decode(frame) for name, frame in frames.items()}


def _value(reply: dict[str, Any], args: Sequence[Any]) -> Any:
    for place, theirs in reply["args"].items():
        copy_back(args[place], theirs)
    return iter(reply["value"]) if reply["iterate"] else reply["value"]


def copy_back(mine: Any, theirs: Any) -> None:
    """Make arrays, lists and dictionaries equal to what they are on the other side."""
    if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray):
        if mine.shape == theirs.shape and not np.array_equal(mine, theirs):
            mine[...] = theirs
    elif isinstance(mine, dict) and isinstance(theirs, dict):
        for key, value in theirs.items():
            if _can_hold(mine.get(key), value):
                copy_back(mine[key], value)
            else:
                mine[key] = value
    elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        for index, value in enumerate(theirs):
            if _can_hold(mine[index], value):
                copy_back(mine[index], value)
            else:
                mine[index] = value


def _can_hold(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray):
        return bool(mine.shape == theirs.shape and mine.dtype == theirs.dtype)
    return isinstance(mine, dict) and isinstance(theirs, dict)


def arrays_in(values: Any) -> list[Any]:
    """Return the arrays in nested lists and dictionaries, in order."""
    if isinstance(values, np.ndarray):
        return [values]
    items = values.values() if isinstance(values, dict) else values
    nested = isinstance(values, dict | list | tuple)
    return [array for item in items for array in arrays_in(item)] if nested else []


def _with_own_arrays(state: Any, own: list[Any]) -> Any:
    """Put the borrower's own arrays in the place of equal ones: objects keep what they got."""
    if isinstance(state, np.ndarray):
        same = [a for a in own if a.dtype == state.dtype and np.array_equal(a, state)]
        return same[0] if same else state
    if isinstance(state, dict):
        return {key: _with_own_arrays(value, own) for key, value in state.items()}
    return state
