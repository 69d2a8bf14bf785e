"""The grader's side of the sandbox: it starts a zygote, and asks it for children."""

from __future__ import annotations

import itertools
import select
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

from ..inside.control import Control, Message
from . import command, layout, times
from .terms import Cause, Ended, Isolation, Limits, SandboxFailed

START_SECONDS = 120.0
CAUSES: dict[int, Cause] = {0: "finished", 71: "memory limit"}
"""What the exit codes of `inside.zygote` mean; all others are crashes."""


class Child:
    """A confined process. As a context manager it is killed in the end.

    Attributes
    ----------
    socket : socket.socket
        The channel to what it serves: whatever comes out of it is hostile.
    pid : int or None
        Its process id, as the grader sees it.
    """

    def __init__(self, zygote: Zygote, number: int, channel: socket.socket, limits: Limits) -> None:
        self.socket = channel
        self.pid = times.sender(channel)
        self._zygote = zygote
        self._number = number
        self._limits = limits
        self._killed = False
        self._queued = 0.0
        self._ended: Ended | None = None

    def kill(self) -> None:
        """End it at once. Harmless when it has ended."""
        self._killed = True
        self._zygote.ask({"do": "kill", "id": self._number})

    def wait(self, timeout: float | None = None) -> Ended:
        """Wait for its end, and tell it. May be called again.

        Raises
        ------
        TimeoutError
            If it still runs after `timeout` seconds.
        SandboxFailed
            If the zygote is gone.
        """
        if self._ended is None:
            report = self._zygote.report(self._number, "ended", timeout)
            code, cpu = report["code"], report["cpu_seconds"]
            self._ended = Ended(
                cause=self._cause(code, cpu),
                exit_code=code if code >= 0 else None,
                signal=-code if code < 0 else None,
                cpu_seconds=cpu,
                max_rss_bytes=report["max_rss_bytes"],
            )
        return self._ended

    def _cause(self, code: int, cpu: float) -> Cause:
        if code == -signal.SIGXCPU:
            return "cpu limit"
        # The kernel's limit counts in ticks, the report in finer units.
        if code == -signal.SIGKILL and cpu >= self._limits.cpu_seconds - 0.05:
            return "cpu limit"
        if code == -signal.SIGKILL and self._killed:
            return "killed"
        return CAUSES.get(code, "crashed")

    def cpu_seconds(self) -> float:
        """Return the CPU time it has used; NaN where it has ended or the system cannot tell."""
        return times.cpu_seconds(self.pid)

    def queued_seconds(self) -> float:
        """Return for how long it was ready to run while no core was free for it, as last known."""
        if self._ended is None:
            self._queued = max(self._queued, times.queued_seconds(self.pid))
        return self._queued

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        with suppress(SandboxFailed):
            self.kill()
            self.wait()


