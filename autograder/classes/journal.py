"""The record of a run of grading, so that a run that was cut off can go on.

Its first line has the seed and whose work is to be graded; then comes a line for each who has been.
It is removed when all are. A line that was cut off counts for nothing: that grade is made again,
from the same inputs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO

from autograder.writing import write_whole


@dataclass(frozen=True)
class Unfinished:
    """A run that did not come to its end.

    Attributes
    ----------
    seed : int
        Seed of its inputs.
    total : int
        How many submissions it was to grade.
    left : list of str
        The students whose submissions it has not graded.
    """

    seed: int
    total: int
    left: list[str]


def read_journal(path: Path) -> Unfinished | None:
    """Return the run that did not come to its end, if there is one and its record is readable."""
    try:
        first, *lines = path.read_text("utf-8").splitlines()
        record = json.loads(first)
        seed, due = int(record["seed"]), [str(student) for student in record["due"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    done = set()
    for line in lines:
        with suppress(ValueError):
            done.add(str(json.loads(line)))
    left = [student for student in due if student not in done]
    return Unfinished(seed, len(due), left) if left else None


class Journal:
    """The record of the run at hand.

    Parameters
    ----------
    path : Path
        Its file.
    seed : int
        Seed of the inputs.
    due : sequence of str
        The students whose submissions are to be graded.
    """

    def __init__(self, path: Path, seed: int, due: Sequence[str]) -> None:
        self.path = path
        self.seed = seed
        self.left = list(due)
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def begin(self) -> None:
        """Write down the seed, before the first grade: who graded nobody leaves no record."""
        if self._file is None:
            write_whole(self.path, json.dumps({"seed": self.seed, "due": self.left}) + "\n")
            self._file = self.path.open("a", encoding="utf-8")

    def note(self, student: str) -> None:
        """Write down that a student's submission has been graded."""
        assert self._file is not None
        self.left.remove(student)
        try:
            self._file.write(json.dumps(student) + "\n")
            self._file.flush()
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            with suppress(OSError):  # what could not be written has been told
                self._file.close()
        if not self.left:
            self.path.unlink(missing_ok=True)
