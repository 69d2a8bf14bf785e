"""Notebooks of submissions: the tests of the engine make theirs from the solved one."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat

from autograder.building.assignments import release
from autograder.building.pages import Page

NAME = "03_backpropagation"
WRONG_NODES = """
class Add:
    def forward(self, x, y):
        return x + y
    def backward(self, dout):
        return dout, dout

class Multiply:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y
    def backward(self, dout):
        return dout * self.x, dout * self.y
"""
"""An answer to nodes whose products go back to the wrong sides."""


def edited(notebook: nbformat.NotebookNode, **answers: str) -> nbformat.NotebookNode:
    """Return a copy of a notebook with other answers to some tasks."""
    copy = nbformat.from_dict(notebook)
    cells = {cell.id: cell for cell in copy.cells}
    for task, source in answers.items():
        cells[f"{task}-answer"].source = source
    return copy


def unsolved(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook as it is handed out."""
    return release(notebook)


def hand_in(course: Path, student: str, notebook: Any, timestamp: str | None = None) -> Path:
    """Hand a notebook in to a class; return its file."""
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.ipynb"
    if isinstance(notebook, bytes):
        path.write_bytes(notebook)
    else:
        path.write_text(json.dumps(notebook), encoding="utf-8")
    if timestamp is not None:
        (folder / "timestamp.txt").write_text(f"{timestamp} UTC")
    return path


def no_pages(due: Collection[Page]) -> list[Page]:
    """Choose no page to be run: a workbook without figures is quick."""
    return []
