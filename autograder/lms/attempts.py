"""Which attempt of a student counts, and where the others are kept.

The one that counts lies in ``submitted/``. The others lie in ``earlier/``, by assignment and
student, named by when they came: beside a submission they would be taken for more of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.classes.class_directory import SECRET, ClassDirectory
from autograder.classes.digests import digest
from autograder.classes.recognizing import is_there
from autograder.classes.stamps import FILE as STAMP
from autograder.classes.stamps import read_stamp, time_zone
from autograder.grading.reading import shown
from autograder.lms.origins import Origin
from autograder.writing import write_whole

EARLIER = "earlier"
FORMAT = "%Y-%m-%d %H:%M:%S.%f"


class NotPlaced(Exception):
    """A student's work stays where it is; one sentence says why and what to do."""


@dataclass(frozen=True)
class Attempt:
    """A notebook that a student has handed in, taken out of a download.

    Attributes
    ----------
    origin : Origin
        Where it comes from.
    download : str
        The name of the download.
    file : Path
        Where it lies for now.
    is_version : bool
        Whether it says of itself that it is of the assignment.
    time : datetime, optional
        When it was handed in, or when the file was changed last, in UTC.
    secret : bytes
        What nbgrader's exchange names the feedback by.
    """

    origin: Origin
    download: str
    file: Path
    is_version: bool
    time: datetime | None
    secret: bytes = b""

    @property
    def rank(self) -> tuple[Any, ...]:
        """Grows from one attempt to the next."""
        origin = self.origin
        return self.is_version, origin.number, self.time or datetime.min, origin.again, origin.path

    def is_after(self, record: dict[str, Any]) -> bool:
        """Return whether it is later than one that was written down, or not known to be earlier."""
        before = Origin.of(record).number
        if before and self.origin.number:
            return self.origin.number > before
        then = str(record.get("time") or "")
        return not (self.time and then) or self.time.strftime(FORMAT) >= then

    def record(self) -> dict[str, Any]:
        """Return what is written down of it."""
        return {
            "kind": self.origin.kind,
            "path": self.origin.path,
            "number": self.origin.number,
            "download": self.download,
            "time": self.time.strftime(FORMAT) if self.time else None,
            "digest": digest(self.file),
        }


class Shelf:
    """Puts attempts into a class.

    Parameters
    ----------
    where, assignment : ClassDirectory, str
        The class and the assignment.
    records : dict
        What was written down of each student's work; it is brought up to date.
    replace : bool
        Whether work that was not collected gives way, too.
    times : bool, optional
        Whether files' own times become time stamps; by default where the platform keeps them.
    """

    def __init__(
        self,
        where: ClassDirectory,
        assignment: str,
        records: dict[str, dict[str, Any]],
        replace: bool,
        times: bool | None,
    ) -> None:
        self.where, self.assignment, self.records = where, assignment, records
        self.replace, self.times = replace, times

    def put(self, student: str, attempts: list[Attempt], note: Callable[[str], object]) -> bool:
        """Put the latest attempt of a student into its place, and keep the others.

        Parameters
        ----------
        student, attempts : str, list of Attempt
            All that came of a student.
        note : function
            Told, in a sentence, what was kept aside.

        Returns
        -------
        is_new : bool
            Whether it was not there before.

        Raises
        ------
        NotPlaced
            If something else is in its place.
        """
        folder = self.where.step("submitted", self.assignment, student)
        place = folder / f"{self.assignment}.ipynb"
        if any(one.is_symlink() for one in (folder.parent, folder, place)):
            raise NotPlaced(
                f"{shown(student)}: {folder} is a link, or has one in it, and nothing is written "
                "there: put a folder in its place."
            )
        *others, last = sorted(attempts, key=lambda attempt: attempt.rank)
        contents = {digest(last.file)}
        kept = [self._keep(student, one.file, one.time) for one in others if _is_new(one, contents)]
        is_new = self._place(student, last, folder, place, note)
        if any(kept):
            note(f"{shown(student)}: {_count(sum(kept))} {self._shelf(student)}.")
        return is_new

    def _place(
        self,
        student: str,
        last: Attempt,
        folder: Path,
        place: Path,
        note: Callable[[str], object],
    ) -> bool:
        """Put an attempt into its place, unless a later one is there."""
        if is_there(place):
            there, record = digest(place), self.records.get(student, {})
            if there == digest(last.file):
                self.records[student] = last.record()
                self._write_stamp(folder, last, only_missing=True)
                return False
            is_ours = record.get("digest") == there
            if not is_ours and not self.replace:
                raise NotPlaced(
                    f"{shown(student)}: {_inside(place, self.where.folder)} is other work, which "
                    "was not collected with this command, and stays: --replace keeps it aside and "
                    f"takes '{shown(last.origin.path)}'."
                )
            if is_ours and not last.is_after(record):
                if self._keep(student, last.file, last.time):
                    note(
                        f"{shown(student)}: what is there is later than "
                        f"'{shown(last.origin.path)}', which lies in {self._shelf(student)}."
                    )
                return False
            self._keep(student, place, read_stamp(folder, time_zone(self.where.coursedir))[0])
            note(f"{shown(student)}: what was there before lies in {self._shelf(student)}.")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / STAMP).unlink(missing_ok=True)
        write_whole(place, last.file.read_bytes())
        self.records[student] = last.record()
        self._write_stamp(folder, last)
        if last.secret:
            write_whole(folder / SECRET, last.secret)
        return True

    def _write_stamp(self, folder: Path, attempt: Attempt, only_missing: bool = False) -> None:
        if only_missing and is_there(folder / STAMP):
            return
        if attempt.time and (attempt.origin.has_time if self.times is None else self.times):
            write_whole(folder / STAMP, f"{attempt.time.strftime(FORMAT)} UTC")

    def _keep(self, student: str, file: Path, time: datetime | None) -> bool:
        """Keep an attempt aside; return whether it was not kept before."""
        folder = self.where.folder / EARLIER / self.assignment / student
        folder.mkdir(parents=True, exist_ok=True)
        there = sorted(folder.glob("*.ipynb"))
        if digest(file) in map(digest, there):
            return False
        name = time.strftime("%Y-%m-%d-%H%M%S") if time else "undated"
        path = folder / f"{name}.ipynb"
        if is_there(path):
            path = folder / f"{name}-{len(there) + 1}.ipynb"
        write_whole(path, file.read_bytes())
        return True

    def _shelf(self, student: str) -> str:
        return f"{EARLIER}/{self.assignment}/{shown(student)}"


def _is_new(attempt: Attempt, contents: set[str]) -> bool:
    """Return whether an attempt's content is not among some, and add it to them."""
    content = digest(attempt.file)
    is_new = content not in contents
    contents.add(content)
    return is_new


def _count(attempts: int) -> str:
    return "an earlier attempt lies in" if attempts == 1 else f"{attempts} earlier attempts lie in"


def _inside(path: Path, folder: Path) -> str:
    return shown(str(path.relative_to(folder))) if path.is_relative_to(folder) else str(path)
