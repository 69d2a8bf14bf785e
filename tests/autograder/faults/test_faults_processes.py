"""Processes that wait, die or are stopped: two graders, workers, and the command itself."""

from __future__ import annotations

import dataclasses
import json
import os
import select
import shutil
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import faulty
import pytest
from graded_class import (
    FIRST,
    OTHER,
    Canned,
    files_in,
    grade,
    grade_with,
    grades_of,
    seeds_of,
    state,
)
from notebooks import NAME, edited
from processes import Orphanage, descendants

from autograder.classes.class_directory import ClassDirectory
from autograder.classes.journal import read_journal
from autograder.classes.locking import sole_writer
from autograder.commands import cli
from autograder.commands.terminal import progress
from autograder.grading import batch
from autograder.grading.lending import Lender
from autograder.sandbox import Isolation
from autograder.sandbox.budget import Budget
from autograder.sandbox.deadlines import Queue
from autograder.sandbox.session import Session

# Two graders --------------------------------------------------------------------------------------


class Gate:
    """A pipe that one process waits at until another opens it."""

    def __init__(self) -> None:
        self.read, self.write = os.pipe()

    def wait(self) -> None:
        assert select.select([self.read], [], [], 60)[0], "nobody opens the gate"
        os.read(self.read, 1)

    def open(self) -> None:
        os.write(self.write, b"!")


def left_by(folder: Path) -> list[str]:
    """Return whose work a run that was cut off, or is under way, has yet to grade."""
    last = read_journal(ClassDirectory(folder).journal(NAME))
    return last.left if last else []


def test_a_second_grader_waits_and_says_so(quick: Path, undisturbed: dict[int, Any]) -> None:
    begun, waits, free = Gate(), Gate(), Gate()

    def slowly(student: str) -> None:
        if student == "ada":
            begun.open()
            free.wait()

    def second() -> None:
        def say(sentence: str) -> None:
            assert sentence.startswith("Another program is grading in ")
            assert sentence.endswith(": waiting until it has ended.")
            waits.open()

        outcome = grade(quick, say=say)
        assert (outcome.graded, outcome.skipped) == (0, 3)

    one = faulty.fork(lambda: grade_with(quick, FIRST, on_graded=slowly))
    begun.wait()
    two = faulty.fork(second)
    waits.wait()
    free.open()
    assert [faulty.status_of(pid) for pid in (one, two)] == [0, 0]
    assert state(quick) == undisturbed[FIRST]


def test_nbgrader_saves_grades_when_nobody_else_does(quick: Path) -> None:
    from autograder.classes import nbgrader_plugin

    waits = Gate()

    def autograde() -> None:
        def announced(course: Path, say: Any) -> Any:
            return sole_writer(course, lambda sentence: (waits.open(), say(sentence)))

        nbgrader_plugin.sole_writer = announced  # type: ignore[assignment]
        nbgrader_plugin.fresh_seed = lambda: FIRST  # type: ignore[assignment]
        assert ClassDirectory(quick).api().autograde(NAME, "ada")["success"]

    with sole_writer(quick, print):
        pid = faulty.fork(autograde)
        waits.wait()
        assert all(score is None for _, _, score, *_ in grades_of(quick)["g"])
    assert faulty.status_of(pid) == 0
    assert [score for _, name, score, *_ in grades_of(quick)["g"] if name == "relu"] == [4.0]


# Workers ------------------------------------------------------------------------------------------


def many(folder: Path, canned: Canned, count: int) -> Canned:
    """Let more students hand in what ada did."""
    reports = dict(canned.reports)
    for number in range(count):
        student = f"s{number:02}"
        shutil.copytree(folder / "submitted" / "ada", folder / "submitted" / student)
        report = dataclasses.replace(reports["ada", FIRST], student=student)
        reports |= {(student, seed): report for seed in (FIRST, OTHER)}
    return Canned(reports, canned.examiners)


