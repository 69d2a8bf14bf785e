"""What a command shows in a terminal: tables of reports, progress bars, a replay."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

if TYPE_CHECKING:
    from autograder.judging import CheckReport
    from autograder.replaying import Replay


def print_reports(name: str, reports: list[dict[str, Any]]) -> None:
    """Print a table: student, points, what went wrong in words, seconds."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from autograder.building import load
    from autograder.summaries import what_went_wrong

    hints = {m.name: m.hint for task in load(name).tasks for m in task.misconceptions}
    table = Table("student", "points", "what went wrong", "seconds", title=name, show_lines=True)
    table.columns[1].justify = table.columns[3].justify = "right"
    for report in reports:
        points = f"{round(report['points'], 2):g}/{report['max_points']:g}"
        seconds = f"{report['times']['seconds']:.1f}"
        # Text, not markup: student names and messages may hold square brackets.
        student, wrong = printable(report["student"]), printable(what_went_wrong(report, hints))
        table.add_row(Text(student), points, Text(wrong), seconds)
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table)
    if reports:
        sandbox = reports[-1]["sandbox"]
        missing = f" {sandbox['reason']}" if sandbox["reason"] else ""
        console.print(f"Sandbox: {sandbox['name']} (level {sandbox['level']}).{missing}")


def printable(text: str) -> str:
    """Return a student's text without what could steer the terminal or not be written to it."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def progress(items: Iterable[Any], what: str) -> tqdm[Any]:
    """Return a progress bar, silent where the output is no terminal."""
    return tqdm(items, desc=what, disable=None, leave=False)


def print_replay(replay: Replay) -> None:
    """Print a task's verdict then and now, and for what fails: inputs, results, what it raised."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    record, task = replay.record, replay.task
    title = f"{record['student']}, {record['assignment']}, {task.name}: {task.title}"
    console.print(Text(printable(title), "bold"))
    console.print(_then_and_now(replay))
    for remark in _circumstances(replay):
        console.print(Text(printable(remark)))
    console.print()
    for check in replay.now.checks:
        mark = ("passed", "") if check.passed else ("FAILED", "bold")
        console.print(Text.assemble(("  ", ""), mark, f"  {printable(check.title)}"))
        rows = Table.grid(padding=(0, 2))
        rows.add_column(no_wrap=True)
        rows.add_column(overflow="fold")
        for label, said in _findings(replay, check):
            rows.add_row(label, Text(printable(said)))
        console.print(Padding(rows, (0, 0, 0, 10)))
    console.print()
    console.print(Text(printable(replay.conclusion()), "bold"))


def _then_and_now(replay: Replay) -> Any:
    from rich.table import Table

    def named(sandbox: Mapping[str, Any]) -> str:
        return f"{sandbox['name']} (level {sandbox['level']})"

    def listed(versions: Mapping[str, str]) -> str:
        return ", ".join(f"{name} {version}" for name, version in versions.items())

    then, now, record = replay.then, replay.now, replay.record
    table = Table("", "recorded", "now")
    table.add_row("points", *(f"{x:g} of {now.max_points:g}" for x in (then["points"], now.points)))
    table.add_row("seed", str(record["seed"]), str(replay.seed))
    table.add_row("versions", listed(record["versions"]), listed(replay.versions))
    table.add_row("sandbox", named(record["sandbox"]), named(vars(replay.isolation)))
    return table


def _circumstances(replay: Replay) -> Iterator[str]:
    """Yield what may make the two verdicts differ, and what is to be known to read this one."""
    if replay.changed:
        yield (
            "The submission was changed since it was graded, in "
            f"{', '.join(replay.changed)}: what was run now is what lies in submitted/."
        )
    then, now = replay.record["versions"], replay.versions
    other = [name for name in then | now if then.get(name) != now.get(name)]
    if other:
        names = " and ".join(other)
        yield f"Other versions of {names} than recorded: inputs and results may differ."
    if replay.now.carried_from:
        yield (
            f"Graded with {', '.join(replay.now.carried_from)} taken as right, where the mistakes "
            f"have been charged already; as it stands it would get {replay.now.points_alone:g}."
        )
    yield from replay.remarks


def _findings(replay: Replay, check: CheckReport) -> Iterator[tuple[str, str]]:
    """Yield what is to be said of a check, as a label and a line."""
    from autograder.exhibits import contrast, inputs

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
    if result is None or result.stopped:
        return
    if result.said:
        yield "raised", f"{result.raised}: {result.said}"
    expected = replay.expected[check.name]
    for label, lines in (
        ("inputs", inputs(expected.draws)),
        (
            "result",
            []
            if result.raised
            else contrast(_check(replay, check), result.value, expected.reference.value),
        ),
    ):
        for line in lines:
            yield label, line
            label = ""


def _check(replay: Replay, report: CheckReport) -> Any:
    return next(one for one in replay.task.checks if one.name == report.name)
