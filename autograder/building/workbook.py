"""A student's workbook: the chapters to read and the assignments to do, in one folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.building.assignments import chapter_notebook, write_notebook, write_release
from autograder.building.chapters import assignment_names, chapter_names
from autograder.building.expected import expected_results


class WorkbookError(Exception):
    """The workbook cannot be written; one sentence says why and what to do."""


def fill_workbook(
    folder: Path,
    on_start: Callable[[int], None] = lambda missing: None,
    on_part: Callable[[str], None] = lambda name: None,
) -> list[str]:
    """Put the chapters and the assignments into a folder; what is there already stays as it is.

    Parameters
    ----------
    folder : Path
        The workbook; made if need be.
    on_start, on_part : function
        Called with how many parts are missing; then after each one.

    Returns
    -------
    written : list of str
        What was written, relative to the folder.

    Raises
    ------
    WorkbookError
        If the folder cannot be written.
    """
    try:
        return list(_missing_parts(folder, on_start, on_part))
    except OSError as error:
        raise WorkbookError(
            f"The workbook {folder} cannot be written ({error.strerror}): choose another folder."
        ) from None


def _missing_parts(
    folder: Path, on_start: Callable[[int], None], on_part: Callable[[str], None]
) -> Iterator[str]:
    """Write what is missing; yield each part's name when it is there."""
    course, assignments = folder / "course", folder / "assignments"
    course.mkdir(parents=True, exist_ok=True)
    assignments.mkdir(exist_ok=True)
    chapters = [name for name in chapter_names() if not (course / f"{name}.ipynb").exists()]
    names = [name for name in assignment_names() if not (assignments / name).exists()]
    on_start(len(chapters) + len(names))
    for name in chapters:
        write_notebook(chapter_notebook(name), course / f"{name}.ipynb")
        on_part(name)
        yield f"course/{name}.ipynb"
    for name, expected in expected_results(names):
        write_release(name, assignments / name, expected)
        on_part(name)
        yield f"assignments/{name}"
