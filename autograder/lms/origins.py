"""Whose work a file is, by where it lies in a download: how each platform names what it gives out.

============  ==================================================================================
Moodle        ``Ada Lovelace_12345_assignsubmission_file_/name.ipynb``: a folder for each, the last
              ``_`` only before Moodle 4.1; or all that as the name of the file.
Canvas        ``lovelaceada_LATE_123_456_name-1.ipynb``: the name as it is sorted, run together;
              whether it is late; the student's and the file's id; how often it was handed in again.
Classroom     ``Ada Lovelace - name.ipynb``, in a folder on Google Drive.
nbgrader      ``ada+03_backpropagation+2026-03-01 10:00:00 UTC+…/name.ipynb`` in the exchange;
              ``ada/03_backpropagation/name.ipynb`` in a class.
loose         a notebook, or a folder around it, with an id, an address or a name in its name.
============  ==================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from autograder.lms.matching import Students, is_mark

MOODLE, CANVAS, CLASSROOM, NBGRADER, LOOSE = "moodle", "canvas", "classroom", "nbgrader", "loose"
MOODLE_PART = re.compile(r"([^_]+)_(\d+)_assignsubmission_[a-z]+(?:_(.*))?", re.DOTALL)
CANVAS_FILE = re.compile(r"(\S+?)(_LATE)?_(\d+)_(\d+)_(.+)", re.DOTALL)
CANVAS_NAMELESS = re.compile(r"(?:LATE_)?anon_[0-9A-Za-z]+_\d+_.+", re.DOTALL)
EXCHANGE_PART = re.compile(r"(.+?)\+([^+]+)\+\d{4}-\d\d-\d\d[^+]*(?:\+.*)?", re.DOTALL)
AGAIN = re.compile(r"(?:-| ?\()(\d{1,3})\)?(?=\.[^.]*$)")
"""How often a name was there before, as Canvas and browsers write it."""


class Nameless(Exception):
    """The download does not say whose work a file is; the end of a sentence says why."""


@dataclass(frozen=True)
class Origin:
    """Where a piece of work comes from.

    Attributes
    ----------
    kind : str
        ``moodle``, ``canvas``, ``classroom``, ``nbgrader`` or ``loose``.
    path : str
        Its place in the download.
    number : int
        The id that the platform gave it; a later one has a higher one. 0 if there is none.
    is_late : bool
        Whether Canvas calls it late.
    """

    kind: str
    path: str
    number: int = 0
    is_late: bool = False

    @property
    def has_time(self) -> bool:
        """Whether the file's own time is not merely that of the download."""
        return self.kind not in (MOODLE, CANVAS)

    @property
    def again(self) -> int:
        """How often a file of this name was handed in before."""
        found = AGAIN.search(self.path)
        return int(found[1]) if found else 0

    @classmethod
    def of(cls, record: dict[str, Any]) -> Origin:
        """Return what was written down of a piece of work."""
        return cls(str(record.get("kind")), str(record.get("path")), int(record.get("number") or 0))


def origin_of(path: str, assignment: str, students: Students) -> tuple[Origin, set[str]]:
    """Return where a file comes from and whose it may be: one student, or none, or several.

    Parameters
    ----------
    path : str
        Its place in the download, with ``/`` between folders.
    assignment : str
        The assignment, whose name says nothing about a student.
    students : Students
        The students of the class.

    Raises
    ------
    Nameless
        If the platform has left the names out.
    """
    unclear: tuple[Origin, set[str]] = Origin(LOOSE, path), set()
    for origin, found in _readings(path, assignment, students):
        if len(found) == 1:
            return origin, found
        if found or origin.kind != LOOSE:
            unclear = (origin, found) if not unclear[1] else unclear
    return unclear


def _readings(path: str, assignment: str, students: Students) -> Iterator[tuple[Origin, set[str]]]:
    """Yield whose work a file may be, by one platform's way of naming after the other."""
    parts = path.split("/")
    for part in parts:
        if found := MOODLE_PART.fullmatch(part):
            yield Origin(MOODLE, path), students.by_name(found[1])
            return
    yield from _in_nbgrader(path, assignment, students)
    if CANVAS_NAMELESS.fullmatch(parts[-1]):
        raise Nameless("comes without a name, as Canvas hides it while marking is anonymous.")
    found = CANVAS_FILE.fullmatch(parts[-1])
    known = students.by_mark(found[3]) if found else ""
    if found and (known or all(one.isalnum() or one == "_" or is_mark(one) for one in found[1])):
        origin = Origin(CANVAS, path, int(found[4]), bool(found[2]))
        yield origin, {known} if known else students.by_name(found[1])
    pieces = parts[-1].split(" - ")
    for count in range(1, len(pieces)):
        name = " - ".join(pieces[:count])
        known = students.by_mark(name)
        yield Origin(CLASSROOM, path), {known} if known else students.by_name(name)
    stem = parts[-1].partition(".ipynb")[0].replace(assignment, " ")
    for text in (stem, *reversed(parts[:-1])):
        yield Origin(LOOSE, path), students.within(text)


def _in_nbgrader(
    path: str, assignment: str, students: Students
) -> Iterator[tuple[Origin, set[str]]]:
    parts = path.split("/")
    for part in parts[:-1]:
        found = EXCHANGE_PART.fullmatch(part)
        if found and found[2] == assignment:
            known = students.by_mark(found[1])
            yield Origin(NBGRADER, path), {known} if known else set()
    for student, folder in pairwise(parts[:-1]):
        if folder == assignment and (known := students.by_mark(student)):
            yield Origin(NBGRADER, path), {known}


def participant(origin: Origin) -> str:
    """Return the number by which Moodle calls a student in one assignment; empty if it has none."""
    parts = map(MOODLE_PART.fullmatch, origin.path.split("/"))
    return next((part[2] for part in parts if part), "") if origin.kind == MOODLE else ""


def feedback_path(origin: Origin, page: str) -> str:
    """Return under which name a platform takes a page back that is about a file of its download.

    Parameters
    ----------
    origin : Origin
        Where the file comes from.
    page : str
        The name of the page.

    Returns
    -------
    path : str
        Empty if the platform takes none back.
    """
    parts = origin.path.split("/")
    if origin.kind == MOODLE:
        place = next(n for n, part in enumerate(parts) if MOODLE_PART.fullmatch(part))
        if place < len(parts) - 1:
            return f"{parts[place]}/{page}"
        rest = MOODLE_PART.fullmatch(parts[place])[3]  # type: ignore[index]
        return parts[place].removesuffix(rest) + page
    if origin.kind == CANVAS:
        rest = CANVAS_FILE.fullmatch(parts[-1])[5]  # type: ignore[index]
        return parts[-1].removesuffix(rest) + page
    return ""
