"""No limit of time depends on how busy the machine is; who sleeps is stopped all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from notebooks import NAME, WRONG_NODES, edited

from autograder.authoring.implementation import Implementation, Stopped
from autograder.building.assignments import write_notebook
from autograder.grading.examiner import Examiner
from autograder.grading.lending import Lender
from autograder.grading.single import grade_submission
from autograder.sandbox import Isolation, Zygote, deadlines, times
from autograder.sandbox.budget import Budget
from autograder.sandbox.deadlines import Clock, Deadline, Queue
from autograder.sandbox.session import Session


class Machine:
    """A machine on which time passes as it is told, for processes that do as they are told."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now, self.grader = 1000.0, 50.0
        patch.setattr(deadlines, "time", SimpleNamespace(monotonic=lambda: self.now))
        patch.setattr(times, "own_queued_seconds", lambda: self.grader)
        self.child, self.lender = self.process(), self.process()
        self.queue = Queue()
        self.queue.join(self.child)
        self.queue.join(self.lender)

    @staticmethod
    def process() -> Any:
        process = SimpleNamespace(computed=0.0, queued=0.0)
        process.cpu_seconds = lambda: process.computed
        process.queued_seconds = lambda: process.queued
        return process

    def pass_time(self, seconds: float, *, queued: str = "", computing: bool = False) -> None:
        self.now += seconds
        self.child.computed += seconds * computing
        if queued == "grader":
            self.grader += seconds
        elif queued:
            getattr(self, queued).queued += seconds


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


@pytest.mark.parametrize("who", ["child", "grader", "lender"])
def test_waiting_for_a_core_is_nobodys_fault(machine: Machine, who: str) -> None:
    deadline = Deadline(machine.child, 5, "this check", machine.queue)
    for _ in range(1000):
        machine.pass_time(1, queued=who)
        assert deadline.passed() is None
    machine.pass_time(14.9)
    assert deadline.passed() is None
    machine.pass_time(0.2)
    assert deadline.passed() == "this check was stopped: it did not end within 15 seconds"


def test_what_others_compute_for_it_counts_on_the_wall(machine: Machine) -> None:
    """Who keeps the grader busy with messages is stopped as if it had slept."""
    deadline = Deadline(machine.child, 5, "this check", machine.queue)
    machine.pass_time(15.1)  # neither computing nor waiting: somebody else computes
    assert "did not end within 15 seconds" in str(deadline.passed())


def test_computing_is_held_to_the_kernels_clock(machine: Machine) -> None:
    deadline = Deadline(machine.child, 5, "this check", machine.queue)
    machine.pass_time(4.9, computing=True)
    machine.pass_time(99, queued="child")
    assert deadline.passed() is None
    machine.pass_time(0.2, computing=True)
    assert deadline.passed() == "this check was stopped: it took more than 5 s of computing"


def test_a_clock_knows_only_of_its_own_time(machine: Machine) -> None:
    machine.pass_time(7, queued="lender")
    machine.queue.look()
    clock = Clock(machine.queue)
    machine.pass_time(3)
    assert clock.seconds() == clock.at_most() == 3
    machine.pass_time(2, queued="grader")
    assert (clock.seconds(), clock.at_most()) == (3, 5)


def test_who_has_ended_has_waited_all_the_same(zygote: Zygote, isolation: Isolation) -> None:
    with zygote.fork() as child:
        child._queued = 3.0
        assert child.queued_seconds() >= 3
    assert child.queued_seconds() >= 3


def test_the_kernel_tells_for_how_long_this_thread_has_waited() -> None:
    assert times.own_queued_seconds() >= 0
    assert times.queued_seconds(None) == times.queued_seconds(2**30) == 0


# In a session -------------------------------------------------------------------------------------

CALLS = "def many(f, times): return sum(f() for _ in range(times))"


