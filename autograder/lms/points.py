"""Whose points stand in the gradebook, as an export has them: with what was taken off."""

from __future__ import annotations

from dataclasses import dataclass

from nbgrader.api import Assignment, SubmittedAssignment
from sqlalchemy.exc import SQLAlchemyError

from autograder.classes.exporting import score_after_penalty
from autograder.classes.gradebook import Ledger


@dataclass(frozen=True)
class Points:
    """What the students have in an assignment.

    Attributes
    ----------
    assignment : str
        The assignment.
    most : float
        The points that there are.
    of : dict
        The points of each student whose work has been graded.
    waiting : list of str
        Those of whose work something waits to be graded by hand.
    """

    assignment: str
    most: float
    of: dict[str, float]
    waiting: list[str]


def points_in(ledger: Ledger, assignment: str) -> Points:
    """Return what the gradebook has.

    Raises
    ------
    GradebookError
        If it does not know the assignment, or cannot be read.
    """
    ledger.require_assignment(assignment)
    graded = ledger.graded(assignment)
    try:
        entry = ledger.gradebook.find_assignment(assignment)
        found = (
            ledger.gradebook.db.query(SubmittedAssignment)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .filter(Assignment.name == assignment)
        )
        submissions = [one for one in found if one.student_id in graded]
        return Points(
            assignment,
            float(entry.max_score),
            {one.student_id: score_after_penalty(one) for one in submissions},
            sorted(one.student_id for one in submissions if one.needs_manual_grade),
        )
    except SQLAlchemyError as error:
        raise ledger.failure(error) from None
