"""The sandbox holds: what a submission must not do fails, at each level, and is told rightly."""

from __future__ import annotations

import errno
import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from processes import descendants, family

from autograder.sandbox import (
    Ended,
    Isolation,
    Limits,
    SandboxFailed,
    SandboxUnavailable,
    Zygote,
    layout,
)
from autograder.sandbox.probing import ATTEMPTS, DENIALS, LIMITS, attempt
from autograder.sandbox.terms import INNER, MIB, NOTHING, OUTER

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what a submission may read, next to what it may not."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "secret.txt").write_text("42")
    (folder / "release" / "solutions").mkdir(parents=True)
    (folder / "release" / "solutions" / "__init__.py").touch()
    (folder / "release" / "solutions" / "earlier.py").write_text("ANSWER = 41\n")
    (folder / "release" / "data.txt").write_text("7")
    (folder / "release" / "link.txt").symlink_to(folder / "secret.txt")
    return folder


@pytest.fixture(scope="module", params=[OUTER, INNER], ids=["level3", "level2"])
def level(request: pytest.FixtureRequest) -> Isolation:
    isolation: Isolation = request.param
    try:
        with Zygote(isolation, preload=(), server="selftest"):
            return isolation
    except (SandboxFailed, SandboxUnavailable) as error:
        pytest.skip(f"no {isolation.name} here: {error}")


@pytest.fixture(scope="module")
def zygote(level: Isolation, course: Path) -> Iterator[Zygote]:
    preload = ("numpy.random",)
    with Zygote(level, course / "release", preload, server="selftest") as zygote:
        yield zygote


@pytest.fixture
def run(zygote: Zygote) -> Iterator[Callable[[str], dict[str, Any]]]:
    with zygote.fork(LIMITS) as child:
        yield lambda source: attempt(child, source)


def ended(zygote: Zygote, source: str, limits: Limits = LIMITS) -> Ended:
    """Return how a child ends over `source`."""
    with zygote.fork(limits) as child:
        with pytest.raises(EOFError):
            attempt(child, source)
        return child.wait(30)


def test_breaking_out_is_denied(level: Isolation) -> None:
    with Zygote(level, None, (), server="selftest") as zygote, zygote.fork(LIMITS) as child:
        answers = {what: attempt(child, source)["error"] for what, source in ATTEMPTS.items()}
    assert {what: error for what, error in answers.items() if error not in DENIALS} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import socket; socket.socket()",
        "import socket; socket.socketpair()",
        "import socket; socket.socket(40, socket.SOCK_STREAM)",
        "import os; os.fork()",
        "import os; os.kill(os.getppid(), 0)",
        "import os; os.kill(-1, 0)",
        "import os; os.kill(0, 0)",
        "import os; os.memfd_create('x')",
        "import os; os.pipe()",
        "import os; os.chmod('data.txt', 0o777)",
        "import os; os.utime('data.txt')",
        "import os; os.unlink('data.txt')",
        "import os; os.mkdir('folder')",
        "import os; os.truncate('data.txt', 0)",
        "import os; os.setsid()",
        "import os; os.setuid(0)",
        "import os; os.nice(-5)",
        "import os; os.sched_setaffinity(0, {0})",
        "import fcntl; fcntl.flock(open('data.txt'), fcntl.LOCK_EX)",
        "import resource; resource.prlimit(1, resource.RLIMIT_CPU)",
        "import ctypes, os; raise OSError((c := ctypes.CDLL(None, use_errno=True)) and "
        "c.shmget(0, 4096, 0o1600) and ctypes.get_errno(), '')",
        "import ctypes, os; raise OSError((c := ctypes.CDLL(None, use_errno=True)) and "
        "c.unshare(0x10000000) and ctypes.get_errno(), '')",
    ],
)
def test_system_calls_that_are_not_listed_fail(
    run: Callable[[str], dict[str, Any]], source: str
) -> None:
    assert run(source)["errno"] == errno.EPERM


