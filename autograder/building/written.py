"""What was written into a workbook: a digest of each file, by which it is known when it changes.

Of a notebook only what can be written in it counts: to run it changes nothing.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from autograder.notebook.progress import RECORD
from autograder.writing import write_whole

MARKER = RECORD
"""The record's file, by which a workbook is known as well."""


@dataclass
class Written:
    """The digests of what was written into a workbook, by path within it."""

    folder: Path
    digests: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Written:
        """Read a workbook's record: empty if there is none, or none that can be read."""
        with suppress(OSError, ValueError, KeyError, AttributeError, TypeError):
            files = json.loads((folder / MARKER).read_text("utf-8"))["files"]
            inside = [name for name in files if ".." not in Path(name).parts]
            return cls(folder, {name: str(files[name]) for name in inside})
        return cls(folder)

    def save(self) -> None:
        path = self.folder / MARKER
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps({"files": self.digests}, indent=1, sort_keys=True) + "\n")

    def write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
        self.digests[name] = digest_of(name, content)

    def remove(self, name: str) -> None:
        (self.folder / name).unlink()
        del self.digests[name]

    def content(self, name: str) -> bytes | None:
        """Return what a file holds; nothing if there is none, not even a link to nowhere."""
        path = self.folder / name
        if not path.exists() and not path.is_symlink():
            return None
        try:
            return path.read_bytes()
        except (IsADirectoryError, PermissionError, FileNotFoundError):
            return b""  # there is something, and it is no file of ours


def digest_of(name: str, content: bytes) -> str:
    """Return a digest of a file; of a notebook, of what can be written in it."""
    cells = _cells(content) if name.endswith(".ipynb") else None
    if cells is not None:
        content = json.dumps(cells, sort_keys=True).encode()
    return sha256(content).hexdigest()


def holds_what_was_given(notebook: bytes, given: bytes) -> bool:
    """Return whether a notebook holds all that another one gives, whatever else is in it."""
    found, wanted = _cells(notebook), _cells(given)
    if found is None or wanted is None:
        return False
    return all(cell in found for cell in wanted if not cell[-1].get("solution"))


def was_run(notebook: bytes) -> bool:
    """Return whether somebody has run a cell of a notebook, or left outputs that are not ours."""
    try:
        cells = json.loads(notebook)["cells"]
        return any(cell.get("execution_count") is not None for cell in cells)
    except (ValueError, KeyError, TypeError, AttributeError):
        return True


def _cells(content: bytes) -> list[Any] | None:
    """Return what is written in the cells of a notebook, and how they are graded."""
    try:
        return [
            [
                cell["cell_type"],
                "".join(cell["source"]),
                cell.get("attachments") or {},
                cell["metadata"].get("nbgrader") or {},
            ]
            for cell in json.loads(content)["cells"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
