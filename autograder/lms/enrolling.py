"""Bring the students of a class to what a table says: who is new, who has changed, who has left.

Nobody is taken out of the gradebook, and no entry is emptied: what the table does not say stays.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Student
from sqlalchemy.exc import SQLAlchemyError

from autograder.classes.class_directory import ClassDirectory
from autograder.classes.gradebook import Ledger
from autograder.classes.locking import sole_writer
from autograder.grading.reading import named, shown
from autograder.lms.columns import layout_of, plain
from autograder.lms.decoding import LEGACY_CHINESE, LEGACY_WESTERN, TableError
from autograder.lms.leaving import who_left, write_left
from autograder.lms.matching import Students, folded
from autograder.lms.people import Person, person_in, refusal, rows_of_people
from autograder.lms.tables import Row, Table

COLUMNS = {"first_name": "first", "last_name": "last", "email": "email", "lms_user_id": "lms"}
"""What the gradebook keeps of a student, and where a person has it."""


@dataclass
class Changes:
    """What becomes of a class's students.

    Attributes
    ----------
    new : list of Person
        Who is entered.
    changed : dict
        For each student of whom something changes the new entries, by the gradebook's columns.
    left, back : list of str
        Who is no longer in the tables, and who is again.
    same : int
        How many stay as they are.
    problems : list of str
        A sentence for each row that was not understood.
    notes : list of str
        Sentences on what was passed over, and on what was guessed.
    """

    new: list[Person] = field(default_factory=list)
    changed: dict[str, dict[str, str]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    same: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def enroll(
    where: ClassDirectory,
    paths: Sequence[Path],
    *,
    id_column: str = "",
    encoding: str = "",
    dry_run: bool = False,
    say: Callable[[str], object] = lambda sentence: None,
) -> Changes:
    """Add and update the students of a class by tables, and mark who is missing in all of them.

    Parameters
    ----------
    where : ClassDirectory
        The class.
    paths : sequence of Path
        The tables; together they name everybody.
    id_column : str
        The header of the column that has the students' ids; the best one by default.
    encoding : str
        The tables' encoding, where it is known.
    dry_run : bool
        Whether to leave all as it is.
    say : function
        Told, in a sentence, what it waits for.

    Raises
    ------
    TableError, GradebookError
        If a table cannot be understood, or the gradebook cannot be used.
    """
    changes = Changes()
    people = [one for path in paths for one in _people(path, id_column, encoding, changes)]
    if not people:
        raise TableError(
            "\n".join([*changes.problems, "No student was found, so nothing has been changed."])
        )
    with sole_writer(where.folder, say), Ledger.of(where.coursedir) as ledger:
        known = known_people(ledger)
        present = _compare(people, known, changes)
        left = who_left(where.folder)
        changes.left = sorted(known.keys() - present - left.keys())
        changes.back = sorted(left.keys() & present)
        _say_who_may_be_one(known, changes)
        if not dry_run:
            _write(ledger, changes)
            today = datetime.date.today().isoformat()
            gone = {one: day for one, day in left.items() if one not in present}
            write_left(where.folder, gone | dict.fromkeys(changes.left, today))
    return changes


def known_people(ledger: Ledger) -> dict[str, Person]:
    """Return the students of the gradebook.

    Raises
    ------
    GradebookError
        If it cannot be read.
    """
    try:
        return {
            one.id: Person(
                one.id,
                one.first_name or "",
                one.last_name or "",
                one.email or "",
                one.lms_user_id or "",
            )
            for one in ledger.gradebook.db.query(Student)
        }
    except SQLAlchemyError as error:
        raise ledger.failure(error) from None


def _people(path: Path, id_column: str, encoding: str, changes: Changes) -> list[Person]:
    """Return who stands in a table; add a sentence for each row that was not understood."""
    table = Table.read(path, encoding)
    layout = layout_of(table)
    if not encoding and table.encoding in (LEGACY_CHINESE, LEGACY_WESTERN):
        changes.notes.append(
            f"{path} does not say its encoding and was read as {table.encoding}: where names look "
            "wrong, name it with --encoding."
        )
    column = _column(table, id_column) if id_column else None
    people = []
    for row, remark in rows_of_people(table, layout):
        person = person_in(row, layout, column)
        problem = _too_long(row, len(table.header)) or refusal(person)
        sentence = f"{path}, line {row.line}, {_quoted(row.texts)} {remark or problem}"
        if remark:
            changes.notes.append(sentence)
        elif problem:
            changes.problems.append(sentence)
        else:
            people.append(person)
    return people


def _column(table: Table, header: str) -> int:
    names = [plain(name) for name in table.header]
    if plain(header) not in names:
        raise TableError(
            f"{table.path} has no column '{shown(header)}', but {named(table.header)}: name one of "
            "these with --id."
        )
    return names.index(plain(header))


def _too_long(row: Row, columns: int) -> str:
    if not any(row.texts[columns:]):
        return ""
    return (
        f"has {len(row.cells)} cells where the header has {columns}, so they cannot be told apart: "
        "put quotes around the one that has the delimiter in it."
    )


def _quoted(texts: Iterable[str]) -> str:
    return f"'{shown(', '.join(filter(None, texts)))}',"


def _compare(people: list[Person], known: dict[str, Person], changes: Changes) -> set[str]:
    """Enter into the changes what differs; return those students of the gradebook who are there."""
    roll = _Roll(known)
    spelt = {one.casefold(): one for one in known}
    seen: dict[str, int] = {}
    for person in people:
        there = roll.of(person)
        name = there or person.id
        other = spelt.get(name.casefold(), name)
        if name in seen:
            changes.problems.append(
                f"Line {person.line}, '{shown(name)}' stands in line {seen[name]} already, which "
                "counts: see whether one of them is another student."
            )
            continue
        if other != name:
            changes.problems.append(
                f"Line {person.line}, '{shown(name)}' differs from '{shown(other)}' only in "
                "capital letters, and folders of both would be one on some machines: give one of "
                "them another id."
            )
            continue
        seen[name] = person.line
        spelt[name.casefold()] = name
        if not there:
            changes.new.append(person)
        elif entries := _differing(person, known[there]):
            changes.changed[there] = entries
        else:
            changes.same += 1
    return seen.keys() & known.keys()


class _Roll:
    """The students of the gradebook, to be known again in a table of other columns.

    One table has accounts, the next numbers, the third addresses; an account's name may be an
    address, and so may a student's id.
    """

    def __init__(self, known: Mapping[str, Person]) -> None:
        self._ids = {one: one for one in known}
        self._numbers = {person.lms: one for one, person in known.items() if person.lms}
        self._addresses = {
            address.casefold(): one
            for one, person in known.items()
            for address in (person.id, person.email)
            if "@" in address
        }

    def of(self, person: Person) -> str:
        """Return the student who somebody is; empty if none."""
        addresses = (person.email, person.account, person.id)
        for marks, keys in (
            (self._ids, (person.id, person.account)),
            (self._numbers, (person.lms,)),
            (self._addresses, [one.casefold() for one in addresses if "@" in one]),
            (self._ids, (person.number,)),
            (self._numbers, (person.number,)),
        ):
            found = next((marks[key] for key in keys if key in marks), "")
            if found:
                return found
        return ""


def _say_who_may_be_one(known: dict[str, Person], changes: Changes) -> None:
    """Say who is new and bears the name of somebody who is marked as having left."""
    gone = Students(known[student] for student in changes.left)
    for person in changes.new:
        for student in sorted(gone.by_name(person.name)):
            new, old = shown(person.id), shown(student)
            changes.notes.append(
                f"'{new}' is new, and '{old}' of that name has left: if they are one, take the new "
                f"one out, 'nbgrader db student remove {new}', and name the column with '{old}' "
                "by --id."
            )


def _differing(person: Person, known: Person) -> dict[str, str]:
    """Return what a table says otherwise; where a whole name is split is a guess, and no change."""
    is_guess = bool(person.full) and folded(person.full) == folded(known.name)
    return {
        column: value
        for column, name in COLUMNS.items()
        if (value := getattr(person, name)) and value != getattr(known, name)
        if not (is_guess and name in ("first", "last"))
    }


def _write(ledger: Ledger, changes: Changes) -> None:
    """Write all changes into the gradebook, or none."""
    with ledger.transaction() as session:
        for person in changes.new:
            values = {column: getattr(person, name) or None for column, name in COLUMNS.items()}
            session.add(Student(id=person.id, **values))
        for student, entries in changes.changed.items():
            session.query(Student).filter(Student.id == student).update(entries)
