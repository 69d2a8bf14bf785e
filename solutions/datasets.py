"""The data of the course, with nothing to download: 1797 handwritten digits of 8 × 8 pixels.

Also MNIST-1D, which its package computes, and the splits. ``files`` reads what the user has.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

import numpy as np

from solutions.arrays import Array, array_module


class Split(NamedTuple):
    """Inputs and class numbers, to train on and to test on."""

    x_train: Array
    t_train: Array
    x_test: Array
    t_test: Array


class ThreeWaySplit(NamedTuple):
    """Inputs and targets, to train on, to choose by, and to test on at the very end."""

    x_train: Array
    t_train: Array
    x_validation: Array
    t_validation: Array
    x_test: Array
    t_test: Array


def train_validation_test(
    x: Array,
    t: Array,
    rng: np.random.Generator,
    validation_fraction: float = 0.2,
    test_fraction: float = 0.2,
) -> ThreeWaySplit:
    """Shuffle the samples and deal them into three sets.

    Split first, then compute means, variances and the like from the training set alone. What is
    computed from all samples carries the test set into training.

    Parameters
    ----------
    x, t : array (N, ...), array (N, ...)
        Inputs and targets.
    rng : Generator
        Decides the order.
    validation_fraction, test_fraction : float
        Shares of the samples, each at least 0, together less than 1; the rest is for training.

    Raises
    ------
    ValueError
        If x and t do not belong together, or the shares leave nothing to train on.
    """
    if len(x) != len(t):
        raise ValueError(f"x has {len(x)} samples but t {len(t)}: one target per sample is needed")
    if min(validation_fraction, test_fraction) < 0 or validation_fraction + test_fraction >= 1:
        raise ValueError(
            f"validation_fraction and test_fraction are {validation_fraction} and {test_fraction}: "
            "they must be at least 0, and together less than 1"
        )
    test = round(test_fraction * len(x))
    validation = test + round(validation_fraction * len(x))
    order = array_module(x).asarray(rng.permutation(len(x)))
    parts = order[validation:], order[test:validation], order[:test]
    return ThreeWaySplit(*(array[rows] for rows in parts for array in (x, t)))


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


def mnist1d(samples: int = 5000, seed: int = 42) -> Split:
    """Return MNIST-1D: ten kinds of noisy signals of 40 numbers, computed by its package.

    The package draws from Python's and NumPy's global generators; afterwards they are as before.

    Parameters
    ----------
    samples : int
        How many to make; four in five of them are for training.
    seed : int
        The same seed gives the same signals; 42 those of the paper.

    Returns
    -------
    split : Split
        Signals float64 (N, 40), with mean 0 and variance 1 over all of them; class numbers int64
        (N,).

    Raises
    ------
    ValueError
        If there is not at least one sample per class.
    ImportError
        If the package is not installed.

    References
    ----------
    Greydanus and Kobak (2024), Scaling down deep learning with MNIST-1D.
    """
    if samples < 10:
        raise ValueError(f"samples must be at least 10, one per class, but it is {samples}")
    try:
        from mnist1d.data import get_dataset_args, make_dataset
    except ImportError as error:
        raise ImportError("MNIST-1D is computed by its package: pip install mnist1d") from error
    args = get_dataset_args()
    args.num_samples, args.seed = samples, seed
    before = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        made = make_dataset(args)  # get_dataset would download them
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])  # noqa: NPY002
    t_train, t_test = made["y"].astype(np.int64), made["y_test"].astype(np.int64)
    return Split(made["x"], t_train, made["x_test"], t_test)


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
