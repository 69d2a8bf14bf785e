"""The code of a mistake, reduced to the definitions that matter, and without its author's words.

It is a stranger's: read as a syntax tree and written out again, never run.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from functools import lru_cache
from pathlib import Path

import nbformat

from autograder.authoring.sources import MOST_SOURCE, tree_of
from autograder.authoring.tasks import Assignment
from autograder.grading.submissions import student_code
from autograder.inside.names import bound_names

MOST_LINES, LONGEST_LINE = 60, 120
HIDDEN = "…"
SHORT = 2
"""Characters of a text that tells nothing."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(notebook: Path, names: Iterable[str], given: Iterable[str]) -> list[ast.stmt]:
    """Return the statements of a graded notebook that define some names, and what these use.

    Parameters
    ----------
    notebook : Path
        The autograded notebook.
    names : iterable of str
        The names that a task asks for.
    given : iterable of str
        Those of other tasks, which are left out.

    Returns
    -------
    statements : list
        Copies, in their order; none of a notebook that goes deeper than can be followed.
    """
    try:
        return _defining(list(_statements(notebook)), set(names), set(given) - set(names))
    except RecursionError:
        return []


def answer_in(notebook: Path, assignment: Assignment, task: str) -> list[ast.stmt]:
    """Return what a graded notebook defines for one task of an assignment (see `definitions`)."""
    every = [name for one in assignment.tasks for name in one.needs]
    return definitions(notebook, assignment.task(task).needs, every)


def _defining(statements: list[ast.stmt], wanted: set[str], left_out: set[str]) -> list[ast.stmt]:
    kept: list[int] = []
    grows = True
    while grows:
        bound = [place for place, one in enumerate(statements) if bound_names(one) & wanted]
        grows = bound != kept
        kept = bound
        for place in kept:
            wanted |= _used(statements[place]) - left_out
    return [deepcopy(statements[place]) for place in kept]


def _statements(notebook: Path) -> Iterator[ast.stmt]:
    cells = nbformat.v4.reads(notebook.read_text("utf-8"))
    left = MOST_SOURCE
    for _, source in student_code(cells):
        left -= len(source)
        yield from _body(source) if left >= 0 else ()


@lru_cache(maxsize=512)  # most cells are those that were handed out
def _body(source: str) -> list[ast.stmt]:
    tree = tree_of(source)
    return tree.body if tree else []


def _used(statement: ast.stmt) -> set[str]:
    """Return the names that a statement takes from around it."""
    try:
        return _from_around(symtable.symtable(ast.unparse(statement), "", "exec"))
    except (SyntaxError, ValueError):
        return set()  # it would not run


def _from_around(table: symtable.SymbolTable) -> set[str]:
    """Return the names of a scope, and of those in it, that are bound outside of all."""
    is_outermost = table.get_type() == "module"
    used = {
        one.get_name()
        for one in table.get_symbols()
        if one.is_referenced() and (is_outermost or one.is_global())
    }
    return used.union(*map(_from_around, table.get_children()))


def as_code(statements: Sequence[ast.stmt]) -> str:
    """Return statements as source, without comments and docstrings; nothing if that fails.

    The statements are changed by it.
    """
    try:
        for statement in statements:
            for node in ast.walk(statement):
                if isinstance(node, Definition):
                    node.body = _without_docstring(node.body)
        return "\n".join(dict.fromkeys(map(ast.unparse, statements)))
    except (RecursionError, ValueError, MemoryError):
        return ""


def shown_code(statements: Sequence[ast.stmt], text: str | None = None) -> str:
    """Return statements as a page shows them: no imports, and as many lines as there is room for.

    Where ``text`` is given, the assignment's own words, only those of their texts are left that
    stand in it: others may say who wrote them.
    """
    wanted = [one for one in statements if not isinstance(one, ast.Import | ast.ImportFrom)]
    for statement in wanted if text is not None else ():
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                node.value = _plain(node.value, text or "")
    lines = as_code(wanted).splitlines()
    more = [f"# {HIDDEN} {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
    return "\n".join([_cut(line) for line in lines[:MOST_LINES]] + more)


def _plain(value: str | bytes, text: str) -> str:
    if isinstance(value, bytes) or (len(value) > SHORT and value not in text):
        return HIDDEN
    return value


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + HIDDEN


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest or [ast.Pass()]
    return body
