"""Telling whether the score that is reported can be believed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from solutions.arrays import Array

Pipeline = Callable[[Array, Array], float]
"""Takes samples x (N, D) and labels t (N,), 0 or 1; trains, tests, and reports an accuracy."""


def inflates(pipeline: Pipeline, rng: np.random.Generator) -> bool:
    """Return whether a pipeline reports more than there is to be had.

    Parameters
    ----------
    pipeline : function
        ``pipeline(x, t)`` takes samples x (N, D) and labels t (N,), 0 or 1. It splits them,
        trains, tests, and returns the accuracy that it reports.
    rng : numpy.random.Generator
        Where all random numbers come from.

    References
    ----------
    Hastie, Tibshirani and Friedman (2009), The elements of statistical learning, section 7.10.2.
    """
    scores = []
    for _ in range(30):
        x, t = rng.standard_normal((40, 60)), rng.permutation(40) % 2
        scores.append(pipeline(x, t))
    return bool(np.mean(scores) > 0.6)
