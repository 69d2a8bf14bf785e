"""What the process of the reference does: it lends the reference to one submission.

It is a sandboxed process like that of a submission, because its arguments come from a stranger:
over a line that leads to the submission's process and that nobody else reads. The reference lies in
its current folder; what it returns is data, never a part of itself.

The grader says what is lent and how much of it may be used; it hears which names were used.
"""

from __future__ import annotations

import importlib
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from . import channel
from .channel import ANSWER, ASK, CALL, RETURN
from .lent import copy_back, news, opened, public
from .wire import Callback, WireError, decode, encode, mapped, text_of


def serve(grader: socket.socket, shell: None, line: socket.socket) -> None:
    """Lend until the other end of the line closes, or too much was asked for."""
    signal.signal(signal.SIGPROF, out_of_time)
    try:
        Desk(grader, line).serve()
    except channel.Closed:
        pass
    finally:
        grader.close()  # before the line: the grader is to know as soon as the borrower does


@dataclass
class Lent:
    """An object of the reference, and the frames of its state that the borrower knows."""

    name: str
    thing: Any
    methods: list[str]
    known: dict[str, bytes] = field(default_factory=dict)


class Desk:
    """Uses the reference's functions and classes, and keeps the objects that were made.

    Parameters
    ----------
    grader : socket
        Where the terms come from, before each check: ``calls``, how many messages there may be; and
        before each task ``names``, with the module and the attribute of each, ``bytes`` altogether
        and ``seconds`` of computing for each call. Where it is told that a name was used: by one
        byte, its place among the names.
    line : socket
        Where the requests of the borrower come from.
    """

    def __init__(self, grader: socket.socket, line: socket.socket) -> None:
        self.grader, self.line = grader, line
        self.terms: dict[str, Any] = {}
        self.used: set[str] = set()
        self.objects: list[Lent] = []

    def serve(self) -> None:
        """Answer one request after the other."""
        while True:
            self.reply(*self.receive())

    def reply(self, kind: bytes, frame: bytes) -> None:
        """Answer a request."""
        if kind != ASK:
            raise channel.Closed
        channel.send(self.line, ANSWER, self.answer(frame))

    def receive(self) -> tuple[bytes, bytes]:
        """Return the next message, if it keeps to the terms.

        Raises
        ------
        Closed
            If it does not, or is none, or the borrower is gone.
        """
        try:
            kind, frame = channel.receive(self.line)
        except WireError:
            raise channel.Closed from None
        self.hear_terms()
        self.terms["calls"] -= 1
        self.terms["bytes"] -= len(frame)
        if min(self.terms["calls"], self.terms["bytes"]) < 0:
            raise channel.Closed
        return kind, frame

    def hear_terms(self) -> None:
        """Take in what the grader has said by now; it speaks before the borrower can ask."""
        while not self.terms or is_waiting(self.grader):
            _, frame = channel.receive(self.grader)
            new = decode(frame)
            if "names" in new:
                self.used.clear()
            self.terms.update(new)

    def answer(self, frame: bytes) -> bytes:
        """Return the reply to a request; what computes for too long ends this process.

        By the clock on the wall, how long it takes is for the grader to see.
        """
        before, _ = signal.setitimer(signal.ITIMER_PROF, self.terms["seconds"])
        try:
            # No fallback: with a handle of anything, all of this process could be had.
            return encode(self.use(**decode(frame)))
        except channel.Closed:
            raise  # in the midst of a call back
        except Exception as error:
            return encode({"error": text_of(error)})
        finally:
            signal.setitimer(signal.ITIMER_PROF, before)

    def use(
        self,
        name: str,
        number: int,
        method: str,
        args: list[bytes],
        kwargs: dict[str, bytes],
        state: dict[str, bytes],
    ) -> dict[str, Any]:
        """Call a function, make an object, or call an object's method (see `lent.Use`)."""
        lent = self.objects[number - 1] if number > 0 else None
        self.note(lent.name if lent else name)
        given = [self.open(decode(arg)) for arg in args]
        named = {key: self.open(value) for key, value in opened(kwargs).items()}
        if lent is None:
            found = self.find(name)
            value = found(*given, **named)
            if (methods := methods_of(found)) is not None:
                lent, value = Lent(name, value, methods), None
                self.objects.append(lent)
                number = len(self.objects)
        else:
            value = call(lent, method, given, named, state)
        is_itself = lent is not None and value is lent.thing
        iterate = isinstance(value, Iterator)
        after = ((place, encode(_data(arg))) for place, arg in enumerate(given))
        return {
            "number": number,
            "value": None if is_itself else _data(list(value) if iterate else value),
            "is_itself": is_itself,
            "iterate": iterate,
            "args": {place: arg for place, arg in after if arg != args[place]},
            "state": news(_state(lent.thing), lent.known) if lent else {},
        }

    def find(self, name: str) -> Any:
        """Return what of the reference bears a name that is lent."""
        module, attribute = self.terms["names"][name]
        return getattr(importlib.import_module(module), attribute)

    def note(self, name: str) -> None:
        """Tell the grader that a name is used, once."""
        place = list(self.terms["names"]).index(name)
        if name not in self.used:
            self.used.add(name)
            self.grader.send(bytes([place]))

    def open(self, value: Any) -> Any:
        """Put something that can be called in the place of what stayed with the borrower."""
        return mapped(value, lambda one: Elsewhere(self, one) if type(one) is Callback else one)

    def call_back(self, function: int, method: str, args: tuple[Any, ...]) -> Any:
        """Call a function of the borrower's, answering what that asks for meanwhile."""
        call = {"function": function, "method": method, "args": _data(list(args))}
        channel.send(self.line, CALL, encode(call))
        while (message := self.receive())[0] != RETURN:
            self.reply(*message)
        reply = decode(message[1])
        if "error" in reply:
            raise ValueError(reply["error"])
        return self.open(reply["value"])


