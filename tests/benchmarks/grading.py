"""What grading costs: CPU seconds per submission, beside the bare code, nbgrader and Otter-Grader.

Run with ``make bench-grading``. The same notebooks are graded in several ways in one go, round by
round, so that what else the machine does falls on all alike. What a command needs once is found by
grading the first few of a round alone, one of each kind. Only the ratios carry over to other
machines.
"""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from statistics import median

import click

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import graders  # noqa: E402
from accounts import cpu_of  # noqa: E402
from graders import Grader  # noqa: E402

from autograder.commands.demo import ASSIGNMENT  # noqa: E402
from autograder.commands.terminal import progress  # noqa: E402

OTTER = Path(sys.prefix) / "otter"


@dataclass
class Cost:
    """CPU seconds of one grader, round by round: for each submission, and once for all."""

    each: list[float] = field(default_factory=list)
    once: list[float] = field(default_factory=list)


def rounds_of(submissions: int, rounds: int, few: int) -> list[list[str]]:
    """Return the students of each round; the names of the first few tell them from the rest."""
    kinds = ["few" if n < few else "more" for n in range(submissions // rounds)]
    return [[f"round{k:02}-{kind}-{n:04}" for n, kind in enumerate(kinds)] for k in range(rounds)]


def measure(
    ways: Sequence[Grader], rounds: Sequence[Sequence[str]], few: int, done: Callable[[], object]
) -> dict[str, Cost]:
    """Let every grader grade every round; return what each has cost."""
    costs = {way.name: Cost() for way in ways}
    for number, students in enumerate(rounds):
        for way in ways:
            if way.rounds is None or number < way.rounds:
                some, every = (
                    cpu_of(way.command(chosen), way.folder, way.environment)
                    for chosen in (students[:few], students)
                )
                each = (every - some) / (len(students) - few)
                costs[way.name].each.append(each)
                costs[way.name].once.append(some - few * each)
            done()
    return costs


def within_rounds(mine: Cost, other: Cost) -> list[tuple[float, float]]:
    """Return what both cost in each round that both took part in."""
    return list(zip(mine.each, other.each, strict=False))


def print_table(costs: dict[str, Cost]) -> None:
    """Print what each costs, over the bare code's cost and beyond it: medians over the rounds."""
    row = "{:<28}{:>8}{:>10}{:>9}{:>13}{:>13}{:>8}"
    click.echo(row.format("", "rounds", "each", "× bare", "least–most", "beyond bare", "once"))
    bare = next(iter(costs.values()))
    for name, cost in costs.items():
        pairs = within_rounds(cost, bare)
        ratios = [a / b for a, b in pairs]
        each, beyond = median(cost.each), median(a - b for a, b in pairs)
        spread = f"{min(ratios):.2f}–{max(ratios):.2f}"
        numbers = (f"{each:.3f}", f"{median(ratios):.2f}", spread, f"{beyond:.3f}")
        click.echo(row.format(name, len(ratios), *numbers, f"{median(cost.once):.1f}"))


def print_comparison(costs: dict[str, Cost]) -> None:
    """Print how many times more CPU the other graders need than ours."""
    bare, ours, *others = costs.values()
    floors = within_rounds(ours, bare)
    for name, other in zip(list(costs)[2:], others, strict=True):
        pairs = within_rounds(other, ours)
        whole = median(a / b for a, b in pairs)
        added = median((a - c) / (b - c) for (a, b), (_, c) in zip(pairs, floors, strict=False))
        most = median(a / c for a, (_, c) in zip(other.each, floors, strict=False))
        click.echo(
            f"{name}: {whole:.1f} × the CPU of handgrad for each submission, {added:.1f} × beyond "
            f"the bare code.\n  Were handgrad no dearer than the bare code: {most:.1f} ×."
        )


@click.command()
@click.option("--assignment", default=ASSIGNMENT, show_default=True, help="What is graded.")
@click.option("--submissions", default=200, show_default=True, type=click.IntRange(2))
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1))
@click.option(
    "--otter", default=OTTER, type=click.Path(path_type=Path), help="Otter-Grader's environment."
)
@click.option("--otter-rounds", type=int, help="Rounds that Otter takes part in; it is slow.")
def main(
    assignment: str, submissions: int, rounds: int, otter: Path, otter_rounds: int | None
) -> None:
    """Print CPU seconds per submission, and their ratios."""
    answers = graders.notebooks(assignment)
    if submissions // rounds <= len(answers):
        raise click.ClickException(
            f"A round has to have more than {len(answers)} submissions: ask for fewer rounds, "
            "or for more submissions."
        )
    students = rounds_of(submissions, rounds, len(answers))
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        where = graders.fill(scratch / "class", assignment, answers, list(chain(*students)))
        ways = [
            graders.bare(where, assignment, scratch),
            graders.handgrad(where, assignment),
            graders.nbgrader(where, assignment, scratch),
        ]
        if (otter / "bin" / "otter").exists():
            ways.append(graders.otter(where, assignment, scratch, otter, otter_rounds))
        else:
            click.echo(f"Otter-Grader is left out: it is not installed in {otter}.")
        with progress(range(rounds * len(ways)), "Grading") as bar:
            costs = measure(ways, students, len(answers), bar.update)
    click.echo(
        f"{assignment}, {len(students[0])} submissions in a round. CPU seconds, one thread. "
        f"Python {platform.python_version()}, NumPy {version('numpy')}, "
        f"nbgrader {version('nbgrader')}.\n"
    )
    print_table(costs)
    print_comparison(costs)


if __name__ == "__main__":
    main()
