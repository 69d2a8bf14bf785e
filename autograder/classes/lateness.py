"""Whether work came late, by how much, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import SubmittedAssignment

from autograder.classes.class_directory import ClassDirectory
from autograder.classes.due_dates import shown_span, shown_time
from autograder.classes.extensions import Extension, read_extensions
from autograder.classes.late_policy import LatePenalty, late_penalty
from autograder.classes.stamps import time_zone


@dataclass(frozen=True)
class Lateness:
    """What holds in a class for the late work of one assignment.

    Attributes
    ----------
    penalty : function
        The class's late policy.
    extensions : mapping
        Who has longer.
    """

    penalty: LatePenalty = lambda *_: None
    extensions: Mapping[str, Extension] = field(default_factory=dict)

    @classmethod
    def of(cls, where: ClassDirectory, name: str) -> Lateness:
        """Return what holds for an assignment.

        Raises
        ------
        ClassError
            If the policy, or the table of extensions, cannot be read.
        """
        extensions = read_extensions(where.folder, name, time_zone(where.coursedir))
        return cls(late_penalty(where.config), extensions)

    def extension(self, student: str, due: datetime | None, there: Any) -> timedelta | None:
        """Return a student's extension; one that is there, and of which nothing is known, stays.

        nbgrader fails where there is one and no due date.
        """
        granted = self.extensions.get(student)
        if granted is None:
            return there if isinstance(there, timedelta) else None
        return granted.beyond(due) or None if due else None

    def charge(self, submission: SubmittedAssignment, score: float) -> float | None:
        """Give a submission its student's extension; return what being late takes off a score."""
        student, due = submission.student.id, submission.assignment.duedate
        submission.extension = self.extension(student, due, submission.extension)
        late = When(submission.timestamp, due, submission.extension).seconds_late
        taken = self.penalty(student, score, late) if late else None
        return None if taken is None else min(max(taken, 0.0), score)


@dataclass(frozen=True)
class When:
    """When a student's work was due, and when it came.

    Attributes
    ----------
    submitted : datetime, optional
        When it came, in UTC, if that is known.
    due_for_all : datetime, optional
        When it was due, in UTC, for those without an extension.
    extension : timedelta, optional
        How much longer the student had.
    penalty : float
        The points that were taken off.
    """

    submitted: datetime | None
    due_for_all: datetime | None
    extension: timedelta | None = None
    penalty: float = 0.0

    @property
    def due(self) -> datetime | None:
        """When it was due for this student."""
        if self.due_for_all is None:
            return None
        return self.due_for_all + (self.extension or timedelta(0))

    @property
    def seconds_late(self) -> float:
        """How much later it came."""
        if self.submitted is None or self.due is None:
            return 0.0
        return max(0.0, (self.submitted - self.due).total_seconds())

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "submitted": _iso(self.submitted),
            "due": _iso(self.due),
            "seconds_late": self.seconds_late,
            "late_penalty": round(self.penalty, 4),
        }

    def sentence(self, home: str) -> str:
        """Return it in words, in a class's time zone; "" if nothing is known."""
        said = []
        if self.submitted:
            said.append(f"Handed in {shown_time(self.submitted, home)}.")
        if self.due:
            extended = ", with an extension" if self.extension else ""
            said.append(f"Due {shown_time(self.due, home)}{extended}.")
        if self.seconds_late:
            said.append(f"Late by {shown_span(self.seconds_late)}.")
        return " ".join(said)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.isoformat()}Z"
