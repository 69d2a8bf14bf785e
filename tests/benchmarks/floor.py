"""The floor of grading: the cells, and the student's functions under the checks, called directly.

``python floor.py CELLS.json NAME ...`` runs in the folder that the students were given. Each
notebook runs in a fork of a warm process, in the shell of the sandbox's child, which draws figures.
No grader that runs the cells and makes all checks can take less.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, os.getcwd())  # the chapters that came with the notebook, as for a student

import direct
import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot

from autograder.inside.child import Shell, make_shell


def run(cells: list[str], checks: Any, shell: Shell) -> None:
    """Run a notebook's cells, and the checks of its functions, in a fork."""
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        names: dict[str, Any] = {"__name__": "__main__"}
        for cell in cells:
            with suppress(Exception):
                exec(compile(cell, "<cell>", "exec"), names)
            shell.events.trigger("post_execute")  # which draws what was not shown
        for _ in direct.run_checks(checks, names):
            pass
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("a notebook did not run to its end")


def main(file: str, *students: str) -> None:
    """Run the notebooks of some students."""
    cells = json.loads(Path(file).read_text())
    checks = direct.load_checks(Path.cwd())
    shell = make_shell()
    gc.collect()
    gc.freeze()
    for student in students:
        run(cells[student], checks, shell)


if __name__ == "__main__":
    main(*sys.argv[1:])
