"""Where the course's parts lie, and in which order they come.

A chapter bears one name everywhere: ``course/03_backpropagation.md``,
``assignments/03_backpropagation/``, ``solutions/backpropagation.py``.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COURSE, ASSIGNMENTS, SOLUTIONS = ROOT / "course", ROOT / "assignments", ROOT / "solutions"


class ChapterError(Exception):
    """There is no such chapter; one sentence says which there are."""


def topic_of(name: str) -> str:
    """Return a chapter's topic: ``backpropagation`` for ``03_backpropagation``."""
    return name.split("_", 1)[1]


def chapter_order() -> tuple[str, ...]:
    """Return the topics of all chapters in their order."""
    return tuple(importlib.import_module("solutions").CHAPTERS)


def reference_of(name: str) -> Mapping[str, Any]:
    """Return the names of a chapter's reference implementation."""
    return vars(importlib.import_module(f"solutions.{topic_of(name)}"))


def earlier_modules(name: str) -> list[str]:
    """Return the reference modules that the students of a chapter may see.

    These are the modules of earlier chapters, and those that belong to none.
    """
    order = chapter_order()
    hidden = set(order[order.index(topic_of(name)) :])
    present = sorted(path.stem for path in SOLUTIONS.glob("*.py"))
    return [module for module in present if module not in hidden and module != "__init__"]


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