@pytest.mark.parametrize(
    "source",
    [
        "open('new.txt', 'w')",
        "open('data.txt', 'a')",
        "open('link.txt')",
        "open('../secret.txt')",
        "open('/proc/self/environ')",
        "open('/dev/zero')",
        "import os; os.listdir('/')",
        "import os; os.listdir(os.path.dirname(os.__file__) + '/site-packages')",
        "open('/dev/shm/x', 'w')",
    ],
)
def test_files_outside_the_list_cannot_be_opened(
    run: Callable[[str], dict[str, Any]], source: str
) -> None:
    assert run(source)["error"] in {"PermissionError", "FileNotFoundError", "OSError"}


def test_what_is_released_can_be_read_and_imported(run: Callable[[str], dict[str, Any]]) -> None:
    assert run("result = open('data.txt').read()")["result"] == "7"
    assert run("from solutions.earlier import ANSWER as result")["result"] == 41
    assert run("import os; result = sorted(os.listdir())")["result"][0] == "data.txt"


def test_the_library_can_be_imported_even_when_caches_are_dropped(
    run: Callable[[str], dict[str, Any]],
) -> None:
    dropped = "import importlib; importlib.invalidate_caches(); "
    assert run(dropped + "import sqlite3, zipfile, wave; result = 1")["error"] is None


@pytest.mark.parametrize("name", ["nbgrader", "sklearn", "torch", "autograder", "pip"])
def test_other_packages_seem_not_to_be_installed(
    run: Callable[[str], dict[str, Any]], name: str
) -> None:
    assert run(f"import {name}")["error"] == "ModuleNotFoundError"


def test_only_the_channel_is_open(run: Callable[[str], dict[str, Any]]) -> None:
    source = """
import os, stat
result = {}
for number in range(4096):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        continue
    result[number] = [stat.S_ISSOCK(mode), stat.S_ISCHR(mode)]
"""
    found = run(source)["result"]
    sockets = [number for number, (is_socket, _) in found.items() if is_socket]
    devices = [number for number, (_, is_device) in found.items() if is_device]
    assert (devices, len(sockets), len(found)) == (["0", "1", "2"], 1, 4)


def test_the_environment_has_no_secrets(
    zygote: Zygote, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "s3cret")
    with (
        Zygote(zygote.isolation, None, (), server="selftest") as fresh,
        fresh.fork(LIMITS) as child,
    ):
        names = attempt(child, "import os; result = dict(os.environ)")["result"]
    assert names.keys() <= {*layout.ENVIRONMENT, "LD_LIBRARY_PATH", "PWD", "LC_CTYPE"}
    assert names["OPENBLAS_NUM_THREADS"] == "1"


def test_hashes_and_old_generators_repeat(zygote: Zygote) -> None:
    source = "import random, numpy; result = [hash('a'), random.random(), numpy.random.rand()]"
    drawn = []
    for seed in (1, 1, 2):
        with zygote.fork(LIMITS, seed) as child:
            drawn.append(attempt(child, source)["result"])
    assert drawn[0] == drawn[1]
    assert drawn[0][0] == drawn[2][0]
    assert drawn[0][1] != drawn[2][1]
    assert drawn[0][2] != drawn[2][2]


def test_memory_has_a_limit_and_its_end_is_named(zygote: Zygote) -> None:
    with zygote.fork(LIMITS) as child:
        assert attempt(child, f"bytearray({LIMITS.memory_bytes})")["error"] == "MemoryError"
        assert attempt(child, "result = 1")["result"] == 1
    # The answer itself, three times as a string, is what cannot be had here.
    size = LIMITS.memory_bytes // 3
    assert ended(zygote, f"result = 'x' * {size}").cause == "memory limit"


