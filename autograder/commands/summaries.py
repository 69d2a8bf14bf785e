"""What went wrong, in a few words: for the tables that an instructor reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograder.classes.due_dates import shown_span
from autograder.judging import visible

MOST_TASKS = 3
MOST_MISTAKES = 3


def what_went_wrong(report: Mapping[str, Any], hints: Mapping[str, str]) -> str:
    """Return the faults of a submission in words.

    Parameters
    ----------
    report : mapping
        A submission's report, as `SubmissionReport.as_json` gives it.
    hints : mapping
        The hint of each known mistake.
    """
    if not any(one["points"] < one["max_points"] for one in report["tasks"]):
        return "; ".join(report["remarks"]) or "all right"
    blank = [task["name"] for task in report["tasks"] if is_blank(task)]
    wrong = [task for task in report["tasks"] if _faults(task) and not is_blank(task)]
    messages = {check["message"] for task in wrong for check in _faults(task)}
    if len(messages) == 1 and messages <= set(report["remarks"]):
        # One cause for everything, a file that cannot be read, and what was odd besides.
        return " ".join(dict.fromkeys(report["remarks"]))
    phrases = [_unique_remarks(report["remarks"])] if report["remarks"] else []
    phrases += [f"{task['name']}: {_reason(task, hints)}" for task in wrong[:MOST_TASKS]]
    more = len(wrong) - MOST_TASKS
    if more > 0:
        phrases.append(f"and {more} more task{'s' * (more > 1)}")
    if blank:
        whole = len(blank) == len(report["tasks"])
        phrases.append("nothing written yet" if whole else f"not written yet: {', '.join(blank)}")
    return "; ".join(phrases)


def how_late(report: Mapping[str, Any]) -> str:
    """Return how late a submission came and what that has cost; "" for one in time."""
    if not report.get("seconds_late"):
        return ""
    penalty = report["late_penalty"]
    cost = f"\N{MINUS SIGN}{round(penalty, 2):g} points" if penalty else "no points"
    return f"{shown_span(report['seconds_late'])}, {cost}"


def hints_told(reports: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the hints that students were told, also of the class's own mistakes, by name."""
    return {
        check["misconception"]: check["hint"]
        for report in reports
        for task in report["tasks"]
        for check in task["checks"]
        if check["misconception"] and check.get("hint")
    }


def is_blank(task: Mapping[str, Any]) -> bool:
    """Return whether a task was left as it was given."""
    faults = _faults(task)
    return len(faults) > 0 and all("NotImplementedError" in one["message"] for one in faults)


def sums(reports: Sequence[Mapping[str, Any]], new: int, before: int) -> list[str]:
    """Return sentences on a class: how many there are, and with how many points of which.

    Parameters
    ----------
    reports : sequence of mapping
        The reports on all submissions.
    new, before : int
        How many were graded now, and how many before.
    """
    counted = f"{new} graded now"
    if before:
        counted += f", {before} graded before"
    if not reports:
        return [f"{counted}."]
    if len(reports) > 1:
        mean, most = (
            sum(report[key] for report in reports) / len(reports)
            for key in ("points", "max_points")
        )
        counted += f"; the mean of all {len(reports)} is {mean:.1f} of {round(most, 1):g} points"
    by_hand = max(report.get("by_hand", 0) for report in reports)
    of_what = "These are the points of the tasks that are checked"
    if by_hand:
        of_what += f"; {by_hand:g} points more are given by hand, in formgrader"
    return [f"{counted}.", f"{of_what}."]


def commonest_mistakes(
    reports: Iterable[Mapping[str, Any]], hints: Mapping[str, str]
) -> list[tuple[int, str, str]]:
    """Return the mistakes that most students made: how many, in which task, and the hint."""
    made = Counter(
        mistake
        for report in reports
        for mistake in {
            (task["name"], check["misconception"])
            for task in report["tasks"]
            for check in _faults(task)
            if check["misconception"]
        }
    )
    ranked = sorted(made.items(), key=lambda item: (-item[1], item[0]))[:MOST_MISTAKES]
    return [(many, task, _in_words(mistake, hints)) for (task, mistake), many in ranked]


def _in_words(mistake: str, hints: Mapping[str, str]) -> str:
    known = {visible.NAME: visible.HINT, **hints}
    return str(known.get(mistake, mistake))


def _faults(task: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [check for check in task["checks"] if not check["passed"]]


def _reason(task: Mapping[str, Any], hints: Mapping[str, str]) -> str:
    faults = _faults(task)
    named = [check["misconception"] for check in faults if check["misconception"]]
    if named:
        return _in_words(named[0], hints).rstrip(".")
    return str(faults[0]["message"])


def _unique_remarks(remarks: Iterable[str]) -> str:
    return "; ".join(remark.rstrip(".") for remark in dict.fromkeys(remarks))
