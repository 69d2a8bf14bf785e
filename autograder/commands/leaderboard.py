"""Who of a class reached what in a task that measures, such as the accuracy of a network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from autograder.commands.terminal import printable


class LeaderboardError(Exception):
    """There is no leaderboard; one sentence says why."""


class Standing(NamedTuple):
    """What one student reached: the mean of what was measured, and the points of the task."""

    student: str
    measured: float
    points: float


def read_reports(path: Path) -> list[dict[str, Any]]:
    """Return the reports that ``handgrad grade --json`` wrote.

    Raises
    ------
    LeaderboardError
        If the file holds something else.
    """
    try:
        reports = json.loads(path.read_text(encoding="utf-8"))
        if all("student" in report and "tasks" in report for report in reports):
            return list(reports)
    except (ValueError, TypeError):
        pass
    raise LeaderboardError(f"{path} is not what 'handgrad grade --json' writes.")


def standings(
    reports: Iterable[Mapping[str, Any]], task: str, *, lowest: bool = False
) -> list[Standing]:
    """Return what was measured in a task, the best first; equals stand in the order of their names.

    Parameters
    ----------
    reports : iterable of mapping
        As `SubmissionReport.as_json` gives them.
    task : str
        The task; whoever has no number in it is left out.
    lowest : bool
        Whether the smallest number is the best.

    Raises
    ------
    LeaderboardError
        If nobody has one.
    """
    found, there = [], dict[str, None]()
    for report in reports:
        for one in report["tasks"]:
            numbers = [check.get("measured") for check in one["checks"]]
            measured = [number for number in numbers if number is not None]
            there |= {one["name"]: None} if measured else {}
            if measured and one["name"] == task:
                found.append(Standing(report["student"], fmean(measured), one["points"]))
    if not found:
        raise LeaderboardError(
            f"Nothing has been measured in a task {task!r}; "
            + (f"there is something of {', '.join(there)}." if there else "nor in another one.")
        )
    sign = 1 if lowest else -1
    return sorted(found, key=lambda standing: (sign * standing.measured, standing.student))


def table(found: Iterable[Standing]) -> list[str]:
    """Return the lines of a table in Markdown; equal numbers share a place."""
    lines = ["| place | student | measured | points |", "|---|---|---|---|"]
    place, before = 0, None
    for position, (student, measured, points) in enumerate(found, start=1):
        place = place if measured == before else position
        before = measured
        name = printable(student).replace("|", "\\|")
        lines.append(f"| {place} | {name} | {measured:.4g} | {round(points, 2):g} |")
    return lines
