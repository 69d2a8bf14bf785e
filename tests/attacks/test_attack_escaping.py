"""Escaping: the network, sockets of the host, links, traversal, ptrace, signals, namespaces."""

from __future__ import annotations

import os
import platform
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacking import SMALL, Arena, Attack, cell, parameters, points, said
from watching import MARKER

from autograder.grading.single import grade_submission

pytestmark = pytest.mark.usefixtures("_unharmed")

DENIED = r"'relative_error-answer' raised (PermissionError|FileNotFoundError|OSError)\."
X86 = platform.machine() == "x86_64"

CALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
page = ctypes.create_string_buffer(4096)
def call(number, *args):
    wide = [ctypes.c_long(one) if isinstance(one, int) else one for one in (number, *args)]
    if libc.syscall(*wide) == -1:
        raise OSError(ctypes.get_errno(), "denied")
"""

NETWORK = [
    cell(
        "a connection to the world",
        "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)\n1 / 0",
        DENIED,
    ),
    cell(
        "a datagram",
        "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "s.sendto(b'x', ('192.0.2.1', 53))\n1 / 0",
        DENIED,
    ),
    cell(
        "a page",
        "import urllib.request\nurllib.request.urlopen('http://192.0.2.1/', timeout=1)\n1 / 0",
        r"raised URLError\.",
    ),
    cell(
        "a name looked up",
        "import socket\nsocket.getaddrinfo('example.org', 80)\n1 / 0",
        r"raised (gaierror|PermissionError|OSError)\.",
    ),
    cell(
        "raw packets",
        "import socket\nsocket.socket(socket.AF_PACKET, socket.SOCK_RAW)\n1 / 0",
        DENIED,
    ),
    cell(
        "the routing table",
        "import socket\nsocket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).bind((0, 0))\n1 / 0",
        DENIED,
    ),
    cell(
        "the hypervisor",
        "import socket\nsocket.socket(40, socket.SOCK_STREAM).connect((2, 22))\n1 / 0",
        DENIED,
    ),
    cell(
        "a service of the host's",
        "import socket\ns = socket.socket(socket.AF_UNIX)\n"
        "for name in ('/run/docker.sock', '/run/dbus/system_bus_socket'):\n s.connect(name)\n1 / 0",
        DENIED,
    ),
]

FILES = [
    cell(
        "files, wherever they may lie",
        f"""
import os
places = [".", "..", "/", "/tmp", "/var/tmp", "/dev/shm", "/run", "@CLASS@", "@REPO@", "/root"]
places += ["@CLASS@/submitted/bob", "@CLASS@/stage", os.path.dirname(os.__file__)]
made = []
for place in places:
    try:
        if place != ".":  # where `open` keeps a file in memory
            with open(place + "/{MARKER}", "w") as file:
                file.write("x")
            made.append(place)
    except OSError:
        pass
    try:
        os.close(os.open(place + "/{MARKER}", os.O_WRONLY | os.O_CREAT))
        made.append(place)
    except OSError:
        pass
print(made)
if not made:
    raise PermissionError
""",
        r"raised PermissionError\.",
    ),
    cell(
        "the gradebook changed",
        """
import sqlite3
with sqlite3.connect("@CLASS@/gradebook.db") as book:
    book.execute("update grade set points = 100")
