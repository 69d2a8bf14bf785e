"""Grading on a cluster: the same bytes, whoever dies; each worker answers for its own sandbox."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mixed_class import mixed, results
from notebooks import NAME, edited, hand_in
from processes import Orphanage

import autograder
from autograder.authoring import files
from autograder.classes.runs import Cluster
from autograder.commands.cli import main
from autograder.grading.batch import ClusterError, Run
from autograder.grading.clerk import Clerk, ClerkEnded, Office
from autograder.grading.submissions import Contents
from autograder.sandbox import Isolation

pytestmark = [
    pytest.mark.usefixtures("isolation"),
    pytest.mark.skipif(
        importlib.util.find_spec("distributed") is None,
        reason="distributed is not installed: pip install handgrad[cluster]",
    ),
]

ROOT = Path(autograder.__file__).parents[1]
COMMAND = """
import sys
sys.modules["rfc3987_syntax"] = None
from autograder.commands.cli import main
main()
"""
NO_WALLS = """
import dataclasses
from autograder import sandbox
from autograder.sandbox.terms import NOTHING
sandbox.probe = lambda: dataclasses.replace(NOTHING, reason="There are no walls here.")
"""
OWN_WALLS = """
import dataclasses
from autograder import sandbox
from autograder.sandbox.terms import INNER
sandbox.probe = lambda: dataclasses.replace(INNER, layers=("walls of this worker",))
"""
HELD = """
import pathlib, time
from autograder.grading import batch
real = batch.grade_submission
def held(examiner, zygote, student, *rest):
    until = time.monotonic() + 300
    while student != "ada" and not pathlib.Path({gate!r}).exists() and time.monotonic() < until:
        time.sleep(0.02)
    return real(examiner, zygote, student, *rest)
batch.grade_submission = held
"""
PATIENT = """
from autograder.sandbox.budget import Budget
Budget.of = classmethod(lambda cls, allowance: cls(cell_seconds=600.0, total_seconds=600.0))
"""
DEADLY = """
import os, sys
from autograder.grading import batch
real = batch.grade_submission
def deadly(examiner, zygote, student, *rest):
    if student == "ben":
        os.kill(os.getpid(), 9)
    return real(examiner, zygote, student, *rest)
batch.grade_submission = deadly
"""
OTHER_NUMPY = """
import numpy
numpy.__version__ = "1.2.3"
"""


def environment(*before: Path) -> dict[str, str]:
    """Return that of a command, with folders that modules are first looked for in."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*before, ROOT)))}


