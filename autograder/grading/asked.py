"""What an instructor's notebook gives points for: what checks grade, and what people do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import nbformat
from nbgrader.utils import is_grade, is_solution, is_task

from autograder.authoring.tasks import Assignment
from autograder.building.cells import checked_task

BY_HAND = "not graded by itself: its points are given by hand"


@dataclass(frozen=True)
class Asked:
    """The cells of a notebook that have points, by name, with the points.

    Attributes
    ----------
    checked : mapping
        Cells that do nothing but check a task of the assignment: its checks grade them.
    by_hand : mapping
        All others. Nobody runs them where the submission runs: a test of the instructor's own
        would there be read, or pass by a patch. So people give these points.
    tests : tuple of str
        Those of `by_hand` that are written to be run: the instructor may think that they are.
    """

    checked: Mapping[str, float]
    by_hand: Mapping[str, float]
    tests: tuple[str, ...]

    @property
    def remark(self) -> str:
        """A sentence on the tests that nobody runs; empty if there are none."""
        if not self.tests:
            return ""
        which = ", ".join(f"{name!r} ({self.by_hand[name]:g} points)" for name in self.tests)
        return (
            f"Not graded by themselves, as they are no checks of the course: {which}. Give these "
            "points by hand, in formgrader."
        )


def asked_in(notebook: nbformat.NotebookNode, assignment: Assignment) -> Asked:
    """Return what a notebook gives points for."""
    tasks = {task.name for task in assignment.tasks}
    checked, by_hand, tests = {}, {}, []
    for cell in notebook.cells:
        if not (is_grade(cell) or is_task(cell)):
            continue
        name, points = cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points)
        is_test = is_grade(cell) and not is_solution(cell) and cell.cell_type == "code"
        if is_test and name in tasks and checked_task(cell.source) == name:
            checked[name] = points
            continue
        by_hand[name] = points
        if is_test:
            tests.append(name)
    return Asked(checked, by_hand, tuple(tests))
