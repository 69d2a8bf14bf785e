"""The warm parent: it imports the libraries once, then forks a child for each submission.

It never runs a student's code and knows nothing of the course. One thread, one loop: requests come
from the grader, the ends of children from the kernel. It goes, and its children with it, when the
grader's end of the line closes.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import os
import random
import resource
import select
import signal
import socket
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from . import confine, kernel
from .control import Control, Message

FINISHED, CRASHED, OUT_OF_MEMORY = 0, 70, 71
"""Exit codes of a child."""

CONFINED = "confined"
"""What a child tells the zygote when all its walls stand; anything else is why they do not."""

HERE = b"!"
"""The first byte in each channel, before any of a student's code runs."""

MOST_DESCRIPTORS = 256


def main(descriptor: int) -> None:
    """Serve the grader at the other end of the socket `descriptor` until it closes it."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_DESCRIPTORS, MOST_DESCRIPTORS))
    _, memory = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))  # the grader's own may be limited
    # The number may lie beyond that limit: take the lowest free one.
    control = Control(socket.socket(fileno=os.dup(descriptor)))
    os.close(descriptor)
    [config] = control.receive() or sys.exit()
    try:
        zygote = Zygote(control, config)
    except BaseException as error:
        control.send({"event": "failed", "reason": f"{type(error).__name__}: {error}"})
        return
    control.send({"event": "ready", "layers": zygote.layers})
    zygote.run()


class Zygote:
    """Everything a child needs, loaded and ready.

    Parameters
    ----------
    control : Control
        The line to the grader.
    config : dict
        ``packages``: folders to import from; ``preload``: modules to import; ``server``: the module
        beside this one whose ``serve(channel, shell, line)`` a child runs, and whose
        ``make_shell()``, if it has one, is called here; ``readable``: the child's current folder,
        or None; ``fonts``: matplotlib's cache folder, or None; ``confine``: whether to put up
        walls; ``alone``: whether it has process ids of its own.
    """

    def __init__(self, control: Control, config: Message) -> None:
        if sys.platform == "linux":
            kernel.drop_privileges()
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        self.control = control
        self.children: dict[int, int] = {}  # the grader's number, by process id
        self.readable: str | None = config["readable"]
        self.alone: bool = config["alone"]
        preload(config["packages"], config["preload"], config["fonts"])
        self.server: Any = importlib.import_module(f".{config['server']}", __package__)
        self.shell = self.server.make_shell() if hasattr(self.server, "make_shell") else None
        look_only_in(self.readable, but_not=config["packages"])
        extra = [path for path in (self.readable, config["fonts"]) if path]
        self.walls = confine.build(extra) if config["confine"] else None
        self.layers = confine.facts() if config["confine"] else ["rlimits"]
        if threading.active_count() > 1:
            raise RuntimeError(f"a preloaded module started threads: {threading.enumerate()}")
        self.wake, self._wakes = os.pipe()
        gc.collect()
        gc.freeze()  # a child's collector then leaves these pages shared

    def run(self) -> None:
        """Fork, kill and report until the grader's end closes."""
        os.set_blocking(self._wakes, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wakes)
        while True:
            ready, _, _ = select.select([self.control.fileno(), self.wake], [], [])
            if self.wake in ready:
                os.read(self.wake, 4096)
                self.reap()
            if self.control.fileno() in ready:
                requests = self.control.receive()
                if requests is None:
                    break
                for request in requests:
                    getattr(self, f"on_{request['do']}")(request)
        for pid in self.children:
            kill(pid)
            os.waitpid(pid, 0)

    def reap(self) -> None:
        """Report the children that ended."""
        for pid in list(self.children):
            ended, status, usage = os.wait4(pid, os.WNOHANG)
            if not ended:
                continue
            if self.walls is None:
                kill(pid)  # what an unconfined child left in its session
            code = os.waitstatus_to_exitcode(status)
            # Kibibytes on Linux, bytes on macOS.
            rss = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            report = {"event": "ended", "id": self.children.pop(pid), "code": code}
            cpu = usage.ru_utime + usage.ru_stime
            if self.alone and not self.children:
                kill_all()
            self.control.send({**report, "cpu_seconds": cpu, "max_rss_bytes": rss})

    def on_kill(self, request: Message) -> None:
        for pid, number in self.children.items():
            if number == request["id"]:
                kill(pid)

    def on_fork(self, request: Message) -> None:
        """Fork a child, and report it only when it is confined."""
        channel = self.control.descriptor()
        line = self.control.descriptor() if request["line"] else None
        heard, told = os.pipe()
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            pid = -1
            os.write(told, str(error).encode())
        if pid == 0:
            self.become_child(request, channel, line, told, parent)
        os.close(channel)
        if line is not None:
            os.close(line)
        os.close(told)
        words = os.read(heard, 4096).decode()
        os.close(heard)
        if words == CONFINED:
            self.children[pid] = request["id"]
            self.control.send({"event": "forked", "id": request["id"]})
        else:
            reason = words or "it ended before it was confined"
            self.control.send({"event": "failed", "id": request["id"], "reason": reason})
            if pid > 0:
                os.waitpid(pid, 0)

    def become_child(
        self, request: Message, channel: int, line: int | None, told: int, parent: int
    ) -> NoReturn:
        """Confine this new process and let it serve. Never returns."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            os.chdir(self.readable or "/")
            reseed(request["seed"])
            rules = self.walls.rules if self.walls else None
            keep_only(*(one for one in (channel, line, told, rules) if one is not None))
            connection = socket.socket(fileno=channel)
            way = None if line is None else socket.socket(fileno=line)
            connection.send(HERE)  # by which the grader's kernel tells the process id
            confine.apply(self.walls, request["limits"], parent)
            os.write(told, CONFINED.encode())
            os.close(told)
        except BaseException as error:
            os.write(told, f"{type(error).__name__}: {error}".encode()[:4096])
            os._exit(CRASHED)
        try:
            self.server.serve(connection, self.shell, way)
            os._exit(FINISHED)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        except BaseException:
            os._exit(CRASHED)


def preload(packages: Iterable[str], modules: list[str], fonts: str | None) -> None:
    """Import the modules, looking for those that are not Python's own in `packages`."""
    sys.path.extend(packages)
    if any(name.startswith("matplotlib") for name in modules):
        steady_matplotlib(fonts)
    for name in modules:
        importlib.import_module(name)


