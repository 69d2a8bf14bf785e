"""Faults on purpose: processes that are killed at a chosen step, disks that are full."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import autograder

HOUSE = Path(autograder.__file__).parent
WATCHED = {
    str(HOUSE / f"{name}.py")
    for name in (
        *("grading/batch", "grading/staging", "writing"),
        *(f"classes/{name}" for name in ("class_directory", "classroom", "gradebook")),
        *(f"classes/{name}" for name in ("journal", "locking", "runs")),
    )
}
CLONE_NEWNS, MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = (
    *(0x20000, 0x1, 0x20, 0x1000),
    *(0x4000, 0x40000),
)


# Processes ----------------------------------------------------------------------------------------


def fork(work: Callable[[], Any]) -> int:
    """Do something in a process of its own; its status tells whether it failed."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return pid


def status_of(pid: int) -> int:
    """Wait for a process: its exit status, or the signal that ended it as a negative number."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, or fail after a long while."""
    deadline = time.monotonic() + 300
    while not holds():
        assert time.monotonic() < deadline, "it does not come about"
        time.sleep(0.01)


def in_child(work: Callable[[], Any]) -> Any:
    """Return what a function returns that runs in a process of its own."""
    read, write = os.pipe()
    pid = fork(lambda: os.write(write, json.dumps(work()).encode()))
    os.close(write)
    with os.fdopen(read) as answer:
        text = answer.read()
    assert status_of(pid) == 0, "see the traceback of the child"
    return json.loads(text)


class Steps:
    """Counts what this process does, step by step; kills it at the one that was chosen.

    A step is a line of the program's own that is about to run, a statement to the database, a
    commit, or a file that is opened to be written, renamed, made or removed.
    """

    def __init__(self, last: int | None = None) -> None:
        self.last = last
        self.names: list[str] = []
        self.pid = os.getpid()

    def step(self, name: str) -> None:
        if os.getpid() != self.pid:
            return
        if len(self.names) == self.last:
            os.kill(self.pid, signal.SIGKILL)
        self.names.append(name)

    def watch(self) -> None:
        """Begin. There is no end: to be called in a process of its own."""
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        event.listen(Engine, "before_cursor_execute", lambda *a: self.step(f"sql {a[2][:40]}"))
        event.listen(Engine, "commit", lambda *_: self.step("commit"))
        sys.addaudithook(self._audit)
        sys.settrace(self._trace)

    def _audit(self, what: str, arguments: tuple[Any, ...]) -> None:
        named = not isinstance(arguments[0], int) if arguments else False
        written = what == "open" and named and isinstance(arguments[2], int) and arguments[2] & 3
        if written or what in ("os.rename", "os.mkdir", "os.remove", "os.rmdir"):
            self.step(f"{what} {Path(os.fsdecode(arguments[0])).name}")

    def _trace(self, frame: Any, what: str, _: Any) -> Any:
        if frame.f_code.co_filename not in WATCHED:
            return None
        if what == "line":
            self.step(f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}")
        return self._trace


# Disks --------------------------------------------------------------------------------------------


def mount(source: str, target: Path | str, kind: str = "", flags: int = 0, data: str = "") -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    words = [word.encode() for word in (source, str(target), kind)]
    if libc.mount(*words, ctypes.c_ulong(flags), data.encode()):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(target))


def own_mounts() -> None:
    """Let this process mount what nobody else sees."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS):
        raise PermissionError(ctypes.get_errno(), "no mount namespace is to be had")
    mount("none", "/", flags=MS_REC | MS_PRIVATE)


def can_mount() -> bool:
    """Return whether a process may have mounts of its own."""

    def tried() -> bool:
        try:
            own_mounts()
        except OSError:
            return False
        return True

    return bool(in_child(tried))


def small_disk(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    mount("tmpfs", folder, "tmpfs", data="size=32m")


def leave(folder: Path, room: int) -> Path:
    """Fill a disk but for some bytes; return the file that fills it."""
    ballast = folder / "ballast"
    usage = os.statvfs(folder)
    ballast.write_bytes(b"\1" * max(0, usage.f_bavail * usage.f_frsize - room))
    return ballast


def die(*_: Any) -> NoReturn:
    """End this process as the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