@pytest.mark.parametrize("waits", [True, False])
def test_calls_back_to_a_grader_that_waits(
    zygote: Zygote, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    """That it has waited for a core is made up; that it was held up is not."""
    held_up = 0.0
    monkeypatch.setattr(times, "own_queued_seconds", lambda: held_up * waits)

    def call() -> int:
        nonlocal held_up
        time.sleep(0.3)
        held_up += 0.3
        return 1

    with Session(zygote, [(0, CALLS)], Budget()) as session:
        session.run_cells()
        impl: Any = Implementation(session)
        with session.limit(0.4, "this check"):
            if waits:
                assert impl.many(call, 8) == 8
            else:
                with pytest.raises(Stopped, match=r"did not end within 1\.2 seconds"):
                    impl.many(call, 50)


@pytest.mark.parametrize("waits", [True, False])
def test_all_time_together(zygote: Zygote, monkeypatch: pytest.MonkeyPatch, waits: bool) -> None:
    waited = 0.0
    monkeypatch.setattr(times, "own_queued_seconds", lambda: waited * waits)
    with Session(zygote, [(0, CALLS)], Budget(total_seconds=20)) as session:
        session.run_cells()
        now = time.monotonic()
        waited = 1000.0
        monkeypatch.setattr(deadlines, "time", SimpleNamespace(monotonic=lambda: now + 1000))
        session.begin_task()
        if waits:
            session.go_on()
        else:
            with pytest.raises(Stopped, match="the submission did not end within 60 seconds"):
                session.go_on()


def test_who_lends_works_for_the_submission(zygote: Zygote, isolation: Isolation) -> None:
    with (
        Lender(NAME, isolation) as lender,
        Session(zygote, [(0, "def f(x): return relative_error(x, x)")], Budget()) as session,
    ):
        session.run_cells()
        lender.begin(["relative_error"])
        with session.limit(5, "this check"), lender.lend(session):
            impl: Any = Implementation(session)
            assert impl.f(np.ones(1)) == 0
            assert [one.pid for one in session.queue._children] == [
                cast(Any, session._child).pid,
                cast(Any, lender._child).pid,
            ]


SLOW = """
import time
import numpy as np

def uses():
    def sleepy(v):
        time.sleep(0.3)
        return v > 0
    return crosses_kink(sleepy, np.array([0.05, 1.0]), (0,), h=0.1)
"""


def test_a_lent_call_is_held_to_what_it_computes(
    zygote: Zygote, isolation: Isolation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may wait for what it calls back for longer than it may compute."""
    monkeypatch.setattr("autograder.grading.lending.SECONDS", 0.5)
    with (
        Lender(NAME, isolation) as lender,
        Session(zygote, [(0, SLOW)], Budget()) as session,
    ):
        session.run_cells()
        lender.begin(["crosses_kink"])
        with session.limit(5, "this check"), lender.lend(session):
            impl: Any = Implementation(session)
            assert impl.uses() is True
            pid = cast(Any, lender._child).pid
            os.kill(pid, signal.SIGSTOP)  # as if it got no core for a while
            with subprocess.Popen(["sh", "-c", f"sleep 0.8; kill -CONT {pid}"]):
                assert impl.uses() is True


# On a busy machine --------------------------------------------------------------------------------


@pytest.fixture
def one_busy_core() -> Iterator[Any]:
    """Yield what lets this process, and those that it starts, share one core with four others."""
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("cores cannot be chosen here")
    before = os.sched_getaffinity(0)
    others: list[subprocess.Popen[bytes]] = []

    def begin() -> None:
        os.sched_setaffinity(0, {min(before)})
        others.extend(subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in "1234")

    yield begin
    for other in others:
        other.kill()
        other.wait()
    os.sched_setaffinity(0, before)


def test_a_busy_machine_changes_no_verdict(
    few_source: Any, few_solved: Any, isolation: Isolation, tmp_path: Any, one_busy_core: Any
) -> None:
    """A task whose slopes are measured by calls back and forth, and nothing at rest meanwhile."""
    examiner = Examiner(few_source, 7)
    path = tmp_path / f"{NAME}.ipynb"
    write_notebook(edited(few_solved, nodes=WRONG_NODES), path)
    reports = []
    for begin in (lambda: None, one_busy_core):
        begin()
        with Zygote(isolation, examiner.stage(tmp_path / str(begin))) as zygote:
            report = grade_submission(examiner, zygote, "ada", path).as_json()
        reports.append({key: value for key, value in report.items() if key != "times"})
    assert reports[0] == reports[1]
