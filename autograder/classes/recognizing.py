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

from autograder.classes.stamps import time_zone
from autograder.grading.reading import Unreadable, is_notebook, named, notebooks_in
from autograder.grading.submissions import Cell, read_submission

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
    home : str
        The time zone of the class.
    """

    assignment: str
    names: frozenset[str]
    others: frozenset[str]
    home: str

    @classmethod
    def of(cls, coursedir: CourseDirectory, assignment: str) -> Expected:
        """Return how an assignment of a class is known."""
        sources = Path(coursedir.format_path(coursedir.source_directory, ".", "."))
        folders = {one.name for one in entries(sources, most=None) if is_folder(one)}
        source = cells_of(sources / assignment / f"{assignment}.ipynb")
        others = frozenset(folders - {assignment})
        return cls(assignment, _names(source), others, time_zone(coursedir))

    @property
    def file(self) -> str:
        """The name that the notebook is to have."""
        return f"{self.assignment}.ipynb"

    def versions(self, notebooks: list[Path]) -> list[Path]:
        """Return those of some notebooks that are this assignment."""
        return [one for one in notebooks[:MOST_NOTEBOOKS] if self._has(_names(cells_of(one)))]

    def possible_work(self, files: list[Path]) -> list[Path]:
        """Return the files that may be work for this assignment: what may be is to be said."""
        kept = [one for one in files if is_notebook(one.name) or _is_archive(one)]
        looked_at, others = kept[:MOST_NOTEBOOKS], kept[MOST_NOTEBOOKS:]
        return [one for one in looked_at if self.may_be(one)] + others

    def may_be(self, file: Path) -> bool:
        """Return whether a file may be this assignment: it is, or it does not say what it is."""
        if _is_archive(file):
            inside = notebooks_among([file])[:MOST_NOTEBOOKS]
            return not inside or any(self.may_be(one) for one in inside)
        names = _names(cells_of(file))
        return not names or self._has(names)

    def _has(self, names: frozenset[str]) -> bool:
        """Return whether most of a notebook's grade_ids are those of this assignment."""
        return 2 * len(names & self.names) > len(names)


def cells_of(notebook: Path) -> list[Cell]:
    """Return what a student wrote into a notebook; nothing if it cannot be read."""
    try:
        return read_submission(notebook)
    except (Unreadable, OSError):
        return []


def _is_archive(file: Path) -> bool:
    return file.suffix.lower() in ARCHIVES


def _names(cells: list[Cell]) -> frozenset[str]:
    return frozenset(cell.grade_id for cell in cells if cell.grade_id)


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
