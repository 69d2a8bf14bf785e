"""A workbook's first page: the course as a path, and what its reader has done so far."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import nbformat

from autograder.authoring.tasks import Assignment
from autograder.building.assignments import load
from autograder.building.cells import as_notebook, name_cells
from autograder.building.chapters import chapter_names
from autograder.building.glossary import FILE as GLOSSARY
from autograder.building.pages import (
    Page,
    headings_of,
    pages_of,
    path_of_assignment,
    place_of_task,
)

WELCOME = """# Deep learning from scratch

You read a page, one sitting each, predict before you run, and then write what you have read about
yourself: `check()` in the assignment tells you at once whether it is right, and often what you
misunderstood. The pages below stand in the order in which they build on each other. Words that you
forget are in the [glossary]({glossary})."""
SHOW = """# What you have done so far: run this cell again to see it
from handgrad import progress

progress()"""


def outline() -> list[dict[str, Any]]:
    """Return the chapters that there are: plain data, which stays in the workbook."""
    return [_chapter(load(name)) for name in chapter_names()]


def start_notebook(path: str) -> nbformat.NotebookNode:
    """Return the first page; `path` is the path through the course, as Markdown."""
    shown = nbformat.v4.new_code_cell(SHOW)
    shown.metadata["jupyter"] = {"source_hidden": True}
    data = {"text/markdown": path, "text/plain": path}
    shown.outputs = [nbformat.v4.new_output("display_data", data=data)]
    cells = [nbformat.v4.new_markdown_cell(WELCOME.format(glossary=GLOSSARY)), shown]
    name_cells(cells)
    return as_notebook(cells, {})


def _chapter(assignment: Assignment) -> dict[str, Any]:
    name = assignment.name
    number, _, topic = name.partition("_")
    return {
        "name": name,
        "number": int(number),
        "title": topic.replace("_", " ").capitalize(),
        "assignment": path_of_assignment(name),
        "pages": [_page(page, assignment) for page in pages_of(name)],
    }


def _page(page: Page, assignment: Assignment) -> dict[str, Any]:
    return {
        "number": page.number,
        "title": page.title,
        "path": page.path,
        "minutes": page.measure.minutes,
        "beyond": page.is_beyond,
        "builds_on": ", ".join(page.builds_on) or "–",
        "tasks": list(_tasks(page, assignment)),
    }


def _tasks(page: Page, assignment: Assignment) -> Iterator[dict[str, Any]]:
    points = {task.name: task.points for task in assignment.tasks}
    for name in page.tasks:
        number, _, title = headings_of(page.chapter)[name].partition(". ")
        yield {
            "name": name,
            "label": f"task {number}" if title else "question",
            "points": points.get(name, 0),  # those of a question are given by hand
            "path": place_of_task(page.chapter, name),
        }
