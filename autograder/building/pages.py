"""The pages of the course: what each one is, how long it takes, and its notebook.

A page is a text that runs as it stands. What it says of itself stands in its head, under
``handgrad``: ``tasks``, those of the assignment that can be done after it, ``beyond: true`` if it
goes beyond the core and may be skipped, and ``textbooks``, what is widely said and does not hold in
what it measures. Where it lies says the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import jupytext
import nbformat

from autograder.authoring.tasks import NAMED
from autograder.building.assignments import build_source, load
from autograder.building.cells import as_notebook, name_cells, plain
from autograder.building.chapters import (
    ASSIGNMENTS,
    COURSE,
    ChapterError,
    chapter_names,
    page_names,
)
from autograder.building.yardstick import Measure, measure

LINK = re.compile(r"\]\((?:\.\./(\d+_\w+)/)?(\d+)_(\w+)\.md(#[^)\s]*)?\)")
"""A link from one page to another: ``[page 2.1](../02_losses/1_why_a_loss.md)``."""
HEADING_OR_TASK = re.compile(rf"^### (?!BEGIN |END )(.+)$|{NAMED.pattern}", re.MULTILINE)
START = "start.ipynb"
"""The workbook's first page, beside ``course/``."""


@dataclass(frozen=True)
class Textbook:
    """What is widely said, and the claim of a page that says what one measures instead."""

    said: str
    claim: str


@dataclass(frozen=True)
class Page:
    """One sitting: ``course/<chapter>/<stem>.md``."""

    chapter: str
    stem: str

    @property
    def number(self) -> str:
        """As it is spoken of: 3.2 is the second page of chapter 3."""
        return f"{int(self.chapter.partition('_')[0])}.{self.stem.partition('_')[0]}"

    @property
    def path(self) -> str:
        """Where its notebook lies in a workbook: the name of its tab tells it from all others."""
        return f"course/{self.chapter}/{self.number}_{self.stem.partition('_')[2]}.ipynb"

    @cached_property
    def text(self) -> nbformat.NotebookNode:
        """The page as it is written."""
        text: nbformat.NotebookNode = jupytext.read(
            COURSE / self.chapter / f"{self.stem}.md", fmt="md:myst"
        )
        return text

    @property
    def title(self) -> str:
        """Without its number."""
        first = self.text.cells[0].source.splitlines()[0]
        return str(first.removeprefix(f"# {self.number}").strip())

    @property
    def tasks(self) -> list[str]:
        """The names of the assignment's tasks and questions that can be done after it."""
        return list(self._head.get("tasks", []))

    @property
    def is_beyond(self) -> bool:
        """Whether it goes beyond the core."""
        return bool(self._head.get("beyond", False))

    @property
    def textbooks(self) -> list[Textbook]:
        """In what it differs from what is widely said."""
        return [Textbook(**entry) for entry in self._head.get("textbooks", [])]

    @property
    def _head(self) -> Mapping[str, Any]:
        """What it says of itself."""
        head: Mapping[str, Any] = self.text.metadata.get("handgrad", {})
        return head

    @property
    def builds_on(self) -> list[str]:
        """The numbers of the earlier pages that its text leads back to."""
        numbers = dict.fromkeys(
            Page(found[1] or self.chapter, f"{found[2]}_{found[3]}").number
            for cell in self.text.cells
            for found in LINK.finditer(cell.source)
        )
        earlier = [number for number in numbers if _place(number) < _place(self.number)]
        return sorted(earlier, key=_place)

    def linked(self, text: str, root: str) -> str:
        """Return a text of this page whose links lead to notebooks, by a way to the workbook."""

        def led(found: re.Match[str]) -> str:
            to = Page(found[1] or self.chapter, f"{found[2]}_{found[3]}")
            return f"]({root}{to.path}{found[4] or ''})"

        return LINK.sub(led, text)

    @cached_property
    def measure(self) -> Measure:
        """How much there is to read and to do, and the minutes that this takes."""
        return measure(self.text.cells)


def _place(number: str) -> tuple[int, ...]:
    """Return where the page of a number comes: 3.10 is behind 3.9."""
    return tuple(map(int, number.split(".")))


