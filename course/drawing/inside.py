"""Chapter 5: what the layers of a network hold, as rows of histograms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes


def ridges(
    ax: Axes,
    values: Sequence[Any],
    limits: tuple[float, float],
    *,
    color: str = "#0072B2",
    bins: int = 50,
) -> None:
    """Draw one histogram above the other, the first layer at the top, each as high as the next.

    Parameters
    ----------
    ax : matplotlib axes
    values : sequence of arrays
        The numbers of each layer, of any shape.
    limits : pair of float
        Where the bins begin and end; what lies beyond is counted in the outermost bins.
    color : str
    bins : int
    """
    edges = np.linspace(*limits, bins + 1)
    for place, numbers in enumerate(values):
        counts, _ = np.histogram(np.clip(numbers, *limits), edges)
        foot = len(values) - 1 - place
        top = foot + 0.85 * counts / counts.max()
        ax.stairs(top, edges, baseline=foot, fill=True, color=color, alpha=0.75, lw=0)
        ax.axhline(foot, color="0.4", lw=0.6)
    layers = range(1, len(values) + 1)
    ax.set_yticks([len(values) - layer + 0.35 for layer in layers], [str(one) for one in layers])
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(*limits)
    ax.set_ylim(-0.05, len(values))
    ax.grid(visible=False)


def log_size(numbers: Any, smallest: float = 1e-300) -> Any:
    """Return the decimal logarithm of each number's size; what is exactly 0 is left out."""
    sizes = np.abs(np.asarray(numbers)).ravel()
    return np.log10(sizes[sizes > smallest])
