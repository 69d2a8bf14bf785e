"""Grade one submission: run it in the sandbox, ask, compare, and write down what was found."""

from __future__ import annotations

import dataclasses
import re
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbgrader.utils import compute_checksum

from autograder.authoring import Assignment, Task
from autograder.building import load, release
from autograder.chapters import reference_of
from autograder.checking import FOLDER
from autograder.display import as_html, as_text
from autograder.draws import Draws
from autograder.frozen import hints_of
from autograder.implementation import Implementation, ImplementationError, Stopped
from autograder.inside.wire import WireError
from autograder.judging import Expected, Result, TaskReport, expect, judge, run_check
from autograder.lending import Lender
from autograder.sandbox import Isolation, Zygote
from autograder.session import Budget, Session
from autograder.submissions import Unreadable, read_submission, restore, student_code


@dataclass(frozen=True)
class SubmissionReport:
    """The verdict on one submission, and how it was come to.

    Attributes
    ----------
    tasks : tuple of TaskReport
        In the assignment's order.
    remarks : tuple of str
        What the instructor should know besides: an unreadable file, a cell that was stopped.
    notebook : str
        The autograded notebook, as JSON.
    cpu_seconds, seconds : float
        CPU time of the student's code, and time on the clock.
    """

    student: str
    assignment: str
    tasks: tuple[TaskReport, ...]
    remarks: tuple[str, ...]
    seed: int
    isolation: Isolation
    versions: Mapping[str, str]
    cpu_seconds: float
    peak_bytes: int
    seconds: float
    notebook: str = field(repr=False)

    @property
    def points(self) -> float:
        """Points of all tasks that are checked."""
        return round(sum(task.points for task in self.tasks), 4)

    @property
    def max_points(self) -> float:
        """The most points that can be had in them."""
        return sum(task.max_points for task in self.tasks)

    def graded_notebook(self) -> nbformat.NotebookNode:
        """Return the autograded notebook, with this report in its metadata."""
        notebook = nbformat.v4.reads(self.notebook)
        notebook.metadata["handgrad"] = {"assignment": self.assignment, "report": self.as_json()}
        return notebook

    def as_json(self) -> dict[str, Any]:
        """Return the report for ``handgrad grade --json``; what varies between runs comes last."""
        return {
            "student": self.student,
            "assignment": self.assignment,
            "points": self.points,
            "max_points": self.max_points,
            "tasks": [_task_json(task) for task in self.tasks],
            "remarks": list(self.remarks),
            "seed": self.seed,
            "versions": dict(self.versions),
            "sandbox": dataclasses.asdict(self.isolation),
            "times": {
                "seconds": round(self.seconds, 3),
                "cpu_seconds": round(self.cpu_seconds, 3),
                "peak_mib": self.peak_bytes >> 20,
            },
        }


def _task_json(task: TaskReport) -> dict[str, Any]:
    return {
        "name": task.name,
        "points": task.points,
        "max_points": task.max_points,
        "carried_from": list(task.carried_from),
        "points_alone": task.points if task.points_alone is None else task.points_alone,
        "checks": [
            {
                "name": check.name,
                "title": check.title,
                "passed": check.passed,
                "message": check.message,
                "misconception": check.misconception,
            }
            for check in task.checks
        ],
    }


