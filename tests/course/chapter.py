"""Runs a chapter from top to bottom, once for each seed; every test reads what that left behind.

A test file names its chapter, ``CHAPTER = "03_backpropagation"``, and asks for ``claims``: what the
notebook wrote down of its results. A claim that holds for one lucky seed only fails here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib
import pytest

jupytext = pytest.importorskip("jupytext")
matplotlib.use("Agg")

from matplotlib import pyplot as plt  # noqa: E402

from autograder.notebook import figures  # noqa: E402

COURSE = Path(__file__).parents[2] / "course"
SEEDS = (0, 1, 2)


class Run(NamedTuple):
    """What one execution of a chapter left behind."""

    claims: dict[str, Any]
    bundles: list[dict[str, str]]  #: what was displayed as a figure
    drawn: int  #: how many figures were made
    left_open: list[int]  #: figures that were made and never shown
    names: dict[str, Any]  #: what the cells defined: a test can run an experiment once more


def cells_of(chapter: str) -> list[Any]:
    """Return the cells of a chapter's notebook."""
    return list(jupytext.read(COURSE / f"{chapter}.md").cells)


@cache
def execute(chapter: str, seed: int) -> Run:
    """Run a chapter's code cells in one namespace, with another seed."""
    cells = [cell.source for cell in cells_of(chapter) if cell.cell_type == "code"]
    assert cells.count("seed = 0") == 1, "the chapter needs one cell that says seed = 0"
    bundles: list[dict[str, str]] = []
    drawn: list[object] = []
    new_figure = plt.figure
    namespace: dict[str, Any] = {"__name__": f"chapter_{chapter}"}
    plt.close("all")
    with pytest.MonkeyPatch.context() as patch, matplotlib.rc_context():
        patch.setattr(figures, "display", lambda bundle, **_: bundles.append(bundle))
        patch.setattr(plt, "figure", lambda *a, **k: drawn.append(1) or new_figure(*a, **k))
        for number, source in enumerate(cells):
            source = f"seed = {seed}" if source == "seed = 0" else source
            exec(compile(source, f"{chapter}.md, code cell {number}", "exec"), namespace)
        left_open = plt.get_fignums()
        plt.close("all")
    return Run(namespace["claims"], bundles, len(drawn), left_open, namespace)
