"""What a clerk of a cluster's worker is told, and what it answers: see `clerk` and `cluster`.

It is told of a run first: what decides verdicts on the grader's machine, which must be the same
here, and the assignment's folder. Then come submissions, one by one, as what was read of their
files. All of it is pickled by the grader, and all answers by the clerk: neither says what a student
has written but as text and bytes.
"""

from __future__ import annotations

import dataclasses
import os
import pickle
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from autograder.building.editions import edition_of, engine_digest
from autograder.grading.batch import Kept, Run, Worker, one_worker
from autograder.grading.reports import SubmissionReport, versions
from autograder.grading.staging import staging_folder
from autograder.grading.submissions import Contents
from autograder.inside import kernel
from autograder.sandbox import Isolation, SandboxUnavailable, probe

IDLE_SECONDS = 120.0
"""A clerk whom nobody asks for so long ends: the command has ended, and could not say so."""

CALLED = {"python": "Python", "numpy": "NumPy"}
Welcome = Isolation | str
"""What a clerk answers first: what its sandbox reaches, or a sentence's end on why it refuses."""
Answer = SubmissionReport | str
"""What it answers then: a report, or why there is none, by no fault of the submission."""


@dataclass(frozen=True)
class Work:
    """A submission: whose, what was read of its file, and the verdicts that stand."""

    student: str
    contents: Contents
    kept: Kept


def errand_of(run: Run) -> bytes:
    """Return what a clerk is told of a run."""
    folder = run.source
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in paths
        if "__pycache__" not in path.parts
    }
    # In two steps: where another Handgrad is installed, the second may not even be readable.
    return pickle.dumps((what_decides(folder.name), folder.name, pickle.dumps((run, files))))


def what_decides(assignment: str) -> dict[str, str]:
    """Return what has to be the same on two machines for their reports to be."""
    return {
        "Handgrad": f"{edition_of(assignment)}, engine {engine_digest()[:8]}",
        **{CALLED.get(name, name): number for name, number in versions().items()},
    }


# In the clerk -------------------------------------------------------------------------------------


def serve() -> None:
    """Grade what comes over the line, in a process of its own, until the line ends."""
    descriptor, employer = map(int, sys.argv[1:])
    kernel.end_with(employer)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # taking its files away
    os.umask(0o022)  # what the sandbox is to see may run as another user
    line = Connection(descriptor)
    try:
        decides, assignment, rest = pickle.loads(line.recv_bytes())
        if other := _differing(decides, assignment):
            line.send_bytes(pickle.dumps(other))
            return
        run, files = pickle.loads(rest)
        with _worker(run, files) as worker:
            line.send_bytes(pickle.dumps(worker.run.isolation))
            while line.poll(IDLE_SECONDS):
                line.send_bytes(pickle.dumps(_answer(worker, pickle.loads(line.recv_bytes()))))
    except (EOFError, BrokenPipeError):
        return
    except Exception as error:
        line.send_bytes(pickle.dumps(_in_words(error)))


def _differing(decides: Mapping[str, str], assignment: str) -> str:
    """Return how what decides here differs from what it is on the grader's machine."""
    here = what_decides(assignment)
    return ", ".join(
        f"it has {name} {here.get(name, '?')} where the grader has {there}"
        for name, there in decides.items()
        if here.get(name) != there
    )


@contextmanager
def _worker(run: Run, files: Mapping[str, bytes]) -> Iterator[Worker]:
    """Yield who grades here, in the sandbox that is to be had here."""
    isolation = probe()
    isolation.require(run.allow_unsandboxed)
    with staging_folder() as folder:
        (folder / "source").mkdir(mode=0o700)  # it has the answers
        source = folder / "source" / run.source.name
        for name, content in files.items():
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        with one_worker(dataclasses.replace(run, source=source, isolation=isolation)) as worker:
            worker.examiner.prepare(mistakes=False)
            yield worker


def _answer(worker: Worker, work: Work) -> Answer:
    try:
        return worker.grade(work.student, work.contents, work.kept)
    except Exception as error:
        return _in_words(error)


def _in_words(error: Exception) -> str:
    if isinstance(error, SandboxUnavailable):
        return str(error)  # a sentence
    return f"{type(error).__name__}: {error}"
