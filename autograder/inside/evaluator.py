"""The far side of a check: it evaluates what it is asked, and judges nothing.

An `Evaluator` holds a namespace (the student's, the reference's, a misconception's) and answers
requests, each a small dictionary. What is data goes back as data; everything else stays here and
goes back as a `Handle`. Arguments are copies, so what happens to them here is not seen outside
unless it is asked for.
"""

from __future__ import annotations

import builtins
import linecache
import socket
import sys
from collections.abc import Callable, Mapping
from functools import partial
from types import FrameType, FunctionType
from typing import Any, cast

import numpy as np

from . import channel
from .borrower import Borrower
from .lent import lent_class, lent_function
from .wire import MOST_METHODS, MOST_TEXT, Callback, Handle, Seed, decode, encode, mapped, text_of

ROOT = Handle(0)
"""The namespace itself."""

FORMULA = "handgrad"
"""The module to which a formula of a check belongs."""

NOT_COUNTED = sys.stdlib_module_names | {"numpy", "autograder", FORMULA}
"""Packages whose lines are nobody's own."""

Request = dict[str, Any]
Reply = dict[str, Any]


class Evaluator:
    """Answer requests about the objects of one namespace.

    Parameters
    ----------
    namespace : mapping
        Names and objects, such as the globals of a notebook.
    call_back : function
        Calls a function of the grader: given its number and the frame of the arguments, returns
        the frame of its reply.
    borrower : Borrower, optional
        Uses what is lent; without one nothing can be lent.
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        call_back: Callable[[int, bytes], bytes] | None = None,
        borrower: Borrower | None = None,
    ) -> None:
        self.namespace = namespace
        self.borrower = borrower
        self.call_back = call_back
        self._objects: list[Any] = [namespace]
        self._names: list[str] | None = None

    def answer(self, frame: bytes) -> bytes:
        """Return the reply to a request, both as frames. Never raises an Exception."""
        return self._reply(frame)[0]

    def _reply(self, frame: bytes) -> tuple[bytes, bool]:
        """Return the reply to a request, and whether it is a value."""
        try:
            return encode({"value": self._evaluate(decode(frame))}, self._keep), True
        except BaseException as error:
            # Even SystemExit is only the outcome of this one call.
            if isinstance(error, KeyboardInterrupt):
                raise
            return encode({"error": self._describe(error)}), False

    def _answer_all(self, requests: list[bytes], names: list[str]) -> list[bytes]:
        """Return the replies to all that a check asks, up to the first error.

        Objects are numbered afresh, and of their methods only those that the check names are
        listed: so whoever gives what another one gives sends the same bytes.
        """
        del self._objects[1:]
        replies = []
        self._names = names
        try:
            for request in requests:
                reply, is_value = self._reply(request)
                replies.append(reply)
                if not is_value:
                    break
        finally:
            self._names = None
        return replies

    def _evaluate(self, request: Request) -> Any:
        operation = request["do"]
        target = self._objects[request["on"].id]
        if operation == "get":
            return self._get(target, request["name"])
        if operation == "call":
            if "name" in request:
                target = self._get(target, request["name"])
            arguments, keywords = self._open(request["args"]), self._open(request["kwargs"])
            if "count" in request:
                return counted(target, arguments, keywords, request["count"])
            return target(*arguments, **keywords)
        if operation == "set":
            return setattr(target, request["name"], self._open(request["to"]))
        if operation == "item":
            return target[self._open(request["key"])]
        if operation == "keep":
            return self._keep(self._open(request["what"]))
        if operation == "formula":
            names = {"__name__": FORMULA, "np": np, **self._open(request["names"])}
            return self._keep(eval(request["source"], names))
        if operation == "fetch":
            return target
        if operation == "all":
            return self._answer_all(request["requests"], request["names"])
        if operation == "lend":
            for name, methods in request["names"].items():
                self._borrow(name, methods)
            return None
        raise ValueError(f"unknown request {operation!r}")

    def _get(self, target: Any, name: str) -> Any:
        if target is self.namespace:
            if name not in self.namespace:
                raise NameError(f"name {name!r} is not defined")
            return self.namespace[name]
        return getattr(target, name)

    def _keep(self, value: Any) -> Handle:
        self._objects.append(value)
        kind = type(value)
        # Looked up on the class: nothing of the object's own is run for this.
        names = dir(kind) if self._names is None else self._names
        methods = [n for n in names if n[0] != "_" and callable(getattr(kind, n, None))]
        return Handle(len(self._objects) - 1, tuple(methods[:MOST_METHODS]))

    def _open(self, value: Any) -> Any:
        """Put live objects in the place of handles, callbacks and seeds."""
        return mapped(value, self._live)

    def _live(self, value: Any) -> Any:
        if isinstance(value, Handle):
            return self._objects[value.id]
        if isinstance(value, Callback):
            return self._stub(value.id)
        if isinstance(value, Seed):
            return np.random.default_rng(value.value)
        return value

    def _borrow(self, name: str, methods: list[str] | None) -> None:
        """Put what is lent, a function or a class with these methods, in the place of a name."""
        if self.borrower is None:
            raise RuntimeError("nothing can be lent here")
        use, stay = partial(self.borrower.use, name), self.borrower.stay
        lent = lent_function(use) if methods is None else lent_class(name, methods, use, stay)
        own = self.namespace.get(name)
        cast(dict[str, Any], self.namespace)[name] = lent
        for function in self.namespace.values():
            if isinstance(function, FunctionType) and function.__defaults__:
                defaults = (lent if one is own else one for one in function.__defaults__)
                function.__defaults__ = tuple(defaults)

    def _stub(self, number: int) -> Callable[..., Any]:
        def function(*args: Any) -> Any:
            if self.call_back is None:
                raise RuntimeError("no function can be called from here")
            reply = decode(self.call_back(number, encode(list(args), self._keep)))
            if "error" in reply:
                raise ValueError(str(reply["error"]))
            return self._open(reply["value"])

        return function

    def _describe(self, error: BaseException) -> Reply:
        """Say what was raised, and at which line of the namespace's own code."""
        kind = next(c for c in type(error).__mro__ if getattr(builtins, c.__name__, None) is c)
        described: Reply = {"kind": kind.__name__, "message": text_of(error)}
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_globals is self.namespace:
                filename = trace.tb_frame.f_code.co_filename
                line = linecache.getline(filename, trace.tb_lineno).strip()
                described["file"] = filename[:MOST_TEXT]
                described["line"] = trace.tb_lineno
                described["source"] = line[:MOST_TEXT]
            trace = trace.tb_next
        return described


def call_back(
    connection: socket.socket, evaluator: Evaluator, number: int, arguments: bytes
) -> bytes:
    """Call a function of the other end's, answering what it asks for meanwhile."""
    call = encode({"function": number, "arguments": arguments})
    channel.send(connection, channel.CALL, call)
    while True:
        kind, frame = channel.receive(connection)
        if kind == channel.RETURN:
            return frame
        if kind == channel.ASK:
            channel.send(connection, channel.ANSWER, evaluator.answer(frame))


def counted(function: Callable[..., Any], args: Any, kwargs: Any, names: list[str]) -> int:
    """Call a function; count the calls of functions of these names, or without names the lines.

    Those of libraries are left out.
    """
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        package = str(frame.f_globals.get("__name__")).partition(".")[0]
        if package in NOT_COUNTED:
            return None  # but what it calls is asked about again
        count += (event == "call" and frame.f_code.co_name in names) if names else event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*args, **kwargs)
    finally:
        sys.settrace(before)
    return count
