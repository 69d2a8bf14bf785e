"""How long a page takes: one yardstick for all.

The weights are for somebody who reads, runs and thinks, and meets all of it for the first time.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

import nbformat

WORDS_A_MINUTE = 100
"""Prose with formulas in it, read to be understood: less than half the speed of a novel."""
MINUTES = {"lines": 0.12, "formulas": 0.5, "figures": 0.5, "guesses": 1.5, "questions": 2.0}
"""For each line of code that is shown, displayed formula, figure, prediction and question."""

FORMULA = re.compile(r"\$\$.*?\$\$", re.DOTALL)
QUESTION = "**A question to think about.**"
NO_WORDS = re.compile(
    r"```.*?```|\$\$.*?\$\$|\$[^$]*\$|<[^>]*>|(?<=\])\([^)]*\)|^\|[-|: ]+\|$",
    re.DOTALL | re.MULTILINE,
)
WORD = re.compile(r"\w[\w'’.,°%-]*")


@dataclass(frozen=True)
class Measure:
    """What a page asks of its reader, and the minutes that this takes."""

    words: int
    lines: int
    formulas: int
    figures: int
    guesses: int
    questions: int

    @property
    def exact(self) -> float:
        """Minutes, not rounded."""
        rest: float = sum(weight * getattr(self, name) for name, weight in MINUTES.items())
        return self.words / WORDS_A_MINUTE + rest

    @property
    def minutes(self) -> int:
        """Minutes, to the nearest five."""
        return max(5, 5 * round(self.exact / 5))


def measure(cells: Iterable[nbformat.NotebookNode]) -> Measure:
    """Measure the cells of a page."""
    cells = list(cells)
    prose = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    code = [cell for cell in cells if cell.cell_type == "code"]
    shown = [cell.source for cell in code if not is_folded(cell)]
    return Measure(
        words=len(words_of(prose)),
        lines=sum(_lines(source) for source in shown),
        formulas=len(FORMULA.findall(prose)),
        figures=sum(cell.source.count("show_figure(") for cell in code),
        guesses=sum(
            bool(re.search(r"^guess\w* = \.\.\.", source, re.MULTILINE)) for source in shown
        ),
        questions=prose.count(QUESTION),
    )


def is_folded(cell: nbformat.NotebookNode) -> bool:
    """Return whether a cell's code is folded away until the reader opens it."""
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden"))


def words_of(prose: str) -> list[str]:
    """Return the words of a text in Markdown: formulas, code blocks and addresses are none."""
    return WORD.findall(NO_WORDS.sub(" ", prose))


def _lines(source: str) -> int:
    """Return how many lines of code there are to read; imports are skimmed."""
    skimmed: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            skimmed |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(source.splitlines(), start=1)
    return sum(bool(line.strip()) and number not in skimmed for number, line in lines)
