"""Convolution by plain loops: one window, then channels, filters and samples.

What is called convolution here, as everywhere in deep learning, is cross-correlation: no filter is
flipped.
"""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, array_module, as_float
from solutions.convolution.windows import output_size, pad


def correlate(image: Array, window: Array, stride: int = 1) -> Array:
    """Return the cross-correlation of one image with one window, without padding.

    Parameters
    ----------
    image : array (H, W)
    window : array (FH, FW)
        The weights.
    stride : int
        How far the window moves at a time, down and to the right.

    Returns
    -------
    y : array (OH, OW)
    """
    image, (FH, FW) = as_float(image), window.shape
    OH, OW = (output_size(image.shape[axis], window.shape[axis], stride) for axis in (0, 1))
    y = array_module(image).zeros((OH, OW), image.dtype)
    for i, j in np.ndindex(OH, OW):
        y[i, j] = (image[i * stride :, j * stride :][:FH, :FW] * window).sum()
    return y


def correlate_channels(image: Array, kernel: Array, stride: int = 1) -> Array:
    """Return what one filter makes of one image with several channels.

    Parameters
    ----------
    image : array (C, H, W)
    kernel : array (C, FH, FW)
        One filter, with a window for each channel.

    Returns
    -------
    y : array (OH, OW)
    """
    return sum(correlate(*pair, stride) for pair in zip(image, kernel, strict=True))


def correlate_filters(image: Array, W: Array, b: Array | None = None, stride: int = 1) -> Array:
    """Return what each of several filters makes of one image, its bias included.

    Parameters
    ----------
    image : array (C, H, W)
    W : array (FN, C, FH, FW)
    b : array (FN,), optional

    Returns
    -------
    y : array (FN, OH, OW)
    """
    y = array_module(image).stack([correlate_channels(image, kernel, stride) for kernel in W])
    return y if b is None else y + b[:, None, None]


def convolve_naive(
    x: Array, W: Array, b: Array | None = None, stride: int = 1, padding: int = 0
) -> Array:
    """Return the convolution of a batch of images by plain loops.

    Parameters
    ----------
    x : array (N, C, H, W)
    W : array (FN, C, FH, FW)
    b : array (FN,), optional
    stride, padding : int
        Step of the windows, and zeros added on each side.

    Returns
    -------
    y : array (N, FN, OH, OW)
        What ``Conv2D.forward`` returns, only slower.
    """
    FN, _, FH, FW = W.shape
    OH = output_size(x.shape[2], FH, stride, padding)
    OW = output_size(x.shape[3], FW, stride, padding)
    padded = pad(as_float(x), padding)
    y = array_module(x).zeros((len(x), FN, OH, OW), padded.dtype)
    for n, image in enumerate(padded):
        y[n] = correlate_filters(image, W, b, stride)
    return y
