"""Right and wrong answers to an assignment: what the benchmarks have graded."""

from __future__ import annotations

import nbformat

from autograder.building.assignments import build_source, load, release
from autograder.commands.demo import ASSIGNMENT, sample_submissions

RIGHT, WRONG = "right", "wrong"
DEMO = {RIGHT: ("lea", "ada"), WRONG: ("ben", "chen", "dora")}
"""The demo's samples: the reference's code and another style; a few wrong tasks each."""


def answers(assignment: str) -> dict[str, list[nbformat.NotebookNode]]:
    """Return right and wrong answers to an assignment, none of them hostile, by kind."""
    if assignment == ASSIGNMENT:
        samples = sample_submissions(hostile=False)
        return {kind: [samples[name] for name in names] for kind, names in DEMO.items()}
    solved = build_source(load(assignment))
    empty = {cell.id: cell.source for cell in release(solved).cells}
    asked = [cell.id for cell in solved.cells if cell.id.endswith("-answer")]
    return {RIGHT: [solved], WRONG: [_without(solved, one, empty[one]) for one in asked[-2:]]}


def _without(solved: nbformat.NotebookNode, answer: str, stub: str) -> nbformat.NotebookNode:
    """Return the notebook with one answer left out."""
    notebook = nbformat.from_dict(solved)
    next(cell for cell in notebook.cells if cell.id == answer).source = stub
    return notebook
