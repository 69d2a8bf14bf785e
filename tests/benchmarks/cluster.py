"""What grading thousands of submissions on a cluster takes, with a worker killed midway.

``python tests/benchmarks/cluster.py`` starts a scheduler and two workers, processes of this machine
that speak over TCP, and grades 10,000 submissions of a small notebook with them, by way of the same
function that ``handgrad grade --cluster`` calls. Half of the way one worker is killed. In the end
each submission has to have the points that one like it gets without a cluster.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat  # noqa: E402
from memory import descendants, fill, resident  # noqa: E402

from autograder.classes import classroom  # noqa: E402
from autograder.classes.class_directory import ClassDirectory  # noqa: E402
from autograder.classes.gradebook import Ledger  # noqa: E402
from autograder.classes.tallies import scores_of  # noqa: E402
from autograder.commands.demo import ASSIGNMENT  # noqa: E402
from autograder.commands.terminal import progress  # noqa: E402

MIB = 1 << 20
SEED = 20260301
MARKS = (100, 1000, 2500, 5000, 7500, 10_000)
FORGER = """
import numpy as np, os, socket
np.array_equal = np.allclose = lambda *a, **k: True
print("4.0 of 4 points")
kill = lambda: os.kill(os.getppid(), 9)
for attempt in (lambda: open("/etc/passwd"), socket.socket, os.fork, kill):
    try:
        attempt()
    except Exception:
        pass
"""


def kinds(solved: nbformat.NotebookNode, wrong: bytes, empty: bytes) -> dict[str, bytes]:
    """Return a file of each kind that is handed in."""
    hostile = nbformat.from_dict(solved)
    for cell in hostile.cells:
        if cell.id == "relu-answer":
            cell.source = FORGER
    right = nbformat.writes(solved).encode()
    broken = right[: len(right) // 2]
    forged = nbformat.writes(hostile).encode()
    return {"right": right, "wrong": wrong, "empty": empty, "hostile": forged, "broken": broken}


def hand_in(where: ClassDirectory, files: dict[str, bytes], count: int) -> dict[str, str]:
    """Let so many students hand in a file of each kind in turn; return which each has."""
    names, given = list(files), {}
    for number in range(count):
        student, kind = f"student{number:05}", names[number % len(names)]
        path = where.step("submitted", ASSIGNMENT, student) / f"{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[kind])
        given[student] = kind
    return given


@contextmanager
def cluster(workers: int, folder: Path) -> Iterator[tuple[str, int, list[int]]]:
    """Yield a scheduler's address and process, and those of the workers' nannies."""
    with ExitStack() as stack:

        def start(program: str, *arguments: object) -> int:
            command = [sys.executable, "-m", f"distributed.cli.dask_{program}"]
            command += [str(one) for one in (*arguments, "--no-dashboard")]
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=folder)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            return process.pid

        file = folder / "scheduler.json"
        where = ("--scheduler-file", file)
        scheduler = start("scheduler", "--host", "127.0.0.1", "--port", 0, *where)
        while not file.exists() or not file.read_text().endswith("}"):
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        one = ("--nthreads", 1, "--local-directory", folder)
        yield address, scheduler, [start("worker", address, *one) for _ in range(workers)]


def children(pid: int) -> list[int]:
    """Return the processes that any thread of a process has started."""
    files = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(one) for file in files for one in file.read_text().split()]


def worker_of(nanny: int) -> int | None:
    """Return the process that a nanny watches over: the one that has a clerk."""
    found = [pid for pid in children(nanny) if b"spawn_main" in command_of(pid)]
    return found[0] if found else None


def command_of(pid: int) -> bytes:
    """Return what a process was started with."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process, without those that it has started."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Watch:
    """Notes how long it took, and how large all are, after some submissions; kills a worker."""

    scheduler: int
    nannies: Sequence[int]
    fatal: int
    begun: float = 0.0
    cpu: float = 0.0
    graded: int = 0
    writing: float = 0.0
    killed: str = ""
    rows: list[tuple[float, ...]] = field(default_factory=list)

    def see(self, _: str) -> None:
        """Count a submission."""
        self.graded += 1
        if self.graded == 1:
            self.begun, self.cpu = time.monotonic(), time.process_time()
        if self.graded in MARKS:
            seconds, cpu = time.monotonic() - self.begun, time.process_time() - self.cpu
            self.rows.append((self.graded, seconds, cpu, *self.sizes()))
            click.echo(row_of(self.rows[-1]))
        if self.graded == self.fatal:
            worker = worker_of(self.nannies[0])
            assert worker is not None
            os.kill(worker, signal.SIGKILL)
            self.killed = f"After {self.graded} a worker was killed, with what it had in hand."

    def sizes(self) -> tuple[float, ...]:
        """Return the largest of each kind of process, in MiB."""
        workers = [pid for nanny in self.nannies if (pid := worker_of(nanny))]
        clerks = [pid for one in workers for pid in children(one)]
        warm = [pid for one in clerks for pid in descendants(one)]
        groups = ([os.getpid()], [self.scheduler], workers, clerks, warm)
        return tuple(max(map(resident, pids), default=0) / MIB for pids in groups)

    def timed(self, write: object) -> object:
        """Return what writes a report, and notes how long that takes."""

        def timed_write(*arguments: object) -> None:
            start = time.process_time()
            write(*arguments)  # type: ignore[operator]
            self.writing += time.process_time() - start

        return timed_write


