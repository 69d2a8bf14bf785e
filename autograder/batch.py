"""Grade many submissions at once: a worker for each core, each with a warm parent of its own."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Self

from autograder.examiner import Examiner
from autograder.grading import grade_submission
from autograder.lending import Lender
from autograder.reports import SubmissionReport
from autograder.sandbox import Isolation, SandboxFailed, Zygote
from autograder.session import Budget
from autograder.threads import use_one_thread


@dataclass(frozen=True)
class Run:
    """What all submissions of one run share.

    Attributes
    ----------
    source : Path
        The assignment's folder in the class.
    seed : int
        Seed of the inputs.
    isolation : Isolation
        What the sandbox reaches here.
    allow_unsandboxed : bool
        Whether to grade where there is no sandbox.
    budget : Budget, optional
        What each submission may use; what the assignment declares by default.
    """

    source: Path
    seed: int
    isolation: Isolation
    allow_unsandboxed: bool = False
    budget: Budget | None = None


def fresh_seed() -> int:
    """Return a seed that nobody can guess: 48 bits from the operating system."""
    return int.from_bytes(os.urandom(6), "big")


class Worker:
    """Grades one submission after the other in this process."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.examiner = Examiner(run.source, run.seed)
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="handgrad-")))
        folder.chmod(0o755)  # the sandbox may run as another user
        self.stage = self.examiner.stage(folder)
        self.lender = self._stack.enter_context(Lender(run.source.name, run.isolation))
        self.zygote: Zygote | None = None

    def grade(self, student: str, path: Path) -> SubmissionReport:
        """Grade a submission."""
        zygote = self.warm_parent()
        try:
            return grade_submission(
                self.examiner, zygote, student, path, self.run.budget, self.lender
            )
        except SandboxFailed:
            self.zygote = None  # whichever has failed: the next submission gets new ones
            self.lender.close()
            raise

    def warm_parent(self) -> Zygote:
        """Return where submissions run; it is started when it is first needed."""
        if self.zygote is None:
            allow = self.run.allow_unsandboxed
            zygote = Zygote(self.run.isolation, self.stage, allow_unsandboxed=allow)
            self.zygote = self._stack.enter_context(zygote)
        return self.zygote

    def close(self) -> None:
        """End the warm parent."""
        self._stack.close()


_worker: Worker | None = None


def _start_worker(run: Run) -> None:
    global _worker
    _worker = Worker(run)
    # A worker process ends without running what was registered to run at exit, but for this.
    Finalize(_worker, _worker.close, exitpriority=10)


def _grade(student: str, path: Path) -> SubmissionReport:
    assert _worker is not None
    return _worker.grade(student, path)


class Grader:
    """Grades submissions, in parallel where that pays.

    Parameters
    ----------
    run : Run
        What they share.
    workers : int, optional
        How many processes; as many as there are cores by default. One grades in this process.
    """

    def __init__(self, run: Run, workers: int | None = None) -> None:
        self.run = run
        self.workers = workers or available_cores()
        if threading.active_count() > 1 or not hasattr(os, "fork"):
            self.workers = 1  # a process with threads must not be forked

    def __enter__(self) -> Self:
        use_one_thread()
        self._executor: Executor | None = None
        self._worker: Worker | None = None
        if self.workers == 1:
            self._worker = Worker(self.run)
        else:
            context = multiprocessing.get_context("fork")
            self._executor = ProcessPoolExecutor(
                self.workers, context, initializer=_start_worker, initargs=(self.run,)
            )
        return self

    def submit(self, submissions: Mapping[str, Path]) -> dict[str, Future[SubmissionReport]]:
        """Start grading; one worker grades when it is asked for a result.

        Parameters
        ----------
        submissions : mapping
            The file that each student submitted.
        """
        if self._executor is not None:
            return {
                student: self._executor.submit(_grade, student, path)
                for student, path in submissions.items()
            }
        assert self._worker is not None
        return {
            student: _Later(self._worker, student, path) for student, path in submissions.items()
        }

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
        if self._worker is not None:
            self._worker.close()


class _Later(Future[SubmissionReport]):
    """A result that is computed when it is asked for."""

    def __init__(self, worker: Worker, student: str, path: Path) -> None:
        super().__init__()
        self._work = (worker, student, path)

    def result(self, timeout: float | None = None) -> SubmissionReport:
        if not self.done():
            worker, student, path = self._work
            self.set_result(worker.grade(student, path))
        return super().result(timeout)


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
