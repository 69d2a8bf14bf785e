"""Exhausting: time, memory, processes, threads, descriptors, disk, output, the stack."""

from __future__ import annotations

from dataclasses import replace

import nbformat
import pytest
from attacking import FULL, MIB, SMALL, Arena, Attack, body, cell, edited, parameters, points, said
from watching import MARKER, Memory

from autograder.sandbox import Limits
from autograder.sandbox.budget import Budget

pytestmark = pytest.mark.usefixtures("_unharmed")

COMPUTED = r"was stopped: it took more than 0\.3 s of computing"
WAITED = r"was stopped: it did not end within 0\.9 seconds"
STOPPED = f"{COMPUTED}|{WAITED}"
MEMORY = "your code asked for more memory than a submission may use"
NEVER = "while True:\n try:\n  {}\n except BaseException: pass"

ATTACKS = [
    cell("an endless cell", NEVER.format("input()"), f"this cell {COMPUTED}"),
    cell("a sleeping cell", "import time\ntime.sleep(600)", f"this cell {WAITED}"),
    cell(
        "a search that takes for ever",
        "import re\nre.match('(a+)+$', 'a' * 60 + 'b')",
        f"this cell {COMPUTED}",
    ),
    body("an endless call", "while True: pass", f"this check {COMPUTED}"),
    body(
        "a call in C that takes for ever",
        "return np.linalg.svd(np.ones((1500, 1500)))",
        f"this check {COMPUTED}|{MEMORY}",
    ),
    body(
        "a call that reads the next question itself",
        "import sys\nchild = next(m for n, m in sys.modules.items() if n.endswith('child'))\n"
        "child.OUTPUTS.connection.recv(99)",
        f"this check {WAITED}|raised AttributeError",
    ),
    Attack(
        "a function of the grader's called for ever",
        {"crosses_kink": "def crosses_kink(winners, x, *_):\n    while True: winners(x)"},
        f"this check ({STOPPED})|broke off",
        {"crosses_kink": 0.0},
    ),
    body("memory, at once", "return bytearray(1 << 40)", MEMORY),
    body(
        "memory, in pieces",
        "x = []\nwhile True: x.append(bytearray(1 << 24))",
        f"{MEMORY}|{COMPUTED}",
    ),
    body("memory, in an array", "return np.ones((1 << 17, 1 << 17))", MEMORY),
    body(
        "memory that is mapped",
        "import mmap\nreturn [mmap.mmap(-1, 1 << 28) for _ in range(99)]",
        f"{MEMORY}|raised OSError",
    ),
    cell(
        "memory, again and again",
        "hoard = []\nwhile True:\n try: hoard.append(bytearray(1 << 24))\n"
        " except MemoryError: hoard.append(None)",
        f"this cell {COMPUTED}|ended the Python interpreter|memory",
    ),
    cell("a fork bomb", "import os\nwhile True: os.fork()", r"raised PermissionError\."),
    cell(
        "a pool of processes",
        "import multiprocessing\nmultiprocessing.Process(target=print).start()",
        r"raised (PermissionError|OSError)\.",
    ),
    cell(
        "threads that live on",
        "import threading, time\n"
        "while True: threading.Thread(target=time.sleep, args=(600,)).start()",
        r"raised RuntimeError\.",
    ),
    cell(
        "a thread that outlives its cell",
        "import _thread, time\n_thread.start_new_thread(time.sleep, (600,))",
        r"raised RuntimeError\.",
    ),
    cell("all descriptors", "import os\nwhile True: os.dup(1)", "relative_error is not defined"),
    cell(
        "all descriptors, kept",
        "files = []\nwhile True: files.append(open('/dev/null'))",
        "relative_error is not defined",
    ),
    cell(
        "the disk",
        f"with open('{MARKER}', 'wb') as file:\n while True: file.write(bytes(1 << 24))",
        r"raised (PermissionError|OSError)\.",
    ),
    cell(
        "the disk in memory",
        f"with open('/dev/shm/{MARKER}', 'wb') as file:\n while True: file.write(bytes(1 << 24))",
        r"raised (PermissionError|FileNotFoundError|OSError)\.",
    ),
    cell(
        "output on both streams",
        "import os, sys\nwhile True:\n print('out')\n print('err', file=sys.stderr)\n"
        " os.write(1, b'x' * 65536)\n os.write(2, b'y' * 65536)",
        f"this cell ({STOPPED})",
    ),
    cell(
        "things displayed",
        "from IPython.display import display\nwhile True: display({'text/plain': 'x'}, raw=True)",
        f"this cell ({STOPPED})",
    ),
    cell(
        "an exception of megabytes",
        "raise type('E' * 10**6, (Exception,), {})('x' * 10**7)",
        r"'relative_error-answer' raised \w+\.",
    ),
    body(
        "recursion",
        "return relative_error(b, a)",
        r"your code raised RecursionError in the line `return relative_error\(b, a\)`",
    ),
    body(
        "recursion without a limit",
        "import sys\nsys.setrecursionlimit(10**9)\nreturn list(map(relative_error, [a], [b]))",
        r"\(signal 11\)|memory|" + COMPUTED,
    ),
    body(
        "a reply that is too large",
        "return np.zeros(1 << 24)",
        "your code raised ValueError|more memory|more than 0.3 s",
    ),
    body("a reply with too many parts", "return [[]] * 200_000", "your code raised ValueError"),
]


