"""Stand between ``nbgrader autograde`` and what students have put into their folders.

nbgrader takes folders, names and time stamps as they come: it follows links and copies what they
lead to, ends a whole class for one odd name, and passes over what is new but has no newer time
stamp. Its converter is set right here, before it starts and again before each student's turn.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import NbGraderException
from nbgrader.utils import rmtree

from autograder.classes.digests import graded_digest
from autograder.classes.handed_in import HandedIn, Submission, look
from autograder.grading.reading import shown

MOST_ODD = 50
MOST_FILES = 2000
LARGEST_COPIED = 64 << 20


class Guard:
    """Sets an ``Autograde`` converter right that has found its notebooks and not yet started.

    Parameters
    ----------
    converter : Autograde
        The converter.

    Attributes
    ----------
    submissions : dict
        What it may grade, by student.
    """

    def __init__(self, converter: Any) -> None:
        self.converter = converter
        self.coursedir = converter.coursedir
        self.ignored = list(self.coursedir.ignore)
        asked = self.coursedir.student_id
        self.everybody = glob.has_magic(asked)
        students = () if self.everybody else (asked,)
        found = look(self.coursedir, self.coursedir.assignment_id, students)
        self.submissions = {one.student: one for one in found.submissions if self._can_be(one)}
        self.refused = self._refusals(found)
        self._convert, self._begin = converter.convert_notebooks, converter.init_destination
        converter.convert_notebooks, converter.init_destination = self.convert, self.begin

    def is_due(self, submission: Submission) -> bool:
        """Return whether nbgrader is going to grade a submission or to pass it over."""
        graded = self._graded(submission.student)
        if self.converter.force or not graded.exists() or self._is_changed(submission):
            return True
        before, now = self.coursedir.get_existing_timestamp(str(graded)), submission.timestamp
        return bool(before and now and now > before)

    def convert(self) -> None:
        """Convert all notebooks; then fail if there were some that could not be."""
        for sentence in self.refused:
            self.converter.log.error(sentence)
        try:
            self._convert()
        finally:
            self.coursedir.ignore = self.ignored
        if self.refused:
            raise NbGraderException("\n".join(self.refused))

    def begin(self, assignment: str, student: str) -> bool:
        """Return whether a student's work is due; see that no link is followed in copying it."""
        submission = self.submissions[student]
        if not self.converter.force and self._is_changed(submission):
            self.converter.log.warning("%s has handed in something else: grading again", student)
            rmtree(self._graded(student))
        odd = [glob.escape(path) for path in _not_plain(self._folder(student))]
        if len(odd) > MOST_ODD:
            raise NbGraderException(
                f"{student} has handed in more than {MOST_ODD} links, vast files and odd names."
            )
        self.coursedir.ignore = [*self.ignored, *odd]
        due: bool = self._begin(assignment, student)
        if due and submission.timestamp is None:
            self._forget_stamp(student)
        return due

    def _forget_stamp(self, student: str) -> None:
        """Take an earlier submission's time stamp away, which nbgrader would keep."""
        name = self.coursedir.assignment_id
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            with suppress(MissingEntry):
                gradebook.find_submission(name, student).timestamp = None
            gradebook.db.commit()

    def _refusals(self, found: HandedIn) -> list[str]:
        """Take out of the converter's list what it cannot grade; return a sentence for each."""
        allowed = {self._folder(student) for student in self.submissions}
        for folder, notebooks in list(self.converter.assignments.items()):
            if folder not in allowed:
                del self.converter.assignments[folder]
                continue
            named = [one for one in notebooks if os.path.basename(one) == self._file]
            self.converter.assignments[folder] = named or notebooks
        said = [
            f"{shown(one.student)} was not graded by nbgrader, which knows {self._file} alone; use "
            "'handgrad grade'. " + " ".join(one.remarks)
            for one in found.submissions
            if one.student not in self.submissions and one.remarks
        ]
        return said + found.undecided + (found.misplaced if self.everybody else [])

    @property
    def _file(self) -> str:
        return f"{self.coursedir.assignment_id}.ipynb"

    def _can_be(self, submission: Submission) -> bool:
        """Return whether nbgrader finds a submission where it looks for it."""
        folder = self._folder(submission.student)
        expected = os.path.join(folder, self._file)
        return Path(expected) == submission.path and os.path.lexists(expected)

    def _folder(self, student: str) -> str:
        coursedir = self.coursedir
        found: str = coursedir.format_path(
            coursedir.submitted_directory, student, coursedir.assignment_id
        )
        return found

    def _graded(self, student: str) -> Path:
        coursedir = self.coursedir
        return Path(
            coursedir.format_path(coursedir.autograded_directory, student, coursedir.assignment_id)
        )

    def _is_changed(self, submission: Submission) -> bool:
        """Return whether a grade is that of something else than lies there now."""
        graded = graded_digest(self._graded(submission.student) / self._file)
        return bool(graded) and graded != submission.digest


def _not_plain(folder: str) -> Iterator[str]:
    """Yield what is not to be copied of a folder, as nbgrader spells it.

    That is what is no regular file, what is vast, and what has a name that steers a terminal.
    """
    count = 0
    for where, _, names in os.walk(folder):
        count += 1 + len(names)
        if count > MOST_FILES:  # nbgrader compares each with all others of its folder, many times
            raise NbGraderException(
                f"{folder} has more than {MOST_FILES} files and folders, too many to be copied: "
                "take out what is no work, or use 'handgrad grade', which copies none."
            )
        for name in names:
            path = os.path.join(where, name)
            status = os.lstat(path)
            is_plain = stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST_COPIED
            if not is_plain or not os.path.relpath(path, folder).isprintable():
                yield path
