"""A check where a browser runs Python: no threads, no processes, no signals, another platform."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_checking import AFFINE, WRONG

from autograder.building.chapters import ROOT

BROWSER = """
import sys, threading, _thread
import numpy, IPython.display, IPython.core.interactiveshell  # before the platform is another one
for name in ("multiprocessing", "resource", "subprocess", "fcntl", "termios", "_posixsubprocess"):
    sys.modules[name] = None
import os, signal
for module, names in (
    (os, ("fork", "kill", "setpriority")), (signal, ("setitimer", "alarm", "pthread_kill"))
):
    for name in names:
        delattr(module, name)
def refused(*_, **__):
    raise RuntimeError("can't start new thread")
threading.Thread.start = _thread.start_new_thread = _thread.interrupt_main = refused
sys.platform = "emscripten"
from handgrad import check, progress
"""


def in_a_browser(source: str, folder: Path) -> str:
    """Run cells as they would run there; return what is printed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", BROWSER + source],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("answer", "said"),
    [(AFFINE, "The affine layer: 10 of 10 points"), (WRONG, "bias of its own")],
)
def test_a_task_is_checked(release_folder: Path, answer: str, said: str) -> None:
    assert said in in_a_browser(answer + "check('affine')", release_folder)


def test_all_tasks_are_checked(release_folder: Path) -> None:
    assert "So far: 10 of " in in_a_browser(AFFINE + "check()", release_folder)


def test_a_slow_check_says_what_it_does_when_the_next_begins(release_folder: Path) -> None:
    slow = AFFINE.replace("        self.x = x\n", "        self.x = x\n        time.sleep(0.03)\n")
    begin = """
import time
from autograder.notebook import checking, patience
shown = []
patience.QUIET_SECONDS = 0.02
checking.Screen.wait = lambda self, line: shown.append(line)
"""
    said = in_a_browser(begin + slow + "check('affine')\nprint(shown[0])", release_folder)
    assert "The affine layer: 10 of 10 points" in said
    assert said.splitlines()[-1].startswith("Checking, 2 of ")
