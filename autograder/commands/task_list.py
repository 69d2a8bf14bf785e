"""What there is to do: the tasks of an assignment, as data."""

from __future__ import annotations

from typing import Any

from autograder.building.assignments import build_source, load, release


def list_tasks(name: str) -> list[dict[str, Any]]:
    """Return the tasks and questions of an assignment, in the order of its text.

    Parameters
    ----------
    name : str
        The assignment.

    Returns
    -------
    tasks : list of dict
        Each with ``assignment``, ``name``, ``title``, ``points``, ``minutes``, ``names`` that the
        student defines, the ``stub`` that the student gets, and the ``checks`` with their weights.
        A question that is graded by hand has no names and no checks.
    """
    assignment = load(name)
    cells = {cell.id: cell for cell in release(build_source(assignment)).cells}
    tasks = [
        {
            "assignment": name,
            "name": task.name,
            "title": task.title,
            "points": task.points,
            "minutes": task.minutes,
            "names": list(task.needs),
            "stub": cells[f"{task.name}-answer"].source,
            "checks": [
                {"name": check.name, "title": check.title, "weight": check.weight}
                for check in task.checks
            ],
        }
        for task in assignment.tasks
    ]
    questions = [
        {
            "assignment": name,
            "name": question.name,
            "title": question.title,
            "points": question.points,
            "minutes": 0,
            "names": [],
            "stub": cells[question.name].source,
            "checks": [],
        }
        for question in assignment.questions
    ]
    order = list(cells)
    return sorted(tasks + questions, key=lambda task: order.index(str(task["name"])))
