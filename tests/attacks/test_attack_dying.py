"""Dying: exits of every form, signals, crashes, what is done on the way out, a killed child."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress

import pytest
from attacking import FULL, Arena, Attack, body, cell, parameters, points
from processes import family
from test_attack_forging import FORGE

from autograder.inside import channel
from autograder.sandbox import SandboxFailed
from autograder.sandbox.session import Session

pytestmark = pytest.mark.usefixtures("_unharmed")

ENDED = "the code ended the Python interpreter"
CRASHED = r"the code crashed the Python interpreter \(signal {}\)"
RAISED = "your code raised {}"

ATTACKS = [
    cell("exit at once, in a cell", "import os\nos._exit(0)", ENDED),
    cell("exit with a code that means something", "import os\nos._exit(71)", f"{ENDED}|memory"),
    cell("exit, politely, in a cell", "import sys\nsys.exit(0)", "relative_error is not defined"),
    cell("leave the shell", "exit()\nquit()", "relative_error is not defined"),
    cell("an interrupt", "raise KeyboardInterrupt", r"raised KeyboardInterrupt\.|" + ENDED),
    cell("an end of all generators", "raise GeneratorExit", r"raised GeneratorExit\.|" + ENDED),
    cell(
        "an exception of no class of ours",
        "class Worse(BaseException): pass\nraise Worse",
        r"raised Worse\.|" + ENDED,
    ),
    body("exit at once, in a call", "import os\nos._exit(0)", ENDED),
    body("exit, politely, in a call", "raise SystemExit('3 of 3')", RAISED.format("SystemExit")),
    body("an interrupt in a call", "raise KeyboardInterrupt", f"{ENDED}|KeyboardInterrupt"),
    body(
        "an exception that fails when it is printed",
        "raise Worse",
        f"{ENDED}|your code raised",
        before="class Worse(BaseException):\n    def __str__(self): raise Worse",
    ),
    body("abort", "import os\nos.abort()", CRASHED.format(6)),
    body("a null pointer", "import ctypes\nctypes.string_at(0)", CRASHED.format(11)),
    body(
        "memory overwritten",
        "import ctypes\nctypes.memset(id(type(a)), 0, 400)\nreturn a + b",
        CRASHED.format(r"\d+"),
    ),
    body("killed by itself", "import os\nos.kill(os.getpid(), 9)", CRASHED.format(9)),
    body(
        "stopped by itself",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        "it did not end within",
    ),
    body(
        "an alarm clock",
        "import signal, time\nsignal.setitimer(signal.ITIMER_REAL, 0.05)\ntime.sleep(9)",
        CRASHED.format(14),
    ),
    body(
        "a wrong system call of another kind",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSYS)",
        CRASHED.format(31),
    ),
    cell(
        "work at exit",
        """
import atexit, os, time
class Last:
    def __del__(self): time.sleep(60)
last = Last()
atexit.register(time.sleep, 60)
raise LookupError
""",
        r"raised LookupError\.",
    ),
    cell(
        "work at exit, and exit",
        "import atexit, os, sys, time\natexit.register(time.sleep, 60)\nos.abort()",
        CRASHED.format(6),
    ),
    body(
        "the limit of computing caught",
        "import signal\nfor number in range(1, 32):\n"
        "    try: signal.signal(number, signal.SIG_IGN)\n    except OSError: pass\n"
        "while True: pass",
        r"it took more than 0\.3 s of computing",
    ),
    cell("the channel closed", FORGE + "socket.close()", ENDED),
    cell("the channel shut", FORGE + "socket.shutdown(2)", ENDED),
    cell("the channel replaced", FORGE + "os.dup2(0, socket.fileno())", ENDED),
    cell(
        "no modules left",
        "import sys\nsys.modules.clear()\nimport builtins\nbuiltins.__dict__.clear()",
        f"{ENDED}|relative_error is not defined",
        points={"relative_error": 0.0, "crosses_kink": None},
    ),
]


@parameters(ATTACKS)
def test_an_end_is_named_and_the_rest_is_graded(arena: Arena, attack: Attack) -> None:
    report = arena.grade(attack)
    arena.assert_defeated(attack, report)


SLEEPY = body("sleepy", "import time\ntime.sleep(600)\nreturn 1", CRASHED.format(9))


@pytest.fixture
def kill(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Kill the child, or the zygote with all that it has, each time that SLEEPY is asked."""

    def from_now_on(whom: str) -> None:
        def send(session: Session, kind: bytes, frame: bytes) -> None:
            sending(session, kind, frame)
            if kind == channel.ASK and b"relative_error" in frame:
                children = family(arena.zygote.pid) - arena.family
                for pid in children if whom == "child" else arena.family:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

        sending = Session._send
        monkeypatch.setattr(Session, "_send", send)

    return from_now_on


def test_a_killed_child_is_named_and_the_rest_is_graded(
    arena: Arena, kill: Callable[[str], None]
) -> None:
    kill("child")
    with arena.unhurried() as budget:
        report = arena.grade(SLEEPY, budget)
    arena.assert_defeated(SLEEPY, report)


def test_a_killed_zygote_is_nobodys_fault(
    arena: Arena, kill: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No grade comes of it; the next zygote grades as if nothing had been."""
    kill("zygote")
    with arena.unhurried() as budget, pytest.raises(SandboxFailed):
        arena.grade(SLEEPY, budget)
    monkeypatch.undo()
    arena.close()
    arena.start()
    assert points(arena.grade(Attack("honest", {}, ""))) == FULL
