"""What a page claims: every sentence, or part of one, that stands in bold on it.

Bold is kept for what a test holds (``tests/claims.py``). So nothing else is bold but a term where
it is introduced, the head of a table, a question, and the few headings of ``RUN_IN``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.building.pages import Page

RUN_IN = frozenset(
    {
        "How to read.",
        "Predict, then run.",
        "Predict, then run",
        "What can go wrong.",
        "A question to think about.",
        "Turn it.",
    }
)
"""Headings within a paragraph, which stand on many pages and claim nothing."""
CODE = r"```.*?```|`[^`]*`"
BOLD = re.compile(rf"{CODE}|\*\*(?P<bold>(?=\S)(?:`[^`]*`|(?!\*\*).)+?)\*\*", re.DOTALL)
"""Code, in which stars are powers, or what stands in bold: then it has the group ``bold``."""
TABLE_HEAD = re.compile(r"^\|.*\n(?=\|[-:| ]+\|\s*$)", re.MULTILINE)


def claims_of(page: Page) -> list[str]:
    """Return what a page claims, in order: as it is written, in one line."""
    cells = (cell for cell in page.text.cells if cell.cell_type == "markdown")
    return [claim for cell in cells for claim in claims_in(cell.source)]


def claims_in(text: str) -> Iterator[str]:
    """Yield what stands in bold in a Markdown text and claims something."""
    for found in BOLD.finditer(TABLE_HEAD.sub("", text)):
        bold = in_one_line(found["bold"] or "")
        if bold and "<dfn>" not in bold and bold not in RUN_IN and not bold.endswith("?"):
            yield bold


def in_one_line(text: str) -> str:
    """Return a text with single spaces in place of line breaks."""
    return " ".join(text.split())
