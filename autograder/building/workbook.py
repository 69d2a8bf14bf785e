"""A student's workbook: the chapters to read and the assignments to do, in one folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograder.building.assignments import chapter_notebook, write_notebook, write_release
from autograder.building.chapters import assignment_names, chapter_names


class WorkbookError(Exception):
    """The workbook cannot be written; one sentence says why and what to do."""


def fill_workbook(folder: Path, on_part: Callable[[str], None] = lambda _: None) -> list[str]:
    """Put the chapters and the assignments into a folder; what is there already stays as it is.

    Parameters
    ----------
    folder : Path
        The workbook; made if need be.
    on_part : function
        Called with the name of each part when it has been looked at.

    Returns
    -------
    written : list of str
        What was written, relative to the folder.

    Raises
    ------
    WorkbookError
        If the folder cannot be written.
    """
    written = []
    try:
        (folder / "course").mkdir(parents=True, exist_ok=True)
        (folder / "assignments").mkdir(exist_ok=True)
        for name in chapter_names():
            path = folder / "course" / f"{name}.ipynb"
            if not path.exists():
                write_notebook(chapter_notebook(name), path)
                written.append(f"course/{name}.ipynb")
            on_part(name)
        for name in assignment_names():
            if _add_assignment(name, folder / "assignments" / name):
                written.append(f"assignments/{name}")
            on_part(name)
    except OSError as error:
        raise WorkbookError(
            f"The workbook {folder} cannot be written ({error.strerror}): choose another folder."
        ) from None
    return written


def parts() -> int:
    """Return how many chapters and assignments there are."""
    return len(chapter_names()) + len(assignment_names())


def _add_assignment(name: str, folder: Path) -> bool:
    """Write an assignment's release folder, unless there is one."""
    if folder.exists():
        return False
    write_release(name, folder)
    return True
