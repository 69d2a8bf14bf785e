"""Stock nbgrader, run as people run it: commands in a class, an exchange between two sides."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

BIN = Path(sys.executable).parent
NAME = "03_backpropagation"


def plain_environment(home: Path) -> dict[str, str]:
    """Return an environment in which no virtual environment is activated, nor any home known."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
    kept.pop("VIRTUAL_ENV", None)
    kept["PATH"] = os.pathsep.join(
        part for part in kept.get("PATH", os.defpath).split(os.pathsep) if Path(part) != BIN
    )
    return {**kept, "HOME": str(home), "OPENBLAS_NUM_THREADS": "1", "IPYTHONDIR": str(home / ".i")}


def start_nbgrader(folder: Path, *arguments: str, status: int = 0) -> str:
    """Run an nbgrader command as people start it; else as `run_nbgrader` does."""
    command, environment = [str(BIN / "nbgrader"), *arguments], environment_beside(folder)
    return said_by(command, f"nbgrader {' '.join(arguments)}", environment, folder, status)


def run_nbgrader(folder: Path, *arguments: str, status: int = 0) -> str:
    """Run an nbgrader command in a folder; return what it said, or fail unless it ends as told.

    It runs in a fork of a process that has loaded nbgrader, which takes longer than most commands.
    """
    return said_in_fork(folder, environment_beside(folder), arguments, status)


def environment_beside(folder: Path) -> dict[str, str]:
    """Return a plain environment with a home beside a folder."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    return starting_quickly(plain_environment(home))


FORKS = """
import json, os, signal, sys
sys.modules["rfc3987_syntax"] = None
from nbgrader.apps import NbGraderApp
import autograder.classes.nbgrader_plugin  # which the configuration of a class names
for line in sys.stdin:
    folder, environment, file, arguments = json.loads(line)
    pid = os.fork()
    if not pid:
        signal.alarm(600)
        said = os.open(file, os.O_WRONLY | os.O_CREAT)
        for stream in (1, 2):
            os.dup2(said, stream)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        NbGraderApp.launch_instance(arguments)
        sys.exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@cache
def warm_nbgrader() -> subprocess.Popen[str]:
    """Return a process that runs nbgrader's commands in forks, and ends with this one."""
    command = [sys.executable, "-c", FORKS]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)


def said_in_fork(
    folder: Path, environment: dict[str, str], arguments: Sequence[str], status: int = 0
) -> str:
    """Return what an nbgrader command said, on both streams, or fail unless it ends as told."""
    process = warm_nbgrader()
    assert process.stdin is not None
    assert process.stdout is not None
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "said"
        request = [str(folder), environment, str(file), arguments]
        print(json.dumps(request), file=process.stdin, flush=True)
        ended = int(process.stdout.readline())
        said = file.read_text(encoding="utf-8", errors="replace")
    assert ended == status, f"nbgrader {' '.join(arguments)} ended with {ended}:\n{said}"
    return said


def said_by(
    command: list[str],
    what: str,
    environment: dict[str, str],
    folder: Path | None = None,
    status: int = 0,
) -> str:
    """Return what a command said, on both streams, or fail unless it ends as told."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == status, f"{what} ended with:\n{done.stdout}"
    return done.stdout


def use_exchange(class_folder: Path) -> list[str]:
    """Give a class an exchange folder; return the options by which a student finds it."""
    root = class_folder.parent / "exchange"
    root.mkdir()
    root.chmod(0o777)
    with (class_folder / "nbgrader_config.py").open("a") as file:
        file.write(f"c.Exchange.root = {str(root)!r}\n")
        file.write("c.CourseDirectory.course_id = 'course'\n")
    cache = class_folder.parent / "cache"
    return ["--course", "course", f"--Exchange.root={root}", f"--Exchange.cache={cache}"]


def run_nbgrader_as(people: dict[Path, Path], *arguments: str) -> str:
    """Run an nbgrader command in the folder of each person, whose home is known."""
    return "".join(
        f"{folder}\n{said_in_fork(folder, activated_environment(home), arguments)}"
        for folder, home in people.items()
    )


def activated_environment(home: Path) -> dict[str, str]:
    """Return an environment in which this virtual environment is activated."""
    plain = starting_quickly(plain_environment(home))
    return {**plain, "PATH": f"{BIN}{os.pathsep}{plain['PATH']}"}


def starting_quickly(environment: dict[str, str]) -> dict[str, str]:
    """Leave out what takes seconds of each start of nbgrader's (see cli.py)."""
    quick = Path(environment["HOME"]) / "quick" / "sitecustomize.py"
    quick.parent.mkdir(exist_ok=True)
    quick.write_text('import sys\nsys.modules["rfc3987_syntax"] = None\n')
    paths = [str(quick.parent), *filter(None, [environment.get("PYTHONPATH")])]
    return {**environment, "PYTHONPATH": os.pathsep.join(paths)}


def run_shell(script: str, folder: Path, home: Path) -> str:
    """Run lines of a shell in a folder, where each has to succeed; return what they said."""
    command = ["bash", "-e", "-o", "pipefail", "-c", script]
    return said_by(command, script, activated_environment(home), folder)
