"""Stock nbgrader, run as people run it: commands in a class, an exchange between two sides."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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


def run_nbgrader(folder: Path, *arguments: str, status: int = 0) -> str:
    """Run an nbgrader command in a folder; return what it said, or fail unless it ends as told."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    command = [str(BIN / "nbgrader"), *arguments]
    what = f"nbgrader {' '.join(arguments)}"
    return said_by(command, what, starting_quickly(plain_environment(home)), folder, status)


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


PEOPLE = """
import json, os, sys
from nbgrader.apps import NbGraderApp
arguments, people = json.loads(sys.argv[1])
for folder, home in people:
    print(folder, flush=True)
    pid = os.fork()
    if not pid:
        os.chdir(folder)
        os.environ["HOME"] = home
        NbGraderApp.launch_instance(arguments)
        sys.exit(0)
    if os.waitpid(pid, 0)[1]:
        sys.exit(1)
"""


def run_nbgrader_as(people: dict[Path, Path], *arguments: str) -> str:
    """Run an nbgrader command in the folder of each person, whose home is known.

    nbgrader is loaded once for all of them, as that takes longer than anything else here.
    """
    everyone = [[str(folder), str(home)] for folder, home in people.items()]
    command = [sys.executable, "-c", PEOPLE, json.dumps([arguments, everyone])]
    home = next(iter(people.values()))
    return said_by(command, f"nbgrader {' '.join(arguments)}", activated_environment(home))


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
