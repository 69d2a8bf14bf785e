"""How good the checks are: who passes them, and whether those pass who pass the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograder.reporting.states import ABSENT, BLANK, PASSED, Column, Table

FEWEST = 5
"""Of fewer students who tried, nothing is said of how a check divides them."""
NORMAL = 1.96
EASY, HARD = "everybody passes", "nobody passes"
BACKWARDS = "the better pass it less often"
PERHAPS = "the better pass it less often, perhaps by chance"


@dataclass(frozen=True)
class Quality:
    """How a check did.

    Attributes
    ----------
    column : Column
        The check.
    tried : int
        How many attempted its task: only they count here.
    passed : int
        How many of them passed.
    discrimination : float, optional
        The correlation of passing with the points of all other checks; none where all or nobody
        passed, or too few tried.
    interval : pair of float, optional
        Its 95% interval, by Fisher's transformation.
    """

    column: Column
    tried: int
    passed: int
    discrimination: float | None
    interval: tuple[float, float] | None

    @property
    def rate(self) -> float:
        """The share that passed; 0 if nobody tried."""
        return self.passed / self.tried if self.tried else 0.0

    @property
    def flag(self) -> str:
        """What is odd about the check, in words; empty if nothing is."""
        if not self.tried:
            return "nobody tried"
        if self.passed in (0, self.tried):
            return HARD if not self.passed else EASY
        if self.interval and self.discrimination is not None and self.discrimination < 0:
            return BACKWARDS if self.interval[1] < 0 else PERHAPS
        return ""


def qualities(table: Table) -> list[Quality]:
    """Return how the checks did, the easiest first."""
    passed = table.states == PASSED
    points = passed * table.worth
    total = points.sum(axis=1)
    found = []
    for place, column in enumerate(table.columns):
        tried = ~np.isin(table.states[:, place], (ABSENT, BLANK))
        mine = passed[tried, place]
        rest = (total - points[:, place])[tried]
        found.append(Quality(column, int(tried.sum()), int(mine.sum()), *_correlated(mine, rest)))
    return sorted(found, key=lambda one: -one.rate)


def _correlated(
    passed: np.ndarray, rest: np.ndarray
) -> tuple[float | None, tuple[float, float] | None]:
    """Return a correlation and its interval, to three digits."""
    n = len(passed)
    if n < FEWEST or passed.all() or not passed.any() or np.ptp(rest) == 0:
        return None, None
    r = float(np.corrcoef(passed, rest)[0, 1])
    z, half = np.arctanh(min(max(r, -0.9999), 0.9999)), NORMAL / np.sqrt(n - 3)
    low, high = np.tanh([z - half, z + half])
    return round(r, 3), (round(float(low), 3), round(float(high), 3))