class Zygote:
    """The warm parent of confined children, for one thread of one grader.

    Parameters
    ----------
    isolation : Isolation
        What `probe` found.
    readable : Path, optional
        The folder that becomes the children's current folder, read-only, and that they import
        from. A submission can read all that is in it.
    preload : sequence of str
        Modules to import once. Those not installed are left out.
    server : str
        The module of `autograder.inside` that a child serves.
    allow_unsandboxed : bool
        Whether resource limits alone will do, where nothing better is to be had.

    Raises
    ------
    SandboxUnavailable
        If the isolation is below level 2 and `allow_unsandboxed` is not set, or where processes
        cannot be forked.
    SandboxFailed
        On entering, if it does not start.

    Notes
    -----
    The thread that enters must live as long as the zygote: the kernel ends them together.
    """

    def __init__(
        self,
        isolation: Isolation,
        readable: Path | None = None,
        preload: Sequence[str] = layout.PRELOAD,
        *,
        server: str = "child",
        allow_unsandboxed: bool = False,
    ) -> None:
        isolation.require(allow_unsandboxed)
        self.isolation = isolation
        self.layers: tuple[str, ...] = ()
        self._readable = readable.resolve(strict=True) if readable else None
        self._preload = tuple(preload)
        self._server = server
        self._numbers = itertools.count(1)
        self._reports: dict[tuple[int, str], Message] = {}

    def __enter__(self) -> Self:
        self._errors: IO[bytes] = tempfile.TemporaryFile()
        ours, theirs = socket.socketpair()
        self._control = Control(ours)
        self._process: subprocess.Popen[bytes] | None = None
        try:
            with theirs:
                config = self._start(theirs.fileno())
            self.ask(config)
            self.layers = tuple(self.report(0, "ready", START_SECONDS)["layers"])
        except BaseException as error:
            self.close()
            if isinstance(error, OSError):
                raise SandboxFailed(f"the sandbox did not start: {error}") from error
            raise
        return self

    def _start(self, descriptor: int) -> Message:
        """Start the process, and return the configuration to send it."""
        files = layout.find(self._preload)
        user = layout.unprivileged_user(files, self._readable)
        fonts = layout.font_cache(files)
        if fonts and user is not None and not layout.open_to_all(fonts):
            fonts = None
        start, places = command.zygote(self.isolation, files, self._readable, fonts, descriptor)
        self._process = subprocess.Popen(
            start,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            pass_fds=[descriptor],
            cwd="/",
            env=files.environment,
            start_new_session=True,  # Ctrl-C is the grader's to handle
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
        imports = {"packages": files.package_folders, "preload": files.modules}
        level = self.isolation.level
        walls = {"confine": level >= 2, "alone": level == 3}
        return {**places, **imports, "server": self._server, **walls}

    def fork(
        self,
        limits: Limits | None = None,
        seed: int = 0,
        line: socket.socket | None = None,
    ) -> Child:
        """Fork a child, and return it when it is confined.

        Parameters
        ----------
        limits : Limits, optional
            What it may use.
        seed : int
            Where its global random generators start, `random`'s and NumPy's old one. The
            submission can learn it: never the seed of the checks.
        line : socket, optional
            One end of a line to another child: a duplicate of it goes to this one.

        Raises
        ------
        SandboxFailed
            If it could not be confined, or the zygote is gone.
        """
        limits = limits or Limits()
        number = next(self._numbers)
        ours, theirs = socket.socketpair()
        times.ask_for_sender(ours)
        request = {"do": "fork", "id": number, "limits": limits.as_resources(), "seed": seed}
        request["line"] = line is not None
        ends = [theirs.fileno(), *([] if line is None else [line.fileno()])]
        try:
            with theirs:
                self.ask(request, ends)
            self.report(number, "forked")
        except BaseException:
            ours.close()
            raise
        return Child(self, number, ours, limits)

    @property
    def pid(self) -> int | None:
        """The process that was started, bubblewrap or the zygote; None before."""
        return self._process.pid if self._process else None

    def ask(self, request: Message, descriptors: Sequence[int] = ()) -> None:
        """Send a request, with descriptors beside it. Used by `Child`."""
        try:
            self._control.send(request, descriptors)
        except OSError as error:
            raise SandboxFailed(self._why_gone()) from error

    def report(self, number: int, event: str, timeout: float | None = None) -> Message:
        """Wait for what the zygote tells about a child; it is told once. Used by `Child`."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (number, event) not in self._reports:
            if self._errors.closed:
                raise SandboxFailed(self._why_gone())
            if failed := self._reports.pop((number, "failed"), None):
                raise SandboxFailed(f"the sandbox failed: {failed['reason']}")
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not select.select([self._control], [], [], left)[0]:
                raise TimeoutError(f"nothing happened within {timeout} s")
            messages = self._control.receive()
            if messages is None:
                raise SandboxFailed(self._why_gone())
            self._reports.update({(m.get("id", 0), m["event"]): m for m in messages})
        return self._reports.pop((number, event))

    def _why_gone(self) -> str:
        if self._errors.closed:
            return "the sandbox was closed"
        self._errors.seek(0)
        lines = self._errors.read()[-2000:].decode(errors="replace").split("\n")
        said = [line for line in lines if line.strip()]
        return f"the sandbox has ended by itself: {said[-1] if said else 'without a word'}"

    def close(self) -> None:
        """End it and all its children."""
        self._control.socket.close()
        if self._process is not None:
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._errors.close()

    def __exit__(self, *_: object) -> None:
        self.close()
