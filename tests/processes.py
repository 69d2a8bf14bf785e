"""What a process has started, and whether all of it has ended."""

from __future__ import annotations

import ctypes
import os
import time
from contextlib import suppress
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # of linux/prctl.h


def children(pid: int) -> set[int]:
    """Return the processes that a process has started and that are still there."""
    try:
        return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    except OSError:
        return set()


def descendants(pid: int) -> set[int]:
    """Return all processes that a process has started, and theirs."""
    return {one for child in children(pid) for one in {child, *descendants(child)}}


def family(pid: int | None) -> set[int]:
    """Return a process, and all that it has started, and theirs; nobody where there is none."""
    return set() if pid is None else {pid, *descendants(pid)}


class Orphanage:
    """Waits until all processes that were begun within have ended, and fails if they do not.

    What a killed process has started becomes a child of this one.
    """

    def __enter__(self) -> Orphanage:
        assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
        self.before = descendants(os.getpid())
        return self

    def __exit__(self, *_: object) -> None:
        deadline = time.monotonic() + 60
        while left := descendants(os.getpid()) - self.before:
            for pid in left:
                with suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
            assert time.monotonic() < deadline, f"processes live on: {left}"
            time.sleep(0.002)
