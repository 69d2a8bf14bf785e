"""From the reference's source to what stands in a notebook: the solution, or the blank.

A definition is copied out of its chapter with its annotations stripped, which a learner at this
point has no use for, and with marks around what the student is to write::

    def forward(self, x):
        \"\"\"Return max(x, 0).\"\"\"
        ### BEGIN SOLUTION
        return np.maximum(x, 0)
        ### END SOLUTION
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
CODE_STUB = "raise NotImplementedError"
TEXT_STUB = "YOUR ANSWER HERE"
LINE_LENGTH = 88

Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Exercise:
    """What stands in an exercise cell.

    Attributes
    ----------
    source : str
        The definitions, with solution marks.
    imports : tuple of (str, str)
        What the definitions use from elsewhere: the name, and the statement that imports it.
    siblings : frozenset of str
        What they use of their own chapter, other than themselves.
    """

    source: str
    imports: tuple[tuple[str, str], ...]
    siblings: frozenset[str]


class ChapterSource:
    """The source of a chapter's reference.

    Parameters
    ----------
    text : str
        Its source.
    """

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.definitions: dict[str, Definition] = {}
        self.imports: dict[str, str] = {}
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                self.definitions[node.name] = node
            elif isinstance(node, ast.Import | ast.ImportFrom):
                self.imports |= _imported(node)

    def exercise(
        self, names: Iterable[str], given: Collection[str], without: Collection[str] = ()
    ) -> Exercise:
        """Return the cell for some of the definitions.

        Parameters
        ----------
        names : iterable of str
            Functions and classes, in the order in which they are to stand.
        given : collection of str
            Methods that the student gets whole.
        without : collection of str
            Methods that the student is spared: no part of the exercise.

        Raises
        ------
        KeyError
            If one of the names is not defined, or a method that is left out does not stand last.
        """
        nodes = [_spared(self._definition(name), without) for name in names]
        used = set().union(*(_names_used(node) for node in nodes))
        own = {node.name for node in nodes}
        imported = used & self.imports.keys()
        return Exercise(
            "\n\n\n".join(self._marked(node, given) for node in nodes),
            tuple((name, self.imports[name]) for name in sorted(imported, key=self._place)),
            frozenset((used & self.definitions.keys()) - own),
        )

    def _place(self, name: str) -> tuple[bool, str]:
        """Return a key that sorts imports as usual: "import numpy" before "from numpy import"."""
        return self.imports[name].startswith("from"), self.imports[name]

    def _definition(self, name: str) -> Definition:
        if name not in self.definitions:
            raise KeyError(repr(name))
        return self.definitions[name]

    def _marked(self, node: Definition, given: Collection[str]) -> str:
        """Return a definition's source without annotations and with solution marks."""
        start = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        lines = self.lines[: node.body[-1].end_lineno]
        # From the last function to the first, so that line numbers further up stay right.
        functions = [n for n in ast.walk(node) if isinstance(n, ast.FunctionDef)]
        for function in sorted(functions, key=lambda f: f.lineno, reverse=True):
            is_blank = function is node or (function in node.body and function.name not in given)
            _rewrite(lines, function, is_blank)
        return "\n".join(lines[start - 1 :])


def _spared(node: Definition, without: Collection[str]) -> Definition:
    """Return a definition without its last methods, if these are to be left out.

    Raises
    ------
    KeyError
        If one is not there, or one that stays stands behind it.
    """
    names = [getattr(part, "name", None) for part in node.body]
    kept = len(node.body) - len(without) if isinstance(node, ast.ClassDef) else len(node.body)
    if isinstance(node, ast.ClassDef) and set(names[kept:]) != set(without):
        raise KeyError(f"{node.name + '.' + min(without)!r} at the end of {node.name}")
    spared = copy.copy(node)
    spared.body = node.body[:kept]
    return spared


def _rewrite(lines: list[str], function: ast.FunctionDef, is_blank: bool) -> None:
    """Mark a function's body, and strip its annotations, in place."""
    assert function.end_lineno is not None
    body = function.body
    indent = " " * body[0].col_offset
    after_docstring = body[0].end_lineno if ast.get_docstring(function) is not None else None
    first = (after_docstring or body[0].lineno - 1) + 1
    if is_blank and first <= function.end_lineno:
        lines.insert(function.end_lineno, indent + END)
        lines.insert(first - 1, indent + BEGIN)
    for statement in ast.walk(function):
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            shift = 1 if is_blank and statement.lineno >= first else 0
            _strip_assignment(lines, statement, statement.lineno - 1 + shift)
    lines[function.lineno - 1 : body[0].lineno - 1] = _signature(function)


def _strip_assignment(lines: list[str], statement: ast.AnnAssign, at: int) -> None:
    """Turn ``x: int = 3`` into ``x = 3``."""
    line = lines[at].encode()
    left = line[: statement.target.end_col_offset]
    right = line[statement.annotation.end_col_offset :]
    lines[at] = (left + right).decode()


def _signature(function: ast.FunctionDef) -> list[str]:
    arguments = copy.deepcopy(function.args)
    for node in ast.walk(arguments):
        if isinstance(node, ast.arg):
            node.annotation = None
    indent = " " * function.col_offset
    text = ast.unparse(arguments)
    line = f"{indent}def {function.name}({text}):"
    if len(line) <= LINE_LENGTH:
        return [line]
    return [f"{indent}def {function.name}(", f"{indent}    {text}", f"{indent}):"]


def _imported(node: ast.Import | ast.ImportFrom) -> dict[str, str]:
    found = {}
    for alias in node.names:
        single = copy.copy(node)
        single.names = [alias]
        found[alias.asname or alias.name] = ast.unparse(single)
    return found


def _names_used(node: ast.AST) -> set[str]:
    """Return the names that a definition uses, annotations left out."""
    used: set[str] = set()
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.Name):
                used.add(child.id)
            elif isinstance(child, ast.AST):
                used |= _names_used(child)
    # The fields of a NamedTuple or a dataclass are their annotations: those stay.
    if isinstance(node, ast.ClassDef):
        for part in node.body:
            if isinstance(part, ast.AnnAssign):
                used |= {n.id for n in ast.walk(part.annotation) if isinstance(n, ast.Name)}
    return used


_SOLUTION = re.compile(
    rf"^(?P<indent>[ \t]*){BEGIN}[^\n]*\n.*?^[ \t]*{END}[^\n]*$", re.DOTALL | re.MULTILINE
)


def without_solutions(source: str, stub: str = CODE_STUB) -> str:
    """Return a cell's source with a stub in the place of every marked solution.

    Parameters
    ----------
    source : str
        A cell of the instructor's notebook.
    stub : str
        What stands there instead.
    """
    return _SOLUTION.sub(lambda match: match["indent"] + stub, source)
