"""Messages between the judge and the child: one letter for the kind, then a frame."""

from __future__ import annotations

import socket
from typing import Protocol

from .wire import PREFIX, lengths

RUN, DONE = b"r", b"d"
"""Run a cell; the cell has run."""
OUTPUT = b"o"
"""Something that a cell shows."""
ASK, ANSWER = b"a", b"b"
"""A request to the evaluator, and its reply."""
CALL, RETURN = b"c", b"e"
"""The evaluator calls a function of the judge's, and what that returned."""

KINDS = frozenset((RUN, DONE, OUTPUT, ASK, ANSWER, CALL, RETURN))


class Source(Protocol):
    """What messages are read from: a socket, or something around one."""

    def recv(self, size: int, /) -> bytes: ...


class Closed(Exception):
    """The other end of the channel is gone."""


def send(connection: socket.socket, kind: bytes, frame: bytes) -> None:
    """Send one message.

    Raises
    ------
    Closed
        If nobody is there to receive it.
    """
    try:
        connection.sendall(kind + frame)
    except (BrokenPipeError, ConnectionResetError):
        raise Closed from None


def receive(connection: Source) -> tuple[bytes, bytes]:
    """Wait for one message, and return its kind and its frame.

    Raises
    ------
    Closed
        If the other end is gone.
    WireError
        If what comes is not a message.
    """
    start = _exactly(connection, 1 + PREFIX.size)
    header, binary = lengths(start[1:])
    return start[:1], start[1:] + _exactly(connection, header + binary)


def _exactly(connection: Source, size: int) -> bytes:
    """Return the next ``size`` bytes; memory grows with what comes, not with what is announced."""
    parts = []
    while size > 0:
        try:
            part = connection.recv(min(size, 1 << 20))
        except ConnectionResetError:
            part = b""
        if not part:
            raise Closed
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
