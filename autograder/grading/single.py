"""Grade one submission: run it in the sandbox, ask, compare, and write down what was found."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbformat

from autograder.authoring.draws import Draws
from autograder.authoring.implementation import Implementation, ImplementationError, Stopped
from autograder.authoring.tasks import Check, Task
from autograder.grading.examiner import Examiner
from autograder.grading.lending import Lender
from autograder.grading.remarks import (
    cell_remarks,
    explain,
    foreign,
    forfeit_remarks,
    why_undefined,
    write_outputs,
)
from autograder.grading.reports import SubmissionReport, versions
from autograder.grading.shortcuts import source_remarks
from autograder.grading.submissions import Unreadable, read_submission, restore, student_code
from autograder.inside.wire import WireError
from autograder.judging.expectations import Expected
from autograder.judging.memory import limited
from autograder.judging.results import Result, run_check
from autograder.judging.verdicts import TaskReport, judge
from autograder.judging.visible import unexplained, with_visible_named
from autograder.sandbox import Zygote
from autograder.sandbox.budget import Budget
from autograder.sandbox.session import Session


def grade_submission(
    examiner: Examiner,
    zygote: Zygote,
    student: str,
    path: Path,
    budget: Budget | None = None,
    lender: Lender | None = None,
) -> SubmissionReport:
    """Grade one submitted notebook.

    Parameters
    ----------
    examiner : Examiner
        The assignment.
    zygote : Zygote
        Where it runs.
    student : str
        Whose it is.
    path : Path
        The submitted file; it need not exist, nor be a notebook.
    budget : Budget, optional
        What it may use; what the assignment declares by default.
    lender : Lender, optional
        Who lends it the reference where that is fair; by default one that is made for it.
    """
    start = time.monotonic()
    budget = budget or Budget.of(examiner.assignment.allowance)
    try:
        notebook = restore(read_submission(path), examiner.released)
        remarks = foreign(notebook, path, examiner.assignment)
    except Unreadable as problem:
        notebook = restore([], examiner.released)
        remarks = [str(problem)]
        reports = [examiner.nothing(task, str(problem)) for task in examiner.tasks]
        session = Session(zygote, [], budget)
    else:
        with ExitStack() as stack:
            session = stack.enter_context(Session(zygote, list(student_code(notebook)), budget))
            if lender is None:
                lender = Lender(examiner.assignment.name, zygote.isolation)
                stack.enter_context(lender)
            reports = Desk(examiner, session, notebook, lender).grade_all()
        remarks += cell_remarks(notebook, session) + source_remarks(notebook, examiner.rules)
        remarks += forfeit_remarks(reports)
    write_outputs(notebook, session, reports)
    return SubmissionReport(
        student,
        examiner.assignment.name,
        tuple(reports),
        tuple(remarks),
        examiner.seed,
        zygote.isolation,
        versions(),
        session.cpu_seconds,
        session.peak_bytes,
        time.monotonic() - start,
        json.dumps(notebook),
    )


Prepare = Callable[[Implementation], None]
"""What is done to an implementation before each check."""


@dataclass(frozen=True)
class Desk:
    """Where the tasks of one submission are graded."""

    examiner: Examiner
    session: Session
    notebook: nbformat.NotebookNode
    lender: Lender

    def grade_all(self) -> list[TaskReport]:
        """Grade every task; then those again that build on an earlier one that is wrong."""
        tasks = self.examiner.tasks
        reports = [self.grade(task) for task in tasks]
        if all(report.is_full for report in reports):
            return reports
        wrong: dict[str, str] = {}  # the names of earlier tasks that are not right
        for position, (task, report) in enumerate(zip(tasks, reports, strict=True)):
            if wrong and not report.is_full and not self._is_untouched(task):
                reports[position] = self._grade_alone(task, report, wrong)
            if not report.is_full:
                wrong |= dict.fromkeys(task.needs, task.name)
        self.lender.forget()
        return reports

    def _grade_alone(self, task: Task, report: TaskReport, wrong: Mapping[str, str]) -> TaskReport:
        """Grade a task with earlier ones right; return the better report."""
        self.lender.used.clear()

        def lend(impl: Implementation) -> None:
            for name in wrong:
                self.lender.lend(impl, name)

        again = self.grade(task, lend)
        if again.points <= report.points:
            return report
        borrowed = {wrong[name] for name in self.lender.used}
        order = tuple(one.name for one in self.examiner.tasks if one.name in borrowed)
        return dataclasses.replace(again, carried_from=order, points_alone=report.points)

    def grade(self, task: Task, prepare: Prepare | None = None) -> TaskReport:
        """Run a task's checks on the submission and judge what came back."""
        with limited():
            results = self.results(task, prepare)
            report = self.examiner.judge(task, results)
            names = unexplained(task, report, results)
            visible = self.examiner.visible(task) if names else {}
            if not visible:
                return report
            again = judge(task, self.results(task, prepare, visible), visible, {})
            return with_visible_named(report, names, again)

    def results(
        self,
        task: Task,
        prepare: Prepare | None = None,
        expected: Mapping[str, Expected] | None = None,
    ) -> dict[str, Result]:
        """Run a task's checks on the submission, until it is stopped; return what came back.

        The inputs are those that are expected; by default those of the examiner.
        """
        expected = expected or self.examiner.expected(task)
        results: dict[str, Result] = {}
        stopped = ""
        for check in task.checks:
            if stopped:
                results[check.name] = Result(detail=f"not reached: {stopped}", stopped=True)
                continue
            try:
                self.session.run_cells()
                if not results:
                    self.session.begin_task()
                self.session.go_on()
                with self.session.limit(task.seconds, "this check"):
                    results[check.name] = self._result(task, check, expected[check.name], prepare)
            except (Stopped, ImplementationError, WireError) as reason:
                stopped = str(reason)
                results[check.name] = Result(detail=stopped, stopped=True)
        return results

    def _result(
        self, task: Task, check: Check, expected: Expected, prepare: Prepare | None
    ) -> Result:
        """Run a check on the submission: step by step, if it has to be prepared for that."""
        words = self._explain, partial(self._why_undefined, task)
        if prepare is None:
            return expected.result(check, self.session, *words)
        impl = Implementation(self.session)
        prepare(impl)
        return run_check(check, impl, Draws(recorded=expected.draws), *words)

    def _is_untouched(self, task: Task) -> bool:
        """Return whether the student has left a task as it was given."""
        name = f"{task.name}-answer"
        given = [cell.source for cell in self.examiner.released.cells if cell.id == name]
        return given == [cell.source for cell in self.notebook.cells if cell.id == name]

    def _why_undefined(self, task: Task, name: str) -> str:
        return why_undefined(self.notebook, self.session, task.name, self.examiner.rules)

    def _explain(self, error: ImplementationError) -> str:
        return explain(error, self.notebook)