def steady_matplotlib(fonts: str | None) -> None:
    """Let matplotlib import where no folder can be written, with its own fonts only."""
    spec = importlib.util.find_spec("matplotlib")
    if spec and spec.origin:
        os.environ["MATPLOTLIBRC"] = str(Path(spec.origin).parent / "mpl-data" / "matplotlibrc")
    matplotlib: Any = importlib.import_module("matplotlib")
    # Both would be made, or replaced by a temporary folder, if they could not be written.
    matplotlib.get_cachedir = matplotlib.get_configdir = lambda: fonts or os.devnull


def look_only_in(folder: str | None, but_not: list[str]) -> None:
    """Leave the child's folder and Python's own library to import from.

    What else there is to import is imported already; the rest must seem not to be installed.
    """
    ours = str(Path(__file__).parents[1])
    rest = [path for path in sys.path if path not in [*but_not, ours]]
    sys.path[:] = [folder, *rest] if folder else rest
    # The library's own folder may hold the installed packages, too. So children cannot list it;
    # they find what Python has already seen there, which must not be forgotten.
    for finder in map(sys.path_importer_cache.get, rest):
        if finder is not None:
            finder.invalidate_caches = lambda: None  # type: ignore[attr-defined]


def keep_only(*descriptors: int) -> None:
    """Close all descriptors but these and the standard ones, which lead to the null device."""
    os.dup2(1, 2)  # the zygote's own errors went to the grader
    first = 3
    for descriptor in sorted(descriptors):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, MOST_DESCRIPTORS)


def reseed(seed: int) -> None:
    """Give the children's global generators the same start, so that grades can be repeated."""
    random.seed(seed)
    numpy_random: ModuleType | None = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed(seed % 2**32)


def kill(pid: int) -> None:
    """End a child and, were it not confined, all it started: it leads its own session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def kill_all() -> None:
    """End all that this process may signal: what a child has left, if its own walls fell."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(-1, signal.SIGKILL)
