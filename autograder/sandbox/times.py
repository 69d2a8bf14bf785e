"""What the kernel knows of a child's time. A child has ids of its own, so its id is asked first."""

from __future__ import annotations

import math
import socket
import struct
import sys
import time
from pathlib import Path

CREDENTIALS = struct.Struct("3i")  # process, user and group, as the kernel fills them in


def ask_for_sender(channel: socket.socket) -> None:
    """Let the kernel say, with the first byte that comes, which process has sent it."""
    if sys.platform == "linux":
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)


def sender(channel: socket.socket) -> int | None:
    """Take the first byte from a channel; return the sender's process id, None if not known."""
    if sys.platform != "linux":
        channel.recv(1)
        return None
    _, messages, _, _ = channel.recvmsg(1, socket.CMSG_SPACE(CREDENTIALS.size))
    channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
    for level, kind, data in messages:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            pid: int = CREDENTIALS.unpack(data)[0]
            return pid or None
    return None


def cpu_seconds(pid: int | None) -> float:
    """Return the CPU time that a process has used, from the kernel's clock; NaN without one."""
    if pid is None:
        return math.nan
    try:
        return time.clock_gettime((~pid << 3) | 2)  # what clock_getcpuclockid(3) returns on Linux
    except OSError:
        return math.nan


def queued_seconds(pid: int | str | None) -> float:
    """Return for how long a process of one thread has waited for a core; 0 if not known.

    A wait counts from when it is over.
    """
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_bytes().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def own_queued_seconds() -> float:
    """Return for how long this thread has waited for a core; 0 if not known."""
    return queued_seconds("thread-self")
