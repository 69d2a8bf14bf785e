"""The near side of a check: an implementation that is driven from outside.

A check is given an `Implementation` and uses it like a module: ``impl.Affine(W, b).forward(x)``.
Each step is a request to an `Evaluator`, here or in another process; arrays are copied both ways.
So a check does the same whether it drives the reference, a student or a known mistake.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from autograder.authoring.sources import shortened
from autograder.inside.evaluator import ROOT, Evaluator
from autograder.inside.wire import (
    MOST_TEXT,
    Callback,
    Handle,
    Seed,
    WireError,
    decode,
    encode,
    mapped,
    text_of,
)


class ImplementationError(Exception):
    """The implementation raised an exception while a check drove it.

    Attributes
    ----------
    kind : str
        Name of the built-in class of the exception.
    message, source : str
        Its text, and the line of the implementation that was running; either may be empty.
    file : str
    line : int
        Where that line stands; 0 where it is not known.
    """

    def __init__(self, report: Mapping[str, Any]) -> None:
        kind = report.get("kind")
        known = isinstance(kind, str) and isinstance(getattr(builtins, kind, None), type)
        self.kind: str = str(kind) if known else "Exception"
        self.message = str(report.get("message", ""))[:MOST_TEXT]
        self.source = shortened(str(report.get("source", "")))
        self.file = str(report.get("file", ""))
        line = report.get("line", 0)
        self.line = line if type(line) is int else 0
        super().__init__(f"{self.kind}: {self.message}")


class NotDefined(Exception):
    """The implementation does not define a name that a check asks for."""


class Stopped(Exception):
    """The implementation was stopped from outside; the sentence says why."""


class Link(Protocol):
    """A way to an evaluator."""

    def exchange(self, frame: bytes, answer_callback: Callable[[int, bytes], bytes]) -> bytes:
        """Return the evaluator's reply to a request; answer what it calls back meanwhile.

        Raises
        ------
        Stopped
            If there is no evaluator any more.
        """
        ...


class LocalLink:
    """A link to an evaluator in this very process."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._evaluator = Evaluator(namespace)

    def exchange(self, frame: bytes, answer_callback: Callable[[int, bytes], bytes]) -> bytes:
        self._evaluator.call_back = answer_callback
        return self._evaluator.answer(frame)


class _Driver:
    """Sends requests over a link, and answers the calls that come back."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.functions: list[Callable[..., Any]] = []

    def request(self, operation: str, target: Handle, **details: Any) -> Any:
        request = {"do": operation, "on": Handle(target.id), **details}
        reply = decode(self.link.exchange(encode(request, self._send), self._answer))
        if not isinstance(reply, dict):
            raise WireError("not a reply")
        if "error" in reply:
            error = reply["error"]
            raise ImplementationError(error if isinstance(error, dict) else {})
        return self._receive(reply.get("value"))

    def _send(self, value: Any) -> Handle | Callback | Seed:
        if isinstance(value, Remote) and value._driver is self:
            return Handle(value._handle.id)  # its methods are known where it lies
        if callable(value):
            self.functions.append(value)
            return Callback(len(self.functions) - 1)
        raise WireError(f"a check cannot pass on a {type(value).__name__}")

    def _receive(self, value: Any) -> Any:
        return mapped(value, self._received)

    def _received(self, value: Any) -> Any:
        if isinstance(value, Handle):
            return Remote(self, value)
        if isinstance(value, Callback | Seed):
            raise WireError("not something that an implementation can return")
        return value

    def _answer(self, number: int, frame: bytes) -> bytes:
        """Call a function of ours with arguments that the implementation chose."""
        try:
            arguments = decode(frame)
            if not isinstance(arguments, list):
                raise WireError("not the arguments of a call")
            value = self.functions[number](*self._receive(arguments))
            return encode({"value": value}, self._send)
        except ImplementationError as error:
            return encode({"error": error.message})
        except Stopped:
            raise  # nobody is left to answer
        except Exception as error:
            return encode({"error": f"{type(error).__name__}: {text_of(error)}"})


class Remote:
    """An object of the implementation: its attributes and calls are requests."""

    _driver: _Driver
    _handle: Handle

    def __init__(self, driver: _Driver, handle: Handle) -> None:
        object.__setattr__(self, "_driver", driver)
        object.__setattr__(self, "_handle", handle)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._handle.methods:
            return _Method(self, name)
        return self._driver.request("get", self._handle, name=name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._driver.request("set", self._handle, name=name, to=value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._driver.request("call", self._handle, args=list(args), kwargs=kwargs)

    def __getitem__(self, key: Any) -> Any:
        return self._driver.request("item", self._handle, key=key)

    def __repr__(self) -> str:
        return "<an object of the implementation>"


class _Method:
    """A method that has not been called yet: looking it up and calling it is one request."""

    def __init__(self, owner: Remote, name: str) -> None:
        self.owner, self.name = owner, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.request(args=list(args), kwargs=kwargs)

    def request(self, **details: Any) -> Any:
        owner = self.owner
        details = {"name": self.name, **details}
        try:
            return owner._driver.request("call", owner._handle, **details)
        except ImplementationError as error:
            if error.kind == "NameError" and not error.line and owner._handle == ROOT:
                raise NotDefined(self.name) from None
            raise


class Implementation(Remote):
    """The names that an implementation defines.

    Parameters
    ----------
    source : mapping or Link
        A namespace in this process, or a link to an evaluator elsewhere.
    """

    def __init__(self, source: Mapping[str, Any] | Link) -> None:
        link = LocalLink(source) if isinstance(source, Mapping) else source
        super().__init__(_Driver(link), ROOT)

    def __getattr__(self, name: str) -> Any:
        """Return one of the functions and classes that a task asks for."""
        if name.startswith("__"):
            raise AttributeError(name)
        return _Method(self, name)

    def borrow(self, names: Mapping[str, Sequence[str] | None]) -> None:
        """Let names stand for what is lent, classes with these methods (see `inside.lent`)."""
        known = {name: None if of is None else list(of) for name, of in names.items()}
        self._driver.request("lend", ROOT, names=known)


def keep(impl: Implementation, value: Any) -> Remote:
    """Put a copy of a value on the implementation's side, so that calls can share or change it."""
    kept = impl._driver.request("keep", ROOT, what=value)
    if not isinstance(kept, Remote):
        raise WireError("not the handle of what was to be kept")
    return kept


