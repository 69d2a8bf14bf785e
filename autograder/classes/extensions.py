"""Who has longer: ``extensions.csv``, a small table of the class's.

It holds what was granted, also to those who have handed nothing in, and outlives a gradebook: that
has nbgrader's own field for it only beside work that has been graded.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from autograder.building.chapters import ChapterError, find_assignment
from autograder.classes.class_directory import ClassError
from autograder.classes.due_dates import EXAMPLE, parse_due, parse_span
from autograder.writing import write_whole

FILE = "extensions.csv"
COLUMNS = ("assignment", "student", "until")
Row = dict[str, str]


@dataclass(frozen=True)
class Extension:
    """More time for one student.

    Attributes
    ----------
    said : str
        As it stands in the table.
    until : datetime or timedelta
        When the work is due, in UTC; or how much later than for the others.
    """

    said: str
    until: datetime | timedelta

    def beyond(self, due: datetime) -> timedelta:
        """Return by how much it goes beyond a due date."""
        more = self.until if isinstance(self.until, timedelta) else self.until - due
        return max(more, timedelta(0))


def parse_extension(text: str, home: str = "") -> Extension:
    """Return the extension that a text names: a span of time, or a date, a time and a zone.

    Raises
    ------
    ClassError
        If it is neither.
    """
    if ":" in text:
        return Extension(text, parse_due(text, home))
    try:
        return Extension(text, parse_span(text))
    except ClassError:
        raise ClassError(
            f"'{text}' is no date with a time and no span of time: write it as in {EXAMPLE}, or as "
            "in '48h', '2d' or '1d 12h'."
        ) from None


def read_extensions(course: Path, name: str, home: str = "") -> dict[str, Extension]:
    """Return the extensions for an assignment, by student.

    Parameters
    ----------
    course : Path
        The class's folder.
    name : str
        The assignment.
    home : str
        The class's time zone, for dates that name none.

    Raises
    ------
    ClassError
        If the table cannot be read, with the student.
    """
    found: dict[str, Extension] = {}
    for row in _table(course / FILE)[1]:
        if not is_for(row, name):
            continue
        student = row["student"].strip()
        try:
            if student in found:
                raise ClassError(f"{student} has two extensions for {name}: leave one of them.")
            found[student] = parse_extension(row["until"].strip(), home)
        except ClassError as error:
            raise ClassError(f"{course / FILE}, {student}: {error}") from None
    return found


def write_extension(course: Path, name: str, student: str, said: str) -> None:
    """Write an extension into the table, in the place of an earlier one; "" takes it out.

    All else that stands in the table stays.

    Raises
    ------
    ClassError, OSError
        If the table cannot be read or written.
    """
    columns, rows = _table(course / FILE)
    mine = [row for row in rows if is_for(row, name) and row["student"].strip() == student]
    if not mine and not said:
        return
    if said and not mine:
        rows.append(dict(zip(COLUMNS, (name, student, said), strict=True)))
    elif said:
        mine[0]["until"] = said
    kept = [row for row in rows if not any(row is one for one in (mine[1:] if said else mine))]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(kept)
    write_whole(course / FILE, text.getvalue())


def is_for(row: Row, name: str) -> bool:
    """Return whether a row of the table is for an assignment, which it may name by its number."""
    said = row["assignment"].strip()
    try:
        return name in (said, find_assignment(said))
    except ChapterError:
        return False


def _table(path: Path) -> tuple[list[str], list[Row]]:
    """Return the columns and the rows of the table; none if it is not there."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            return _columns(reader), list(_rows(reader))
    except FileNotFoundError:
        return list(COLUMNS), []
    except (_Odd, csv.Error, UnicodeDecodeError) as problem:
        raise ClassError(
            f"{path} cannot be read ({problem}): it is a table in UTF-8 with commas, whose first "
            f"line is '{','.join(COLUMNS)}'."
        ) from None


class _Odd(Exception):
    """The table is not as it should be."""


def _columns(reader: csv.DictReader[str]) -> list[str]:
    columns = list(reader.fieldnames or ())
    lacking = [name for name in COLUMNS if name not in columns]
    if lacking:
        raise _Odd(f"it has no column '{lacking[0]}'")
    return columns


def _rows(reader: csv.DictReader[str]) -> Iterator[Row]:
    for row in reader:
        if None in row or None in row.values():
            raise _Odd(f"line {reader.line_num} has more or fewer columns than the first")
        yield row
