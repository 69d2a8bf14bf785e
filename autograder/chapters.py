"""Where the course's parts lie, and in which order they come.

A chapter bears one name everywhere: ``course/03_backpropagation.md``,
``assignments/03_backpropagation/``, ``solutions/backpropagation.py``.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COURSE, ASSIGNMENTS, SOLUTIONS = ROOT / "course", ROOT / "assignments", ROOT / "solutions"


class ChapterError(Exception):
    """There is no such chapter; one sentence says which there are."""


def topic_of(name: str) -> str:
    """Return a chapter's topic: ``backpropagation`` for ``03_backpropagation``."""
    return name.split("_", 1)[1]


def chapters_of_modules() -> Mapping[str, int]:
    """Return the number of the chapter that each reference module belongs to."""
    modules: dict[str, int] = importlib.import_module("solutions").MODULES
    return modules


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
            names |= vars(importlib.import_module(f"solutions.{module}"))
        return names
    for module in own_modules(name):
        names["__name__"] = f"solutions.{module}"
        exec(_code_of(module), names)
    names |= replaced
    return names


@cache
def _code_of(module: str) -> CodeType:
    path = SOLUTIONS / f"{module}.py"
    return compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True)


def own_modules(name: str) -> list[str]:
    """Return the reference modules that belong to a chapter."""
    chapter_of = chapters_of_modules()
    return sorted(
        module
        for module, chapter in chapter_of.items()
        if chapter == chapter_of[topic_of(name)] and (SOLUTIONS / f"{module}.py").is_file()
    )


def earlier_modules(name: str) -> list[str]:
    """Return the reference modules that the students of a chapter may see.

    These are the modules of earlier chapters, and those that are there from the start.
    """
    chapter_of = chapters_of_modules()
    return sorted(
        module
        for module, chapter in chapter_of.items()
        if chapter < chapter_of[topic_of(name)] and (SOLUTIONS / f"{module}.py").is_file()
    )


def assignment_names() -> list[str]:
    """Return the names of all assignments, in order."""
    return sorted(path.parent.name for path in ASSIGNMENTS.glob("*/text.md"))


def chapter_names() -> list[str]:
    """Return the names of all chapters that can be read, in order."""
    return sorted(path.stem for path in COURSE.glob("[0-9]*_*.md"))


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
