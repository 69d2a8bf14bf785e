"""Colours as hue, saturation and value, and images whose colours are jittered."""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array, array_module


def rgb_to_hsv(rgb: Array) -> Array:
    """Return hue, saturation and value, each in [0, 1], of red, green and blue.

    Parameters
    ----------
    rgb : array (N, 3, H, W)
        In [0, 1].

    Returns
    -------
    hsv : array (N, 3, H, W)
        The hue goes round: 0 and 1 are red, 1/3 is green, 2/3 blue. Grey has hue 0.

    Raises
    ------
    ValueError
        If there are not three channels, or a value is outside [0, 1].

    References
    ----------
    Smith (1978), Color gamut transform pairs.
    """
    check_colours(rgb)
    red, green, blue = rgb[:, 0], rgb[:, 1], rgb[:, 2]
    value = rgb.max(axis=1)
    spread = value - rgb.min(axis=1)
    divisor = np.where(spread == 0, 1, spread)
    # The largest colour gives the third of the circle, the other two where in it.
    sixths = np.where(value == green, 2 + (blue - red) / divisor, 4 + (red - green) / divisor)
    sixths = np.where(value == red, (green - blue) / divisor, sixths)
    saturation = spread / np.where(value == 0, 1, value)
    return np.stack([sixths / 6 % 1, saturation, value], axis=1)


def hsv_to_rgb(hsv: Array) -> Array:
    """Return red, green and blue (N, 3, H, W) of hue, saturation and value (N, 3, H, W).

    Raises
    ------
    ValueError
        If there are not three channels, or a value is outside [0, 1].
    """
    check_colours(hsv)
    hue, saturation, value = hsv[:, 0], hsv[:, 1], hsv[:, 2]
    colours = []
    for start in (5, 3, 1):  # red, green, blue: the same curve, a third of the circle apart
        sixths = (start + 6 * hue) % 6
        lack = np.maximum(np.minimum(np.minimum(sixths, 4 - sixths), 1), 0)
        colours.append(value * (1 - saturation * lack))
    return np.stack(colours, axis=1)


def jitter_colours(x: Array, rng: np.random.Generator) -> Array:
    """Change hue, saturation and value of each image, all its pixels alike.

    Saturation and value are raised to a power from 1/4 to 4, times 0.7 to 1.4, plus −0.1 to 0.1;
    the hue is moved by −0.1 to 0.1. The power is drawn log-uniformly, so that it is as often below
    1 as above, the rest uniformly.

    Parameters
    ----------
    x : array (N, 3, H, W)
        Red, green and blue in [0, 1], and so is the result.

    Raises
    ------
    ValueError
        If there are not three channels, or a value is outside [0, 1].

    References
    ----------
    Dosovitskiy and others (2014), Discriminative unsupervised feature learning with convolutional
    neural networks.
    """
    hsv, put = rgb_to_hsv(x), array_module(x).asarray
    shape = (len(x), 2, 1, 1)  # one number for saturation, one for value
    power = put(4 ** rng.uniform(-1, 1, shape).astype(x.dtype))
    factor = put(rng.uniform(0.7, 1.4, shape).astype(x.dtype))
    offset = put(rng.uniform(-0.1, 0.1, shape).astype(x.dtype))
    turn = put(rng.uniform(-0.1, 0.1, (len(x), 1, 1, 1)).astype(x.dtype))
    hue = (hsv[:, :1] + turn) % 1
    others = np.clip(hsv[:, 1:] ** power * factor + offset, 0, 1)
    return hsv_to_rgb(np.concatenate([hue, others], axis=1))


def check_colours(x: Array) -> None:
    """Raise ValueError unless x is (N, 3, H, W), of a floating type, with values in [0, 1]."""
    if x.ndim != 4 or x.shape[1] != 3:
        raise ValueError(f"x has shape {x.shape}, expected (N, 3, H, W)")
    if x.dtype.kind != "f":
        raise ValueError(f"x must be of a floating type with values in [0, 1], but it is {x.dtype}")
    if not ((x >= 0) & (x <= 1)).all():
        raise ValueError(f"x must be between 0 and 1, but goes from {x.min()} to {x.max()}")
