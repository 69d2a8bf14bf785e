"""Files as learning platforms write them, after their documented formats."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

NAME = "03_backpropagation"
TABLES = Path(__file__).parent / "tables"
CANVAS, MOODLE_GRADES, GERMAN_WORKSHEET, PLAIN = (
    (TABLES / f"{name}.csv").read_text(encoding="utf-8")
    for name in ("canvas", "moodle_grades", "german_worksheet", "plain")
)


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a table; return its file."""
    path.write_bytes(text.encode(encoding))
    return path


def zipped(path: Path, files: Mapping[str, bytes] | Iterable[tuple[object, bytes]]) -> Path:
    """Write a zip; names may be entries of a zip, with whatever they claim."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items() if isinstance(files, Mapping) else files:
            archive.writestr(name, content)  # type: ignore[arg-type]
    return path


def entry_of(name: str, year: int = 2026, month: int = 3, day: int = 1) -> zipfile.ZipInfo:
    """Return an entry of a zip that was changed at ten o'clock on a day."""
    info = zipfile.ZipInfo(name, (year, month, day, 10, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def inside(content: bytes) -> dict[str, bytes]:
    """Return the files of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
