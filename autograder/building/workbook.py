"""A student's workbook: the chapters to read and the assignments to do, in one folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.building.assignments import load, write_notebook, write_release
from autograder.building.chapters import ROOT, assignment_names, chapter_names
from autograder.building.expected import expected_results
from autograder.building.pages import all_pages, page_notebook, pages_of
from autograder.building.renewing import Change, Renewal
from autograder.building.written import Written


class WorkbookError(Exception):
    """The workbook cannot be found or written; one sentence says why and what to do."""


def fill_workbook(
    folder: Path,
    on_start: Callable[[int], None] = lambda parts: None,
    on_part: Callable[[str], None] = lambda name: None,
) -> list[Change]:
    """Bring a workbook up to date: what is missing comes, what is ours is renewed.

    Parameters
    ----------
    folder : Path
        The workbook; made if need be.
    on_start, on_part : function
        Called with how many parts there are; then after each one.

    Returns
    -------
    changes : list of Change
        What was written, and what is newer but could not be.

    Raises
    ------
    WorkbookError
        If the folder cannot be written, or is the course's own.
    """
    if folder.resolve() == ROOT:
        raise WorkbookError(
            f"The folder {folder} holds the course itself: choose another one for your workbook."
        )
    try:
        return list(_changes(folder, on_start, on_part))
    except OSError as error:
        raise WorkbookError(
            f"The workbook {folder} cannot be written ({error.strerror}): choose another folder."
        ) from None


def _changes(
    folder: Path, on_start: Callable[[int], None], on_part: Callable[[str], None]
) -> Iterator[Change]:
    """Bring one part after the other up to date; the record is kept after each."""
    record = Written.of(folder)
    record.save()
    on_start(len(all_pages()) + len(assignment_names()))
    for part, files in _parts():
        yield from Renewal(record, part, files).run()
        record.save()
        on_part(part)


def _parts() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield each part of the installed edition, and its files by their path in a workbook."""
    with tempfile.TemporaryDirectory(prefix="handgrad-") as scratch:
        new = Path(scratch)
        for chapter in chapter_names():
            assignment = load(chapter)
            for page in pages_of(chapter):
                write_notebook(page_notebook(page, assignment), new / "page.ipynb")
                yield page.path, {page.path: (new / "page.ipynb").read_bytes()}
        for name, expected in expected_results(assignment_names()):
            write_release(name, new / name, expected)
            part = f"assignments/{name}"
            yield part, _files(new / name, part)


def _files(folder: Path, part: str) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"{part}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in paths}
