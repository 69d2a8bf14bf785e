"""Data augmentation, the same images seen a little differently each time.

Each function takes a batch (N, C, H, W) and a generator, draws for every image by itself, and
returns a new array of the same dtype. The draws, a few numbers an image, are made on the host. The
labels stay: use only what keeps them true. A flipped 2 is no 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from solutions.arrays import Array, array_module
from solutions.hyperparameters import real, whole
from solutions.images import check_images

Augmentation = Callable[[Array, np.random.Generator], Array]
"""What the trainer calls: ``augmentation(x, rng)`` returns x changed."""


def in_turn(*steps: Augmentation) -> Augmentation:
    """Return one augmentation that does several, the first one first."""

    def augmentation(x: Array, rng: np.random.Generator) -> Array:
        for step in steps:
            x = step(x, rng)
        return x

    return augmentation


def flip(x: Array, rng: np.random.Generator, axis: int = 3, probability: float = 0.5) -> Array:
    """Mirror some of the images.

    Parameters
    ----------
    x : array (N, C, H, W)
    axis : int
        3 swaps left and right, 2 top and bottom.
    probability : float
        Of being mirrored, for each image.

    Raises
    ------
    ValueError
        If x does not have four axes, the axis is another, or the probability is none.
    """
    check_images(x)
    if axis not in (2, 3):
        raise ValueError(f"axis must be 2 (top and bottom) or 3 (left and right), but it is {axis}")
    probability = real("probability", probability, at_least=0, at_most=1)
    chosen = array_module(x).asarray(rng.random((len(x), 1, 1, 1)) < probability)
    return np.where(chosen, np.flip(x, axis), x)


def shift(x: Array, rng: np.random.Generator, most: int = 1) -> Array:
    """Move each image by whole pixels, up to ``most`` along each axis; zeros move in.

    Parameters
    ----------
    x : array (N, C, H, W)
    most : int
        The largest move each way, in pixels; not negative.

    Returns
    -------
    shifted : array (N, C, H, W)
        A new array, of the dtype of x.
    """
    check_images(x)
    xp, most = array_module(x), whole("most", most, at_least=0)
    places = 2 * most + 1
    padded = np.pad(x, [(0, 0), (0, 0), (most, most), (most, most)])
    windows = sliding_window_view(padded, x.shape[2:], axis=(2, 3))
    top, left = xp.asarray(rng.integers(places, size=(2, len(x))))
    return windows[xp.arange(len(x)), :, top, left]


def crop(x: Array, rng: np.random.Generator, size: tuple[int, int]) -> Array:
    """Cut a window out of each image, each at its own random place.

    Parameters
    ----------
    x : array (N, C, H, W)
    size : (int, int)
        Height and width of the window, in pixels.

    Returns
    -------
    windows : array (N, C, height, width)

    Raises
    ------
    ValueError
        If x does not have four axes, or the window does not fit.
    """
    check_window(x, size)
    spare = np.subtract(x.shape[2:], size)
    top, left = (rng.integers(0, most + 1, size=(len(x), 1)) for most in spare)
    return take_pixels(x, top + np.arange(size[0]), left + np.arange(size[1]))


def centre_crop(x: Array, size: tuple[int, int]) -> Array:
    """Cut the middle out of every image, as at test time; arguments and errors as for ``crop``."""
    check_window(x, size)
    top, left = ((whole - part) // 2 for whole, part in zip(x.shape[2:], size, strict=True))
    return x[:, :, top : top + size[0], left : left + size[1]].copy()


def rotate_and_scale(
    x: Array,
    rng: np.random.Generator,
    degrees: float = 15.0,
    scale: tuple[float, float] = (0.9, 1.1),
) -> Array:
    """Turn and resize each image around its middle, by bilinear interpolation; zeros move in.

    Parameters
    ----------
    x : array (N, C, H, W)
    degrees : float
        The largest angle each way, not negative.
    scale : (float, float)
        Smallest and largest factor, more than 0; 1 keeps the size.

    Raises
    ------
    ValueError
        If x does not have four axes or is not of a floating type, the angle is negative, or the
        limits of scale are not in order.
    """
    check_images(x)
    if x.dtype.kind != "f":
        raise ValueError(f"x must be of a floating type to be interpolated, but it is {x.dtype}")
    degrees = real("degrees", degrees, at_least=0)
    if np.shape(scale) != (2,) or not 0 < scale[0] <= scale[1] < math.inf:
        raise ValueError(f"scale must be (low, high) with 0 < low <= high, but it is {scale}")
    xp, (n, _, height, width) = array_module(x), x.shape
    angle = xp.asarray(np.deg2rad(rng.uniform(-degrees, degrees, size=(n, 1, 1))))
    factor = xp.asarray(rng.uniform(*scale, size=(n, 1, 1)))
    down = xp.arange(height)[:, None] - (height - 1) / 2
    right = xp.arange(width) - (width - 1) / 2
    # Where does the pixel come from that is to stand here? Turn and resize the other way.
    rows = (down * np.cos(angle) + right * np.sin(angle)) / factor + (height - 1) / 2
    columns = (right * np.cos(angle) - down * np.sin(angle)) / factor + (width - 1) / 2
    return bilinear(x, rows, columns)


def bilinear(x: Array, rows: Array, columns: Array) -> Array:
    """Return the images' values between pixels, weighted by nearness; outside there are zeros.

    Parameters
    ----------
    x : array (N, C, H, W)
    rows, columns : array (N, OH, OW)
        Where to look, in pixels from the first one's middle.

    Returns
    -------
    values : array (N, C, OH, OW)
    """
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    below, beside = rows - top, columns - left  # from 0 up to 1
    result = None
    for row, high in [(top, 1 - below), (top + 1, below)]:
        for column, wide in [(left, 1 - beside), (left + 1, beside)]:
            weight = (high * wide).astype(x.dtype)[:, None]
            part = weight * take_pixels(x, row, column)
            result = part if result is None else result + part
    return result


def take_pixels(x: Array, rows: Array, columns: Array) -> Array:
    """Return for each image the pixels at some rows and columns; 0 where there is none.

    Parameters
    ----------
    x : array (N, C, H, W)
    rows, columns : int array
        (N, OH) and (N, OW) for a grid of whole rows and columns, or (N, OH, OW) both.

    Returns
    -------
    pixels : array (N, C, OH, OW)
    """
    xp, (n, channels, height, width) = array_module(x), x.shape
    rows, columns = xp.asarray(rows), xp.asarray(columns)
    if rows.ndim == 2:
        rows, columns = rows[:, :, None], columns[:, None, :]
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    image, channel = xp.arange(n)[:, None, None, None], xp.arange(channels)[:, None, None]
    row = rows.clip(0, height - 1)[:, None]
    column = columns.clip(0, width - 1)[:, None]
    return x[image, channel, row, column] * inside[:, None].astype(x.dtype)


def check_window(x: Array, size: tuple[int, int]) -> None:
    """Raise ValueError unless a window of this size fits into the images x."""
    check_images(x)
    if np.shape(size) != (2,) or not all(
        1 <= a <= b for a, b in zip(size, x.shape[2:], strict=True)
    ):
        raise ValueError(f"size must be from (1, 1) to {x.shape[2:]}, but it is {size}")
