"""Fill grades into the table that a learning platform has exported, for it to be imported again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.building.chapters import topic_of
from autograder.classes.exporting import plain_text
from autograder.grading.reading import named, shown
from autograder.lms.columns import CANVAS, MOODLE, PLAIN, Layout, layout_of, plain
from autograder.lms.decoding import TableError
from autograder.lms.matching import Students
from autograder.lms.people import Person, person_in, points_possible, rows_of_people
from autograder.lms.points import Points
from autograder.lms.tables import Cell, Row, Table

CANVAS_ID = re.compile(r" \(\d+\)$")
CANVAS_TOTALS = re.compile(r"\b(?:Current|Final|Override) (?:Score|Points|Grade|Status)\b")
READ_ONLY = re.compile(r"\(.+\)")
"""What Canvas writes, in the language of the course, in the place of the points of a total."""
REAL = re.compile(r"\((?:Real|Punkte|Brut|Punteggio|Reëel|分数|実データ|Значение)\)$")
"""How Moodle's grade export ends the header of points, where percentages and letters are others."""
WITH_COMMA = re.compile(r"\d+,\d+")
MOST_CHOICES = 20
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass
class Filled:
    """A table with grades in it.

    Attributes
    ----------
    content : bytes
        The file.
    written : dict
        How many grades of each assignment stand in it.
    remarks : list of str
        Sentences on who was not found, and on what was left or changed.
    """

    content: bytes = b""
    written: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Target:
    """Where the points of an assignment go: a column, or one that is added; and how they go there.

    Attributes
    ----------
    points : Points
        What the students have.
    column : int, optional
        The column; none if it is added.
    added : int
        As which one it is added.
    most : str
        The most points that the platform gives, if the table says so for all students.
    has_commas : bool
        Whether its numbers are written with a comma.
    """

    points: Points
    column: int | None
    added: int = 0
    most: str = ""
    has_commas: bool = False

    def cell(self, row: Row) -> Cell | None:
        """Return the cell of a row; nothing if the row is too short."""
        if self.column is None:
            return row.added(self.added)
        return row.cells[self.column] if self.column < len(row.cells) else None


def fill(
    table: Table,
    kind: str,
    everyone: Sequence[Points],
    students: Students,
    *,
    columns: Mapping[str, str],
    records: Mapping[str, str],
    left: Mapping[str, str],
    scale: bool = False,
) -> Filled:
    """Return a table with the points of some assignments in it, and all else as it is.

    Parameters
    ----------
    table, kind : Table, str
        The table, and whose the user says it is: ``canvas``, ``moodle`` or ``plain``.
    everyone : sequence of Points
        The points, by assignment.
    students : Students
        The students of the class.
    columns : mapping
        The header of the column of an assignment, where the user names it.
    records : mapping
        Whom Moodle calls by which number.
    left : mapping
        Who has left the class; it is no surprise that they are not there.
    scale : bool
        Whether to give as many of the platform's points as they have of the class's.

    Raises
    ------
    TableError
        If it is another kind of table, or has no column for an assignment.
    """
    layout = layout_of(table)
    _require_kind(table, layout, kind, everyone)
    targets = _targets(table, layout, kind, everyone, columns)
    filling = _Filling(table, layout, students, records, scale)
    for target in targets:
        filling.head(target)
    for row, remark in rows_of_people(table, layout):
        if not remark:
            filling.row(row, targets)
    filling.say_who_is_missing(targets, left)
    filling.filled.content = table.filled(filling.texts)
    return filling.filled


def _require_kind(table: Table, layout: Layout, kind: str, everyone: Sequence[Points]) -> None:
    if kind == CANVAS and layout.kind != CANVAS:
        raise TableError(
            f"{table.path} is no export of Canvas's gradebook, which has the columns Student, ID "
            "and Section: export it from Grades, or give the file with --moodle or --csv."
        )
    if kind == MOODLE and layout.kind == CANVAS:
        raise TableError(f"{table.path} is an export of Canvas's gradebook: give it with --canvas.")
    if kind == MOODLE and layout.is_worksheet and len(everyone) > 1:
        raise TableError(
            f"{table.path} is the worksheet of one assignment: export one chapter into it."
        )


