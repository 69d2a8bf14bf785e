"""How much CPU a command uses, with all that it starts: from a control group of its own.

The CPU time of what runs behind a process namespace is not in its parents' accounts.
"""

from __future__ import annotations

import os
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
ROOT = Path("/sys/fs/cgroup")


def _unified(group: Path) -> float:
    return int((group / "cpu.stat").read_text().split()[1]) / 1e6


def _of_old(group: Path) -> float:
    return int((group / "cpuacct.usage").read_text()) / 1e9


PLACES: tuple[tuple[Path, str, Callable[[Path], float]], ...] = (
    (ROOT, "cpu.stat", _unified),
    (ROOT / "unified", "cpu.stat", _unified),
    (ROOT / "cpuacct", "cpuacct.usage", _of_old),
)
"""Where groups may be made, the file that says how much was used, and how to read it."""


@contextmanager
def control_group() -> Iterator[tuple[Path, Callable[[], float]]]:
    """Yield where to enter a new control group, and a function that reads its CPU seconds."""
    for parent, file, read in PLACES:
        group = parent / f"handgrad-bench-{uuid.uuid4().hex[:8]}"
        try:
            group.mkdir()
        except OSError:
            continue
        if not (group / file).exists():
            group.rmdir()
            continue
        entry = group / "cgroup.procs"
        try:
            yield entry, lambda: read(group)  # noqa: B023
        finally:
            _wait_until_empty(entry)
            group.rmdir()
        return
    raise click.ClickException("No control group can be made: run this benchmark as root.")


def _wait_until_empty(processes: Path) -> None:
    """Wait for the last process of a group: a notebook's kernel may outlive who started it."""
    for _ in range(400):
        if not processes.read_text().strip():
            return
        time.sleep(0.05)
    raise click.ClickException(f"A process in {processes} does not end.")


def cpu_of(
    command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None
) -> float:
    """Run a command in a folder and return the CPU seconds of all that it started."""
    with control_group() as (entry, used):
        result = subprocess.run(
            list(command),
            cwd=folder,
            env={**os.environ, **ONE_THREAD, **(environment or {})},
            preexec_fn=lambda: entry.write_text(str(os.getpid())) and None,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            said = (result.stderr or result.stdout).strip()[-2000:]
            raise click.ClickException(f"{' '.join(map(str, command))} failed: {said}")
        _wait_until_empty(entry)
        return used()
