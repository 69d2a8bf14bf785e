"""Lend the reference of earlier tasks to a submission, without letting it in.

A task that uses an earlier one's code can only be judged fairly where the earlier one is right. So
the names of earlier tasks are replaced by stand-ins whose calls go to the reference, in a sandbox
of its own: its arguments come from strangers. They go there over a line from child to child, which
the grader has made and does not read; it hears from the lender alone what was used.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Any, Self

from autograder.authoring.implementation import Implementation
from autograder.building.chapters import SOLUTIONS, reference_of
from autograder.grading.staging import copy_to_stage, staging_folder
from autograder.inside import channel
from autograder.inside.borrower import TOO_MUCH
from autograder.inside.lender import methods_of
from autograder.inside.wire import encode
from autograder.sandbox import Child, Isolation, Limits, Zygote
from autograder.sandbox.session import MOST_CALLBACKS, MOST_REPLY_BYTES, Session

SECONDS = 10
"""What one call may compute."""
LIMITS = Limits(cpu_seconds=60, memory_bytes=1 << 30)
"""What the reference may use for one submission."""
PRELOAD = ("numpy.fft", "numpy.linalg", "numpy.random")


class Lender:
    """A sandbox that holds the reference, started when it is first used.

    Parameters
    ----------
    assignment : str
        Whose reference it is.
    isolation : Isolation
        That of the submissions' own sandbox.

    Attributes
    ----------
    used : set of str
        The names that were lent and used since `begin`.
    """

    def __init__(self, assignment: str, isolation: Isolation) -> None:
        self.isolation = isolation
        self.used: set[str] = set()
        self._reference = reference_of(assignment)
        self._names: list[str] = []
        self._stack = ExitStack()
        self._zygote: Zygote | None = None
        self._child: Child | None = None
        self._line: socket.socket | None = None
        self._is_told = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the sandbox. It may be used again, and then starts anew."""
        self.forget()
        self._zygote = None
        self._stack.close()

    def forget(self) -> None:
        """End the process that has served a submission; the next one gets its own."""
        self._line = None
        if self._child is not None:
            self._child.__exit__()
            self._child = None

    def begin(self, names: Iterable[str]) -> None:
        """Lend these names for a task."""
        self.used.clear()
        self._names = list(names)
        self._is_told = False

    def lend(self, session: Session) -> AbstractContextManager[None]:
        """Return what lends to a session's child while it is entered.

        Raises
        ------
        Stopped
            At its end, if too much was asked for.
        """
        self._serve(session)  # at once: what it takes to start is not held against a check
        return self._lent(session)

    @contextmanager
    def _lent(self, session: Session) -> Iterator[None]:
        """Let stand-ins take the place of the names, as a check may have put others there."""
        self._tell()
        names = {name: methods_of(self._reference[name]) for name in self._names}
        Implementation(session).borrow(names)
        try:
            yield
        finally:
            has_ended = self._has_ended()
        if has_ended:
            raise session.stop(TOO_MUCH)

    def _serve(self, session: Session) -> None:
        """Make sure that there is a process at the other end of the line of a session's child."""
        if self._child is not None and self._line is session.line:
            return
        self.forget()
        if self._zygote is None:
            self._zygote = self._stack.enter_context(self._start())
        self._line = session.line
        assert self._line is not None
        self._child = self._zygote.fork(LIMITS, line=self._line)
        session.queue.join(self._child)
        self._line.close()  # so that the borrower sees when the lender ends
        self._child.socket.setblocking(False)
        self._is_told = False

    def _start(self) -> Zygote:
        folder = self._stack.enter_context(staging_folder())
        hidden = shutil.ignore_patterns("__pycache__")
        copy_to_stage(SOLUTIONS, folder / SOLUTIONS.name, hidden)
        # There is a sandbox for the submission, or its risk was taken: that holds here too.
        return Zygote(self.isolation, folder, PRELOAD, server="lender", allow_unsandboxed=True)

    def _tell(self) -> None:
        """Tell the terms of a check and, before the first one, those of the task."""
        assert self._child is not None
        terms: dict[str, Any] = {"calls": MOST_CALLBACKS}
        if not self._is_told:
            things = {name: self._reference[name] for name in self._names}
            names = {name: [thing.__module__, thing.__name__] for name, thing in things.items()}
            terms |= {"names": names, "bytes": MOST_REPLY_BYTES, "seconds": SECONDS}
        self._is_told = True
        with suppress(channel.Closed, OSError):  # should it have ended, that is seen later
            channel.send(self._child.socket, channel.ASK, encode(terms))

    def _has_ended(self) -> bool:
        """Take in which names were used; return whether the lender has ended."""
        assert self._child is not None
        for _ in range(2):  # at the first look the names; then, perhaps, the end
            try:
                places = self._child.socket.recv(256)
            except BlockingIOError:
                return False
            except OSError:
                return True
            self.used.update(self._names[place] for place in places if place < len(self._names))
            if not places:
                return True
        return False
