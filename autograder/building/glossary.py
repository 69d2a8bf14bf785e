"""The course's terms: where each one is introduced, and by which sentence.

A page introduces a term by ``<dfn>term</dfn>``, HTML's mark for it, in a sentence that explains it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import nbformat

from autograder.building.cells import as_notebook, name_cells
from autograder.building.pages import START, Page, all_pages

MARK = re.compile(r"\*{0,2}<dfn>(.*?)</dfn>\*{0,2}", re.DOTALL)
END_OF_SENTENCE = re.compile(r"(?<=[.!?])[*)]*\s+(?=[A-Z*\"(]|\$[^$])")
NO_PROSE = re.compile(r"```.*?```|\$\$.*?\$\$|`[^`]*`|\$[^$]*\$|(?<=\])\([^)]*\)", re.DOTALL)
PARAGRAPH = re.compile(r"\n\s*\n(?!\s*\$\$)")
"""Where a paragraph ends: a displayed formula belongs to the one before."""
ITEM = re.compile(r"(\$\$.*?\$\$|\$[^$]*\$)|(?:^|\n) *(?:-|\d+\.) +", re.DOTALL)
"""A formula, with all its lines; or what begins an item of a list."""
TAG = re.compile(r"</?(?!dfn\b)[a-z][^<>]*>")
FILE = "course/glossary.ipynb"
"""Where it lies in a workbook."""


@dataclass(frozen=True)
class Term:
    """A term, the page that introduces it, and the sentence in which it does."""

    name: str
    page: Page
    sentence: str


def terms_of(page: Page) -> list[Term]:
    """Return the terms that a page introduces, in order."""
    return list(_terms(page))


def all_terms() -> list[Term]:
    """Return the terms of the course, in the order in which they are introduced."""
    return [term for page in all_pages() for term in terms_of(page)]


def prose_of(text: nbformat.NotebookNode) -> str:
    """Return what there is to read of a text, without code, formulas and addresses."""
    cells = (cell.source for cell in text.cells if cell.cell_type == "markdown")
    return TAG.sub("", NO_PROSE.sub(" ", "\n\n".join(cells)))


def uses(term: str, prose: str) -> Iterable[re.Match[str]]:
    """Return each place at which a text uses a term, in the singular or the plural."""
    words = [re.escape(word) for word in re.split(r"[\s-]+", term)]
    parted = r"(?:[\s-]+)".join(words)
    return re.finditer(rf"(?<![\w-]){parted}(?:e?s)?(?![\w-])", prose, re.IGNORECASE)


def sentences_of(text: str) -> Iterator[str]:
    """Yield the sentences of a text: none goes on behind its paragraph or its item of a list."""
    for paragraph in PARAGRAPH.split(ITEM.sub(lambda found: found[1] or "\n\n", text)):
        yield from END_OF_SENTENCE.split(paragraph)


def by_itself(sentence: str) -> str:
    """Return a sentence in one line, as it stands by itself."""
    bare = sentence.lstrip("-* \n")  # before the marks become stars: the term may come first
    unmarked = MARK.sub(lambda found: f"*{found[1]}*", bare)
    return " ".join(unmarked.split())


def glossary_notebook() -> nbformat.NotebookNode:
    """Return the glossary as a notebook: each term, its sentence, and a link to its page."""
    title = f"# Glossary\n\nWhere each term is introduced. [All pages](../{START})"
    ordered = sorted(all_terms(), key=lambda term: term.name.casefold())
    lines = [
        f"- **{term.name}** · {term.page.linked(term.sentence, '../')} "
        f"([page {term.page.number}]({term.page.path.removeprefix('course/')}))"
        for term in ordered
    ]
    cells = [nbformat.v4.new_markdown_cell(text) for text in (title, "\n".join(lines))]
    name_cells(cells)
    return as_notebook(cells, {})


def _terms(page: Page) -> Iterable[Term]:
    for cell in page.text.cells:
        if cell.cell_type != "markdown":
            continue
        for sentence in sentences_of(cell.source):
            for found in MARK.finditer(sentence):
                name = " ".join(found[1].split())
                yield Term(name, page, by_itself(sentence))
