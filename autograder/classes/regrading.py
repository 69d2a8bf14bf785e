"""Grade again what a change of the checks, or of the points, touches: first shown, then written.

Each submission runs with the inputs of its grade, and only the tasks that the change touches are
judged; the verdicts on the others stand. So who gains or loses does so by the change alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import nbformat

from autograder.building.assignments import load
from autograder.building.editions import changed_parts
from autograder.classes.class_directory import ClassDirectory, ClassError
from autograder.classes.classroom import open_ledger, read_report
from autograder.classes.digests import note_digest
from autograder.classes.handed_in import Submission
from autograder.classes.journal import read_journal
from autograder.classes.locking import sole_writer
from autograder.classes.outdated import Changed, Yardstick
from autograder.classes.pending import Pending
from autograder.classes.roster import wanted_work
from autograder.classes.runs import Cluster, RunDesk
from autograder.classes.settling import whens
from autograder.classes.sources import few, read_source
from autograder.classes.standing import asked_of, require_gradable
from autograder.classes.tallies import Score, scores_of
from autograder.grading.batch import Kept, Run, available_cores
from autograder.grading.examiner import Examiner
from autograder.grading.own_mistakes import told_in
from autograder.grading.reading import named
from autograder.grading.reports import SubmissionReport, task_report
from autograder.judging.frozen import hints_of
from autograder.sandbox import probe

NEEDED = {"seed", "tasks", "points", "max_points", "versions"}


@dataclass(frozen=True)
class Due:
    """A grade that is of old.

    Attributes
    ----------
    submission : Submission
        What it is the grade of.
    record : mapping
        The report on it.
    kept : mapping
        The verdicts that stand, by task.
    """

    submission: Submission
    record: Mapping[str, Any]
    kept: Kept

    @property
    def student(self) -> str:
        """Whose it is."""
        return self.submission.student


@dataclass(frozen=True)
class Regrade:
    """What is to be graded again.

    Attributes
    ----------
    due : list of Due
        The grades that are of old, by student.
    pending : Pending
        Where the new verdicts wait.
    parts : list of str
        What has changed, in words.
    left_out : list of str
        A sentence for the work that is left alone.
    scores : mapping
        What the gradebook has now, by student and by cell.
    """

    due: list[Due]
    pending: Pending
    parts: list[str]
    left_out: list[str]
    scores: Mapping[str, Mapping[str, Score]] = field(default_factory=dict)

    @property
    def waiting(self) -> list[Due]:
        """Those on whom there is no new verdict yet."""
        return [one for one in self.due if not self.pending.has(one.submission)]


def plan_regrade(
    where: ClassDirectory,
    name: str,
    *,
    students: Collection[str] = (),
    say: Callable[[str], object] = lambda sentence: None,
) -> Regrade:
    """Return whose grades are of old, and what of them stands; nothing is changed.

    Parameters
    ----------
    where, name : ClassDirectory, str
        The class and the assignment.
    students : collection of str
        Whose; all by default.
    say : function
        Told, in a sentence, which cells nobody runs.

    Raises
    ------
    ClassError, GradebookError
        If the assignment cannot be graded, or its last run has not ended.
    """
    source = where.source(name)
    found, passed_over = wanted_work(where, name, set(students))
    with open_ledger(where, name) as ledger:
        ledger.require_assignment(name)
        require_gradable(ledger, source, say, where.step("release", name))
        graded, scores = ledger.graded(name), scores_of(ledger, name)
    if read_journal(where.journal(name)):
        raise ClassError(
            f"The last run of grading {name} ended early: let it come to its end first, with "
            f"'handgrad grade {name}'."
        )
    examiner = Examiner(source, 0)
    yardstick = Yardstick(name, asked_of(name, read_source(source)))
    due, new, odd, parts = list[Due](), list[str](), list[str](), dict[str, None]()
    for one in found.submissions:
        record = read_report(where, name, one)
        if one.student not in graded or not where.is_graded(name, one):
            new.append(one.student)
        elif record is None or not record.keys() >= NEEDED:
            odd.append(one.student)
        elif changed := yardstick.changed(record):
            due.append(Due(one, record, _kept(examiner, record, changed)))
            parts |= dict.fromkeys(_parts(changed, yardstick))
    left_out, gone = [*passed_over], sorted(graded.difference(found.students))
    if gone and not students:
        left_out.append(f"Graded, but no longer in submitted/, and left alone: {named(gone)}.")
    if new:
        left_out.append(f"Not graded yet, or handed in anew: {named(new)}; use 'handgrad grade'.")
    if odd:
        left_out.append(
            f"How these were graded was not recorded: {named(odd)}; use 'handgrad grade --force'."
        )
    pending = Pending(where, name, examiner.edition.digest)
    return Regrade(due, pending, list(parts), left_out, scores)


def _parts(changed: Changed, yardstick: Yardstick) -> list[str]:
    if changed.then is None:
        return ["an edition that was not recorded"]
    points = ["points"] if changed.has_other_points else []
    return [*(changed_parts(changed.then, yardstick.edition) if changed.touched else []), *points]


def _kept(examiner: Examiner, record: Mapping[str, Any], changed: Changed) -> Kept:
    """Return the verdicts that stand.

    What leaned on an earlier task, or failed, may come out otherwise if that one does.
    """
    recorded = {task["name"]: task for task in record["tasks"]}
    there = {task.name for task in examiner.tasks}
    kept, is_earlier = {}, False
    for task in examiner.tasks:
        hints = hints_of(examiner.assignment, task.name)
        then = task_report(task, recorded[task.name], hints) if task.name in recorded else None
        leans = then is not None and (then.carried_from or not then.is_full) and is_earlier
        if then is None or task.name in changed.touched or leans or {*then.carried_from} - there:
            is_earlier = True
        else:
            kept[task.name] = then
    return kept


def judge_again(
    where: ClassDirectory,
    name: str,
    regrade: Regrade,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    allow_unsandboxed: bool = False,
    on_graded: Callable[[str], None] = lambda student: None,
    say: Callable[[str], object] = lambda sentence: None,
) -> list[str]:
    """Make the verdicts that are not there yet; return a sentence for each that failed.

    Parameters
    ----------
    where, name, regrade : ClassDirectory, str, Regrade
        The class, the assignment, and what is to be graded.
    workers, cluster, allow_unsandboxed, on_graded : int, str, bool, function
        As `grade_assignment` has them.
    say : function
        Told, in a sentence, what it waits for.

    Raises
    ------
    ClassError, ClusterError, SandboxUnavailable
        If nothing can be graded, or written.
    """
    waiting = sorted(regrade.waiting, key=lambda one: (one.record["seed"], one.student))
    if not waiting:
        return []
    isolation = probe()
    if cluster is None:
        isolation.require(allow_unsandboxed)
    by_student = {one.student: one for one in waiting}

    def write(submission: Submission, report: SubmissionReport) -> None:
        notebook = _with_history(report, by_student[submission.student])
        note_digest(notebook, submission.digest)
        regrade.pending.write(submission, notebook)

    failures: dict[str, str] = {}
    own = told_in(where.folder, load(name), say)
    with sole_writer(where.folder, say):
        for seed, some in groupby(waiting, key=lambda one: int(one.record["seed"])):
            group = list(some)
            run = Run(where.source(name), seed, isolation, allow_unsandboxed, own=own)
            kept = {one.student: one.kept for one in group}
            there = Cluster(cluster, say) if cluster else None
            desk = RunDesk(run, workers or available_cores(), write, kept, there)
            failures |= desk.grade([one.submission for one in group], on_graded)
    return list(failures.values())


def _with_history(report: SubmissionReport, due: Due) -> nbformat.NotebookNode:
    """Return a graded notebook whose report says how it was graded before.

    Of a task whose verdict stands, so does what came back, and which names there were for it.
    """
    notebook, before = report.graded_notebook(), due.record
    traces = before.get("traces", {})
    stands = {name: traces[name] for name in due.kept if name in traces}
    notebook.metadata.handgrad.report["traces"].update(stands)
    if due.kept:
        notebook.metadata.handgrad.report["own_mistakes"] = before.get("own_mistakes", "")
    earlier = {key: before.get(key) for key in ("edition", "points", "max_points", "versions")}
    earlier["tasks"] = {task["name"]: task["points"] for task in before["tasks"]}
    notebook.metadata.handgrad.report["regraded"] = [*before.get("regraded", []), earlier]
    return notebook


def write_regrade(
    where: ClassDirectory,
    name: str,
    regrade: Regrade,
    say: Callable[[str], object] = lambda sentence: None,
) -> list[str]:
    """Write new verdicts into the gradebook, each submission's in one transaction.

    Points that were given by hand stay. What has changed since it was shown is left alone.

    Returns
    -------
    written : list of str
        Whose grades were written.

    Raises
    ------
    ClassError, GradebookError
        If something cannot be written.
    """
    written, moved = list[str](), list[str]()
    with sole_writer(where.folder, say), open_ledger(where, name) as ledger:
        came = whens(ledger, name)
        for one in regrade.due:
            notebook = regrade.pending.read(one.submission)
            if notebook is None:
                moved.append(one.student)
                continue
            stamp = one.submission.timestamp or came[one.student].submitted
            submission = dataclasses.replace(one.submission, timestamp=stamp)
            before = where.step("autograded", name, one.student) / f"{name}.ipynb"
            try:
                ledger.record(name, one.student, notebook, stamp, before)
                where.write_autograded(name, submission, nbformat.writes(notebook, indent=None))
                regrade.pending.remove(one.submission)
            except OSError as error:
                raise ClassError(
                    f"{error.filename} cannot be written ({error.strerror}): make room on the "
                    "disk, see that you may write there, and run the command again; it goes on."
                ) from error
            written.append(one.student)
    if moved:
        say(f"Not written, as there is no new verdict on what lies there now: {few(moved)}.")
    return written