@parameters(ATTACKS)
def test_what_is_stopped_is_named_and_the_rest_is_graded(arena: Arena, attack: Attack) -> None:
    with Memory() as memory:
        report = arena.grade(attack)
    arena.assert_defeated(attack, report)
    assert report.peak_bytes <= SMALL.limits.memory_bytes
    assert memory.grown < 256 * MIB
    shown = [one.get("outputs", []) for one in report.graded_notebook().cells]
    streams = [o.text for outputs in shown for o in outputs if o.output_type == "stream"]
    assert max(map(len, streams), default=0) <= SMALL.output_characters
    assert len(report.notebook) < 16 * MIB


def test_computing_in_total_is_limited(arena: Arena) -> None:
    """Each call of each task keeps within its limit; together they do not."""
    slow = "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass\n"
    notebook = edited(arena.solved, {"relative_error": slow})
    notebook.cells[1:1] = [nbformat.v4.new_code_cell(slow) for _ in range(9)]
    budget = replace(SMALL, cell_seconds=5, restarts=0, limits=Limits(cpu_seconds=1))
    report = arena.grade_notebook(notebook, budget)
    assert "the submission took more than 1 seconds of computing" in said(report)
    assert report.cpu_seconds < 8
    arena.assert_sealed(report)


def test_restarts_are_limited(arena: Arena) -> None:
    notebook = edited(arena.solved, {"relative_error": ""})
    notebook.cells += [nbformat.v4.new_code_cell("import os\nos._exit(0)") for _ in range(9)]
    report = arena.grade_notebook(notebook)
    assert "the submission had to be stopped too often" in said(report)
    arena.assert_sealed(report)


SHORT = Budget(cell_seconds=0.3, total_seconds=0.1, restarts=4, limits=SMALL.limits)


def test_sleeping_in_total_is_limited_over_cells(arena: Arena) -> None:
    notebook = edited(arena.solved, {})
    notebook.cells += [nbformat.v4.new_code_cell("import time\ntime.sleep(0.4)") for _ in range(4)]
    report = arena.grade_notebook(notebook, SHORT)
    assert "did not end within 0.3 seconds" in said(report)


def test_sleeping_in_total_is_limited_over_checks(arena: Arena) -> None:
    slow = "import time\ndef relative_error(a, b): return time.sleep(0.4)"
    report = arena.grade_notebook(edited(arena.solved, {"relative_error": slow}), SHORT)
    assert "did not end within 0.3 seconds" in said(report)


def test_what_a_check_is_given_does_not_fill_the_grader(arena: Arena) -> None:
    source = """
def crosses_kink(winners, x, index, h):
    while True:
        winners(np.ones((1 << 20, 1, 1), bool))
"""
    with arena.unhurried() as budget, Memory() as memory:
        report = arena.grade(Attack("", {"crosses_kink": source}, ""), budget)
    assert "its code gave back more than 64 MiB" in said(report)
    assert points(report)["nodes"] == FULL["nodes"]
    assert memory.grown < 700 * MIB, f"the grader has grown by {memory.grown // MIB} MiB"
