"""The pages that lead to pages: all of the course, one chapter, all assignments."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.building.pages import pages_of, path_of_assignment
from autograder.publishing.maps import chapter_map, counted, course_map, lasting

COURSE = """# Course

One chapter after the other. A page is one sitting; it begins with a question, asks you to predict
before it shows what comes out, and ends with the tasks that you can do then. Words that you
forget are in the [glossary](../glossary.md), letters in [symbols](../symbols.md).

The arcs say what builds on what: the thicker, the more often a chapter leads back to another.
"""
ASSIGNMENTS = """# Assignments

What a student gets, to be read before you decide. To do them you need them on your machine, where
the checks are: see [how to start](../start.md).
"""


def title_of(chapter: str) -> str:
    """Return a chapter's title: ``3 Backpropagation``."""
    number, _, topic = chapter.partition("_")
    return f"{int(number)} {topic.replace('_', ' ').capitalize()}"


def course_page(chapters: Sequence[str]) -> str:
    """Return the page of all chapters, with their map."""
    drawn = course_map(chapters, [title_of(chapter) for chapter in chapters], "")
    return "\n".join([COURSE, drawn, "", *_tree([f"{chapter}/index" for chapter in chapters])])


def chapter_page(chapter: str) -> str:
    """Return a chapter's page: what there is to read in it, in order, with its map."""
    pages = pages_of(chapter)
    minutes = sum(page.measure.minutes for page in pages)
    assignment = f"../../{path_of_assignment(chapter)}"
    said = (
        f"{counted(pages)}, {lasting(minutes)} in all, and [an assignment]({assignment}). "
        "The arcs say which page builds on which."
    )
    listed = [page.path.rpartition("/")[2].removesuffix(".ipynb") for page in pages]
    return "\n".join(
        [f"# {title_of(chapter)}", "", said, "", chapter_map(chapter), "", *_tree(listed)]
    )


def assignments_page(names: Sequence[str]) -> str:
    """Return the page of all assignments."""
    listed = [
        path_of_assignment(name).removeprefix("assignments/").removesuffix(".ipynb")
        for name in names
    ]
    return "\n".join([ASSIGNMENTS, *_tree(listed, hidden=False)])


def _tree(listed: Sequence[str], hidden: bool = True) -> list[str]:
    options = [":maxdepth: 1", *([":hidden:"] if hidden else [])]
    return ["```{toctree}", *options, "", *listed, "```"]
