"""What is released of each assignment gives nothing away, earns nothing, and can be solved."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import nbformat
import pytest

from autograder.building.assignments import (
    build_source,
    load,
    release,
    write_notebook,
    write_release,
)
from autograder.building.chapters import assignment_names
from autograder.building.stubs import BEGIN, END
from autograder.grading.batch import Run, one_worker
from autograder.grading.examiner import Examiner
from autograder.grading.single import grade_submission
from autograder.judging.frozen import thaw
from autograder.notebook.checking import check_task
from autograder.sandbox import Isolation, Zygote

SAID_IN_THE_TEXT = {
    "for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):",
    "check_labels(labels, classes)",
    "sgd_step(params, grads, learning_rate)",
    "loss, grads = gradients(rows)",
    "super().update(name, param, grad)",
}
"""Lines of solutions that a hint shows on purpose, or that are a signature."""


class Built(NamedTuple):
    """An assignment: its name, the solved notebook, and the folder that students get."""

    name: str
    solved: nbformat.NotebookNode
    folder: Path


@pytest.fixture(scope="module", params=assignment_names())
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("released") / request.param
    write_release(request.param, folder)
    return Built(request.param, build_source(load(request.param)), folder)


def solution_lines(notebook: nbformat.NotebookNode) -> set[str]:
    """Return the lines that students are asked to write, those longer than 25 characters."""
    lines = set()
    for cell in notebook.cells:
        for region in re.findall(f"{BEGIN}\n(.*?){END}", cell.source, re.DOTALL):
            lines |= {line.strip() for line in region.splitlines() if len(line.strip()) > 25}
    return lines


def test_no_line_of_a_solution_is_in_the_release(built: Built) -> None:
    earlier = [path.read_text() for path in (built.folder / "solutions").rglob("*.py")]
    lines = {line for line in solution_lines(built.solved) if line not in "".join(earlier)}
    lines -= SAID_IN_THE_TEXT
    assert len(lines) > 20
    files = [path for path in built.folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        content = path.read_bytes()
        text = content.decode("utf-8", "replace").replace('\\"', '"')
        found = [line for line in lines if line in text or line.encode() in content]
        assert found == [], f"{path.name} gives away {found}"


def namespace_of(notebook: nbformat.NotebookNode, earlier: Path) -> dict[str, Any]:
    """Return what the answer cells of a notebook define."""
    names = ModuleType("__main__").__dict__
    exec("import numpy as np", names)
    for part in sorted(path.stem for path in (earlier / "solutions").glob("[a-z]*")):
        exec(f"from solutions.{part} import *", names)
    for cell in notebook.cells:
        if cell.id.endswith("-answer"):
            exec(cell.source, names)
    return names


def test_the_solved_notebook_passes_every_check(built: Built) -> None:
    frozen = thaw(built.folder / "checks" / "expected.bin")
    names = namespace_of(built.solved, built.folder)
    for task in load(built.name).tasks:
        report = check_task(task, frozen[task.name], names)
        assert [c.message for c in report.checks if not c.passed] == []
        assert report.points == task.points


def test_the_released_notebook_fails_every_task_with_not_implemented(built: Built) -> None:
    frozen = thaw(built.folder / "checks" / "expected.bin")
    names = namespace_of(release(built.solved), built.folder)
    for task in load(built.name).tasks:
        report = check_task(task, frozen[task.name], names)
        assert report.points == 0, task.name
        for one in report.checks:
            assert not one.passed, one.title
            assert one.misconception is None, f"{task.name}: {one.title}: {one.misconception}"


@pytest.fixture(scope="module")
def sandboxed(
    built: Built, isolation: Isolation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """Both notebooks graded in the sandbox, with fresh inputs."""
    source = tmp_path_factory.mktemp("solved") / built.name
    shutil.copytree(built.folder, source)
    write_notebook(built.solved, source / f"{built.name}.ipynb")
    examiner = Examiner(source, 20260301)
    stage = examiner.stage(tmp_path_factory.mktemp("stage"))
    with Zygote(isolation, stage) as zygote:
        yield {
            which: grade_submission(examiner, zygote, which, folder / f"{built.name}.ipynb")
            for which, folder in (("solved", source), ("released", built.folder))
        }


def test_the_solved_notebook_gets_all_points_in_the_sandbox(sandboxed: Any) -> None:
    report = sandboxed["solved"]
    assert [c.message for task in report.tasks for c in task.checks if not c.passed] == []
    assert report.points == report.max_points
    assert report.remarks == ()


def test_the_released_notebook_gets_no_points_in_the_sandbox(sandboxed: Any) -> None:
    report = sandboxed["released"]
    assert report.points == 0
    for task in report.tasks:
        for one in task.checks:
            assert not one.passed, f"{task.name}: {one.title}"
            assert one.misconception is None, f"{task.name}: {one.title}: {one.misconception}"


def test_tasks_that_are_left_out_cost_nothing_but_their_own_points(
    built: Built, isolation: Isolation, tmp_path: Path
) -> None:
    """Those that build on them are graded with them right. Every other one is left out, twice."""
    source = tmp_path / built.name
    shutil.copytree(built.folder, source)
    write_notebook(built.solved, source / f"{built.name}.ipynb")
    blank = {cell.id: cell.source for cell in release(built.solved).cells}
    path = tmp_path / "submission.ipynb"
    with one_worker(Run(source, 7, isolation)) as worker:
        names = [task.name for task in worker.examiner.tasks]
        for left_out in filter(None, (names[::2], names[1::2])):
            notebook = nbformat.from_dict(built.solved)
            for cell in notebook.cells:
                if cell.id in {f"{name}-answer" for name in left_out}:
                    cell.source = blank[cell.id]
            write_notebook(notebook, path)
            report = worker.grade("ada", path)
            lost = [one.name for one in report.tasks if one.points < one.max_points]
            assert lost == left_out
