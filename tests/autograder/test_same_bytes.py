"""The same submissions and the same seed give the same bytes, wherever and however it is graded."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mixed_class import mixed, results

from autograder.classes import classroom
from autograder.commands.cli import main
from autograder.grading import batch
from autograder.sandbox import Zygote
from autograder.sandbox.terms import INNER

pytestmark = pytest.mark.usefixtures("isolation")

QUICK = ("numpy.random", "IPython")
"""Preloaded: these notebooks have no figures."""


@pytest.fixture
def handed_in(class_folder: Path, submit: Callable[..., Path], few_solved: Any) -> Path:
    """A class with a right submission, wrong ones, one that raises, and one that is no notebook."""
    for student, work in mixed(few_solved).items():
        submit(student, work)
    return class_folder


@pytest.fixture(autouse=True)
def _quick_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "Zygote", functools.partial(Zygote, preload=QUICK))


def grade(folder: Path, *options: Any) -> None:
    arguments = ["grade", "3", "--class", folder, "--seed", 8, "--force", *options]
    arguments += ["--json", folder / "results.json"]
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output


def test_whatever_the_number_of_workers(handed_in: Path) -> None:
    grade(handed_in, "--workers", 1)
    alone = results(handed_in)
    grade(handed_in, "--workers", 3)
    assert results(handed_in) == alone
    assert len(alone[1]) == 6


def test_whatever_was_graded_before(handed_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grade(handed_in, "--workers", 1)
    forwards = results(handed_in)
    submit = batch.Grader.submit

    def from_the_last(grader: batch.Grader, *submissions: Any) -> Any:
        futures = submit(grader, *submissions)
        for student in reversed(list(futures)):
            futures[student].result()
        return futures

    monkeypatch.setattr(batch.Grader, "submit", from_the_last)
    grade(handed_in, "--workers", 1)
    assert results(handed_in) == forwards


def test_whatever_the_sandbox(handed_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grade(handed_in, "--workers", 1)
    first = results(handed_in, "sandbox")
    monkeypatch.setattr(classroom, "probe", lambda: INNER)
    grade(handed_in, "--workers", 1)
    assert results(handed_in, "sandbox") == first
    [report, *_] = json.loads((handed_in / "results.json").read_text("utf-8"))
    assert report["sandbox"]["level"] == 2


def test_whatever_the_environment_and_the_folder(handed_in: Path, tmp_path: Path) -> None:
    grade(handed_in, "--workers", 2)
    elsewhere = tmp_path / "ein anderer Ort" / "class"
    shutil.copytree(handed_in, elsewhere)
    quick = (
        "import functools, os; os.umask(0o077)\n"
        "from autograder.commands.cli import main; from autograder.grading import batch\n"
        f"batch.Zygote = functools.partial(batch.Zygote, preload={QUICK})\n"
        f"main(['grade', '3', '--class', {str(elsewhere)!r}, '--seed', '8', '--force',"
        f" '--json', {str(elsewhere / 'results.json')!r}])"
    )
    odd = {"PYTHONHASHSEED": "12345", "LC_ALL": "C", "TZ": "Asia/Kathmandu"}
    odd |= {"OPENBLAS_NUM_THREADS": "4", "OMP_NUM_THREADS": "4", "MKL_NUM_THREADS": "4"}
    subprocess.run([sys.executable, "-c", quick], env={**os.environ, **odd}, cwd="/", check=True)
    assert results(elsewhere) == results(handed_in)


def test_the_grader_uses_one_thread_though_more_are_asked_for(few_source: Path) -> None:
    script = f"""
from pathlib import Path
import numpy, threadpoolctl
from autograder.grading.batch import Grader, Run
from autograder.sandbox.terms import INNER
print([one["num_threads"] for one in threadpoolctl.threadpool_info()])
with Grader(Run(Path({str(few_source)!r}), 1, INNER), 2):
    print([one["num_threads"] for one in threadpoolctl.threadpool_info()])
"""
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    before, after = done.stdout.splitlines()
    assert "2" in before
    assert set(json.loads(after)) == {1}
