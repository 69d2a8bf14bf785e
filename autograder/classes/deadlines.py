"""What an instructor says of when work is due, and how it stands.

Due dates are nbgrader's, in the gradebook; who has longer is written into the class's own table,
too, which outlives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from autograder.classes.class_directory import ClassDirectory, ClassError
from autograder.classes.classroom import open_ledger
from autograder.classes.due_dates import parse_due, shown_time
from autograder.classes.extensions import FILE, parse_extension, write_extension
from autograder.classes.gradebook import Ledger
from autograder.classes.handed_in import is_plain_name
from autograder.classes.late_policy import policy_in_words
from autograder.classes.locking import sole_writer
from autograder.classes.settling import (
    changes_in_words,
    due_date,
    forget_extension,
    set_due_date,
    settle,
)
from autograder.classes.stamps import time_zone
from autograder.grading.reading import named, shown

Say = Callable[[str], object]


def set_due(where: ClassDirectory, name: str, when: str, say: Say) -> None:
    """Say when an assignment is due, and bring late penalties to it.

    Parameters
    ----------
    where, name : ClassDirectory, str
        The class and the assignment.
    when : str
        A date, a time and a zone; "" for no due date.
    say : function
        Told, in a sentence, whose penalty changes and what it waits for.

    Raises
    ------
    ClassError, GradebookError, OSError
        If it is no time, or something cannot be read or written.
    """
    due = parse_due(when, time_zone(where.coursedir)) if when else None
    with sole_writer(where.folder, say), open_ledger(where, name) as ledger:
        if due_date(ledger, name) != due:
            set_due_date(ledger, name, due)
        _settle(ledger, name, say)


def grant(where: ClassDirectory, name: str, student: str, until: str, say: Say) -> None:
    """Say that one student has longer, and bring their late penalty to it.

    Parameters
    ----------
    where, name : ClassDirectory, str
        The class and the assignment.
    student : str
        Who.
    until : str
        A date, a time and a zone, or how much longer, as "48h"; "" for no extension.
    say : function
        Told, in a sentence, what is odd, whose penalty changes and what it waits for.

    Raises
    ------
    ClassError, GradebookError, OSError
        If it is no time, or something cannot be read or written.
    """
    if not (student.strip() and is_plain_name(student)):
        raise ClassError(f"'{shown(student)}' is no student's name.")
    extension = parse_extension(until, time_zone(where.coursedir)) if until else None
    with sole_writer(where.folder, say):
        with open_ledger(where, name) as ledger:
            due = due_date(ledger, name)
            known = ledger.students() | {one.name for one in _folders(where)}
        if extension and due and not extension.beyond(due):
            home = time_zone(where.coursedir)
            raise ClassError(
                f"That is no later than {name} is due for everybody, {shown_time(due, home)}."
            )
        if extension and student not in known:
            near = get_close_matches(student, known, cutoff=0.5)
            meant = f"did you mean {named(near)}?" if near else "it counts once they hand in."
            say(f"'{student}' is not in the gradebook yet and has handed nothing in: {meant}")
        write_extension(where.folder, name, student, until)
        with open_ledger(where, name) as ledger:
            if not extension:
                forget_extension(ledger, name, student)
            _settle(ledger, name, say)


def _settle(ledger: Ledger, name: str, say: Say) -> None:
    changed = changes_in_words(settle(ledger, name))
    if changed:
        say(changed)


def _folders(where: ClassDirectory) -> Iterator[Path]:
    root = Path(where.coursedir.format_path(where.coursedir.submitted_directory, ".", "."))
    yield from root.iterdir() if root.is_dir() else ()


def how_it_stands(where: ClassDirectory, name: str) -> list[str]:
    """Return in sentences when an assignment is due, for whom later, and what lateness costs.

    Raises
    ------
    ClassError, GradebookError
        If something cannot be read.
    """
    home = time_zone(where.coursedir)
    with open_ledger(where, name) as ledger:
        due, extensions = due_date(ledger, name), ledger.lateness.extensions
    said = [f"{name} is due {_both(due, home)}." if due else f"{name} has no due date."]
    said.append(f"Late work: {policy_in_words(where.config)}.")
    for student, one in sorted(extensions.items()):
        until = one.until if isinstance(one.until, datetime) else due and due + one.until
        there = f", until {shown_time(until, home)}" if until else ""
        said.append(f"Longer: {shown(student)}, {one.said}{there} ({FILE}).")
    if extensions and not due:
        said.append("Until there is a due date, nobody is late, and extensions count for nothing.")
    return said


def _both(moment: datetime, home: str) -> str:
    there, utc = shown_time(moment, home), shown_time(moment)
    return there if there == utc else f"{there} ({utc})"