class Examiner:
    """Everything that is needed to grade the submissions of one assignment.

    Parameters
    ----------
    source : Path
        The assignment's folder in the class: the instructor's notebook, and what lies beside it.
    seed : int
        Seed of the inputs.
    """

    def __init__(self, source: Path, seed: int) -> None:
        self.folder = source
        self.seed = seed
        self.assignment: Assignment = load(source.name)
        self.released = release(nbformat.read(source / f"{source.name}.ipynb", as_version=4))
        for cell in self.released.cells:
            if "nbgrader" in cell.metadata:
                cell.metadata.nbgrader["cell_type"] = cell.cell_type
                cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
        points = {
            cell.metadata.nbgrader.grade_id: float(cell.metadata.nbgrader.points)
            for cell in self.released.cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        }
        # The instructor may have left out tasks, or given them other points.
        self.tasks = [
            dataclasses.replace(task, points=points[task.name])
            for task in self.assignment.tasks
            if task.name in points
        ]
        self._reference: dict[str, dict[str, Expected]] = {}
        self._complete: dict[str, dict[str, Expected]] = {}

    def stage(self, folder: Path) -> Path:
        """Copy what the students were given beside their notebook, for the sandbox to see."""
        stage = folder / "stage"
        hidden = shutil.ignore_patterns("*.ipynb", FOLDER, "__pycache__")
        shutil.copytree(self.folder, stage, ignore=hidden)
        return stage

    def expected(self, task: Task) -> dict[str, Expected]:
        """Return what the reference gives."""
        if task.name not in self._reference:
            reference = partial(reference_of, self.assignment.name)
            self._reference[task.name] = expect(task, reference, self.seed, mistakes=False)
        return self._reference[task.name]

    def judge(self, task: Task, results: Mapping[str, Result]) -> TaskReport:
        """Compare a submission's results with the reference's and, if need be, the mistakes'."""
        report = judge(task, results, self.expected(task), {})
        if report.is_full:
            return report
        if task.name not in self._complete:
            reference = partial(reference_of, self.assignment.name)
            self._complete[task.name] = expect(task, reference, self.seed)
        hints = hints_of(self.assignment, task.name)
        return judge(task, results, self._complete[task.name], hints)

    def nothing(self, task: Task, reason: str) -> TaskReport:
        """Return the report on a task of which nothing was submitted that can be run."""
        results = {check.name: Result(detail=reason, stopped=True) for check in task.checks}
        return judge(task, results, self.expected(task), {})


