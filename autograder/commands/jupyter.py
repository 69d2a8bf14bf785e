"""JupyterLab in a workbook: it takes this process's place, so that what ends one ends the other."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from autograder.building.pages import START
from autograder.building.running import THREADS


def split_arguments(arguments: Sequence[str]) -> tuple[Path | None, list[str]]:
    """Return the folder that was named, if one was, and the options that are JupyterLab's.

    Raises
    ------
    click.UsageError
        If a folder stands behind options, where it cannot be told from their values.
    """
    named = bool(arguments) and not arguments[0].startswith("-")
    options = list(arguments[named:])
    for before, one in zip(["", *options], options, strict=False):
        is_value = before.startswith("-") and "=" not in before
        if not one.startswith("-") and not is_value:
            raise click.UsageError(
                f"{one!r} belongs to no option: if it is your FOLDER, it comes first."
            )
    return Path(arguments[0]) if named else None, options


def fill_meanwhile(folder: Path) -> None:
    """Let another process bring a workbook up to date, out of the way of what its reader runs."""
    code = "from autograder.commands.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "lab", str(folder.resolve()), "--no-lab"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for JupyterLab
    )
    if sys.platform != "win32":
        os.setpriority(os.PRIO_PROCESS, process.pid, 10)


def open_lab(folder: Path, options: Sequence[str]) -> int:
    """Run JupyterLab in a folder until it is stopped; return its exit status.

    Where there is POSIX, this does not return: the process becomes JupyterLab.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise click.ClickException("JupyterLab is not installed: pip install jupyterlab")
    for name in THREADS:  # arrays are small here: several threads wait for each other
        os.environ.setdefault(name, "1")
    root = ["--ServerApp.root_dir", str(folder.resolve())]
    first = [f"--LabApp.default_url=/lab/tree/{START}"]
    command = [sys.executable, "-m", "jupyterlab", *root, *first, *options]
    if sys.platform != "win32":
        if os.geteuid() == 0 and "--allow-root" not in options:
            click.echo("You are root: JupyterLab is started with --allow-root.")
            command.append("--allow-root")
        sys.stdout.flush()
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass  # the console has told JupyterLab, too
