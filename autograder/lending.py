"""Lend the reference of earlier tasks to a submission, without letting it in.

A task that uses an earlier one's code can only be judged fairly where the earlier one is right. So
the names of earlier tasks are replaced by stand-ins whose calls come back here. The reference runs
in a process of its own, limited as a submission is: its arguments come from strangers.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import numpy as np

from autograder.chapters import reference_of
from autograder.implementation import Implementation, Stopped
from autograder.inside import channel, kernel
from autograder.inside.evaluator import Evaluator, call_back
from autograder.inside.lent import copy_back, public
from autograder.inside.wire import WireError, decode, encode

SECONDS = 10
"""How long one call may take, by the clock."""
MEMORY_BYTES = 1 << 30
"""What the reference may take beyond what the grader has at the time."""


class Lender:
    """A process that holds the reference, started when it is first used; a `Link` to it.

    Parameters
    ----------
    assignment : str
        Whose reference it is.

    Attributes
    ----------
    used : set of str
        The names that were lent and used.
    """

    def __init__(self, assignment: str) -> None:
        self.assignment = assignment
        self.used: set[str] = set()
        self._reference = reference_of(assignment)
        self._desk = Implementation(self)
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def lend(self, impl: Implementation, name: str) -> None:
        """Put a stand-in for a name of the reference in the place of the implementation's own."""
        methods = methods_of(self._reference[name])

        def use(*request: Any) -> Any:
            self.used.add(name)
            reply = self._desk.use(name, *request)
            encode(reply)  # only data goes back: with a handle, all of a process could be had
            return reply

        impl.borrow(name, methods, use)

    def exchange(self, frame: bytes, answer_callback: Callable[[int, bytes], bytes]) -> bytes:
        """Send a request to the process and return its reply (see `Link`)."""
        connection = self._socket or self._start()
        try:
            channel.send(connection, channel.ASK, frame)
            while True:
                kind, reply = channel.receive(connection)
                if kind == channel.ANSWER:
                    return reply
                call = decode(reply)
                returned = answer_callback(call["function"], call["arguments"])
                channel.send(connection, channel.RETURN, returned)
        except (channel.Closed, OSError):
            self._end()
            raise WireError("the reference was asked for too much") from None
        except Stopped:
            self._end()  # it still waits for an answer that nobody will give
            raise

    def _start(self) -> socket.socket:
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(SECONDS)
        # A process with threads must not be forked.
        context: Any = multiprocessing.get_context(
            "spawn" if threading.active_count() > 1 else "fork"
        )
        self._process = context.Process(
            target=_serve, args=(theirs, self.assignment, os.getpid()), daemon=True
        )
        self._process.start()
        theirs.close()
        return self._socket

    def _end(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            self._process.kill()
            self._process.join()


def _serve(connection: socket.socket, assignment: str, grader: int) -> None:
    """Answer until the other end closes."""
    kernel.end_with(grader)  # a fork holds the other end open, too
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the grader decides when this ends
    namespace = {"use": Desk(reference_of(assignment)).use}
    if sys.platform == "linux":
        limit = kernel.address_space() + MEMORY_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    evaluator = Evaluator(namespace, lambda *call: call_back(connection, evaluator, *call))
    with contextlib.suppress(channel.Closed, WireError):
        while True:
            _, frame = channel.receive(connection)
            channel.send(connection, channel.ANSWER, evaluator.answer(frame))


class Desk:
    """Uses the reference for somebody elsewhere, and keeps the objects that were made."""

    def __init__(self, reference: Mapping[str, Any]) -> None:
        self.reference = reference
        self.objects: list[Any] = []

    def use(
        self,
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
            copy_back(vars(thing), _data(state))
            value = getattr(thing, method)(*args, **kwargs)
        else:
            thing, value = None, self.reference[name](*args, **kwargs)
            if isinstance(self.reference[name], type):
                self.objects.append(value)
                number, thing, value = len(self.objects), value, None
        iterate = isinstance(value, Iterator)
        return {
            "object": number,
            "value": _data(list(value) if iterate else value),
            "iterate": iterate,
            "args": [_data(arg) for arg in args],
            "state": {} if thing is None else _data(public(thing)),
        }


def methods_of(thing: Any) -> list[str] | None:
    """Return the public methods of a class; None of a function."""
    if not isinstance(thing, type):
        return None
    return [name for name in dir(thing) if name[0] != "_" and callable(getattr(thing, name))]


def _data(value: Any) -> Any:
    """Return what of a value is data; the rest stays where it is."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.ndarray | np.generic):
        return value if value.dtype.kind in "biufc" else None
    if isinstance(value, list):
        return [_data(item) for item in value]
    if isinstance(value, tuple):
        return tuple(_data(item) for item in value)
    if isinstance(value, dict):
        return {key: _data(item) for key, item in value.items()}
    return None
