"""``nbgrader export`` in a class of ours: the columns of nbgrader's own, in CSV that is right.

nbgrader joins values by commas, so that a comma in a name moves every score behind it. And what
begins like a formula a spreadsheet computes: names that students may choose are made plain text.
A student's due date is the one that holds for them, with their extension.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student, SubmittedAssignment
from nbgrader.plugins import ExportPlugin

from autograder.classes.lateness import When

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)
FORMULAS = tuple("=+-@＝＋－＠")
"""What a cell begins with that a spreadsheet takes for more than text."""


class SafeCsvExportPlugin(ExportPlugin):  # type: ignore[misc]
    """Writes all grades, or those of some assignments and students, as CSV."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades to the file that ``--to`` names, or to ``grades.csv``."""
        to = self.to or "grades.csv"
        self.log.info("Exporting grades to %s", to)
        rows = list(self._rows(gradebook))
        with open(to, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([COLUMNS, *rows])

    def _rows(self, gradebook: Gradebook) -> Iterator[list[Any]]:
        assignments, students = ({str(one) for one in it} for it in (self.assignment, self.student))
        for assignment in gradebook.assignments:
            for student in gradebook.students if _is_in(assignment.name, assignments) else ():
                if _is_in(student.id, students):
                    yield _row(gradebook, assignment, student)


def _is_in(name: str, wanted: set[str]) -> bool:
    return not wanted or name in wanted


def _row(gradebook: Gradebook, assignment: Assignment, student: Student) -> list[Any]:
    texts = (student.id, student.last_name, student.first_name, student.email)
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        timestamp, score, penalty, final = None, 0.0, 0.0, 0.0
        due = assignment.duedate
    else:
        due = When(None, assignment.duedate, submission.extension).due
        timestamp, score = submission.timestamp, submission.score
        penalty, final = submission.late_submission_penalty, score_after_penalty(submission)
    return [
        *(plain_text(assignment.name), due, timestamp, *map(plain_text, texts)),
        *(score, penalty, final, assignment.max_score),
    ]


def score_after_penalty(submission: SubmittedAssignment) -> float:
    """Return the points of a submission, less what it lost by being late."""
    return max(0.0, float(submission.score - submission.late_submission_penalty))


def plain_text(text: str | None) -> str:
    """Return a text as it may stand in a cell: an apostrophe before what is like a formula."""
    return f"'{text}" if text and text.lstrip().startswith(FORMULAS) else text or ""
