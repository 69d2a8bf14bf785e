"""Grade on a cluster, through dask.distributed: behind what `batch.Grader` does on one machine.

Each worker of the cluster gets the run once, and then submissions, one by one, each as the bytes
that were read of its file here. Which worker has which is kept in this process, as few of them are
with a worker at a time: so memory stays flat, and whoever dies takes nothing along. Only this
process writes anything down.
"""

from __future__ import annotations

import logging
import pickle
import re
import time
import uuid
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import dask
import distributed

from autograder.grading import clerk
from autograder.grading.batch import ClusterError, Kept, Later, Run
from autograder.grading.errand import Answer, Welcome, Work, errand_of
from autograder.grading.reports import SubmissionReport
from autograder.grading.submissions import Contents

IN_HAND = 2
"""Submissions with a worker, for each of its threads: one in work, one that waits for it."""
AHEAD = 64
"""Reports, for each thread of the cluster, that wait here for earlier ones to be written."""
TRIES = 3
"""After so many, by whichever workers, a submission is given up."""
BEAT = 1.0
"""Seconds after which is looked again which workers there are."""
PATIENCE = 30.0
"""Seconds for the scheduler to answer."""
GOODBYE = 5.0
"""Seconds for the workers to end their clerks."""
LOCAL = re.compile(r"local:([1-9]\d{0,3})")
CONFIG = {"distributed.admin.large-graph-warning-threshold": "1 GiB"}
"""A notebook's bytes go with what is asked: there is no warning of that."""
QUIET = ("", ".client", ".core", ".nanny", ".scheduler", ".worker", ".comm")


class WorkerFailed(Exception):
    """No worker could grade a submission, by no fault of its own."""


@dataclass
class _Piece:
    """A submission on its way: whose, its file, the verdicts that stand, and how often tried."""

    student: str
    path: Path
    kept: Kept
    tries: int = 0


@dataclass
class _Worker:
    """A worker of the cluster: its threads; what it is asked, and which submissions it has."""

    threads: int
    opening: distributed.Future | None
    refuses: str = ""

    @property
    def is_ready(self) -> bool:
        return self.opening is None and not self.refuses


