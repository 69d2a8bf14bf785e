"""Grade one submission: read it, run it in the sandbox, and write down what was found."""

from __future__ import annotations

import json
import time
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
from autograder.grading.submissions import read_submission, restore, student_code
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
        cells = read_submission(path)
        notebook = restore(cells, examiner.released)
        remarks = foreign(notebook, path, examiner.assignment)
        remarks = remarks or lacking([cell.grade_id for cell in cells], examiner.tasks)
        remarks = [*remarks, *unanswered(notebook)]
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
            desk = Desk(examiner, session, notebook, lender)
            graded = desk.grade_all()
            reports = [one.report for one in graded]
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
    )
