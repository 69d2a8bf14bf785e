"""Of what a grade is: a digest of the file that was graded, kept with the graded notebook."""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import islice
from pathlib import Path

import nbformat

from autograder.grading.reading import Unreadable, opened

KEY = "digest"
BLOCK = 1 << 20
MOST_BLOCKS = 1024
"""What is larger than this is not graded, whatever comes behind."""


def digest(path: Path) -> str:
    """Return what stands for the content of a file that was handed in, or for why it has none."""
    try:
        with opened(path) as file:
            blocks = iter(lambda: file.read(BLOCK), b"")
            found = sha256()
            for block in islice(blocks, MOST_BLOCKS):
                found.update(block)
            return found.hexdigest()
    except (Unreadable, OSError) as problem:
        return sha256(str(problem).encode("utf-8", "replace")).hexdigest()


def note_digest(notebook: nbformat.NotebookNode, digest: str) -> None:
    """Write down in a graded notebook of what it is the grade."""
    notebook.metadata["handgrad"][KEY] = digest


def graded_digest(path: Path) -> str | None:
    """Return what a graded notebook is the grade of: "" if it does not say, None if it is gone."""
    try:
        found = json.loads(path.read_text("utf-8"))["metadata"]["handgrad"][KEY]
    except OSError:
        return None
    except (ValueError, KeyError, TypeError):
        return ""
    return found if isinstance(found, str) else ""
