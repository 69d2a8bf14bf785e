"""Answers that are right for the inputs that travel with the notebook, and for no others."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from autograder.authoring.tasks import Task
from autograder.judging.results import Result
from autograder.judging.verdicts import CheckReport, TaskReport

NAME = "only_the_visible_inputs"
HINT = "This is right for the inputs that travel with the notebook, and wrong for others."


def unexplained(task: Task, report: TaskReport, results: Mapping[str, Result]) -> set[str]:
    """Return the checks that gave a wrong value for which no mistake is known.

    A number that is held to a bound may be right for some inputs by chance: it says nothing. And
    what raised, or had to be stopped, would do so again.
    """
    if any(result.raised or result.stopped for result in results.values()):
        return set()
    compared = {check.name for check in task.checks if not check.is_bounded}
    return {
        check.name
        for check in report.checks
        if not check.passed and check.misconception is None and check.name in compared
    }


def with_visible_named(report: TaskReport, unexplained: set[str]) -> TaskReport:
    """Name the mistake of a task where all that failed passes on the inputs that all can see."""

    def named(check: CheckReport) -> CheckReport:
        is_meant = check.name in unexplained
        return dataclasses.replace(check, misconception=NAME, hint=HINT) if is_meant else check

    return dataclasses.replace(report, checks=tuple(map(named, report.checks)))
