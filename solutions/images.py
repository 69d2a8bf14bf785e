"""Batches of images, (N, C, H, W), and windows that slide over them."""

from __future__ import annotations

from solutions.arrays import Array
from solutions.hyperparameters import whole


def check_images(x: Array) -> None:
    """Raise ValueError unless x is a batch of images with at least one pixel each."""
    if x.ndim != 4 or 0 in x.shape[1:]:
        raise ValueError(f"x has shape {x.shape}, expected (N, C, H, W)")


def check_window(window: int, stride: int, padding: int) -> tuple[int, int, int]:
    """Return window and stride, which must be at least 1, and padding, at least 0, as ints.

    Raises TypeError if one of them is no whole number, and ValueError if it is too small.
    """
    if isinstance(padding, str):
        raise TypeError(
            f"padding must be a number of pixels, but it is {padding!r}: with stride 1 filters of "
            "3 × 3 keep the size with padding=1, and those of FH × FH with (FH − 1) / 2"
        )
    return whole("window", window, 1), whole("stride", stride, 1), whole("padding", padding, 0)


def check_fit(size: int, window: int, stride: int, padding: int, exact: bool = False) -> None:
    """Raise unless at least one window fits into so many pixels, and all of them if ``exact``.

    Raises
    ------
    TypeError
        If window, stride or padding is no whole number.
    ValueError
        If a number is too small, if the window does not fit, or if the stride leaves pixels over
        at the end although ``exact`` asks for none.
    """
    check_window(window, stride, padding)
    room = size + 2 * padding - window
    if size < 1 or room < 0:
        raise ValueError(
            f"window {window} does not fit into {size} pixels with padding {padding}: "
            "take a smaller window or more padding"
        )
    if exact and room % stride:
        raise ValueError(
            f"stride {stride} leaves {room % stride} of {size + 2 * padding} pixels over "
            f"after windows of {window}: choose a size, padding or stride that comes out even"
        )
