"""What a network has learned, as arrays that can be shown as images."""

from __future__ import annotations

import math

import numpy as np

from solutions.arrays import Array, array_module, as_float, as_wide_float
from solutions.convolution.windows import output_size
from solutions.hyperparameters import real, whole
from solutions.losses import check_labels, one_hot_targets
from solutions.optimizers import Network
from solutions.perceptrons import softmax


def filter_grid(W: Array, columns: int | None = None, gap: int = 1) -> Array:
    """Return filters side by side in one picture, each stretched to the range from 0 to 1.

    Parameters
    ----------
    W : array (FN, C, FH, FW)
        With three channels the picture is in colour; with any other number each channel is a
        picture of its own, filter by filter.
    columns : int, optional
        Filters per row; about as many as there are rows if not given.
    gap : int
        Pixels between filters; these, and places left over, are 1.

    Returns
    -------
    picture : array (rows · (FH + gap) − gap, columns · (FW + gap) − gap), or (..., 3) in colour

    Raises
    ------
    ValueError
        If W has not four axes or no filters, or ``columns`` or ``gap`` is too small.
    """
    if W.ndim != 4 or 0 in W.shape:
        raise ValueError(f"W must be (FN, C, FH, FW) with at least one filter, but is {W.shape}")
    if (columns is not None and columns < 1) or gap < 0:
        raise ValueError(f"columns must be at least 1 and gap 0, but are {columns} and {gap}")
    W = as_float(W)
    tiles = W if W.shape[1] == 3 else W.reshape(-1, 1, *W.shape[2:])
    low, high = tiles.min(axis=(1, 2, 3)), tiles.max(axis=(1, 2, 3))
    size = np.maximum(high - low, np.finfo(W.dtype).tiny)  # a filter of one value becomes 0
    tiles = (tiles - low[:, None, None, None]) / size[:, None, None, None]
    N, C, FH, FW = tiles.shape
    across = math.ceil(math.sqrt(N)) if columns is None else columns
    down = math.ceil(N / across)
    picture = array_module(W).ones((down * (FH + gap), across * (FW + gap), C), W.dtype)
    for k in range(N):
        top, left = k // across * (FH + gap), k % across * (FW + gap)
        picture[top : top + FH, left : left + FW] = tiles[k].transpose(1, 2, 0)
    picture = picture[: down * (FH + gap) - gap, : across * (FW + gap) - gap]
    return picture if C == 3 else picture[:, :, 0]


def saliency_map(network: Network, x: Array, labels: Array) -> Array:
    """Return how strongly each pixel moves the score of a class, whichever way.

    The score is the logit, and of a pixel's channels the one counts that moves it most.

    Parameters
    ----------
    network : Network
        From x to logits (N, classes). It is run in test mode; afterwards the mode is what it was,
        but ``grads`` are those of this score.
    x : array (N, C, H, W)
    labels : int array (N,)
        Whose score it is, sample by sample.

    Returns
    -------
    saliency : array (N, H, W)

    Raises
    ------
    ValueError
        If a label is none of the classes.

    References
    ----------
    Simonyan, Vedaldi and Zisserman (2013), Deep inside convolutional networks.
    """
    before, network.training = network.training, False
    try:
        dx = network.input_gradient(one_hot_targets(labels, network.forward(x)))
    finally:
        network.training = before
    return np.abs(dx).max(axis=1)


def covered_images(x: Array, size: int, grey: float = 0.0) -> Array:
    """Return copies of an image, with a grey square in all places on it, one after the other.

    Parameters
    ----------
    x : array (C, H, W)
    size : int
        Height and width of the square.
    grey : float
        What all its channels are.

    Returns
    -------
    images : array ((H − size + 1) · (W − size + 1), C, H, W)
        Row by row: the first places all lie at the upper edge.

    Raises
    ------
    ValueError
        If the square does not fit into the image.
    """
    H, W = (output_size(side, size) for side in x.shape[-2:])
    images = array_module(x).stack([as_float(x)] * (H * W))
    for k, (i, j) in enumerate(np.ndindex(H, W)):
        images[k, ..., i : i + size, j : j + size] = grey
    return images


def occlusion_map(network: Network, x: Array, label: int, size: int, grey: float = 0.0) -> Array:
    """Return the probability of a class while a grey square covers each part of one image.

    Where it is low, the network needs to see the image.

    Parameters
    ----------
    network : Network
        From (N, C, H, W) to logits (N, classes); used through ``predict``.
    x : array (C, H, W)
        One image.
    label : int
        The class.
    size : int
        Height and width of the square.
    grey : float
        Its colour.

    Returns
    -------
    probabilities : array (H − size + 1, W − size + 1)
        Element (i, j) is for the square whose upper left corner is pixel (i, j).

    Raises
    ------
    ValueError
        If the square does not fit into the image, or the label is no class.

    References
    ----------
    Zeiler and Fergus (2014), Visualizing and understanding convolutional networks, section 4.2.
    """
    logits = network.predict(covered_images(x, size, grey))
    check_labels(np.array([label]), logits.shape[1])
    return softmax(logits)[:, label].reshape(output_size(x.shape[-2], size), -1)


