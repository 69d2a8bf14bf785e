"""Which files are notebooks of an assignment: what they hold says so, not what they are called.

All are files of strangers: links are not followed, and of files, folders and zips only so many are
looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from autograder.grading.reading import Unreadable, is_notebook, named, notebooks_in
from autograder.grading.submissions import Cell, cells_of, read_notebook

MOST_FILES = 1000
MOST_NOTEBOOKS = 20
DEEPEST = 6
MOST_NAMED = 3
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
PASSED_OVER = ("__MACOSX", "__pycache__", ".ipynb_checkpoints")


@dataclass(frozen=True)
class Expected:
    """How the assignment's notebooks are known.

    Attributes
    ----------
    names : set of str
        The grade_ids of its source.
    others : set of str
        The other assignments of the class.
    """

    assignment: str
    names: frozenset[str]
    others: frozenset[str]

    @classmethod
    def of(cls, coursedir: CourseDirectory, assignment: str) -> Expected:
        """Return how an assignment of a class is known."""
        sources = Path(coursedir.format_path(coursedir.source_directory, ".", "."))
        others = {one.name for one in entries(sources, most=None) if is_folder(one)} - {assignment}
        try:
            cells = cells_of(read_notebook(sources / assignment / f"{assignment}.ipynb"), "")
        except (Unreadable, OSError):
            cells = []
        names = frozenset(cell.grade_id for cell in cells if cell.grade_id)
        return cls(assignment, names, frozenset(others))

    @property
    def file(self) -> str:
        """The name that the notebook is to have."""
        return f"{self.assignment}.ipynb"

    def versions(self, notebooks: list[Path]) -> list[Path]:
        """Return those of some notebooks that are this assignment."""
        return [one for one in notebooks[:MOST_NOTEBOOKS] if self._which(one) == self.assignment]

    def may_be(self, file: Path) -> bool:
        """Return whether a file may be work for this assignment: what may be is to be said."""
        if file.suffix.lower() in ARCHIVES:
            inside = notebooks_among([file])[:MOST_NOTEBOOKS]
            return not inside or any(self.may_be(one) for one in inside)
        return is_notebook(file.name) and self._which(file) not in self.others

    def _which(self, notebook: Path) -> str:
        """Return the assignment that a notebook belongs to, or nothing where it does not say."""
        try:
            content = read_notebook(notebook)
            cells = cells_of(content, "")
        except (Unreadable, OSError):
            return ""
        metadata = content.get("metadata")
        said = metadata.get("handgrad") if isinstance(metadata, dict) else None
        claim = said.get("assignment") if isinstance(said, dict) else None
        if claim == self.assignment or (isinstance(claim, str) and claim in self.others):
            return claim
        names = {cell.grade_id for cell in cells if cell.grade_id}
        return self.assignment if 2 * len(names & self.names) > len(names) else ""

    def cells(self, notebook: Path) -> list[tuple[str, str]]:
        """Return what a student wrote: the texts of a notebook's cells, or nothing."""
        try:
            cells = cells_of(read_notebook(notebook), "")
        except (Unreadable, OSError):
            return []
        return [_text(cell) for cell in cells]


def _text(cell: Cell) -> tuple[str, str]:
    return cell.grade_id, cell.source


# Files and folders --------------------------------------------------------------------------------


def notebooks_among(files: Iterable[Path]) -> list[Path]:
    """Return the notebooks among some files and in their zips."""
    found = []
    for file in files:
        if is_notebook(file.name):
            found.append(file)
        elif file.suffix.lower() == ".zip":
            try:
                found += notebooks_in(file)
            except (Unreadable, OSError):
                continue
    return found


def files_in(folder: Path) -> list[Path]:
    """Return the regular files in a folder and below it, but for hidden ones."""
    return list(islice(_files(folder), MOST_FILES))


def _files(folder: Path, depth: int = 0) -> Iterator[Path]:
    for entry in entries(folder):
        if entry.name.startswith(".") or entry.name in PASSED_OVER:
            continue
        if entry.is_file(follow_symlinks=False):
            yield Path(entry.path)
        elif is_folder(entry) and depth < DEEPEST:
            yield from _files(Path(entry.path), depth + 1)


def entries(folder: Path, most: int | None = MOST_FILES) -> list[os.DirEntry[str]]:
    """Return what a folder has, by name; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return sorted(islice(found, most), key=lambda entry: entry.name)
    except (OSError, ValueError):
        return []


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder, and no link to one."""
    return entry.is_dir(follow_symlinks=False)


def is_there(path: Path) -> bool:
    """Return whether something bears a name, be it a link that leads nowhere."""
    return os.path.lexists(path)


def listed(paths: list[Path], start: Path) -> str:
    """Return the names of the first few of some files, and how many more there are."""
    return named([str(one.relative_to(start)) for one in paths], MOST_NAMED)
