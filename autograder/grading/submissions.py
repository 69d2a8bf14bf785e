"""A submitted notebook: data, whatever it claims to be.

Nothing of it is taken over but the text of its cells, their kinds, and which cell of the
assignment they say they are. Points, checks, metadata, outputs and kernels come from the
instructor's notebook.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.utils import is_grade, is_solution

from autograder.authoring.files import TooLarge, read_cells
from autograder.building.cells import checked_task
from autograder.grading.reading import Unreadable, opened
from autograder.judging.memory import limited
from autograder.sandbox.pictures import PICTURES, is_picture

MIB = 1 << 20
LARGEST_CELL = 1 * MIB
"""Characters; each is sent as at most four bytes."""
LEFT_OUT = "# This cell was longer than 1 MiB and is left out.\n"
MOST_CELLS = 1000
MOST_PARTS = 1 << 20
"""Numbers, texts, lists and objects of a file; those of a large notebook are some thousands."""
TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)


@dataclass(frozen=True)
class Cell:
    """A cell of a submission: its kind, its text, and the grade_id that it claims, or ""."""

    kind: str
    source: str
    grade_id: str
    attachments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Contents:
    """What a submitted file holds, so that it can be graded where the file does not lie.

    Attributes
    ----------
    name : str
        Its name.
    kept : bytes
        Its bytes but for outputs; at most `files.LARGEST_KEPT`.
    problem : str
        Why it cannot be read, in a sentence; empty if it can.
    """

    name: str
    kept: bytes = field(repr=False)
    problem: str = ""

    @classmethod
    def of(cls, path: Path) -> Contents:
        """Read a file; links are not followed."""
        try:
            return cls(path.name, _read(path))
        except Unreadable as problem:
            return cls(path.name, b"", str(problem))

    def cells(self) -> list[Cell]:
        """Return the cells of the notebook.

        Raises
        ------
        Unreadable
            If it is missing, empty, too large, or not a notebook.
        """
        if self.problem:
            raise Unreadable(self.problem)
        too_many = Unreadable(
            f"The file {self.name} has more parts than a notebook has, and is not read: save the "
            "notebook in JupyterLab and submit it again."
        )
        if _has_too_many_parts(self.kept):
            raise too_many
        try:
            # As text, and once more in parts, a byte may take four; all else that it has is small.
            with limited(8 * len(self.kept) + 64 * MIB):
                return _parsed(self.kept, self.name)
        except MemoryError:
            raise too_many from None


def read_submission(path: Path) -> list[Cell]:
    """Return the cells of a submitted notebook.

    Parameters
    ----------
    path : Path
        The file; links are not followed.

    Raises
    ------
    Unreadable
        If it is missing, empty, too large, or not a notebook.
    """
    return Contents.of(path).cells()


def _has_too_many_parts(kept: bytes) -> bool:
    """Return whether a file has more parts than is read: counted, so that it is so everywhere."""
    if _parts(kept) <= MOST_PARTS:
        return False
    count = end = 0
    for text in TEXT.finditer(kept):  # what stands in texts is none
        count += _parts(kept[end : text.start()])
        end = text.end()
        if count > MOST_PARTS:
            return True
    return count + _parts(kept[end:]) > MOST_PARTS


def _parts(text: bytes) -> int:
    return sum(map(text.count, (b",", b"[", b"{")))


def _parsed(kept: bytes, name: str) -> list[Cell]:
    """Return the cells in the text of a notebook."""
    try:
        text = kept.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(
            f"The file {name} has bytes that are not UTF-8 text: download the notebook "
            "again from JupyterLab and submit it again."
        ) from None
    if not text.strip():
        raise Unreadable(f"The file {name} is empty: save the notebook and submit it again.")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(
            f"The file {name} is not a notebook, or only a part of one (it is not JSON): "
            "download it again from JupyterLab and submit it again."
        ) from None
    return [_cell(cell) for cell in _cells(content, name)]


def _read(path: Path) -> bytes:
    """Return a submitted file but for its outputs."""
    with opened(path) as file:
        try:
            return read_cells(file)
        except TooLarge as problem:
            said = f"The file {path.name} {problem}, save it and submit it again."
            raise Unreadable(said) from None


def _cells(content: Any, name: str) -> list[dict[str, Any]]:
    """Return the raw cells, of the present format or of an older one."""
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise Unreadable(f"The file {name} is JSON, but not a notebook: submit the notebook.")
    if content["nbformat"] > nbformat.current_nbformat:
        raise Unreadable(f"The file {name} is of a newer notebook format than can be read here.")
    if content["nbformat"] < nbformat.current_nbformat:
        return _older_cells(content, name)
    cells = content.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise Unreadable(f"The file {name} is JSON, but not a notebook: submit the notebook.")
    if len(cells) > MOST_CELLS:
        raise Unreadable(f"The notebook {name} has more than {MOST_CELLS} cells.")
    return cells


def _older_cells(content: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the raw cells of a notebook as IPython 1 and 2 wrote them: in sheets."""
    try:
        cells = [cell for sheet in content["worksheets"] for cell in sheet["cells"]]
        cells = [{**cell, "source": cell.get("input", cell.get("source"))} for cell in cells]
    except (KeyError, TypeError, AttributeError):
        raise Unreadable(
            f"The file {name} is of an older notebook format and cannot be converted: "
            "open it in JupyterLab, save it and submit it again."
        ) from None
    return _cells({"nbformat": nbformat.current_nbformat, "cells": cells}, name)


