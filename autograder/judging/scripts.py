"""What a check asks, as one message: noted on the reference, then sent to everybody else.

Most checks ask every implementation the same. So what a check asks of the reference is sent as a
whole, and one reply comes back. Is it the reference's, byte for byte, the result is the same too,
and nothing is taken apart. Else the check runs on what was replied, as if it had asked one thing
after the other. Where it then asks for something else, it must ask step by step after all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.authoring.implementation import Implementation, LocalLink, functions_given
from autograder.inside.evaluator import ROOT, Evaluator
from autograder.inside.wire import WireError, decode, encode


class Departed(Exception):
    """A check asks for something else than it asked the reference."""


@dataclass(frozen=True)
class Script:
    """What a check asks of the reference.

    Attributes
    ----------
    requests : tuple of bytes
        The frames of its requests, in order.
    message : bytes
        The frame of the request to answer them all.
    answer : bytes
        The frame of the reference's reply to it.
    """

    requests: tuple[bytes, ...]
    message: bytes
    answer: bytes


class Recorder(LocalLink):
    """A link to a namespace in this process that notes what is asked."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        super().__init__(namespace)
        self.namespace = namespace
        self.requests: list[bytes] = []

    def exchange(self, frame: bytes, answer_callback: Callable[[int, bytes], bytes]) -> bytes:
        self.requests.append(frame)
        return super().exchange(frame, answer_callback)

    def script(self, impl: Implementation) -> Script | None:
        """Return what was asked, if it can be asked at once.

        It cannot where a function of the check's was handed over, where the reference raises, and
        where lines or calls are counted: who counts is not to be seen coming.
        """
        asked = [decode(frame) for frame in self.requests]
        if functions_given(impl) or any("count" in request for request in asked):
            return None
        names = sorted({request["name"] for request in asked if "name" in request})
        whole = {"do": "all", "on": ROOT, "requests": self.requests, "names": names}
        try:
            message = encode(whole)
            answer = Evaluator(self.namespace).answer(message)
            complete = len(list(replies_in(answer))) == len(asked)
        except WireError:
            return None  # too large for one message
        return Script(tuple(self.requests), message, answer) if asked and complete else None


class Replies:
    """A link to nowhere: it answers a check from the reply to its script."""

    def __init__(self, script: Script, answer: bytes) -> None:
        self._requests = iter(script.requests)
        self._replies = replies_in(answer)

    def exchange(self, frame: bytes, answer_callback: Callable[[int, bytes], bytes]) -> bytes:
        if frame != next(self._requests, None):
            raise Departed
        for reply in self._replies:
            return reply
        raise Departed  # the last reply was an error, or all of them were too much for one message


def replies_in(answer: bytes) -> Iterator[bytes]:
    """Yield the replies in the reply to a script: as many as there are, if it is one at all."""
    content = decode(answer)
    if not isinstance(content, dict):
        raise WireError("not a reply")
    replies = content.get("value", [])
    if not isinstance(replies, list) or not all(type(reply) is bytes for reply in replies):
        raise WireError("not a reply")
    yield from replies


def no_function(number: int, arguments: bytes) -> bytes:
    """Answer a call to a function of the check's: there is none while a script is answered."""
    return encode({"error": "there is no such function"})
