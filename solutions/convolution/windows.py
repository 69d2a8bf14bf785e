"""Windows of images: how many there are, and how they become columns and go back.

Images are (N, C, H, W): samples, channels, rows, columns.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from solutions.arrays import Array, array_module, as_float
from solutions.images import check_fit


def output_size(
    size: int, window: int, stride: int = 1, padding: int = 0, exact: bool = False
) -> int:
    """Return how many windows fit along one axis, from its first pixel on.

    Parameters
    ----------
    size : int
        Pixels of the input along the axis.
    window : int
        Pixels of the window along it.
    stride : int
        How far the window moves at a time.
    padding : int
        Pixels added on each side.
    exact : bool
        Whether to refuse a stride that leaves pixels over at the end. By default they are
        simply seen by no window.

    Raises
    ------
    TypeError
        If window, stride or padding is no whole number.
    ValueError
        If a number is too small, if the window does not fit, or if pixels are left over although
        ``exact`` asks for none.

    References
    ----------
    Dumoulin and Visin (2016), A guide to convolution arithmetic for deep learning, relation 6.
    """
    check_fit(size, window, stride, padding, exact)
    return (size + 2 * padding - window) // stride + 1


def pad(x: Array, padding: int, value: float = 0.0) -> Array:
    """Return images (..., H, W) with so many pixels of one value added on all four sides.

    Zeros are added to integers too; for any other value they become float64.
    """
    if padding == 0:
        return x
    *more, H, W = x.shape
    shape = (*more, H + 2 * padding, W + 2 * padding)
    padded = array_module(x).full(shape, value, x.dtype if value == 0 else as_float(x).dtype)
    padded[..., padding : padding + H, padding : padding + W] = x
    return padded


def im2col(x: Array, FH: int, FW: int, stride: int = 1, padding: int = 0) -> Array:
    """Return the windows of the images as columns, so that a convolution is a matrix product.

    Parameters
    ----------
    x : array (N, C, H, W)
    FH, FW : int
        Height and width of a window.

    Returns
    -------
    columns : array (N, C·FH·FW, OH·OW)
        Column i · OW + j of a sample holds window (i, j), channel by channel, row by row.

    References
    ----------
    Chellapilla, Puri and Simard (2006), High performance convolutional neural networks for
    document processing.
    """
    OH = output_size(x.shape[2], FH, stride, padding)
    OW = output_size(x.shape[3], FW, stride, padding)
    x = pad(x, padding)
    pixels = [x[:, :, k::stride, m::stride][:, :, :OH, :OW] for k, m in np.ndindex(FH, FW)]
    return np.stack(pixels, axis=2).reshape(len(x), x.shape[1] * FH * FW, OH * OW)


def im2col_fast(x: Array, FH: int, FW: int, stride: int = 1, padding: int = 0) -> Array:
    """Return what ``im2col`` returns, in less time where windows are large."""
    N, C, H, W = x.shape
    xp, padded = array_module(x), pad(x, padding)
    OH = output_size(H, FH, stride, padding)
    OW = output_size(W, FW, stride, padding)
    # Windows are as small as the filter, so they are not copied one by one, but pixel m of all of
    # them at once: first within the rows of the image, then row k of the window with all its m.
    rows = xp.empty((N, C, FW, padded.shape[2], OW), x.dtype)
    for m, steps in enumerate(window_steps(FW, stride, OW)):
        rows[:, :, m] = padded[:, :, :, steps]
    columns = xp.empty((N, C, FH, FW, OH, OW), x.dtype)
    for k, steps in enumerate(window_steps(FH, stride, OH)):
        columns[:, :, k] = rows[:, :, :, steps]
    return columns.reshape(N, C * FH * FW, OH * OW)


def window_steps(window: int, stride: int, count: int) -> Iterator[slice]:
    """Yield, for each pixel of a window, where it comes to lie along one axis in its steps."""
    for first in range(window):
        yield slice(first, first + stride * (count - 1) + 1, stride)


def shifted_views(x: Array, FH: int, FW: int, stride: int, OH: int, OW: int) -> Iterator[Array]:
    """Yield, for each pixel of a window, row by row, where it lies in all windows.

    Parameters
    ----------
    x : array (N, C, H, W)
        Images, padded already. What is written into a view is written into x.

    Yields
    ------
    view : array (N, C, OH, OW)
        Element [n, c, i, j] of the view for pixel (k, m) of the window is
        x[n, c, i · stride + k, j · stride + m]. No two elements of a view are the same pixel, so
        a view can be added to in one go; a pixel that windows share is in several views.
    """
    for rows in window_steps(FH, stride, OH):
        for columns in window_steps(FW, stride, OW):
            yield x[:, :, rows, columns]


def col2im(
    columns: Array, x_shape: tuple[int, ...], FH: int, FW: int, stride: int = 1, padding: int = 0
) -> Array:
    """Add the columns up where they came from: the transpose of ``im2col``, not its inverse.

    Where windows overlap, a pixel gets the sum of its copies; what lies in the padding is lost.

    Parameters
    ----------
    columns : array (N, C·FH·FW, OH·OW)
        As ``im2col`` returns them.
    x_shape : tuple of int
        (N, C, H, W) of the images.

    Returns
    -------
    x : array (N, C, H, W)
    """
    N, C, H, W = x_shape
    OH, OW = output_size(H, FH, stride, padding), output_size(W, FW, stride, padding)
    columns = as_float(columns).reshape(N, C, FH, FW, OH, OW)
    x = np.zeros_like(columns, shape=(N, C, H + 2 * padding, W + 2 * padding))
    for k, m in np.ndindex(FH, FW):
        x[:, :, k::stride, m::stride][:, :, :OH, :OW] += columns[:, :, k, m]
    return x[:, :, padding : padding + H, padding : padding + W]


def col2im_fast(
    columns: Array, x_shape: tuple[int, ...], FH: int, FW: int, stride: int = 1, padding: int = 0
) -> Array:
    """Return what ``col2im`` returns, in less time where windows are large."""
    N, C, H, W = x_shape
    OH = output_size(H, FH, stride, padding)
    OW = output_size(W, FW, stride, padding)
    xp, columns = array_module(columns), as_float(columns)
    copies = columns.reshape(N, C, FH, FW, OH, OW)
    # What im2col_fast copies, one way, is added here, the other way.
    rows = xp.zeros((N, C, FW, H + 2 * padding, OW), columns.dtype)
    for k, steps in enumerate(window_steps(FH, stride, OH)):
        rows[:, :, :, steps] += copies[:, :, k]
    padded = xp.zeros((N, C, H + 2 * padding, W + 2 * padding), columns.dtype)
    for m, steps in enumerate(window_steps(FW, stride, OW)):
        padded[:, :, :, steps] += rows[:, :, m]
    return padded[:, :, padding : padding + H, padding : padding + W]
