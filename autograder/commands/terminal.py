"""What a command shows in a terminal: tables of reports, and progress bars."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm


def print_reports(name: str, reports: list[dict[str, Any]]) -> None:
    """Print a table: student, points, what went wrong in words, seconds."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from autograder.building.assignments import load
    from autograder.commands.summaries import what_went_wrong

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
    tqdm.monitor_interval = 0  # its thread, started in any case, would keep graders from forking
    return tqdm(items, desc=what, disable=None, leave=False)
