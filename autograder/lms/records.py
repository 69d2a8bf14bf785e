"""What was collected of an assignment: where each student's work came from, to go back there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.classes.locking import SCRATCH
from autograder.writing import write_whole

FOLDER = "collected"


def read_records(course: Path, assignment: str) -> dict[str, dict[str, Any]]:
    """Return, by student, what was written down of their work; nothing if that cannot be read."""
    try:
        found = json.loads(_file(course, assignment).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {
        str(student): record
        for student, record in (found.items() if isinstance(found, dict) else ())
        if isinstance(record, dict)
    }


def write_records(course: Path, assignment: str, records: Mapping[str, dict[str, Any]]) -> None:
    """Write down from where the work of each student came."""
    file = _file(course, assignment)
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(dict(sorted(records.items())), indent=1, ensure_ascii=False)
    write_whole(file, text + "\n")


def _file(course: Path, assignment: str) -> Path:
    return course / SCRATCH / FOLDER / f"{assignment}.json"
