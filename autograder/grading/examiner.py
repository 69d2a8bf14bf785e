"""What is needed to grade an assignment's submissions, and computed once for all of them."""

from __future__ import annotations

import dataclasses
import shutil
from collections import ChainMap
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

import nbformat
from nbgrader.utils import compute_checksum, is_locked

from autograder.authoring.sources import Rules
from autograder.authoring.tasks import Assignment, Task
from autograder.building.assignments import load, release
from autograder.building.chapters import reference_of
from autograder.building.editions import edition_of
from autograder.grading.asked import asked_in
from autograder.grading.own_mistakes import OwnMistake
from autograder.grading.staging import copy_to_stage
from autograder.judging.expectations import Expected, expect
from autograder.judging.frozen import FILENAME, Frozen, FrozenError, hints_of, thaw
from autograder.judging.results import Result
from autograder.judging.verdicts import TaskReport, judge, with_names_of
from autograder.notebook.home import FOLDER


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
                cell.metadata.nbgrader["locked"] = is_locked(cell)  # a test always is
                cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
        self.edition = edition_of(source.name)
        self.asked = asked_in(self.released, self.assignment)
        # The instructor may have left out tasks, or given them other points.
        self.tasks = [
            dataclasses.replace(task, points=self.asked.checked[task.name])
            for task in self.assignment.tasks
            if task.name in self.asked.checked
        ]
        self.rules = Rules.of(
            source, [cell.source for cell in self.released.cells if cell.cell_type == "code"]
        )
        self.own_digest = ""
        self._own_hints: dict[str, dict[str, str]] = {}
        self._expected: dict[str, dict[str, Expected]] = {}
        self._frozen: dict[str, Frozen] | None = None

    def stage(self, folder: Path) -> Path:
        """Copy what the students were given beside their notebook, for the sandbox to see."""
        stage = folder / "stage"
        hidden = shutil.ignore_patterns("*.ipynb", FOLDER, "__pycache__")
        copy_to_stage(self.folder, stage, hidden)
        return stage

    def expected(self, task: Task) -> dict[str, Expected]:
        """Return what the reference gives, and the known mistakes."""
        if task.name not in self._expected:
            reference = partial(reference_of, self.assignment.name)
            self._expected[task.name] = expect(task, reference, self.seed)
        return self._expected[task.name]

    def prepare(self, *, mistakes: bool, but: Collection[str] = ()) -> None:
        """Compute now what processes that are forked from this one would each compute.

        Of the known mistakes, what trains and what calls back costs the most, and hardly anybody
        asks for it: that is left until somebody does. So are the tasks that are named in ``but``.
        """
        for task in (one for one in self.tasks if one.name not in but):
            expected = self.expected(task)
            for check in task.checks:
                one = expected[check.name]
                if mistakes and one.script is not None and not check.is_bounded:
                    dict(one.mistakes)

    def learn(
        self, mistakes: Sequence[OwnMistake], results: Sequence[Mapping[str, Result]]
    ) -> None:
        """Take in the mistakes of a class's own, with what each returned in the sandbox."""
        tasks = {task.name: task for task in self.tasks}
        for mistake, returned in zip(mistakes, results, strict=True):
            self._own_hints.setdefault(mistake.task, {})[mistake.name] = mistake.hint
            expected = self.expected(tasks[mistake.task])
            for check, one in expected.items():
                known = ChainMap({mistake.name: returned[check]}, one.mistakes)  # type: ignore[arg-type]
                expected[check] = dataclasses.replace(one, mistakes=known)

    def visible(self, task: Task) -> dict[str, Expected]:
        """Return what is expected for the inputs that travel with the notebook, if they are there.

        The instructor may have changed the folder, and it is only for explaining.
        """
        if self._frozen is None:
            try:
                self._frozen = thaw(self.folder / FOLDER / FILENAME)
            except FrozenError:
                self._frozen = {}
        expected = self._frozen[task.name].expected if task.name in self._frozen else {}
        return expected if expected.keys() >= {check.name for check in task.checks} else {}

    def judge(self, task: Task, results: Mapping[str, Result]) -> TaskReport:
        """Compare a submission's results with the reference's and, if need be, the mistakes'.

        A mistake of the class's own names what no mistake of the course explains, and no more.
        """
        hints = hints_of(self.assignment, task.name)
        report = judge(task, results, self.expected(task), hints)
        own = self._own_hints.get(task.name)
        if not own or all(check.passed or check.misconception for check in report.checks):
            return report
        return with_names_of(report, judge(task, results, self.expected(task), hints | own), own)

    def nothing(self, task: Task, reason: str) -> TaskReport:
        """Return the report on a task of which nothing was submitted that can be run."""
        results = {check.name: Result(detail=reason, stopped=True) for check in task.checks}
        return judge(task, results, self.expected(task), {})
