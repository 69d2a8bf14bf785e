"""What the tests of the engine share: one built assignment, a class, a zygote, submissions."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import NAME, hand_in

from autograder.building.assignments import build_source, load, write_notebook
from autograder.building.assignments import write_release as build_release
from autograder.building.editions import edition_of
from autograder.building.records import make_record, write_record
from autograder.grading import batch
from autograder.sandbox import Isolation, Zygote, probe

FEW = ("nodes", "why_order", "relu", "relative_error")
"""The parts of the assignment that stand in the small class."""


@pytest.fixture(scope="session", autouse=True)
def _ask_alembic_once() -> Iterator[None]:
    """For each new gradebook nbgrader starts a process that says which version its tables have."""
    from nbgrader import api

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "get_alembic_version", functools.cache(api.get_alembic_version))
        yield


@pytest.fixture(scope="session")
def release_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release folder of chapter 3, built once. Do not write into it."""
    folder = tmp_path_factory.mktemp("built") / NAME
    build_release(NAME, folder)
    return folder


@pytest.fixture(scope="session")
def solved() -> nbformat.NotebookNode:
    """The instructor's notebook, with all solutions. Do not change it: copy it."""
    return build_source(load(NAME))


@pytest.fixture(scope="session")
def source_folder(
    tmp_path_factory: pytest.TempPathFactory, release_folder: Path, solved: nbformat.NotebookNode
) -> Path:
    """The source folder of chapter 3."""
    folder = tmp_path_factory.mktemp("source") / NAME
    shutil.copytree(release_folder, folder)
    write_notebook(solved, folder / f"{NAME}.ipynb")
    write_record(make_record(edition_of(NAME), folder, solved), folder)
    return folder


@pytest.fixture(scope="session")
def few_solved(solved: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The instructor's notebook with few of its tasks, and without figures: quick to grade."""
    few = nbformat.from_dict(solved)
    kept = {*FEW, *(f"{name}-answer" for name in FEW)}
    imports = next(cell for cell in few.cells if cell.cell_type == "code")
    imports.source = "import numpy as np\n\nfrom handgrad import check"
    few.cells = [imports, *(cell for cell in few.cells if cell.id in kept)]
    return few


@pytest.fixture(scope="session")
def few_source(
    tmp_path_factory: pytest.TempPathFactory, source_folder: Path, few_solved: Any
) -> Path:
    """A source folder of chapter 3 whose notebook has few tasks."""
    folder = tmp_path_factory.mktemp("few") / NAME
    shutil.copytree(source_folder, folder)
    write_notebook(few_solved, folder / f"{NAME}.ipynb")
    return folder


@pytest.fixture(scope="session")
def isolation() -> Isolation:
    """The sandbox that is to be had here; without one the test is skipped."""
    found = probe()
    if found.level < 2:
        pytest.skip(f"no sandbox here: {found.reason}")
    return found


@pytest.fixture
def quick_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start warm parents without matplotlib, which the notebooks of few tasks do not use."""
    quick = functools.partial(batch.Zygote, preload=("numpy.random", "IPython"))
    monkeypatch.setattr(batch, "Zygote", quick)


@pytest.fixture(scope="module")
def zygote(isolation: Isolation, release_folder: Path) -> Iterator[Zygote]:
    """A warm parent whose children see what the students were given."""
    with tempfile.TemporaryDirectory(prefix="handgrad-test-") as scratch:
        Path(scratch).chmod(0o755)
        stage = Path(scratch) / "stage"
        shutil.copytree(release_folder, stage, ignore=shutil.ignore_patterns("*.ipynb", "checks"))
        with Zygote(isolation, stage) as zygote:
            yield zygote


def one_chapter_only(patch: pytest.MonkeyPatch) -> None:
    """Have a class hold one assignment: the others would be computed, and copied, for nothing."""
    patch.setattr("autograder.classes.class_directory.assignment_names", lambda: [NAME])


@pytest.fixture
def one_chapter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A course of one chapter, as that of `class_folder` is."""
    one_chapter_only(monkeypatch)


@pytest.fixture(scope="session")
def class_template(tmp_path_factory: pytest.TempPathFactory, few_source: Path) -> Path:
    """A class of one chapter with few tasks, released, and nothing handed in."""
    from autograder.classes.class_directory import ClassDirectory, make_class
    from autograder.classes.classroom import release_assignment

    folder = tmp_path_factory.mktemp("template") / "course"
    shutil.copytree(few_source, folder / "source" / NAME)
    with pytest.MonkeyPatch.context() as patch:
        one_chapter_only(patch)
        make_class(folder)
    release_assignment(ClassDirectory(folder), NAME)
    return folder


@pytest.fixture
def class_folder(tmp_path: Path, class_template: Path) -> Path:
    """A class of its own for one test."""
    return Path(shutil.copytree(class_template, tmp_path / "class"))


@pytest.fixture
def submit(class_folder: Path) -> Callable[..., Path]:
    """Hand a notebook in: ``submit("ada", notebook, "2026-03-01 10:00:00")``; return its file."""

    return functools.partial(hand_in, class_folder)