@cache
def pages_of(chapter: str) -> tuple[Page, ...]:
    """Return a chapter's pages, in order."""
    return tuple(Page(chapter, stem) for stem in page_names(chapter))


def all_pages() -> list[Page]:
    """Return all pages of the course, in order."""
    return [page for chapter in chapter_names() for page in pages_of(chapter)]


@cache
def headings_of(assignment: str) -> Mapping[str, str]:
    """Return the headings of an assignment's tasks and questions in its text, by their names."""
    text = (ASSIGNMENTS / assignment / "text.md").read_text("utf-8")
    found: dict[str, str] = {}
    heading = ""
    for match in HEADING_OR_TASK.finditer(text):
        heading = match[1] or heading
        for name in filter(None, (match[2], match[3])):
            found[name] = heading
    return found


def path_of_task(assignment: str, name: str) -> str:
    """Return where a task stands in a workbook: its notebook, and the heading there.

    Raises
    ------
    ChapterError
        If the assignment has no such task.
    """
    try:
        heading = headings_of(assignment)[name]
    except KeyError:
        raise ChapterError(f"There is no task {name!r} in the assignment {assignment}.") from None
    anchor = heading.replace(" ", "-")  # as JupyterLab makes it, and looks for it: nothing quoted
    return f"{path_of_assignment(assignment)}#{anchor}"


def place_of_task(assignment: str, name: str) -> str:
    """Return where a task stands in a workbook: its notebook, and the cell with its heading.

    JupyterLab looks for a heading in what it has drawn so far: in a notebook that a link opens it
    finds none, but it finds the cell.

    Raises
    ------
    ChapterError
        If the assignment has no such task.
    """
    path, _, _ = path_of_task(assignment, name).partition("#")
    return f"{path}#cell-id={_cells_of_headings(assignment)[headings_of(assignment)[name]]}"


@cache
def _cells_of_headings(assignment: str) -> Mapping[str, str]:
    """Return the ids of the cells in which an assignment's headings stand."""
    cells = build_source(load(assignment)).cells
    return {
        found[1]: cell.id
        for cell in cells
        if cell.cell_type == "markdown"
        for found in HEADING_OR_TASK.finditer(cell.source)
        if found[1]
    }


def path_of_assignment(name: str) -> str:
    """Return where an assignment's notebook lies in a workbook."""
    return f"assignments/{name}/{name}.ipynb"


def page_notebook(page: Page) -> nbformat.NotebookNode:
    """Return a page as a notebook, not yet run: with a line below its title, and what comes next.

    Raises
    ------
    ChapterError
        If it names a task that the assignment of its chapter has not.
    """
    cells = [plain(cell) for cell in page.text.cells]
    title, *rest = cells[0].source.splitlines()
    cells[0].source = "\n".join([title, "", _head(page), *rest])
    cells.append(nbformat.v4.new_markdown_cell("\n\n".join(_foot(page))))
    for cell in cells:
        if cell.cell_type == "markdown":
            cell.source = page.linked(cell.source, "../../")
    name_cells(cells)
    return as_notebook(cells, {})


def facts_of(page: Page) -> str:
    """Return what stands below a page's title: which one it is, and how long it takes."""
    number = page.stem.partition("_")[0]
    said = [
        f"Page {number} of {len(pages_of(page.chapter))}",
        f"about {page.measure.minutes} minutes",
    ]
    if page.is_beyond:
        said.append("beyond the core: you may skip it")
    return " · ".join(said)


def _head(page: Page) -> str:
    return f"*{facts_of(page)}* · [all pages](../../{START})"


def _foot(page: Page) -> Iterator[str]:
    yield "---"
    if page.tasks:
        headings = headings_of(page.chapter)
        listed = [
            f"- [{headings[name]}](../../{place_of_task(page.chapter, name)})"
            for name in page.tasks
        ]
        yield "\n".join(["**Now you can do**, in the assignment:", "", *listed])
    pages = all_pages()
    for after in pages[pages.index(page) + 1 :][:1]:
        skipped = " (beyond the core: you may skip it)" if after.is_beyond else ""
        yield f"**Next:** [page {after.number}, {after.title}](../../{after.path}){skipped}."
        return
    yield f"This is the last page so far. [All pages](../../{START})."
