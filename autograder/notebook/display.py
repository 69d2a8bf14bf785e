"""The table of checks: as HTML for a notebook page, as plain text for a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from autograder.judging.results import NOT_WRITTEN
from autograder.judging.verdicts import CheckReport, TaskReport

# Blue and orange of the Okabe–Ito palette, darkened to carry white letters, so that they can be
# read in a light and in a dark theme; words say it as well.
PASSED, FAILED = "#00598c", "#a14a00"
CODE = re.compile(r"`([^`\n]+)`")
LONG = 40
"""A message longer than this, in characters, is given once for each task."""
CELL = "text-align: left; vertical-align: top; padding: 0.3em 0.8em"


def points_text(points: float, max_points: float) -> str:
    """Return a score such as "4.5 of 6 points"."""
    return f"{round(points, 2):g} of {round(max_points, 2):g} points"


def as_text(report: TaskReport) -> str:
    """Return the report on one task as plain text.

    Parameters
    ----------
    report : TaskReport
        The verdicts.
    """
    if together := _one_reason(report):
        return f"{_caption(report)}: {together}"
    lines = [_caption(report)]
    remarks = _remarks(report)
    for check in report.checks:
        lines.append(f"  {'passed' if check.passed else 'FAILED'}  {check.title}")
        lines += [f"          {line}" for line in remarks[check.name]]
    return "\n".join(lines)


def as_html(report: TaskReport) -> str:
    """Return the report on one task as a table, without scripts and self-contained.

    Parameters
    ----------
    report : TaskReport
        The verdicts.
    """
    if together := _one_reason(report):
        said = CODE.sub(r"<code>\1</code>", escape(together))
        return f'<p class="handgrad-check"><strong>{escape(_caption(report))}</strong>: {said}</p>'
    remarks = _remarks(report)
    rows = "".join(_row(check, remarks[check.name]) for check in report.checks)
    return (
        '<table class="handgrad-check">'
        f'<caption style="text-align: left"><strong>{escape(_caption(report))}</strong></caption>'
        f'<thead><tr><th scope="col" style="{CELL}">result</th>'
        f'<th scope="col" style="{CELL}">check</th>'
        f'<th scope="col" style="{CELL}">what was found</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _one_reason(report: TaskReport) -> str:
    """Return what is to be said of all checks alike, where nothing is there to be checked yet."""
    messages = {check.message for check in report.checks}
    if len(messages) != 1 or any(check.passed for check in report.checks):
        return ""
    (message,) = messages
    if message == NOT_WRITTEN:
        return (
            "not written yet. Write your code where it says `raise NotImplementedError`, run the "
            "cell, and check again."
        )
    return f"{message}." if " is not defined: " in message else ""


def _caption(report: TaskReport) -> str:
    """Return a task's title and points, and what was done to be fair to it."""
    said = [f"{report.title}: {points_text(report.points, report.max_points)}"]
    if report.points_alone is not None:
        said += [
            f"It builds on {', '.join(report.carried_from)}, where the mistakes have been charged "
            "already",
            "So it was graded with that part right; as it stands it would get "
            f"{round(report.points_alone, 2):g}",
        ]
    if report.stopped_again:
        said.append(
            "With the earlier tasks that it builds on right it was graded once more, and then "
            f"stopped: {report.stopped_again}"
        )
    return ". ".join(said) + ("." if said[1:] else "")


def summary_html(reports: Sequence[TaskReport], by_hand: float = 0) -> str:
    """Return the points of several tasks as one table; ``by_hand`` are those graded by hand."""
    rows = "".join(
        f'<tr><th scope="row" style="{CELL}">{escape(report.title)}</th>'
        f'<td style="{CELL}">{points_text(report.points, report.max_points)}</td></tr>'
        for report in reports
    )
    return (
        f'<table class="handgrad-check"><caption style="text-align: left"><strong>'
        f"{escape(total_text(reports, by_hand))}</strong></caption><tbody>{rows}</tbody></table>"
    )


def summary_text(reports: Sequence[TaskReport], by_hand: float = 0) -> str:
    """Return the points of several tasks as plain text."""
    lines = [f"  {points_text(r.points, r.max_points):>20}  {r.title}" for r in reports]
    return "\n".join([*lines, total_text(reports, by_hand)])


def total_text(reports: Sequence[TaskReport], by_hand: float = 0) -> str:
    """Return the sum of the points in words."""
    points = sum(report.points for report in reports)
    total = f"So far: {points_text(points, sum(report.max_points for report in reports))}"
    return f"{total}; {by_hand:g} more are given by hand" if by_hand else total


def _remarks(report: TaskReport) -> dict[str, list[str]]:
    """Return what is said about each check; what has been said at length is not said again."""
    remarks: dict[str, list[str]] = {}
    given: set[str] = set()
    messages: set[str] = set()
    for check in report.checks:
        repeated = check.message in messages
        messages.add(check.message)
        found = "the same as above" if repeated and len(check.message) > LONG else check.message
        remarks[check.name] = [] if check.passed else [found]
        if check.forfeits:
            remarks[check.name].append("This costs the task all its points.")
        if check.hint:
            known = check.hint in given
            remarks[check.name].append("(the same mistake)" if known else f"Hint: {check.hint}")
            given.add(check.hint)
    return remarks


def _row(check: CheckReport, remarks: list[str]) -> str:
    word, mark, colour = ("passed", "✓", PASSED) if check.passed else ("failed", "✗", FAILED)
    said = "<br>".join(CODE.sub(r"<code>\1</code>", escape(remark)) for remark in remarks)
    badge = f"color: #fff; background-color: {colour}; padding: 0.1em 0.5em; white-space: nowrap"
    return (
        f'<tr><td style="{CELL}"><span style="{badge}">{mark} {word}</span></td>'
        f'<td style="{CELL}">{escape(check.title)}</td>'
        f'<td style="{CELL}">{said}</td></tr>'
    )
