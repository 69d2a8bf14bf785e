"""How an assignment stands: whether it can be released or graded.

The gradebook has the cells and points of the release. The source may have changed since: then old
grades and new ones would not be of the same, and nobody would be told.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat

from autograder.building.assignments import load
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


def _current(folder: Path, say: Callable[[str], object]) -> nbformat.NotebookNode:
    require_current(folder)
    notebook = read_source(folder)
    remark = asked_of(folder.name, notebook).remark
    if remark:
        say(remark)
    return notebook


def _way(name: str) -> str:
    return f"'handgrad update {name}' shows what that means for them, and does it with --yes."