def total_variation(x: Array, beta: float = 2.0) -> tuple[float, Array]:
    """Return V = Σ ((x_right − x)² + (x_below − x)²)^(β/2), and its gradient.

    Parameters
    ----------
    x : array (N, C, H, W)
        At the last row and column the missing difference counts as 0.
    beta : float
        At least 2; below, the gradient has no limit where the image is flat.

    Raises
    ------
    ValueError
        If β is less than 2.

    References
    ----------
    Mahendran and Vedaldi (2015), Understanding deep image representations by inverting them.
    """
    beta = real("beta", beta, at_least=2)
    dtype, x = as_float(x).dtype, as_wide_float(x)
    right, below = np.zeros_like(x), np.zeros_like(x)
    right[..., :-1] = x[..., 1:] - x[..., :-1]
    below[..., :-1, :] = x[..., 1:, :] - x[..., :-1, :]
    squares = right**2 + below**2
    slope = beta * squares ** (beta / 2 - 1)
    dright, dbelow = slope * right, slope * below
    dx = -dright - dbelow
    dx[..., 1:] += dright[..., :-1]
    dx[..., 1:, :] += dbelow[..., :-1, :]
    return float((squares ** (beta / 2)).sum()), dx.astype(dtype, copy=False)


def inversion_loss(
    network: Network,
    features: Array,
    x: Array,
    norm_weight: float = 1e-4,
    variation_weight: float = 1e-3,
) -> tuple[float, Array]:
    """Return ‖Φ(x) − Φ₀‖² / ‖Φ₀‖² + norm_weight · Σ x⁶ + variation_weight · V(x), and its gradient.

    Φ is the network, Φ₀ the features that x is to have, and V the ``total_variation``. The last
    two terms prefer images to noise that gives the same features.

    Parameters
    ----------
    network : Network
        As many layers of a trained network as lead to the features.
    features : array
        Φ₀, of the shape of the network's output.
    x : array (N, C, H, W)

    Raises
    ------
    ValueError
        If the features have another shape or are all 0.
    """
    norm_weight = real("norm_weight", norm_weight, at_least=0)
    variation_weight = real("variation_weight", variation_weight, at_least=0)
    x = as_float(x)
    output = network.forward(x)
    if output.shape != features.shape:
        raise ValueError(f"features must be {output.shape}, but they are {features.shape}")
    features = as_wide_float(features)
    scale = float((features**2).sum())
    if scale == 0:
        raise ValueError("features are all 0: there is nothing to find an image for")
    difference = output - features
    variation, dvariation = total_variation(x)
    loss = float((difference**2).sum()) / scale + norm_weight * float((as_wide_float(x) ** 6).sum())
    dx = network.input_gradient((2 / scale * difference).astype(output.dtype, copy=False))
    dx = dx + 6 * norm_weight * x**5 + variation_weight * dvariation
    return loss + variation_weight * variation, dx


def invert_features(
    network: Network,
    features: Array,
    start: Array,
    steps: int = 200,
    learning_rate: float = 1.0,
    norm_weight: float = 1e-4,
    variation_weight: float = 1e-3,
) -> tuple[Array, list[float]]:
    """Return an image that gives the network the same features: what they still know of theirs.

    It is found by gradient descent with momentum 0.9 on ``inversion_loss``, whose parameters
    and errors are the same. The network is run in test mode; afterwards the mode is what it was.

    Parameters
    ----------
    start : array (N, C, H, W)
        Where to start, usually noise; it is left as it was.

    Returns
    -------
    x : array (N, C, H, W)
    losses : list of float
        The loss before each step.

    References
    ----------
    Mahendran and Vedaldi (2015), Understanding deep image representations by inverting them.
    """
    learning_rate = real("learning_rate", learning_rate, above=0)
    x, losses = as_float(start), []
    velocity = np.zeros_like(x)
    before, network.training = network.training, False
    try:
        for _ in range(whole("steps", steps, at_least=0)):
            loss, dx = inversion_loss(network, features, x, norm_weight, variation_weight)
            losses.append(loss)
            velocity = 0.9 * velocity - learning_rate * dx
            x = x + velocity
    finally:
        network.training = before
    return x, losses
