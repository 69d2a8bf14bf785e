"""Grade one submission: read it, run it in the sandbox, and write down what was found."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from autograder.grading.desk import Desk
from autograder.grading.examiner import Examiner
from autograder.grading.lending import Lender
from autograder.grading.reading import Unreadable
from autograder.grading.remarks import (
    cell_remarks,
    foreign,
    forfeit_remarks,
    lacking,
    stopped_remarks,
    unanswered,
    write_outputs,
)
from autograder.grading.reports import SubmissionReport, versions
from autograder.grading.shortcuts import source_remarks
from autograder.grading.submissions import Contents, restore, student_code
from autograder.grading.traces import traces_of
from autograder.judging.verdicts import TaskReport
from autograder.sandbox import Zygote
from autograder.sandbox.budget import Budget
from autograder.sandbox.session import Session


def grade_submission(
    examiner: Examiner,
    zygote: Zygote,
    student: str,
    submitted: Path | Contents,
    budget: Budget | None = None,
    lender: Lender | None = None,
    kept: Mapping[str, TaskReport] | None = None,
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
    submitted : Path or Contents
        The file, which need not exist, nor be a notebook; or what was read of it.
    budget : Budget, optional
        What it may use; what the assignment declares by default.
    lender : Lender, optional
        Who lends it the reference where that is fair; by default one that is made for it.
    kept : mapping, optional
        Verdicts that stand, by task.
    """
    kept = kept or {}
    start = time.monotonic()
    traces = {}
    budget = budget or Budget.of(examiner.assignment.allowance)
    try:
        contents = submitted if isinstance(submitted, Contents) else Contents.of(submitted)
        cells = contents.cells()
        notebook = restore(cells, examiner.released)
        remarks = foreign(notebook, contents.name, examiner.assignment)
        remarks = remarks or lacking([cell.grade_id for cell in cells], examiner.tasks)
        remarks = [*remarks, *unanswered(notebook)]
    except Unreadable as problem:
        notebook = restore([], examiner.released)
        remarks = [str(problem)]
        reports = [
            kept.get(task.name) or examiner.nothing(task, str(problem)) for task in examiner.tasks
        ]
        session = Session(zygote, [], budget)
    else:
        with ExitStack() as stack:
            session = stack.enter_context(Session(zygote, list(student_code(notebook)), budget))
            if lender is None:
                lender = Lender(examiner.assignment.name, zygote.isolation)
                stack.enter_context(lender)
            desk = Desk(examiner, session, notebook, lender, kept)
            graded = desk.grade_all()
            reports = [one.report for one in graded]
            traces = {
                one.report.name: traces_of(one.report, {**one.results, **one.with_loan})
                for one in graded
            }
        remarks += cell_remarks(desk.causes) + source_remarks(notebook, examiner.rules)
        remarks += forfeit_remarks(reports) + stopped_remarks(reports)
    write_outputs(notebook, session, reports, examiner.asked.tests)
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
        examiner.edition,
        sum(examiner.asked.by_hand.values()),
        traces,
        examiner.own_digest,
    )
