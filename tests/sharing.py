"""How tests are dealt out to processes: those that share what is slow to set up stay together.

Several processes would each run a chapter's notebook, build a class, or compute what a task's
reference and known mistakes return. Tests that need the same of it are dealt out as one piece; the
pieces are small enough to keep all processes busy to the end.
"""

from __future__ import annotations

import re

from xdist.scheduler import LoadScopeScheduling

TASK = re.compile(r"\[([a-z0-9_]+)")
SEED = re.compile(r"\[(seed \d+)")
LEVEL = re.compile(r"\[(level\d)")


def piece_of(nodeid: str) -> str:
    """Return the piece that a test belongs to.

    Parameters
    ----------
    nodeid : str
        Its name, such as ``tests/assignments/test_02_losses.py::TestLosses::test_x[mse-summed]``.
    """
    file, _, test = nodeid.partition("::")
    kind = {"assignments": TASK, "course": SEED, "attacks": LEVEL}.get(file.split("/")[1])
    if "/faults/" in file:
        return nodeid  # each sets up its own, and some take long
    found = kind.search(test) if kind else None
    if found is None:
        return file
    return found[1] if kind is LEVEL else f"{file} {found[1]}"  # one class for all attacks


class InPieces(LoadScopeScheduling):
    """Deals out the pieces, those with most tests first."""

    def _split_scope(self, nodeid: str) -> str:
        return piece_of(nodeid)
