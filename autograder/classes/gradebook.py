"""Write grades into nbgrader's gradebook: each submission's in one transaction.

nbgrader's own converter needs some thirty commits for a submission; cut off between two of them
it leaves half a grade. Here one session writes a submission whole, or not at all.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import nbformat
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    InvalidEntry,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import compute_checksum, is_grade, is_solution, is_task
from sqlalchemy import create_engine, inspect, or_
from sqlalchemy.exc import SQLAlchemyError

from autograder.classes.lateness import Lateness
from autograder.classes.scores import Answers, answers_in, score_of, write_score

NOTHING_HOLDS = Lateness()
CURES = {
    "locked": "close other programs that use it, and run the command again.",
    "readonly": "see that you may write it and its folder, and run the command again.",
    "unable to open": "see that its folder exists and that you may write there.",
    "full": "make room on the disk, and run the command again.",
    "I/O error": "see that the disk has room and is in order, and run the command again.",
    "not a database": "it is damaged; restore it from a copy, and run the command again.",
    "malformed": "it is damaged; restore it from a copy, and run the command again.",
    "no such": "bring it up to date, with 'nbgrader db upgrade', if it is that of this class.",
    "": "close other programs that use it, see that the disk has room, or restore it from a copy.",
}
"""What to do, by a word in what the database says."""


class GradebookError(Exception):
    """The gradebook cannot be read or written; one sentence says why and what to do."""


class Ledger:
    """The one writer of a class's gradebook.

    Parameters
    ----------
    db_url, course_id : str
        As nbgrader's configuration has them.
    lateness : Lateness
        What holds for late work; for those who write grades.

    Raises
    ------
    GradebookError
        If the database cannot be opened.
    """

    def __init__(self, db_url: str, course_id: str, lateness: Lateness = NOTHING_HOLDS) -> None:
        self.db_url = db_url
        self.lateness = lateness
        try:
            self._require_gradebook()
            self.gradebook = Gradebook(db_url, course_id)
        except (SQLAlchemyError, InvalidEntry) as error:
            raise self.failure(error) from None

    @classmethod
    def of(cls, coursedir: CourseDirectory, lateness: Lateness = NOTHING_HOLDS) -> Self:
        """Open the gradebook of a class; errors are those of opening it by its address."""
        return cls(coursedir.db_url, coursedir.course_id, lateness)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Write all that is done with the session inside, or nothing of it.

        Raises
        ------
        GradebookError
            If the gradebook cannot be written.
        """
        session = self.gradebook.db
        try:
            yield session
            session.commit()
        except SQLAlchemyError as error:
            session.rollback()
            raise self.failure(error) from None
        except BaseException:
            session.rollback()
            raise

    def _require_gradebook(self) -> None:
        """Raise if the database is that of another program: nbgrader would put its tables in."""
        engine = create_engine(self.db_url)
        try:
            tables = inspect(engine).get_table_names()
        finally:
            engine.dispose()
        if tables and SubmittedAssignment.__tablename__ not in tables:
            raise GradebookError(
                f"The gradebook {self.db_url} is the database of another program: put the "
                "gradebook back in its place."
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.gradebook.close()

    def require_assignment(self, name: str) -> None:
        """Raise unless the gradebook knows an assignment."""
        try:
            self.gradebook.find_assignment(name)
        except MissingEntry:
            raise GradebookError(
                f"The gradebook has no assignment {name}: release it first, with "
                f"'handgrad release {name}'."
            ) from None
        except SQLAlchemyError as error:
            raise self.failure(error) from None

    def notebook(self, assignment: str) -> Notebook | None:
        """Return what the gradebook knows of an assignment's notebook, if it was released."""
        try:
            return self.gradebook.find_notebook(assignment, assignment)
        except MissingEntry:
            return None
        except SQLAlchemyError as error:
            raise self.failure(error) from None

    def graded(self, assignment: str) -> set[str]:
        """Return the students of whose submissions something has been graded."""
        submitted, notebook = SubmittedAssignment, SubmittedNotebook
        found = (
            self.gradebook.db.query(submitted.student_id)
            .join(Assignment, Assignment.id == submitted.assignment_id)
            .join(notebook, notebook.assignment_id == submitted.id)
            .join(Grade, Grade.notebook_id == notebook.id)
            .filter(Assignment.name == assignment, Grade.auto_score.is_not(None))
            .distinct()
        )
        try:
            return {student for (student,) in found}
        except SQLAlchemyError as error:
            raise self.failure(error) from None

    def students(self) -> set[str]:
        """Return the students who are in the gradebook."""
        try:
            return {student for (student,) in self.gradebook.db.query(Student.id)}
        except SQLAlchemyError as error:
            raise self.failure(error) from None

    def has_list(self) -> bool:
        """Return whether students were entered otherwise than by grading their work."""
        told = (Student.first_name, Student.last_name, Student.email, Student.lms_user_id)
        entered = [one.is_not(None) for one in told]
        query = self.gradebook.db.query(Student.id).filter(
            or_(~Student.submissions.any(), *entered)
        )
        try:
            return query.first() is not None
        except SQLAlchemyError as error:
            raise self.failure(error) from None

    def restamp(self, assignment: str, student: str, timestamp: datetime.datetime) -> None:
        """Write down when a submission came whose grade stays; penalties are settled after it."""
        with self.transaction():
            self.gradebook.find_submission(assignment, student).timestamp = timestamp

    def cells(
        self, assignment: str, table: type[Grade] | type[Comment], *columns: Any
    ) -> Iterator[tuple[str, str, list[Any]]]:
        """Yield what the gradebook has on the cells of an assignment, by their names.

        Parameters
        ----------
        assignment : str
            The assignment.
        table : type
            Grades or comments.
        columns : columns
            What of each is wanted.

        Yields
        ------
        student, cell, row : str, str, list
            Whose it is, the cell's name, and the values of the columns.

        Raises
        ------
        GradebookError
            If the gradebook cannot be read.
        """
        submitted, notebook = SubmittedAssignment, SubmittedNotebook
        found = (
            self.gradebook.db.query(submitted.student_id, BaseCell.name, *columns)
            .join(Assignment, Assignment.id == submitted.assignment_id)
            .join(notebook, notebook.assignment_id == submitted.id)
            .join(table, table.notebook_id == notebook.id)
            .join(BaseCell, BaseCell.id == table.cell_id)
            .filter(Assignment.name == assignment)
            .order_by(BaseCell.name)
        )
        try:
            for student, cell, *row in found:
                yield student, cell, row
        except SQLAlchemyError as error:
            raise self.failure(error) from None

    def waiting(self, assignment: str) -> set[tuple[str, str]]:
        """Return the students and the names of the cells that nobody has given points for yet."""
        found = self.cells(assignment, Grade, Grade.needs_manual_grade, Grade.manual_score)
        return {
            (student, cell) for student, cell, (still, given) in found if still and given is None
        }

    def record(
        self,
        assignment: str,
        student: str,
        notebook: nbformat.NotebookNode,
        timestamp: datetime.datetime | None,
        before: Path | None = None,
    ) -> None:
        """Write the grades of an autograded notebook, replacing earlier automatic ones.

        Scores and comments that were given by hand stay; they are asked for again if what they
        were given for has changed.

        Parameters
        ----------
        assignment, student : str
            Whose notebook it is; the student is entered if need be.
        notebook : NotebookNode
            The autograded notebook.
        timestamp : datetime, optional
            When it was submitted.
        before : Path, optional
            The autograded notebook whose place it takes.
        """
        with self.transaction() as session, session.no_autoflush:
            self._enter(assignment, student, notebook, timestamp, before)

    def _enter(
        self,
        assignment: str,
        student: str,
        notebook: nbformat.NotebookNode,
        timestamp: datetime.datetime | None,
        before: Path | None,
    ) -> None:
        """Enter everything into the session, for the caller to commit."""
        entry = self.gradebook.find_assignment(assignment)
        submission = self._submission(entry, student)
        submission.timestamp = timestamp
        submitted = self._mirrored(submission, entry)
        grades = {grade.cell.name: grade for grade in submitted.grades}
        comments = {comment.cell.name: comment for comment in submitted.comments}
        self._require_known(notebook, grades.keys(), assignment)
        given = before and any(grade.manual_score is not None for grade in submitted.grades)
        then, now = answers_in(before) if before and given else None, Answers(notebook)
        for cell in notebook.cells:
            if is_grade(cell):
                is_settled = then is not None and then.same(now, cell)
                write_score(grades[cell.metadata.nbgrader.grade_id], score_of(cell), is_settled)
            if is_solution(cell) or is_task(cell):
                _write_comment(comments.get(cell.metadata.nbgrader.grade_id), cell)
        self.gradebook.db.flush()
        self._penalize(submission, submitted)

    def _require_known(
        self, notebook: nbformat.NotebookNode, known: Iterable[str], assignment: str
    ) -> None:
        """Raise if a graded cell of the source is not in the gradebook."""
        asked = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if is_grade(cell)]
        unknown = [name for name in asked if name not in known]
        if unknown:
            raise GradebookError(
                f"The gradebook does not know {unknown[0]!r}, which stands in the source of "
                f"{assignment}: release it again, with 'handgrad release {assignment}'."
            )

    def _submission(self, entry: Assignment, student: str) -> SubmittedAssignment:
        """Return a student's submission; a new one is entered with the rest, not before."""
        session = self.gradebook.db
        try:
            return self.gradebook.find_submission(entry.name, student)
        except MissingEntry:
            pass
        try:
            who = self.gradebook.find_student(student)
        except MissingEntry:
            who = Student(id=student)
            session.add(who)
        submission = SubmittedAssignment(assignment=entry, student=who)
        session.add(submission)
        return submission

    def _mirrored(self, submission: SubmittedAssignment, entry: Assignment) -> SubmittedNotebook:
        """Return the submission's notebook, with a row for each cell of the assignment's."""
        session = self.gradebook.db
        source = next(one for one in entry.notebooks if one.name == entry.name)
        found = [one for one in submission.notebooks if one.notebook is source]
        submitted = found[0] if found else SubmittedNotebook()
        if not found:
            session.add(submitted)
            submitted.notebook, submitted.assignment = source, submission
        graded = {grade.cell.name for grade in submitted.grades}
        commented = {comment.cell.name for comment in submitted.comments}
        for cell in (*source.grade_cells, *source.task_cells):
            if cell.name not in graded:
                session.add(Grade(cell_id=cell.id, cell=cell, notebook=submitted))
        for cell in (*source.solution_cells, *source.task_cells):
            if cell.name not in commented:
                session.add(Comment(cell_id=cell.id, cell=cell, notebook=submitted))
        return submitted

    def charge(self, assignment: str, student: str) -> float:
        """Give a submission the penalty that it should have, for the caller to commit."""
        submission = self.gradebook.find_submission(assignment, student)
        for submitted in submission.notebooks:
            self._penalize(submission, submitted)
        return sum(one.late_submission_penalty or 0.0 for one in submission.notebooks)

    def _penalize(self, submission: SubmittedAssignment, submitted: SubmittedNotebook) -> None:
        self.gradebook.db.refresh(submitted)
        submitted.late_submission_penalty = self.lateness.charge(submission, submitted.score)

    def failure(self, error: Exception) -> GradebookError:
        """Return what the database says of an error, with what to do."""
        reason = str(getattr(error, "orig", None) or error)
        cure = next((cure for sign, cure in CURES.items() if sign in reason), CURES[""])
        return GradebookError(f"The gradebook {self.db_url} cannot be used ({reason}): {cure}")


def _write_comment(comment: Comment | None, cell: nbformat.NotebookNode) -> None:
    if comment is None:
        return
    unchanged = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    comment.auto_comment = "No response." if unchanged and not is_task(cell) else None
