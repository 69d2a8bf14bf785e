"""What is recorded of an assignment's grades in a class: read once, and put into an order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from autograder.classes.class_directory import ClassDirectory, ClassError
from autograder.classes.gradebook import Ledger
from autograder.classes.settling import whens
from autograder.classes.sources import read_source
from autograder.classes.standing import asked_of
from autograder.classes.tallies import given_by_hand


@dataclass(frozen=True)
class Record:
    """The grade of one student.

    Attributes
    ----------
    student : str
        Whose it is.
    report : mapping
        As `SubmissionReport.as_json` gives it.
    notebook : Path
        The autograded notebook.
    by_hand : mapping
        What people have given, as `given_by_hand` gives it.
    """

    student: str
    report: Mapping[str, Any]
    notebook: Path
    by_hand: Mapping[str, float]

    @property
    def tasks(self) -> list[dict[str, Any]]:
        """The verdicts on the tasks."""
        return list(self.report["tasks"])

    def trace(self, task: str, check: str) -> Mapping[str, str]:
        """Return what is kept of a wrong result; nothing where nothing was run."""
        found: Mapping[str, str] = self.report.get("traces", {}).get(task, {}).get(check, {})
        return found

    @property
    def inputs(self) -> tuple[int, str]:
        """What two grades share whose results can be compared: the seed, and the edition."""
        return self.report["seed"], self.report["edition"]["digest"]


@dataclass(frozen=True)
class Records:
    """The grades of a class in an assignment, from the most points to the fewest.

    Attributes
    ----------
    assignment : str
        The assignment.
    found : list of Record
        A student's place in it is the number by which the report speaks of them.
    listed : int
        How many students the gradebook has.
    older : int
        How many grades are of an earlier version, which kept too little; they are left out.
    text : str
        All that the assignment's notebook says, as it is handed out and solved.
    late : dict
        How many of those found came late (``students``), and what that has cost (``points``).
    """

    assignment: str
    found: list[Record]
    listed: int
    older: int
    text: str
    late: dict[str, float]


def read_records(where: ClassDirectory, name: str) -> Records:
    """Read what is recorded of an assignment's grades.

    Raises
    ------
    ClassError, GradebookError
        If nothing is graded yet, or the gradebook cannot be read.
    """
    source = read_source(where.source(name))
    with Ledger.of(where.coursedir) as ledger:
        by_hand = given_by_hand(ledger, name, asked_of(name, source))
        listed, came = len(ledger.students()), whens(ledger, name)
    for student in where.coursedir.student_id_exclude.split(","):
        by_hand.pop(student, None)
    read = list(_read(where, name, by_hand))
    found = sorted(filter(_is_whole, read), key=_place)
    if not found:
        raise ClassError(
            f"No grade of {name} has what a report is made of: grade it first, with "
            f"'handgrad grade {name}'" + (" --force." if read else ".")
        )
    text = "\n".join(cell.source for cell in source.cells)
    late = [one for record in found if (one := came.get(record.student)) and one.seconds_late]
    cost = {"students": len(late), "points": round(sum(one.penalty for one in late), 2)}
    return Records(name, found, listed, len(read) - len(found), text, cost)


def _read(
    where: ClassDirectory, name: str, by_hand: Mapping[str, Mapping[str, float]]
) -> Iterator[Record]:
    for student, given in by_hand.items():
        path = where.step("autograded", name, student) / f"{name}.ipynb"
        try:
            report = json.loads(path.read_bytes())["metadata"]["handgrad"]["report"]
        except (OSError, ValueError, KeyError, TypeError):
            continue  # graded elsewhere, or entered in the gradebook by hand
        yield Record(student, report, path, given)


def _is_whole(record: Record) -> bool:
    return "traces" in record.report


def _place(record: Record) -> tuple[float, str]:
    """Return where a student comes: by points, and among equals in no order that tells names."""
    return -record.report["points"], sha256(record.student.encode()).hexdigest()
