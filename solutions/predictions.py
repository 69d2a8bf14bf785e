"""What stands in the way of an average: predictions of several models that do not fit together."""

from __future__ import annotations

from collections.abc import Sequence

from solutions.arrays import Array


def check_alike(predictions: Sequence[Array]) -> None:
    """Check that there is a list of arrays of one shape.

    Raises
    ------
    TypeError
        If it is no list.
    ValueError
        If it is empty, or the shapes differ.
    """
    if not isinstance(predictions, Sequence):
        raise TypeError("predictions must be a list of arrays, one of each model")
    if not predictions:
        raise ValueError("predictions is empty: an ensemble needs at least one model")
    shapes = {prediction.shape for prediction in predictions}
    if len(shapes) > 1:
        raise ValueError(f"predictions must have one shape, but there are {sorted(shapes)}")
