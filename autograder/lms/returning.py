"""Feedback as a learning platform takes it back: each page under the name of what it is about.

Moodle's "Upload multiple feedback files in a zip" and Canvas's "Upload submissions" read from the
names of files whose they are, and know the names that they gave out themselves.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.classes.class_directory import ClassDirectory, ClassError
from autograder.lms.origins import CANVAS, MOODLE, Origin, feedback_path
from autograder.writing import write_whole

FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""Of all pages in a zip: the same feedback makes the same zip."""
TAKE_BACK = {MOODLE, CANVAS}


@dataclass(frozen=True)
class Pages:
    """The pages of an assignment.

    Attributes
    ----------
    files : dict
        Where each lies, by the name under which the platform takes it.
    nameless : list of str
        The students who have a page for which there is no such name, or none of its own.
    """

    files: dict[str, Path] = field(default_factory=dict)
    nameless: list[str] = field(default_factory=list)


def pages_to_return(
    where: ClassDirectory,
    assignment: str,
    records: Mapping[str, Mapping[str, Any]],
    platform: str = "",
) -> Pages:
    """Return the feedback pages of an assignment, and what each is to be called.

    Parameters
    ----------
    where, assignment : ClassDirectory, str
        The class and the assignment.
    records : mapping
        Where the work of each student came from.
    platform : str
        Only pages about work that came from here; ``moodle`` and ``canvas`` by default.

    Raises
    ------
    ClassError
        If there are none.
    """
    pages = Pages()
    wanted = {platform} if platform else TAKE_BACK
    root = where.step("feedback", assignment).parent
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        page = where.step("feedback", assignment, folder.name) / f"{assignment}.html"
        if not page.is_file():
            continue
        origin = Origin.of(dict(records.get(folder.name, {})))
        name = feedback_path(origin, page.name) if origin.kind in wanted else ""
        if name and name not in pages.files:  # a group's work is all under one name
            pages.files[name] = page
        else:
            pages.nameless.append(folder.name)
    if not pages.files:
        raise ClassError(
            f"No feedback on {assignment} can be handed back: write it with 'handgrad grade "
            f"{assignment} --feedback', of work that 'handgrad collect' took from a download of "
            "Moodle's or Canvas's."
        )
    return pages


def write_pages(pages: Pages, target: Path) -> None:
    """Write pages into a zip, or into a folder if the name is not that of a zip."""
    if target.suffix.lower() == ".zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, page in pages.files.items():
                info = zipfile.ZipInfo(name, FIXED_TIME)
                info.compress_type = zipfile.ZIP_DEFLATED
                zipped.writestr(info, page.read_bytes())
        write_whole(target, buffer.getvalue())
        return
    for name, page in pages.files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, page.read_bytes())
