"""How an assignment stands: whether it can be released or graded, and which grades are of old.

The gradebook has the cells and points of the release. The source may have changed since: then old
grades and new ones would not be of the same, and nobody would be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat

from autograder.building.assignments import load
from autograder.building.editions import changed_parts, edition_from, edition_of
from autograder.classes.class_directory import ClassError
from autograder.classes.gradebook import Ledger
from autograder.classes.outlines import outline_of, recorded_outline
from autograder.classes.sources import few, read_source, require_current, require_released
from autograder.grading.asked import Asked, asked_in


def require_releasable(ledger: Ledger, folder: Path, say: Callable[[str], object]) -> None:
    """Raise if an assignment cannot be released.

    Parameters
    ----------
    ledger : Ledger
        The gradebook.
    folder : Path
        The assignment's source; its name is the assignment's.
    say : function
        Told, in a sentence, which cells nobody runs.

    Raises
    ------
    ClassError, GradebookError
        If it is of another edition than the installed course, or if there are grades for other
        cells or points.
    """
    name = folder.name
    changes, submissions = changes_since_release(ledger, name, _current(folder, say))
    if changes and submissions:
        raise ClassError(
            f"{name} cannot be released with other cells or points, as the gradebook has "
            f"submissions ({submissions}): {few(changes)}. {_way(name)}"
        )


def require_gradable(
    ledger: Ledger, folder: Path, say: Callable[[str], object], release: Path
) -> None:
    """Raise if an assignment's source is not what was released.

    Parameters and errors are those of `require_releasable`; and where the release lies.
    """
    name = folder.name
    changes, submissions = changes_since_release(ledger, name, _current(folder, say))
    if changes:
        raise ClassError(
            f"The source of {name} is not what was released: {few(changes)}. "
            + (_way(name) if submissions else f"Release it again, with 'handgrad release {name}'.")
        )
    require_released(folder, release)


def changes_since_release(
    ledger: Ledger, name: str, notebook: nbformat.NotebookNode
) -> tuple[list[str], int]:
    """Return in words how a source differs from what was released, and how many submissions
    there are in the gradebook."""
    entry = ledger.notebook(name)
    if entry is None:
        return [], 0
    return recorded_outline(entry).changes(outline_of(notebook)), len(entry.submissions)


def asked_of(name: str, notebook: nbformat.NotebookNode) -> Asked:
    """Return what the source of an assignment gives points for."""
    return asked_in(notebook, load(name))


def made_otherwise(name: str, reports: Iterable[Mapping[str, Any]], asked: Asked) -> str:
    """Return in a sentence which grades were made with other points, or by another edition.

    Parameters
    ----------
    name : str
        The assignment.
    reports : iterable of mapping
        What was graded before.
    asked : Asked
        What its source gives points for.
    """
    now = edition_of(name)
    total, counts, parts = 0, {"points": 0, "edition": 0, "unknown": 0}, dict[str, None]()
    others, given = 0, sum(asked.by_hand.values())
    for report in reports:
        total += 1
        then = edition_from(report.get("edition"))
        checked = {t["name"]: t["max_points"] for t in report["tasks"]}
        by_hand = report.get("by_hand", given)
        other_points = checked != dict(asked.checked) or by_hand != given
        counts["points"] += other_points
        counts["unknown"] += then is None
        counts["edition"] += then is not None and then.digest != now.digest
        parts |= dict.fromkeys(changed_parts(then, now) if then else [])
        others += other_points or then is None or then.digest != now.digest
    if not others:
        return ""
    why = [f"other points ({counts['points']})"] if counts["points"] else []
    if counts["edition"]:
        why.append(f"another edition of {few(list(parts))} ({counts['edition']})")
    if counts["unknown"]:
        why.append(f"an edition that was not recorded ({counts['unknown']})")
    return (
        f"{others} of the {total} earlier grades were made with {' or '.join(why)}. They stay as "
        f"they are; 'handgrad grade {name} --force' makes them again, and keeps points by hand."
    )


def _current(folder: Path, say: Callable[[str], object]) -> nbformat.NotebookNode:
    require_current(folder)
    notebook = read_source(folder)
    remark = asked_of(folder.name, notebook).remark
    if remark:
        say(remark)
    return notebook


def _way(name: str) -> str:
    return f"'handgrad update {name}' shows what that means for them, and does it with --yes."
