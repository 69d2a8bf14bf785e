"""The cells of a notebook: what they import, what they check, what nbgrader is told of them."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from typing import Any

import nbformat

from autograder.authoring.sources import parsed

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
GIVEN = ("__init__",)
LONGEST_CHECK = 200
"""Characters of a cell that does nothing but check a task."""


def as_notebook(cells: list[nbformat.NotebookNode], extra: dict[str, Any]) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata = {
        "kernelspec": dict(KERNELSPEC),
        "language_info": {"name": "python"},
        **extra,
    }
    notebook.nbformat_minor = 5
    return nbformat.from_dict(notebook)


def plain(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    if cell.cell_type == "code":
        built = nbformat.v4.new_code_cell(cell.source)
    else:
        built = nbformat.v4.new_markdown_cell(cell.source)
    kept = [tag for tag in cell.metadata.get("tags", []) if tag != "exercise"]
    if kept:
        built.metadata["tags"] = kept
    if "jupyter" in cell.metadata:  # such as source_hidden, for code that only draws
        built.metadata["jupyter"] = cell.metadata["jupyter"]
    return built


def nbgrader_metadata(
    grade_id: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> dict[str, Any]:
    metadata = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return metadata if points is None else {**metadata, "points": points}


def name_cells(cells: Iterable[nbformat.NotebookNode]) -> None:
    """Give each cell an id that stays the same over builds and over changes elsewhere."""
    seen: dict[str, int] = {}
    for cell in cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        base = name or hashlib.sha256(cell.source.encode()).hexdigest()[:10]
        seen[base] = seen.get(base, 0) + 1
        cell.id = base if seen[base] == 1 else f"{base}-{seen[base]}"


def given_and_without(cell: nbformat.NotebookNode) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the methods of an exercise that the student gets whole, and those not part of it."""
    metadata = cell.metadata
    return tuple(metadata.get("given", GIVEN)), tuple(metadata.get("without", ()))


def checked_task(source: str) -> str | None:
    """Return the task that a cell checks, if it is a check cell: nothing but ``check("name")``."""
    if len(source) > LONGEST_CHECK:
        return None  # nor is a stranger's code parsed that takes memory to parse
    try:
        body = parsed(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    match body:
        case [
            ast.Expr(
                value=ast.Call(
                    func=ast.Name(id="check"), args=[ast.Constant(value=str(name))], keywords=[]
                )
            )
        ]:
            return name
    return None


def exercise_names(source: str) -> tuple[str, list[str]]:
    """Return the module that an exercise cell imports from, and what; or "" and nothing."""
    match ast.parse(source).body:
        case [ast.ImportFrom(module=str(module), names=names)]:
            return module, [alias.name for alias in names]
    return "", []


def imported_names(source: str) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
