"""What a statement binds: which names are missing when it does not run."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def bound_names(statement: ast.AST) -> set[str]:
    """Return the names that a statement of a cell gives a value; ``*`` stands for unknown ones."""
    return set(_bound(statement))


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=aliases):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)
        case ast.ImportFrom(names=aliases):
            yield from (alias.asname or alias.name for alias in aliases)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.stmt() | ast.expr() | ast.withitem() | ast.excepthandler() | ast.match_case():
            for child in ast.iter_child_nodes(node):
                yield from _bound(child)
