"""A class: an ordinary nbgrader course directory, graded by Handgrad's judge."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.apps import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory

from autograder.building.assignments import write_source
from autograder.building.chapters import assignment_names
from autograder.building.expected import expected_results
from autograder.classes.digests import graded_digest
from autograder.classes.handed_in import HandedIn, Submission, look
from autograder.classes.locking import SCRATCH
from autograder.classes.stamps import FILE as STAMP
from autograder.classes.stamps import read_stamp, time_zone
from autograder.grading.reading import Unreadable, open_plainly
from autograder.writing import write_whole

CONFIG = "nbgrader_config.py"
SECRET = "submission_secret.txt"
"""What nbgrader's exchange names a student's feedback by."""
LARGEST_SECRET = 1000
"""Its bytes; nbgrader writes some hundred."""
CONFIG_TEXT = '''"""nbgrader's configuration of this class.

Handgrad's settings come first: its judge grades, in a sandbox. Yours may follow them.
"""

from pathlib import Path

from autograder.classes.nbgrader_plugin import configure

c = get_config()  # noqa: F821
configure(c)
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = {course_id!r}
'''
README = "README.txt"
README_TEXT = """\
What lies here, and what of it is yours to edit
===============================================

The notebook of an assignment, such as 03_backpropagation/03_backpropagation.ipynb, is yours: leave
out tasks, give them other points, add text and cells.

What lies beside a notebook of the course is not for editing: checks/, solutions/ and handgrad.py
are copies that go out to the students. Grading uses the installed course, and refuses to grade
where the copies are not the same. To change a check, change the course: its CONTRIBUTING.md says
how.

    handgrad update CH          shows what would change, after an update of the course or an edit
    handgrad update CH --yes    changes it, and keeps what was there before
    handgrad regrade CH         then shows who would gain or lose, and grades again if you say so
"""


class ClassError(Exception):
    """A class cannot be made or used; one sentence says why and what to do."""


class ClassDirectory:
    """A class that exists.

    Parameters
    ----------
    folder : Path
        Its folder.

    Raises
    ------
    ClassError
        If it is not the folder of a class, or its configuration fails.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        if not (self.folder / CONFIG).is_file():
            raise ClassError(
                f"{self.folder} is not a class (it has no {CONFIG}): go to one, "
                "or make one with 'handgrad class DIR'."
            )
        self.config = _load_config(self.folder)
        self.coursedir = CourseDirectory(config=self.config)

    def step(self, name: str, assignment: str, student: str = ".") -> Path:
        """Return the folder of a step such as ``submitted``."""
        directory = getattr(self.coursedir, f"{name}_directory")
        return Path(self.coursedir.format_path(directory, student, assignment))

    def source(self, assignment: str) -> Path:
        """Return the folder of an assignment's source.

        Raises
        ------
        ClassError
            If the class has none.
        """
        folder = self.step("source", assignment)
        if not (folder / f"{assignment}.ipynb").is_file():
            raise ClassError(
                f"The class has no source of {assignment}: make it with 'handgrad release'."
            )
        return folder

    def handed_in(self, assignment: str, students: Iterable[str] = ()) -> HandedIn:
        """Return what was handed in for an assignment, by all students or by some."""
        return look(self.coursedir, assignment, students)

    def submissions(self, assignment: str) -> list[Submission]:
        """Return all submissions of an assignment, by student."""
        return self.handed_in(assignment).submissions

    def is_graded(self, assignment: str, submission: Submission) -> bool:
        """Return whether a grade is that of what lies there now: its content decides.

        Where an earlier version has graded, which did not write down of what, time stamps decide.
        """
        folder = self.step("autograded", assignment, submission.student)
        graded = graded_digest(folder / f"{assignment}.ipynb")
        if graded:
            return graded == submission.digest
        before, now = self._stamp(folder), submission.timestamp
        return graded is not None and not (before and now and now > before)

    def is_stamped(self, assignment: str, submission: Submission) -> bool:
        """Return whether a grade has the time stamp of the submission that it is known to be of."""
        folder = self.step("autograded", assignment, submission.student)
        if submission.timestamp in (None, self._stamp(folder)):
            return True
        return graded_digest(folder / f"{assignment}.ipynb") != submission.digest

    def _stamp(self, folder: Path) -> datetime | None:
        return read_stamp(folder, time_zone(self.coursedir))[0]

    def write_autograded(self, assignment: str, submission: Submission, notebook: str) -> None:
        """Put an autograded notebook in its place; the one that is there stays until then.

        What says when it came is written last: without it, what came newly is graded again.
        """
        target = self.step("autograded", assignment, submission.student)
        target.mkdir(parents=True, exist_ok=True)
        write_whole(target / f"{assignment}.ipynb", notebook)
        self.write_stamp(assignment, submission)

    def write_stamp(self, assignment: str, submission: Submission) -> None:
        """Write down with an autograded notebook when the submission came."""
        file = self.step("autograded", assignment, submission.student) / STAMP
        if submission.timestamp is not None:
            write_whole(file, submission.timestamp.strftime("%Y-%m-%d %H:%M:%S.%f UTC"))
        else:
            file.unlink(missing_ok=True)

    def bring_secret(self, assignment: str, student: str) -> None:
        """Copy what nbgrader's exchange has put beside a submission, to release its feedback by.

        It is the one file that is copied: nothing else that was handed in lies beside a grade.
        """
        folder = self.step("submitted", assignment, student)
        if folder.is_symlink() or folder.parent.is_symlink():
            return  # it would be another's
        secret = _small_file(folder / SECRET)
        graded = self.step("autograded", assignment, student)
        if secret is not None and graded.is_dir() and _small_file(graded / SECRET) != secret:
            write_whole(graded / SECRET, secret)

    def remove_autograded(self, assignment: str, student: str) -> None:
        """Take an autograded notebook away, so that it is not taken for a new one."""
        shutil.rmtree(self.step("autograded", assignment, student), ignore_errors=True)

    def journal(self, assignment: str) -> Path:
        """Return where the record of a run lies that grades an assignment."""
        return self.folder / SCRATCH / f"{assignment}.jsonl"

    def api(self) -> NbGraderAPI:
        """Return nbgrader's own interface to this class."""
        return NbGraderAPI(coursedir=self.coursedir, config=self.config)


