"""Checks of arguments that several modules share: one sentence says what is wrong."""

from __future__ import annotations

from solutions.arrays import Array


def check_samples(x: Array) -> None:
    """Raise ValueError unless x is (N, D) with at least one sample to take statistics from."""
    if x.ndim != 2 or len(x) == 0:
        raise ValueError(f"x has shape {x.shape}, expected (N, D) with at least one sample")


def check_features(x: Array, fitted: Array | None, features: int | None = None) -> None:
    """Raise ValueError unless a statistic has been fitted, and x has the features it is for.

    Parameters
    ----------
    x : array
        Expected to be (N, D).
    fitted : array or None
        What ``fit`` leaves behind, with D as its last axis; None before ``fit``.
    features : int, optional
        The number of features if it is not D.
    """
    if fitted is None:
        raise ValueError("there are no statistics yet: call fit with the training set first")
    wanted = fitted.shape[-1] if features is None else features
    if x.ndim != 2 or x.shape[1] != wanted:
        raise ValueError(f"x has shape {x.shape}, expected (N, {wanted}) as in fit")
