"""Who a row of a table is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.classes.handed_in import is_plain_name
from autograder.grading.reading import shown
from autograder.lms.columns import CANVAS, Layout
from autograder.lms.tables import Row, Table

LONGEST = 128
"""Characters that nbgrader's gradebook has room for."""
POINTS_POSSIBLE = "Points Possible"
TEST_STUDENT = "Student, Test"
UNSAFE = re.compile(r"[/\\:*?\[\]{},\s]")
"""What cannot stand in a student's id: it names a folder, and nbgrader looks for it by patterns."""
ID_FIELDS = ("id", "account", "number", "email", "lms")
"""What can be a student's id, the best first."""


@dataclass(frozen=True)
class Person:
    """A student, by what a table or the gradebook says.

    Attributes
    ----------
    id : str
        The name in the class, if that is known.
    first, last, email, lms : str
        Names, address, and the id on the learning platform.
    account, number : str
        The account's name and the number of the student, on the platform.
    full : str
        The whole name, where it is not said which part of it is which.
    record : str
        The number by which Moodle calls a participant of one assignment.
    line : int
        The line of the table.
    """

    id: str = ""
    first: str = ""
    last: str = ""
    email: str = ""
    lms: str = ""
    account: str = ""
    number: str = ""
    full: str = ""
    record: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        """The name in the order in which it is spoken."""
        return self.full or f"{self.first} {self.last}".strip()


def rows_of_people(table: Table, layout: Layout) -> Iterator[tuple[Row, str]]:
    """Yield the rows below the header, each with a sentence if it is about nobody.

    Canvas writes three rows that are about nobody: what is posted by hand, the points that are
    possible, and its test student. The first two have nothing to be said of.
    """
    for row in table.rows[1:]:
        if layout.kind != CANVAS:
            yield row, ""
            continue
        name = row.text(layout["sortable"]) or row.text(layout["last"])
        if name.startswith(POINTS_POSSIBLE) or not (name or row.text(layout["lms"])):
            continue
        yield row, "is Canvas's test student." if name == TEST_STUDENT else ""


def points_possible(table: Table, layout: Layout) -> Row | None:
    """Return the row of a table of Canvas's that says how many points there are."""
    return next((row for row in table.rows[1:] if row.text(0).startswith(POINTS_POSSIBLE)), None)


def person_in(row: Row, layout: Layout, id_column: int | None = None) -> Person:
    """Return who a row is about.

    Parameters
    ----------
    row : Row
        The row.
    layout : Layout
        Which column holds what.
    id_column : int, optional
        The column of the student's id; by default the best that there is.
    """
    found = {name: row.text(column) for name, column in layout.fields.items()}
    first, last, full = (found.get(name, "") for name in ("first", "last", "full"))
    if found.get("sortable"):
        last, _, first = (part.strip() for part in found["sortable"].partition(","))
    elif full and not (first or last):
        first, last = split(full)
    columns = [layout[name] for name in ID_FIELDS] if id_column is None else [id_column]
    return Person(
        id=next(filter(None, map(row.text, columns)), ""),
        first=first,
        last=last,
        full=full,
        email=found.get("email", ""),
        lms=found.get("lms", "") or found.get("number", ""),
        account=found.get("account", ""),
        number=found.get("number", ""),
        record="".join(re.findall(r"\d+$", found.get("record", ""))),
        line=row.line,
    )


def split(full: str) -> tuple[str, str]:
    """Return the first and the last name in a whole one; a name of one word is a last name."""
    if "," in full:
        last, _, first = full.partition(",")
    else:
        first, _, last = full.rpartition(" ")
    return first.strip(), last.strip()


def refusal(person: Person) -> str:
    """Return why somebody cannot be entered, as the end of a sentence; empty if that can be."""
    if not person.id:
        return "has nothing that could be the student's id: name its column with --id."
    unsafe = UNSAFE.search(person.id)
    if unsafe or person.id.startswith((".", "-")) or not is_plain_name(person.id):
        return (
            f"has the id '{shown(person.id)}', which cannot name a folder: take another column for "
            "the id, with --id."
        )
    if max(map(len, (person.id, person.first, person.last, person.email, person.lms))) > LONGEST:
        return f"has a text of more than {LONGEST} characters, which the gradebook cannot keep."
    if not all(
        text.isprintable() for text in (person.first, person.last, person.email, person.lms)
    ):
        return "has characters that cannot be shown: correct the row."
    return ""