# Columns ------------------------------------------------------------------------------------------


def _targets(
    table: Table,
    layout: Layout,
    kind: str,
    everyone: Sequence[Points],
    columns: Mapping[str, str],
) -> list[Target]:
    """Return where the points of each assignment go.

    Raises
    ------
    TableError
        If that is not clear.
    """
    targets, added = [], 0
    possible = points_possible(table, layout) if layout.kind == CANVAS else None
    for points in everyone:
        column = _column(table, layout, points.assignment, columns.get(points.assignment, ""))
        if column is None and kind != PLAIN:
            raise TableError(
                f"No column of {table.path} is called by {points.assignment}: name one of "
                f"{_choice(table, layout)} with --column '{points.assignment}=HEADER', or make the "
                "assignment there and export the table again."
            )
        added += column is None
        most = possible.text(column) if possible is not None else ""
        if column is not None and READ_ONLY.fullmatch(most):
            raise TableError(
                f"The column '{shown(table.header[column])}' of {table.path} is one that Canvas "
                "computes: name another one with --column."
            )
        has_commas = any(
            WITH_COMMA.fullmatch(row.text(one))
            for row in table.rows
            for one in (column, layout["most"])
        )
        targets.append(Target(points, column, added, most, has_commas))
    taken = [one.column for one in targets if one.column is not None]
    if len(set(taken)) < len(taken):
        raise TableError("Two assignments cannot go into one column: name theirs with --column.")
    return targets


def _column(table: Table, layout: Layout, assignment: str, header: str) -> int | None:
    """Return the column that is an assignment's; none if no header is like its name."""
    names = table.header
    if header:
        column = names.index(header.strip()) if header.strip() in names else None
        if column is None or column in _others(layout):
            has = "has no column" if column is None else "has something else than grades in"
            raise TableError(
                f"{table.path} {has} '{shown(header)}': name one of {_choice(table, layout)} with "
                "--column."
            )
        return column
    if layout.is_worksheet:
        return layout["grade"]
    found = [one for one in _free(table, layout) if _is_called(names[one], assignment)]
    real = [column for column in found if REAL.search(names[column])]
    found = real if len(real) == 1 else found
    if len(found) > 1:
        raise TableError(
            f"{named([names[column] for column in found])} of {table.path} may all be "
            f"{assignment}: say which one with --column '{assignment}=HEADER'."
        )
    return found[0] if found else None


def _others(layout: Layout) -> set[int]:
    """Return the columns that say who a row is about, or what Moodle computes."""
    return {column for name, column in layout.fields.items() if name != "grade"}


def _free(table: Table, layout: Layout) -> list[int]:
    """Return the columns that may have grades."""
    columns = enumerate(table.header)
    others = _others(layout)
    return [one for one, name in columns if one not in others and not CANVAS_TOTALS.search(name)]


def _choice(table: Table, layout: Layout) -> str:
    names = [table.header[column] for column in _free(table, layout)]
    return named(list(filter(None, names)), most=MOST_CHOICES) or "its columns"


def _is_called(header: str, assignment: str) -> bool:
    """Return whether a header has the name of an assignment, or that of its topic, in it."""
    words = " ".join(re.findall(r"\w+", plain(CANVAS_ID.sub("", header))))
    return f" {plain(topic_of(assignment))} " in f" {words} "


# Cells --------------------------------------------------------------------------------------------