@pytest.mark.parametrize("prelude", ["", "import signal; signal.signal(signal.SIGXCPU, print)\n"])
def test_cpu_time_has_a_limit_and_its_end_is_named(zygote: Zygote, prelude: str) -> None:
    end = ended(zygote, prelude + "while True: pass", replace(LIMITS, cpu_seconds=1))
    assert end.cause == "cpu limit"
    assert end.signal == (signal.SIGKILL if prelude else signal.SIGXCPU)
    assert 0.5 < end.cpu_seconds < 2.5  # the kernel counts in ticks


def test_other_ends_are_named(zygote: Zygote) -> None:
    crash = ended(zygote, "import ctypes; ctypes.string_at(0)")
    assert (crash.cause, crash.signal) == ("crashed", signal.SIGSEGV)
    leave = ended(zygote, "import os; os._exit(3)")
    assert (leave.cause, leave.exit_code, leave.signal) == ("crashed", 3, None)
    with zygote.fork(LIMITS) as child:
        child.socket.close()
        assert child.wait(10).cause == "finished"
    with zygote.fork(LIMITS) as child:
        with pytest.raises(TimeoutError):
            child.wait(0.01)
        child.kill()
        assert child.wait(10).cause == "killed"
        assert child.wait(10).max_rss_bytes > MIB


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the other numbers of x86-64")
@pytest.mark.parametrize(
    "code",
    ["b8 14 00 00 00 cd 80 c3", "b8 27 00 00 40 0f 05 c3"],  # getpid by int 0x80, and by x32
    ids=["i386", "x32"],
)
def test_system_calls_of_another_architecture_kill(zygote: Zygote, code: str) -> None:
    source = f"""
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex({code!r}))
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
"""
    assert ended(zygote, source).signal in (signal.SIGSYS, signal.SIGSEGV)


def test_cpu_time_is_seen_from_outside(zygote: Zygote) -> None:
    with zygote.fork(LIMITS) as child:
        before = child.cpu_seconds()
        attempt(child, "import time\nwhile time.process_time() < 0.2: pass")
        assert 0.1 < child.cpu_seconds() - before < 2
        child.kill()
        assert child.wait(10).cpu_seconds > 0.1
        assert math.isnan(child.cpu_seconds())


def test_waiting_for_a_core_is_told_from_sleeping(zygote: Zygote) -> None:
    """Two children that share one core: each has to wait about as long as it computes."""
    core = {min(os.sched_getaffinity(0))}
    with zygote.fork(LIMITS) as one, zygote.fork(LIMITS) as other:
        for child in (one, other):
            assert child.pid is not None
            os.sched_setaffinity(child.pid, core)
        spin = "import time\nwhile time.process_time() < 0.3: pass"
        for child in (one, other):
            child.socket.sendall(json.dumps(spin).encode() + b"\n")
        for child in (one, other):
            child.socket.recv(65536)
        assert one.queued_seconds() + other.queued_seconds() > 0.2
        before = one.queued_seconds()
        attempt(one, "import time\ntime.sleep(0.3)")
        assert one.queued_seconds() - before < 0.2


def test_one_zygote_has_many_children(zygote: Zygote) -> None:
    for number in range(50):
        with zygote.fork(LIMITS) as child:
            assert attempt(child, f"result = {number}")["result"] == number
    with zygote.fork(LIMITS) as one, zygote.fork(LIMITS) as other:
        attempt(one, "kept = 1")
        assert attempt(other, "result = 2")["result"] == 2
        assert attempt(one, "import numpy; result = float(numpy.ones(3).sum())")["result"] == 3


GRADER = """
import sys, time
from autograder.sandbox import Zygote, terms
isolation = terms.OUTER if sys.argv[1] == "3" else terms.INNER
zygote = Zygote(isolation, preload=(), server="selftest").__enter__()
child = zygote.fork()
child.socket.sendall(b'"import time; time.sleep(60)"\\n')
print("ready", flush=True)
time.sleep(60)
"""


