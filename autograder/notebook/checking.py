"""The student's button: ``check("affine")`` in the notebook."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder.authoring.draws import Draws
from autograder.authoring.implementation import Implementation, Stopped
from autograder.authoring.sources import Rules
from autograder.authoring.tasks import Assignment, AuthoringError, Task, load_assignment
from autograder.judging.frozen import FILENAME, Frozen, FrozenError, thaw
from autograder.judging.results import Result, run_check
from autograder.judging.verdicts import TaskReport, judge
from autograder.notebook.display import as_html, as_text, summary_html, summary_text
from autograder.notebook.home import FOLDER
from autograder.notebook.patience import said_when_slow, time_limit
from autograder.notebook.progress import keep_scores
from autograder.notebook.saved import refused_where_graded, why_undefined
from autograder.notebook.screen import Screen


class CheckError(Exception):
    """A check cannot be made; one sentence says why and what to do."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython to show the sentence, not where it came from."""
        return [str(self)]


def check(*tasks: str | int) -> None:
    """Check tasks of this notebook's assignment, and show what was found.

    Parameters
    ----------
    *tasks : str or int
        Their names, or their numbers as in the headings; without any, all tasks are checked and the
        points so far are shown.

    Raises
    ------
    CheckError
        If the assignment has no such task, its folder of checks is missing or damaged, or the
        check was interrupted.
    """
    namespace = sys._getframe(1).f_globals
    assignment, frozen = _released(Path.cwd() / FOLDER)
    screen = Screen()
    try:
        if tasks:
            for asked in [_task(assignment, one) for one in tasks]:
                report = _check_one(asked, frozen[asked.name], namespace, screen)
                keep_scores(assignment.name, [report])
                _tell_validator(report)
        else:
            keep_scores(assignment.name, _check_all(assignment, frozen, namespace, screen))
    except KeyboardInterrupt:
        raise CheckError("The check was interrupted before it was done.") from None
    for sentence in _not_graded_here(assignment.name):
        screen.say(f"Where this notebook is graded, {sentence}.")


def _task(assignment: Assignment, asked: str | int) -> Task:
    """Return the task of this name or number."""
    try:
        if isinstance(asked, str):
            return assignment.task(asked)
        if 1 <= asked <= len(assignment.tasks):
            return assignment.tasks[asked - 1]
    except KeyError as error:
        raise CheckError(error.args[0]) from None
    except TypeError:
        raise CheckError("check takes the names of tasks, in quotation marks.") from None
    last = len(assignment.tasks)
    raise CheckError(f"There is no task {asked} in {assignment.name}: they are 1 to {last}.")


def check_task(
    task: Task,
    frozen: Frozen,
    namespace: Mapping[str, Any],
    begin: Callable[[str], None] = lambda title: None,
) -> TaskReport:
    """Check one task of a namespace against frozen inputs and results.

    Parameters
    ----------
    task : Task
        What is checked.
    frozen : Frozen
        The expectations that travel with the release.
    namespace : mapping
        The student's names.
    begin : function
        Called with the title of each check before it runs.
    """
    notebook = Path.cwd() / f"{Path.cwd().name}.ipynb"
    results: dict[str, Result] = {}
    stopped = ""
    for one in task.checks:
        if stopped:
            results[one.name] = Result(detail=f"not reached: {stopped}", stopped=True)
            continue
        begin(one.title)
        try:
            with time_limit(task.seconds):
                results[one.name] = run_check(
                    one,
                    Implementation(namespace),
                    Draws(recorded=frozen.expected[one.name].draws),
                    why_undefined=lambda name: why_undefined(name, task.name, namespace, notebook),
                )
        except Stopped as reason:
            stopped = str(reason)
            results[one.name] = Result(detail=stopped, stopped=True)
    return judge(task, results, frozen.expected, frozen.hints)


def _check_one(
    task: Task, frozen: Frozen, namespace: Mapping[str, Any], screen: Screen
) -> TaskReport:
    with screen.printed_once() as printed, said_when_slow(screen.wait, len(task.checks)) as begin:
        report = check_task(task, frozen, namespace, begin)
    screen.show(as_html(report), as_text(report))
    screen.show_printed(printed)
    return report


def _check_all(
    assignment: Assignment,
    frozen: Mapping[str, Frozen],
    namespace: Mapping[str, Any],
    screen: Screen,
) -> list[TaskReport]:
    reports = []
    total = len(assignment.tasks)
    with screen.printed_once(), said_when_slow(screen.wait, total) as begin:
        for task in assignment.tasks:
            begin(task.title)
            reports.append(check_task(task, frozen[task.name], namespace))
    by_hand = sum(question.points for question in assignment.questions)
    screen.show(summary_html(reports, by_hand), summary_text(reports, by_hand))
    return reports


def _not_graded_here(name: str) -> list[str]:
    """Return what the saved notebook holds that grading will refuse; each is said once."""
    folder = Path.cwd()
    found = refused_where_graded(folder / f"{name}.ipynb", Rules.of(folder))
    fresh = [sentence for sentence in found if sentence not in _SAID]
    _SAID.extend(fresh)
    return fresh


_SAID: list[str] = []
"""What has been said of the notebook since its kernel was started."""


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
    assignment = load_assignment(folder.parent.name, folder)
    frozen = thaw(folder / FILENAME)
    place = {name: number for number, name in enumerate(frozen)}  # the order of the text
    tasks = sorted(assignment.tasks, key=lambda task: place.get(task.name, len(place)))
    assignment = dataclasses.replace(assignment, tasks=tuple(tasks))
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
