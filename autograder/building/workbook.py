"""A student's workbook: the pages to read and the assignments to do, in one folder.

Its first page is ``start.ipynb``. What of the earlier chapters an assignment needs lies in a hidden
folder: whoever does them one after the other has the answers not before his eyes.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from autograder.authoring.sources import EARLIER
from autograder.building.assignments import as_bytes, write_release
from autograder.building.chapters import ROOT, assignment_names
from autograder.building.expected import expected_results
from autograder.building.glossary import FILE as GLOSSARY
from autograder.building.glossary import glossary_notebook
from autograder.building.pages import START, all_pages
from autograder.building.renewing import Change, Renewal, drop
from autograder.building.running import Choice, run_pages
from autograder.building.start import outline, start_notebook
from autograder.building.written import Written
from autograder.notebook.progress import OUTLINE, as_path
from autograder.writing import write_whole


class WorkbookError(Exception):
    """The workbook cannot be found or written; one sentence says why and what to do."""


def fill_workbook(
    folder: Path,
    on_start: Callable[[int], None] = lambda parts: None,
    on_part: Callable[[str], None] = lambda name: None,
    *,
    choose: Choice = list,
) -> list[Change]:
    """Bring a workbook up to date: what is missing comes, what is ours is renewed.

    Parameters
    ----------
    folder : Path
        The workbook; made if need be.
    on_start, on_part : function
        Called with how many parts there are; then after each one.
    choose : function
        Told of the pages that were not run in this version, it returns which of them are run, so
        that their figures are there; by default all.

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
        return list(_changes(folder, on_start, on_part, choose))
    except OSError as error:
        raise WorkbookError(
            f"The workbook {folder} cannot be written ({error.strerror}): choose another folder."
        ) from None


def _changes(
    folder: Path,
    on_start: Callable[[int], None],
    on_part: Callable[[str], None],
    choose: Choice,
) -> Iterator[Change]:
    """Bring one part after the other up to date; the record is kept after each."""
    record = Written.of(folder)
    record.save()
    on_start(len(all_pages()) + len(assignment_names()) + 1)
    write_whole(folder / OUTLINE, json.dumps(outline(), indent=1) + "\n")
    notebooks = run_pages(all_pages(), on_part, choose=choose)
    notebooks[GLOSSARY] = glossary_notebook()
    for path, notebook in notebooks.items():
        yield from _renew(record, path, {path: as_bytes(notebook)})
    for part, files in _assignments():
        yield from _renew(record, part, files)
        on_part(part)
    start = as_bytes(start_notebook(as_path(folder)))
    yield from _renew(record, START, {START: start})
    yield from drop(record, [name for name in record.digests if _is_gone(name, notebooks)])
    record.save()
    on_part(START)


def _renew(record: Written, part: str, files: dict[str, bytes]) -> Iterator[Change]:
    yield from Renewal(record, part, files, always=[START]).run()
    record.save()


def _is_gone(name: str, notebooks: Collection[str]) -> bool:
    """Return whether a file is a page that is not in the course any more."""
    return name.startswith("course/") and "(new edition" not in name and name not in notebooks


def _assignments() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield each assignment of the installed edition, and its files by their path in a workbook."""
    with tempfile.TemporaryDirectory(prefix="handgrad-") as scratch:
        new = Path(scratch)
        for name, expected in expected_results(assignment_names()):
            write_release(name, new / name, expected)
            (new / name / EARLIER).mkdir()
            (new / name / "solutions").rename(new / name / EARLIER / "solutions")
            part = f"assignments/{name}"
            yield part, _files(new / name, part)


def _files(folder: Path, part: str) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"{part}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in paths}
