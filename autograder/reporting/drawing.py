"""The pictures of a report: in grey, told apart by patterns, each with a description."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from autograder.reporting.progress import BINS
from autograder.reporting.states import ABSENT, STATES, Table

MOST_ROWS = 120
"""Of the heat map; in a larger class a row stands for several students."""
SIDE = 7
"""Pixels of a cell's side; where there is room, each is drawn twice as large."""
MOST_LARGE = 60
"""Checks that have room as large cells."""
DPI = 100
LEFT, RIGHT, TOP, BOTTOM = 14, 14, 26, 48
SHADES = (("white", "//"), ("0.85", ""), ("0.65", ""), ("0.45", ""), ("0.1", ""))
"""How the bars of `BINS` are filled: those without points also by their pattern."""


@dataclass(frozen=True)
class Picture:
    """A picture that stands in a page by itself.

    Attributes
    ----------
    source : str
        A data address.
    alt : str
        What it shows, in words.
    width : int
        How wide it is drawn, in pixels.
    """

    source: str
    alt: str
    width: int


def _tiles() -> dict[str, np.ndarray[Any, Any]]:
    """Return how a cell looks in each state: 0 is black and 1 white."""
    white = np.ones((SIDE, SIDE))
    dotted, striped = white.copy(), white.copy()
    dotted[3:5, 2:4] = 0.3
    striped[1:-1:2] = 0
    frame = np.full((SIDE, SIDE), 0.55)
    named, wrong = frame.copy(), np.full((SIDE, SIDE), 0.0)
    wrong[2:5, 2:5] = 1
    tiles = {"passed": white, "named": named, "wrong": wrong, "blank": dotted, "broken": striped}
    for tile in tiles.values():
        tile[-1, :] = tile[:, -1] = 0.9  # what parts one cell from the next
    return tiles


TILES = _tiles()


def legend() -> dict[str, Picture]:
    """Return how each state looks, with its words."""
    return {
        state: Picture(_png(_enlarged(TILES[state], 2)), words, 2 * SIDE)
        for state, words in STATES.items()
    }


def heat_map(table: Table, order: Sequence[int]) -> Picture:
    """Draw students × checks.

    Parameters
    ----------
    table : Table
        Its students have an order.
    order : sequence of int
        The places of the checks, from left to right.
    """
    states, each = _blocks(table.states[:, list(order)])
    looks = np.stack([*(TILES[state] for state in STATES), np.full((SIDE, SIDE), 0.97)])
    picture = looks[states].transpose(0, 2, 1, 3).reshape(len(states) * SIDE, -1)
    picture = _enlarged(picture, 2 if len(order) <= MOST_LARGE else 1)
    height, width = picture.shape
    wide, high = width + LEFT + RIGHT, height + TOP + BOTTOM
    figure = Figure(figsize=(wide / DPI, high / DPI), dpi=DPI)
    axes = figure.add_axes((LEFT / wide, BOTTOM / high, width / wide, height / high))
    extent = (0.5, len(order) + 0.5, len(states), 0)
    axes.imshow(
        picture, cmap="gray", vmin=0, vmax=1, extent=extent, aspect="auto", interpolation="none"
    )
    axes.set_xticks([1, *range(5, len(order) + 1, 5)])
    axes.set_xlabel("check, from the one that most pass (its number in the table)")
    axes.set_yticks([])
    of = "a row for each student" if each == 1 else f"a row for {each} students"
    axes.set_title(f"{of}, most points first", loc="left", fontsize="medium")  # any number fits
    alt = (
        f"A map of {len(table.states)} students by {len(order)} checks. Students stand from the "
        "most points to the fewest, checks from the one that most pass to the one that fewest do, "
        f"so the passed cells fill the upper left. {_shares(table)}"
    )
    return Picture(_drawn(figure, "png"), alt, wide)


def _enlarged(picture: np.ndarray[Any, Any], times: int) -> np.ndarray[Any, Any]:
    return np.kron(picture, np.ones((times, times)))


def _blocks(states: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], int]:
    """Return rows that stand for several students each, by the commonest state, if need be."""
    each = -(-len(states) // MOST_ROWS)
    if each == 1:
        return states, 1
    counts = np.stack([states == state for state in (*range(len(STATES)), ABSENT)])
    starts = np.arange(0, len(states), each)
    commonest = np.add.reduceat(counts.astype(int), starts, axis=1).argmax(axis=0)
    return np.where(commonest == len(STATES), ABSENT, commonest), each


def _shares(table: Table) -> str:
    known = (table.states != ABSENT).sum()
    shares = [(table.states == place).sum() / known for place in range(len(STATES))]
    return (
        "Of all cells "
        + ", ".join(
            f"{share:.0%} are {words}" for share, words in zip(shares, STATES.values(), strict=True)
        )
        + "."
    )


def bars(tasks: Sequence[Mapping[str, Any]]) -> Picture:
    """Draw how much of each task's points the students have."""
    figure = Figure(figsize=(7.5, 0.9 + 0.34 * len(tasks)), dpi=DPI, layout="constrained")
    axes = figure.subplots()
    places = np.arange(len(tasks))
    left = np.zeros(len(tasks))
    for name, (shade, hatch) in zip(BINS, SHADES, strict=True):
        counts = np.array([task["bins"][name] for task in tasks])
        axes.barh(
            places, counts, left=left, color=shade, hatch=hatch, edgecolor="black",
            linewidth=0.6, label=name,
        )  # fmt: skip
        left += counts
    axes.set_yticks(places, [task["task"] for task in tasks])
    axes.invert_yaxis()
    axes.set_xlabel("students")
    axes.spines[["right", "top"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=5, frameon=False, fontsize="small")
    said = "; ".join(
        f"{task['task']}: {task['bins']['all']} have all points and {task['bins']['none']} none"
        for task in tasks
    )
    alt = f"Bars: how many students have how much of each task's points. {said}."
    return Picture(_drawn(figure, "svg"), alt, 750)


def _drawn(figure: Figure, kind: str) -> str:
    """Return a figure as a data address: the same one every time."""
    buffer = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with matplotlib.rc_context({"svg.hashsalt": "handgrad"}):
        figure.savefig(buffer, format=kind, metadata=metadata)
    return _address(buffer.getvalue(), "svg+xml" if kind == "svg" else kind)


def _png(picture: np.ndarray[Any, Any]) -> str:
    from matplotlib.image import imsave

    buffer = io.BytesIO()
    imsave(buffer, picture, format="png", cmap="gray", vmin=0, vmax=1)
    return _address(buffer.getvalue(), "png")


def _address(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
