"""Of what a grade is: a digest of the file that was graded, kept with the graded notebook."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import nbformat

from autograder.grading.reading import Unreadable, read_bytes

KEY = "digest"


def digest(path: Path) -> str:
    """Return what stands for the content of a file that was handed in, or for why it has none."""
    try:
        return sha256(read_bytes(path)).hexdigest()
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
