"""The graders that are compared, each with the same class, and how each is told whom to grade."""

from __future__ import annotations

import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.building.assignments import load, write_notebook
from autograder.building.cells import checked_task
from autograder.classes.class_directory import ClassDirectory, make_class
from autograder.classes.classroom import release_assignment
from autograder.grading.submissions import read_submission, restore, student_code

HERE = Path(__file__).parent
PROGRAMS = Path(sys.executable).parent
PATH = {"PATH": f"{PROGRAMS}:/usr/local/bin:/usr/bin:/bin"}
STOCK_CONFIG = """
from pathlib import Path
c = get_config()
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "stock"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.Execute.timeout = 120
"""
OTTER_TEST = """
from otter.test_files import test_case

from frozen_checks import report_on

OK_FORMAT = False
name = {task!r}
"""
OTTER_CASE = """

@test_case(name={title!r}, points={points!r})
def check_{number}(env):
    found = report_on({task!r}, env).checks[{number}]
    assert found.passed, found.message
"""
OTTER_REPORTS = """
from functools import cache
from pathlib import Path

from autograder.authoring.tasks import load_assignment
from autograder.notebook.checking import check_task
from autograder.judging.frozen import thaw

HERE = Path(__file__).parent


@cache
def released():
    assignment = load_assignment({name!r}, HERE / "checks")
    return assignment, thaw(HERE / "checks" / "expected.bin")


REPORTS = {{}}


def report_on(task, env):
    if task not in REPORTS:
        assignment, frozen = released()
        REPORTS[task] = check_task(assignment.task(task), frozen[task], env)
    return REPORTS[task]
"""


@dataclass(frozen=True)
class Grader:
    """A way to grade.

    Attributes
    ----------
    name : str
        What it is called in the table.
    folder : Path
        Where its command runs.
    command : function
        Returns the command that grades some students, however they were graded before.
    environment : dict
        What it finds there besides.
    """

    name: str
    folder: Path
    command: Callable[[Sequence[str]], list[str | Path]]
    environment: dict[str, str] = field(default_factory=lambda: dict(PATH))


def fill(
    folder: Path, assignment: str, handed_in: Mapping[str, nbformat.NotebookNode]
) -> ClassDirectory:
    """Make a class whose students have handed in notebooks."""
    make_class(folder)
    where = ClassDirectory(folder)
    release_assignment(where, assignment)
    for student, notebook in handed_in.items():
        path = where.step("submitted", assignment, student) / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        write_notebook(notebook, path)
    return where


def floor(where: ClassDirectory, assignment: str, scratch: Path) -> Grader:
    """The cells and the functions under the checks, and nothing else."""
    release_folder = where.step("release", assignment)
    released = nbformat.read(release_folder / f"{assignment}.ipynb", 4)
    cells = {
        one.student: [
            source for _, source in student_code(restore(read_submission(one.path), released))
        ]
        for one in where.submissions(assignment)
    }
    file = scratch / "cells.json"
    file.write_text(json.dumps(cells))
    return Grader(
        "floor",
        release_folder,
        lambda students: [sys.executable, HERE / "floor.py", file, *students],
    )


def handgrad(where: ClassDirectory, assignment: str, workers: int = 1) -> Grader:
    """``handgrad grade``; with one worker, as the others grade one notebook at a time, too."""

    def command(students: Sequence[str]) -> list[str | Path]:
        chosen = [part for one in students for part in ("--student", one)]
        start = [PROGRAMS / "handgrad", "grade", assignment, "--workers", str(workers), "--force"]
        return [*start, *chosen]

    return Grader("handgrad grade", where.folder, command)


def nbgrader(where: ClassDirectory, assignment: str, scratch: Path) -> Grader:
    """``nbgrader autograde`` as it comes, in a copy of the class with its own configuration."""
    folder = scratch / "stock"
    shutil.copytree(where.folder, folder)
    (folder / "nbgrader_config.py").write_text(STOCK_CONFIG)

    def command(students: Sequence[str]) -> list[str | Path]:
        # nbgrader takes a pattern in the place of a list.
        pattern = os.path.commonprefix(list(students)) + "*"  # noqa: RUF071
        start = [PROGRAMS / "nbgrader", "autograde", assignment, "--force", "--create"]
        return [*start, "--student", pattern]

    return Grader("nbgrader autograde", folder, command)


def otter(where: ClassDirectory, assignment: str, scratch: Path, environment: Path) -> Grader:
    """Otter-Grader with the same notebooks, and test files that make our own public checks."""
    folder, programs = scratch / "otter", environment / "bin"
    folder.mkdir()
    for one in where.submissions(assignment):
        write_notebook(_for_otter(nbformat.read(one.path, 4)), folder / f"{one.student}.ipynb")
    _write_autograder(folder / "autograder.zip", where.step("release", assignment), assignment)
    return Grader(
        "Otter-Grader",
        folder,
        lambda students: [
            *(programs / "python", HERE / "otter_loop.py", "autograder.zip"),
            *(f"{student}.ipynb" for student in students),
        ],
        {"PATH": f"{programs}:{PATH['PATH']}"},
    )


def _for_otter(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Put Otter's checks in the place of ours."""
    start = "import otter\n\ngrader = otter.Notebook()\n"
    for cell in notebook.cells:
        task = checked_task(cell.source) if cell.cell_type == "code" else None
        if task is not None:
            cell.source = f"grader.check({task!r})"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(start))
    return notebook


def _write_autograder(file: Path, release_folder: Path, assignment: str) -> None:
    """Write the archive that ``otter generate`` would make: tests, and what the notebook needs."""
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(release_folder.rglob("*")):
            if path.is_file() and path.suffix != ".ipynb":
                archive.write(path, Path("files") / path.relative_to(release_folder))
        archive.writestr("files/frozen_checks.py", OTTER_REPORTS.format(name=assignment))
        for task in load(assignment).tasks:
            total = sum(one.weight for one in task.checks)
            cases = [
                OTTER_CASE.format(
                    title=one.title,
                    points=task.points * one.weight / total,
                    number=number,
                    task=task.name,
                )
                for number, one in enumerate(task.checks)
            ]
            start = OTTER_TEST.format(task=task.name)
            archive.writestr(f"tests/{task.name}.py", start + "".join(cases))
