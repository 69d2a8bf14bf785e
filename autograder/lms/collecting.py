"""Bring what a learning platform gave out into ``submitted/``: whose it is, and which counts.

Nothing is overwritten: what gives way to a later attempt lies in ``earlier/`` afterwards, and so
does an earlier one that comes late.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from autograder.classes.class_directory import (
    LARGEST_SECRET,
    SECRET,
    ClassDirectory,
    ClassError,
)
from autograder.classes.digests import digest
from autograder.classes.gradebook import Ledger
from autograder.classes.locking import SCRATCH, sole_writer
from autograder.classes.recognizing import MOST_NOTEBOOKS, Expected, entries, is_folder
from autograder.classes.stamps import FILE as STAMP
from autograder.classes.stamps import parsed
from autograder.grading.reading import is_notebook, named, shown
from autograder.lms.attempts import Attempt, NotPlaced, Shelf
from autograder.lms.downloads import (
    Download,
    DownloadError,
    Entry,
    Refused,
    is_archive,
    opened_download,
)
from autograder.lms.enrolling import known_people
from autograder.lms.leaving import who_left
from autograder.lms.matching import Students
from autograder.lms.origins import LOOSE, NBGRADER, Nameless, Origin, origin_of
from autograder.lms.people import Person
from autograder.lms.records import read_records, write_records


@dataclass
class Collected:
    """What became of the files of some downloads.

    Attributes
    ----------
    placed : dict
        For each student whose submission is new, where it comes from.
    same : list of str
        The students whose work was there already.
    notes : list of str
        Sentences on attempts that were kept aside, on late work, and on time stamps.
    problems : list of str
        A sentence for each file that was not collected.
    missing : list of str
        The students of the class of whom there is no work.
    """

    placed: dict[str, Origin] = field(default_factory=dict)
    same: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def collect(
    where: ClassDirectory,
    assignment: str,
    paths: Iterable[Path],
    *,
    assigned: Iterable[tuple[str, str]] = (),
    replace: bool = False,
    times: bool | None = None,
    say: Callable[[str], object] = lambda sentence: None,
) -> Collected:
    """Put the notebooks of some downloads into the folders of the students who wrote them.

    Parameters
    ----------
    where, assignment : ClassDirectory, str
        The class and the assignment.
    paths : iterable of Path
        Zips, folders and notebooks.
    assigned : iterable of tuple
        A file, by its path in the download or the end of that, and whose it is; the work of a group
        is named once for each of its students.
    replace : bool
        Whether to put aside also work that was not collected in this way.
    times : bool, optional
        Whether the files' own times are those of handing in; by default where the platform keeps
        them.
    say : function
        Told, in a sentence, what it waits for.

    Raises
    ------
    ClassError, GradebookError
        If nothing can be collected at all.
    """
    where.source(assignment)
    (where.folder / SCRATCH).mkdir(exist_ok=True)
    with (
        sole_writer(where.folder, say),
        tempfile.TemporaryDirectory(prefix="collect-", dir=where.folder / SCRATCH) as scratch,
    ):
        students = _students(where)
        desk = _Desk(where, assignment, students, Path(scratch), assigned)
        for path in paths:
            try:
                with opened_download(path) as download:
                    desk.take(download)
            except DownloadError as reason:
                desk.outcome.problems.append(str(reason))
        desk.say_what_was_left()
        records = read_records(where.folder, assignment)
        shelf = Shelf(where, assignment, records, replace, times)
        try:
            for student, attempts in sorted(desk.attempts.items()):
                _put(shelf, student, attempts, desk.outcome)
        finally:
            write_records(where.folder, assignment, records)
        _say_when(desk.outcome, times)
        gone = who_left(where.folder)
        desk.outcome.missing = sorted(
            one
            for one in students.people.keys() - gone.keys()
            if not entries(where.step("submitted", assignment, one))
        )
    return desk.outcome


def _put(shelf: Shelf, student: str, attempts: list[Attempt], outcome: Collected) -> None:
    try:
        if shelf.put(student, attempts, outcome.notes.append):
            outcome.placed[student] = max(attempts, key=lambda one: one.rank).origin
        else:
            outcome.same.append(student)
    except NotPlaced as reason:
        outcome.problems.append(str(reason))


def _say_when(outcome: Collected, times: bool | None) -> None:
    """Say whose work is late by the platform, and whose time is not known."""
    late = sorted(student for student, origin in outcome.placed.items() if origin.is_late)
    if late:
        outcome.notes.append(f"Canvas calls late: {named(late, most=len(late))}.")
    if times is None and any(not origin.has_time for origin in outcome.placed.values()):
        outcome.notes.append(
            "Canvas's and Moodle's downloads do not say when work was handed in, so it has no time "
            "stamp and never counts as late."
        )


def _students(where: ClassDirectory) -> Students:
    """Return those who may have handed in: who is in the gradebook, and who has a folder."""
    with Ledger.of(where.coursedir) as ledger:
        known = known_people(ledger)
    root = where.step("submitted", ".")
    folders = [one.name for one in entries(root, most=None) if is_folder(one)]
    people = {name: Person(name) for name in folders if not name.startswith(".")} | known
    if not people:
        raise ClassError(
            "The class has no students yet, so nothing can be assigned to them: enter them first, "
            "with 'handgrad students FILE'."
        )
    return Students(people.values())


class _Desk:
    """Takes files out of downloads, and says whose they are."""

    def __init__(
        self,
        where: ClassDirectory,
        assignment: str,
        students: Students,
        scratch: Path,
        assigned: Iterable[tuple[str, str]],
    ) -> None:
        self.assignment, self.students, self.scratch = assignment, students, scratch
        self.assigned: dict[str, list[str]] = defaultdict(list)
        for file, student in assigned:
            self.assigned[file].append(self._named(student))
        self.unused = set(self.assigned)
        self.expected = Expected.of(where.coursedir, assignment)
        self.attempts: dict[str, list[Attempt]] = defaultdict(list)
        self.others: list[str] = []
        self.outcome = Collected()
        self.count = 0

    def take(self, download: Download) -> None:
        """Take the notebooks out of a download."""
        files = {entry.path: entry for entry in download.entries}
        for entry in download.entries:
            try:
                if is_notebook(entry.name):
                    self._take(entry, download, files)
                elif is_archive(entry.name):
                    self._take_archive(entry, download)
                elif entry.name not in (STAMP, SECRET):
                    self.others.append(entry.path)
            except Refused as reason:
                download.refuse(entry.path, str(reason))
        self.outcome.problems += download.refused

    def say_what_was_left(self) -> None:
        """Say which files are no notebooks, which were to be assigned and are not there."""
        if self.others:
            self.outcome.notes.append(f"Left, as they are no notebooks: {named(self.others)}.")
        for file in sorted(self.unused):
            self.outcome.problems.append(
                f"--as '{shown(file)}' names no file of what was given: write it as it is named "
                "here, with its folders."
            )

    def _take(self, entry: Entry, download: Download, files: Mapping[str, Entry]) -> None:
        students, origin = self._whose(entry)
        file = self._unpacked(entry, download)
        if not self.expected.may_be(file):
            raise Refused(f"is {_all(students)}'s, but of another assignment: see which one.")
        time, secret = entry.time, b""
        if origin.kind == NBGRADER:
            folder = entry.path.rpartition("/")[0]
            stamp = _small(files.get(f"{folder}/{STAMP}")).decode(errors="replace")
            time = parsed(stamp.strip(), self.expected.home) if stamp else None
            secret = _small(files.get(f"{folder}/{SECRET}"))
        is_version = bool(self.expected.versions([file]))
        self._enter(students, Attempt(origin, download.path.name, file, is_version, time, secret))

    def _enter(self, students: list[str], attempt: Attempt) -> None:
        """Enter an attempt for all whose it is: one, or a group."""
        for student in students:
            self.attempts[student].append(attempt)

    def _unpacked(self, entry: Entry, download: Download) -> Path:
        """Return where a file of a download lies for now, under a name of ours."""
        self.count += 1
        ending = "ipynb" if is_notebook(entry.name) else "zip"
        file = self.scratch / f"{self.count}.{ending}"
        download.unpack(entry, file)
        return file

    def _take_archive(self, entry: Entry, download: Download) -> None:
        """Take the notebook out of a zip that one student has made; archives in it stay shut."""
        try:
            students, origin = self._whose(entry)
        except Refused as reason:
            raise Refused(f"is an archive, and {reason}") from None
        place = f"submitted/{students[0]}/{self.assignment}"
        if not entry.name.lower().endswith(".zip"):
            raise Refused(
                f"is {_all(students)}'s, but an archive that is no zip: put what is in it into "
                f"{shown(place)}."
            )
        try:
            with opened_download(self._unpacked(entry, download)) as inner:
                inner.unpacked = download.unpacked
                notebooks = [one for one in inner.entries if is_notebook(one.name)]
                files = [self._unpacked(one, inner) for one in notebooks[:MOST_NOTEBOOKS]]
                download.unpacked = inner.unpacked
        except (DownloadError, Refused):
            raise Refused(
                f"is {_all(students)}'s, but cannot be opened, or is beyond the limits: put what "
                f"is in it into {shown(place)}."
            ) from None
        versions = self.expected.versions(files)
        found = versions or [one for one in files if self.expected.may_be(one)]
        if len({digest(one) for one in found}) != 1:
            raise Refused(
                f"is {_all(students)}'s, and has {len(found) or 'no'} notebooks of this "
                f"assignment in it: put the one that counts into {shown(place)}."
            )
        self._enter(
            students, Attempt(origin, download.path.name, found[0], bool(versions), entry.time)
        )

    def _whose(self, entry: Entry) -> tuple[list[str], Origin]:
        """Return the students whose a file is, and where it comes from."""
        try:
            origin, found = origin_of(entry.path, self.assignment, self.students)
            why = f"fits {named(sorted(found))}" if found else "fits no student of the class"
        except Nameless as reason:
            origin, found, why = Origin(LOOSE, entry.path), set[str](), str(reason).rstrip(".")
        for file, students in self.assigned.items():
            path = f"/{entry.path}/"
            if path.endswith(f"/{file}/") or path.startswith(f"/{file.rstrip('/')}/"):
                self.unused.discard(file)
                return students, origin
        if origin.kind == NBGRADER and found and entry.owner in self.students.people.keys() - found:
            found, why = set(), f"says that it is {min(found)}'s, and belongs to {entry.owner}"
        if len(found) != 1:
            example = f"--as '{shown(entry.path)}=STUDENT'"
            raise Refused(f"{why}: name whose it is with {example}.")
        return sorted(found), origin

    def _named(self, student: str) -> str:
        """Return the student that the user names."""
        if found := self.students.by_mark(student):
            return found
        near = get_close_matches(student, self.students.people, cutoff=0.5)
        meant = f"did you mean {named(near)}?" if near else "'handgrad students FILE' enters them."
        raise ClassError(f"There is no student '{shown(student)}' in the class: {meant}")


def _all(students: Iterable[str]) -> str:
    return " and ".join(map(shown, students))


def _small(entry: Entry | None) -> bytes:
    """Return what a small file of a download holds; nothing if it is none."""
    if entry is None or entry.size > LARGEST_SECRET:
        return b""
    try:
        with entry.open() as file:
            return file.read(LARGEST_SECRET)
    except Exception:  # zipfile promises no kinds of errors
        return b""
