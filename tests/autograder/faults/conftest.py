"""A class in which three have handed in, to be graded while something fails."""

from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faulty
import pytest
from graded_class import FIRST, OTHER, SECOND, STUDENTS, Backup, Canned, NoZygote, grade_with, state
from notebooks import edited, unsolved

from autograder import batch, classroom
from autograder.batch import Run, one_worker
from autograder.examiner import Examiner
from autograder.sandbox import Isolation

WRONG = "def relative_error(a, b): return a - b"


@pytest.fixture(autouse=True)
def _walls(isolation: Isolation) -> None:
    """Where no sandbox can be had, nothing is graded."""


@pytest.fixture(scope="session")
def answers(few_solved: Any) -> dict[str, Any]:
    """What the three hand in."""
    return {
        "ada": few_solved,
        "bob": edited(few_solved, relative_error=WRONG),
        "eve": unsolved(few_solved),
    }


@pytest.fixture(scope="session")
def canned(
    tmp_path_factory: pytest.TempPathFactory,
    few_source: Path,
    isolation: Isolation,
    answers: dict[str, Any],
) -> Canned:
    """The reports on the three at each seed, made once in the sandbox."""
    folder = tmp_path_factory.mktemp("handed-in")
    reports = {}
    for seed in (FIRST, SECOND, OTHER):
        # With the second seed everybody is given another's marks, so that grading changes them.
        given = STUDENTS[1:] + STUDENTS[:1] if seed == SECOND else STUDENTS
        with one_worker(Run(few_source, seed, isolation)) as worker:
            for student, other in zip(STUDENTS, given, strict=True):
                (folder / student).write_text(json.dumps(answers[other]))
                reports[student, seed] = worker.grade(student, folder / student)
    return Canned(reports)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files."""
    folder = tmp_path / "scratch"
    folder.mkdir(mode=0o755)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def course(
    class_folder: Path,
    submit: Callable[..., Path],
    answers: dict[str, Any],
    isolation: Any,
    monkeypatch: pytest.MonkeyPatch,
    scratch: Path,
) -> Path:
    """A class in which three have handed in. Warm parents start without matplotlib."""
    for student, notebook in answers.items():
        submit(student, notebook, "2026-03-01 10:00:00.000000" if student == "bob" else None)
    quick = functools.partial(batch.Zygote, preload=("numpy.random", "IPython"))
    monkeypatch.setattr(batch, "Zygote", quick)
    monkeypatch.setattr(classroom, "probe", lambda: isolation)
    return class_folder


@pytest.fixture
def quick(course: Path, canned: Canned, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The class, where grading takes no time."""
    monkeypatch.setattr(batch, "grade_submission", canned)
    monkeypatch.setattr(batch, "Zygote", NoZygote)
    monkeypatch.setattr(batch, "Examiner", functools.cache(Examiner))
    return course


@pytest.fixture
def undisturbed(quick: Path) -> dict[int, Any]:
    """The class's state after an undisturbed run at each seed, from where the class is now."""
    backup = Backup(quick)
    states = {}
    for seed in (FIRST, SECOND):
        grade_with(quick, seed, force=True)
        states[seed] = state(quick)
        backup.restore()
    shutil.rmtree(backup.copy)
    return states


@pytest.fixture
def disk(quick: Path) -> Path:
    """Where a test may mount a disk."""
    if not faulty.can_mount():
        pytest.skip("mounting a small disk takes the right to have mounts of one's own")
    return quick.parent / "disk"
