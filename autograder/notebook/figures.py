"""Figures for the course's notebooks: one look for all, and a description for every picture."""

from __future__ import annotations

import base64
import html
import io
from typing import TYPE_CHECKING, Any

from IPython.display import display

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito (2008), Color Universal Design: told apart with any colour vision. Each colour
# has its own line style and marker as well, so that a print in grey can still be read.
STYLE: dict[str, Any] = {
    "axes.prop_cycle": (
        "cycler('color', ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#56B4E9', '#E69F00'])"
        " + cycler('linestyle', ['-', '--', '-.', ':', (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2))])"
        " + cycler('marker', ['o', 's', '^', 'D', 'v', 'P'])"
    ),
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.dpi": 110,
    "figure.figsize": (7.0, 4.0),
    "figure.constrained_layout.use": True,
    "font.size": 12,
    "grid.alpha": 0.3,
    "image.cmap": "viridis",
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "lines.markersize": 6.0,
}
"""Matplotlib settings: ``matplotlib.pyplot.rcParams.update(STYLE)``."""


def show_figure(figure: Figure, alt: str) -> None:
    """Display a figure together with a description for readers who cannot see it; close it.

    Parameters
    ----------
    figure : Figure
        It is drawn as PNG, and closed afterwards so that Jupyter does not show it twice.
    alt : str
        What the picture shows, in a sentence or two: it becomes the image's ``alt`` text.

    Raises
    ------
    ValueError
        If the description is empty.
    """
    from matplotlib import pyplot  # heavy, and not there in every kernel that checks answers

    if not alt.strip():
        raise ValueError("show_figure needs alt: say in a sentence what the figure shows")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    pyplot.close(figure)
    png = base64.b64encode(buffer.getvalue()).decode("ascii")
    image = f'<img src="data:image/png;base64,{png}" alt="{html.escape(alt)}">'
    display(  # HTML for notebooks, the PNG for conversion to PDF, the words for a terminal
        {"text/html": image, "image/png": png, "text/plain": alt},
        metadata={"image/png": {"alt": alt}},
        raw=True,
    )
