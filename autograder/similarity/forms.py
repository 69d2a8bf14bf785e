"""The forms of what somebody wrote, in which a copy is still the same after it was disguised.

Code is taken apart into its statements and expressions. What it names itself is left out of them:
variables, arguments, its own functions and attributes. So are comments, docstrings, annotations and
layout, and the order of the statements of a block. Of a text the forms are runs of words.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

LEAST = 6
"""Nodes of a syntax tree that a form has at least: ``return x > 0`` has four, and says nothing."""
WORDS = 5
"""Words of a run."""
WORD = re.compile(r"\w+")
PASSED_OVER = ("ctx", "annotation", "returns", "type_comment", "type_ignores", "type_params")
NAMING = (ast.arg, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)
SMALL = (ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context)
NOBODYS = (ast.Module, ast.Import, ast.ImportFrom)
OWN = "_"


class Piece(NamedTuple):
    """A form that stands on lines of its own: a statement, the head of a block, a run of words."""

    form: int
    first: int
    last: int


@dataclass(frozen=True)
class Forms:
    """The forms of a piece of writing, and where those stand that have lines of their own."""

    all: frozenset[int] = frozenset()
    pieces: tuple[Piece, ...] = ()

    def __or__(self, other: Forms) -> Forms:
        return Forms(self.all | other.all, self.pieces + other.pieces)

    def without(self, known: frozenset[int]) -> Forms:
        """Return those that are not known."""
        kept = tuple(piece for piece in self.pieces if piece.form not in known)
        return Forms(self.all - known, kept)


class Numbers:
    """Gives each form a number, the same one wherever it is met."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}

    def __call__(self, *form: Any) -> int:
        """Return the number of a form."""
        return self._numbers.setdefault(form, len(self._numbers))


def forms_of_text(text: str, before: int, numbers: Numbers) -> Forms:
    """Return the runs of words of a text that stands behind so many lines."""
    lines = enumerate(text.lower().split("\n"), before + 1)
    words = [(word, at) for at, line in lines for word in WORD.findall(line)]
    pieces = []
    for start in range(len(words) - WORDS + 1):
        run = words[start : start + WORDS]
        pieces.append(Piece(numbers("words", *(word for word, _ in run)), run[0][1], run[-1][1]))
    return Forms(frozenset(piece.form for piece in pieces), tuple(pieces))


@dataclass
class Names:
    """What code calls things: what it names itself, and what modules are called in it."""

    own: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)

    def __or__(self, other: Names) -> Names:
        return Names(self.own | other.own, self.aliases | other.aliases)


def names_in(tree: ast.Module) -> Names:
    """Return what some code calls things."""
    found = Names()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                found.own.add(name)
            case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.own.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found.aliases |= {one.asname or one.name: one.name for one in names}
    return found


def forms_of_code(tree: ast.Module, before: int, numbers: Numbers, names: Names) -> Forms:
    """Return the forms of code that stands behind so many lines.

    Parameters
    ----------
    tree, before : ast.Module, int
        The code.
    numbers : Numbers
        What numbers the forms of all that is compared.
    names : Names
        What the code, and what belongs to it, calls things.

    Raises
    ------
    RecursionError
        If it is nested too deeply.
    """
    reader = _Reader(before, numbers, names)
    reader.read(tree)
    return Forms(frozenset(reader.found), tuple(reader.pieces))


class _Reader:
    """Reads a syntax tree from the leaves up."""

    def __init__(self, before: int, numbers: Numbers, names: Names) -> None:
        self.before, self.numbers, self.names = before, numbers, names
        self.found: set[int] = set()
        self.pieces: list[Piece] = []

    def read(self, node: ast.AST) -> tuple[int, int]:
        """Return the number and the size of a node's form; keep it if it is large enough."""
        match node:
            case ast.Name(id=name):
                return self.numbers("Name", self._shown(self.names.aliases.get(name, name))), 1
            case ast.Constant(value=value):
                return self.numbers("Constant", type(value), value), 1
        blocks = {} if isinstance(node, ast.expr) else _blocks(node)
        head, size = self._read_head(node, blocks.keys())
        form = self.numbers(type(node), *head)
        if size >= LEAST and isinstance(node, ast.stmt | ast.excepthandler):
            self._keep_piece(node, form, blocks)
        sorted_blocks = []
        for name, block in blocks.items():
            read = [self.read(statement) for statement in block if not _is_said(statement)]
            sorted_blocks.append((name, *sorted(number for number, _ in read)))
            size += sum(part for _, part in read)
        if sorted_blocks:
            form = self.numbers(form, *sorted_blocks)
        if size >= LEAST and not isinstance(node, NOBODYS):
            self.found.add(form)
        return form, size

    def _read_head(self, node: ast.AST, blocks: Collection[str]) -> tuple[list[Any], int]:
        """Return what a node has besides its blocks, and how much that is."""
        head: list[Any] = []
        size = 0 if isinstance(node, SMALL) else 1
        for name, value in ast.iter_fields(node):
            if name in blocks or name in PASSED_OVER:
                continue
            children = value if isinstance(value, list) else [value]
            for child in children:
                if isinstance(child, ast.AST):
                    number, part = self.read(child)
                    head.append(number)
                    size += part
                else:
                    head.append(OWN if isinstance(node, NAMING) else self._shown(child))
            head.append(len(children))
        return head, size

    def _shown(self, value: Any) -> Any:
        return OWN if isinstance(value, str) and value in self.names.own else value

    def _keep_piece(self, node: ast.stmt | ast.excepthandler, form: int, blocks: Blocks) -> None:
        if isinstance(node, NOBODYS):
            return
        first = node.lineno
        head = [last for name, last in _last_lines(node) if name not in blocks]
        last = max(head, default=first) if blocks else node.end_lineno or first
        self.found.add(form)
        self.pieces.append(Piece(form, self.before + first, self.before + last))


Blocks = Mapping[str, list[ast.stmt]]


def _blocks(node: ast.AST) -> Blocks:
    """Return the blocks of statements in a node, by the names of their fields."""
    return {
        name: value
        for name, value in ast.iter_fields(node)
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt)
    }


def _last_lines(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield on which lines the parts of a node end, by the names of their fields."""
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.expr):
                yield name, child.end_lineno or child.lineno


def _is_said(statement: ast.stmt) -> bool:
    """Return whether a statement only says something: a docstring."""
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
    return False
