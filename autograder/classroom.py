"""What an instructor does with a class: release an assignment, and grade what was handed in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import AssignLatePenalties

from autograder.batch import Grader, Run, available_cores
from autograder.building import write_source
from autograder.class_directory import (
    ClassDirectory,
    ClassError,
    Submission,
    is_plain_name,
)
from autograder.gradebook import GradebookError, Ledger
from autograder.reports import SubmissionReport
from autograder.sandbox import SandboxUnavailable, probe


@dataclass(frozen=True)
class Outcome:
    """How a run of grading ended.

    Attributes
    ----------
    reports : list
        The report on every submission of the assignment, graded now or before.
    graded, skipped : int
        How many were graded now, and how many before.
    failures : list of str
        A sentence for each submission that could not be graded, by no fault of its own.
    """

    reports: list[dict[str, Any]]
    graded: int
    skipped: int
    failures: list[str]


def release_assignment(where: ClassDirectory, name: str) -> Path:
    """Make the students' version of an assignment, with nbgrader's ``generate_assignment``.

    Parameters
    ----------
    where : ClassDirectory
        The class.
    name : str
        The assignment; its source is built if the class has none yet.

    Returns
    -------
    folder : Path
        Where the release lies.

    Raises
    ------
    ClassError
        If nbgrader refuses.
    """
    source = where.step("source", name)
    if not source.exists():
        write_source(name, source)
    result = where.api().generate_assignment(name, force=True, create=True)
    if not result["success"]:
        raise ClassError(f"nbgrader could not generate {name}: {last_line(result)}")
    return where.step("release", name)


def last_line(result: dict[str, Any]) -> str:
    """Return the line of nbgrader's log or error that says what went wrong."""
    lines = str(result.get("error") or result.get("log") or "it did not say why").splitlines()
    return next(line for line in reversed(lines) if line.strip())


def grade_assignment(
    where: ClassDirectory,
    name: str,
    *,
    students: Iterable[str] = (),
    force: bool = False,
    seed: int | None = None,
    workers: int | None = None,
    allow_unsandboxed: bool = False,
    on_start: Callable[[int, int], None] = lambda due, graded: None,
    on_graded: Callable[[str], None] = lambda student: None,
) -> Outcome:
    """Grade the submissions of an assignment that have not been graded yet.

    Parameters
    ----------
    where : ClassDirectory
        The class.
    name : str
        The assignment.
    students : iterable of str
        Whose; all by default.
    force : bool
        Whether to grade again what has been graded.
    seed : int, optional
        Seed of the inputs; a fresh one by default, or that of a run that was cut off.
    workers : int, optional
        How many processes; as many as there are cores by default.
    allow_unsandboxed : bool
        Whether to grade where there is no sandbox.
    on_start, on_graded : function
        Called with how many are due and how many were graded before; then after each student.

    Raises
    ------
    ClassError, GradebookError, SandboxUnavailable
        If nothing can be graded at all.
    """
    source = where.step("source", name)
    if not (source / f"{name}.ipynb").is_file():
        raise ClassError(f"The class has no source of {name}: make it with 'handgrad release'.")
    wanted = set(students)
    everyone = [s for s in where.submissions(name) if not wanted or s.student in wanted]
    if not everyone:
        raise ClassError(f"Nothing was handed in for {name} in {where.folder / 'submitted'}.")
    odd = [one for one in everyone if not is_plain_name(one.student)]
    everyone = [one for one in everyone if is_plain_name(one.student)]
    due = [one for one in everyone if force or not where.is_graded(name, one)]
    on_start(len(due), len(everyone) - len(due))
    passed_over = [
        f"The folder {one.student!r} was passed over: a student's name has no such characters."
        for one in odd
    ]
    failures: list[str] = []
    isolation = probe()
    if due and isolation.level < 2 and not allow_unsandboxed:
        raise SandboxUnavailable(isolation.reason)
    with _ledger(where) as ledger:
        ledger.require_assignment(name)
        if due:
            with where.run_seed(name, seed) as run_seed:
                run = Run(source, run_seed, isolation, allow_unsandboxed)
                desk = _Desk(where, name, run, workers or available_cores(), ledger)
                failures = desk.grade(due, on_graded)
    reports = [read_report(where, name, one) for one in everyone]
    return Outcome(
        [report for report in reports if report is not None],
        len(due) - len(failures),
        len(everyone) - len(due),
        passed_over + failures,
    )


def _ledger(where: ClassDirectory) -> Ledger:
    late = AssignLatePenalties(config=where.config)
    late.init_plugin()
    return Ledger(
        where.coursedir.db_url,
        where.coursedir.course_id,
        late.plugin_inst.late_submission_penalty,
    )


@dataclass(frozen=True)
class _Desk:
    """Where a run's submissions are graded, and each grade is written down as it comes."""

    where: ClassDirectory
    name: str
    run: Run
    workers: int
    ledger: Ledger

    def grade(self, due: list[Submission], on_graded: Callable[[str], None]) -> list[str]:
        """Grade submissions; return a sentence for each that failed by no fault of its own.

        What fails is tried once more, with new workers: one that died takes others with it.
        """
        failed = self._try(due, on_graded)
        again = self._try([one for one in due if one.student in failed], lambda _: None)
        return [
            f"{student} could not be graded ({reason}); nothing was written for them, "
            "run the command again."
            for student, reason in again.items()
        ]

    def _try(self, due: list[Submission], on_graded: Callable[[str], None]) -> dict[str, str]:
        failures: dict[str, str] = {}
        if not due:
            return failures
        with Grader(self.run, min(self.workers, len(due))) as grader:
            futures = grader.submit({one.student: one.path for one in due})
            for submission in due:
                try:
                    # Taken out: in a large class the reports would fill the memory.
                    report = futures.pop(submission.student).result()
                    write_report(self.where, self.name, submission, report, self.ledger)
                except GradebookError:
                    raise
                except Exception as error:
                    failures[submission.student] = f"{type(error).__name__}: {error}"
                on_graded(submission.student)
        return failures


def write_report(
    where: ClassDirectory,
    name: str,
    submission: Submission,
    report: SubmissionReport,
    ledger: Ledger,
) -> None:
    """Write a grade into the gradebook, then put the autograded notebook in its place.

    The notebook is what says that a submission has been graded, so it comes last.
    """
    notebook = report.graded_notebook()
    ledger.record(name, submission.student, notebook, submission.timestamp)
    where.write_autograded(name, submission, nbformat.writes(notebook))


def read_report(where: ClassDirectory, name: str, submission: Submission) -> dict[str, Any] | None:
    """Return the report that an autograded notebook carries, if it carries one."""
    path = where.step("autograded", name, submission.student) / f"{name}.ipynb"
    try:
        report: dict[str, Any] = json.loads(path.read_text("utf-8"))["metadata"]["handgrad"][
            "report"
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return report


def write_feedback(where: ClassDirectory, name: str) -> Path:
    """Write the students' feedback pages, with nbgrader's ``generate_feedback``.

    Raises
    ------
    ClassError
        If nbgrader refuses.
    """
    result = where.api().generate_feedback(name, force=True)
    if not result["success"]:
        raise ClassError(f"nbgrader could not write the feedback: {last_line(result)}")
    return where.folder / "feedback"
