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
from notebooks import NAME, edited, unsolved

from autograder.classes import classroom
from autograder.commands.cli import main
from autograder.grading import batch
from autograder.sandbox import Zygote
from autograder.sandbox.terms import INNER

pytestmark = pytest.mark.usefixtures("isolation")

WRONG_RELU = """
class ReLU:
    def __init__(self):
        self.params, self.grads = {}, {}
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask
    def backward(self, dout):
        return dout * (dout > 0)
"""
RAISES_IN_A_MODULE = """
from solutions.losses import accuracy
accuracy(None, None)
"""
QUICK = ("numpy.random", "IPython")
"""Preloaded: these notebooks have no figures."""


@pytest.fixture
def handed_in(class_folder: Path, submit: Callable[..., Path], few_solved: Any) -> Path:
    """A class with a right submission, wrong ones, one that raises, and one that is no notebook."""
    submit("ada", few_solved)
    submit("ben", edited(few_solved, relu=WRONG_RELU))
    submit("chen", edited(few_solved, relu=RAISES_IN_A_MODULE))
    submit("dora", edited(few_solved, nodes="print({'a', 'b', 'c'}, hash('a'))"))
    submit("emil", unsolved(few_solved))
    submit("fay", b"{")
    return class_folder


@pytest.fixture(autouse=True)
def _quick_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "Zygote", functools.partial(Zygote, preload=QUICK))


def grade(folder: Path, *options: Any) -> None:
    arguments = ["grade", "3", "--class", folder, "--seed", 8, "--force", *options]
    arguments += ["--json", folder / "results.json"]
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output


def results(folder: Path, *apart: str) -> tuple[str, dict[str, str]]:
    """Return what was written, as text: the results, and each autograded notebook.

    ``apart`` are the parts of a report that are left out, besides the times.
    """

    def steady(content: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in content.items() if key not in ("times", *apart)}

    reports = json.loads((folder / "results.json").read_text("utf-8"))
    notebooks = {}
    for path in sorted((folder / "autograded").glob(f"*/{NAME}/{NAME}.ipynb")):
        content = json.loads(path.read_text("utf-8"))
        own = content["metadata"]["handgrad"]
        own["report"] = steady(own["report"])
        notebooks[path.parts[-3]] = json.dumps(content)
    return json.dumps([steady(report) for report in reports]), notebooks


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

    def from_the_last(grader: batch.Grader, submissions: dict[str, Path]) -> Any:
        futures = submit(grader, submissions)
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
