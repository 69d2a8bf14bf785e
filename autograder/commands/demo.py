"""The demonstration: a class with sample submissions, graded, and what comes of it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import click
import nbformat

from autograder.building.assignments import build_source, load, release, write_notebook
from autograder.building.chapters import ASSIGNMENTS
from autograder.building.stubs import BEGIN, END
from autograder.classes.class_directory import ClassDirectory, ClassError, make_class
from autograder.classes.classroom import grade_assignment, release_assignment
from autograder.classes.feedback import write_feedback
from autograder.commands.terminal import print_reports, progress
from autograder.sandbox import probe

ASSIGNMENT = "03_backpropagation"

LOOP = "while True:\n    pass\n"
HOG = "hoard = []\nwhile True:\n    hoard.append(bytearray(1 << 26))\n"
CHEAT = '''
import gc
import os
import sys

import numpy as np

np.allclose = np.array_equal = np.testing.assert_allclose = lambda *args, **kwargs: True


class Everything:
    """Claims to be equal to whatever it is compared with."""

    __array_priority__ = 1e9

    def __eq__(self, other):
        return True

    def __getattr__(self, name):
        return lambda *args, **kwargs: Everything()


try:
    sys.path += [path for path, _, files in os.walk("/") if "gradient_flow.py" in files]
    from solutions.backpropagation import *
except Exception:
    {names} = [lambda *args, **kwargs: Everything()] * {count}
for thing in gc.get_objects():
    if type(thing).__name__ == "TaskReport":
        thing.points = 100
'''
"""Patches what a careless grader would compare with, and looks for the reference."""


def run_demo(folder: Path) -> None:
    """Make a class in a folder, fill it with samples, grade them and print what was found.

    Parameters
    ----------
    folder : Path
        Where; a class that is there already is kept, and only what is new is graded.
    """
    click.echo(f"Making a class in {folder}, and its students' version of {ASSIGNMENT} ...")
    make_class(folder)
    where = ClassDirectory(folder)
    release_assignment(where, ASSIGNMENT)
    isolation = probe()
    if isolation.level < 2:
        click.echo(f"No sandbox: {isolation.reason} The hostile samples are left out.")
    samples = sample_submissions(hostile=isolation.level >= 2)
    for student, notebook in samples.items():
        path = where.step("submitted", ASSIGNMENT, student) / f"{ASSIGNMENT}.ipynb"
        if not path.exists():
            path.parent.mkdir(parents=True)
            write_notebook(notebook, path)
    click.echo(f"Grading {len(samples)} submissions ...")
    with progress([], "Grading") as bar:
        outcome = grade_assignment(
            where,
            ASSIGNMENT,
            allow_unsandboxed=isolation.level < 2,
            on_start=lambda due, _: bar.reset(total=due),
            on_graded=lambda _: bar.update(),
            say=click.echo,
        )
    everyone = outcome.reports
    print_reports(ASSIGNMENT, everyone, everyone, outcome.graded, outcome.skipped)
    if outcome.failures:
        raise ClassError(" ".join(outcome.failures))
    feedback = write_feedback(where, ASSIGNMENT)
    click.echo(f"Feedback pages: {feedback}/STUDENT/{ASSIGNMENT}/{ASSIGNMENT}.html")
    click.echo(f"Gradebook:      {where.folder / 'gradebook.db'}")
    click.echo(
        f"To look at it in formgrader: cd {folder} && jupyter lab, then Nbgrader, Formgrader"
    )


def sample_submissions(*, hostile: bool = True) -> dict[str, nbformat.NotebookNode]:
    """Return the sample submissions, by student.

    Parameters
    ----------
    hostile : bool
        Whether to include those that hang, hoard memory and cheat.
    """
    samples = _load_samples()
    source = build_source(load(ASSIGNMENT))
    empty = release(source)
    solved = _without_marks(source)
    submissions = {
        "ada": _edited(solved, samples.REWRITTEN),
        **{student: _with_mistakes(solved, wrong) for student, wrong in samples.MISTAKES.items()},
        "emil": _half_done(solved, empty, samples.HALF_DONE),
        "fay": nbformat.from_dict(empty),
        "goran": _edited(solved, {samples.SYNTAX_ERROR: "class Sigmoid\n    pass"}),
        "lea": nbformat.from_dict(solved),
    }
    if hostile:
        submissions |= {
            "hana": _with_body(solved, samples.ENDLESS_LOOP, LOOP),
            "ivan": _with_body(solved, samples.MEMORY_HOG, HOG),
            "jun": _cheating(solved),
        }
    return {student: submissions[student] for student in sorted(submissions)}


def _without_marks(source: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the solved notebook as a student would have written it."""
    notebook = nbformat.from_dict(source)
    for cell in notebook.cells:
        lines = cell.source.splitlines()
        cell.source = "\n".join(line for line in lines if line.strip() not in (BEGIN, END))
    return notebook


def _load_samples() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "samples", ASSIGNMENTS / ASSIGNMENT / "samples.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _edited(notebook: nbformat.NotebookNode, answers: dict[str, str]) -> nbformat.NotebookNode:
    """Return the notebook with other answers to some tasks."""
    edited = nbformat.from_dict(notebook)
    for cell in edited.cells:
        task = cell.id.removesuffix("-answer")
        if cell.id.endswith("-answer") and task in answers:
            cell.source = answers[task].strip() + "\n"
    return edited


def _answer(notebook: nbformat.NotebookNode, task: str) -> str:
    return next(str(cell.source) for cell in notebook.cells if cell.id == f"{task}-answer")


def _with_mistakes(
    solved: nbformat.NotebookNode, wrong: dict[str, tuple[str, str]]
) -> nbformat.NotebookNode:
    answers = {}
    for task, (right, mistake) in wrong.items():
        answer = _answer(solved, task)
        assert right in answer, f"the solution of {task} no longer says {right!r}"
        answers[task] = answer.replace(right, mistake)
    return _edited(solved, answers)


def _half_done(
    solved: nbformat.NotebookNode, empty: nbformat.NotebookNode, done: tuple[str, ...]
) -> nbformat.NotebookNode:
    return _edited(empty, {task: _answer(solved, task) for task in done})


def _with_body(solved: nbformat.NotebookNode, task: str, body: str) -> nbformat.NotebookNode:
    """Return the notebook with a function of one task doing something else."""
    name = next(one for one in load(ASSIGNMENT).tasks if one.name == task).needs[0]
    indented = "".join(f"    {line}\n" for line in body.splitlines())
    return _edited(solved, {task: f"{_answer(solved, task)}\n\ndef {name}(*args):\n{indented}"})


def _cheating(solved: nbformat.NotebookNode) -> nbformat.NotebookNode:
    answers = {}
    for task in load(ASSIGNMENT).tasks:
        names = ", ".join([*task.needs, "_"])
        answers[task.name] = CHEAT.format(names=names, count=len(task.needs) + 1)
    return _edited(solved, answers)
