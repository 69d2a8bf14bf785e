"""Figures of chapter 3: computational graphs, and the shapes of matrices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
Point = tuple[float, float]


def draw_node(ax: Axes, at: Point, text: str, *, fontsize: float = 13) -> None:
    """Draw a circle with a short text in it."""
    ax.text(
        *at,
        text,
        ha="center",
        va="center",
        fontsize=fontsize,
        zorder=3,
        bbox={"boxstyle": "circle,pad=0.35", "fc": "white", "ec": "black", "lw": 1.5},
    )


def draw_edge(
    ax: Axes,
    start: Point,
    end: Point,
    forward: str = "",
    backward: str = "",
    *,
    bend: float = 0.0,
    at: float = 0.5,
    gap: float = 0.3,
) -> None:
    """Draw an arrow with two labels along it, one on either side.

    Parameters
    ----------
    forward, backward : str
        What flows along the arrow, in blue above it, and what flows back, in vermilion below it.
    bend : float
        How far the arrow is bent: Matplotlib's ``arc3,rad=``.
    at : float
        Where the labels stand, from 0 at the start to 1 at the end.
    gap : float
        How far they stand from the arrow, in units of the axes, whose aspect must be equal.
    """
    ax.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": "-|>",
            "color": "black",
            "lw": 1.3,
            "shrinkA": 16,
            "shrinkB": 16,
            "connectionstyle": f"arc3,rad={bend}",
        },
    )
    along = np.subtract(end, start)
    across = np.array([-along[1], along[0]])  # a quarter turn to the left
    # A bent arrow is a quadratic Bézier curve; its control point lies `bend` times across.
    place = np.array(start) + at * along - 2 * at * (1 - at) * bend * across
    side = gap * across / np.hypot(*across)
    angle = np.degrees(np.arctan2(along[1], along[0]))
    for text, shift, color in ((forward, side, BLUE), (backward, -side, VERMILION)):
        x, y = place + shift
        ax.text(
            x,
            y,
            text,
            color=color,
            ha="center",
            va="center",
            fontsize=12,
            rotation=angle,
            rotation_mode="anchor",
        )


class Matrix(NamedTuple):
    """A matrix in a drawing of shapes; one with a single row is a vector, such as biases."""

    label: str
    rows: int
    columns: int
    color: str = BLUE


def draw_product(ax: Axes, parts: Iterable[Matrix | str]) -> None:
    """Draw matrices in a row, as rectangles true to their shapes, with signs between them."""
    x = 0.0
    for part in parts:
        if isinstance(part, str):
            ax.text(x + 0.4, 0, part, ha="center", va="center", fontsize=15)
            x += 0.8
            continue
        label, rows, columns, color = part
        ax.add_patch(
            Rectangle((x, -rows / 2), columns, rows, fc=color, ec="black", lw=1.2, alpha=0.35)
        )
        ax.text(x + columns / 2, 0, label, ha="center", va="center", fontsize=12)
        below = -rows / 2 - 0.12
        shape = f"{rows} × {columns}" if rows > 1 else f"({columns},)"
        ax.text(x + columns / 2, below, shape, ha="center", va="top", fontsize=11)
        x += columns
