"""One writer of a class's grades at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SCRATCH = ".handgrad"
"""The folder of Handgrad's own records in a class."""


@contextmanager
def sole_writer(course: Path, say: Callable[[str], object]) -> Iterator[None]:
    """Wait until nobody else writes grades of a class, and keep all others out.

    The kernel frees the lock when its holder ends, however it ends. Forked workers do not share it.

    Parameters
    ----------
    course : Path
        The class's folder.
    say : function
        Told, in a sentence, if it takes waiting.
    """
    try:
        import fcntl
    except ModuleNotFoundError:  # on Windows, where nothing is graded
        yield
        return
    folder = course / SCRATCH
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("a") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            say(f"Another program is grading in {course}: waiting until it has ended.")
            fcntl.lockf(file, fcntl.LOCK_EX)
        yield
