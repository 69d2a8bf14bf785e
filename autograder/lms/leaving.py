"""Who has left the class: ``left.txt`` in its folder, a line for each, such as ``2026-03-01 ada``.

nbgrader has no place for it, and to take a student out of the gradebook takes their grades along.
"""

from __future__ import annotations

from pathlib import Path

from autograder.writing import write_whole

FILE = "left.txt"
HEAD = "# Who has left the class, and when that was seen. Their grades stay in the gradebook.\n"


def who_left(course: Path) -> dict[str, str]:
    """Return the students who have left a class, and the day on which that was seen."""
    try:
        lines = (course / FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    parts = (line.partition(" ") for line in lines if not line.startswith("#"))
    return {student.strip(): day for day, _, student in parts if student.strip()}


def write_left(course: Path, left: dict[str, str]) -> None:
    """Write down who has left; where nobody has, there is no file."""
    path = course / FILE
    if left:
        lines = [f"{day} {student}\n" for student, day in sorted(left.items())]
        write_whole(path, HEAD + "".join(lines))
    else:
        path.unlink(missing_ok=True)
