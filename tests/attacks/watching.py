"""What the attacks are watched by: files, processes, the grader's own memory."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
MARKER = "handgrad-attack-marker"
"""What the attacks call the files that they try to write."""


def fingerprints(folder: Path) -> dict[str, str]:
    """Return a digest of each file in a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def written() -> list[Path]:
    """Return the files that attacks have managed to write."""
    folders = {tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", os.getcwd(), REPOSITORY}
    folders |= {Path.home(), "/"}
    return [path for folder in map(Path, folders) for path in folder.glob(f"*{MARKER}*")]


def is_alive(pid: int) -> bool:
    """Return whether a process runs."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def wait_until(holds: Any, complaint: str, seconds: float = 60.0) -> None:
    """Wait until something holds, or fail."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.02)


class Memory:
    """Measures how much this process, the grader, has grown at most since it was entered."""

    def __enter__(self) -> Memory:
        Path("/proc/self/clear_refs").write_text("5")
        self.before = self._status("VmRSS")
        return self

    def __exit__(self, *_: object) -> None:
        self.grown = self._status("VmHWM") - self.before

    @staticmethod
    def _status(name: str) -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith(f"{name}:"))
