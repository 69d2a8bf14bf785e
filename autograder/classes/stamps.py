"""When something was handed in: ``timestamp.txt``, a file that a student may have written.

nbgrader reads it, too, and formgrader reads those of a whole class for one page; some lines of
text end both. In a class of ours nbgrader therefore reads it as it is read here.
"""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dateutil.parser
from dateutil.tz import gettz
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from autograder.grading.reading import Unreadable, open_plainly

FILE = "timestamp.txt"
LONGEST = 100
YEARS = range(1970, 9999)
ZONE = re.compile(r"[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*")
"""A zone's name; what looks like a path would be opened as one."""
DEFAULTS = datetime(2000, 1, 1), datetime(2001, 2, 2)
UNKNOWN = (
    f"{FILE} cannot be read as a time stamp, so whether it came late is not known: correct the "
    "file, such as to '2026-03-01 10:00:00 UTC'."
)


def read_stamp(folder: Path, home: str = "") -> tuple[datetime | None, str]:
    """Return when what lies in a folder was submitted, and a remark if that cannot be read.

    The time is in UTC, without a time zone, as nbgrader has it. ``home`` is the class's time zone.
    """
    path = folder / FILE
    try:
        path.lstat()
    except (OSError, ValueError):
        return None, ""
    try:
        with open_plainly(path) as file:
            text = file.read(LONGEST + 1).decode()
    except (Unreadable, OSError, UnicodeDecodeError):
        return None, UNKNOWN
    stamp = parsed(text.strip(), home) if len(text) <= LONGEST else None
    return stamp, "" if stamp else UNKNOWN


def parsed(text: str, home: str = "") -> datetime | None:
    """Return the time that a text names whole, in UTC."""
    words = text.split()
    zone = words.pop() if len(words) == 3 and ZONE.fullmatch(words[2]) else ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # dateutil warns of a zone that it does not know
            found, other = (_parsed(" ".join(words), default) for default in DEFAULTS)
            if found != other:
                return None  # a part of the date is missing, which would be today's
            if zone:
                found = _in_zone(found, zone, home)
            if found.tzinfo is not None:
                found = found.astimezone(UTC).replace(tzinfo=None)
    except Exception:  # dateutil's errors for odd texts are of many kinds
        return None
    return found if found.year in YEARS else None


def _parsed(text: str, default: datetime) -> datetime:
    found: datetime = dateutil.parser.parse(text, default=default)
    return found


def _in_zone(naive: datetime, name: str, home: str) -> datetime:
    """Return a time in a zone; CEST and its like are no zones, but nbgrader writes its own so."""
    if naive.tzinfo is not None:
        raise ValueError("a time in two zones")
    at_home = gettz(home) if home else None
    for fold in (0, 1):  # an hour in autumn comes twice
        found = naive.replace(tzinfo=at_home, fold=fold)
        if found.tzname() == name:
            return found
    zone = gettz(name)
    if zone is None:
        raise ValueError(f"no zone {name}")
    return naive.replace(tzinfo=zone)


def time_zone(coursedir: CourseDirectory) -> str:
    """Return the time zone in which nbgrader's exchange writes a class's time stamps."""
    return str(coursedir.config.Exchange.get("timezone", ""))


def guard_nbgrader() -> None:
    """Let nbgrader read time stamps as they are read here: one that cannot be read is none."""

    def of_folder(self: Any, dest_path: str) -> datetime | None:
        stamp, remark = read_stamp(Path(dest_path), time_zone(self))
        if remark:
            self.log.warning("%s: %s", dest_path, remark)
        return stamp

    def of_student(self: Any, assignment_id: str, student_id: str) -> datetime | None:
        where, submitted = self.coursedir, self.coursedir.submitted_directory
        folder = where.format_path(submitted, student_id, assignment_id)
        return read_stamp(Path(folder), time_zone(where))[0]

    CourseDirectory.get_existing_timestamp = of_folder
    NbGraderAPI.get_submitted_timestamp = of_student
