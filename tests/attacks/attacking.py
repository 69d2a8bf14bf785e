"""Attacks, and the place where they happen: a class with secrets, graded in a sandbox."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from processes import family
from watching import REPOSITORY, fingerprints, is_alive, wait_until, written

from autograder.building.assignments import write_notebook, write_source
from autograder.grading.examiner import Examiner
from autograder.grading.reports import SubmissionReport
from autograder.grading.single import grade_submission
from autograder.grading.staging import staging_folder
from autograder.sandbox import Isolation, Limits, SandboxFailed, SandboxUnavailable, Zygote
from autograder.sandbox.budget import Budget

NAME = "03_backpropagation"
TASKS = ("nodes", "shopping", "why_order", "relu", "relative_error", "crosses_kink")
FULL = {"nodes": 4.0, "shopping": 4.0, "relu": 4.0, "relative_error": 3.0, "crosses_kink": 4.0}
CANARY = "canary-8d1f0c"
"""Stands in all that a submission must not read; so it must not stand in any report."""
SECONDS = 0.3
"""What a cell or a check may compute here, so that the suite is quick."""
SMALL = Budget(
    cell_seconds=SECONDS,
    total_seconds=8,
    restarts=4,
    limits=Limits(cpu_seconds=4, memory_bytes=1 << 30),
)
UNHURRIED = Budget(
    task_seconds=120,
    total_seconds=240,
    restarts=4,
    limits=Limits(cpu_seconds=120, memory_bytes=1 << 30),
)
"""Time enough for a slow machine to move many bytes, or for an answer that sleeps."""
MIB = 1 << 20


@dataclass(frozen=True)
class Attack:
    """A submission that is honest but for some of its answers.

    Attributes
    ----------
    name : str
        What is tried.
    answers : mapping
        The source in the place of a task's answer. ``@CLASS@`` stands for the class's folder,
        ``@REPO@`` for that of the program.
    says : str
        A pattern that the remarks and messages must match: the reason in words.
    points : mapping
        What the attacked tasks get; None is anything but all. All others keep theirs.
    hole : str
        Where the attack succeeds: why, and what would help.
    """

    name: str
    answers: Mapping[str, str]
    says: str
    points: Mapping[str, float | None] = field(default_factory=lambda: {"relative_error": 0.0})
    hole: str = ""


def cell(name: str, source: str, says: str, **details: Any) -> Attack:
    """Return an attack in the place of the answer to relative_error."""
    return Attack(name, {"relative_error": source}, says, **details)


def body(name: str, lines: str, says: str, before: str = "", **details: Any) -> Attack:
    """Return an attack that happens when relative_error is called."""
    indented = "\n".join(f"    {line}" for line in lines.splitlines())
    source = f"{before}\ndef relative_error(a, b):\n{indented}\n".lstrip()
    return cell(name, source, says, **details)


def parameters(attacks: Iterable[Attack]) -> Any:
    """Return the attacks as parameters of a test; those that succeed are known to."""
    return pytest.mark.parametrize(
        "attack",
        [
            pytest.param(
                one,
                id=one.name.replace(" ", "-"),
                marks=[pytest.mark.xfail(strict=True, reason=one.hole)] if one.hole else [],
            )
            for one in attacks
        ],
    )


class Arena:
    """A class with its secrets, and a zygote of one level.

    Parameters
    ----------
    folder : Path
        Where the class is made; readable by everyone, so that nothing but the sandbox hides it.
    notebook : NotebookNode
        The solved notebook.
    isolation, kind : Isolation, type
        The level, and the class of its zygote.
    scratch : Path
        Where to put what the sandbox sees.
    """

    def __init__(
        self, folder: Path, notebook: Any, isolation: Isolation, kind: Any, scratch: Path
    ) -> None:
        self.folder, self.isolation, self.kind = folder, isolation, kind
        self.solved = notebook
        self.source = folder / "source" / NAME
        self.examiner = Examiner(self.source, 0x5EED)
        for task in self.examiner.tasks:
            task.seconds = SECONDS
        self.patient = Examiner(self.source, 0xBEEF)
        self.stage = self.examiner.stage(scratch)
        self.files = self._fingerprints()
        self.start()

    def _fingerprints(self) -> list[dict[str, str]]:
        return [fingerprints(self.folder), fingerprints(self.stage)]

    def start(self) -> None:
        """Start the zygote."""
        self.zygote = self.kind(self.isolation, self.stage, allow_unsandboxed=True).__enter__()
        self.family = family(self.zygote.pid)
        self.open_files = len(os.listdir("/proc/self/fd"))

    def close(self) -> None:
        """End the zygote; nothing of it may stay."""
        all_of_it = family(self.zygote.pid)
        self.zygote.close()
        wait_until(lambda: not any(map(is_alive, all_of_it)), f"these stay: {all_of_it}")

    def grade(self, attack: Attack, budget: Budget = SMALL) -> SubmissionReport:
        """Grade a submission with these answers."""
        return self.grade_notebook(edited(self.solved, self.filled(attack.answers)), budget)

    @contextmanager
    def unhurried(self) -> Iterator[Budget]:
        """Give checks all the time that they need; yield a budget that has it, too."""
        for task in self.examiner.tasks:
            task.seconds = 60.0
        try:
            yield UNHURRIED
        finally:
            for task in self.examiner.tasks:
                task.seconds = SECONDS

    def filled(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Put real folders in the place of the signs for them."""
        places = {"@CLASS@": str(self.folder), "@REPO@": str(REPOSITORY)}
        return {
            task: re.sub("@[A-Z]+@", lambda found: places[found[0]], source)
            for task, source in answers.items()
        }

    def grade_notebook(self, notebook: Any, budget: Budget = SMALL) -> SubmissionReport:
        """Grade a notebook, or bytes that claim to be one."""
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / f"{NAME}.ipynb"
            if isinstance(notebook, bytes):
                path.write_bytes(notebook)
            else:
                path.write_text(json.dumps(notebook), encoding="utf-8")
            return grade_submission(self.examiner, self.zygote, "eve", path, budget)

    def assert_defeated(self, attack: Attack, report: SubmissionReport) -> None:
        """Hold what must be true of every report on an attack."""
        for task, earned in points(report).items():
            expected = attack.points.get(task, FULL[task])
            is_right = earned < FULL[task] if expected is None else earned == expected
            assert is_right, f"{task}: {earned} of {FULL[task]} points\n{said(report)}"
        assert re.search(attack.says, said(report)), said(report)
        self.assert_sealed(report)

    def assert_sealed(self, report: SubmissionReport) -> None:
        """Nothing secret came out, and nothing of the submission lives on."""
        assert CANARY not in json.dumps(report.as_json()) + report.notebook
        wait_until(
            lambda: family(self.zygote.pid) == self.family,
            "a process of the submission lives on",
        )
        assert multiprocessing.active_children() == []

    def assert_unharmed(self) -> None:
        """An honest submission gets full marks, and everything lies where it lay."""
        path = self.folder / "submitted" / "bob" / NAME / f"{NAME}.ipynb"
        report = grade_submission(self.patient, self.zygote, "bob", path)
        assert points(report) == FULL, said(report)
        assert report.remarks == ()
        assert self._fingerprints() == self.files
        assert written() == []
        here = "/proc/self/fd"
        links = [f"{here}/{number}" for number in os.listdir(here)]
        held = [os.readlink(link) for link in links if os.path.islink(link)]
        assert len(held) <= self.open_files + 2, f"descriptors leak: {held}"


