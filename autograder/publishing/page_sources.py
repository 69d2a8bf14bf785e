"""A page of the course as the site shows it: as written and as run, with a head and a foot."""

from __future__ import annotations

import base64
import html
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import nbformat

from autograder.authoring.tasks import Question, Task
from autograder.building.assignments import load
from autograder.building.cells import as_notebook, name_cells
from autograder.building.pages import Page, all_pages, facts_of, headings_of, path_of_task
from autograder.building.running import ANSWER
from autograder.publishing.claims import Proofs
from autograder.publishing.downloads import link_to
from autograder.publishing.names import NameLinker
from autograder.publishing.symbols import greek_of, index_of
from autograder.publishing.words import Linker, with_anchors

FIGURES = "figures"
"""The folder of the site in which the figures lie."""
NO_GUESS = "no guess yet (write one in the place of the dots)  |  it is: "
"""What a cell says first that reveals an answer to a reader who has made no guess."""
MINUTES = " minutes)"
ROOT = "../../"
"""The way from a page to the site's first one."""


@dataclass(frozen=True)
class Source:
    """What is written of a page: a notebook for Sphinx, and the figures that it shows by name."""

    notebook: nbformat.NotebookNode
    figures: Mapping[str, bytes] = field(default_factory=dict)


def page_source(page: Page, ran: nbformat.NotebookNode, linker: Linker, proofs: Proofs) -> Source:
    """Return what the site shows of a page.

    Parameters
    ----------
    page : Page
        The page, whose text is shown.
    ran : NotebookNode
        Its notebook, whose cells' outputs are shown: the answers with them.
    linker : Linker
        Knows the terms that were introduced on earlier pages.
    proofs : Proofs
        The tests of what the page claims.
    """
    figures: dict[str, bytes] = {}
    cells = []
    names = NameLinker()
    for written, shown in zip(page.text.cells, ran.cells, strict=False):  # without its last cell
        if written.cell_type == "code":
            cells.append(_code(shown, figures))
        else:
            text = with_anchors(names.linked(linker.linked(proofs.linked(written.source))))
            cells.append(nbformat.v4.new_markdown_cell(page.linked(text, ROOT)))
    title, _, rest = cells[0].source.partition("\n")
    cells[0].source = "\n".join([title, "", *_head(page), rest])
    cells.append(nbformat.v4.new_markdown_cell("\n".join(_foot(page))))
    name_cells(cells)
    return Source(as_notebook(cells, {}), figures)


def _code(ran: nbformat.NotebookNode, figures: dict[str, bytes]) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(ran.source)
    cell.outputs = [_output(output, figures) for output in ran.outputs]
    tags = list(ran.metadata.get("tags", []))
    cell.metadata["mystnb"] = {
        "code_prompt_show": "Show the code that draws this",
        "code_prompt_hide": "Hide the code",
    }
    if ANSWER in ran.source and cell.outputs:
        tags.append("hide-output")
        cell.metadata["mystnb"] = {
            "code_prompt_show": "Show what comes out",
            "code_prompt_hide": "Hide what comes out",
        }
    cell.metadata["tags"] = tags
    return cell


def _output(output: nbformat.NotebookNode, figures: dict[str, bytes]) -> nbformat.NotebookNode:
    """Return an output as it is shown: a figure lies in a file of its own."""
    if output.output_type == "stream":
        shown = output.text.replace(NO_GUESS, "it is: ")
        return nbformat.v4.new_output("stream", name=output.name, text=shown)
    data = output.get("data", {})
    if "image/png" not in data:
        return output
    png = base64.b64decode(data["image/png"])
    name = f"{sha256(png).hexdigest()[:16]}.png"
    figures[name] = png
    width, height = struct.unpack(">II", png[16:24])
    alt = html.escape(output.metadata.get("image/png", {}).get("alt", ""))
    image = (
        f'<img class="figure" src="{ROOT}{FIGURES}/{name}" alt="{alt}" '
        f'width="{width}" height="{height}" loading="lazy">'
    )
    return nbformat.v4.new_output("display_data", data={"text/html": image})


def _head(page: Page) -> Iterator[str]:
    """Yield what stands below a page's title: how long it takes, and what it builds on."""
    yield from index_of(greek_of(page))
    yield ":::{container} page-head"
    yield facts_of(page)
    earlier = {one.number: one for one in all_pages()}
    if page.builds_on:
        links = ", ".join(f"[{number}]({ROOT}{earlier[number].path})" for number in page.builds_on)
        yield f"\nBuilds on {links}"
    yield f"\nThis page {link_to(page)}"
    yield ":::\n"


def _foot(page: Page) -> Iterator[str]:
    """Yield what can be done after a page: the tasks, with their points and minutes."""
    if not page.tasks:
        return
    yield "## Now you can do\n"
    yield "The assignment grades these as soon as you press its check:\n"
    yield from task_table(page.chapter, page.tasks)


def task_table(assignment: str, names: Iterable[str]) -> Iterator[str]:
    """Yield a table of tasks and questions, each with its points and minutes, and a link to it."""
    yield "| task | points | minutes |\n|---|---|---|"
    for name in names:
        heading, minutes = split_heading(headings_of(assignment)[name])
        points = part_of(assignment, name).points
        yield f"| [{heading}]({ROOT}{path_of_task(assignment, name)}) | {points:g} | {minutes} |"


def split_heading(heading: str) -> tuple[str, str]:
    """Return a task's heading without its minutes, and the minutes: "1. Add", "10"."""
    title, _, minutes = heading.removesuffix(MINUTES).rpartition(" (")
    return (title, minutes) if heading.endswith(MINUTES) else (heading, "")


def part_of(assignment: str, name: str) -> Task | Question:
    """Return the task or the question of a name."""
    parts: list[Task | Question] = [*load(assignment).tasks, *load(assignment).questions]
    return next(part for part in parts if part.name == name)