def grade_submission(
    examiner: Examiner,
    zygote: Zygote,
    student: str,
    path: Path,
    budget: Budget | None = None,
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
    """
    start = time.monotonic()
    budget = budget or Budget.of(examiner.assignment.allowance)
    try:
        notebook = restore(read_submission(path), examiner.released)
        remarks = _foreign(notebook, path, examiner)
    except Unreadable as problem:
        notebook = restore([], examiner.released)
        remarks = [str(problem)]
        reports = [examiner.nothing(task, str(problem)) for task in examiner.tasks]
        session = Session(zygote, [], budget)
    else:
        with Session(zygote, list(student_code(notebook)), budget) as session:
            desk = _Desk(examiner, session, notebook)
            reports = desk.grade_all()
        remarks += _cell_remarks(notebook, session)
    _write_outputs(notebook, session, reports)
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
        nbformat.writes(notebook),
    )


def versions() -> dict[str, str]:
    """Return the versions that a verdict may depend on."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    return {"python": python, "numpy": np.__version__}


@dataclass(frozen=True)
class _Desk:
    """Where the tasks of one submission are graded."""

    examiner: Examiner
    session: Session
    notebook: nbformat.NotebookNode

    def grade_all(self) -> list[TaskReport]:
        """Grade every task; then those again that build on an earlier one that is wrong."""
        tasks = self.examiner.tasks
        reports = [self.grade(task) for task in tasks]
        if all(report.is_full for report in reports):
            return reports
        wrong: dict[str, str] = {}  # the names of earlier tasks that are not right
        with Lender(self.examiner.assignment.name) as lender:
            for position, (task, report) in enumerate(zip(tasks, reports, strict=True)):
                if wrong and not report.is_full and not self._is_untouched(task):
                    reports[position] = self._grade_alone(task, report, lender, wrong)
                if not report.is_full:
                    wrong |= dict.fromkeys(task.needs, task.name)
        return reports

    def _grade_alone(
        self, task: Task, report: TaskReport, lender: Lender, wrong: Mapping[str, str]
    ) -> TaskReport:
        """Grade a task with earlier ones right; return the better report."""
        lender.used.clear()

        def lend(impl: Implementation) -> None:
            for name in wrong:
                lender.lend(impl, name)

        again = self.grade(task, lend)
        if again.points <= report.points:
            return report
        borrowed = {wrong[name] for name in lender.used}
        order = tuple(one.name for one in self.examiner.tasks if one.name in borrowed)
        return dataclasses.replace(again, carried_from=order, points_alone=report.points)

    def grade(
        self, task: Task, prepare: Callable[[Implementation], None] = lambda impl: None
    ) -> TaskReport:
        """Run a task's checks on the submission and judge what came back."""
        results: dict[str, Result] = {}
        stopped = ""
        for check in task.checks:
            if stopped:
                results[check.name] = Result(detail=f"not reached: {stopped}", stopped=True)
                continue
            draws = Draws(recorded=self.examiner.expected(task)[check.name].draws)
            impl = Implementation(self.session)
            try:
                self.session.run_cells()
                if not results:
                    self.session.begin_task()
                self.session.go_on()
                with self.session.limit(task.seconds, "this check"):
                    prepare(impl)
                    results[check.name] = run_check(check, impl, draws, self._explain)
            except (Stopped, ImplementationError, WireError) as reason:
                stopped = str(reason)
                results[check.name] = Result(detail=stopped, stopped=True)
        return self.examiner.judge(task, results)

    def _is_untouched(self, task: Task) -> bool:
        """Return whether the student has left a task as it was given."""
        name = f"{task.name}-answer"
        given = [cell.source for cell in self.examiner.released.cells if cell.id == name]
        return given == [cell.source for cell in self.notebook.cells if cell.id == name]

    def _explain(self, error: ImplementationError) -> str:
        return _explain(error, self.notebook)


def _explain(error: ImplementationError, notebook: nbformat.NotebookNode) -> str:
    """Say what a submission raised, in our words alone: its own could tell what the inputs were."""
    if error.kind == "MemoryError":
        return "your code asked for more memory than a submission may use"
    line = _line(error, notebook)
    return f"your code raised {error.kind}" + (f" in the line `{line}`" if line else "")


def _line(error: ImplementationError, notebook: nbformat.NotebookNode) -> str:
    """Return the line of the submitted notebook that an error points at, or nothing."""
    found = re.fullmatch(r"<cell (\d{1,4})>", error.file)
    if found is None or int(found[1]) >= len(notebook.cells):
        return ""
    lines = notebook.cells[int(found[1])].source.splitlines()
    return lines[error.line - 1].strip() if 0 < error.line <= len(lines) else ""


def _foreign(notebook: nbformat.NotebookNode, path: Path, examiner: Examiner) -> list[str]:
    """Remark on a notebook that has none of this assignment's answers."""
    asked = {f"{task.name}-answer" for task in examiner.tasks}
    if asked & {cell.id for cell in notebook.cells}:
        return []
    return [
        f"{path.name} has none of the answer cells of {examiner.assignment.name}: it may belong "
        "to another assignment. What it defines was graded all the same."
    ]


def _cell_remarks(notebook: nbformat.NotebookNode, session: Session) -> list[str]:
    """Remark on the cells that were stopped, or that are not Python."""
    remarks = []
    for number, reason in sorted(session.stops.items()):
        remarks.append(f"{_cell_name(notebook, number)}: {reason}.")
    for number in sorted(session.cut):
        kept = session.budget.output_characters >> 10
        remarks.append(f"{_cell_name(notebook, number)} showed more than {kept} KiB of text.")
    for number, outputs in sorted(session.outputs.items()):
        names = [one["ename"] for one in outputs if one["output_type"] == "error"]
        if names and names[0] != "NotImplementedError":
            remarks.append(f"{_cell_name(notebook, number)} raised {names[0]}.")
    return remarks


def _cell_name(notebook: nbformat.NotebookNode, number: int) -> str:
    grade_id = notebook.cells[number].metadata.get("nbgrader", {}).get("grade_id")
    return f"The cell {grade_id!r}" if grade_id else f"Cell {number + 1}"


def _write_outputs(
    notebook: nbformat.NotebookNode, session: Session, reports: list[TaskReport]
) -> None:
    """Write what the cells showed, and the verdicts, into the autograded notebook."""
    for number, shown in session.outputs.items():
        outputs = list(shown)
        if number in session.stops:
            text = f"{session.stops[number]}\n"
            outputs.append({"output_type": "stream", "name": "stderr", "text": text})
        notebook.cells[number].outputs = [nbformat.from_dict(one) for one in outputs]
    by_name = {report.name: report for report in reports}
    for cell in notebook.cells:
        report = by_name.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if report is not None and cell.cell_type == "code":
            cell.outputs = verdict_outputs(report)


def verdict_outputs(report: TaskReport) -> list[nbformat.NotebookNode]:
    """Return the outputs of a check cell: the table, then the points as nbgrader reads them."""
    table = {"text/html": as_html(report), "text/plain": as_text(report)}
    points = {"text/plain": repr(float(report.points))}
    shown = {"output_type": "display_data", "metadata": {}, "data": table}
    result = {"output_type": "execute_result", "metadata": {}, "data": points, "execution_count": 1}
    return [nbformat.from_dict(shown), nbformat.from_dict(result)]
