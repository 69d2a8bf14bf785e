"""Run one submission again, as it was graded, and compare one task's verdict: for appeals.

Nothing is written. The whole notebook and all of its tasks run again, in the order in which they
ran when it was graded: what a task returns may depend on what ran before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.authoring.tasks import Task
from autograder.building.assignments import load
from autograder.building.editions import changed_parts, edition_from, edition_of
from autograder.classes.class_directory import ClassDirectory, ClassError
from autograder.classes.classroom import read_report
from autograder.classes.handed_in import Submission
from autograder.classes.roster import wanted_work
from autograder.grading.batch import Run, Worker, one_worker
from autograder.grading.desk import Desk
from autograder.grading.examiner import Examiner
from autograder.grading.own_mistakes import told_in
from autograder.grading.reading import Unreadable
from autograder.grading.remarks import cell_remarks
from autograder.grading.reports import task_json, versions
from autograder.grading.submissions import read_submission, restore, student_code
from autograder.judging.expectations import Expected
from autograder.judging.results import Result
from autograder.judging.verdicts import CheckReport, TaskReport
from autograder.sandbox import Isolation, probe
from autograder.sandbox.budget import Budget
from autograder.sandbox.session import Session


@dataclass(frozen=True)
class Replay:
    """A task's verdict as it was recorded, and as it comes out now.

    Attributes
    ----------
    record : mapping
        The report on the whole submission, as it was recorded.
    then : mapping
        The part of it on this task.
    now : TaskReport
        The verdict on this task now.
    results, expected : mapping
        What the submission and the reference returned now, by check.
    remarks : tuple of str
        What was odd about the notebook's cells now, with the submission's own words.
    changed : tuple of str
        The cells that differ from those that were graded.
    """

    record: Mapping[str, Any]
    then: Mapping[str, Any]
    task: Task
    now: TaskReport
    seed: int
    isolation: Isolation
    results: Mapping[str, Result]
    expected: Mapping[str, Expected]
    remarks: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def versions(self) -> Mapping[str, str]:
        """The versions now."""
        return versions()

    @property
    def changed_parts(self) -> list[str]:
        """What of the assignment has changed since, in words, as far as its edition is recorded."""
        then = edition_from(self.record.get("edition"))
        return changed_parts(then, edition_of(self.record["assignment"])) if then else []

    def recorded(self, check: CheckReport) -> Mapping[str, Any] | None:
        """Return what was recorded of a check, if it was there."""
        return next((one for one in self.then["checks"] if one["name"] == check.name), None)

    def conclusion(self) -> str:
        """Return in a sentence whether the verdict is as it was recorded."""
        same_inputs = self.seed == self.record["seed"]
        before, now = _verdicts(self.then), _verdicts(task_json(self.now))
        titles = [title for title in before | now if before.get(title) != now.get(title)]
        if titles:
            said = (f'"{t}" {_word(before.get(t))} then, {_word(now.get(t))} now' for t in titles)
            return f"Differs: {'; '.join(said)}."
        if not same_inputs:
            return "With other inputs, the same checks pass and fail as recorded."
        if self.then["points"] != self.now.points:
            return "The same checks pass and fail as recorded, but the points differ."
        if self.then != task_json(self.now):
            return "The same checks pass and fail as recorded; what is said of them differs."
        return "The same verdict as recorded."


def _verdicts(task: Mapping[str, Any]) -> dict[str, bool]:
    return {check["title"]: check["passed"] for check in task["checks"]}


def _word(passed: bool | None) -> str:
    return "did not exist" if passed is None else "passed" if passed else "failed"


def replay(
    where: ClassDirectory,
    name: str,
    student: str,
    task: str,
    *,
    seed: int | None = None,
    allow_unsandboxed: bool = False,
) -> Replay:
    """Grade one submission again, without writing anything, and return what came of one task.

    Parameters
    ----------
    where : ClassDirectory
        The class.
    name : str
        The assignment.
    student : str
        Whose submission.
    task : str
        The task.
    seed : int, optional
        Seed of the inputs; the recorded one by default.
    allow_unsandboxed : bool
        Whether to run it where there is no sandbox.

    Raises
    ------
    ClassError, OwnMistakeError, SandboxUnavailable
        If there is nothing to replay, or no sandbox.
    """
    submission, record = _graded(where, name, student)
    source = where.source(name)
    own = told_in(where.folder, load(name))
    seed = record["seed"] if seed is None else seed
    run = Run(source, seed, probe(), allow_unsandboxed, own=own)
    with one_worker(run) as worker:
        asked, then = _task(worker.examiner, record, task)
        kept = where.step("autograded", name, student) / f"{name}.ipynb"
        return _run(worker, submission, asked, record, then, kept)


def _graded(where: ClassDirectory, name: str, student: str) -> tuple[Submission, Mapping[str, Any]]:
    """Return a student's submission, and the report that was recorded on it."""
    [submission] = wanted_work(where, name, {student})[0].submissions
    record = read_report(where, name, submission)
    if record is None or not {"seed", "versions", "sandbox", "tasks"} <= record.keys():
        raise ClassError(
            f"The {name} of {student!r} has not been graded yet: grade it first, with "
            f"'handgrad grade {name} --student {student}'."
        )
    return submission, record