def row_of(row: Sequence[float]) -> str:
    """Return a line of the table: how many, seconds, a second, CPU of the command for each, MiB."""
    count, seconds, cpu, *sizes = row
    rates = f"{(count - 1) / seconds:>8.2f}{cpu / (count - 1):>9.4f}"
    return f"{count:>11,.0f}{seconds:>9.0f}{rates}" + "".join(f"{one:>12.1f}" for one in sizes)


def points_in_gradebook(where: ClassDirectory) -> dict[str, float]:
    """Return the points that the gradebook has for each student."""
    with Ledger.of(where.coursedir) as ledger:
        scores = scores_of(ledger, ASSIGNMENT)
    return {who: sum(one.auto or 0 for one in cells.values()) for who, cells in scores.items()}


@click.command()
@click.option("--submissions", default=10_000, show_default=True, type=click.IntRange(20))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1))
def main(submissions: int, workers: int) -> None:
    """Print how fast it went, how large all were, and whether anything was lost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        where = fill(folder / "class", 3)
        samples = [one.path for one in where.submissions(ASSIGNMENT)]
        solved = nbformat.read(samples[0], as_version=4)
        files = kinds(solved, samples[1].read_bytes(), samples[2].read_bytes())
        shutil.rmtree(folder / "class" / "submitted")
        hand_in(where, files, len(files))
        local = classroom.grade_assignment(where, ASSIGNMENT, seed=SEED, workers=1)
        expected = dict(zip(files, (one["points"] for one in local.reports), strict=False))
        click.echo(f"Points without a cluster: {expected}.")
        given = hand_in(where, files, submissions)
        header = (
            "submissions",
            "s",
            "per s",
            "CPU s",
            "command",
            "scheduler",
            "worker",
            "clerk",
            "warm",
        )
        widths = (11, 9, 8, 9, 12, 12, 12, 12, 12)
        click.echo("".join(f"{one:>{width}}" for one, width in zip(header, widths, strict=True)))
        with cluster(workers, folder) as (address, scheduler, nannies):
            watch = Watch(scheduler, nannies, submissions // 2)
            classroom.write_report = watch.timed(classroom.write_report)  # type: ignore[assignment]
            before = time.process_time()
            with progress(range(submissions), "Grading") as bar:

                def graded(student: str) -> None:
                    watch.see(student)
                    bar.update()

                outcome = classroom.grade_assignment(
                    where,
                    ASSIGNMENT,
                    force=True,
                    seed=SEED,
                    cluster=address,
                    on_graded=graded,
                    say=click.echo,
                )
            used, of_scheduler = time.process_time() - before, cpu_seconds(scheduler)
        click.echo(watch.killed)
        points = points_in_gradebook(where)
        other = [who for who, kind in given.items() if points.get(who) != expected[kind]]
        click.echo(
            f"Failures: {len(outcome.failures)}. In the gradebook: {len(points)}, of whom "
            f"{len(other)} have other points than without a cluster."
        )
        click.echo(
            f"CPU for each submission: {used / submissions:.4f} s in the command, of which "
            f"{watch.writing / submissions:.4f} s to write, {of_scheduler / submissions:.4f} s in "
            "the scheduler."
        )
        if outcome.failures or other or len(points) != submissions:
            raise click.ClickException("Something was lost.")


if __name__ == "__main__":
    main()
