"""Where the course's parts lie, and in which order they come.

A chapter bears one name everywhere: ``course/03_backpropagation/``, a folder of pages,
``assignments/03_backpropagation/``, ``solutions/backpropagation/``.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COURSE, ASSIGNMENTS, SOLUTIONS = ROOT / "course", ROOT / "assignments", ROOT / "solutions"


class ChapterError(Exception):
    """There is no such chapter; one sentence says which there are."""


def topic_of(name: str) -> str:
    """Return a chapter's topic: ``backpropagation`` for ``03_backpropagation``."""
    return name.split("_", 1)[1]


def chapter_order() -> tuple[str, ...]:
    """Return the topics of all chapters of the reference, in the order in which they are taught."""
    order: tuple[str, ...] = importlib.import_module("solutions").CHAPTERS
    return order


def reference_of(name: str, replaced: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """Return the names of a chapter's reference implementation, in all of its modules.

    Parameters
    ----------
    name : str
        The chapter.
    replaced : mapping, optional
        What stands in the place of some of the names. The rest of the reference then uses it too,
        as the rest of a student's notebook uses what the student has written.
    """
    names: dict[str, Any] = {}
    if not replaced:
        for module in own_modules(name):
            names |= vars(importlib.import_module(module))
        return names
    names["__name__"] = f"solutions.{topic_of(name)}"
    exec(_code_of(name), names)
    names |= replaced
    return names


@cache
def _code_of(name: str) -> CodeType:
    return compile(reference_source(name), f"solutions.{topic_of(name)}", "exec", dont_inherit=True)


@cache
def reference_source(name: str) -> str:
    """Return the source of a chapter's reference as one program, as it stands in a notebook.

    A module stands behind those of the chapter that it imports. These imports are left out, and
    what a module does with its definitions once they are made.
    """
    chapter = f"solutions.{topic_of(name)}."
    sources: dict[str, str] = {}
    needs: dict[str, set[str]] = {}
    for module in own_modules(name):
        path = SOLUTIONS / topic_of(name) / f"{module.removeprefix(chapter)}.py"
        lines = path.read_text(encoding="utf-8").splitlines()
        needs[module] = set()
        for node in ast.parse("\n".join(lines)).body:
            imported = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
            if imported.startswith(chapter):
                needs[module].add(imported)
            if isinstance(node, ast.Expr) or imported.startswith(("__future__", chapter)):
                lines[node.lineno - 1 : node.end_lineno] = [""] * _height(node)
        sources[module] = "\n".join(lines)
    order = TopologicalSorter(needs).static_order()
    return "\n".join(["from __future__ import annotations", *(sources[module] for module in order)])


def _height(node: ast.stmt) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def own_modules(name: str) -> list[str]:
    """Return the full names of the reference modules that belong to a chapter."""
    topic = topic_of(name)
    paths = (SOLUTIONS / topic).glob("[!_]*.py")
    return sorted(f"solutions.{topic}.{path.stem}" for path in paths)


def earlier_parts(name: str) -> list[str]:
    """Return what of the reference the students of a chapter may see: files, and whole folders.

    These are the earlier chapters, and what is no chapter.
    """
    order = chapter_order()
    later = order[order.index(topic_of(name)) :]
    paths = [path for path in SOLUTIONS.iterdir() if path.suffix == ".py" or _is_package(path)]
    return sorted(path.name for path in paths if path.name not in later)


def _is_package(path: Path) -> bool:
    return (path / "__init__.py").is_file()


def assignment_names() -> list[str]:
    """Return the names of all assignments, in order."""
    return sorted(path.parent.name for path in ASSIGNMENTS.glob("*/text.md"))


def chapter_names() -> list[str]:
    """Return the names of all chapters that can be read, in order."""
    return sorted({path.parent.name for path in COURSE.glob("[0-9]*_*/[0-9]*_*.md")})


def page_names(chapter: str) -> list[str]:
    """Return the names of a chapter's pages, in order: ``1_graphs`` and so on."""
    stems = (path.stem for path in (COURSE / chapter).glob("[0-9]*_*.md"))
    return sorted(stems, key=lambda stem: int(stem.partition("_")[0]))


def find_assignment(given: str) -> str:
    """Return an assignment's name from its number or name: "3", "03", or all of it.

    Raises
    ------
    ChapterError
        If there is none.
    """
    for name in assignment_names():
        number, _, topic = name.partition("_")
        if given in (name, topic) or (given.isdecimal() and int(given) == int(number)):
            return name
    raise ChapterError(
        f"There is no assignment {given!r}; there are {', '.join(assignment_names())}."
    )
