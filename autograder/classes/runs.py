"""A run of grading: what it has to do, what it goes on with, and how each grade is written down."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import nbformat

from autograder.classes.class_directory import ClassDirectory, ClassError
from autograder.classes.digests import note_digest
from autograder.classes.gradebook import GradebookError, Ledger
from autograder.classes.handed_in import Submission
from autograder.classes.journal import Unfinished, read_journal
from autograder.classes.stamps import UNKNOWN as STAMP_UNKNOWN
from autograder.grading.batch import ClusterError, Grader, Kept, Run, fresh_seed
from autograder.grading.reading import named
from autograder.grading.reports import SubmissionReport

if TYPE_CHECKING:
    from autograder.grading.cluster import ClusterGrader

Write = Callable[[Submission, SubmissionReport], None]
"""Writes down what came of a submission."""
VAIN_ROUNDS = 3
"""After so many rounds in which nobody could be graded, a run gives up."""


@dataclass(frozen=True)
class Plan:
    """What a run has to do.

    Attributes
    ----------
    due : list of Submission
        What it grades.
    seed : int
        Seed of its inputs.
    left : list of str
        Whose submissions are to be graded, by this run or, where it was asked for fewer students
        than the last run has left, by a later one.
    seed_left : int
        The seed with which a later run is to go on.
    resumes : str
        A sentence on what it goes on with; empty if the last run came to its end.
    """

    due: list[Submission]
    seed: int
    left: list[str]
    seed_left: int
    resumes: str


def make_plan(
    where: ClassDirectory,
    name: str,
    asked: list[Submission],
    handed_in: Collection[str],
    in_gradebook: set[str],
    *,
    force: bool,
    seed: int | None,
) -> Plan:
    """Plan a run, from what the last one has left.

    Parameters
    ----------
    where, name : ClassDirectory, str
        The class and the assignment.
    asked : list of Submission
        What may be graded.
    handed_in : collection of str
        Everybody who has handed something in.
    in_gradebook : set of str
        The students who have a grade in the gradebook.
    force, seed : bool, int or None
        As `grade_assignment` has them.
    """
    last = read_journal(where.journal(name))
    left = {student: None for student in last.left if student in handed_in} if last else {}
    due = [
        one
        for one in asked
        if force
        or one.student in left
        or one.student not in in_gradebook
        or not where.is_graded(name, one)
    ]
    students = [one.student for one in due]
    later = [student for student in left if student not in set(students)]
    resumes = ""
    if last and len(later) < len(left) and not force:
        resumes = _resumption(last, len(left) - len(later), len(left), seed)
        seed = last.seed if seed is None else seed
    seed = fresh_seed() if seed is None else seed
    return Plan(due, seed, later + students, last.seed if last and later else seed, resumes)


def _resumption(last: Unfinished, now: int, left: int, seed: int | None) -> str:
    which = f"the other {left}" if now == left else f"{now} of the other {left}"
    inputs = "the same inputs" if seed in (None, last.seed) else f"seed {seed}"
    return (
        f"The last run ended early, after {last.total - len(last.left)} of {last.total} "
        f"submissions: going on with {which}, with {inputs}."
    )


@dataclass(frozen=True)
class Cluster:
    """A cluster that grades.

    Attributes
    ----------
    address : str
        That of its scheduler, or ``local:N`` for one of N workers on this machine.
    say : function
        Told, in a sentence, which of its workers cannot grade.
    """

    address: str
    say: Callable[[str], object]

    def grader(self, run: Run) -> ClusterGrader:
        """Return what grades on it.

        Raises
        ------
        ClusterError
            If what speaks with a cluster is not installed.
        """
        try:
            from autograder.grading.cluster import ClusterGrader
        except ModuleNotFoundError as error:
            if error.name not in ("dask", "distributed"):
                raise
            raise ClusterError(
                "Grading on a cluster needs dask.distributed: install it with "
                "'pip install handgrad[cluster]'."
            ) from None
        return ClusterGrader(run, self.address, self.say)


@dataclass(frozen=True)
class RunDesk:
    """Where a run's submissions are graded, and each report is written down as it comes.

    Attributes
    ----------
    run : Run
        What they share.
    workers : int
        How many processes grade.
    write : function
        Writes a report down.
    kept : mapping
        The verdicts that stand, by student.
    cluster : Cluster, optional
        Where it is graded, if not in processes of this machine.
    """

    run: Run
    workers: int
    write: Write
    kept: Mapping[str, Kept] = field(default_factory=dict)
    cluster: Cluster | None = None

    def grade(self, due: list[Submission], on_graded: Callable[[str], None]) -> dict[str, str]:
        """Grade submissions; return a sentence for each that failed by no fault of its own."""

        def write(submission: Submission, report: SubmissionReport) -> None:
            self._write(submission, report)
            on_graded(submission.student)

        failures = (self._here if self.cluster is None else self._there)(due, write)
        for student in failures:
            on_graded(student)
        return {
            student: f"{student} could not be graded ({reason}); nothing was written for them, "
            "run the command again."
            for student, reason in failures.items()
        }

    def _here(self, due: list[Submission], write: Write) -> dict[str, str]:
        """Grade in processes of this machine.

        A worker that dies takes with it what the others have in hand. So these are tried again,
        each alone; what was still waiting is then graded as if nothing had happened.
        """
        failures: dict[str, str] = {}
        vain = 0
        while due and vain < VAIN_ROUNDS:
            failed = self._try(due, self.workers, write)
            lost = [one for one in due if one.student in failed]
            in_hand, waiting = lost[: self.workers + 1], lost[self.workers + 1 :]
            again: dict[str, str] = {}
            for one in in_hand:
                again |= self._try([one], 1, write)
            is_vain = len(failed) == len(due) and len(again) == len(in_hand)
            vain = vain + 1 if is_vain else 0
            failures |= again
            due = waiting
        return failures | {one.student: failed[one.student] for one in due}

    def _there(self, due: list[Submission], write: Write) -> dict[str, str]:
        """Grade on the cluster, which tries again by itself."""
        assert self.cluster is not None
        return self._collect(self.cluster.grader(self.run), due, write) if due else {}

    def _try(self, due: list[Submission], workers: int, write: Write) -> dict[str, str]:
        return self._collect(Grader(self.run, min(workers, len(due))), due, write)

    def _collect(
        self, grader: Grader | ClusterGrader, due: list[Submission], write: Write
    ) -> dict[str, str]:
        """Grade submissions and write down what came; return why the others failed."""
        failures: dict[str, str] = {}
        with grader:
            futures = grader.submit({one.student: one.path for one in due}, self.kept)
            for submission in due:
                future = futures.pop(submission.student)  # a report that is written is let go
                try:
                    write(submission, future.result())
                except (ClassError, ClusterError, GradebookError):
                    raise
                except Exception as error:
                    failures[submission.student] = f"{type(error).__name__}: {error}"
        return failures

    def _write(self, submission: Submission, report: SubmissionReport) -> None:
        try:
            self.write(submission, report)
        except OSError as error:
            raise ClassError(
                f"{error.filename} cannot be written ({error.strerror}): make room on the "
                "disk, see that you may write there, and run the command again; it goes on."
            ) from error


def restamp(
    where: ClassDirectory,
    name: str,
    ledger: Ledger,
    graded: list[Submission],
    say: Callable[[str], None],
) -> None:
    """Let a grade's submission have come when it says now; what was handed in is the same."""
    changed = [one for one in graded if not where.is_stamped(name, one)]
    for one in changed:
        assert one.timestamp is not None
        ledger.restamp(name, one.student, one.timestamp)
        where.write_stamp(name, one)
    if changed:
        say(
            "The same work with another time stamp was not graded again, but the new stamp counts "
            f"from now on, also for being late: {named([one.student for one in changed])}."
        )
    unknown = [one.student for one in graded if STAMP_UNKNOWN in one.remarks]
    if unknown:
        say(
            "The time stamps beside these, which are graded already, cannot be read and change "
            f"nothing: {named(unknown)}. Write them as '2026-03-01 10:00:00 UTC'."
        )


def write_report(
    where: ClassDirectory,
    name: str,
    submission: Submission,
    report: SubmissionReport,
    ledger: Ledger,
) -> None:
    """Write a grade into the gradebook, then put the autograded notebook in its place.

    Cut off in between, a submission counts as not graded: the run's journal comes last.
    """
    notebook = report.graded_notebook()
    note_digest(notebook, submission.digest)
    before = where.step("autograded", name, submission.student) / f"{name}.ipynb"
    ledger.record(name, submission.student, notebook, submission.timestamp, before)
    where.write_autograded(name, submission, nbformat.writes(notebook, indent=None))
