"""One trial of a search for hyperparameters: the settings, where they come from, their score."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from solutions.hyperparameters import whole

Settings = dict[str, float]
"""A value for each hyperparameter, by name."""


class Trial(NamedTuple):
    """Settings that were tried, and the validation score that they reached; higher is better."""

    score: float
    settings: Settings


class Range(Protocol):
    """Where to search for one hyperparameter."""

    low: float
    high: float

    def sample(self, rng: np.random.Generator) -> float:
        """Draw one number."""
        ...

    def around(self, values: Sequence[float]) -> Range:
        """Return the range of the same kind that these values span."""
        ...


Ranges = Mapping[str, Range]
"""Where to search, for each hyperparameter by name."""


def try_settings(evaluate: Callable[[Settings], float], settings: Settings) -> Trial:
    """Return the trial of these settings; one that diverges has no score (NaN)."""
    try:
        score = evaluate(settings)
    except ArithmeticError:  # such as DivergedError, or overflow where NumPy is to raise it
        score = math.nan
    try:
        return Trial(float(score), settings)
    except (TypeError, ValueError):
        raise TypeError(f"evaluate must return a number, but it returned {score!r}") from None


def check_search(ranges: Any, trials: Any) -> None:
    """Refuse a search without a range, or with anything else for one, or without a trial."""
    if not isinstance(ranges, Mapping):
        raise TypeError("ranges must be a dictionary, such as {'p_drop': Uniform(0, 0.5)}")
    if not ranges:
        raise ValueError("ranges is empty: give at least one hyperparameter a range")
    for name, limits in ranges.items():
        if not hasattr(limits, "sample"):
            raise TypeError(
                f"ranges[{name!r}] must be LogUniform(low, high) or Uniform(low, high), "
                f"but it is {limits!r}"
            )
    whole("trials", trials, at_least=1)