def _small_file(path: Path) -> bytes | None:
    """Return what a small file holds; None for a link, and for what is no file or not there."""
    with contextlib.suppress(OSError, Unreadable), open_plainly(path) as file:
        content = file.read(LARGEST_SECRET + 1)
        return content if len(content) <= LARGEST_SECRET else None
    return None


def last_line(result: dict[str, Any]) -> str:
    """Return the line of nbgrader's log or error that says what went wrong.

    What it raises in the end often points at a traceback, which is in the log.
    """
    said = [str(result.get(key) or "") for key in ("log", "error")]
    raised = [line for line in said[0].splitlines() if _RAISED.match(line)]
    lines = raised or (said[1] or said[0] or "it did not say why").splitlines()
    return next(line.strip() for line in reversed(lines) if line.strip())


_RAISED = re.compile(r"\s*[\w.]+(Error|Exception|Invalid\w*): ")


def make_class(
    folder: Path,
    on_start: Callable[[int], None] = lambda missing: None,
    on_source: Callable[[str], None] = lambda name: None,
) -> list[str]:
    """Make a class, or add what is missing to one; nothing that is there is changed.

    Parameters
    ----------
    folder : Path
        Where; it may exist.
    on_start, on_source : function
        Called with how many assignments' sources are missing; then after each one.

    Returns
    -------
    written : list of str
        What was written, relative to the folder.

    Raises
    ------
    ClassError
        If the folder cannot be written.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / CONFIG).exists():
            course = "".join(c if c.isalnum() or c in "-_" else "-" for c in folder.resolve().name)
            (folder / CONFIG).write_text(CONFIG_TEXT.format(course_id=course), encoding="utf-8")
            written.append(CONFIG)
        sources = folder / "source"
        if not (sources / README).exists():
            sources.mkdir(exist_ok=True)
            (sources / README).write_text(README_TEXT, encoding="utf-8")
            written.append(f"source/{README}")
        missing = [name for name in assignment_names() if not (sources / name).exists()]
        on_start(len(missing))
        for name, expected in expected_results(missing):
            write_source(name, sources / name, expected)
            written.append(f"source/{name}")
            on_source(name)
    except OSError as error:
        raise ClassError(f"{folder} cannot be written: {error.strerror}.") from None
    return written


def _load_config(folder: Path) -> Any:
    put_programs_on_path()
    app = NbGrader()
    app.raise_config_file_errors = True
    with contextlib.chdir(folder):
        try:
            app.load_config_file()
        except Exception as error:
            raise ClassError(f"{folder / CONFIG} fails: {error}") from None
    return app.config


def put_programs_on_path() -> None:
    """Let nbgrader find the programs of this environment, though it may not be activated."""
    here = str(Path(sys.executable).parent)
    if here not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = here + os.pathsep + os.environ.get("PATH", "")
