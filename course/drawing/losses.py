"""Chapter 2: the small pictures of its pages, and contour lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from solutions.data import digits, train_validation_test


class SmallDigits(NamedTuple):
    """Pictures of 4 × 4 pixels as page 2.1 prepares them: 16 pixels and a constant 1, (N, 17)."""

    x_train: Any
    labels_train: Any
    x_validation: Any
    labels_validation: Any
    x_test: Any
    labels_test: Any


def divided(data: Any, seed: int) -> Any:
    """Return the digits that are for learning, divided as on page 2.1: training, validation."""
    return train_validation_test(
        data.x_train,
        data.labels_train,
        np.random.default_rng(seed),
        validation_fraction=0.25,
        test_fraction=0,
    )


def small_digits(seed: int) -> SmallDigits:
    """Return the small pictures and their labels, divided and centred as on page 2.1."""
    data = digits(seed=seed)
    parts = divided(data, seed)

    def shrink(images: Any) -> Any:
        return images.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16)

    average = shrink(parts.x_train).mean(axis=0)

    def inputs(images: Any) -> Any:
        return np.hstack([shrink(images) - average, np.ones((len(images), 1))])

    return SmallDigits(
        inputs(parts.x_train),
        parts.labels_train,
        inputs(parts.x_validation),
        parts.labels_validation,
        inputs(data.x_test),
        data.labels_test,
    )


def contours(
    ax: Any,
    f: Callable[[Any], Any],
    across: tuple[float, float],
    up: tuple[float, float],
    levels: Any,
    *,
    labelled: bool = False,
    shaded: bool = False,
) -> None:
    """Draw contour lines of f, which takes points (2, ...), over a rectangle, in grey.

    Parameters
    ----------
    ax : matplotlib axes
    f : function
        Takes an array (2, 161, 161) and returns the heights, (161, 161).
    across, up : pair of float
        The limits of the first and the second coordinate.
    levels : sequence of float
        The heights at which a line is drawn.
    labelled : bool
        Whether each line says its height.
    shaded : bool
        Whether the lower, the lighter.
    """
    points = np.meshgrid(np.linspace(*across, 161), np.linspace(*up, 161))
    heights = f(np.stack(points))
    if shaded:
        shades = [str(shade) for shade in np.linspace(0.99, 0.75, len(levels) - 1)]
        ax.contourf(*points, heights, levels=levels, colors=shades)
    lines = ax.contour(*points, heights, levels=levels, colors="0.6", linewidths=1)
    if labelled:
        ax.clabel(lines, fontsize=10)
    ax.set(xlim=across, ylim=up)