""",
        r"raised OperationalError\.",
    ),
    cell(
        "a classmate's submission replaced",
        "open('@CLASS@/submitted/bob/03_backpropagation/03_backpropagation.ipynb', 'w')",
        DENIED,
    ),
    cell(
        "a classmate's submission removed",
        "import shutil\nshutil.rmtree('@CLASS@/submitted/bob')",
        DENIED,
    ),
    cell(
        "a link to the gradebook in the work folder",
        f"import os\nos.symlink('@CLASS@/gradebook.db', '{MARKER}')\n"
        f"print(open('{MARKER}', 'rb').read())",
        DENIED,
    ),
    cell(
        "a hard link",
        f"import os\nos.link('@CLASS@/gradebook.db', '{MARKER}')",
        DENIED,
    ),
    cell(
        "out of the work folder by dots",
        "print(open('../' * 12 + 'etc/passwd').read())\n1 / 0",
        DENIED,
    ),
    cell(
        "out of the work folder by going there",
        "import os\nos.chdir('/')\nos.chdir('etc')\nprint(open('passwd').read())\n1 / 0",
        DENIED,
    ),
    cell(
        "out of the work folder by a descriptor",
        "import os\nhere = os.open('.', os.O_RDONLY)\nfor _ in range(12):\n"
        "    here = os.open('..', os.O_PATH, dir_fd=here)\n"
        "print(os.listdir(f'/proc/self/fd/{here}'), os.open('etc/passwd', 0, dir_fd=here))\n1 / 0",
        DENIED,
    ),
    cell(
        "the root of another process",
        "import os\nprint(open(f'/proc/{os.getppid()}/root/etc/passwd').read())\n1 / 0",
        DENIED,
    ),
    cell(
        "files of the work folder changed",
        "import os\nfor name in os.listdir('.'):\n    os.chmod(name, 0o777)\n"
        "    os.rename(name, 'x')",
        DENIED,
    ),
    cell(
        "code left for the next one to import",
        f"import os, posix\nos.makedirs('solutions/__pycache__/{MARKER}')\n"
        f"posix.mkdir('solutions/{MARKER}')",
        DENIED,
    ),
]

PROCESSES = [
    cell("a program", "import os\nos.execv('/bin/sh', ['sh'])\n1 / 0", DENIED),
    cell("a shell", "import subprocess\nsubprocess.run(['sh', '-c', 'id'])\n1 / 0", DENIED),
    cell(
        "a shell by magic",
        f"!touch /tmp/{MARKER}\nget_ipython().system('touch /tmp/{MARKER}')\n"
        "get_ipython().run_cell_magic('bash', '', 'id')\n1 / 0",
        r"raised \w+\.",
    ),
    cell("a signal to the parent", "import os\nos.kill(os.getppid(), 9)\n1 / 0", DENIED),
    cell("a signal to all", "import os\nos.kill(-1, 9)\n1 / 0", DENIED),
    cell("a signal to its group", "import os\nos.killpg(0, 9)\n1 / 0", DENIED),
    cell(
        "limits of the parent",
        "import os, resource\nresource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))\n1 / 0",
        DENIED,
    ),
    cell(
        "its own limits lifted",
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))\n1 / 0",
        r"raised (ValueError|PermissionError)\.",
    ),
    cell("the root user", "import os\nos.setuid(0)\nos.setgid(0)\n1 / 0", DENIED),
    cell("another root", "import os\nos.chroot('/')\n1 / 0", DENIED),
]

SYSTEM_CALLS = [
    cell("the parent traced", CALL + "call(101, 16, os.getppid(), 0, 0)\n1 / 0", DENIED),
    cell(
        "the parent's memory",
        CALL + "call(310, os.getppid(), page, 1, page, 1, 0)\n1 / 0",
        DENIED,
    ),
    cell("a handle of the parent", CALL + "call(434, os.getppid(), 0)\n1 / 0", DENIED),
    cell("a new user namespace", CALL + "call(272, 0x10000000)\n1 / 0", DENIED),
    cell("all new namespaces", CALL + "call(272, 0x7E020000)\n1 / 0", DENIED),
    cell(
        "a child in new namespaces",
        CALL + "call(56, 0x10000011, 0, 0, 0, 0)\n1 / 0",
        DENIED,
    ),
    cell("a file system mounted", CALL + "call(165, b'x', b'/', b'tmpfs', 0, 0)\n1 / 0", DENIED),
    cell(
        "a program without a file",
        CALL + "number = os.memfd_create('x')\ncall(322, number, b'', 0, 0, 0x1000)\n1 / 0",
        DENIED,
    ),
    cell(
        "all the calls that have let somebody out before",
        CALL
        + """
