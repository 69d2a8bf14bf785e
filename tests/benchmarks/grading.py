"""What grading costs: CPU seconds per submission, over the floor, beside nbgrader and Otter-Grader.

Run with ``make bench-grading``. The same notebooks, right and wrong ones apart, are graded in
several ways in one go, in turn and round by round. What a command needs once is told from what each
submission takes by two sizes of run. Only the ratios carry over to other machines.
"""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import click

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import graders  # noqa: E402
from accounts import cpu_of  # noqa: E402
from costs import Costs, Run  # noqa: E402
from graders import Grader  # noqa: E402
from samples import answers  # noqa: E402

from autograder.classes.class_directory import ClassDirectory  # noqa: E402
from autograder.commands.demo import ASSIGNMENT  # noqa: E402
from autograder.commands.terminal import progress  # noqa: E402

OTTER = Path(sys.prefix) / "otter"
MIX = "mix"
WORKERS = (1, 2)
REPEATS = 5
OVER_FLOOR = (1.1, 1.6, 1.3)
"""What right, wrong and mixed submissions are to cost at most, over the floor."""
BEYOND_FLOOR = {"nbgrader autograde": 10, "Otter-Grader": 15}
"""How many times less than the others they are to cost, beyond the floor."""
ONCE = 3.0
"""What a run is to cost once at most, in CPU seconds."""

Job = tuple[Run, Grader, Sequence[str]]


def students_of(kinds: dict[str, int], times: int) -> dict[str, list[str]]:
    """Return students by kind; the names of the first few, two rounds of answers, tell them."""
    return {
        kind: [
            f"{kind}-{'few' if n < few else 'more'}-{n:02}"
            for few in [max(2, count)]
            for n in range(few * (1 + times))
        ]
        for kind, count in kinds.items()
    }


def few(students: Sequence[str]) -> list[str]:
    return [student for student in students if "-few-" in student]


def jobs_of(ways: Sequence[Grader], students: dict[str, list[str]]) -> Iterator[Job]:
    """Yield the runs of a round: few and more of each kind, by all graders in turn.

    The floor is the others' measure, and cheap: it takes each submission several times.
    """
    floor, *others = ways
    for kind, everyone in students.items():
        for some in (few(everyone), everyone):
            often = [*some] * REPEATS
            yield Run(floor.name, kind, len(often)), floor, often
            for way in others:
                yield Run(way.name, kind, len(some)), way, some


def mixed_jobs(
    where: ClassDirectory, assignment: str, students: dict[str, list[str]]
) -> Iterator[Job]:
    """Yield a run over a few of all kinds for each number of workers."""
    some = [student for everyone in students.values() for student in few(everyone)]
    for workers in WORKERS:
        way = graders.handgrad(where, assignment, workers)
        yield Run(f"{workers} worker{'s' * (workers > 1)}", MIX, len(some)), way, some


def ways_of(where: ClassDirectory, assignment: str, scratch: Path, otter: Path) -> list[Grader]:
    """Return the ways to grade; the floor comes first, and then ours."""
    ways = [
        graders.floor(where, assignment, scratch),
        graders.handgrad(where, assignment),
        graders.nbgrader(where, assignment, scratch),
    ]
    if (otter / "bin" / "otter").exists():
        return [*ways, graders.otter(where, assignment, scratch, otter)]
    click.echo(f"Otter-Grader is left out: it is not installed in {otter}.")
    return ways


def measure(assignment: str, rounds: int, times: int, otter: Path) -> Costs:
    """Let every grader grade every kind of submission, several times over."""
    samples = answers(assignment)
    students = students_of({kind: len(notebooks) for kind, notebooks in samples.items()}, times)
    handed_in = {
        student: samples[kind][n % len(samples[kind])]
        for kind, everyone in students.items()
        for n, student in enumerate(everyone)
    }
    total = sum(map(len, samples.values()))
    with tempfile.TemporaryDirectory() as folder:
        where = graders.fill(Path(folder) / "class", assignment, handed_in)
        ways = ways_of(where, assignment, Path(folder), otter)
        costs = Costs(ways[0].name, {kind: len(one) / total for kind, one in samples.items()})
        jobs = [*jobs_of(ways, students), *mixed_jobs(where, assignment, students)]
        slowest = ways[-1].name
        turns = [job for n in range(rounds) for job in jobs if n == 0 or job[1].name != slowest]
        for run, way, some in progress(turns, "Grading"):
            costs.add(run, cpu_of(way.command(some), way.folder, way.environment))
    return costs


def print_tables(costs: Costs) -> None:
    """Print what a submission costs in each way, and whether the aims are met."""
    kinds = [*costs.shares, MIX]
    names = list(dict.fromkeys(run.grader for run in costs.seconds if run.kind != MIX))
    show(["CPU seconds, one thread", *kinds, *(f"× floor, {kind}" for kind in kinds), "once"])
    for name in names:
        each = [f"{value:.3f}" for value in costs.each(name)]
        over = [f"{value:.2f}" for value in costs.over_floor(name)]
        show([name, *each, *over, f"{costs.once(name):.1f}"])
    click.echo()
    ours, others = names[1], names[2:]
    show(["aim", *kinds, "met"])
    over = costs.over_floor(ours)
    aims = [f"{value:.2f} (≤ {aim})" for value, aim in zip(over, OVER_FLOOR, strict=True)]
    met = [value <= aim for value, aim in zip(over, OVER_FLOOR, strict=True)]
    show([f"{ours}, × floor", *aims, yes_or_no(met)])
    for other in others:
        beyond, aim = costs.beyond_floor(ours, other), BEYOND_FLOOR[other]
        cells = [f"{value:.1f} (≥ {aim})" for value in beyond]
        show([f"{other} ÷ ours, beyond the floor", *cells, yes_or_no(v >= aim for v in beyond)])
    for run in costs.seconds:
        if run.kind == MIX:
            once = costs.once_for_all(run, ours)
            cells = [""] * len(costs.shares)
            met = yes_or_no([once <= ONCE])
            show([f"once, {run.grader}", *cells, f"{once:.1f} s (≤ {ONCE:g} s)", met])


def yes_or_no(met: Iterator[bool] | Sequence[bool]) -> str:
    return ", ".join("yes" if one else "no" for one in met)


def show(cells: Sequence[str]) -> None:
    """Print a row of a table in Markdown; the rule goes below the head."""
    click.echo(f"| {' | '.join(cells)} |")
    if cells[-1] in ("once", "met"):
        click.echo("|---" * len(cells) + "|")


@click.command()
@click.option("--assignment", "assignments", multiple=True, default=[ASSIGNMENT], show_default=True)
@click.option("--rounds", default=2, show_default=True, type=click.IntRange(1))
@click.option(
    "--times", default=2, show_default=True, type=click.IntRange(1), help="Size of the larger runs."
)
@click.option(
    "--otter", default=OTTER, type=click.Path(path_type=Path), help="Otter-Grader's environment."
)
def main(assignments: Sequence[str], rounds: int, times: int, otter: Path) -> None:
    """Print CPU seconds per submission, and their ratios, for some assignments."""
    for assignment in assignments:
        costs = measure(assignment, rounds, times, otter)
        click.echo(
            f"\n{assignment}: minima of {rounds} rounds (the last grader: one). "
            f"Python {platform.python_version()}, NumPy {version('numpy')}, "
            f"nbgrader {version('nbgrader')}.\n"
        )
        print_tables(costs)


if __name__ == "__main__":
    main()
