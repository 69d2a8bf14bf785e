"""A class in which three have handed in, to be graded while something fails."""

from __future__ import annotations

import functools
import json
import shutil
import threading
from pathlib import Path
from typing import Any

import faulty
import pytest
from graded_class import FIRST, OTHER, SECOND, STUDENTS, Canned, NoZygote, grade_with, state
from notebooks import edited, hand_in, unsolved

from autograder.classes import classroom
from autograder.grading import batch
from autograder.grading.batch import Run, one_worker
from autograder.sandbox import Isolation

WRONG = "def relative_error(a, b): return a - b"


@pytest.fixture(autouse=True)
def _walls(isolation: Isolation) -> None:
    """Where no sandbox can be had, nothing is graded."""
    running = threading.enumerate()
    assert len(running) == 1, f"a worker that is killed would be the tests themselves: {running}"


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
    reports, examiners = {}, {}
    for seed in (FIRST, SECOND, OTHER):
        # With the second seed everybody is given another's marks, so that grading changes them.
        given = STUDENTS[1:] + STUDENTS[:1] if seed == SECOND else STUDENTS
        with one_worker(Run(few_source, seed, isolation)) as worker:
            examiners[seed] = worker.examiner
            for student, other in zip(STUDENTS, given, strict=True):
                (folder / student).write_text(json.dumps(answers[other]))
                reports[student, seed] = worker.grade(student, folder / student)
    return Canned(reports, examiners)


@pytest.fixture(scope="session")
def handed_in(
    tmp_path_factory: pytest.TempPathFactory, class_template: Path, answers: dict[str, Any]
) -> Path:
    """A class in which three have handed in. Do not change it: `course` is a copy."""
    folder = tmp_path_factory.mktemp("handed-in") / "class"
    shutil.copytree(class_template, folder)
    for student, notebook in answers.items():
        late = "2026-03-01 10:00:00.000000" if student == "bob" else None
        hand_in(folder, student, notebook, late)
    return folder


@pytest.fixture(scope="session")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, handed_in: Path, canned: Canned
) -> dict[int, Any]:
    """The class's state after an undisturbed run at each seed."""
    states = {}
    for seed in (FIRST, SECOND):
        folder = tmp_path_factory.mktemp("undisturbed") / "class"
        shutil.copytree(handed_in, folder)
        with pytest.MonkeyPatch.context() as patch:
            without_running(patch, canned)
            grade_with(folder, seed)
        states[seed] = state(folder)
    return states


def without_running(patch: pytest.MonkeyPatch, canned: Canned) -> None:
    """Let grading take no time."""
    patch.setattr(batch, "grade_submission", canned)
    patch.setattr(batch, "Zygote", NoZygote)
    patch.setattr(batch, "Examiner", lambda _, seed: canned.examiners[seed])


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files."""
    folder = tmp_path / "scratch"
    folder.mkdir(mode=0o755)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def course(
    tmp_path: Path,
    handed_in: Path,
    isolation: Isolation,
    monkeypatch: pytest.MonkeyPatch,
    scratch: Path,
) -> Path:
    """The class for one test. Warm parents start without matplotlib."""
    quick = functools.partial(batch.Zygote, preload=("numpy.random", "IPython"))
    monkeypatch.setattr(batch, "Zygote", quick)
    monkeypatch.setattr(classroom, "probe", lambda: isolation)
    return Path(shutil.copytree(handed_in, tmp_path / "class"))


@pytest.fixture
def quick(course: Path, canned: Canned, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The class, where grading takes no time."""
    without_running(monkeypatch, canned)
    return course


@pytest.fixture
def disk(quick: Path) -> Path:
    """Where a test may mount a disk."""
    if not faulty.can_mount():
        pytest.skip("mounting a small disk takes the right to have mounts of one's own")
    return quick.parent / "disk"
