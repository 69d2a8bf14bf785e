"""What a matrix does to a circle: figures for singular values."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

BLUE, VERMILION = "#0072B2", "#D55E00"


def circle(points: int = 361) -> NDArray[np.float64]:
    """Return arrows of length 1 in all directions, an array (points, 2); the last is the first."""
    angles = np.linspace(0, 2 * np.pi, points)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def draw_image_of_circle(
    ax: Axes,
    matrix: NDArray[np.float64],
    arrows: NDArray[np.float64] | None = None,
    labels: tuple[str, ...] = ("", ""),
) -> None:
    """Draw where a matrix takes the circle, and two arrows.

    Parameters
    ----------
    ax : Axes
        Where to draw; both axes get the same unit.
    matrix : array (2, 2)
        It takes each arrow d to ``matrix @ d``.
    arrows : array (2, 2), optional
        Two arrows of length 1, one a row, whose images are drawn.
    labels : tuple of str
        What stands at the tips of the two.
    """
    image = circle() @ matrix.T
    ax.fill(*image.T, color="0.85", zorder=1)
    ax.plot(*image.T, color="black", lw=1.5, ls="-", marker="", zorder=2)
    looks = ((BLUE, "-"), (VERMILION, (0, (4, 1.5))))
    shown = [] if arrows is None else list(zip(arrows, looks, labels, strict=True))
    for arrow, (color, style), label in shown:
        tip = matrix @ arrow
        ax.annotate(
            "",
            tip,
            (0, 0),
            arrowprops={
                "arrowstyle": "-|>",
                "color": color,
                "lw": 2,
                "ls": style,
                "shrinkA": 0,
                "shrinkB": 0,
            },
            zorder=3,
        )
        away = tip / max(float(np.linalg.norm(tip)), 1e-12)
        ax.annotate(
            label,
            tip,
            textcoords="offset points",
            xytext=tuple(14 * away),
            color=color,
            ha="center",
            va="center",
        )
    ax.axhline(0, color="0.6", lw=0.6, zorder=0)
    ax.axvline(0, color="0.6", lw=0.6, zorder=0)
    ax.set_aspect("equal")
