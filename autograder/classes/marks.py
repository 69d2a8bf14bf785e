"""Which feedback pages are up to date: a page ends with a mark, a digest of all that it is made of.

That is the graded notebook and what lies beside it, its grades and comments in the gradebook, and
what makes pages. As the mark comes last, a page that was cut off has none; nor has one that
nbgrader itself has written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nbgrader.api import Comment, Grade, SubmittedNotebook

from autograder.classes import pages
from autograder.classes.class_directory import ClassDirectory
from autograder.classes.gradebook import Ledger
from autograder.classes.settling import whens
from autograder.classes.stamps import time_zone

MAKERS = ("nbgrader", "nbconvert", "bleach", "mistune", "Pygments", "jinja2", "latex2mathml")
"""The packages that have a part in how a page looks."""


def marks_of(where: ClassDirectory, name: str) -> dict[str, str]:
    """Return the mark that the page of each graded student is to end with.

    Raises
    ------
    GradebookError
        If the gradebook cannot be read.
    """
    here = Path(pages.__file__).parent
    own = [here / "pages.py", here / "typesetting.py", *sorted(pages.TEMPLATES.glob("*/*"))]
    texts = [path.read_text(encoding="utf-8") for path in own]
    makers = [*texts, pages.titles(name), str(where.config), *map(version, MAKERS)]
    with Ledger.of(where.coursedir) as ledger:
        grades = _grades(ledger, name)
        home = time_zone(where.coursedir)
        for student, when in whens(ledger, name).items():
            grades[student].append(when.sentence(home))
    for student in where.coursedir.student_id_exclude.split(","):
        grades.pop(student, None)
    marks = {}
    for student in sorted(grades):
        folder = where.step("autograded", name, student)
        if (folder / f"{name}.ipynb").is_file():
            made_of = json.dumps([makers, grades[student], _digests(folder)])
            marks[student] = f"<!-- handgrad: {sha256(made_of.encode()).hexdigest()} -->"
    return marks


def bears(page: Path, mark: str) -> bool:
    """Return whether a page is there and ends with a mark."""
    wanted = mark.encode()
    with suppress(OSError), page.open("rb") as file:
        file.seek(-len(wanted), 2)
        return file.read() == wanted
    return False


def _digests(folder: Path) -> list[tuple[str, str]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        (str(path.relative_to(folder)), sha256(path.read_bytes()).hexdigest()) for path in files
    ]


def _grades(ledger: Ledger, name: str) -> dict[str, list[Any]]:
    """Return what pages show of an assignment's grades and comments, by student: plain data."""
    grades = defaultdict(list)
    shown = (
        (Grade, [Grade.score, Grade.max_score, SubmittedNotebook.late_submission_penalty]),
        (Grade, [Grade.needs_manual_grade, Grade.manual_score]),
        (Comment, [Comment.comment]),
    )
    for table, columns in shown:
        for student, _, row in ledger.cells(name, table, *columns):
            grades[student].append(row)
    return grades
