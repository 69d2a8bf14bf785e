"""The student's button: ``check("affine")`` in the notebook."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder.authoring import Assignment, AuthoringError, Task, load_assignment
from autograder.display import as_html, as_text, summary_html, summary_text
from autograder.draws import Draws
from autograder.frozen import FILENAME, Frozen, FrozenError, thaw
from autograder.implementation import Implementation
from autograder.judging import TaskReport, judge, run_check

FOLDER = "checks"
"""Where a release keeps its checks, beside the notebook."""


class CheckError(Exception):
    """A check cannot be made; one sentence says why and what to do."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython to show the sentence, not where it came from."""
        return [str(self)]


def check(task: str | None = None) -> None:
    """Check a task of this notebook's assignment, or all of them, and show what was found.

    Parameters
    ----------
    task : str, optional
        The task's name; without it, all tasks are checked and the points so far are shown.

    Raises
    ------
    CheckError
        If the assignment has no such task, or its folder of checks is missing or damaged.
    """
    namespace = sys._getframe(1).f_globals
    assignment, frozen = _released(Path.cwd() / FOLDER)
    if task is not None:
        try:
            asked = assignment.task(task)
        except KeyError as error:
            raise CheckError(error.args[0]) from None
        report = check_task(asked, frozen[task], namespace)
        _show(as_html(report), as_text(report))
        _tell_validator(report)
        return
    reports = _check_all(assignment, frozen, namespace)
    by_hand = sum(question.points for question in assignment.questions)
    _show(summary_html(reports, by_hand), summary_text(reports, by_hand))


def check_task(task: Task, frozen: Frozen, namespace: Mapping[str, Any]) -> TaskReport:
    """Check one task of a namespace against frozen inputs and results.

    Parameters
    ----------
    task : Task
        What is checked.
    frozen : Frozen
        The expectations that travel with the release.
    namespace : mapping
        The student's names.
    """
    results = {
        one.name: run_check(
            one, Implementation(namespace), Draws(recorded=frozen.expected[one.name].draws)
        )
        for one in task.checks
    }
    return judge(task, results, frozen.expected, frozen.hints)


def _check_all(
    assignment: Assignment, frozen: Mapping[str, Frozen], namespace: Mapping[str, Any]
) -> list[TaskReport]:
    from IPython.display import ProgressBar

    bar = ProgressBar(total=len(assignment.tasks))
    if sys.stdout.isatty() or "ipykernel" in sys.modules:
        bar.display()
    reports = []
    for done, task in enumerate(assignment.tasks, start=1):
        reports.append(check_task(task, frozen[task.name], namespace))
        if "ipykernel" in sys.modules:
            bar.progress = done
    return reports


def _released(folder: Path) -> tuple[Assignment, dict[str, Frozen]]:
    if not folder.is_dir():
        raise CheckError(
            f"There is no folder {FOLDER!r} beside this notebook (looked in {folder.parent}): "
            "open the notebook inside the assignment's own folder."
        )
    stamp = (folder / FILENAME).stat().st_mtime_ns if (folder / FILENAME).exists() else 0
    try:
        return _load(folder, stamp)
    except (FrozenError, AuthoringError) as error:
        raise CheckError(str(error)) from None


@lru_cache(maxsize=4)
def _load(folder: Path, stamp: int) -> tuple[Assignment, dict[str, Frozen]]:
    assignment = load_assignment(folder.parent.name, folder, misconceptions=False)
    frozen = thaw(folder / FILENAME)
    for task in assignment.tasks:
        if (
            task.name not in frozen
            or {c.name for c in task.checks} - frozen[task.name].expected.keys()
        ):
            raise FrozenError(
                f"The files in {folder} do not belong together: unpack the whole assignment folder "
                "again."
            )
    return assignment, frozen


def _tell_validator(report: TaskReport) -> None:
    """Raise where nbgrader's "Validate" runs the notebook: it only hears of what is raised."""
    if os.environ.get("NBGRADER_EXECUTION") == "validate" and report.points < report.max_points:
        raise CheckError(f"{report.title}: not all checks are passed yet.")


def _show(html: str, text: str) -> None:
    from IPython import get_ipython

    if get_ipython() is None:
        print(text)
        return
    from IPython.display import display

    display({"text/html": html, "text/plain": text}, raw=True)
