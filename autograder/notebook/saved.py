"""What the saved notebook says of itself: why a name is missing, and what grading will refuse."""

from __future__ import annotations

import ast
import difflib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FunctionType
from typing import Any

from autograder.authoring.files import TooLarge, read_cells
from autograder.authoring.sources import (
    Rules,
    foreign_imports,
    imports_of,
    tree_of,
    written_modules,
)
from autograder.judging.results import NOT_RUN
from autograder.notebook.home import FOLDER, RECORD

SHELL = re.compile(r"^\s*(!.*|%{1,2}(?:pip|conda|mamba|bash|sh|script|system|sx|cd)\b.*)", re.M)
"""Lines that start a program, or go to another folder."""
MOST_LINE = 60


def why_undefined(name: str, task: str, namespace: Mapping[str, Any], notebook: Path) -> str:
    """Say why a name that a task asks for is not defined: in the running notebook, or on disk."""
    cells = _cells_if_read(notebook)
    executed = [str(source) for source in namespace.get("In", ())]
    if any(_defines(source, name) for source in executed):
        return "its cell raised an error: run it again, and read what it says"
    if similar := _similar(name, namespace):
        return f"your notebook defines {similar}; is one of the two misspelt?"
    if any(cell["id"] == f"{task}-answer" and not cell["is_code"] for cell in cells):
        return "its cell has been turned into text: select it, and press Y to make it code again"
    if any(cell["is_code"] and _defines(cell["source"], name) for cell in cells):
        return "its cell has not run: run it first"
    return NOT_RUN


def refused_where_graded(notebook: Path, rules: Rules) -> list[str]:
    """Say which of a notebook's lines will not run where it is graded; nothing if all will."""
    if not notebook.is_file():
        return []
    said = []
    try:
        cells = list(_cells(notebook))
    except TooLarge as problem:
        return [f"this notebook {problem} and save it"]
    foreign: dict[str, None] = {}
    own = _own_modules(notebook.parent, [cell["source"] for cell in cells if cell["is_code"]])
    if own:
        said.append(f"{', '.join(own)} is there only if it came with the assignment")
    for cell in cells:
        if not cell["is_code"]:
            continue
        foreign |= dict.fromkeys(foreign_imports(cell["source"], rules))
        if line := SHELL.search(cell["source"]):
            said.append(f"this line does nothing: {line[1].strip()[:MOST_LINE]}")
        if _asks(cell["source"]):
            said.append("nobody is there to answer input()")
    if foreign:
        said.append(
            f"only NumPy, Matplotlib, tqdm and the standard library are there: {', '.join(foreign)}"
        )
    return list(dict.fromkeys(said))


def _own_modules(folder: Path, sources: list[str]) -> list[str]:
    """Return what lies beside a notebook, is imported by its cells, and was not written by us.

    An instructor may have put it there, or the student, whose notebook alone is graded.
    """
    try:
        record = json.loads((folder / FOLDER / RECORD).read_text("utf-8"))
        known = {name.partition("/")[0] for name in record["files"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
    known |= {f"{name}.py" for name in written_modules(sources)}
    modules = dict.fromkeys(name.partition(".")[0] for name in imports_of(sources))
    files = [file for name in modules for file in (f"{name}.py", name)]
    return [file for file in files if file not in known and (folder / file).exists()]


def _cells_if_read(notebook: Path) -> list[dict[str, Any]]:
    try:
        return list(_cells(notebook))
    except TooLarge:
        return []


def _cells(notebook: Path) -> Iterator[dict[str, Any]]:
    """Yield the cells of a saved notebook, as far as it is one.

    Raises
    ------
    TooLarge
        If there is more than is read where it is graded.
    """
    try:
        with notebook.open("rb") as file:
            content = json.loads(read_cells(file))
        for cell in content["cells"]:
            source = cell["source"]
            yield {
                "id": cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", ""),
                "is_code": cell["cell_type"] == "code",
                "source": source if isinstance(source, str) else "".join(source),
            }
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return


def _defines(source: str, name: str) -> bool:
    pattern = rf"^(class|def)\s+{re.escape(name)}\b|^{re.escape(name)}\s*="
    return re.search(pattern, source, re.M) is not None


def _similar(name: str, namespace: Mapping[str, Any]) -> str:
    """Return what the notebook itself defines under almost the same name, if anything."""
    own = [
        key
        for key, value in namespace.items()
        if isinstance(value, type | FunctionType) and value.__module__ == namespace.get("__name__")
    ]
    by_lower = {key.lower(): key for key in own}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.75)
    return by_lower[found[0]] if found else ""


def _asks(source: str) -> bool:
    tree = tree_of(source)
    return tree is not None and any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "input"
        for node in ast.walk(tree)
    )