def wait_until(holds: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + 300
    while not holds():
        assert time.monotonic() < deadline, f"it does not come about that {what}"
        time.sleep(0.02)


class Dask:
    """A scheduler and workers, each a process of its own; in the end all are killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Dask:
        self._stack = ExitStack()
        self.folder.mkdir()
        told = self.folder / "scheduler.json"
        arguments = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told))
        self.scheduler, _ = self._start("scheduler", arguments)
        wait_until(lambda: told.exists() and told.read_text().endswith("}"), "a scheduler starts")
        self.address = json.loads(told.read_text())["address"]
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def worker(self, customized: str = "") -> subprocess.Popen[bytes]:
        """Start a worker, whose Python begins with a few lines, and wait until it is there."""
        site = self.folder / f"site{time.monotonic_ns()}"
        site.mkdir()
        (site / "sitecustomize.py").write_text(customized)
        where = ("--local-directory", str(self.folder))
        arguments = (self.address, "--no-nanny", "--nthreads", "1", *where)
        process, said = self._start("worker", arguments, site)
        wait_until(lambda: "Registered to" in said.read_text(), "a worker starts")
        return process

    def _start(
        self, program: str, arguments: tuple[str, ...], *before: Path
    ) -> tuple[subprocess.Popen[bytes], Path]:
        said = self.folder / f"{program}{time.monotonic_ns()}.log"
        command = [sys.executable, "-m", f"distributed.cli.dask_{program}", "--no-dashboard"]
        with said.open("wb") as log:
            process = subprocess.Popen(
                [*command, *arguments], stderr=log, stdout=log, env=environment(*before)
            )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process, said


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    with Dask(tmp_path / "dask") as one:
        yield one


@pytest.fixture(scope="module")
def handed_in(
    tmp_path_factory: pytest.TempPathFactory, class_template: Path, few_solved: Any
) -> Path:
    """A class in which work of all kinds was handed in. Do not change it: `course` is a copy."""
    folder = tmp_path_factory.mktemp("cluster") / "class"
    shutil.copytree(class_template, folder)
    for student, work in mixed(few_solved).items():
        hand_in(folder, student, work)
    return folder


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, handed_in: Path) -> Path:
    """The class as it is where no cluster grades. Do not change it, either."""
    folder = tmp_path_factory.mktemp("alone") / "class"
    shutil.copytree(handed_in, folder)
    grade_here(folder, "--seed", "8")
    return folder


@pytest.fixture(scope="module")
def alone(graded: Path) -> Any:
    """What is written where no cluster grades."""
    return results(graded)


@pytest.fixture
def course(tmp_path: Path, handed_in: Path) -> Path:
    return Path(shutil.copytree(handed_in, tmp_path / "class"))


def grading(folder: Path, *options: str) -> list[str]:
    where = ["--class", str(folder), "--json", str(folder / "results.json")]
    return ["grade", "3", *where, *options]


def regrading(folder: Path, *options: str) -> list[str]:
    return ["regrade", "3", "--class", str(folder), "--yes", *options]


def here(arguments: list[str]) -> str:
    """Run a command without a cluster, in this process; return what was said."""
    done = CliRunner().invoke(main, [*arguments, "--workers", "1"])
    assert done.exit_code == 0, done.output
    return done.output


def grade_here(folder: Path, *options: str) -> str:
    """Grade without a cluster."""
    return here(grading(folder, *options))


def started(folder: Path, *options: str, of: Any = grading, **more: Any) -> subprocess.Popen[str]:
    """Start a command in a process of its own: what speaks with a cluster leaves threads."""
    command = [sys.executable, "-c", COMMAND, *of(folder, *options)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, **pipes, **{"env": environment(), **more})


def ended(process: subprocess.Popen[str], status: int) -> str:
    """Return what a command said on its error stream, once it has ended as told."""
    out, said = process.communicate(timeout=300)
    assert process.returncode == status, out + said
    assert "Traceback" not in out + said
    return said


def notebooks(folder: Path) -> list[Path]:
    return list((folder / "autograded").glob(f"*/{NAME}/{NAME}.ipynb"))


# The same bytes, whoever dies ---------------------------------------------------------------------


def test_processes_of_this_machine_give_the_same_bytes(course: Path, alone: Any) -> None:
    assert ended(started(course, "--seed", "8", "--cluster", "local:2"), 0) == ""
    assert results(course) == alone
    assert len(notebooks(course)) == 6


def test_a_regrade_gives_the_same_bytes(tmp_path: Path, graded: Path) -> None:
    both = [Path(shutil.copytree(graded, tmp_path / name)) for name in ("there", "here")]
    for path in [path for folder in both for path in notebooks(folder)]:
        content = json.loads(path.read_text())
        edition = content["metadata"]["handgrad"]["report"]["edition"]
        edition["digest"] = edition["parts"]["relu"] = "older"
        path.write_text(json.dumps(content))
    there, alone = both
    ended(started(there, "--cluster", "local:1", of=regrading), 0)
    here(regrading(alone))
    assert results(there) == results(alone)
    assert results(alone)[1] != results(graded)[1]


def test_a_worker_that_is_killed_costs_nothing(course: Path, alone: Any, dask: Dask) -> None:
    first = dask.worker(HELD.format(gate="never"))
    command = started(course, "--seed", "8", "--cluster", dask.address)
    wait_until(lambda: notebooks(course), "the first one is graded")
    first.kill()
    dask.worker()
    ended(command, 0)
    assert results(course) == alone


def test_a_scheduler_that_is_killed_costs_no_grade_and_the_next_run_goes_on(
    course: Path, alone: Any, dask: Dask
) -> None:
    dask.worker(HELD.format(gate="never"))
    command = started(course, "--seed", "8", "--cluster", dask.address)
    wait_until(lambda: notebooks(course), "the first one is graded")
    dask.scheduler.kill()
    said = ended(command, 1)
    assert said.startswith(f"Error: The cluster at {dask.address} does not answer any more (")
    assert said.count("\n") == 1
    before = {path: path.stat().st_mtime_ns for path in notebooks(course)}
    assert "with the same inputs" in grade_here(course)
    assert results(course) == alone
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_who_kills_what_grades_costs_nobody_else_a_grade(
    course: Path, alone: Any, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(DEADLY)
    command = started(course, "--seed", "8", "--cluster", "local:1", env=environment(tmp_path))
    said = ended(command, 1)
    assert said == (
        "ben could not be graded (WorkerFailed: ClerkEnded: the process that grades has ended, "
        "with status -9: without a word); nothing was written for them, run the command again.\n"
    )
    assert "after 5 of 6 submissions: going on with the other 1" in grade_here(course)
    assert results(course) == alone


# Each worker answers for itself -------------------------------------------------------------------


def test_a_worker_refuses_for_itself_and_the_report_is_of_the_one_that_graded(
    course: Path, dask: Dask
) -> None:
    dask.worker(NO_WALLS)
    dask.worker(OTHER_NUMPY)
    gate = dask.folder / "gate"
    able = dask.worker(OWN_WALLS + HELD.format(gate=str(gate)))
    command = started(course, "--seed", "8", "--cluster", dask.address)
    assert command.stderr is not None
    said = command.stderr.readline() + command.stderr.readline()
    gate.touch()
    ended(command, 0)
    assert "of the cluster does not grade: There are no walls here.\n" in said
    assert "does not grade: it has NumPy 1.2.3 where the grader has " in said
    reports = json.loads((course / "results.json").read_text())
    assert len(reports) == 6
    for report in reports:
        assert report["sandbox"]["level"] == 2
        assert report["sandbox"]["layers"] == ["walls of this worker"]
    able.kill()
    said = ended(started(course, "--force", "--cluster", dask.address), 1)
    assert said.startswith(f"Error: No worker of the cluster at {dask.address} can grade: ")
    assert "There are no walls here; it has NumPy 1.2.3 where" in said
    assert said.count("\n") == 1
    assert len(notebooks(course)) == 6


def test_a_worker_without_handgrad_refuses_and_lives(course: Path, dask: Dask) -> None:
    lacking = dask.worker("import sys; sys.modules['autograder'] = None")
    said = ended(started(course, "--cluster", dask.address), 1)
    assert "can grade: it has no Handgrad, or another one (" in said
    assert lacking.poll() is None


def test_what_is_no_cluster_is_said_in_a_sentence(course: Path) -> None:
    said = ended(started(course, "--cluster", "nonsense"), 1)
    assert said.startswith("Error: There is no cluster at nonsense (")
    assert said.count("\n") == 1
    assert "The last run ended early" not in grade_here(course)  # it has not begun


def test_without_distributed_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, few_source: Path, isolation: Isolation
) -> None:
    monkeypatch.delitem(sys.modules, "autograder.grading.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(ClusterError, match=r"pip install handgrad\[cluster\]"):
        Cluster("local:2", print).grader(Run(few_source, 8, isolation))


# What travels -------------------------------------------------------------------------------------


def test_what_travels_of_a_file_is_limited_and_no_link_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST_KEPT", 1 << 20)
    large, link = tmp_path / "large.ipynb", tmp_path / "link.ipynb"
    large.write_bytes(b"x" * (1 << 21))
    link.symlink_to(tmp_path / "large.ipynb")
    assert Contents.of(large).kept == Contents.of(link).kept == b""
    assert Contents.of(large).problem.startswith("The file large.ipynb has more than 1 MiB")
    assert Contents.of(link).problem.startswith("The file link.ipynb is a link or cannot be read")
    shown = tmp_path / "shown.ipynb"
    shown.write_text('{"cells": [{"outputs": ["' + "x" * (1 << 21) + '"]}]}')
    assert Contents.of(shown).kept == b'{"cells": [{"outputs": []}]}'


# Processes ----------------------------------------------------------------------------------------


def test_a_clerk_that_is_killed_says_so_and_another_one_comes() -> None:
    office = Office(b"no errand")
    clerk = office.clerk()
    assert b"UnpicklingError" in clerk.welcome
    office.give_back(clerk)
    with pytest.raises(ClerkEnded, match=r"the process that grades has ended, with status"):
        Clerk(b"")
    clerk.close()
    other = office.clerk()
    assert other is not clerk
    assert office.clerks == [other]
    office.close()


def test_ctrl_c_keeps_all_grades_and_leaves_no_process(
    course: Path, tmp_path: Path, few_solved: Any
) -> None:
    slow = edited(few_solved, relative_error="import time\ntime.sleep(600)")
    for student in ("s1", "s2"):
        hand_in(course, student, slow)
    scratch = tmp_path / "scratch"
    scratch.mkdir(mode=0o755)
    (tmp_path / "sitecustomize.py").write_text(PATIENT)
    more = {"start_new_session": True, "env": {**environment(tmp_path), "TMPDIR": str(scratch)}}
    with Orphanage():
        command = started(course, "--cluster", "local:2", **more)
        quick = "the quick ones are graded, and the slow ones are not"
        wait_until(lambda: len(notebooks(course)) == 6 or command.poll() is not None, quick)
        os.killpg(command.pid, signal.SIGINT)
        assert ended(command, 130) == (
            "Stopped. All grades made so far are kept; run the command again, and it goes on.\n"
        )
    assert len(notebooks(course)) == 6
    assert not [*scratch.glob("handgrad-*")]
