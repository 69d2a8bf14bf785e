"""What students wrote: their cells, task by task, without what was handed out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import nbformat

from autograder.authoring.sources import tree_of
from autograder.building.assignments import release
from autograder.building.cells import checked_task
from autograder.grading.submissions import Cell
from autograder.similarity.forms import (
    Forms,
    Names,
    Numbers,
    forms_of_code,
    forms_of_text,
    names_in,
)

MOST_OF_A_PART, MOST_OF_A_WORK = 12_000, 80_000
"""Characters that are compared: of an answer, of which a long one has some thousand; of all."""
BEFORE = "before"
"""The part that holds what stands before the first answer."""


@dataclass(frozen=True)
class Part:
    """What somebody wrote for one task: the lines, and the forms that are in them."""

    lines: tuple[str, ...]
    forms: Forms


@dataclass(frozen=True)
class Work:
    """What somebody handed in.

    Attributes
    ----------
    name : str
        Whose it is.
    parts : mapping of str to Part
        By task.
    is_new : bool
        Whether it is of those that are looked through, or only compared with them.
    remarks : list of str
        What of it was not compared, and why.
    """

    name: str
    parts: Mapping[str, Part]
    is_new: bool = True
    remarks: list[str] = field(default_factory=list)


class Frame:
    """An assignment as it was handed out: what stands in it is nobody's own.

    Parameters
    ----------
    source : NotebookNode
        The instructor's notebook.
    """

    def __init__(self, source: nbformat.NotebookNode) -> None:
        cells = [_cell(cell) for cell in source.cells]
        marks = {
            cell.grade_id: raw.metadata.nbgrader
            for cell, raw in zip(cells, source.cells, strict=True)
            if cell.grade_id
        }
        self._answers = {name for name, mark in marks.items() if mark.solution}
        self._locked = marks.keys() - self._answers
        self._solution = [cell for cell in cells if cell.grade_id in self._answers]
        self.parts = [BEFORE, *(_part_of(cell.grade_id) for cell in self._solution)]
        released = [_cell(cell) for cell in release(source).cells]
        self._given = {cell.source.strip() for cell in released}
        self._numbers = Numbers()
        self._aliases: dict[str, str] = {}
        self._known: frozenset[int] = frozenset()
        for tree in (tree_of(cell.source) for cell in released if cell.kind == "code"):
            if tree is not None:
                self._aliases |= names_in(tree).aliases
        blank = [self._work("", [cell]) for cell in released]
        parts = [part for work in blank for part in work.parts.values()]
        self._known = frozenset().union(*(part.forms.all for part in parts))

    def reference(self, name: str) -> Work:
        """Return the instructor's own solution as if it had been handed in."""
        return self._work(name, self._solution, is_new=False)

    def work(self, name: str, cells: Iterable[Cell], *, is_new: bool = True) -> Work:
        """Return what the cells of a submission hold beyond what was handed out."""
        own = [cell for cell in cells if cell.kind != "raw" and not self._is_given(cell)]
        return self._work(name, own, is_new=is_new)

    def _is_given(self, cell: Cell) -> bool:
        is_check = cell.kind == "code" and checked_task(cell.source) is not None
        return is_check or cell.grade_id in self._locked or cell.source.strip() in self._given

    def _work(self, name: str, cells: Iterable[Cell], *, is_new: bool = True) -> Work:
        """Read cells; one without a name of its own belongs to the answer above it."""
        drafts: dict[str, _Draft] = {}
        remarks = []
        at, length = BEFORE, 0
        for cell in cells:
            length += len(cell.source)
            if length > MOST_OF_A_WORK:
                remarks.append(f"what comes after {MOST_OF_A_WORK} characters was not read.")
                break
            at = _part_of(cell.grade_id) if cell.grade_id in self._answers else at
            problem = drafts.setdefault(at, _Draft()).add(cell)
            remarks += [f"{at}: {problem}"] if problem else []
        aliases = dict(self._aliases)
        for draft in drafts.values():
            aliases |= draft.names.aliases
        parts = {}
        for at, draft in drafts.items():
            try:
                parts[at] = draft.finished(self._numbers, aliases, self._known)
            except RecursionError:
                remarks.append(f"{at}: it is nested too deeply.")
        return Work(name, parts, is_new, remarks)


class _Draft:
    """A part while its cells are read."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names = Names()
        self.trees: list[tuple[ast.Module, int]] = []
        self.texts: list[tuple[str, int]] = []
        self.length = 0

    def add(self, cell: Cell) -> str:
        """Add a cell; return in a sentence what is not compared of it, if something is not."""
        source = cell.source.replace("\r\n", "\n").replace("\r", "\n")
        before = len(self.lines)
        self.length += len(source)
        if self.length > MOST_OF_A_PART:
            return f"what comes after {MOST_OF_A_PART} characters was not read."
        self.lines += [*source.split("\n"), ""]
        if cell.kind != "code":
            self.texts.append((source, before))
            return ""
        tree = tree_of(source)
        if tree is None:
            return "a cell is not Python."
        self.names |= names_in(tree)
        self.trees.append((tree, before))
        return ""

    def finished(self, numbers: Numbers, aliases: dict[str, str], known: frozenset[int]) -> Part:
        forms, names = Forms(), Names(self.names.own, aliases)
        for tree, before in self.trees:
            forms |= forms_of_code(tree, before, numbers, names)
        for text, before in self.texts:
            forms |= forms_of_text(text, before, numbers)
        return Part(tuple(self.lines[:-1]), forms.without(known))


def _cell(cell: nbformat.NotebookNode) -> Cell:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return Cell(cell.cell_type, cell.source, grade_id)


def _part_of(grade_id: str) -> str:
    return grade_id.removesuffix("-answer")
