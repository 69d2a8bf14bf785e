"""What a command shows in a terminal: tables of reports, and progress bars."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

if TYPE_CHECKING:
    from rich.table import Table


def print_reports(
    name: str, shown: list[dict[str, Any]], everyone: list[dict[str, Any]], new: int, before: int
) -> None:
    """Print a table: student, points, what went wrong in words, seconds; then sums.

    Parameters
    ----------
    name : str
        The assignment.
    shown, everyone : list of dict
        The reports that stand in the table, and all of which the sums are.
    new, before : int
        How many were graded now, and how many before.
    """
    from rich.console import Console

    from autograder.building.assignments import load
    from autograder.commands.summaries import commonest_mistakes, hints_told, sums

    hints = {m.name: m.hint for task in load(name).tasks for m in task.misconceptions}
    hints |= hints_told(everyone)
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    if shown:
        console.print(_table(name, shown, hints))
    elif everyone:
        console.print("Nothing was new; --all shows what was graded before.")
    for sentence in sums(everyone, new, before):
        console.print(sentence, markup=False)
    mistakes = commonest_mistakes(everyone, hints) if len(everyone) > 1 else []
    if mistakes:
        console.print("The commonest mistakes:")
        console.print(_list(mistakes))
    if shown:
        sandbox = min((one["sandbox"] for one in shown), key=lambda one: int(one["level"]))
        missing = f" {sandbox['reason']}" if sandbox["reason"] else ""
        console.print(f"Sandbox: {sandbox['name']} (level {sandbox['level']}).{missing}")


def _table(name: str, reports: list[dict[str, Any]], hints: Mapping[str, str]) -> Table:
    from rich.table import Table
    from rich.text import Text

    from autograder.commands.summaries import how_late, what_went_wrong

    late = any(report.get("seconds_late") for report in reports)
    columns = ["student", "points", *(["late"] if late else []), "what went wrong", "seconds"]
    table = Table(*columns, title=name, show_lines=True)
    table.columns[1].justify = table.columns[-1].justify = "right"
    for report in reports:
        points = f"{round(report['points'], 2):g}/{report['max_points']:g}"
        seconds = f"{report['times']['seconds']:.1f}"
        # Text, not markup: student names and messages may hold square brackets.
        student, wrong = printable(report["student"]), printable(what_went_wrong(report, hints))
        came = [how_late(report)] if late else []
        table.add_row(Text(student), points, *came, Text(wrong), seconds)
    return table


def _list(mistakes: list[tuple[int, str, str]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    rows = Table.grid(padding=(0, 2))
    for many, task, hint in mistakes:
        students = f"{many} student{'s' * (many > 1)}"
        rows.add_row(f"  {students}", printable(task), Text(printable(hint)))
    return rows


def printable(text: str) -> str:
    """Return a student's text without what could steer the terminal or not be written to it."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def progress(items: Iterable[Any], what: str) -> tqdm[Any]:
    """Return a progress bar, silent where the output is no terminal."""
    tqdm.monitor_interval = 0  # its thread, started in any case, would keep graders from forking
    return tqdm(items, desc=what, disable=None, leave=False)
