"""A replay as an instructor reads it in a terminal: the verdict then and now, and what it rests on.

Much of it is a stranger's text: each line is made printable, and none of it is markup.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.classes.replaying import Replay
from autograder.commands.exhibits import contrast, inputs
from autograder.commands.terminal import printable
from autograder.grading.remarks import stopped_remarks
from autograder.judging.verdicts import CheckReport


def print_replay(replay: Replay) -> None:
    """Print a task's verdict then and now, and for what fails: inputs, results, what it raised."""
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    student, assignment = replay.record["student"], replay.record["assignment"]
    title = f"{student}, {assignment}, {replay.task.name}: {replay.task.title}"
    console.print(Text(printable(title), "bold"))
    console.print(_then_and_now(replay))
    for remark in _circumstances(replay):
        console.print(Text(printable(remark)))
    console.print()
    told: set[str] = set()
    for check in replay.now.checks:
        mark = ("passed", "") if check.passed else ("FAILED", "bold")
        console.print(Text.assemble("  ", mark, f"  {check.title}"))
        console.print(Padding(_grid(list(_findings(replay, check)), told), (0, 0, 0, 10)))
    console.print()
    console.print(Text(printable(replay.conclusion()), "bold"))


def _grid(findings: list[tuple[str, str]], told: set[str]) -> Table:
    """Return labels and lines side by side; a mistake that was told is not told again."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, lines in groupby(findings, key=lambda one: one[0]):
        said = [text for _, text in lines]
        if label == "mistake" and told.issuperset(said):
            said = ["the same mistake"]
        told.update(said)
        grid.add_row(label, Text("\n".join(map(printable, said))))
    return grid


def _then_and_now(replay: Replay) -> Table:
    def points(number: float) -> str:
        return f"{round(number, 2):g} of {replay.now.max_points:g}"

    def listed(versions: Mapping[str, str]) -> str:
        return ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))

    def named(sandbox: Mapping[str, object]) -> str:
        return f"{sandbox['name']} (level {sandbox['level']})"

    record, isolation = replay.record, vars(replay.isolation)
    table = Table("", "recorded", "now")
    table.add_row("points", points(replay.then["points"]), points(replay.now.points))
    table.add_row("seed", str(record["seed"]), str(replay.seed))
    table.add_row("versions", listed(record["versions"]), listed(replay.versions))
    table.add_row("sandbox", named(record["sandbox"]), named(isolation))
    return table


def _circumstances(replay: Replay) -> Iterator[str]:
    """Yield what may make the two verdicts differ, and what is to be known to read this one."""
    if replay.changed:
        yield (
            "The submission was changed since it was graded, in "
            f"{', '.join(replay.changed)}: what was run now is what lies in submitted/."
        )
    if replay.changed_parts:
        yield (
            f"Another edition of the assignment than recorded, in {', '.join(replay.changed_parts)}"
            ": the verdict now is of the edition that is installed."
        )
    then, now = replay.record["versions"], replay.versions
    other = [name for name in sorted(then | now) if then.get(name) != now.get(name)]
    if other:
        names = " and ".join(other)
        yield f"Other versions of {names} than recorded: inputs and results may differ."
    alone = replay.now.points_alone
    if alone is not None:
        yield (
            f"Graded with {', '.join(replay.now.carried_from)} taken as right, where the mistakes "
            f"have been charged already; as it stands it would get {round(alone, 2):g}."
        )
    elif replay.then["carried_from"]:
        earlier = ", ".join(replay.then["carried_from"])
        yield f"When it was recorded, it was graded with {earlier} taken as right; now it was not."
    yield from (*replay.remarks, *stopped_remarks([replay.now]))


def _findings(replay: Replay, check: CheckReport) -> Iterator[tuple[str, str]]:
    """Yield what is to be said of a check, as labels and lines."""
    before = replay.recorded(check)
    if before is None:
        yield "recorded", "not there: the checks have changed"
    elif before["passed"] != check.passed or before["message"] != check.message:
        yield "recorded", before["message"] or "passed"
    if check.passed:
        return
    yield "found", check.message
    if check.misconception:
        yield "mistake", f"{check.misconception}: {check.hint}"
    result = replay.results.get(check.name)
    if result is None or result.stopped or (result.raised and not result.said):
        return  # it did not come to anything of which there is more to say
    expected = replay.expected[check.name]
    yield from (("inputs", line) for line in inputs(expected.draws))
    if result.raised:
        yield "raised", f"{result.raised}: {result.said}"
    else:
        [declared] = [one for one in replay.task.checks if one.name == check.name]
        yield from contrast(declared, result.value, expected.reference.value)
