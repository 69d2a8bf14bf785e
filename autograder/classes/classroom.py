"""What an instructor does with a class: release an assignment, and grade what was handed in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.building.assignments import load, write_source
from autograder.classes.class_directory import ClassDirectory, ClassError, last_line
from autograder.classes.gradebook import Ledger
from autograder.classes.handed_in import Submission
from autograder.classes.journal import Journal
from autograder.classes.lateness import Lateness, When
from autograder.classes.locking import sole_writer
from autograder.classes.outdated import made_otherwise
from autograder.classes.roster import known_students, say_who_is_new, wanted_work
from autograder.classes.runs import Cluster, RunDesk, make_plan, restamp, write_report
from autograder.classes.settling import changes_in_words, settle, whens
from autograder.classes.sources import read_source
from autograder.classes.standing import (
    asked_of,
    require_gradable,
    require_releasable,
)
from autograder.classes.tallies import given_by_hand
from autograder.classes.updating import apply_update
from autograder.grading.batch import Run, available_cores
from autograder.grading.own_mistakes import digest_of, told_in
from autograder.grading.reports import SubmissionReport
from autograder.sandbox import probe

NEVER = When(None, None)


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
        A sentence for each submission that could not be graded, by no fault of its own, and for
        each place with work that was passed over.
    new : frozenset of str
        The students whose submissions were graded now.
    """

    reports: list[dict[str, Any]]
    graded: int
    skipped: int
    failures: list[str]
    new: frozenset[str] = frozenset()


def release_assignment(
    where: ClassDirectory, name: str, say: Callable[[str], object] = lambda sentence: None
) -> Path:
    """Make the students' version of an assignment, with nbgrader's ``generate_assignment``.

    Parameters
    ----------
    where : ClassDirectory
        The class.
    name : str
        The assignment; its source is built if the class has none yet.
    say : function
        Told, in a sentence, which graded cells nobody runs.

    Returns
    -------
    folder : Path
        Where the release lies.

    Raises
    ------
    ClassError, GradebookError
        If it is not what the installed course would grade, if there are grades for other cells or
        points, or if nbgrader refuses.
    """
    source = where.step("source", name)
    if not source.exists():
        write_source(name, source)
    with Ledger.of(where.coursedir) as ledger:
        require_releasable(ledger, source, say)
    result = where.api().generate_assignment(name, force=True, create=True)
    if not result["success"]:
        raise ClassError(f"nbgrader could not generate {name}: {last_line(result)}")
    return where.step("release", name)


def update_assignment(
    where: ClassDirectory, name: str, say: Callable[[str], object] = lambda sentence: None
) -> Path:
    """Change what `plan_update` has shown, and make the release anew.

    Parameters
    ----------
    where, name : ClassDirectory, str
        The class and the assignment.
    say : function
        Told, in a sentence, what it waits for and which graded cells nobody runs.

    Returns
    -------
    folder : Path
        Where what was there is kept.

    Raises
    ------
    ClassError, GradebookError
        If something cannot be read or written, or if nbgrader refuses.
    """
    with sole_writer(where.folder, say), Ledger.of(where.coursedir) as ledger:
        kept = apply_update(where, name, ledger, say)
    release_assignment(where, name, say)
    return kept


def grade_assignment(
    where: ClassDirectory,
    name: str,
    *,
    students: Iterable[str] = (),
    force: bool = False,
    seed: int | None = None,
    workers: int | None = None,
    cluster: str | None = None,
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
    cluster : str, optional
        The address of a cluster that grades in their place, or ``local:N``.
    allow_unsandboxed : bool
        Whether to grade where there is no sandbox.
    on_start, on_graded : function
        Called with how many are due and how many were graded before; then after each student.
    say : function
        Told, in a sentence, what the run goes on with and what it waits for.

    Raises
    ------
    ClassError, ClusterError, GradebookError, OwnMistakeError, SandboxUnavailable
        If nothing can be graded at all.
    OSError
        If something cannot be written, with the file's name.
    """
    source = where.source(name)
    asked = asked_of(name, read_source(source))
    own = told_in(where.folder, load(name), say)
    found, passed_over = wanted_work(where, name, set(students))
    isolation = probe()
    with sole_writer(where.folder, say), open_ledger(where, name) as ledger:
        ledger.require_assignment(name)
        require_gradable(ledger, source, say, where.step("release", name))
        everyone, unknown = known_students(where, ledger, found.submissions)
        graded = ledger.graded(name)
        plan = make_plan(where, name, everyone, found.students, graded, force=force, seed=seed)
        on_start(len(plan.due), len(everyone) - len(plan.due))
        if plan.due and cluster is None:
            isolation.require(allow_unsandboxed)
        say_who_is_new(where, name, ledger, plan.due, say)
        if plan.resumes:
            say(plan.resumes)
        run = Run(source, plan.seed, isolation, allow_unsandboxed, own=own)
        with Journal(where.journal(name), plan.seed_left, plan.left) as journal:

            def write(submission: Submission, report: SubmissionReport) -> None:
                journal.begin()
                write_report(where, name, submission, report, ledger)
                journal.note(submission.student)

            there = Cluster(cluster, say) if cluster else None
            desk = RunDesk(run, workers or available_cores(), write, cluster=there)
            failures = desk.grade(plan.due, on_graded)
        for one in everyone:  # also beside those that were graded when it was not yet copied
            where.bring_secret(name, one.student)
        restamp(where, name, ledger, [one for one in everyone if one.student in graded], say)
        changed = changes_in_words(settle(ledger, name, {one.student for one in everyone}))
        reports = _reports(where, name, everyone)
        given = given_by_hand(ledger, name, asked)
        came = whens(ledger, name)
    due = {one.student for one in plan.due}
    old = made_otherwise(
        name, [one for one in reports if one["student"] not in due], asked, digest_of(own)
    )
    for sentence in filter(None, (changed, old)):
        say(sentence)
    return Outcome(
        [
            {
                **report,
                **given.get(report["student"], {}),
                **came.get(report["student"], NEVER).as_json(),
            }
            for report in reports
        ],
        len(plan.due) - len(failures),
        len(everyone) - len(plan.due),
        [*passed_over, *unknown, *failures.values()],
        frozenset(one.student for one in plan.due) - failures.keys(),
    )


def open_ledger(where: ClassDirectory, name: str) -> Ledger:
    """Return the gradebook, to write grades of an assignment into.

    Raises
    ------
    ClassError, GradebookError
        If it, the late policy or the table of extensions cannot be read.
    """
    return Ledger.of(where.coursedir, Lateness.of(where, name))


def _reports(where: ClassDirectory, name: str, everyone: list[Submission]) -> list[dict[str, Any]]:
    """Return the reports on submissions, with what is to be said of where they lie at present."""
    found = [(one, read_report(where, name, one)) for one in everyone]
    return [
        {**report, "remarks": [*one.remarks, *report.get("remarks", [])]}
        for one, report in found
        if report is not None
    ]


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
