"""The data of the course: 1797 handwritten digits of 8 × 8 pixels, and nothing to download."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from solutions.arrays import Array


class Split(NamedTuple):
    """Inputs and class numbers, to train on and to test on."""

    x_train: Array
    t_train: Array
    x_test: Array
    t_test: Array


def digits(test_fraction: float = 0.25, seed: int = 0) -> Split:
    """Return the digits, shuffled and split.

    Parameters
    ----------
    test_fraction : float
        Share of the samples that is kept for testing, more than 0 and less than 1.
    seed : int
        Decides the order: the same seed gives the same split.

    Returns
    -------
    split : Split
        Inputs float64 (N, 64), between 0 (paper) and 1 (ink), row by row; class numbers int64 (N,).

    Raises
    ------
    ValueError
        If ``test_fraction`` is not between 0 and 1.
    ImportError
        If neither the data file nor scikit-learn is there.

    References
    ----------
    Alpaydin and Kaynak (1998), Optical recognition of handwritten digits, UCI Machine Learning
    Repository.
    """
    if not 0 < test_fraction < 1:
        raise ValueError(f"test_fraction must be between 0 and 1, but it is {test_fraction}")
    images, labels = raw_digits()
    order = np.random.default_rng(seed).permutation(len(labels))
    test, train = np.split(order, [round(test_fraction * len(labels))])
    x = images / 16.0  # a constant, not a statistic: nothing leaks out of the test set
    t = labels.astype(np.int64)
    return Split(x[train], t[train], x[test], t[test])


def raw_digits() -> tuple[Array, Array]:
    """Return the images, uint8 (1797, 64) from 0 to 16, and the labels, uint8 (1797,).

    They come from ``digits.npz`` beside this module if it is there, else from scikit-learn.
    """
    file = Path(__file__).with_name("digits.npz")
    if file.exists():
        with np.load(file) as arrays:
            return arrays["images"], arrays["labels"]
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ImportError(
            f"The digits are missing: put digits.npz into {file.parent}, "
            "or install scikit-learn (pip install scikit-learn)."
        ) from error
    images, labels = load_digits(return_X_y=True)
    return images.astype(np.uint8), labels.astype(np.uint8)


def write_digits(path: Path) -> None:
    """Write the raw digits to an .npz file, so that scikit-learn is not needed where it lies."""
    images, labels = raw_digits()
    np.savez_compressed(path, images=images, labels=labels)
