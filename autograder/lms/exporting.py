"""Hand grades and feedback of a class back to a learning platform."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.classes.class_directory import ClassDirectory
from autograder.classes.gradebook import Ledger
from autograder.grading.reading import named
from autograder.lms.decoding import TableError
from autograder.lms.enrolling import known_people
from autograder.lms.filling import Filled, fill
from autograder.lms.leaving import who_left
from autograder.lms.matching import Students
from autograder.lms.origins import Origin, participant
from autograder.lms.points import Points, points_in
from autograder.lms.records import read_records
from autograder.lms.returning import Pages, pages_to_return, write_pages
from autograder.lms.tables import Table


def export_grades(
    where: ClassDirectory,
    names: Sequence[str],
    path: Path,
    kind: str,
    *,
    columns: Mapping[str, str],
    scale: bool = False,
    encoding: str = "",
) -> Filled:
    """Return a platform's table with the grades of some assignments in it.

    Parameters
    ----------
    where, names : ClassDirectory, sequence of str
        The class and the assignments.
    path, kind : Path, str
        The table, and whose it is: ``canvas``, ``moodle`` or ``plain``.
    columns : mapping
        The header of an assignment's column, where it is not found by its name.
    scale : bool
        Whether to convert the points to those that the platform gives.
    encoding : str
        The table's encoding, where it is known.

    Raises
    ------
    TableError, GradebookError
        If the table cannot be filled, or the gradebook cannot be read.
    """
    table = Table.read(path, encoding)
    with Ledger.of(where.coursedir) as ledger:
        people = known_people(ledger)
        everyone = [points_in(ledger, name) for name in names]
    if not any(points.of for points in everyone):
        raise TableError(
            f"No work of {' or '.join(names)} has been graded, so there is nothing to fill in: "
            f"grade it first, with 'handgrad grade {names[0]}'."
        )
    filled = fill(
        table,
        kind,
        everyone,
        Students(people.values()),
        columns=columns,
        records=_numbers(read_records(where.folder, names[0])),
        left=who_left(where.folder),
        scale=scale,
    )
    filled.remarks += [_not_graded(where, points) for points in everyone]
    return Filled(filled.content, filled.written, list(filter(None, filled.remarks)))


def _not_graded(where: ClassDirectory, points: Points) -> str:
    """Say whose work lies there that the grade is not of, which is what goes into the table."""
    new = [
        one.student
        for one in where.submissions(points.assignment)
        if one.student not in points.of or not where.is_graded(points.assignment, one)
    ]
    if not new:
        return ""
    return (
        f"{points.assignment}: not graded yet, or handed in anew, are {named(new)}: grade them, "
        "and export again."
    )


def _numbers(records: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return whom Moodle calls by which number; a number that several have is that of a group."""
    numbered = [(participant(Origin.of(dict(one))), name) for name, one in records.items()]
    counts = Counter(number for number, _ in numbered)
    return {number: name for number, name in numbered if number and counts[number] == 1}


def export_feedback(where: ClassDirectory, name: str, target: Path, platform: str = "") -> Pages:
    """Write the feedback pages of an assignment as a platform takes them, into a zip or a folder.

    Raises
    ------
    ClassError
        If there are none.
    """
    pages = pages_to_return(where, name, read_records(where.folder, name), platform)
    write_pages(pages, target)
    return pages