def make_class(folder: Path, notebook: Any) -> None:
    """Make a class: the source, a classmate's submission, a gradebook, a seed, each a secret."""
    write_notebook(notebook, folder / "source" / NAME / f"{NAME}.ipynb")
    (folder / "source" / NAME / "checks" / "canary.py").write_text(f"SECRET = {CANARY!r}\n")
    submission = folder / "submitted" / "bob" / NAME / f"{NAME}.ipynb"
    submission.parent.mkdir(parents=True)
    bobs = nbformat.from_dict(notebook)
    bobs.cells.append(nbformat.v4.new_markdown_cell(f"Bob's own words: {CANARY}"))
    write_notebook(bobs, submission)
    (folder / ".handgrad").mkdir()
    (folder / ".handgrad" / f"{NAME}.json").write_text(json.dumps({"seed": 7, "also": CANARY}))
    with sqlite3.connect(folder / "gradebook.db") as book:
        book.execute("create table grade (student text, points real)")
        book.execute("insert into grade values (?, 11.0)", (CANARY,))
    book.close()


def few_tasks() -> tuple[Any, Path]:
    """Return the instructor's notebook with few of its tasks, and the folder to remove later."""
    folder = Path(tempfile.mkdtemp(prefix="handgrad-arena-"))
    folder.chmod(0o755)
    write_source(NAME, folder / "source" / NAME)
    notebook = nbformat.read(folder / "source" / NAME / f"{NAME}.ipynb", as_version=4)
    kept = {*TASKS, *(f"{name}-answer" for name in TASKS)}
    imports = next(one for one in notebook.cells if one.cell_type == "code")
    imports.source = "import numpy as np\n\nfrom handgrad import check"
    notebook.cells = [imports, *(one for one in notebook.cells if one.id in kept)]
    return notebook, folder


def edited(notebook: Any, answers: Mapping[str, str]) -> Any:
    """Return a copy of a notebook with other answers to some tasks."""
    copy = nbformat.from_dict(notebook)
    cells = {one.id: one for one in copy.cells}
    for task, source in answers.items():
        cells.get(f"{task}-answer", cells[task]).source = source
    return copy


def points(report: SubmissionReport) -> dict[str, float]:
    """Return the points by task."""
    return {task.name: task.points for task in report.tasks}


def said(report: SubmissionReport) -> str:
    """Return all remarks and messages."""
    failed = [(task, check) for task in report.tasks for check in task.checks if not check.passed]
    return "\n".join(
        [*report.remarks, *(f"{task.name}: {check.message}" for task, check in failed)]
    )


def opened(classroom: tuple[Any, Any], isolation: Isolation, kind: Any = Zygote) -> Iterator[Arena]:
    """Yield a class at a level."""
    notebook, folder = classroom
    with staging_folder() as scratch:
        try:
            arena = Arena(folder, notebook, isolation, kind, scratch)
        except (SandboxFailed, SandboxUnavailable) as error:
            pytest.skip(f"no {isolation.name} here: {error}")
        yield arena
        arena.close()
