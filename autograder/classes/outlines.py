"""The cells of an assignment that nbgrader keeps in its gradebook, and how they have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbgrader.api import Comment, Grade, GradeCell, Notebook, SolutionCell, SourceCell, TaskCell
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from autograder.classes.gradebook import Ledger


@dataclass(frozen=True)
class Outline:
    """What nbgrader knows of a notebook: names of cells, by what they are for.

    Attributes
    ----------
    points : mapping
        The points of each cell that has some.
    kinds : mapping
        "code" or "markdown", for each of them.
    solutions, tasks, sources : frozenset of str
        Cells that students write, tasks of nbgrader's, and all that have a name.
    """

    points: Mapping[str, float] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    solutions: frozenset[str] = frozenset()
    tasks: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()

    def changes(self, now: Outline) -> list[str]:
        """Return in words what has changed since this outline."""
        said = []
        for name in [*self.points, *(name for name in now.points if name not in self.points)]:
            before, after = self.points.get(name), now.points.get(name)
            if after is None:
                said.append(f"{name} ({before:g} points) is gone")
            elif before is None:
                said.append(f"{name} ({after:g} points) is new")
            elif before != after:
                said.append(f"{name} has {after:g} points, {before:g} before")
            elif self._how(name) != now._how(name):
                said.append(f"{name} is graded in another way")
        others = self.sources - self.points.keys(), now.sources - now.points.keys()
        said += [f"the cell {name} is gone" for name in sorted(others[0] - others[1])]
        said += [f"the cell {name} is new" for name in sorted(others[1] - others[0])]
        for name in sorted(others[0] & others[1]):
            if self._how(name) != now._how(name):
                said.append(f"the cell {name} is of another kind")
        return said

    def _how(self, name: str) -> tuple[object, ...]:
        return self.kinds.get(name), name in self.solutions, name in self.tasks


def outline_of(notebook: nbformat.NotebookNode) -> Outline:
    """Return the outline of an instructor's notebook."""
    named = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if is_grade(cell) or is_solution(cell) or is_task(cell) or is_locked(cell)
    }
    graded = {name: cell for name, cell in named.items() if is_grade(cell) or is_task(cell)}
    return Outline(
        {name: float(cell.metadata.nbgrader.points) for name, cell in graded.items()},
        {name: cell.cell_type for name, cell in graded.items()},
        frozenset(name for name, cell in named.items() if is_solution(cell)),
        frozenset(name for name, cell in named.items() if is_task(cell)),
        frozenset(named),
    )


def recorded_outline(entry: Notebook) -> Outline:
    """Return the outline of a notebook as the gradebook has it."""
    graded = [*entry.grade_cells, *entry.task_cells]
    return Outline(
        {cell.name: cell.max_score for cell in graded},
        {cell.name: cell.cell_type for cell in graded},
        frozenset(cell.name for cell in entry.solution_cells),
        frozenset(cell.name for cell in entry.task_cells),
        frozenset(cell.name for cell in entry.source_cells),
    )


Row = Any
"""A row of one of nbgrader's tables of cells."""


def lost_with(entry: Notebook, now: Outline) -> dict[str, list[str]]:
    """Return in words who loses what was given by hand, by the cell that goes."""
    lost: dict[str, list[str]] = {}
    for row in _superfluous(entry, now):
        for grade in getattr(row, "grades", ()):
            if grade.manual_score is not None:
                lost.setdefault(row.name, []).append(f"{grade.score:g} points of {_who(grade)}")
            elif grade.extra_credit:
                credit = f"{grade.extra_credit:g} points of extra credit of {_who(grade)}"
                lost.setdefault(row.name, []).append(credit)
        for comment in getattr(row, "comments", ()):
            if comment.manual_comment:
                lost.setdefault(row.name, []).append(f"the comment for {_who(comment)}")
    return {name: sorted(said) for name, said in lost.items()}


def _who(given: Grade | Comment) -> str:
    return str(given.student.id)


def align(ledger: Ledger, assignment: str, now: Outline) -> None:
    """Give a notebook in the gradebook the cells of an outline, in one transaction.

    nbgrader refuses that where there are submissions. Grades of cells that stay are not touched.

    Raises
    ------
    GradebookError
        If the gradebook cannot be written.
    """
    entry = ledger.notebook(assignment)
    if entry is None:
        return
    with ledger.transaction() as session:
        for row in _superfluous(entry, now):
            for made in (*getattr(row, "grades", ()), *getattr(row, "comments", ())):
                session.delete(made)
            session.delete(row)
        session.flush()
        session.expire(entry)
        for row in _lacking(entry, now):
            row.notebook = entry
            session.add(row)
        for cell in (*entry.grade_cells, *entry.task_cells):
            cell.max_score, cell.cell_type = now.points[cell.name], now.kinds[cell.name]


def _superfluous(entry: Notebook, now: Outline) -> list[Row]:
    """Return the rows of a notebook in the gradebook that its new outline has no place for."""
    graded = now.points.keys() - now.tasks
    kept = (
        (entry.grade_cells, graded),
        (entry.task_cells, now.tasks),
        (entry.solution_cells, now.solutions),
        (entry.source_cells, now.sources),
    )
    return [row for rows, names in kept for row in rows if row.name not in names]


def _lacking(entry: Notebook, now: Outline) -> list[Row]:
    """Return new rows for what a notebook in the gradebook lacks of its new outline."""

    def new(names: set[str], rows: list[Row]) -> list[str]:
        return sorted(names - {row.name for row in rows})

    graded = set(now.points) - now.tasks
    rows: list[Row] = []
    for table, names, there in (
        (GradeCell, graded, entry.grade_cells),
        (TaskCell, set(now.tasks), entry.task_cells),
    ):
        rows += [
            table(name=name, max_score=now.points[name], cell_type=now.kinds[name])
            for name in new(names, there)
        ]
    rows += [SolutionCell(name=name) for name in new(set(now.solutions), entry.solution_cells)]
    # nbgrader writes their text when it makes the release.
    rows += [
        SourceCell(name=name, cell_type=now.kinds.get(name, "code"), locked=False, source="")
        for name in new(set(now.sources), entry.source_cells)
    ]
    return rows
