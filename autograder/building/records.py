"""The record of an assignment as it was written: so that what was changed since can be told.

It lies beside the checks, and travels with them: into the release, and into next year's class.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import nbformat

from autograder.building.editions import DIGITS, Edition, edition_from
from autograder.notebook.home import FOLDER
from autograder.notebook.home import RECORD as FILENAME
from autograder.writing import write_whole


@dataclass(frozen=True)
class Record:
    """An assignment's folder as it was written.

    Attributes
    ----------
    edition : Edition
        Of which edition.
    files : mapping of str to str
        The digest of each file beside the notebook.
    cells : mapping of str to str
        The digest of each cell of the notebook, by its id.
    """

    edition: Edition
    files: Mapping[str, str]
    cells: Mapping[str, str]


def make_record(edition: Edition, folder: Path, notebook: nbformat.NotebookNode) -> Record:
    """Return the record of a folder that has just been written."""
    cells = {cell.id: cell_digest(cell) for cell in notebook.cells}
    return Record(edition, {name: _digest(folder / name) for name in files_beside(folder)}, cells)


def write_record(record: Record, folder: Path) -> None:
    """Write a record into the folder that it is of."""
    content = {
        "edition": record.edition.as_json(),
        "files": dict(record.files),
        "cells": dict(record.cells),
    }
    write_whole(folder / FOLDER / FILENAME, json.dumps(content, indent=1) + "\n")


def read_record(folder: Path) -> Record | None:
    """Return the record of a folder, or None if it has none that can be read."""
    try:
        content = json.loads((folder / FOLDER / FILENAME).read_text("utf-8"))
        edition = edition_from(content["edition"])
        files, cells = dict(content["files"]), dict(content["cells"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None if edition is None else Record(edition, files, cells)


def changed_files(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Return the files beside a notebook that are not as they were written.

    What was added counts only among the checks: an instructor's own data may lie beside them.
    """
    there = set(files_beside(folder))
    added = {name for name in there - files.keys() if name.startswith(f"{FOLDER}/")}
    changed = {n for n in files if n not in there or _digest(folder / n) != files[n]}
    return sorted(added | changed)


def files_beside(folder: Path) -> list[str]:
    """Return what lies beside an assignment's notebook, but for the record and Python's own."""
    return sorted(_files_beside(folder))


def _files_beside(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        kept = "__pycache__" in path.parts or any(part.startswith(".") for part in name.split("/"))
        if path.is_file() and not kept and path.suffix != ".ipynb" and path.name != FILENAME:
            yield name


def cell_digest(cell: nbformat.NotebookNode) -> str:
    """Return a digest of what an author decides in a cell: its kind, text, and what it is worth."""
    graded: dict[str, Any] = dict(cell.metadata.get("nbgrader", {}))
    for made in ("checksum", "cell_type", "schema_version"):  # by nbgrader
        graded.pop(made, None)
    if "points" in graded:
        graded["points"] = float(graded["points"])
    whole = json.dumps([cell.cell_type, cell.source.strip(), graded], sort_keys=True)
    return sha256(whole.encode()).hexdigest()[:DIGITS]


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:DIGITS]