def out_of_time(*_: object) -> NoReturn:
    """End a call that computes for too long."""
    raise channel.Closed


class Elsewhere:
    """A function, or an object, of the borrower's: its calls and its methods' are requests."""

    def __init__(self, desk: Desk, number: Callback) -> None:
        self._desk, self._number = desk, number

    def __call__(self, *args: Any) -> Any:
        return self._desk.call_back(self._number.id, "", args)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args: self._desk.call_back(self._number.id, name, args)


Elsewhere.__name__ = "function"  # which is what a learner takes it for


def call(lent: Lent, method: str, args: list[Any], kwargs: Any, state: dict[str, bytes]) -> Any:
    """Call a method of an object whose state the borrower has changed."""
    if method not in lent.methods:
        raise AttributeError(f"{lent.name} has no method {method!r}")
    own = vars(lent.thing)
    new = {name: _data(value) for name, value in opened(state).items()}
    copy_back(own, {name: value for name, value in new.items() if _is_data(own.get(name))})
    lent.known.update(state)
    return getattr(lent.thing, method)(*args, **kwargs)


def methods_of(thing: Any) -> list[str] | None:
    """Return the public methods of a class; None of a function."""
    if not isinstance(thing, type):
        return None
    return [name for name in dir(thing) if name[0] != "_" and callable(getattr(thing, name))]


def is_waiting(connection: socket.socket) -> bool:
    """Return whether there is something to be received, be it the end."""
    try:
        connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    return True


def _state(thing: Any) -> dict[str, Any]:
    """Return the attributes that are data; a list of layers, say, stays where it is."""
    return {name: value for name, value in public(thing).items() if _is_data(value)}


def _is_data(value: Any) -> bool:
    """Return whether a value is made of numbers, texts and arrays, and of nothing else."""
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "biufc"
    if isinstance(value, list | tuple | dict):
        return all(map(_is_data, value.values() if isinstance(value, dict) else value))
    return value is None or type(value) in (bool, int, float, str)


def _data(value: Any) -> Any:
    """Return what of a value is data, or the borrower's own; the rest stays where it is."""

    def own(one: Any) -> Any:
        return one._number if isinstance(one, Elsewhere) else one if _is_data(one) else None

    return mapped(value, own)
