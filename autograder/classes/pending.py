"""Verdicts that were made anew and that nobody has agreed to yet: one file for each student.

Each says of what it is: of which grade, which work, which checks and points. If one of these is no
longer what is there, it counts for nothing.
"""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import nbformat

from autograder.classes.class_directory import ClassDirectory
from autograder.classes.handed_in import Submission
from autograder.classes.locking import SCRATCH
from autograder.writing import write_whole


class Pending:
    """The verdicts on an assignment that wait to be agreed to.

    Parameters
    ----------
    where, name : ClassDirectory, str
        The class and the assignment.
    edition : str
        The digest of the edition that judges.
    """

    def __init__(self, where: ClassDirectory, name: str, edition: str) -> None:
        self.where = where
        self.name = name
        self.folder = where.folder / SCRATCH / "regrade" / name
        self._asked = [edition, _digest(where.source(name) / f"{name}.ipynb")]

    def write(self, submission: Submission, notebook: nbformat.NotebookNode) -> None:
        """Keep a verdict: a graded notebook, with its report.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        content = {"of": self._of(submission), "notebook": nbformat.writes(notebook, indent=None)}
        write_whole(self._path(submission), json.dumps(content))

    def has(self, submission: Submission) -> bool:
        """Return whether a verdict was kept on what is there now."""
        return self._read(submission) is not None

    def read(self, submission: Submission) -> nbformat.NotebookNode | None:
        """Return the verdict on what is there now, if one was kept."""
        text = self._read(submission)
        return None if text is None else nbformat.v4.reads(text)

    def _read(self, submission: Submission) -> str | None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            content = json.loads(self._path(submission).read_text("utf-8"))
            if content["of"] == self._of(submission):
                return str(content["notebook"])
        return None

    def report(self, submission: Submission) -> dict[str, Any] | None:
        """Return the report in such a verdict."""
        notebook = self.read(submission)
        return None if notebook is None else dict(notebook.metadata.handgrad.report)

    def remove(self, submission: Submission) -> None:
        """Let a verdict go that was written down, and the folder with the last one."""
        self._path(submission).unlink(missing_ok=True)
        with suppress(OSError):
            self.folder.rmdir()

    def _path(self, submission: Submission) -> Path:
        # A folder's name may be longer than a file's that ends with more.
        return self.folder / f"{sha256(submission.student.encode()).hexdigest()[:32]}.json"

    def _of(self, submission: Submission) -> list[str]:
        graded = self.where.step("autograded", self.name, submission.student)
        return [*self._asked, submission.digest, _digest(graded / f"{self.name}.ipynb")]


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
