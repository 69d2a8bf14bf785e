"""Feedback pages: nbgrader's own, on all cores, and only those of which something has changed."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Any

from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateFeedback
from nbgrader.utils import capture_log

from autograder.classes.class_directory import ClassDirectory, ClassError, last_line
from autograder.classes.marks import bears, marks_of
from autograder.grading.batch import available_cores

CHUNK = 8
"""So many pages are made one after the other: what they share is set up once for them."""


def write_feedback(
    where: ClassDirectory,
    name: str,
    *,
    students: Collection[str] = (),
    force: bool = False,
    workers: int | None = None,
    on_start: Callable[[int], object] = lambda due: None,
    on_pages: Callable[[int], object] = lambda written: None,
) -> Path:
    """Write the students' feedback pages of which something has changed.

    Parameters
    ----------
    where, name : ClassDirectory, str
        The class and the assignment.
    students : collection of str
        Whose pages; all by default.
    force : bool
        Whether to write them anew whether or not something has changed.
    workers : int, optional
        How many processes; as many as there are cores by default.
    on_start, on_pages : function
        Called with how many pages are due; then with how many more have been made.

    Returns
    -------
    folder : Path
        Where they lie.

    Raises
    ------
    ClassError, GradebookError
        If nothing has been graded, the gradebook cannot be read, or nbgrader refuses.
    """
    marks = {
        student: mark
        for student, mark in marks_of(where, name).items()
        if not students or student in students
    }
    if not marks:
        whose = f" of {', '.join(students)}" if students else ""
        raise ClassError(f"There is no feedback to write: no {name}{whose} has been graded.")

    def lacking() -> dict[str, str]:
        return {
            student: mark
            for student, mark in marks.items()
            if not bears(where.step("feedback", name, student) / f"{name}.html", mark)
        }

    due = marks if force else lacking()
    on_start(len(due))
    reasons = []
    for written, reason in _written(where, name, due, workers or available_cores()):
        reasons += [reason] if reason else []
        on_pages(written)
    if reasons:
        students = ", ".join(lacking())
        raise ClassError(f"nbgrader could not write the feedback of {students}: {reasons[0]}")
    return where.folder / "feedback"


def _written(
    where: ClassDirectory, name: str, marks: Mapping[str, str], workers: int
) -> Iterator[tuple[int, str]]:
    """Let nbgrader write pages; yield how many it has come to, and what it says if one fails."""
    items = list(marks.items())
    chunks = [dict(items[at : at + CHUNK]) for at in range(0, len(items), CHUNK)]
    write = partial(_write, where.folder, name)
    if min(workers, len(chunks)) < 2:
        yield from map(write, chunks)
        return
    made = 0
    pool_of = partial(ProcessPoolExecutor, initializer=_leave_signals_alone)
    if threading.active_count() > 1:  # as a cluster leaves some: not to be forked with them
        pool_of = partial(pool_of, mp_context=multiprocessing.get_context("spawn"))
    try:
        with pool_of(workers) as pool:
            for outcome in pool.map(write, chunks):
                yield outcome
                made += 1
    except BrokenProcessPool:
        # One of the processes has died. Whose page it was is seen when each is made alone.
        for student, mark in items[made * CHUNK :]:
            try:
                with pool_of(1) as pool:
                    yield pool.submit(write, {student: mark}).result()
            except BrokenProcessPool:
                yield 1, "the process that made the page was ended"


def _leave_signals_alone() -> None:
    """Leave it to the process that waits for this one to end both."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _write(folder: Path, name: str, marks: Mapping[str, str]) -> tuple[int, str]:
    where = ClassDirectory(folder)
    where.coursedir.assignment_id = name
    result = capture_log(_Pages(where, marks))
    return len(marks), "" if result["success"] else last_line(result)


class _Pages(GenerateFeedback):  # type: ignore[misc]
    """nbgrader's converter, for some of the students, whose pages get a mark."""

    def __init__(self, where: ClassDirectory, marks: Mapping[str, str]) -> None:
        api = NbGraderAPI(coursedir=where.coursedir, config=where.config)
        super().__init__(coursedir=where.coursedir, parent=api)
        self.marks = marks
        self.force = True

    def init_notebooks(self) -> None:
        """Choose the notebooks, where nbgrader would take those of a pattern."""
        name = self.coursedir.assignment_id
        folders = [self._format_source(name, student) for student in self.marks]
        self.assignments = {folder: [f"{folder}/{name}.ipynb"] for folder in folders}

    def write_single_notebook(self, output: str, resources: Any) -> None:
        """Write a page, and its mark at the end."""
        mark = self.marks[resources["nbgrader"]["student"]]
        super().write_single_notebook(f"{output}\n{mark}", resources)
