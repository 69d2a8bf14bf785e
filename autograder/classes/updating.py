"""Bring an assignment of a class to the installed edition, and the gradebook to its cells.

First it is shown what would change. No grade is made anew by it; what was there is kept in a folder
of its own.
"""

from __future__ import annotations

import datetime
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Container
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import nbformat
from sqlalchemy.engine import make_url

from autograder.building.assignments import build_source, load, write_notebook, write_support
from autograder.building.expected import expected_results
from autograder.building.merging import Merged, merge, name_of, title_of
from autograder.building.records import cell_digest, make_record, read_record, write_record
from autograder.classes.class_directory import ClassDirectory, ClassError
from autograder.classes.gradebook import Ledger
from autograder.classes.outlines import align, lost_with, outline_of, recorded_outline
from autograder.classes.sources import Source, few, inspect_source, read_source
from autograder.notebook.home import FOLDER


@dataclass(frozen=True)
class Update:
    """What an update of an assignment would change.

    Attributes
    ----------
    source : Source
        What is there.
    merged : Merged
        The instructor's notebook, brought to the installed edition.
    changes : list of str
        The cells and points that change in the gradebook, in words.
    graded : int
        How many students have grades for it.
    lost : mapping of str to list of str
        Whose points and comments by hand go with a cell that goes, in words, by its name.
    is_released : bool
        Whether the release that is there is of this edition.
    """

    source: Source
    merged: Merged
    changes: list[str]
    graded: int
    lost: dict[str, list[str]]
    is_released: bool

    @property
    def is_needed(self) -> bool:
        """Whether anything would change."""
        return bool(not self.source.is_current or self.changes or not self.is_released)

    def sentences(self) -> list[str]:
        """Return what would change, a sentence for each thing."""
        return [*self._of_the_course(), *self._of_the_notebook(), *self._of_the_grades()]

    def _of_the_course(self) -> list[str]:
        source = self.source
        said = []
        if source.record is None:
            said.append(f"Edition: not recorded; {source.installed} is installed.")
        elif source.changed:
            changed = ", ".join(source.changed)
            said.append(f"Edition: {source.record.edition} now, {source.installed} then.")
            said.append(f"What differs: {changed}.")
        if source.edited:
            said.append(f"Edited beside the notebook, and written anew: {few(source.edited)}.")
        return said

    def _of_the_notebook(self) -> list[str]:
        merged, said = self.merged, list[str]()
        if self.source.record is None and (merged.kept or merged.left_out):
            said.append(
                "Which cells of the notebook you have changed was not recorded: it stays as it is. "
                f"For the course's, rename {self.source.folder} and run 'handgrad release'."
            )
        for names, what in (
            (merged.replaced, "Cells of the notebook that are written anew"),
            (merged.added, "Cells that are added to it"),
            (merged.dropped, "Cells that are taken out of it"),
        ):
            if names:
                said.append(f"{what}: {', '.join(names)}.")
        for names, what in (
            (merged.kept, "Cells that you have changed, and that stay"),
            (merged.own, "Cells of your own, which stay"),
            (merged.left_out, "Cells that you have taken out, and that stay out"),
        ):
            if names:
                said.append(f"{what}: {few(names)}.")
        return said

    def _of_the_grades(self) -> list[str]:
        said = [f"In the gradebook: {', '.join(self.changes)}."] if self.changes else []
        if not self.is_released:
            said.append("The students' version is made anew.")
        for name, given in self.lost.items():
            said.append(f"Lost with {name}, given by hand: {', '.join(given)}.")
        if self.graded:
            name = self.source.name
            said.append(
                f"Students with grades: {self.graded}. Those of the cells that stay are not "
                f"changed by this; 'handgrad regrade {name}' then shows who would gain or lose."
            )
        return said


def plan_update(where: ClassDirectory, name: str) -> Update:
    """Return what an update of an assignment would change; nothing is changed.

    Parameters
    ----------
    where, name : ClassDirectory, str
        The class and the assignment.

    Raises
    ------
    ClassError, GradebookError
        If the class has no such source, or the gradebook cannot be read.
    """
    with Ledger.of(where.coursedir) as ledger:
        return _plan(where, name, ledger)


