"""Pooling that draws: noise in the forward pass, averaged out in use."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from solutions.arrays import Array, array_module, as_wide_float, uniform
from solutions.convolution.pooling import Pooling, check_image
from solutions.convolution.windows import shifted_views
from solutions.hyperparameters import real
from solutions.layer import Layer, Memory, guard, nbytes


class StochasticPool(Pooling):
    """In training one pixel of each window at random, pixel a_i with probability a_i / Σ a.

    In use (``training`` is False) their expectation: y = Σ a_i² / Σ a. A window of zeros gives 0.

    Parameters
    ----------
    size : int
        Height and width of the window.
    rng : numpy.random.Generator
        Draws the pixels.
    stride : int, optional
        Step of the window; the size of the window if not given.

    Raises
    ------
    ValueError
        If a number is too small or, in ``forward``, an input is negative: it is no probability.
        So the layer belongs behind a ReLU.

    References
    ----------
    Zeiler and Fergus (2013), Stochastic pooling for regularization of deep convolutional neural
    networks.
    """

    def __init__(self, size: int, rng: np.random.Generator, stride: int | None = None) -> None:
        super().__init__(size, stride)
        self.rng = rng

    def forward(self, x: Array) -> Array:
        """Return y (N, C, OH, OW) for x (N, C, H, W), which must not be negative."""
        if (x < 0).any():
            raise ValueError("x must not be negative for stochastic pooling: put a ReLU before it")
        _, OH, OW = self.output_shape(x.shape[1:])
        views = shifted_views(as_wide_float(x), self.size, self.size, self.stride, OH, OW)
        pixels = array_module(x).stack(list(views))  # (size², N, C, OH, OW)
        self._x_shape = x.shape
        y = self._drawn(pixels) if self.training else self._expected(pixels)
        return y.astype(x.dtype, copy=False)

    def _drawn(self, pixels: Array) -> Array:
        cumulated = pixels.cumsum(axis=0)  # the last one is Σ a
        share = 1 - uniform(self.rng, pixels.shape[1:], pixels)  # more than 0, at most 1
        reached = (share * cumulated[-1] <= cumulated).astype(pixels.dtype)
        self._slopes = reached  # 1 from the pixel that is drawn onwards; now at that pixel alone
        self._slopes[1:] -= reached[:-1].copy()
        return (pixels * self._slopes).sum(axis=0)

    def _expected(self, pixels: Array) -> Array:
        totals = pixels.sum(axis=0)
        totals = np.where(totals == 0, 1, totals)
        y = (pixels**2).sum(axis=0) / totals
        self._slopes = (2 * pixels - y) / totals
        return y

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x (N, C, H, W); dout is (N, C, OH, OW)."""
        dx = array_module(dout).zeros(self._x_shape, dout.dtype)
        dpixels = shifted_views(dx, self.size, self.size, self.stride, *dout.shape[2:])
        for dpixel, slope in zip(dpixels, self._slopes, strict=True):
            dpixel += (dout * slope).astype(dout.dtype, copy=False)
        return dx

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: for each pixel of a window, how much of it comes through."""
        y = nbytes(self.output_shape(shape), n, itemsize)
        pixels, masks = self.size**2 * y, nbytes(self.output_shape(shape), n, self.size**2)
        return Memory(kept=pixels, forward=3 * pixels + masks, backward=y)


def fractional_boundaries(size: int, regions: int, offset: float) -> list[int]:
    """Cut a line of pixels into regions of one or two pixels, spread as evenly as can be.

    Parameters
    ----------
    size : int
        Number of pixels.
    regions : int
        Number of regions, from size / 2 to size.
    offset : float
        u from 0 to 1: another u puts the larger regions elsewhere.

    Returns
    -------
    boundaries : list of regions + 1 ints
        Region i is pixels boundaries[i] to boundaries[i + 1] − 1, where
        boundaries[i] = ⌈α (i + u)⌉ − ⌈α u⌉ and α = size / regions.

    Raises
    ------
    ValueError
        If there are too few or too many regions, or u is not from 0 to 1.

    References
    ----------
    Graham (2014), Fractional max-pooling: its pseudorandom sequences.
    """
    check_regions(size, regions)
    if not 0 <= offset <= 1:
        raise ValueError(f"offset must be from 0 to 1, but it is {offset}")
    # Fractions, because a float just above a whole number would be rounded up one too far.
    ends = [math.ceil(Fraction(size, regions) * (i + Fraction(offset))) for i in range(regions + 1)]
    return [end - ends[0] for end in ends]


def check_regions(size: int, regions: int) -> None:
    """Raise ValueError unless so many pixels can be cut into so many regions of one or two."""
    if not 1 <= regions <= size <= 2 * regions:
        raise ValueError(
            f"regions must be from {max(1, math.ceil(size / 2))} to {size} to cut {size} pixels "
            f"into ones and twos, but it is {regions}"
        )


class FractionalMaxPool(Layer):
    """y[n, c, i, j] = max of region (i, j) of x[n, c]; regions of 1 or 2 pixels, or of 2 or 3.

    An image of H × W pixels shrinks to ⌊H / ratio⌋ × ⌊W / ratio⌋: by a factor below 2, so that
    a network can afford more pooling layers. Where the larger regions lie is drawn anew for each
    batch in training, and fixed in use. The gradient goes to a region's first winner.

    Parameters
    ----------
    ratio : float
        From 1 to 2; ``output_shape`` refuses sizes of images with which it cannot be had.
    rng : numpy.random.Generator
        Draws where the larger regions lie.
    overlapping : bool
        Whether a region also covers the first row and column of the next.

    References
    ----------
    Graham (2014), Fractional max-pooling. His regions that do not overlap leave the last row
    and column out; these do not.
    """

    def __init__(self, ratio: float, rng: np.random.Generator, overlapping: bool = True) -> None:
        super().__init__()
        self.ratio = real("ratio", ratio, at_least=1, at_most=2)
        self.rng, self.overlapping = rng, overlapping

    def forward(self, x: Array) -> Array:
        """Return y (N, C, ⌊H / ratio⌋, ⌊W / ratio⌋) for x (N, C, H, W)."""
        _, OH, OW = self.output_shape(x.shape[1:])
        self._x = x
        self._rows = self._pixels(x, x.shape[2], OH)
        self._columns = self._pixels(x, x.shape[3], OW)
        self._y = x[:, :, self._rows[0]][:, :, :, self._columns[0]]
        for rows in self._rows:
            for columns in self._columns:
                np.maximum(self._y, x[:, :, rows][:, :, :, columns], out=self._y)
        return self._y

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x (N, C, H, W); dout is (N, C, OH, OW)."""
        xp = array_module(dout)
        dx = xp.zeros(self._x.shape, dout.dtype)
        free = xp.ones(dout.shape, bool)  # regions whose winner has not been met yet
        for rows in self._rows:
            for columns in self._columns:
                won = (self._x[:, :, rows][:, :, :, columns] == self._y) & free
                free ^= won
                dx[:, :, rows[:, None], columns] += dout * won  # no pixel stands here twice
        return dx

    def _pixels(self, x: Array, size: int, regions: int) -> list[Array]:
        """Return the first, second, ... pixel of all regions; short ones repeat their last."""
        offset = self.rng.random() if self.training else 0.5
        shared = int(self.overlapping)  # the last pixel of a region is the first of the next
        boundaries = np.array(fractional_boundaries(size - shared, regions, offset))
        starts, ends = boundaries[:-1], boundaries[1:] - 1 + shared
        longest = int((ends - starts).max()) + 1
        return [array_module(x).asarray(np.minimum(starts + k, ends)) for k in range(longest)]

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C, ⌊H / ratio⌋, ⌊W / ratio⌋) for one image (C, H, W)."""
        check_image(shape)
        regions = [int(size / self.ratio) for size in shape[1:]]
        for size, number in zip(shape[1:], regions, strict=True):
            check_regions(size - int(self.overlapping), number)
        return shape[0], regions[0], regions[1]

    def windows(self) -> list[tuple[float, int]]:
        """Raise NotImplementedError: its windows have more than one size."""
        raise NotImplementedError("FractionalMaxPool has windows of several sizes")

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: its input and its output."""
        output = self.output_shape(shape)
        x, y, masks = nbytes(shape, n, itemsize), nbytes(output, n, itemsize), nbytes(output, n, 2)
        rows = nbytes((*output[:2], shape[2]), n, itemsize)
        return Memory(True, True, forward=rows - x, backward=rows + y + masks)


guard(StochasticPool, FractionalMaxPool)
