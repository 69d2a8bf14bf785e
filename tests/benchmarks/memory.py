"""What grading a large class takes in memory: the grader, its worker, the warm parent, a child.

``python tests/benchmarks/memory.py`` grades 5,000 submissions of a small notebook with one worker,
by way of the same function that ``handgrad grade`` calls, gradebook included.
"""

from __future__ import annotations

import os
import sys
import tempfile
import tracemalloc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import click

os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import graders  # noqa: E402
import nbformat  # noqa: E402
from samples import answers  # noqa: E402

from autograder.building.assignments import (  # noqa: E402
    build_source,
    load,
    release,
    write_notebook,
)
from autograder.classes.class_directory import ClassDirectory, make_class  # noqa: E402
from autograder.classes.classroom import (  # noqa: E402
    grade_assignment,
    read_report,
    release_assignment,
)
from autograder.commands.demo import ASSIGNMENT  # noqa: E402
from autograder.commands.terminal import progress  # noqa: E402

TASKS = ("nodes", "relu", "relative_error")
MIB = 1 << 20


@dataclass
class Watch:
    """Notes how large the grader, its worker and the warm parent are after some submissions."""

    marks: Sequence[int]
    graded: int = 0
    rows: list[tuple[int, ...]] = field(default_factory=list)

    def see(self, _: str) -> None:
        """Count a submission."""
        self.graded += 1
        if self.graded in self.marks:
            workers = children(os.getpid())
            warm = [pid for worker in workers for pid in descendants(worker)]
            sizes = (max(map(resident, pids), default=0) for pids in ([os.getpid()], workers, warm))
            self.rows.append((self.graded, *sizes))


def resident(pid: int) -> int:
    """Return the resident memory of a process in bytes; none if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("VmRSS:"))


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def descendants(pid: int) -> Iterable[int]:
    """Yield the processes that a process has started, and theirs."""
    for child in children(pid):
        yield child
        yield from descendants(child)


def small(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a notebook with a few of its tasks, and no figures."""
    kept = {*TASKS, *(f"{name}-answer" for name in TASKS)}
    imports = next(cell for cell in notebook.cells if cell.cell_type == "code")
    imports.source = "import numpy as np\n\nfrom handgrad import check"
    notebook.cells = [imports, *(cell for cell in notebook.cells if cell.id in kept)]
    return notebook


def fill(folder: Path, count: int) -> ClassDirectory:
    """Make a class with right, wrong and empty answers to a small assignment in turn."""
    solved = small(build_source(load(ASSIGNMENT)))
    wrong = nbformat.from_dict(solved)
    for cell in wrong.cells:
        cell.source = cell.source.replace("x > 0", "x > 1")
    make_class(folder)
    where = ClassDirectory(folder)
    release_assignment(where, ASSIGNMENT)
    write_notebook(solved, where.step("source", ASSIGNMENT) / f"{ASSIGNMENT}.ipynb")
    release_assignment(where, ASSIGNMENT)
    handed_in = [solved, wrong, release(solved)]
    for number in range(count):
        path = where.step("submitted", ASSIGNMENT, f"student{number:04}") / f"{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True)
        write_notebook(handed_in[number % len(handed_in)], path)
    return where


@click.command()
@click.option("--submissions", default=5000, show_default=True, type=click.IntRange(200))
def main(submissions: int) -> None:
    """Print the memory of a long run, and how it grows."""
    marks = [100, *(n for n in (500, *range(1000, submissions, 1000)) if n < submissions)]
    watch = Watch([*marks, submissions])
    with tempfile.TemporaryDirectory() as folder:
        where = fill(Path(folder) / "class", submissions)
        with progress(range(submissions), "Grading") as bar:

            def graded(student: str) -> None:
                watch.see(student)
                bar.update()

            outcome = grade_assignment(where, ASSIGNMENT, workers=1, on_graded=graded)
        if outcome.failures:
            raise click.ClickException(outcome.failures[0])
        peaks = [report["times"]["peak_mib"] for report in outcome.reports]
        print_table(watch.rows, peaks)
        thousand = size_of_reports(Path(folder) / "whole", 1000) / MIB
    click.echo(
        f"In the end all reports are held, to be shown: {thousand:.0f} MiB for a thousand of "
        f"{ASSIGNMENT} as it is."
    )


def size_of_reports(folder: Path, count: int) -> int:
    """Return the bytes that so many reports on a whole assignment take."""
    notebooks = chain.from_iterable(answers(ASSIGNMENT).values())
    where = graders.fill(folder, ASSIGNMENT, dict(zip("abcde", notebooks, strict=True)))
    grade_assignment(where, ASSIGNMENT, workers=1)
    graded = where.submissions(ASSIGNMENT)
    tracemalloc.start()
    held = [read_report(where, ASSIGNMENT, graded[n % len(graded)]) for n in range(count)]
    assert all(held)
    return tracemalloc.get_traced_memory()[0]


def print_table(rows: Sequence[Sequence[int]], peaks: Sequence[int]) -> None:
    """Print the sizes in MiB, and what a thousand submissions add."""
    row = "{:>12}{:>10}{:>10}{:>14}{:>15}"
    click.echo(row.format("submissions", "grader", "worker", "warm parent", "largest child"))
    for graded, *sizes in rows:
        shown = [f"{size / MIB:.1f}" for size in sizes]
        click.echo(row.format(graded, *shown, max(peaks[:graded])))
    (first, *before), (last, *after) = rows[0], rows[-1]
    grown = [(b - a) / MIB / (last - first) * 1000 for a, b in zip(before, after, strict=True)]
    click.echo("MiB. A thousand submissions add " + ", ".join(f"{one:.2f}" for one in grown) + ".")


if __name__ == "__main__":
    main()
