"""The command ``handgrad regrade``: grades again what a change touches, once you have seen it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.commands.options import ALLOW_UNSANDBOXED, CHAPTER, CLASS, CLUSTER
from autograder.commands.stopping import stoppable
from autograder.commands.terminal import printable, progress

if TYPE_CHECKING:
    from autograder.classes.differences import Difference

KEPT = "Stopped. What was judged is kept: run the command again, and it goes on."
MOST_REASONS = 6


@click.command()
@CHAPTER
@CLASS
@click.option("--student", "students", multiple=True, help="This student only; repeatable.")
@click.option("--yes", is_flag=True, help="Write the grades without asking.")
@click.option("--workers", type=click.IntRange(1), help="Processes; one for each core by default.")
@CLUSTER
@ALLOW_UNSANDBOXED
@stoppable(KEPT)
def regrade(
    chapter: str,
    folder: Path,
    students: tuple[str, ...],
    yes: bool,
    workers: int | None,
    cluster: str | None,
    allow_unsandboxed: bool,
) -> None:
    """Grade again what a change of checks or points touches, after 'handgrad update'.

    Who would gain or lose, how much and in which checks, is shown before anything is written.
    Points that were given by hand stay.
    """
    from autograder.classes.class_directory import ClassDirectory
    from autograder.classes.differences import differences, in_sum
    from autograder.classes.regrading import judge_again, plan_regrade, write_regrade
    from autograder.classes.sources import find_ours

    def say(sentence: str) -> None:
        click.echo(printable(sentence), err=True)

    where = ClassDirectory(folder)
    name = find_ours(where, chapter)
    planned = plan_regrade(where, name, students=students, say=say)
    for sentence in planned.left_out:
        say(sentence)
    if not planned.due:
        click.echo(f"The grades of {name} are of the checks and points that it has now.")
        return
    waiting = planned.waiting
    click.echo(f"Changed since: {', '.join(planned.parts)}.")
    if 0 < len(waiting) < len(planned.due):
        say(f"Going on: {len(planned.due) - len(waiting)} of {len(planned.due)} are judged.")
    with progress([], "Judging") as bar:
        bar.reset(total=len(waiting))
        failures = judge_again(
            where,
            name,
            planned,
            workers=workers,
            cluster=cluster,
            allow_unsandboxed=allow_unsandboxed,
            on_graded=lambda _: bar.update(),
            say=say,
        )
    found = differences(planned)
    _print(name, [one for one in found if one.gain or one.reasons])
    for sentence in in_sum(found):
        click.echo(printable(sentence))
    if found and (yes or _agrees(len(found))):
        written = write_regrade(where, name, planned, say)
        click.echo(f"Written: {len(written)}. For the pages, 'handgrad grade {name} --feedback'.")
    elif found:
        click.echo(f"Nothing has been written: 'handgrad regrade {name} --yes' does it.")
    for failure in failures:
        say(failure)
    sys.exit(1 if failures else 0)


def _agrees(count: int) -> bool:
    """Ask; where nobody can answer, the answer is no."""
    try:
        return click.confirm(f"Write these {count} grades?", default=False)
    except click.Abort:
        click.echo()
        return False


def _print(name: str, found: list[Difference]) -> None:
    """Print a table: student, points before and after, and why."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not found:
        return
    table = Table("student", "before", "after", "change", "why", title=name, show_lines=True)
    for column in table.columns[1:4]:
        column.justify = "right"
    for one in found:
        said = one.reasons[:MOST_REASONS]
        more = len(one.reasons) - len(said)
        why = "\n".join(map(printable, [*said, *([f"and {more} more"] if more else [])]))
        points = [f"{round(number, 2):g}" for number in (one.before, one.after)]
        # Text, not markup: names and messages may hold square brackets.
        table.add_row(Text(printable(one.student)), *points, f"{one.gain:+.4g}", Text(why))
    Console(width=None if sys.stdout.isatty() else 120, highlight=False).print(table)
