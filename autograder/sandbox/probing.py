"""Find the strongest sandbox that this machine allows, by trying to break out of it."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from . import advice
from .process import Child, Zygote
from .terms import INNER, MIB, NOTHING, OUTER, Isolation, Limits, SandboxFailed, SandboxUnavailable

LIMITS = Limits(cpu_seconds=10, memory_bytes=512 * MIB)

TRACE_ME = """
import ctypes
if ctypes.CDLL(None).ptrace(0, 0, 0, 0) < 0:
    raise PermissionError("ptrace")
"""

ATTEMPTS = {
    "read the system's files": "open('/etc/passwd')",
    "list the course": f"import os; os.listdir({str(Path(__file__).parents[2])!r})",
    "import the solutions": "import solutions",
    "write a file": "import tempfile; tempfile.TemporaryFile()",
    "open a socket": "import socket; socket.socket()",
    "open a socket to the hypervisor": "import socket; socket.socket(40, socket.SOCK_STREAM)",
    "start a process": "import os; os.fork() or os._exit(0)",
    "start a thread": "import _thread; _thread.start_new_thread(int, ())",
    "run a program": f"import os; os.execv({sys.executable!r}, ['python'])",
    "signal its parent": "import os; os.kill(os.getppid(), 0)",
    "be traced": TRACE_ME,
    "exceed its memory": f"bytearray({LIMITS.memory_bytes})",
}
"""What a submission must not be able to do, each as source that raises if it cannot."""

DENIALS = {"FileNotFoundError", "MemoryError", "ModuleNotFoundError", "PermissionError"}
DENIALS |= {"OSError", "RuntimeError"}
# What it must be able to do: else the attempts would fail for want of a working Python.
WORKS = "import decimal; result = str(decimal.Decimal(1) / 8)"


def attempt(child: Child, source: str) -> dict[str, Any]:
    """Let a child that serves `inside.selftest` run `source`.

    Returns
    -------
    dict
        ``result`` and ``error``, the exception's name or None; with that ``errno`` and
        ``message``.

    Raises
    ------
    EOFError
        If the child ended over it.
    """
    child.socket.settimeout(60)
    child.socket.sendall(json.dumps(source).encode() + b"\n")
    answer = b""
    while not answer.endswith(b"\n"):
        more = child.socket.recv(65536)
        if not more:
            raise EOFError("the child ended")
        answer += more
    reply: dict[str, Any] = json.loads(answer)
    return reply


@cache
def probe() -> Isolation:
    """Return the strongest isolation to be had here, found once per process.

    A zygote is really started at each level, strongest first, and a child of it tries all of
    `ATTEMPTS`. One that succeeds rules the level out. Level 0 means that no level is left.
    """
    if sys.platform != "linux":
        return replace(NOTHING, reason=advice.not_linux(platform.system()))
    problems: list[str] = []
    for isolation in (OUTER, INNER):
        try:
            layers = _hold(isolation)
        except (SandboxFailed, SandboxUnavailable, OSError, EOFError) as error:
            problems.append(str(error).rstrip("."))
        else:
            missing = advice.outer_missing("; ".join(problems)) if problems else ""
            return replace(isolation, layers=layers, reason=missing)
    return replace(NOTHING, reason=advice.nothing_holds("; ".join(problems)))


def _hold(isolation: Isolation) -> tuple[str, ...]:
    """Return the layers of an isolation whose walls hold.

    Raises
    ------
    SandboxFailed
        If one does not.
    """
    with Zygote(isolation, preload=(), server="selftest") as zygote, zygote.fork(LIMITS) as child:
        if attempt(child, WORKS).get("result") != "0.125":
            raise SandboxFailed("Python does not work in the sandbox")
        for what, source in ATTEMPTS.items():
            if attempt(child, source)["error"] not in DENIALS:
                raise SandboxFailed(f"a submission could {what} in the sandbox")
        outer = (_bubblewrap_version(),) if isolation.level == 3 else ()
        return (*outer, *zygote.layers)


def _bubblewrap_version() -> str:
    program = shutil.which("bwrap") or "bwrap"
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return answer.stdout.strip()
