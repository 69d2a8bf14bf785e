"""A class of three students: grade it, and look at what there is."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from notebooks import NAME

from autograder.classes import runs
from autograder.classes.class_directory import ClassDirectory
from autograder.classes.classroom import grade_assignment
from autograder.grading.examiner import Examiner

STUDENTS = ("ada", "bob", "eve")
FIRST, SECOND, OTHER = 5, 6, 7
"""Seeds: of the first grading, of the second, and of one that must not happen."""


def grade(folder: Path, **options: Any) -> Any:
    return grade_assignment(ClassDirectory(folder), NAME, **{"workers": 2, **options})


def grade_with(folder: Path, fresh: int, **options: Any) -> list[str]:
    """Grade where a fresh seed would be `fresh`; return what was said."""
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "fresh_seed", lambda: fresh)
        outcome = grade(folder, say=said.append, **options)
    assert outcome.failures == []
    return said


def state(folder: Path) -> dict[str, Any]:
    return {"grades": grades_of(folder), "notebooks": notebooks_of(folder)}


def grades_by(student: str, grades: dict[str, Any]) -> list[Any]:
    return [row for row in grades["g"] if row[0] == student]


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def mark_by_hand(folder: Path) -> None:
    """Give grades and a comment as an instructor does in formgrader."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "course") as book:
        for student in STUDENTS:
            book.find_grade("why_order", NAME, NAME, student).manual_score = 1.5
            book.find_comment("why_order", NAME, NAME, student).manual_comment = f"So, {student}."
        book.find_grade("relu", NAME, NAME, "ada").extra_credit = 1
        book.db.commit()


class Backup:
    """What grading changes in a class, to be put back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.copy = folder.parent / "backup"
        shutil.copytree(folder, self.copy)

    def restore(self) -> None:
        for name in ("autograded", ".handgrad"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            if (self.copy / name).exists():
                shutil.copytree(self.copy / name, self.folder / name)
        for left in self.folder.glob("gradebook.db-*"):
            left.unlink()
        shutil.copy(self.copy / "gradebook.db", self.folder / "gradebook.db")


# What there is ------------------------------------------------------------------------------------


GRADES = """
select student.id, base_cell.name, auto_score, manual_score, extra_credit, needs_manual_grade
from grade join base_cell on base_cell.id = grade.cell_id
join submitted_notebook on submitted_notebook.id = grade.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
join student on student.id = submitted_assignment.student_id
"""
COMMENTS = """
select student.id, base_cell.name, auto_comment, manual_comment
from comment join base_cell on base_cell.id = comment.cell_id
join submitted_notebook on submitted_notebook.id = comment.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
join student on student.id = submitted_assignment.student_id
"""
SUBMISSIONS = "select student_id, timestamp from submitted_assignment"


def grades_of(folder: Path) -> dict[str, Any]:
    """Return all grades, comments and submissions of a gradebook: doubled ones twice."""
    with closing(sqlite3.connect(folder / "gradebook.db")) as base:
        return {
            name: sorted((list(row) for row in base.execute(query)), key=repr)
            for name, query in (("g", GRADES), ("c", COMMENTS), ("s", SUBMISSIONS))
        }


def notebooks_of(folder: Path) -> dict[str, str]:
    """Return all autograded files, but for the times in them."""
    root = folder / "autograded"
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): _timeless(path) for path in files}


def _timeless(path: Path) -> str:
    if path.suffix != ".ipynb":
        return path.read_text()
    notebook = json.loads(path.read_text())
    del notebook["metadata"]["handgrad"]["report"]["times"]
    return json.dumps(notebook)


def seeds_of(folder: Path) -> dict[str, int]:
    """Return the seed with which each autograded notebook was graded."""
    return {
        path.parts[-3]: json.loads(path.read_text())["metadata"]["handgrad"]["report"]["seed"]
        for path in (folder / "autograded").rglob("*.ipynb")
    }


def records_of(folder: Path) -> list[str]:
    """Return what lies in the folder of Handgrad's own records."""
    return sorted(path.name for path in (folder / ".handgrad").iterdir())


# Grading that takes no time -----------------------------------------------------------------------


@dataclass(frozen=True)
class Canned:
    """Takes the place of `grade_submission`: reports that were made before, by student and seed.

    With the examiners that made them, by seed.
    """

    reports: Mapping[tuple[str, int], Any]
    examiners: Mapping[int, Examiner]

    def __call__(self, examiner: Any, _: Any, student: str, *__: Any) -> Any:
        return self.reports[student, examiner.seed]


class NoZygote:
    """Takes the place of a zygote where nothing is run."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __enter__(self) -> NoZygote:
        return self

    def __exit__(self, *_: object) -> None:
        pass
