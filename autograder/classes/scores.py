"""The score of a cell of an autograded notebook, and whether somebody has to look at it."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbgrader.api import Grade
from nbgrader.utils import determine_grade, is_grade, is_locked, is_solution

from autograder.grading.submissions import is_missing


def score_of(cell: nbformat.NotebookNode) -> float | None:
    """Return what a graded cell scores by itself, or None if people give its points.

    nbgrader gives all points to a test that says nothing; here it says what its task is worth, or
    nobody has run it.
    """
    if is_missing(cell):
        return None  # who answered in another cell would get 0, and nobody would look
    says = any(output.output_type == "execute_result" for output in cell.get("outputs", ()))
    if not is_solution(cell) and not says:
        return None
    score, _ = determine_grade(cell)
    return None if score is None else float(score)


def write_score(grade: Grade, score: float | None, is_settled: bool) -> None:
    """Write an automatic score into a grade; points that were given by hand stay.

    Parameters
    ----------
    grade : Grade
        The grade.
    score : float, optional
        The score.
    is_settled : bool
        Whether what the points by hand were given for is still as it was.
    """
    by_hand = grade.manual_score is not None
    still = by_hand and not grade.needs_manual_grade and is_settled and grade.auto_score == score
    grade.auto_score = score
    grade.needs_manual_grade = (by_hand or score is None) and not still


class Answers:
    """What a student has written: to see whether it has changed.

    Parameters
    ----------
    notebook : NotebookNode
        A graded notebook.
    """

    def __init__(self, notebook: nbformat.NotebookNode) -> None:
        self.by_name = {
            cell.metadata.nbgrader.grade_id: cell.source
            for cell in notebook.cells
            if is_solution(cell)
        }
        self.all = [cell.source for cell in notebook.cells if not is_locked(cell)]

    def same(self, other: Answers, cell: nbformat.NotebookNode) -> bool:
        """Return whether what a graded cell is about is the same: its text, or all, for a test."""
        name = cell.metadata.nbgrader.grade_id
        if is_grade(cell) and is_solution(cell):
            return self.by_name.get(name) == other.by_name.get(name)
        return self.all == other.all


def answers_in(path: Path) -> Answers | None:
    """Return the answers in a graded notebook, or None if it is not there, or none."""
    try:
        return Answers(nbformat.v4.reads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return None
