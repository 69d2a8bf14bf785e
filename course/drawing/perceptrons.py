"""What more than one page of chapter 1 draws: regions of the plane, points, digits, weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

BLUE, VERMILION, GREEN, PALE = "#0072B2", "#D55E00", "#009E73", "#cfe4f2"


def box(text: str, **more: Any) -> dict[str, Any]:
    """Return the settings of a text that stands on a white box.

    Parameters
    ----------
    text : str
        What it says.
    **more
        Other settings of ``ax.text``, such as ``fontsize``.
    """
    look = {"s": text, "ha": "center", "va": "center", "zorder": 4}
    return look | more | {"bbox": {"fc": "white", "ec": "none", "pad": 1.5, "alpha": 0.9}}


def shade(
    ax: Axes,
    decide: Callable[[np.ndarray], ArrayLike],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    points: int = 300,
) -> None:
    """Hatch the region of the plane where an answer is 1.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    decide : function
        Takes points (N, 2) and returns their answers (N,), 0 or 1.
    xlim, ylim : tuple of float
        The part of the plane that is shown.
    points : int
        How many points are asked along each axis.
    """
    x1, x2 = np.meshgrid(np.linspace(*xlim, points), np.linspace(*ylim, points))
    y = np.asarray(decide(np.column_stack([x1.ravel(), x2.ravel()]))).reshape(x1.shape)
    ax.contourf(x1, x2, y, [-0.5, 0.5, 1.5], colors=["white", PALE], hatches=["", "//"])
    if 0 < y.mean() < 1:
        ax.contour(x1, x2, y, [0.5], colors="black", linewidths=1.5)
    ax.set(xlim=xlim, ylim=ylim, aspect="equal")
    ax.grid(False)


def draw_points(ax: Axes, x: ArrayLike, t: ArrayLike, size: float = 90) -> None:
    """Draw points of target 1 as filled squares, points of target 0 as open circles.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    x : array (N, 2)
        The points.
    t : array (N,)
        Their targets, 0 or 1.
    size : float
        The area of a marker, in points squared.
    """
    x, t = np.asarray(x), np.asarray(t)
    for value, marker, color in ((1, "s", VERMILION), (0, "o", "white")):
        look: dict[str, Any] = {"marker": marker, "color": color, "edgecolor": "black"}
        ax.scatter(x[t == value, 0], x[t == value, 1], s=size, zorder=3, lw=1.3, **look)


def draw_gate(ax: Axes, gate: Callable[..., ArrayLike], title: str) -> None:
    """Draw the decision region of a gate and the four inputs with their answers.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    gate : function
        Takes x1 (N,) and x2 (N,) and returns 0 or 1 for each.
    title : str
        What stands above the picture.
    """
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    shade(ax, lambda x: gate(x[:, 0], x[:, 1]), (-0.5, 1.7), (-0.5, 1.7))
    draw_points(ax, corners, gate(*corners.T))
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xticks=(0, 1), yticks=(0, 1))
    ax.set_title(title, fontsize=12)


def draw_digit(ax: Axes, picture: ArrayLike, title: str = "", numbers: bool = False) -> None:
    """Draw a picture of 8 × 8 pixels, ink black on white, in a grey frame.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    picture : array (64,)
        The pixels, row by row, from 0 (paper) to 1 (ink).
    title : str
        What stands above the picture.
    numbers : bool
        Whether to write each pixel's value into it, with one decimal.
    """
    picture = np.asarray(picture).reshape(8, 8)
    ax.imshow(picture, cmap="gray_r", vmin=0, vmax=1, interpolation="none")
    if numbers:
        for (row, column), value in np.ndenumerate(picture):
            color = "white" if value > 0.55 else "black"
            text = f"{value:.1f}" if value else "0"
            ax.text(column, row, text, ha="center", va="center", color=color, fontsize=10)
    ax.set(xticks=[], yticks=[])
    ax.set_title(title, fontsize=12)
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set(visible=True, color="0.6", linewidth=1)


def draw_signed(ax: Axes, weights: ArrayLike, title: str = "") -> None:
    """Draw 64 weights as squares of matching area: black if positive, white if negative.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    weights : array (64,)
        One weight for each pixel of a picture of 8 × 8, row by row.
    title : str
        What stands above the picture.
    """
    weights = np.asarray(weights)
    ax.set_facecolor("0.65")
    sides = np.sqrt(np.abs(weights) / np.abs(weights).max())
    for place, (side, weight) in enumerate(zip(sides, weights, strict=True)):
        y, x = divmod(place, 8)
        color = "black" if weight > 0 else "white"
        ax.add_patch(Rectangle((x - side / 2, y - side / 2), side, side, fc=color, ec="none"))
    ax.set(xlim=(-0.6, 7.6), ylim=(7.6, -0.6), aspect="equal", xticks=[], yticks=[])
    ax.set_title(title, fontsize=12)
    ax.grid(False)
