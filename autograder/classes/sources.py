"""The source of an assignment in a class: whether it is the course's, and as the course has it.

What lies beside the notebook goes out to the students, and their checks use it; grading uses the
installed course. So the two must be one edition.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.building.assignments import NOT_FOR_EDITING, load, write_support
from autograder.building.chapters import ChapterError, assignment_names, find_assignment
from autograder.building.editions import Edition, changed_parts, edition_of
from autograder.building.expected import expected_results
from autograder.building.records import (
    Record,
    changed_files,
    make_record,
    read_record,
)
from autograder.classes.class_directory import ClassDirectory, ClassError

MOST_NAMED = 5


@dataclass(frozen=True)
class Source:
    """What an assignment's folder in a class is, compared with the installed course.

    Attributes
    ----------
    folder : Path
        The folder; its name is the assignment's.
    record : Record, optional
        How it was written, if that was recorded.
    installed : Edition
        What the course has now.
    edited : list of str
        The files beside the notebook that are not as they were written; where that was not
        recorded, those that are not as they would be written now.
    """

    folder: Path
    record: Record | None
    installed: Edition
    edited: list[str]

    @property
    def name(self) -> str:
        """The assignment's name."""
        return self.folder.name

    @property
    def changed(self) -> list[str]:
        """The parts, in words, in which its edition and the installed one differ."""
        return changed_parts(self.record.edition, self.installed) if self.record else []

    @property
    def is_current(self) -> bool:
        """Whether what goes out is what grades."""
        is_other = self.record is not None and self.record.edition.digest != self.installed.digest
        return not is_other and not self.edited

    def problem(self) -> str:
        """Return in a sentence why it cannot be released or graded; empty if it can."""
        if self.is_current:
            return ""
        way = f"see what would change with 'handgrad update {self.name}'."
        if self.record is None:
            return (
                f"The source of {self.name} in this class is not of the edition {self.installed} "
                "that is installed, and of which one it is was not recorded; it differs in "
                f"{few(self.edited)}: {way}"
            )
        if self.changed:
            return (
                f"The source of {self.name} in this class is of the edition {self.record.edition}, "
                f"the installed course of {self.installed}; they differ in {few(self.changed)}: "
                f"{way}"
            )
        return (
            f"Edited in {self.folder}: {few(self.edited)}. The students' check() would use that, "
            "but grading uses the installed course. To change a check, change the course "
            f"(CONTRIBUTING.md says how); to put back what was here, {way}"
        )


def find_ours(where: ClassDirectory, given: str) -> str:
    """Return the name of one of the course's assignments from its number or name.

    Raises
    ------
    ChapterError, ClassError
        If there is none, or if it is the class's own.
    """
    try:
        return find_assignment(given)
    except ChapterError:
        if not where.step("source", given).is_dir():
            raise
    raise ClassError(
        f"{given} is an assignment of this class's own, not of the course: release it with "
        f"'nbgrader generate_assignment {given}' and grade it with 'nbgrader autograde {given}'."
    )


def is_ours(name: str) -> bool:
    """Return whether an assignment is of the course."""
    return name in assignment_names()


def inspect_source(folder: Path) -> Source:
    """Compare an assignment's folder in a class with the installed course."""
    record = read_record(folder)
    edited = changed_files(folder, record.files) if record else _unlike_new(folder)
    return Source(folder, record, edition_of(folder.name), edited)


def require_current(folder: Path) -> None:
    """Raise unless what an assignment's folder gives to students is what grades them.

    Raises
    ------
    ClassError
        If it is of another edition, was edited, or holds a second notebook.
    """
    others = sorted(p.name for p in folder.glob("*.ipynb") if p.name != f"{folder.name}.ipynb")
    if others:
        raise ClassError(
            f"{few(others)} cannot lie in {folder}, as the course's assignment is one notebook: "
            "move it into an assignment of its own, such as "
            f"{folder.parent / Path(others[0]).stem}."
        )
    problem = inspect_source(folder).problem()
    if problem:
        raise ClassError(problem)


def require_released(source: Path, release: Path) -> None:
    """Raise unless what was released is what the source gives to students, if it is still there.

    Raises
    ------
    ClassError
        If the release is of another edition, or something in it was edited.
    """
    record, now = read_record(release), edition_of(source.name)
    way = f"Release it again, with 'handgrad release {source.name}', and hand that out."
    if record is None:
        return  # it was taken away, or made before this was recorded
    if record.edition.digest != now.digest:
        parts = few(changed_parts(record.edition, now))
        raise ClassError(
            f"What was released of {source.name} is of the edition {record.edition}, and grading "
            f"uses {now}; they differ in {parts}. {way}"
        )
    edited = changed_files(release, record.files)
    if edited:
        raise ClassError(
            f"Edited in {release}: {few(edited)}. The students' check() would use that, but "
            f"grading uses the installed course. {way}"
        )


def read_source(folder: Path) -> nbformat.NotebookNode:
    """Return the instructor's notebook.

    Raises
    ------
    ClassError
        If it cannot be read.
    """
    path = folder / f"{folder.name}.ipynb"
    try:
        return nbformat.read(path, as_version=4)
    except Exception:  # whatever the file holds
        raise ClassError(
            f"{path} is not a notebook that can be read: put it back from a copy, or rename "
            f"{folder} and run 'handgrad release {folder.name}', which makes a new one."
        ) from None


def few(names: list[str]) -> str:
    """Return some names for a sentence, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _unlike_new(folder: Path) -> list[str]:
    """Return the files that are not as they would be written now, a first line of ours apart."""
    ((_, expected),) = expected_results([folder.name])
    with tempfile.TemporaryDirectory(prefix="handgrad-") as scratch:
        new = Path(scratch) / folder.name
        write_support(load(folder.name), new, expected)
        files = make_record(edition_of(folder.name), new, nbformat.v4.new_notebook()).files
        changed = changed_files(folder, files)
        same = [name for name in changed if _but_first_line(folder, new, name)]
    return [name for name in changed if name not in same]


def _but_first_line(old: Path, new: Path, name: str) -> bool:
    if not (old / name).is_file() or not (new / name).is_file():
        return False
    return NOT_FOR_EDITING.encode() + (old / name).read_bytes() == (new / name).read_bytes()
