"""Notebooks of submissions: the tests of the engine make theirs from the solved one."""

from __future__ import annotations

import nbformat

from autograder.building import release

NAME = "03_backpropagation"


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
