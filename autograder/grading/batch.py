"""Grade many submissions at once: a worker for each core, each with a warm parent of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Self

from autograder.grading.examiner import Examiner
from autograder.grading.lending import Lender
from autograder.grading.own_mistakes import OwnMistake, digest_of
from autograder.grading.reports import SubmissionReport
from autograder.grading.single import grade_submission
from autograder.grading.staging import staging_folder
from autograder.grading.submissions import Contents
from autograder.grading.threads import use_one_thread
from autograder.grading.trying import try_mistake
from autograder.judging.verdicts import TaskReport
from autograder.sandbox import Isolation, SandboxFailed, Zygote
from autograder.sandbox.budget import Budget
from autograder.sandbox.terms import INNER

Kept = Mapping[str, TaskReport]
"""Verdicts that stand, by task."""


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
    own : tuple of OwnMistake
        The mistakes of the class's own that are told to students.
    """

    source: Path
    seed: int
    isolation: Isolation
    allow_unsandboxed: bool = False
    budget: Budget | None = None
    own: tuple[OwnMistake, ...] = ()


class ClusterError(Exception):
    """The cluster that grades cannot be used, or is gone; one sentence says why and what to do."""


def fresh_seed() -> int:
    """Return a seed that nobody can guess: 48 bits from the operating system."""
    return int.from_bytes(os.urandom(6), "big")


class Worker:
    """Grades one submission after the other in this process.

    Parameters
    ----------
    run : Run
        What they share.
    examiner : Examiner
        The assignment.
    stage : Path
        What the sandbox sees.
    """

    def __init__(self, run: Run, examiner: Examiner, stage: Path) -> None:
        self.run = run
        self.examiner = examiner
        self.stage = stage
        self.lender = Lender(run.source.name, run.isolation)
        self.zygote: Zygote | None = None
        self._stack = ExitStack()

    def grade(
        self, student: str, submitted: Path | Contents, kept: Kept | None = None
    ) -> SubmissionReport:
        """Grade a submission."""
        zygote = self.warm_parent()
        try:
            return grade_submission(
                self.examiner, zygote, student, submitted, self.run.budget, self.lender, kept
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
        """End the warm parent, and that of the reference."""
        self.lender.close()
        self._stack.close()


@contextmanager
def one_worker(run: Run) -> Iterator[Worker]:
    """Yield a worker in this process."""
    use_one_thread()
    with staging_folder() as folder:
        examiner = Examiner(run.source, run.seed)
        stage = examiner.stage(folder)
        _learn_own(run, examiner, stage)
        with closing(Worker(run, examiner, stage)) as worker:
            yield worker


def _learn_own(run: Run, examiner: Examiner, stage: Path) -> None:
    """Ask the class's own mistakes, in a sandbox that ends before any worker is forked.

    Without one they are not asked: who allows that of submissions has not allowed it of these.
    """
    if run.isolation.level < INNER.level:
        return
    examiner.own_digest = digest_of(run.own)
    tasks = {task.name for task in examiner.tasks}
    own = [one for one in run.own if one.task in tasks]
    if own:
        with closing(Worker(run, examiner, stage)) as worker:
            zygote = worker.warm_parent()
            results = [try_mistake(examiner, zygote, worker.lender, one) for one in own]
        examiner.learn(own, results)


_worker: Worker | None = None


def _start_worker(worker: Worker, grader: int) -> None:
    from autograder.inside import kernel

    global _worker
    kernel.end_with(grader)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _worker = worker
    # A worker process ends without running what was registered to run at exit, but for this.
    Finalize(_worker, _worker.close, exitpriority=10)


def _grade(student: str, path: Path, kept: Kept) -> SubmissionReport:
    assert _worker is not None
    return _worker.grade(student, path, kept)


class Grader:
    """Grades submissions in processes of their own, so that this one outlives what befalls them.

    Parameters
    ----------
    run : Run
        What they share.
    workers : int, optional
        How many processes; as many as there are cores by default.

    Notes
    -----
    A process with threads must not be forked: there, this process grades.
    """

    def __init__(self, run: Run, workers: int | None = None) -> None:
        self.run = run
        self.workers = workers or available_cores()

    def __enter__(self) -> Self:
        self._executor: Executor | None = None
        self._others = multiprocessing.active_children()
        self._stack = ExitStack()
        self._worker = self._stack.enter_context(one_worker(self.run))
        if threading.active_count() == 1 and hasattr(os, "fork"):
            context = multiprocessing.get_context("fork")
            arguments = (self._worker, os.getpid())
            self._executor = ProcessPoolExecutor(self.workers, context, _start_worker, arguments)
        return self

    def submit(
        self, submissions: Mapping[str, Path], kept: Mapping[str, Kept] | None = None
    ) -> dict[str, Future[SubmissionReport]]:
        """Start grading; where this process grades, it does so when it is asked for a result.

        Parameters
        ----------
        submissions : mapping
            The file that each student submitted.
        kept : mapping, optional
            Each student's verdicts that stand.
        """
        work = [(who, path, (kept or {}).get(who, {})) for who, path in submissions.items()]
        if self._executor is not None:
            # The workers are forked when the first submission is handed to them.
            stand = set.intersection(*({*verdicts} for _, _, verdicts in work)) if work else set()
            self._worker.examiner.prepare(mistakes=len(work) > self.workers, but=stand)
            return {one[0]: self._executor.submit(_grade, *one) for one in work}
        return {one[0]: Later(partial(self._worker.grade, *one)) for one in work}

    def __exit__(self, kind: type[BaseException] | None = None, *_: object) -> None:
        if self._executor is not None:
            if kind is not None:
                for process in set(multiprocessing.active_children()) - set(self._others):
                    process.kill()  # nobody waits for what they are grading
            self._executor.shutdown(cancel_futures=True)
        self._stack.close()


class Later(Future[SubmissionReport]):
    """A report that is made, or waited for, when it is asked for."""

    def __init__(self, make: Callable[[], SubmissionReport]) -> None:
        super().__init__()
        self._make = make

    def result(self, timeout: float | None = None) -> SubmissionReport:
        if not self.done():
            self.set_result(self._make())
        return super().result(timeout)


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