def process_state(pid: int) -> tuple[str, int]:
    """Return a process's state and its parent, X and 0 when there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "X", 0
    return fields[0], int(fields[1])


def wait_for_the_end(pids: set[int]) -> None:
    deadline = time.monotonic() + 60
    while alive := {pid for pid in pids if process_state(pid)[0] not in "ZX"}:
        assert time.monotonic() < deadline, f"still running: {alive}"
        time.sleep(0.02)


def test_when_the_grader_dies_all_die(level: Isolation) -> None:
    command = [sys.executable, "-c", GRADER, str(level.level)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as grader:
        assert grader.stdout is not None
        assert grader.stdout.readline() == b"ready\n"
        others = descendants(grader.pid)
        assert len(others) == (4 if level == OUTER else 2)  # bubblewrap twice, zygote, child
        grader.kill()
    wait_for_the_end(others)


def test_the_ends_of_children_do_not_pile_up(level: Isolation) -> None:
    with Zygote(level, None, (), server="selftest") as zygote:
        for _ in range(3):
            with zygote.fork(LIMITS) as child:
                child.kill()
                assert child.wait(10) == child.wait(10)
        assert zygote._reports == {}


def test_a_zygote_that_dies_is_our_fault(level: Isolation) -> None:
    with Zygote(level, None, (), server="selftest") as zygote, zygote.fork(LIMITS) as child:
        for pid in sorted(family(zygote.pid)):  # the child last: its end must not be told
            with suppress(ProcessLookupError):  # with the first all others go
                os.kill(pid, signal.SIGKILL)
        with pytest.raises(SandboxFailed, match="ended by itself"):
            child.wait(10)
    with pytest.raises(SandboxFailed, match="was closed"):
        child.wait()


def test_a_missing_server_is_told(level: Isolation) -> None:
    with pytest.raises(SandboxFailed, match=r"ModuleNotFoundError.*nowhere"):
        Zygote(level, None, (), server="nowhere").__enter__()


def test_a_child_that_cannot_be_confined_does_not_start(zygote: Zygote) -> None:
    with pytest.raises(SandboxFailed, match="OverflowError"):
        zygote.fork(replace(LIMITS, stack_bytes=2**70))
    with zygote.fork(LIMITS) as child:
        assert attempt(child, "result = 1")["result"] == 1


def test_libraries_work_inside(level: Isolation) -> None:
    source = """
import io, matplotlib.pyplot as plt, numpy as np
figure, axes = plt.subplots()
axes.plot(np.linalg.inv(np.eye(2) * 2))
axes.set_title("$x^2$")
figure.savefig(picture := io.BytesIO())
result = [picture.getvalue()[:4] == b"\\x89PNG", plt.get_backend()]
"""
    with Zygote(level, server="selftest") as zygote, zygote.fork() as child:
        answer = attempt(child, source)
    assert answer.get("result") == [True, "module://matplotlib_inline.backend_inline"], answer


def test_the_channel_is_not_inherited(zygote: Zygote) -> None:
    with zygote.fork(LIMITS) as child:
        assert not os.get_inheritable(child.socket.fileno())
        assert child.socket.family == socket.AF_UNIX


def test_nothing_runs_unsandboxed_unless_allowed() -> None:
    nothing = replace(NOTHING, reason="because")
    with pytest.raises(SandboxUnavailable, match="because"):
        Zygote(nothing)
    allowed = Zygote(nothing, None, (), server="selftest", allow_unsandboxed=True)
    with allowed, allowed.fork(LIMITS) as child:
        assert attempt(child, "open('/etc/passwd'); result = 1")["result"] == 1
        assert attempt(child, f"bytearray({LIMITS.memory_bytes})")["error"] == "MemoryError"
        started = attempt(child, "import os, time\nif os.fork() == 0: time.sleep(60)")
        # Root alone is not held to the number of its processes.
        assert started["error"] == (None if os.getuid() == 0 else "BlockingIOError")
        before = family(allowed.pid)
    assert len(before) == (3 if os.getuid() == 0 else 2)
    wait_for_the_end(before)
