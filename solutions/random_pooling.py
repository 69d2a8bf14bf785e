"""Chapter 8: pooling that draws: noise in the forward pass, averaged out in use."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from solutions.arrays import Array, array_module
from solutions.convolution import shifted_views
from solutions.pooling import check_pooling, pooled_shape


class StochasticPool:
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
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.size, self.rng, self.training = size, rng, True
        self.stride = size if stride is None else stride
        check_pooling(size, self.stride)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C, OH, OW) for one image (C, H, W)."""
        return pooled_shape(shape, self.size, self.stride)

    def forward(self, x: Array) -> Array:
        """Return y (N, C, OH, OW) for x (N, C, H, W), which must not be negative."""
        if (x < 0).any():
            raise ValueError("x must not be negative for stochastic pooling: put a ReLU before it")
        _, OH, OW = self.output_shape(x.shape[1:])
        xp, self._x_shape = array_module(x), x.shape
        pixels = xp.stack(list(shifted_views(x, self.size, self.size, self.stride, OH, OW)))
        cumulated = pixels.cumsum(axis=0)  # (size², N, C, OH, OW), the last one being Σ a
        if not self.training:
            totals = xp.where(cumulated[-1] == 0, 1, cumulated[-1])
            y = (pixels**2).sum(axis=0) / totals
            self._slopes = (2 * pixels - y) / totals
            return y
        draws = xp.asarray((1 - self.rng.random(cumulated.shape[1:])).astype(x.dtype))
        reached = (draws * cumulated[-1] <= cumulated).astype(x.dtype)
        self._slopes = reached  # 1 from the pixel that is drawn onwards; now at that pixel alone
        self._slopes[1:] -= reached[:-1].copy()
        return (pixels * self._slopes).sum(axis=0)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x (N, C, H, W); dout is (N, C, OH, OW)."""
        dx = array_module(dout).zeros(self._x_shape, dout.dtype)
        dpixels = shifted_views(dx, self.size, self.size, self.stride, *dout.shape[2:])
        for dpixel, slope in zip(dpixels, self._slopes, strict=True):
            dpixel += dout * slope
        return dx


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
    if not 1 <= regions <= size <= 2 * regions:
        raise ValueError(
            f"regions must be from {max(1, math.ceil(size / 2))} to {size} to cut {size} pixels "
            f"into ones and twos, but it is {regions}"
        )
    if not 0 <= offset <= 1:
        raise ValueError(f"offset must be from 0 to 1, but it is {offset}")
    # Fractions, because a float just above a whole number would be rounded up one too far.
    ends = [math.ceil(Fraction(size, regions) * (i + Fraction(offset))) for i in range(regions + 1)]
    return [end - ends[0] for end in ends]


class FractionalMaxPool:
    """y[n, c, i, j] = max of region (i, j) of x[n, c]; regions of 1 or 2 pixels, or of 2 or 3.

    An image of H × W pixels shrinks to ⌊H / ratio⌋ × ⌊W / ratio⌋: by a factor below 2, so that
    a network can afford more pooling layers. Where the larger regions lie is drawn anew for each
    batch in training, and fixed in use. The gradient goes to a region's first winner.

    Parameters
    ----------
    ratio : float
        From 1 to 2.
    rng : numpy.random.Generator
        Draws where the larger regions lie.
    overlapping : bool
        Whether a region also covers the first row and column of the next.

    Raises
    ------
    ValueError
        If the ratio is not from 1 to 2 or, in ``forward``, cannot be had with this size of image.

    References
    ----------
    Graham (2014), Fractional max-pooling. His regions that do not overlap leave the last row
    and column out; these do not.
    """

    def __init__(self, ratio: float, rng: np.random.Generator, overlapping: bool = True) -> None:
        if not 1 <= ratio <= 2:
            raise ValueError(f"ratio must be from 1 to 2, but it is {ratio}")
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.ratio, self.rng, self.overlapping, self.training = ratio, rng, overlapping, True

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C, OH, OW) for one image (C, H, W)."""
        if len(shape) != 3:
            raise ValueError(f"x must be (N, C, H, W), but a sample is {shape}")
        return shape[0], int(shape[1] / self.ratio), int(shape[2] / self.ratio)

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
