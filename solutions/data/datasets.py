"""The data of the course, with nothing to download: digits, MNIST-1D, and the splits.

``files`` and ``cifar`` read what the user has.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from solutions.arrays import Array, array_module

MNIST1D_MEAN, MNIST1D_STD = -0.0055075064312771795, 0.15467803420593054
"""Of all numbers in the paper's 5,000 signals, by which its package scales them."""


class Split(NamedTuple):
    """Inputs and class numbers, to train on and to test on."""

    x_train: Array
    labels_train: Array
    x_test: Array
    labels_test: Array


class ThreeWaySplit(NamedTuple):
    """Inputs and targets, to train on, to choose by, and to test on at the very end."""

    x_train: Array
    labels_train: Array
    x_validation: Array
    labels_validation: Array
    x_test: Array
    labels_test: Array


def train_validation_test(
    x: Array,
    labels: Array,
    rng: np.random.Generator,
    validation_fraction: float = 0.2,
    test_fraction: float = 0.2,
) -> ThreeWaySplit:
    """Shuffle the samples and deal them into three sets.

    Split first, then compute means, variances and the like from the training set alone. What is
    computed from all samples carries the test set into training.

    Parameters
    ----------
    x, labels : array (N, ...), array (N, ...)
        Inputs, and what belongs to each: class numbers, or other targets.
    rng : Generator
        Decides the order.
    validation_fraction, test_fraction : float
        Shares of the samples, each at least 0, together less than 1; the rest is for training.

    Raises
    ------
    ValueError
        If x and labels do not belong together, or the shares leave nothing to train on.
    """
    if len(x) != len(labels):
        raise ValueError(f"x has {len(x)} samples and labels {len(labels)}: one for each is needed")
    if min(validation_fraction, test_fraction) < 0 or validation_fraction + test_fraction >= 1:
        raise ValueError(
            f"validation_fraction and test_fraction are {validation_fraction} and {test_fraction}: "
            "they must be at least 0, and together less than 1"
        )
    test = round(test_fraction * len(x))
    validation = test + round(validation_fraction * len(x))
    order = array_module(x).asarray(rng.permutation(len(x)))
    parts = order[validation:], order[test:validation], order[:test]
    return ThreeWaySplit(*(array[rows] for rows in parts for array in (x, labels)))


def digits(test_fraction: float = 0.25, seed: int = 0, dtype: Any = np.float64) -> Split:
    """Return the digits, shuffled and split.

    Parameters
    ----------
    test_fraction : float
        Share of the samples that is kept for testing, more than 0 and less than 1.
    seed : int
        Decides the order: the same seed gives the same split.
    dtype
        Of the inputs; a network of np.float32 stays one with inputs of np.float32.

    Returns
    -------
    split : Split
        Inputs (N, 64), between 0 (paper) and 1 (ink), row by row; class numbers int64 (N,).

    Raises
    ------
    ValueError
        If ``test_fraction`` is not between 0 and 1.
    TypeError
        If the dtype is not a floating one.
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
    x, labels = scaled(images, 16, dtype), labels.astype(np.int64)
    order = np.random.default_rng(seed).permutation(len(labels))
    test, train = np.split(order, [round(test_fraction * len(labels))])
    return Split(x[train], labels[train], x[test], labels[test])


def mnist1d(samples: int = 5000, seed: int = 42, dtype: Any = np.float64) -> Split:
    """Return MNIST-1D: ten kinds of noisy signals of 40 numbers, drawn by its package.

    Each kind is a template that is padded, stretched, moved, sheared and buried in noise. So there
    are always more samples: another seed draws fresh ones, as many as you like.

    Parameters
    ----------
    samples : int
        How many to draw, a multiple of 10: as many of each class. The last fifth is for testing.
    seed : int
        The same seed gives the same signals; 42 and 5000 samples those of the paper.
    dtype
        Of the signals.

    Returns
    -------
    split : Split
        Signals (N, 40), centred and scaled by the two numbers that the paper's have got, whatever
        the seed: mean and variance are near 0 and 1. Class numbers int64 (N,).

    Raises
    ------
    ValueError
        If the samples cannot be as many of each class.
    TypeError
        If the dtype is not a floating one.
    ImportError
        If the package is not installed.

    References
    ----------
    Greydanus and Kobak (2024), Scaling down deep learning with MNIST-1D.
    """
    if samples < 10 or samples % 10:
        raise ValueError(
            f"samples must be a multiple of 10, as many of each class, but it is {samples}"
        )
    dtype = floating(dtype)
    signals, labels = draw_signals(samples, seed)
    x = ((signals - MNIST1D_MEAN) / MNIST1D_STD).astype(dtype)
    train, test = slice(samples * 4 // 5), slice(samples * 4 // 5, None)
    return Split(x[train], labels[train], x[test], labels[test])


def draw_signals(samples: int, seed: int) -> tuple[Array, Array]:
    """Return the signals (N, 40) and the labels int64 (N,) as the package's own function does.

    That one scales them by what it has drawn, test set and all. The package draws from NumPy's
    global generator; afterwards it is as before.
    """
    try:
        from mnist1d.data import get_dataset_args, get_templates
        from mnist1d.transform import transform
    except ImportError as error:
        raise ImportError("MNIST-1D is drawn by its package: pip install mnist1d") from error
    args, templates = get_dataset_args(), get_templates()
    labels = np.repeat(np.arange(10), samples // 10)
    before = np.random.get_state()  # noqa: NPY002
    try:
        np.random.seed(seed)  # noqa: NPY002
        signals = [transform(templates["x"][k], templates["t"], args)[0] for k in labels]
        order = np.random.permutation(samples)  # noqa: NPY002
    finally:
        np.random.set_state(before)  # noqa: NPY002
    return np.stack(signals)[order], labels[order]


def raw_digits() -> tuple[Array, Array]:
    """Return the images, uint8 (1797, 64) from 0 to 16, and the labels, uint8 (1797,).

    They come from ``digits.npz`` beside this module if it is there, else from scikit-learn.
    """
    file = Path(__file__).with_name("digits.npz")
    if file.exists():
        with np.load(file) as arrays:
            return arrays["images"], arrays["labels"]
    table = _table_of_sklearn()
    if table is None:
        raise ImportError(
            f"The digits are missing: put digits.npz into {file.parent}, "
            "or install scikit-learn (pip install scikit-learn)."
        )
    return table[:, :-1], table[:, -1]


def _table_of_sklearn() -> Array | None:
    """Return the rows of scikit-learn's file of digits, uint8 (1797, 65), or None without it.

    Importing the library takes a second; so the file is looked for first.
    """
    spec = importlib.util.find_spec("sklearn")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, "datasets", "data", "digits.csv.gz")
        if path.is_file():
            return np.loadtxt(path, delimiter=",").astype(np.uint8)
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        return None
    images, labels = load_digits(return_X_y=True)
    return np.column_stack([images, labels]).astype(np.uint8)


def write_digits(path: Path) -> None:
    """Write the raw digits to an .npz file, so that scikit-learn is not needed where it lies."""
    images, labels = raw_digits()
    np.savez_compressed(path, images=images, labels=labels)


def scaled(numbers: Array, largest: int, dtype: Any) -> Array:
    """Return whole numbers as fractions of the largest there can be.

    That is a constant, not a statistic: nothing leaks out of a test set.
    """
    return np.divide(numbers, largest, dtype=floating(dtype))


def floating(dtype: Any) -> Any:
    """Return a dtype as NumPy's; TypeError unless it is a floating one."""
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        raise TypeError(f"dtype must be a floating type, such as np.float32, but it is {dtype}")
    return dtype
