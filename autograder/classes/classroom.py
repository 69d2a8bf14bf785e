"""What an instructor does with a class: release an assignment, and grade what was handed in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.preprocessors import AssignLatePenalties

from autograder.building.assignments import write_source
from autograder.classes.class_directory import (
    ClassDirectory,
    ClassError,
    Submission,
    is_plain_name,
    last_line,
)
from autograder.classes.gradebook import Ledger
from autograder.classes.journal import Journal
from autograder.classes.locking import sole_writer
from autograder.classes.runs import RunDesk, make_plan
from autograder.grading.batch import Run, available_cores
from autograder.sandbox import probe


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
    new : frozenset of str
        The students whose submissions were graded now.
    """

    reports: list[dict[str, Any]]
    graded: int
    skipped: int
    failures: list[str]
    new: frozenset[str] = frozenset()


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
    say: Callable[[str], None] = lambda sentence: None,
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
    say : function
        Told, in a sentence, what the run goes on with and what it waits for.

    Raises
    ------
    ClassError, GradebookError, SandboxUnavailable
        If nothing can be graded at all.
    OSError
        If something cannot be written, with the file's name.
    """
    source = where.source(name)
    everyone, passed_over = _handed_in(where, name, set(students))
    isolation = probe()
    with sole_writer(where.folder, say), _ledger(where) as ledger:
        ledger.require_assignment(name)
        plan = make_plan(where, name, everyone, ledger.graded(name), force=force, seed=seed)
        on_start(len(plan.due), len(everyone) - len(plan.due))
        if plan.due:
            isolation.require(allow_unsandboxed)
        if plan.resumes:
            say(plan.resumes)
        run = Run(source, plan.seed, isolation, allow_unsandboxed)
        desk = RunDesk(where, name, run, workers or available_cores(), ledger)
        with Journal(where.journal(name), plan.seed_left, plan.left) as journal:
            failures = desk.grade(plan.due, journal, on_graded)
    reports = [read_report(where, name, one) for one in everyone]
    return Outcome(
        [report for report in reports if report is not None],
        len(plan.due) - len(failures),
        len(everyone) - len(plan.due),
        [*passed_over, *failures.values()],
        frozenset(one.student for one in plan.due) - failures.keys(),
    )


def _handed_in(
    where: ClassDirectory, name: str, wanted: set[str]
) -> tuple[list[Submission], list[str]]:
    """Return the submissions to look at, and a sentence for each folder that is passed over."""
    everyone = [s for s in where.submissions(name) if not wanted or s.student in wanted]
    if not everyone:
        raise ClassError(f"Nothing was handed in for {name} in {where.folder / 'submitted'}.")
    passed_over = [
        f"The folder {one.student!r} was passed over: a student's name has no such characters."
        for one in everyone
        if not is_plain_name(one.student)
    ]
    return [one for one in everyone if is_plain_name(one.student)], passed_over


def _ledger(where: ClassDirectory) -> Ledger:
    late = AssignLatePenalties(config=where.config)
    late.init_plugin()
    return Ledger(
        where.coursedir.db_url,
        where.coursedir.course_id,
        late.plugin_inst.late_submission_penalty,
    )


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
