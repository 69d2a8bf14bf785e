"""Messages between the grader and its zygote: one JSON object per line, descriptors beside it."""

from __future__ import annotations

import json
import socket
from collections import deque
from collections.abc import Sequence
from typing import Any

Message = dict[str, Any]


class Control:
    """One end of the line. Both ends are trusted; no child ever holds one."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._rest = b""
        self._descriptors: deque[int] = deque()

    def fileno(self) -> int:
        return self.socket.fileno()

    def send(self, message: Message, descriptors: Sequence[int] = ()) -> None:
        """Send a message, with descriptors beside it."""
        line = json.dumps(message).encode() + b"\n"
        sent = socket.send_fds(self.socket, [line], descriptors) if descriptors else 0
        self.socket.sendall(line[sent:])

    def receive(self) -> list[Message] | None:
        """Wait, and return the messages that are complete; None when the other end is gone."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self.socket, 65536, 4)
        except ConnectionResetError:
            data, descriptors = b"", []
        self._descriptors.extend(descriptors)
        if not data:
            return None
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def descriptor(self) -> int:
        """Return the oldest descriptor that came and was not yet asked for."""
        return self._descriptors.popleft()