def _task(
    examiner: Examiner, record: Mapping[str, Any], name: str
) -> tuple[Task, Mapping[str, Any]]:
    """Return a task, and what was recorded of it."""
    assignment = examiner.assignment.name
    if any(question.name == name for question in examiner.assignment.questions):
        raise ClassError(f"{name} is answered in words and graded by hand: see formgrader.")
    tasks = {task.name: task for task in examiner.tasks}
    recorded = {task["name"]: task for task in record["tasks"]}
    if name not in tasks and name not in recorded:
        raise ClassError(f"There is no task {name!r} in {assignment}; there are {_list(tasks)}.")
    if name not in tasks:
        raise ClassError(
            f"The task {name} was graded, but {examiner.folder} no longer has it: "
            "put the assignment back as it was, or grade again with --force."
        )
    if name not in recorded:
        raise ClassError(
            f"The task {name} was not yet in {assignment} when this submission was graded: "
            "grade again with --force."
        )
    return tasks[name], recorded[name]


def _list(names: Any) -> str:
    return ", ".join(names)


def _run(
    worker: Worker,
    submission: Submission,
    task: Task,
    record: Mapping[str, Any],
    then: Mapping[str, Any],
    kept: Path,
) -> Replay:
    """Grade a submission again, and return what came of one task."""
    examiner = worker.examiner
    results: Mapping[str, Result] = {}
    try:
        notebook = restore(read_submission(submission.path), examiner.released)
    except Unreadable as problem:
        notebook = restore([], examiner.released)
        now, remarks = examiner.nothing(task, str(problem)), [str(problem)]
    else:
        budget = Budget.of(examiner.assignment.allowance)
        with Session(worker.warm_parent(), list(student_code(notebook)), budget) as session:
            desk = Desk(examiner, session, notebook, worker.lender)
            graded = desk.grade_all()
        [(now, results)] = [
            (one.report, one.results) for one in graded if one.report.name == task.name
        ]
        remarks = cell_remarks(desk.causes, own_words=True)
    return Replay(
        record,
        then,
        task,
        now,
        examiner.seed,
        worker.run.isolation,
        results,
        examiner.expected(task),
        tuple(remarks),
        _changed(notebook, nbformat.read(kept, as_version=4)),
    )


def _changed(now: nbformat.NotebookNode, kept: nbformat.NotebookNode) -> tuple[str, ...]:
    """Return the cells of the student's that are not what was graded."""
    before, after = ({cell.id: cell.source for cell in _own(one)} for one in (kept, now))
    return tuple(key for key in after | before if after.get(key) != before.get(key))


def _own(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("locked")]