def test_a_worker_that_dies_costs_only_what_killed_it_its_grade(
    quick: Path, canned: Canned, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = many(quick, canned, 10)

    def deadly(examiner: Any, zygote: Any, student: str, *rest: Any) -> Any:
        if student in ("bob", "s05"):
            faulty.die()
        return reports(examiner, zygote, student)

    with monkeypatch.context() as patch:
        patch.setattr(batch, "grade_submission", deadly)
        outcome = grade(quick, seed=FIRST)
    assert (outcome.graded, len(outcome.reports)) == (11, 11)
    assert [sentence.split()[0] for sentence in outcome.failures] == ["bob", "s05"]
    assert "could not be graded (BrokenProcessPool: " in outcome.failures[0]
    monkeypatch.setattr(batch, "grade_submission", reports)
    [said] = grade_with(quick, OTHER)
    assert "after 11 of 13 submissions: going on with the other 2, with the same inputs" in said
    assert set(seeds_of(quick).values()) == {FIRST}


def test_where_every_worker_dies_grading_ends_and_names_all(
    quick: Path, canned: Canned, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = many(quick, canned, 20)
    with monkeypatch.context() as patch:
        patch.setattr(batch, "grade_submission", faulty.die)
        outcome = grade(quick, seed=FIRST)
    assert (outcome.graded, len(outcome.failures), outcome.reports) == (0, 23, [])
    assert not (quick / "autograded").exists()
    monkeypatch.setattr(batch, "grade_submission", reports)
    assert grade_with(quick, OTHER) == []  # a run that graded nobody has nothing to go on with
    assert len(seeds_of(quick)) == 23


def test_a_killed_zygote_costs_nobody_a_grade(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = batch.grade_submission

    def killing(examiner: Any, zygote: Any, student: str, *rest: Any) -> Any:
        with suppress(FileExistsError):
            (tmp_path / student).touch(exist_ok=False)
            os.kill(zygote.pid, signal.SIGKILL)
        return real(examiner, zygote, student, *rest)

    monkeypatch.setattr(batch, "grade_submission", killing)
    outcome = grade(course, seed=FIRST)
    assert (outcome.graded, outcome.failures) == (3, [])


def test_the_lent_reference_ends_with_its_grader(isolation: Isolation) -> None:
    def work() -> None:
        _, line = socket.socketpair()
        borrower = SimpleNamespace(line=line, queue=Queue())
        Lender(NAME, isolation)._serve(cast(Session, borrower))
        faulty.die()

    with Orphanage():
        assert faulty.status_of(faulty.fork(work)) == -9


# Signals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)],
    ids=lambda one: getattr(one, "name", ""),
)
def test_a_command_that_is_stopped_leaves_no_process_and_goes_on(
    course: Path, scratch: Path, tmp_path: Path, number: int, status: int, few_solved: Any
) -> None:
    """With real sandboxes; like Ctrl-C in a terminal, SIGINT goes to all of the command."""
    slow = edited(few_solved, relative_error="import time\ntime.sleep(600)")
    for student in ("s1", "s2"):
        shutil.copytree(course / "submitted" / "ada", course / "submitted" / student)
        path = course / "submitted" / student / NAME / f"{NAME}.ipynb"
        path.write_text(json.dumps(slow))
    output = tmp_path / "said"

    def command(*more: str) -> None:
        os.setsid()
        with output.open("w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        patient = Budget(cell_seconds=600, total_seconds=600)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(Budget, "of", lambda allowance: patient)
                cli.main(["grade", "3", "--class", str(course), "--workers", "2", *more])
        except SystemExit as end:
            sys.stderr.flush()
            os._exit(end.code if isinstance(end.code, int) else 1)

    with Orphanage():
        pid = faulty.fork(command)
        faulty.wait_until(lambda: left_by(course) == ["s1", "s2"] and len(descendants(pid)) > 2)
        send = os.killpg if number == signal.SIGINT else os.kill
        send(pid, number)
        assert faulty.status_of(pid) == status
    said = output.read_text()
    assert "Traceback" not in said
    if status > 0:
        assert said == (
            "Stopped. All grades made so far are kept; run the command again, and it goes on.\n"
        )
        assert files_in(scratch) == []
    kept = state(course)["notebooks"]
    for student in ("s1", "s2"):
        shutil.rmtree(course / "submitted" / student)
        shutil.copytree(course / "submitted" / "eve", course / "submitted" / student)
    with Orphanage():
        assert faulty.status_of(faulty.fork(command)) == 0
    assert "after 3 of 5 submissions: going on with the other 2, with the" in output.read_text()
    assert kept.items() <= state(course)["notebooks"].items()
    assert len(set(seeds_of(course).values())) == 1
    assert files_in(scratch) == []


def test_the_command_grades_in_parallel() -> None:
    """A progress bar's thread would keep the grader from forking workers."""
    before = threading.active_count()
    with progress([], "Grading"):
        assert threading.active_count() == before