class ClusterGrader:
    """Grades submissions on the workers of a cluster.

    Parameters
    ----------
    run : Run
        What they share; what the sandbox reaches, each worker finds out for itself.
    address : str
        That of the scheduler, such as ``tls://host:8786``, or ``local:2`` for two processes of
        this machine, which end with this object.
    say : function
        Told, in a sentence, which workers cannot grade, and that there is none.

    Raises
    ------
    ClusterError
        On entering, or when a report is asked for, if the scheduler is not there, or no more, or
        if no worker can grade.
    """

    def __init__(
        self, run: Run, address: str, say: Callable[[str], object] = lambda sentence: None
    ) -> None:
        self.run = run
        self.address = address
        self.say = say

    def __enter__(self) -> Self:
        self._key = uuid.uuid4().hex
        self._errand = errand_of(self.run)
        self._workers: dict[str, _Worker] = {}
        self._waiting: deque[_Piece] = deque()
        self._in_hand: dict[distributed.Future, tuple[str, _Piece]] = {}
        self._answers: dict[str, Answer | Exception] = {}
        self._looked = -BEAT
        self._misses_workers = False
        self._told_of: set[str] = set()
        self._stack = ExitStack()
        self._client = self._stack.enter_context(_client(self.address))
        return self

    def submit(
        self, submissions: Mapping[str, Path], kept: Mapping[str, Kept] | None = None
    ) -> dict[str, Future[SubmissionReport]]:
        """Return what will be the reports; they come as these are asked for, best in this order.

        Parameters
        ----------
        submissions : mapping
            The file that each student submitted.
        kept : mapping, optional
            Each student's verdicts that stand.
        """
        self._waiting.extend(
            _Piece(who, path, (kept or {}).get(who, {})) for who, path in submissions.items()
        )
        return {who: Later(partial(self._report, who)) for who in submissions}

    def _report(self, student: str) -> SubmissionReport:
        with _told(self.address):
            self._turn()
            while student not in self._answers:
                self._wait()
                self._turn()
        answer = self._answers.pop(student)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, str):
            raise WorkerFailed(answer)
        return answer

    def _turn(self) -> None:
        self._look()
        self._take_in()
        self._hand_out()

    def _wait(self) -> None:
        """Wait until something has come, but for no more than a moment."""
        asked = [*self._opening(), *self._in_hand]
        if not asked:
            time.sleep(BEAT)
            return
        with suppress(TimeoutError):
            distributed.wait(asked, timeout=BEAT, return_when="FIRST_COMPLETED")

    # Which workers there are ----------------------------------------------------------------------

    def _look(self) -> None:
        """Take in who has come and who is gone."""
        if self._client.status != "running":
            raise OSError("the connection has ended")
        if time.monotonic() - self._looked < BEAT:
            return
        self._looked = time.monotonic()
        there = self._client.nthreads()
        for address in self._workers.keys() - there.keys():
            self._lose(address, "the worker that graded it has ended")
        for address in there.keys() - self._workers.keys():
            self._open(address, there[address])
        if not there and not self._misses_workers:
            self.say(
                f"The cluster at {self.address} has no worker: waiting until one comes "
                f"('dask worker {self.address}' starts one)."
            )
        self._misses_workers = not there
        self._tell_who_refuses()

    def _open(self, address: str, threads: int) -> None:
        """Ask a worker whether it grades."""
        said = self._client.run(clerk.is_known, workers=[address], on_error="return").get(address)
        if isinstance(said, OSError):
            return  # it is gone already, or soon comes to be
        if isinstance(said, Exception):
            lacks = f"it has no Handgrad, or another one ({_in_a_line(said)})"
            self._workers[address] = _Worker(threads, None, lacks)
        else:
            opening = self._ask(address, clerk.open_office, self._errand)
            self._workers[address] = _Worker(threads, opening)

    def _opening(self) -> dict[distributed.Future, str]:
        """Return what is not answered yet of the workers that were asked whether they grade."""
        workers = self._workers.items()
        return {one.opening: name for name, one in workers if one.opening is not None}

    def _welcome(self, name: str, future: distributed.Future) -> None:
        """Take in whether a worker grades."""
        answer: Welcome
        try:
            answer = pickle.loads(future.result(PATIENCE))
        except CancelledError:
            raise
        except Exception as error:  # as where Handgrad is not installed
            answer = f"{type(error).__name__}: {_in_a_line(error)}"
        worker = self._workers[name]
        worker.opening = None
        if isinstance(answer, str):
            worker.refuses = answer.rstrip(".")
            self._looked = -BEAT

    def _tell_who_refuses(self) -> None:
        refusing = {name: one.refuses for name, one in self._workers.items() if one.refuses}
        if refusing and len(refusing) == len(self._workers):
            reasons = "; ".join(sorted({*refusing.values()}))
            raise ClusterError(f"No worker of the cluster at {self.address} can grade: {reasons}.")
        if not any(one.is_ready for one in self._workers.values()):
            return
        for name in refusing.keys() - self._told_of:
            self._told_of.add(name)
            self.say(f"The worker {name} of the cluster does not grade: {refusing[name]}.")

    def _lose(self, address: str, reason: str) -> None:
        """Forget a worker, and take back what it has in hand."""
        del self._workers[address]
        for future in [one for one, (where, _) in self._in_hand.items() if where == address]:
            self._take_back(future, reason)

    def _ask(
        self, address: str, what: Callable[[str, bytes], bytes], content: bytes
    ) -> distributed.Future:
        return self._client.submit(what, self._key, content, workers=[address], pure=False)

    # Submissions, there and back ------------------------------------------------------------------

    def _hand_out(self) -> None:
        """Give the workers what they have room for, the least busy one first."""
        ready = {name: one.threads for name, one in self._workers.items() if one.is_ready}
        room = {name: IN_HAND * threads for name, threads in ready.items()}
        for name, _ in self._in_hand.values():
            room[name] -= 1
        most = AHEAD * sum(ready.values())
        # What was in hand before is asked for next: it would be waited for in vain.
        while ready and self._waiting and (len(self._answers) < most or self._waiting[0].tries):
            name = max(room, key=lambda one: room[one] / ready[one])
            if room[name] < 1:
                return
            room[name] -= 1
            self._send(name, self._waiting.popleft())

    def _send(self, name: str, piece: _Piece) -> None:
        try:
            work = Work(piece.student, Contents.of(piece.path), piece.kept)
        except OSError as error:  # of the file: the cluster has no part in it
            self._answers[piece.student] = error
            return
        future = self._ask(name, clerk.grade, pickle.dumps(work))
        self._in_hand[future] = name, piece

    def _take_in(self) -> None:
        """Take what has come."""
        for future, name in self._opening().items():
            if future.done():
                self._welcome(name, future)
        for future in [one for one in self._in_hand if one.done()]:
            if future in self._in_hand:  # it may have been taken back with another one
                self._accept(future)

    def _accept(self, future: distributed.Future) -> None:
        """Take in what came of a submission."""
        name, piece = self._in_hand[future]
        try:
            said = future.result(PATIENCE)
        except CancelledError:
            raise
        except Exception as error:
            self._take_back(future, f"{type(error).__name__}: {_in_a_line(error)}")
            return
        if said == clerk.NOT_OPEN:
            self._lose(name, "the worker that graded it was started anew")
            self._looked = -BEAT
            return
        answer: Answer = pickle.loads(said)
        if isinstance(answer, str):
            self._take_back(future, answer)
        else:
            del self._in_hand[future]
            self._answers[piece.student] = answer

    def _take_back(self, future: distributed.Future, reason: str) -> None:
        """Let a submission be tried again, or give it up."""
        _, piece = self._in_hand.pop(future)
        future.cancel()
        piece.tries += 1
        if piece.tries < TRIES:
            self._waiting.appendleft(piece)
        else:
            self._answers[piece.student] = reason

    def __exit__(self, *_: object) -> None:
        with suppress(Exception):  # where they cannot be told, they end by themselves
            self._client.sync(self._close_offices, callback_timeout=GOODBYE)
        self._stack.close()

    async def _close_offices(self) -> None:
        ours = [name for name, one in self._workers.items() if one.is_ready]
        await self._client.run(clerk.close_office, self._key, workers=ours, on_error="ignore")


