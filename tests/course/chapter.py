"""Runs a page from top to bottom, once for each seed; every test reads what that left behind.

A test file names its page, ``PAGE = "03_backpropagation/1_graphs"``, and asks for ``names``: what
the cells defined. A claim that holds for one lucky seed only fails here.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import matplotlib
import pytest

jupytext = pytest.importorskip("jupytext")
matplotlib.use("Agg")

from matplotlib import pyplot as plt  # noqa: E402

from autograder.building.chapters import COURSE, chapter_names, page_names  # noqa: E402
from autograder.notebook import figures  # noqa: E402

SEEDS = (0, 1, 2)
PAGES = [f"{chapter}/{page}" for chapter in chapter_names() for page in page_names(chapter)]


class Run(NamedTuple):
    """What one execution of a page left behind."""

    names: dict[str, Any]  #: what the cells defined: a test can run an experiment once more
    bundles: list[dict[str, str]]  #: what was displayed as a figure
    drawn: int  #: how many figures were made
    left_open: list[int]  #: figures that were made and never shown


def cells_of(page: str) -> list[Any]:
    """Return the cells of a page's notebook."""
    return list(jupytext.read(COURSE / f"{page}.md").cells)


@cache
def execute(page: str, seed: int) -> Run:
    """Run a page's code cells in one namespace, with another seed."""
    cells = [cell.source for cell in cells_of(page) if cell.cell_type == "code"]
    assert cells.count("seed = 0") <= 1, "one cell of a page says seed = 0"
    bundles: list[dict[str, str]] = []
    drawn: list[object] = []
    new_figure = plt.figure
    names: dict[str, Any] = {"__name__": f"page_{page}"}
    plt.close("all")
    with pytest.MonkeyPatch.context() as patch, matplotlib.rc_context():
        patch.setattr(figures, "display", lambda bundle, **_: bundles.append(bundle))
        patch.setattr(plt, "figure", lambda *a, **k: drawn.append(1) or new_figure(*a, **k))
        for number, source in enumerate(cells):
            source = f"seed = {seed}" if source == "seed = 0" else source
            exec(compile(source, f"{page}.md, code cell {number}", "exec"), names)
        left_open = plt.get_fignums()
        plt.close("all")
    return Run(names, bundles, len(drawn), left_open)
