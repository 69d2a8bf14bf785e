"""Limits on time: what computes is held to the kernel's clock, what waits to that on the wall."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable

from autograder.sandbox import Child

SLICE = 0.2
"""Seconds between two looks at the clock."""
PATIENCE = 3.0
"""A child that sleeps is given this many times the seconds of computing that it is allowed."""
READ_AHEAD = 4096


class Deadline:
    """A limit on computing, by the kernel's clock, and a wider one by the clock on the wall."""

    def __init__(self, child: Child, seconds: float, what: str) -> None:
        self.child, self.seconds, self.what = child, seconds, what
        self.cpu_start = child.cpu_seconds()
        self.queued_start: float | None = None
        self.wall_start = time.monotonic()

    def waited(self) -> float:
        """Return the seconds on the wall since the start."""
        return time.monotonic() - self.wall_start

    def passed(self) -> str | None:
        """Return the sentence of the limit that has been passed, or None."""
        if self.child.cpu_seconds() - self.cpu_start > self.seconds:
            return f"{self.what} was stopped: it took more than {self.seconds:g} s of computing"
        longest = PATIENCE * self.seconds
        queued = self.child.queued_seconds()
        if self.queued_start is None:
            self.queued_start = queued  # not at the start: most do not come to a first look
        # On a busy machine it is not its fault that it has to wait for a core.
        if self.waited() - (queued - self.queued_start) > longest:
            return f"{self.what} was stopped: it did not end within {longest:g} seconds"
        return None


class Watched:
    """A buffer before a socket, which looks at the clock while it waits."""

    def __init__(self, connection: socket.socket, watch: Callable[[], None]) -> None:
        self.connection, self.watch = connection, watch
        self.next_look = time.monotonic() + SLICE
        self.waiting = b""

    def recv(self, size: int) -> bytes:
        if not self.waiting:
            self.waiting = self._fill(max(size, READ_AHEAD))
        data, self.waiting = self.waiting[:size], self.waiting[size:]
        return data

    def _fill(self, size: int) -> bytes:
        while True:
            # Also while data keeps coming: endless output must not escape the clock.
            if time.monotonic() >= self.next_look:
                self.watch()
                self.next_look = time.monotonic() + SLICE
            with contextlib.suppress(TimeoutError):
                return self.connection.recv(size)
