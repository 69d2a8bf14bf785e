"""Limits on time: what computes is held to the kernel's clock, what waits to that on the wall.

How busy a machine is must not decide anything. So the clock on the wall stands still while one of
those who work for a submission waits for a core: its child, the grader, the process that lends.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable

from autograder.sandbox import Child, times

SLICE = 0.2
"""Seconds between two looks at the clock."""
PATIENCE = 3.0
"""A child that sleeps is given this many times the seconds of computing that it is allowed."""
READ_AHEAD = 4096


class Queue:
    """For how long this thread and a submission's processes have waited for a core, together.

    Attributes
    ----------
    known : float
        The seconds, as of the last look.
    """

    def __init__(self) -> None:
        self._children: list[Child] = []
        self.known = times.own_queued_seconds()

    def join(self, child: Child) -> None:
        """Let a process count from now on."""
        self._children.append(child)

    def look(self) -> float:
        """Return the seconds as of now."""
        waited = sum(child.queued_seconds() for child in self._children)
        self.known = times.own_queued_seconds() + waited
        return self.known


class Clock:
    """The clock on the wall since its start; it stands still while somebody waits for a core."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.queued = queue.known  # a look would cost more than most checks wait
        self.start = time.monotonic()

    def at_most(self) -> float:
        """Return the seconds since the start, with those that were waited for a core."""
        return time.monotonic() - self.start

    def seconds(self) -> float:
        """Return the seconds since the start."""
        return self.at_most() - (self.queue.look() - self.queued)


class Deadline:
    """A limit on computing, by the kernel's clock, and a wider one by the clock on the wall."""

    def __init__(self, child: Child, seconds: float, what: str, queue: Queue) -> None:
        self.child, self.seconds, self.what = child, seconds, what
        self.cpu_start = child.cpu_seconds()
        self.clock = Clock(queue)

    def passed(self) -> str | None:
        """Return the sentence of the limit that has been passed, or None."""
        if self.child.cpu_seconds() - self.cpu_start > self.seconds:
            return f"{self.what} was stopped: it took more than {self.seconds:g} s of computing"
        longest = PATIENCE * self.seconds
        if self.clock.seconds() > longest:
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
