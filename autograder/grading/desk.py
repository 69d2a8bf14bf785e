"""The desk at which the tasks of one submission are graded: asked, compared, asked again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice

import nbformat

from autograder.authoring.implementation import ImplementationError, Stopped
from autograder.authoring.tasks import Check, Task
from autograder.grading.causes import Causes
from autograder.grading.examiner import Examiner
from autograder.grading.lending import Lender
from autograder.inside.wire import WireError
from autograder.judging.expectations import Expected
from autograder.judging.faults import fault_of
from autograder.judging.memory import limited
from autograder.judging.results import Result
from autograder.judging.verdicts import TaskReport, with_names_of
from autograder.judging.visible import unexplained, with_visible_named
from autograder.sandbox.session import Session

Lent = Callable[[], AbstractContextManager[None]]
"""Returns what lends something to the submission for a check."""


@dataclass(frozen=True)
class Graded:
    """The verdict on a task, and what the submission returned, by check.

    Attributes
    ----------
    with_loan : mapping
        What failed checks returned with earlier tasks right, where that made nothing better: what
        is wrong with this task alone.
    """

    report: TaskReport
    results: Mapping[str, Result]
    with_loan: Mapping[str, Result] = field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """Where the tasks of one submission are graded.

    Attributes
    ----------
    kept : mapping of str to TaskReport
        Verdicts that stand, by task: those are not graded.
    """

    examiner: Examiner
    session: Session
    notebook: nbformat.NotebookNode
    lender: Lender
    kept: Mapping[str, TaskReport] = field(default_factory=dict)

    @cached_property
    def causes(self) -> Causes:
        """Why names of the submission are missing."""
        return Causes(self.notebook, self.session, self.examiner.rules)

    def grade_all(self) -> list[Graded]:
        """Grade every task; then those again that build on an earlier one that is wrong.

        Wrong is what stays so with what it builds on right.
        """
        tasks = self.examiner.tasks
        if all(task.name in self.kept for task in tasks):
            with suppress(Stopped):
                self.session.run_cells()  # no check does, and their outputs are wanted
        graded = [self._kept(task) or self.grade(task) for task in tasks]
        wrong: dict[str, str] = {}  # the names of earlier tasks that are not right
        for position, task in enumerate(tasks):
            if graded[position].report.is_full:
                continue
            if wrong and task.name not in self.kept and not self._is_untouched(task):
                graded[position] = self._grade_again(task, graded[position], wrong)
            if not graded[position].report.is_full:
                wrong |= dict.fromkeys(task.needs, task.name)
        self.lender.forget()
        return graded

    def _kept(self, task: Task) -> Graded | None:
        return Graded(self.kept[task.name], {}) if task.name in self.kept else None

    def grade(self, task: Task) -> Graded:
        """Run a task's checks on the submission and judge what came back."""
        with limited():
            results = by_name(self.results(task, task.checks))
            return self._with_visible(task, results, self.examiner.judge(task, results))

    def _grade_again(self, task: Task, alone: Graded, wrong: Mapping[str, str]) -> Graded:
        """Run the checks that failed again, with earlier tasks right; return the better grade."""
        self.lender.begin(wrong)
        with limited():
            again_results = self._results_again(task, alone.report)
            stopped = next((one.detail for one in again_results.values() if one.stopped), "")
            results = {**alone.results, **again_results}
            report = self.examiner.judge(task, results)
            if not report.is_full and report.points <= alone.report.points:
                # With earlier mistakes out of the way, the one that is made here shows.
                named = with_names_of(alone.report, report)
                finished = {name: one for name, one in again_results.items() if not one.stopped}
                return Graded(
                    dataclasses.replace(named, stopped_again=stopped), alone.results, finished
                )
            again = self._with_visible(task, results, report, self._lend)
        borrowed = {wrong[name] for name in self.lender.used}
        order = tuple(one.name for one in self.examiner.tasks if one.name in borrowed)
        points = alone.report.points
        report = dataclasses.replace(
            again.report, carried_from=order, points_alone=points, stopped_again=stopped
        )
        return Graded(report, results)

    def _results_again(self, task: Task, report: TaskReport) -> dict[str, Result]:
        """Return what the checks that failed return with earlier tasks right.

        Those with bounds, most of which train a network, are tried only where there is hope: where
        another one passes now, or no other had failed.
        """
        failed = failed_checks(task, report)
        coming = self.results(task, failed, self._lend)  # each is run when it is asked for
        got = list(islice(coming, sum(not check.is_bounded for check in failed)))
        expected = self.examiner.expected(task)
        if not got or any(passes(check, result, expected) for check, result in got):
            got += coming
        return by_name(got)

    def _with_visible(
        self,
        task: Task,
        results: Mapping[str, Result],
        report: TaskReport,
        lent: Lent = nullcontext,
    ) -> Graded:
        """Say where what failed is right for the inputs that travel with the notebook."""
        names = unexplained(task, report, results)
        visible = self.examiner.visible(task) if names else {}
        if visible:
            again = self.results(task, failed_checks(task, report), lent, visible)
            if all(passes(check, result, visible) for check, result in again):
                report = with_visible_named(report, names)
        return Graded(report, results)

    def _lend(self) -> AbstractContextManager[None]:
        return self.lender.lend(self.session)

    def results(
        self,
        task: Task,
        checks: Iterable[Check],
        lent: Lent = nullcontext,
        expected: Mapping[str, Expected] | None = None,
    ) -> Iterator[tuple[Check, Result]]:
        """Run checks of a task on the submission, until it is stopped; yield what came back.

        The inputs are those that are expected; by default those of the examiner.
        """
        expected = expected or self.examiner.expected(task)
        stopped = ""
        for position, check in enumerate(checks):
            if stopped:
                yield check, Result(detail=f"not reached: {stopped}", stopped=True)
                continue
            try:
                self.session.run_cells()
                if position == 0:
                    self.session.begin_task()
                self.session.go_on()
                loan = lent()
                with self.session.limit(task.seconds, "this check"), loan:
                    result = expected[check.name].result(
                        check,
                        self.session,
                        self.causes.explain,
                        partial(self.causes.why_undefined, task.name),
                    )
            except (Stopped, ImplementationError, WireError) as reason:
                stopped = str(reason)
                result = Result(detail=stopped, stopped=True)
            yield check, result

    def _is_untouched(self, task: Task) -> bool:
        """Return whether the student has left a task as it was given."""
        name = f"{task.name}-answer"
        given = [cell.source for cell in self.examiner.released.cells if cell.id == name]
        return given == [cell.source for cell in self.notebook.cells if cell.id == name]


def failed_checks(task: Task, report: TaskReport) -> list[Check]:
    """Return the checks that did not pass, those with bounds last: most of them take long."""
    failed = [check for check in task.checks if check.name in report.failed]
    return sorted(failed, key=lambda check: check.is_bounded)


def passes(check: Check, result: Result, expected: Mapping[str, Expected]) -> bool:
    """Return whether a result is right."""
    return fault_of(check, result, expected[check.name].reference) is None


def by_name(results: Iterable[tuple[Check, Result]]) -> dict[str, Result]:
    """Return results by the names of their checks."""
    return {check.name: result for check, result in results}
