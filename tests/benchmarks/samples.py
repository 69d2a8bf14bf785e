"""Right and wrong answers to an assignment: what the benchmarks have graded."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat

from autograder.building.assignments import build_source, load
from autograder.building.chapters import reference_of
from autograder.building.stubs import BEGIN, END
from autograder.commands.demo import ASSIGNMENT, sample_submissions

sys.path.append(str(Path(__file__).parents[1] / "assignments"))

from disguises import cell_with
from gate import alternatives, slips

RIGHT, WRONG = "right", "wrong"
DEMO = {RIGHT: ("lea", "ada"), WRONG: ("ben", "chen", "dora")}
"""The demo's samples: the reference's code and another style; a few wrong tasks each."""
MOST_WRONG, WRONG_TASKS = 3, 2
"""As many wrong ones are made of other assignments, with so many wrong tasks each."""

Answers = Mapping[str, str]


def answers(assignment: str) -> dict[str, list[nbformat.NotebookNode]]:
    """Return right and wrong answers to an assignment, none of them hostile, by kind.

    Those to another assignment than the demo's are made of what its gate tries: right answers in
    other styles, and typical slips.
    """
    if assignment == ASSIGNMENT:
        samples = sample_submissions(hostile=False)
        return {kind: [samples[name] for name in names] for kind, names in DEMO.items()}
    solved = build_source(load(assignment))
    styled = _in_other_styles(assignment, solved)
    wrong = list(_with_slips(assignment, solved).items())
    apart = [wrong[n :: max(1, len(wrong) // WRONG_TASKS)] for n in range(MOST_WRONG)]
    return {
        RIGHT: [solved, *([_with(solved, styled)] if styled else [])],
        WRONG: [_with(solved, dict(some[:WRONG_TASKS])) for some in apart if some],
    }


def _with(solved: nbformat.NotebookNode, written: Answers) -> nbformat.NotebookNode:
    """Return the notebook with other answers to some tasks."""
    notebook = nbformat.from_dict(solved)
    for task, cell in answer_cells(notebook):
        cell.source = written.get(task, cell.source)
    return notebook


def answer_cells(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, Any]]:
    """Yield the cells in which a student writes code, with the names of their tasks."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.id.endswith("-answer"):
            yield cell.id.removesuffix("-answer"), cell


def _in_other_styles(assignment: str, solved: nbformat.NotebookNode) -> Answers:
    """Return for each task the first answer in another style that can stand in the notebook.

    It must bring all that it uses, under names that are free, and fit where the text uses it: as
    the layer of a network, for example.
    """
    reference, others = reference_of(assignment), alternatives(assignment)
    code = [ast.parse(cell.source) for cell in solved.cells if cell.cell_type == "code"]
    known = set(dir(builtins)).union(*map(_bound, code))
    found: dict[str, str] = {}
    for task, cell in answer_cells(solved):
        written = _without_marks(cell.source)
        for other in (one for one in others[task] if _fits(one, reference)):
            source = cell_with(written, other)
            tree = ast.parse(source)
            brought = _defined(tree) - _defined(ast.parse(written))
            if _loaded(tree) <= known | _bound(tree) and not brought & known:
                known |= brought
                found[task] = source
                break
    return found


def _fits(other: Mapping[str, Any], reference: Mapping[str, Any]) -> bool:
    """Return whether classes derive from what the reference's derive from, and not from these."""
    return all(
        issubclass(own, reference[name].__mro__[1]) and not issubclass(own, reference[name])
        for name, own in other.items()
        if isinstance(own, type)
    )


def _without_marks(source: str) -> str:
    return source.replace(BEGIN, "").replace(END, "")


def _with_slips(assignment: str, solved: nbformat.NotebookNode) -> Answers:
    """Return for each task the reference's answer with its first slip that lies in that cell."""
    listed, found = slips(assignment), {}
    for task, cell in answer_cells(solved):
        for old, new, _ in listed[task]:
            if task not in found and old in cell.source:
                found[task] = cell.source.replace(old, new)
    return found


def _defined(tree: ast.Module) -> set[str]:
    """Return the functions and classes that a piece of code defines for all that follows."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in tree.body if isinstance(node, kinds)}


def _loaded(tree: ast.AST) -> set[str]:
    """Return the names that a piece of code uses."""
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, ast.Load)}


def _bound(tree: ast.AST) -> set[str]:
    """Return the names that a piece of code defines, imports or assigns, wherever in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
    return found
