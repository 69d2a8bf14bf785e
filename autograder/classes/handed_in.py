"""What lies in ``submitted/``: whose work it is, and what is no submission and why.

A student's folder has whatever the student, or a learning platform, has put there. So links are
not followed, what is looked at is limited, and of names sentences have only what is harmless. What
says that a notebook belongs to an assignment is what it holds, not its name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from autograder.classes.digests import digest
from autograder.classes.recognizing import (
    MOST_NOTEBOOKS,
    PASSED_OVER,
    Expected,
    cells_of,
    entries,
    files_in,
    is_folder,
    is_there,
    listed,
    notebooks_among,
)
from autograder.classes.stamps import FILE as STAMP
from autograder.classes.stamps import read_stamp
from autograder.grading.reading import shown


@dataclass(frozen=True)
class Submission:
    """Where a student's submission lies, and when it came.

    Attributes
    ----------
    path : Path
        Its file, which need not exist; it may lie in a zip.
    timestamp : datetime, optional
        When it came, in UTC, if that is known.
    digest : str
        Stands for what is in the file: with another digest it is another submission.
    remarks : tuple of str
        What is odd about where it lies and when it came.
    """

    student: str
    path: Path
    timestamp: datetime | None
    digest: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class HandedIn:
    """What was handed in for an assignment.

    Attributes
    ----------
    submissions : list of Submission
        By student.
    undecided : list of str
        A sentence for each student of whose work it cannot be said what counts.
    misplaced : list of str
        A sentence for each place that has work where no submission is looked for.
    students : list of str
        Everybody who has a folder for the assignment.
    """

    submissions: list[Submission] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    students: list[str] = field(default_factory=list)


def is_plain_name(student: str) -> bool:
    """Return whether a student's name is harmless: nbgrader's pages show it as it is."""
    return student.isprintable() and not set(student) & set('<>"`')


def look(coursedir: CourseDirectory, assignment: str, students: Iterable[str] = ()) -> HandedIn:
    """Look at what was handed in for an assignment, by all students or by some."""
    wanted = set(students)
    expected = Expected.of(coursedir, assignment)
    excluded = set(coursedir.student_id_exclude.split(","))
    root = Path(coursedir.format_path(coursedir.submitted_directory, ".", "."))
    found = HandedIn()
    for entry in entries(root, most=None):
        if entry.name in excluded or entry.name in PASSED_OVER:
            continue
        folder = Path(coursedir.format_path(coursedir.submitted_directory, entry.name, assignment))
        has_folder = is_folder(entry) and not entry.name.startswith(".") and is_there(folder)
        if has_folder:
            found.students.append(entry.name)
        if wanted and entry.name not in wanted:
            continue
        if has_folder:
            _add(found, entry.name, folder, expected)
        found.misplaced.extend(_misplaced(entry, expected))
    return found


def _add(found: HandedIn, student: str, folder: Path, expected: Expected) -> None:
    """Add what lies in a student's folder for the assignment."""
    where = f"submitted/{shown(student)}/{expected.assignment}"
    if not is_plain_name(student):
        found.undecided.append(
            f"The folder {student!r} was passed over: a student's name has no such characters."
        )
    elif folder.is_symlink() or not folder.is_dir():
        found.undecided.append(
            f"{where} is a link or a file and was not graded: put a folder with the student's own "
            "work in its place."
        )
    else:
        try:
            found.submissions.append(_submission(student, folder, expected))
        except Undecided as reason:
            found.undecided.append(f"{where} was not graded: {reason}")
        except OSError as error:
            found.undecided.append(
                f"{where} was not graded: it cannot be read ({error.strerror}). See that you may "
                "read it, and run the command again."
            )


class Undecided(Exception):
    """It cannot be said which file counts; the sentence says why and what to do."""


def _submission(student: str, folder: Path, expected: Expected) -> Submission:
    path = folder / expected.file
    os.scandir(folder).close()  # raises where the folder cannot be read
    files = files_in(folder)
    if is_there(path):
        remarks = _beside(path, files, expected)
    else:
        path, remarks = _elsewhere(path, files, expected)
    stamp, remark = read_stamp(folder, expected.home)
    return Submission(student, path, stamp, digest(path), (*remarks, *filter(None, [remark])))


def _beside(path: Path, files: list[Path], expected: Expected) -> list[str]:
    """Remark on other versions beside the notebook that is named as it should be."""
    others = [one for one in notebooks_among(files) if one != path]
    if not others:
        return []
    graded = cells_of(path)
    differing = [one for one in expected.versions(others) if cells_of(one) != graded]
    if not differing:
        return []
    return [
        f"Beside {path.name} there is more of this assignment, with other cells: "
        f"{listed(differing, path.parent)}. {path.name} was graded; if another one counts, put it "
        "in its place."
    ]


def _elsewhere(path: Path, files: list[Path], expected: Expected) -> tuple[Path, list[str]]:
    """Return the one notebook that is this assignment under another name, with a remark."""
    notebooks = notebooks_among(files)
    found = expected.versions(notebooks)
    different = {repr(cells_of(one)) for one in found}
    if len(different) > 1 or len(notebooks) > MOST_NOTEBOOKS:
        raise Undecided(
            f"it has no {path.name} but {listed(found or notebooks, path.parent)}. Name the one "
            f"that counts {path.name}, and put it into this folder."
        )
    if found:
        return found[0], [
            f"There is no {path.name}; {listed(found[:1], path.parent)} is taken for it."
        ]
    there = [one for one in files if one.name != STAMP]
    if not there:
        return path, []
    return path, [
        f"There is no {path.name}, nor another notebook of this assignment, but "
        f"{listed(there, path.parent)}. If one of them holds it, put it here as {path.name}."
    ]


def _misplaced(entry: os.DirEntry[str], expected: Expected) -> list[str]:
    """Return a sentence for each place in an entry of submitted/ where work is passed over."""
    folder = Path(entry.path)
    if is_folder(entry) and not os.access(folder, os.R_OK | os.X_OK):
        where = f"{folder.parent.name}/{shown(entry.name)}"
        return [f"{where} was passed over: it cannot be read. See that you may read it."]
    if entry.name.startswith(".") or not is_folder(entry) or entry.name in expected.others:
        places = [entry]
    else:
        known = {expected.assignment, *expected.others, *PASSED_OVER}
        places = [one for one in entries(folder) if one.name not in known]
    return [
        sentence for place in places if (sentence := _passed_over(place, folder.parent, expected))
    ]


def _passed_over(place: os.DirEntry[str], root: Path, expected: Expected) -> str:
    """Return a sentence on a place where no submission is looked for, if there may be work."""
    path = Path(place.path)
    name = shown(str(path.relative_to(root.parent)))
    if place.is_symlink():
        return f"The link '{name}' was not followed: put in its place what it leads to."
    work = expected.possible_work(files_in(path) if is_folder(place) else [path])
    if not work:
        return ""
    wanted = f"{root.name}/STUDENT/{expected.assignment}/{expected.file}"
    todo = f"a submission is looked for at {wanted}."
    near = get_close_matches(place.name.lower(), [expected.assignment.lower()])
    if near and is_folder(place) and path.parent != root:
        todo = f"should the folder be called {expected.assignment}?"
    return f"Not graded, but passed over: {listed(work, root.parent)}; {todo}"
