"""What the gradebook adds up to, and how much of that people have given."""

from __future__ import annotations

from typing import Any, NamedTuple

from nbgrader.api import Grade

from autograder.classes.gradebook import Ledger
from autograder.grading.asked import Asked


class Score(NamedTuple):
    """The points of a cell: by itself, by hand, and what comes of them."""

    auto: float | None
    manual: float | None
    score: float


def scores_of(ledger: Ledger, assignment: str) -> dict[str, dict[str, Score]]:
    """Return the scores of an assignment, by student and by cell.

    Raises
    ------
    GradebookError
        If the gradebook cannot be read.
    """
    scores: dict[str, dict[str, Score]] = {}
    columns = Grade.auto_score, Grade.manual_score, Grade.score
    for student, name, row in ledger.cells(assignment, Grade, *columns):
        scores.setdefault(student, {})[name] = Score(*row)
    return scores


def given_by_hand(ledger: Ledger, name: str, asked: Asked) -> dict[str, dict[str, Any]]:
    """Return by student what people have given so far, and what the gradebook adds up to.

    ``given_by_hand`` are the points of the cells that people grade; ``open_by_hand`` are the most
    points of those among them that nobody has graded yet; ``in_gradebook`` are all points there,
    with those that an instructor has given in the place of a check's, and extra credit.
    """
    found = {}
    for student, grades in scores_of(ledger, name).items():
        given = {
            cell: grade.score
            for cell, grade in grades.items()
            if cell in asked.by_hand and not (grade.manual is None and grade.auto is None)
        }
        is_open = [points for cell, points in asked.by_hand.items() if cell not in given]
        found[student] = {
            "given_by_hand": round(float(sum(given.values())), 4),
            "open_by_hand": float(sum(is_open)),
            "in_gradebook": round(float(sum(grade.score for grade in grades.values())), 4),
        }
    return found
