"""The works that are compared: those of a class, and others that are at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.building.assignments import load
from autograder.classes.class_directory import ClassDirectory
from autograder.classes.recognizing import Expected, cells_of, entries, files_in, notebooks_among
from autograder.classes.roster import wanted_work
from autograder.classes.sources import read_source
from autograder.grading.reading import Unreadable, shown
from autograder.grading.submissions import Cell, read_submission
from autograder.similarity.works import BEFORE, Frame, Work

REFERENCE = "the reference"
"""Its code lies in the clone: whoever has it need not have copied from another student."""


class NothingThere(Exception):
    """A folder has nothing to compare with; one sentence says so."""


@dataclass(frozen=True)
class Gathered:
    """What is to be compared.

    Attributes
    ----------
    works : list of Work
        Those of the class by student, then the others, then the reference.
    titles : mapping of str to str
        What the parts are called that are compared, in the order of the notebook.
    remarks : list of str
        A sentence for each submission that cannot be read, and for what was passed over.
    """

    works: list[Work]
    titles: Mapping[str, str]
    remarks: list[str]


def gather(where: ClassDirectory, name: str, others: Iterable[Path] = ()) -> Gathered:
    """Read what was handed in for an assignment, and what lies in other folders.

    Parameters
    ----------
    where, name : ClassDirectory, str
        The class and the assignment.
    others : iterable of Path
        Folders with work to compare with, such as last year's class.

    Raises
    ------
    ClassError, NothingThere
        If nothing was handed in, or a folder has no notebook of the assignment.
    """
    frame = Frame(read_source(where.source(name)))
    found, remarks = wanted_work(where, name, set())
    works, paths = [], set()
    for submission in found.submissions:
        paths.add(submission.path.resolve())
        try:
            works.append(frame.work(submission.student, read_submission(submission.path)))
        except Unreadable as problem:
            remarks.append(f"{submission.student}: {problem}")
    expected = Expected.of(where.coursedir, name)
    for folder in others:
        more = [
            frame.work(title, cells, is_new=False)
            for title, path, cells in _in(folder, expected)
            if path.resolve() not in paths
        ]
        if not more:
            raise NothingThere(f"{folder} has no notebook of {name}: is it the right folder?")
        works += more
    works.append(frame.reference(REFERENCE))
    remarks += [f"{work.name}, {remark}" for work in works for remark in work.remarks]
    return Gathered(works, _titles(name, frame.parts), remarks)


def _titles(name: str, parts: Iterable[str]) -> dict[str, str]:
    assignment = load(name)
    said = {BEFORE: "Before the first task"}
    said |= {task.name: task.title for task in assignment.tasks}
    said |= {question.name: question.title for question in assignment.questions}
    return {part: said.get(part, part) for part in parts}


def _in(folder: Path, expected: Expected) -> Iterator[tuple[str, Path, list[Cell]]]:
    """Yield the notebooks of an assignment in a folder, or in the class that it is."""
    inner = folder / "submitted"
    root = inner if inner.is_dir() else folder
    for entry in entries(root, most=None):
        path = Path(entry.path)
        files = [path] if entry.is_file(follow_symlinks=False) else []
        if entry.is_dir(follow_symlinks=False):
            files = files_in(path)
        seen: list[list[Cell]] = []
        for notebook in expected.versions(notebooks_among(files)):
            cells = cells_of(notebook)
            if cells not in seen:
                seen.append(cells)
                name = shown(entry.name) + (f" ({len(seen)})" if len(seen) > 1 else "")
                yield f"{folder.resolve().name}/{name}", notebook, cells
