"""Bring an instructor's notebook to another edition, and keep what the instructor has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import nbformat

from autograder.building.records import cell_digest

LONGEST_TITLE = 40


@dataclass
class Merged:
    """A notebook that was brought to another edition.

    Attributes
    ----------
    notebook : NotebookNode
        The notebook.
    kept : list of str
        Cells of the course's that the instructor has changed: they stay.
    own : list of str
        Cells of the instructor's own.
    left_out : list of str
        Cells that the instructor had taken out: they do not come back.
    replaced, added, dropped : list of str
        Cells that are new in the new edition, or not in it any more.
    """

    notebook: nbformat.NotebookNode
    kept: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def merge(
    old: nbformat.NotebookNode, written: Mapping[str, str], new: nbformat.NotebookNode
) -> Merged:
    """Return a notebook with what is new in an edition, and what its instructor has changed.

    Parameters
    ----------
    old : NotebookNode
        The instructor's notebook.
    written : mapping
        The digest of each of its cells as it was first written, by name.
    new : NotebookNode
        The notebook as it is written now.
    """
    course = {name_of(cell): cell for cell in new.cells}
    merged = Merged(nbformat.from_dict({**old, "cells": []}))
    cells = merged.notebook.cells
    for cell in old.cells:
        name = name_of(cell)
        if cell_digest(cell) != written.get(name):
            (merged.kept if name in written else merged.own).append(title_of(cell))
            cells.append(cell)
        elif name not in course:
            merged.dropped.append(title_of(cell))
        elif cell_digest(course[name]) == written[name]:
            cells.append(cell)  # with what it shows
        else:
            merged.replaced.append(title_of(cell))
            cells.append(course[name])
    there = {name_of(cell) for cell in old.cells}
    merged.left_out = [
        title_of(cell) for name, cell in course.items() if name in written and name not in there
    ]
    _add(merged, new, written.keys() | there)
    merged.notebook.metadata["handgrad"] = new.metadata["handgrad"]
    return merged


def name_of(cell: nbformat.NotebookNode) -> str:
    """Return what a cell is called: as nbgrader knows it, or by its id."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", ""))


def title_of(cell: nbformat.NotebookNode) -> str:
    """Return what a cell is called in sentences: by its name, or by how it begins."""
    begin = " ".join(cell.source.split())[:LONGEST_TITLE].strip()
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or f'"{begin} …"')


def _add(merged: Merged, new: nbformat.NotebookNode, known: set[str]) -> None:
    """Put the cells that are new behind those that they follow in the new edition."""
    cells, before = merged.notebook.cells, ""
    for cell in new.cells:
        name = name_of(cell)
        if name not in known:
            places = [place for place, one in enumerate(cells) if name_of(one) == before]
            cells.insert(places[-1] + 1 if places else (0 if not before else len(cells)), cell)
            merged.added.append(title_of(cell))
        if name not in known or any(name_of(one) == name for one in cells):
            before = name
