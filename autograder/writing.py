"""Write a file whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def write_whole(path: Path, content: str | bytes) -> None:
    """Put a content in the place of a file; until it is complete the earlier one stays.

    Raises
    ------
    OSError
        If that fails, with the file's name.
    """
    # Always the same name: what a killed process has left is overwritten by the next.
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error


def write_json(path: Path, data: Any) -> None:
    """Write data for people and programs to read; what is no text in it becomes a question mark.

    Raises
    ------
    OSError
        If that fails, with the file's name.
    """
    text = json.dumps(data, indent=2, ensure_ascii=False)
    write_whole(path, text.encode("utf-8", "replace") + b"\n")
