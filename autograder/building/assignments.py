"""Build an assignment: from one text to the instructor's and the student's notebook.

The text runs as it stands: an exercise cell imports from the reference what the student is to
write. The build puts the source in the place of that import, and nbgrader's metadata on the cells
that are graded. The same text gives the same bytes every time.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

import jupytext
import nbformat

from autograder.authoring.tasks import Assignment, load_assignment
from autograder.building.builder import Builder, released_modules
from autograder.building.cells import as_notebook, name_cells
from autograder.building.chapters import (
    ASSIGNMENTS,
    ROOT,
    SOLUTIONS,
    earlier_parts,
)
from autograder.building.editions import edition_of
from autograder.building.expected import expected_results
from autograder.building.records import make_record, write_record
from autograder.building.stubs import TEXT_STUB, without_solutions
from autograder.judging.frozen import FILENAME
from autograder.notebook.home import FOLDER

NOT_FOR_EDITING = "# Not for editing: check() reads this copy; grading uses the installed course.\n"
"""The first line of each module of checks that lies beside a notebook."""


@cache
def load(name: str) -> Assignment:
    """Load an assignment of the course, known mistakes included: once, so do not change it."""
    return load_assignment(name, ASSIGNMENTS / name)


def build_source(assignment: Assignment) -> nbformat.NotebookNode:
    """Return the instructor's notebook: solutions marked, cells carrying nbgrader's metadata.

    Raises
    ------
    BuildError
        If the text uses a chapter that comes later, leaves out a task, or asks for what an
        exercise above does not define.
    """
    text = jupytext.read(assignment.folder / "text.md", fmt="md:myst")
    builder = Builder(assignment)
    cells = [builder.cell(cell) for cell in text.cells]
    builder.require_complete()
    name_cells(cells)
    edition = edition_of(assignment.name)
    said = {"digest": edition.digest, "version": edition.version}
    return as_notebook(cells, {"handgrad": {"assignment": assignment.name, "edition": said}})


def release(source: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the student's notebook of an instructor's one."""
    notebook = nbformat.from_dict(source)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            is_code = cell.cell_type == "code"
            cell.source = without_solutions(cell.source, *([] if is_code else [TEXT_STUB]))
    return notebook


def write_support(assignment: Assignment, folder: Path, expected: bytes) -> None:
    """Write what lies beside an assignment's notebook, in the release and in the sandbox.

    These are the earlier chapters of the reference with the data that they read, the checks with
    the results that they expect, and what says so where nothing is installed.
    """
    package = folder / "solutions"
    package.mkdir(parents=True, exist_ok=True)
    for part in earlier_parts(assignment.name):
        if (SOLUTIONS / part).is_dir():
            shutil.copytree(SOLUTIONS / part, package / part, ignore=_not_source)
        else:
            shutil.copyfile(SOLUTIONS / part, package / part)
    write_data(package)
    shutil.copyfile(ROOT / "handgrad.py", folder / "handgrad.py")
    checks = folder / FOLDER
    checks.mkdir(exist_ok=True)
    for name, source in released_modules(assignment).items():
        (checks / name).write_text(NOT_FOR_EDITING + source, encoding="utf-8")
    (checks / FILENAME).write_bytes(expected)


def write_data(package: Path) -> None:
    """Write the data that a copy of the reference reads, in the copy's folder."""
    import solutions

    solutions.write_data(package)


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook: the same notebook gives the same bytes."""
    path.write_bytes(as_bytes(notebook))


def as_bytes(notebook: nbformat.NotebookNode) -> bytes:
    """Return the bytes of a notebook's file."""
    text: str = nbformat.writes(notebook)
    return f"{text}\n".encode()


def write_release(name: str, folder: Path, expected: bytes | None = None) -> None:
    """Write an assignment's release folder: the student's notebook and what lies beside it.

    Parameters
    ----------
    name, folder : str, Path
        The assignment, and where.
    expected : bytes, optional
        Its expected results, where those of several assignments were asked for at once.
    """
    assignment = load(name)
    _write(assignment, release(build_source(assignment)), folder, expected)


def write_source(name: str, folder: Path, expected: bytes | None = None) -> None:
    """Write an assignment's source folder for nbgrader: the instructor's notebook, and support.

    Parameters
    ----------
    name, folder, expected : str, Path, bytes
        As `write_release` has them.
    """
    assignment = load(name)
    _write(assignment, build_source(assignment), folder, expected)


def _write(
    assignment: Assignment, notebook: nbformat.NotebookNode, folder: Path, expected: bytes | None
) -> None:
    """Write a new folder with a notebook and what lies beside it: whole, or not at all."""
    if expected is None:
        ((_, expected),) = expected_results([assignment.name])
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as scratch:
        new = Path(scratch) / assignment.name
        write_support(assignment, new, expected)
        write_notebook(notebook, new / f"{assignment.name}.ipynb")
        write_record(make_record(edition_of(assignment.name), new, notebook), new)
        new.rename(folder)


_not_source = shutil.ignore_patterns("__pycache__", "*.npz")