def _plan(where: ClassDirectory, name: str, ledger: Ledger) -> Update:
    source = inspect_source(where.source(name))
    old, new = read_source(source.folder), build_source(load(name))
    merged = merge(old, source.record.cells, new) if source.record else _kept_whole(old, new)
    entry = ledger.notebook(name)
    then = recorded_outline(entry) if entry else None
    now = outline_of(merged.notebook)
    released = read_record(where.step("release", name))
    return Update(
        source,
        merged,
        then.changes(now) if then else [],
        len(entry.submissions) if entry else 0,
        lost_with(entry, now) if entry else {},
        entry is None
        or (released is not None and released.edition.digest == source.installed.digest),
    )


def _kept_whole(old: nbformat.NotebookNode, new: nbformat.NotebookNode) -> Merged:
    """Return a notebook of which it was not recorded how it was written: all may be changed."""
    notebook = nbformat.from_dict(old)
    notebook.metadata["handgrad"] = new.metadata["handgrad"]
    course = {name_of(cell): cell_digest(cell) for cell in new.cells}
    there = {name_of(cell) for cell in old.cells}
    return Merged(
        notebook,
        kept=[title_of(c) for c in old.cells if cell_digest(c) != course.get(name_of(c))],
        left_out=[title_of(cell) for cell in new.cells if name_of(cell) not in there],
    )


def apply_update(
    where: ClassDirectory, name: str, ledger: Ledger, say: Callable[[str], object]
) -> Path:
    """Change what `plan_update` has shown, but for the release; return where the old is kept.

    Cut off at any point, it goes on with what is left when it is called again.

    Raises
    ------
    ClassError, GradebookError
        If something cannot be read or written.
    """
    update = _plan(where, name, ledger)
    kept = _new_folder(where.folder)
    try:
        _copy_gradebook(ledger.db_url, kept, say)
        _replace_source(update, kept)
    except sqlite3.Error as error:
        raise ledger.failure(error) from None
    except OSError as error:
        raise ClassError(
            f"{error.filename} cannot be written ({error.strerror}): make room on the disk, "
            "see that you may write there, and run the command again; it goes on."
        ) from error
    align(ledger, name, outline_of(update.merged.notebook))
    return kept


def _new_folder(course: Path) -> Path:
    stamp = datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S")
    for count in range(1000):
        folder = course / f"before-update-{stamp}{f'-{count}' if count else ''}"
        if not folder.exists():
            break
    folder.mkdir()
    return folder


def _copy_gradebook(db_url: str, kept: Path, say: Callable[[str], object]) -> None:
    url = make_url(db_url)
    if not url.drivername.startswith("sqlite") or not url.database:
        say("The gradebook is no file, so no copy of it was made here.")
        return
    path = kept / Path(url.database).name
    with closing(sqlite3.connect(url.database)) as base, closing(sqlite3.connect(path)) as copy:
        base.backup(copy)


def _replace_source(update: Update, kept: Path) -> None:
    """Put a new folder in the place of the old one, which is kept, with the instructor's files."""
    old, name = update.source.folder, update.source.name
    ((_, expected),) = expected_results([name])
    assignment = load(name)
    with tempfile.TemporaryDirectory(dir=old.parent, prefix=".new-") as scratch:
        new = Path(scratch) / name
        write_support(assignment, new, expected)
        record = make_record(update.source.installed, new, build_source(assignment))
        write_record(record, new)
        _copy_others(old, new, update.source.record.files if update.source.record else {})
        write_notebook(update.merged.notebook, new / f"{name}.ipynb")
        (kept / "source").mkdir()
        old.rename(kept / "source" / name)
        new.rename(old)


def _copy_others(old: Path, new: Path, ours: Container[str]) -> None:
    """Copy what the instructor has put beside the notebook."""
    for path in sorted(old.rglob("*")):
        there = path.relative_to(old)
        is_ours = there.as_posix() in ours or there.parts[0] == FOLDER
        target = new / there
        if path.is_file() and not is_ours and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
