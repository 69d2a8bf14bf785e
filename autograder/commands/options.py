"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path

import click

CHAPTER = click.argument("chapter", metavar="CH")
CLASS = click.option(
    "--class",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The class's folder; the current one by default.",
)
CLUSTER = click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Grade on the Dask cluster with this scheduler, or on local:N, N workers of this machine.",
)
ALLOW_UNSANDBOXED = click.option(
    "--allow-unsandboxed",
    is_flag=True,
    help="Run where no sandbox can be had: student code can then read and change your files.",
)
