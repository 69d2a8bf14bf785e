"""Where the user's workbook lies: in the current folder, or where it was opened last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import platformdirs

from autograder.building.chapters import ROOT
from autograder.building.workbook import WorkbookError
from autograder.building.written import MARKER
from autograder.writing import write_whole

NAME = "handgrad-workbook"
"""What a workbook is called whose folder was not named."""
REMEMBERED = 20


def is_workbook(folder: Path) -> bool:
    """Return whether a folder is a workbook; those that were made without a mark, too."""
    with suppress(OSError):  # it may be somebody else's
        if (folder / MARKER).is_file():
            return True
        return (folder / "course").is_dir() and any(folder.glob("assignments/*/checks"))
    return False


def find_workbook() -> tuple[Path, bool]:
    """Return the user's workbook, and whether it was found outside of the current folder.

    Raises
    ------
    WorkbookError
        If there was one, and it is not where it was.
    """
    here = Path.cwd()
    for near in (here, here / NAME, *here.parents):
        if is_workbook(near):
            return near, False
    if (here / NAME).exists():
        return here / NAME, False  # half made
    known = _remembered()
    for far in (*known, ROOT / NAME, *_at_home()):
        if is_workbook(far):
            return far, True
    if known:
        raise WorkbookError(
            f"Your workbook was {known[0]}, and is not there now. If you have moved it, name its "
            f"new place: handgrad lab FOLDER. To begin a new one: handgrad lab {NAME}."
        )
    return here / NAME, False


def remember(folder: Path) -> None:
    """Remember a workbook as the one that was opened last; where that fails, do without."""
    paths = dict.fromkeys([str(folder.resolve()), *map(str, _remembered())])
    with suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        write_whole(_file(), json.dumps(list(paths)[:REMEMBERED], indent=1) + "\n")


def _remembered() -> list[Path]:
    """Return the workbooks that were opened, the last one first."""
    with suppress(OSError, ValueError, TypeError):
        return [Path(path) for path in json.loads(_file().read_text("utf-8"))]
    return []


def _at_home() -> Iterator[Path]:
    with suppress(RuntimeError):  # nobody's home is known
        yield Path.home() / NAME


def _file() -> Path:
    return platformdirs.user_state_path("handgrad", appauthor=False) / "workbooks.json"