def _cell(raw: dict[str, Any]) -> Cell:
    kind, source, metadata = (raw.get(key) for key in ("cell_type", "source", "metadata"))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        source = ""
    if len(source) > LARGEST_CELL:
        source = LEFT_OUT
    claimed = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = claimed.get("grade_id") if isinstance(claimed, dict) else None
    return Cell(
        kind if kind in ("code", "markdown") else "raw",
        _writable(source),
        grade_id if isinstance(grade_id, str) else "",
        _attachments(raw.get("attachments")),
    )


def _writable(text: str) -> str:
    """Replace lone surrogates: legal in JSON, and in nothing that is written from here on."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _attachments(raw: Any) -> dict[str, Any]:
    """Return the pictures among a cell's attachments."""
    kept: dict[str, Any] = {}
    for name, bundle in raw.items() if isinstance(raw, dict) else ():
        for kind, start in PICTURES.items():
            data = bundle.get(kind) if isinstance(bundle, dict) else None
            if isinstance(data, str) and is_picture(data, start) and len(kept) < 20:
                kept[_writable(str(name)[:100])] = {kind: data}
    return kept


def restore(submitted: list[Cell], source: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook to grade: the student's text in the instructor's frame.

    Graded cells come back where they were deleted, and of two with one name the first
    keeps it; checks are the instructor's. All other cells stay, in the student's order.

    Parameters
    ----------
    submitted : list of Cell
        The student's cells.
    source : NotebookNode
        The released notebook.
    """
    frame = {cell.metadata.nbgrader.grade_id: cell for cell in source.cells if _is_framed(cell)}
    cells: list[nbformat.NotebookNode] = []
    seen: set[str] = set()
    for cell in submitted:
        original = frame.get(cell.grade_id)
        if original is None or cell.grade_id in seen or original.cell_type != cell.kind:
            if original is None or not original.metadata.nbgrader.locked:
                cells.append(_student_cell(cell))
            continue
        seen.add(cell.grade_id)
        cells.append(_framed(cell, original))
    graded = [key for key, cell in frame.items() if cell.metadata.nbgrader.grade]
    _bring_back(cells, [key for key in graded if key not in seen], frame)
    restored = nbformat.from_dict({**source, "cells": cells})
    _give_ids(restored.cells)
    prose = {cell.source for cell in source.cells if cell.cell_type == "markdown"}
    for cell in restored.cells:
        if cell.cell_type == "markdown" and cell.source in prose:
            cell.metadata["handgrad"] = {"of": "assignment"}
        if submitted and cell.id not in seen and is_grade(cell) and is_solution(cell):
            cell.metadata.setdefault("handgrad", {})["is"] = "missing"
    return restored


def _is_framed(cell: nbformat.NotebookNode) -> bool:
    return "nbgrader" in cell.metadata


def is_of_the_assignment(cell: Mapping[str, Any]) -> bool:
    """Return whether a cell of a restored notebook has the assignment's own words."""
    mark = cell.get("metadata", {}).get("handgrad", {})
    return isinstance(mark, dict) and mark.get("of") == "assignment"


def is_missing(cell: Mapping[str, Any]) -> bool:
    """Return whether the answer to a question was put into a restored notebook, as it had none.

    What was answered may stand elsewhere: the cell of a question that is deleted, renamed, or
    turned into code, leaves a text of the student's own.
    """
    mark = cell.get("metadata", {}).get("handgrad", {})
    return isinstance(mark, dict) and mark.get("is") == "missing"


def _student_cell(cell: Cell) -> nbformat.NotebookNode:
    # Not nbformat's constructors: they check each cell against the schema, at a millisecond each.
    node = nbformat.from_dict({"cell_type": cell.kind, "metadata": {}, "source": cell.source})
    if cell.attachments and cell.kind == "markdown":
        node["attachments"] = cell.attachments
    return node


def _framed(cell: Cell, original: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a graded cell: the student's answer, or the instructor's check."""
    node = nbformat.from_dict(original)
    if not original.metadata.nbgrader.locked:
        node.source = cell.source
        if cell.attachments:
            node["attachments"] = cell.attachments
    return node


def _bring_back(
    cells: list[nbformat.NotebookNode],
    missing: list[str],
    frame: dict[str, nbformat.NotebookNode],
) -> None:
    """Put the cells that were deleted behind the ones that they followed."""
    order = list(frame)
    for grade_id in missing:
        before = set(order[: order.index(grade_id)])
        places = [i for i, cell in enumerate(cells) if _grade_id(cell) in before]
        cells.insert(places[-1] + 1 if places else 0, nbformat.from_dict(frame[grade_id]))


def _grade_id(cell: nbformat.NotebookNode) -> str | None:
    found: str | None = cell.metadata.get("nbgrader", {}).get("grade_id")
    return found


def _give_ids(cells: list[nbformat.NotebookNode]) -> None:
    for number, cell in enumerate(cells):
        cell.id = _grade_id(cell) or f"cell-{number}"
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = []


def student_code(notebook: nbformat.NotebookNode) -> Iterator[tuple[int, str]]:
    """Yield the number and the source of each cell that is to be run: all but the checks."""
    for number, cell in enumerate(notebook.cells):
        # What is only locked, such as a given function, is part of the program.
        mark = cell.metadata.get("nbgrader", {})
        is_check = mark.get("locked") and mark.get("grade")
        if cell.cell_type == "code" and not is_check and checked_task(cell.source) is None:
            yield number, cell.source


def cell_name(notebook: nbformat.NotebookNode, number: int) -> str:
    """Return what a cell is called in remarks."""
    grade_id = _grade_id(notebook.cells[number])
    return f"The cell {grade_id!r}" if grade_id else f"Cell {number + 1}"
