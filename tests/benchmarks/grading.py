"""What grading costs: CPU seconds per submission, beside the bare code and stock nbgrader.

Run with ``make bench-grading``. The same notebooks are run three ways in one go: their cells alone
in forks of a warm process, ``handgrad grade``, and ``nbgrader autograde`` as it comes. Only the
ratios carry over to other machines.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat  # noqa: E402

from autograder.building import write_notebook  # noqa: E402
from autograder.class_directory import ClassDirectory, make_class  # noqa: E402
from autograder.classroom import release_assignment  # noqa: E402
from autograder.demo import ASSIGNMENT, sample_submissions  # noqa: E402
from autograder.submissions import read_submission, restore, student_code  # noqa: E402

STOCK_CONFIG = """
from pathlib import Path
c = get_config()
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "stock"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.Execute.timeout = 120
"""
PROGRAMS = Path(sys.executable).parent
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@contextmanager
def cgroup() -> Iterator[tuple[Path, Callable[[], float]]]:
    """Yield where to enter a new control group, and a function that reads its CPU seconds.

    The CPU time of what runs behind a process namespace is not in its parents' accounts.
    """
    name = f"handgrad-bench-{uuid.uuid4().hex[:8]}"
    root = Path("/sys/fs/cgroup")
    for parent, file in (
        (root, "cpu.stat"),
        (root / "unified", "cpu.stat"),
        (root / "cpuacct", ""),
    ):
        group = parent / name
        try:
            group.mkdir()
        except OSError:
            continue
        if (group / "cpu.stat").exists() and file:
            read = lambda: int((group / "cpu.stat").read_text().split()[1]) / 1e6  # noqa: B023, E731
        elif (group / "cpuacct.usage").exists():
            read = lambda: int((group / "cpuacct.usage").read_text()) / 1e9  # noqa: B023, E731
        else:
            group.rmdir()
            continue
        try:
            yield group / "cgroup.procs", read
        finally:
            group.rmdir()
        return
    raise click.ClickException("No control group can be made: run this benchmark as root.")


def cpu_of(command: Sequence[str | Path], folder: Path) -> float:
    """Run a command and return the CPU seconds of all that it started."""
    with cgroup() as (entry, used):
        result = subprocess.run(
            list(command),
            cwd=folder,
            env={**os.environ, **ONE_THREAD, "PATH": f"{PROGRAMS}:{os.environ['PATH']}"},
            preexec_fn=lambda: entry.write_text(str(os.getpid())) and None,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise click.ClickException(f"{command} failed: {result.stderr[-2000:]}")
        return used()


def bare_seconds(sources: list[list[str]]) -> list[float]:
    """Return the CPU seconds of each notebook's cells, in a fork of a warm process."""
    import IPython.display  # noqa: F401
    import matplotlib
    import numpy  # noqa: F401

    matplotlib.use("agg")
    import matplotlib.pyplot

    import autograder
    import autograder.figures

    autograder.check = lambda task=None: None  # type: ignore[assignment]
    autograder.figures.display = lambda *args, **kwargs: None  # type: ignore[attr-defined]
    seconds = []
    for cells in sources:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        pid = os.fork()
        if pid == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            names: dict[str, object] = {"__name__": "__main__"}
            for cell in cells:
                exec(compile(cell, "<cell>", "exec"), names)
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return seconds


def fill(folder: Path, count: int) -> None:
    """Make a class of ``count`` benign submissions, right and wrong ones in turn."""
    make_class(folder)
    where = ClassDirectory(folder)
    release_assignment(where, ASSIGNMENT)
    samples = sample_submissions(hostile=False)
    benign = [samples[name] for name in ("ada", "ben", "chen", "dora", "lea")]
    for number in range(count):
        path = where.step("submitted", ASSIGNMENT, f"student{number:03}") / f"{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True)
        write_notebook(benign[number % len(benign)], path)


@click.command()
@click.option("--submissions", default=40, show_default=True)
def main(submissions: int) -> None:
    """Print CPU seconds per submission, and their ratios."""
    os.environ.update(ONE_THREAD)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "ours"
        fill(folder, submissions)
        stock = Path(scratch) / "stock"
        shutil.copytree(folder, stock)
        (stock / "nbgrader_config.py").write_text(STOCK_CONFIG)
        (stock / "gradebook.db").unlink()
        cpu_of([PROGRAMS / "nbgrader", "generate_assignment", ASSIGNMENT, "--force"], stock)
        one = ["--student", "student000"]
        ours = [PROGRAMS / "handgrad", "grade", ASSIGNMENT]
        theirs = [PROGRAMS / "nbgrader", "autograde", ASSIGNMENT]
        ours_one, ours_all = cpu_of([*ours, *one], folder), cpu_of([*ours, "--force"], folder)
        theirs_one = cpu_of([*theirs, *one], stock)
        theirs_all = cpu_of([*theirs, "--force"], stock)
        bare = sum(bare_seconds(cells_of(folder))) / submissions
    report(
        submissions,
        bare,
        {
            "handgrad grade": (ours_one, ours_all),
            "nbgrader autograde, stock": (theirs_one, theirs_all),
        },
    )


def cells_of(folder: Path) -> list[list[str]]:
    """Return the cells of each submission that are run."""
    where = ClassDirectory(folder)
    released = nbformat.read(where.step("release", ASSIGNMENT) / f"{ASSIGNMENT}.ipynb", 4)
    os.chdir(where.step("release", ASSIGNMENT))
    return [
        [source for _, source in student_code(restore(read_submission(one.path), released))]
        for one in where.submissions(ASSIGNMENT)
    ]


def report(count: int, bare: float, totals: dict[str, tuple[float, float]]) -> None:
    """Print the table."""
    click.echo(f"{count} submissions of {ASSIGNMENT}; CPU seconds, one thread")
    click.echo(f"{'':<28}{'per submission':>16}{'with start-up':>16}{'× bare':>10}{'start-up':>10}")
    click.echo(f"{'bare code, warm process':<28}{bare:>16.3f}{bare:>16.3f}{1:>10.2f}{0:>10.1f}")
    each = {}
    for name, (one, everything) in totals.items():
        each[name] = (everything - one) / (count - 1)
        start = one - each[name]
        click.echo(
            f"{name:<28}{each[name]:>16.3f}{everything / count:>16.3f}"
            f"{each[name] / bare:>10.2f}{start:>10.1f}"
        )
    ours, theirs = each.values()
    click.echo(f"nbgrader needs {theirs / ours:.1f} × the CPU of handgrad per submission.")


if __name__ == "__main__":
    main()
