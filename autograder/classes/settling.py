"""Keep due dates, extensions and late penalties in the gradebook as the class has said.

Penalties are computed from the scores that are there, so doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from nbgrader.api import Assignment, MissingEntry, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.exc import SQLAlchemyError

from autograder.classes.gradebook import Ledger
from autograder.classes.lateness import When


class Change(NamedTuple):
    """A late penalty, in points, before and after."""

    before: float
    after: float


def whens(ledger: Ledger, assignment: str) -> dict[str, When]:
    """Return by student when the work for an assignment was due, and when it came.

    Raises
    ------
    GradebookError
        If the gradebook cannot be read.
    """
    submitted = SubmittedAssignment
    columns = (submitted.student_id, submitted.timestamp, Assignment.duedate, submitted.extension)
    found = (
        ledger.gradebook.db.query(*columns, SubmittedNotebook.late_submission_penalty)
        .join(Assignment, Assignment.id == submitted.assignment_id)
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == submitted.id)
        .filter(Assignment.name == assignment)
        .order_by(submitted.student_id)
    )
    try:
        return {
            student: When(timestamp, due, extension, penalty or 0.0)
            for student, timestamp, due, extension, penalty in found
        }
    except SQLAlchemyError as error:
        raise ledger.failure(error) from None


def settle(
    ledger: Ledger, assignment: str, students: Collection[str] | None = None
) -> dict[str, Change]:
    """Bring extensions and late penalties to what holds now, in one transaction.

    Parameters
    ----------
    ledger : Ledger
        The gradebook, with what holds.
    assignment : str
        The assignment.
    students : collection of str, optional
        Whose; all by default.

    Returns
    -------
    changes : dict
        By the students whose penalty changes.

    Raises
    ------
    ClassError, GradebookError
        If the policy fails, or the gradebook cannot be written.
    """
    changes = {}
    with ledger.transaction():
        for student, when in whens(ledger, assignment).items():
            wanted = ledger.lateness.extension(student, when.due_for_all, when.extension)
            is_late = When(when.submitted, when.due_for_all, wanted).seconds_late
            if students is not None and student not in students:
                continue
            if is_late or when.penalty or wanted != when.extension:
                after = ledger.charge(assignment, student)
                if after != when.penalty:
                    changes[student] = Change(when.penalty, after)
    return changes


def extend(ledger: Ledger, assignment: str, student: str) -> None:
    """Write a student's extension into the gradebook, and no penalty: nbgrader comes to that.

    Raises
    ------
    GradebookError
        If the gradebook cannot be written.
    """
    with suppress(MissingEntry), ledger.transaction():
        submission = ledger.gradebook.find_submission(assignment, student)
        due, there = submission.assignment.duedate, submission.extension
        submission.extension = ledger.lateness.extension(student, due, there)


def changes_in_words(changes: dict[str, Change]) -> str:
    """Return late penalties that have changed in a sentence; "" if there are none."""
    if not changes:
        return ""
    said = [f"{student} {one.before:g} → {one.after:g}" for student, one in changes.items()]
    return f"Points taken off for being late have changed: {', '.join(said)}."


def due_date(ledger: Ledger, assignment: str) -> datetime | None:
    """Return when an assignment is due, in UTC, if the gradebook has that.

    Raises
    ------
    GradebookError
        If the gradebook cannot be read.
    """
    try:
        found: datetime | None = ledger.gradebook.find_assignment(assignment).duedate
    except MissingEntry:
        return None
    except SQLAlchemyError as error:
        raise ledger.failure(error) from None
    return found


def set_due_date(ledger: Ledger, assignment: str, due: datetime | None) -> None:
    """Write down when an assignment is due; it is entered if need be, as nbgrader does it.

    Raises
    ------
    GradebookError
        If the gradebook cannot be written.
    """
    with ledger.transaction():
        ledger.gradebook.update_or_create_assignment(assignment, duedate=due)


def forget_extension(ledger: Ledger, assignment: str, student: str) -> None:
    """Take a student's extension out of the gradebook, if it has one.

    Raises
    ------
    GradebookError
        If the gradebook cannot be written.
    """
    with suppress(MissingEntry), ledger.transaction():
        ledger.gradebook.find_submission(assignment, student).extension = None