def formula(impl: Implementation, source: str, **names: Any) -> Remote:
    """Put a function on the implementation's side, where it is called without a message each time.

    For what an implementation calls hundreds of times, as a gradient check does. The check sees no
    call of it, and a submission can read it: hand over a function of your own where either counts::

        f = formula(impl, "lambda x: float((c * np.exp(x)).sum())", c=rng.normal(size=3))

    Parameters
    ----------
    impl : Implementation
        Whose side it is.
    source : str
        A lambda, in which NumPy is ``np``.
    **names : object
        The values of the other names in it.
    """
    kept = impl._driver.request("formula", ROOT, source=source, names=names)
    if not isinstance(kept, Remote):
        raise WireError("not the handle of a formula")
    return kept


def fetch(remote: Remote) -> Any:
    """Return what a kept object is now, as a copy."""
    return remote._driver.request("fetch", remote._handle)


def functions_given(impl: Implementation) -> bool:
    """Return whether a check has handed over functions of its own."""
    return bool(impl._driver.functions)


def lines_run(method: Any, *args: Any, **kwargs: Any) -> int:
    """Call a function of the implementation; return how many lines of Python ran in it.

    Each pass of a loop counts, also that of a comprehension, and so does what the function calls,
    but for the lines of NumPy and the standard library. Who loops over the batch runs more lines
    for a larger one::

        return lines_run(impl.softmax, sixty_rows) > lines_run(impl.softmax, six_rows)

    Parameters
    ----------
    method : a function or a method of the implementation
        Such as ``impl.softmax`` or ``layer.forward``.
    *args, **kwargs
        Its arguments.

    Raises
    ------
    ImplementationError
        If the call does.
    """
    return _counted(method, [], args, kwargs)


def calls_run(method: Any, *args: Any, of: Sequence[str], **kwargs: Any) -> int:
    """Call a function of the implementation; return how often functions of some names were called.

    Only those of the implementation's own count. Who measures a gradient with forward calls it
    more often for a larger layer, and who derives it does not::

        return calls_run(large.backward, dout, of=["forward"]) > calls_run(small.backward, ...)

    Parameters
    ----------
    method : a function or a method of the implementation
        Such as ``layer.backward``.
    *args, **kwargs
        Its arguments.
    of : sequence of str
        The names, without those of their classes.

    Raises
    ------
    ImplementationError
        If the call does.
    """
    return _counted(method, of, args, kwargs)


def _counted(method: Any, of: Sequence[str], args: Sequence[Any], kwargs: Mapping[str, Any]) -> int:
    count = method.request(args=list(args), kwargs=dict(kwargs), count=list(of))
    if type(count) is not int:
        raise WireError("not a number")
    return count
