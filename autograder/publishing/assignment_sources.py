"""An assignment as the site shows it: what a student gets, with the points, and no answers."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat

from autograder.building.assignments import build_source, load, release
from autograder.building.cells import as_notebook, name_cells
from autograder.building.pages import headings_of
from autograder.publishing.page_sources import part_of, split_heading, task_table
from autograder.publishing.words import Linker


def assignment_source(name: str, linker: Linker) -> nbformat.NotebookNode:
    """Return an assignment's page: its text with what is given, and a table of its tasks."""
    cells = [_plain(cell, linker) for cell in release(build_source(load(name))).cells]
    title, _, rest = cells[0].source.partition("\n")
    cells[0].source = "\n".join([title, "", *_head(name), rest])
    name_cells(cells)
    return as_notebook(cells, {})


def _plain(cell: nbformat.NotebookNode, linker: Linker) -> nbformat.NotebookNode:
    if cell.cell_type == "markdown":
        return nbformat.v4.new_markdown_cell(linker.linked(cell.source))
    code = nbformat.v4.new_code_cell(cell.source)
    code.metadata["tags"] = [tag for tag in cell.metadata.get("tags", []) if tag == "hide-input"]
    return code


def _head(name: str) -> Iterator[str]:
    parts = [(part_of(name, part), heading) for part, heading in headings_of(name).items()]
    points = sum(part.points for part, _ in parts)
    minutes = sum(int(split_heading(heading)[1] or 0) for _, heading in parts)
    yield ":::{container} page-head"
    yield f"{len(parts)} tasks · {points:g} points · about {minutes} minutes of work"
    yield ":::\n"
    yield "## The tasks\n"
    yield from task_table(name, headings_of(name))
    yield ""
