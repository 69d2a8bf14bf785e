"""How tests are dealt out to processes: those that share what is slow to set up stay together.

Several processes would each run a page's notebook, build a class, or compute what a task's
reference and known mistakes return. Tests that need the same of it are dealt out as one piece; the
pieces are small enough to keep all processes busy to the end. What the product itself keeps, all
processes keep in one folder, where later runs find it as well.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

TASK = re.compile(r"\[([a-z0-9_]+)")
SEED = re.compile(r"\[(seed \d+)")
LEVEL = re.compile(r"\[(level\d)")
PAGE = re.compile(r"\[seed \d+-(\d\d_\w+/\w+)|tests/course/(\d\d_\w+)/test_(\w+)\.py")
SLOWEST_FIRST = (
    *("autograder/faults", "examples", "autograder", "course", "attacks"),
    *("assignments/test_09_project", "assignments", ""),
)
"""Folders and files by how long a piece of theirs takes: what comes last should be short."""


def cache_home(config: pytest.Config, factory: pytest.TempPathFactory) -> Path:
    """Return a cache folder for one process, in which what is computed is kept for all.

    Expected results and pages that were run are known by all that they depend on.
    """
    home = factory.mktemp("cache")
    if hasattr(config, "cache"):
        kept = config.cache.mkdir("kept")
        kept.chmod(0o700)
        (home / "handgrad").mkdir()
        (home / "handgrad" / "kept").symlink_to(kept)
    return home


def piece_of(nodeid: str) -> str:
    """Return the piece that a test belongs to.

    Parameters
    ----------
    nodeid : str
        Its name, such as ``tests/assignments/test_02_losses.py::TestLosses::test_x[mse-summed]``.
    """
    file, _, test = nodeid.partition("::")
    if "/faults/" in file:
        return nodeid  # each sets up its own, and some take long
    kind = {"assignments": TASK, "course": SEED, "attacks": LEVEL}.get(file.split("/")[1])
    found = kind.search(test) if kind else None
    if found is None:
        return file
    if kind is LEVEL:
        return found[1]  # one class for all attacks
    page = PAGE.search(nodeid) if kind is SEED else None
    return f"{page[1] or f'{page[2]}/{page[3]}' if page else file} {found[1]}"


def place_of(nodeid: str) -> int:
    """Return when a test's turn comes, by its folder or file."""
    file = nodeid.partition("::")[0].removeprefix("tests/")
    return next(n for n, name in enumerate(SLOWEST_FIRST) if file.startswith(name))


class InPieces(LoadScopeScheduling):
    """Deals out the pieces in the order of the tests."""

    def _split_scope(self, nodeid: str) -> str:
        return piece_of(nodeid)