numbers = {"io_uring_setup": 425, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323,
           "keyctl": 250, "add_key": 248, "shmget": 29, "msgget": 68, "semget": 64,
           "setns": 308, "pivot_root": 155, "init_module": 175, "kexec_load": 246, "reboot": 169,
           "open_by_handle_at": 304, "name_to_handle_at": 303, "personality": 135, "ioperm": 173,
           "process_vm_writev": 311, "pidfd_send_signal": 424, "pidfd_getfd": 438, "quotactl": 179,
           "swapon": 167, "acct": 163, "settimeofday": 164, "sethostname": 170, "seccomp": 317,
           "landlock_restrict_self": 446, "sendmsg": 46, "recvmsg": 47, "sched_setaffinity": 203}
passed = []
for name, number in numbers.items():
    try:
        call(number, page, page, page, page, page)
        passed.append(name)
    except PermissionError:
        pass
    except OSError as error:
        passed.append((name, error.errno))
print(passed)
if not passed:
    raise PermissionError
""",
        r"raised PermissionError\.",
    ),
]

ATTACKS = [*NETWORK, *FILES, *PROCESSES, *(SYSTEM_CALLS if X86 else [])]


@parameters(ATTACKS)
def test_there_is_no_way_out(arena: Arena, attack: Attack) -> None:
    arena.assert_defeated(attack, arena.grade(attack))


@pytest.fixture
def listeners() -> Iterator[list[socket.socket]]:
    """Sockets of the host's: one of the network, one with an abstract name."""
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0{MARKER}-{os.getpid()}")
        abstract.listen()
        for one in (tcp, abstract):
            one.settimeout(0.05)
        yield [tcp, abstract]


def test_nobody_is_called(arena: Arena, listeners: list[socket.socket]) -> None:
    """Listeners of the host's that anybody could reach hear nothing."""
    port = listeners[0].getsockname()[1]
    source = f"""
import socket
for family, address in ((2, ("127.0.0.1", {port})), (1, "\\0{MARKER}-{os.getpid()}")):
    try:
        socket.socket(family).connect(address)
        print("reached")
    except OSError:
        pass
raise LookupError
"""
    attack = cell("listeners", source, r"raised LookupError\.")
    report = arena.grade(attack)
    arena.assert_defeated(attack, report)
    for one in listeners:
        with pytest.raises(TimeoutError):
            one.accept()


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("link", "is a link or cannot be read"),
        ("folder", "is not a file"),
        ("pipe", "is not a file"),
        ("device", "is a link or cannot be read"),
    ],
)
def test_a_submission_that_is_no_file_is_not_followed(
    arena: Arena, tmp_path: Path, kind: str, reason: str
) -> None:
    """A link to a classmate's right answers earns nothing."""
    path = tmp_path / "03_backpropagation.ipynb"
    bobs = arena.folder / "submitted" / "bob" / path.stem / path.name
    makers = {
        "link": lambda: path.symlink_to(bobs),
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
    }
    makers[kind]()
    report = grade_submission(arena.examiner, arena.zygote, "eve", path, SMALL)
    assert set(points(report).values()) == {0.0}
    assert reason in report.remarks[0]
    assert reason in said(report)
    arena.assert_sealed(report)


def test_what_lies_beside_a_submission_is_not_imported(arena: Arena, tmp_path: Path) -> None:
    """A numpy.py handed in with the notebook is no NumPy."""
    for name in ("numpy", "handgrad", "autograder", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('pwned')")
    path = tmp_path / "03_backpropagation.ipynb"
    bobs = arena.folder / "submitted" / "bob" / path.stem / path.name
    path.write_bytes(bobs.read_bytes())
    report = grade_submission(arena.examiner, arena.zygote, "eve", path, SMALL)
    assert report.points == report.max_points, said(report)


def test_attacks_have_names_of_their_own() -> None:
    names = [attack.name for attack in ATTACKS]
    assert len(names) == len(set(names))
    assert all(isinstance(attack, Attack) for attack in ATTACKS)
