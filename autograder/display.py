"""The table of checks: as HTML for a notebook page, as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from autograder.comparing import number
from autograder.judging import CheckReport, TaskReport

# Blue and orange of the Okabe–Ito palette, darkened for contrast on white; words say it as well.
PASSED, FAILED = "#00598c", "#a14a00"


def points_text(points: float, max_points: float) -> str:
    """Return a score such as "4.5 of 6 points"."""
    return f"{number(points)} of {number(max_points)} points"


def as_text(report: TaskReport) -> str:
    """Return the report on one task as plain text.

    Parameters
    ----------
    report : TaskReport
        The verdicts.
    """
    lines = [f"{report.title}: {points_text(report.points, report.max_points)}"]
    for check in report.checks:
        lines.append(f"  {'passed' if check.passed else 'FAILED'}  {check.title}")
        lines += [f"          {line}" for line in _remarks(check)]
    return "\n".join(lines)


def as_html(report: TaskReport) -> str:
    """Return the report on one task as a table, without scripts and self-contained.

    Parameters
    ----------
    report : TaskReport
        The verdicts.
    """
    rows = "".join(_row(check) for check in report.checks)
    caption = f"{report.title}: {points_text(report.points, report.max_points)}"
    return (
        '<table class="handgrad-check">'
        f'<caption style="text-align: left"><strong>{escape(caption)}</strong></caption>'
        '<thead><tr><th scope="col" style="text-align: left">result</th>'
        '<th scope="col" style="text-align: left">check</th>'
        '<th scope="col" style="text-align: left">what was found</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def summary_html(reports: Sequence[TaskReport]) -> str:
    """Return the points of several tasks as one table."""
    rows = "".join(
        f'<tr><th scope="row" style="text-align: left">{escape(report.title)}</th>'
        f'<td style="text-align: left">{points_text(report.points, report.max_points)}</td></tr>'
        for report in reports
    )
    return (
        f'<table class="handgrad-check"><caption style="text-align: left"><strong>'
        f"{escape(total_text(reports))}</strong></caption><tbody>{rows}</tbody></table>"
    )


def summary_text(reports: Sequence[TaskReport]) -> str:
    """Return the points of several tasks as plain text."""
    lines = [f"  {points_text(r.points, r.max_points):>20}  {r.title}" for r in reports]
    return "\n".join([*lines, total_text(reports)])


def total_text(reports: Sequence[TaskReport]) -> str:
    """Return the sum of the points in words."""
    points = sum(report.points for report in reports)
    return f"So far: {points_text(points, sum(report.max_points for report in reports))}"


def _remarks(check: CheckReport) -> list[str]:
    return (
        [check.message, f"Hint: {check.hint}"]
        if check.hint
        else [check.message][: not check.passed]
    )


def _row(check: CheckReport) -> str:
    word, mark, colour = ("passed", "✓", PASSED) if check.passed else ("failed", "✗", FAILED)
    remarks = "<br>".join(escape(remark) for remark in _remarks(check))
    return (
        f'<tr><td style="text-align: left; color: {colour}; white-space: nowrap">{mark} {word}</td>'
        f'<td style="text-align: left">{escape(check.title)}</td>'
        f'<td style="text-align: left">{remarks}</td></tr>'
    )
