"""What the source of a submission says of ways around its exercises.

It is read, never run, and only remarked on: an import is no proof, and code can hide one. What a
remark is worth is for the instructor to say.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import nbformat

from autograder.authoring.sources import (
    MOST_SOURCE,
    Rules,
    imported_modules,
    shortened,
    tree_of,
    written_modules,
)
from autograder.grading.submissions import cell_name, student_code

COMPLEX = {"complex", "complex64", "complex128", "cdouble", "csingle", "imag", "iscomplexobj"}
TELLING = re.compile(rf"\bimport\b|[\d.][jJ]|{'|'.join(sorted(COMPLEX))}")
"""One of these stands in each cell on which there may be something to say."""
MOST_NAMED = 5


def source_remarks(notebook: nbformat.NotebookNode, rules: Rules) -> list[str]:
    """Remark on other libraries, on modules that reach beyond, and on complex numbers."""
    foreign, around = _Found(), _Found()
    own = written_modules(source for _, source in student_code(notebook))
    complex_cells: list[int] = []
    for number, source in _telling_cells(notebook):
        modules, is_complex = _read(source)
        foreign.add(number, [one for one in modules if one not in own], rules.is_foreign)
        around.add(number, modules, rules.is_way_around)
        complex_cells += [number] if is_complex else []
    remarks = []
    if foreign.cells:
        remarks.append(
            f"{foreign.are('imported', notebook)}: the exercises are to be solved with NumPy and "
            "the standard library, and others may be missing where they are graded."
        )
    if around.cells:
        remarks.append(f"{around.are('imported', notebook)}: no exercise needs that.")
    if complex_cells:
        where = _places(complex_cells, notebook)
        remarks.append(
            f"Complex numbers are used in {where}: no exercise needs them, and a gradient by a "
            "complex step is measured, not derived."
        )
    return remarks


class _Found:
    """Modules that were found, and the cells in which they were."""

    def __init__(self) -> None:
        self.modules: dict[str, None] = {}
        self.cells: list[int] = []

    def add(self, number: int, modules: Iterable[str], is_meant: Callable[[str], bool]) -> None:
        found = [module for module in modules if is_meant(module)]
        self.modules |= dict.fromkeys(found)
        self.cells += [number] if found else []

    def are(self, what: str, notebook: nbformat.NotebookNode) -> str:
        named = [shortened(module, 50) for module in self.modules][:MOST_NAMED]
        verb = "is" if len(named) == 1 else "are"
        return f"{' and '.join(named)} {verb} {what} in {_places(self.cells, notebook)}"


def _places(cells: list[int], notebook: nbformat.NotebookNode) -> str:
    first = cell_name(notebook, cells[0])
    more = f" and {len(cells) - 1} more" if len(cells) > 1 else ""
    return f"{first[0].lower()}{first[1:]}{more}"


def _telling_cells(notebook: nbformat.NotebookNode) -> Iterator[tuple[int, str]]:
    """Yield the cells that are run and on which there may be something to say."""
    left = MOST_SOURCE
    for number, source in student_code(notebook):
        left -= len(source)
        if left >= 0 and TELLING.search(source):
            yield number, source


@lru_cache(maxsize=256)  # most cells are those that were handed out
def _read(source: str) -> tuple[tuple[str, ...], bool]:
    """Return the modules that a cell imports, and whether it uses complex numbers."""
    tree = tree_of(source)
    if tree is None:
        return (), False
    return tuple(imported_modules(tree)), any(map(_is_complex, ast.walk(tree)))


def _is_complex(node: ast.AST) -> bool:
    """Return whether a part of the source writes, makes or takes apart complex numbers."""
    match node:
        case ast.Constant(value=complex()):
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in COMPLEX
    return False