@contextmanager
def _told(address: str) -> Iterator[None]:
    """Say in a sentence that the cluster is gone."""
    try:
        yield
    except (OSError, TimeoutError, CancelledError) as error:
        raise ClusterError(
            f"The cluster at {address} does not answer any more ({_in_a_line(error)}). All "
            "grades made so far are kept; run the command again, with or without --cluster, and it "
            "goes on."
        ) from error


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


@contextmanager
def _client(address: str) -> Iterator[distributed.Client]:
    """Yield what speaks with a cluster; one of this process is started, and ended."""
    for name in QUIET:
        logging.getLogger(f"distributed{name}").setLevel(logging.CRITICAL)
    with dask.config.set(CONFIG), warnings.catch_warnings(), ExitStack() as stack:
        # Which versions a worker has is asked by us, and those that matter are told in a sentence.
        warnings.filterwarnings("ignore", r"\s*Mismatched versions")
        here = LOCAL.fullmatch(address)
        where = stack.enter_context(_cluster_here(int(here[1]))) if here else address
        try:
            client = stack.enter_context(distributed.Client(where, timeout=PATIENCE))
        except (OSError, TimeoutError, ValueError, TypeError) as error:  # the last: TLS, unset
            raise ClusterError(
                f"There is no cluster at {address} ({_in_a_line(error)}): give the address of its "
                "scheduler, such as tcp://HOST:8786, or local:2 for two processes of this machine."
            ) from error
        yield client


@contextmanager
def _cluster_here(processes: int) -> Iterator[distributed.LocalCluster]:
    """Yield a cluster within this process, which nobody else can reach: it has no address."""
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=processes,
        processes=False,
        protocol="inproc",
        security=distributed.Security(require_encryption=False),
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
        memory_limit=0,
        silence_logs=logging.CRITICAL,
    ) as cluster:
        for server in (cluster.scheduler, *cluster.workers.values()):
            cluster.loop.add_callback(server.http_server.stop)  # it serves nobody
        yield cluster
