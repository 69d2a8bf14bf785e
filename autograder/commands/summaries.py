"""What went wrong, in a few words: for the tables that an instructor reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from autograder.judging import visible

MOST_TASKS = 3


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


def is_blank(task: Mapping[str, Any]) -> bool:
    """Return whether a task was left as it was given."""
    faults = _faults(task)
    return len(faults) > 0 and all("NotImplementedError" in one["message"] for one in faults)


def _faults(task: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [check for check in task["checks"] if not check["passed"]]


def _reason(task: Mapping[str, Any], hints: Mapping[str, str]) -> str:
    faults = _faults(task)
    named = [check["misconception"] for check in faults if check["misconception"]]
    if named:
        known = {visible.NAME: visible.HINT, **hints}
        return str(known.get(named[0], named[0])).rstrip(".")
    return str(faults[0]["message"])


def _unique_remarks(remarks: Iterable[str]) -> str:
    return "; ".join(remark.rstrip(".") for remark in dict.fromkeys(remarks))
