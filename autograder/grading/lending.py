"""Lend the reference of earlier tasks to a submission, without letting it in.

A task that uses an earlier one's code can only be judged fairly where the earlier one is right. So
the names of earlier tasks are replaced by stand-ins whose calls come back here. The reference
answers them in a sandbox of its own: its arguments come from strangers.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self

from autograder.authoring.implementation import Implementation, Stopped
from autograder.building.chapters import SOLUTIONS, reference_of
from autograder.grading.staging import copy_to_stage, staging_folder
from autograder.inside import channel
from autograder.inside.lender import methods_of
from autograder.inside.wire import WireError, decode, encode
from autograder.sandbox import Child, Isolation, Limits, Zygote

SECONDS = 10
"""How long one call may take, by the clock."""
LIMITS = Limits(cpu_seconds=60, memory_bytes=1 << 30)
"""What the reference may use for one submission."""
PRELOAD = ("numpy.fft", "numpy.linalg", "numpy.random")


class Lender:
    """A sandbox that holds the reference, started when it is first used; a `Link` to it.

    Parameters
    ----------
    assignment : str
        Whose reference it is.
    isolation : Isolation
        That of the submissions' own sandbox.

    Attributes
    ----------
    used : set of str
        The names that were lent and used.
    """

    def __init__(self, assignment: str, isolation: Isolation) -> None:
        self.isolation = isolation
        self.used: set[str] = set()
        self._reference = reference_of(assignment)
        self._desk = Implementation(self)
        self._stack = ExitStack()
        self._zygote: Zygote | None = None
        self._child: Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the sandbox. It may be used again, and then starts anew."""
        self.forget()
        self._zygote = None
        self._stack.close()

    def lend(self, impl: Implementation, name: str) -> None:
        """Put a stand-in for a name of the reference in the place of the implementation's own."""
        thing = self._reference[name]

        def use(*request: Any) -> Any:
            self.used.add(name)
            reply = self._desk.use(thing.__module__, thing.__name__, *request)
            encode(reply)  # only data goes back: with a handle, all of a process could be had
            return reply

        impl.borrow(name, methods_of(thing), use)

    def forget(self) -> None:
        """End the process that has served a submission; the next one gets its own."""
        if self._child is not None:
            self._child.__exit__()
            self._child = None

    def exchange(self, frame: bytes, answer_callback: Callable[[int, bytes], bytes]) -> bytes:
        """Send a request to the process and return its reply (see `Link`)."""
        connection = (self._child or self._fork()).socket
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
            self.forget()
            raise WireError("the reference was asked for too much") from None
        except Stopped:
            self.forget()  # it still waits for an answer that nobody will give
            raise

    def _fork(self) -> Child:
        if self._zygote is None:
            self._zygote = self._stack.enter_context(self._start())
        self._child = self._zygote.fork(LIMITS)
        self._child.socket.settimeout(SECONDS)
        return self._child

    def _start(self) -> Zygote:
        folder = self._stack.enter_context(staging_folder())
        hidden = shutil.ignore_patterns("__pycache__")
        copy_to_stage(SOLUTIONS, folder / SOLUTIONS.name, hidden)
        # There is a sandbox for the submission, or its risk was taken: that holds here too.
        return Zygote(self.isolation, folder, PRELOAD, server="lender", allow_unsandboxed=True)
