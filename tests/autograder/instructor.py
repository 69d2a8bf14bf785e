"""What an instructor does in the tests' classes: grades, and looks into the gradebook."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from notebooks import NAME

from autograder.classes.class_directory import ClassDirectory
from autograder.classes.classroom import grade_assignment


def grade(folder: Path, **options: Any) -> Any:
    """Grade what is due in a class, with the same inputs each time."""
    return grade_assignment(ClassDirectory(folder), NAME, **{"seed": 5, "workers": 1, **options})


@contextlib.contextmanager
def gradebook(folder: Path) -> Iterator[Any]:
    """Open a class's gradebook."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "course") as book:
        yield book
