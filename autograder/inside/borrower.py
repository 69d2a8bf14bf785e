"""The borrower's end of a line: what a submission uses of what is lent to it goes over it.

The line leads from the submission's process to that of the reference (`lender`), and the grader
reads nothing of it. While a call is under way, the lender may call functions that it was given.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from typing import Any

from . import channel
from .channel import ANSWER, ASK, RETURN
from .lent import opened
from .wire import Callback, WireError, decode, encode, mapped, text_of

TOO_MUCH = "the reference was asked for too much"
"""What is said of a lender that has ended: it has used up what it may use."""


class Borrower:
    """Uses what is lent, and answers what that calls meanwhile.

    Parameters
    ----------
    line : socket
        The way to the lender.
    """

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._passed: list[Any] = []  # functions and objects, which the lender knows by number
        self._numbers: dict[int, int] = {}

    def use(
        self,
        name: str,
        number: int,
        method: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        state: Mapping[str, bytes],
    ) -> dict[str, Any]:
        """Call a function, make an object, or call an object's method (see `lent.Use`).

        Raises
        ------
        ValueError
            If the lent code raises anything, or the lender has ended.
        """
        request = {
            "name": name,
            "number": number,
            "method": method,
            "args": [encode(arg, self.stay) for arg in args],
            "kwargs": {key: encode(value, self.stay) for key, value in kwargs.items()},
            "state": dict(state),
        }
        reply = decode(self._exchange(encode(request)))
        if "error" in reply:
            raise ValueError(reply["error"])
        changed = {place: self._open(new) for place, new in opened(reply["args"]).items()}
        return {**reply, "args": changed, "value": self._open(reply["value"])}

    def _exchange(self, request: bytes) -> bytes:
        try:
            channel.send(self._line, ASK, request)
            while True:
                kind, frame = channel.receive(self._line)
                if kind == ANSWER:
                    return frame
                channel.send(self._line, RETURN, self._call(frame))
        except (channel.Closed, WireError, OSError):
            raise ValueError(TOO_MUCH) from None

    def _call(self, frame: bytes) -> bytes:
        """Call a function, or a method, that was passed to what is lent."""
        call = decode(frame)
        function = self._passed[call["function"]]
        try:
            if call["method"]:
                function = getattr(function, call["method"])
            return encode({"value": function(*self._open(call["args"]))}, self.stay)
        except (Exception, SystemExit) as error:
            return encode({"error": text_of(error)})

    def stay(self, value: Any) -> Callback:
        """Keep what is not data on this side, and give it a number."""
        number = self._numbers.setdefault(id(value), len(self._passed))
        if number == len(self._passed):
            self._passed.append(value)  # which keeps the id from being given to another
        return Callback(number)

    def _open(self, value: Any) -> Any:
        """Put what stayed here in the place of its number."""
        return mapped(value, lambda one: self._passed[one.id] if type(one) is Callback else one)