class _Filling:
    """Puts points into the cells of a table."""

    def __init__(
        self,
        table: Table,
        layout: Layout,
        students: Students,
        records: Mapping[str, str],
        scale: bool,
    ) -> None:
        self.table, self.layout, self.students = table, layout, students
        self.records, self.scale = records, scale
        self.filled = Filled()
        self.texts: dict[Cell, str] = {}
        self.seen: set[str] = set()
        self.strangers: list[str] = []
        self.replaced: list[str] = []
        self.kept: list[str] = []

    def head(self, target: Target) -> None:
        """Begin with an assignment."""
        self.filled.written[target.points.assignment] = 0
        if target.column is None:
            header = self.table.rows[0]
            self.texts[header.added(target.added)] = plain_text(target.points.assignment)

    def row(self, row: Row, targets: Sequence[Target]) -> None:
        """Put somebody's points into a row."""
        person = person_in(row, self.layout)
        student = self._student(person)
        if student:
            self.seen.add(student)
        for target in targets:
            points = target.points.of.get(student)
            cell = target.cell(row)
            if cell is None or (cell.added and len(row.cells) < len(self.table.header)):
                self._say(f"Line {row.line} is shorter than the header, and was left as it is.")
            elif points is None:
                self.texts |= {cell: ""} if cell.added else {}
            else:
                self._put(cell, self._number(points, target, row), student, target)

    def say_who_is_missing(self, targets: Sequence[Target], left: Mapping[str, str]) -> None:
        """Say who has points and no row, who has a row and is no student, and what was changed."""
        having = {student for target in targets for student in target.points.of}
        missing = sorted(having - self.seen)
        gone = [student for student in missing if student in left]
        lost = [student for student in missing if student not in left]
        for names, sentence in (
            (lost, "Not in the table, though they have points: {}."),
            (gone, "Not in the table, as they have left the class: {}."),
            (self.strangers, "In the table, but not known in the class: {}."),
            (self.replaced, "Had another grade in the table: {}."),
            (self.kept, "Left as they were, as they are no numbers: {}."),
        ):
            if names:
                self._say(sentence.format(named(names, most=20)))
        for target in targets:
            if target.points.waiting:
                self._say(
                    f"{target.points.assignment}: answers in words wait to be graded by hand, in "
                    f"formgrader, of {named(target.points.waiting)}."
                )

    def _student(self, person: Person) -> str:
        found = self.students.of(person)
        if person.record in self.records:
            numbered = self.records[person.record]
            found = {numbered} if not found or numbered in found else found | {numbered}
        if len(found) == 1:
            return next(iter(found))
        number = f"number {person.record}" if person.record else f"line {person.line}"
        who = person.name or person.id or person.email or number
        if found:
            self._say(f"Line {person.line}, '{shown(who)}' may be {named(sorted(found))}: left.")
        else:
            self.strangers.append(who)
        return ""

    def _number(self, points: float, target: Target, row: Row) -> str:
        """Return the points as they are written in the table."""
        most = row.text(self.layout["most"]) if self.layout.is_worksheet else target.most
        if NUMBER.fullmatch(most):
            theirs = float(most.replace(",", "."))
            if theirs != target.points.most and not self.scale:
                raise TableError(
                    f"{target.points.assignment} has {target.points.most:g} points in the class, "
                    f"but {theirs:g} in {self.table.path}: make them the same there, or let them "
                    "be converted with --scale."
                )
            points *= theirs / target.points.most if self.scale and target.points.most else 1
        elif self.scale:
            raise TableError(
                f"{self.table.path} does not say how many points {target.points.assignment} has "
                "there, so nothing can be converted: leave out --scale."
            )
        text = f"{points:.2f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if target.has_commas else text

    def _put(self, cell: Cell, text: str, student: str, target: Target) -> None:
        old = cell.text.strip()
        if old and old != "-" and not NUMBER.fullmatch(old):
            self.kept.append(f"{student}: {old}")
            return
        if NUMBER.fullmatch(old) and _value(old) != _value(text):
            self.replaced.append(f"{student}: {old}")
        self.texts[cell] = text
        self.filled.written[target.points.assignment] += 1

    def _say(self, sentence: str) -> None:
        self.filled.remarks.append(sentence)


def _value(number: str) -> float:
    return float(number.replace(",", "."))
