"""Chapter 5: initialization, the numbers that training starts from.

An initializer takes a generator and the shape of the weights, (D, M) of an affine layer or
(FN, C, FH, FW) of a convolution, and returns them in float64, on the host. Biases start at 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solutions.arrays import Array
from solutions.backpropagation import Layer


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """Return how many inputs feed one unit, and how many units one input feeds.

    Parameters
    ----------
    shape : tuple of int
        (D, M), whose fans are D and M; or (FN, C, FH, FW), C·FH·FW and FN·FH·FW.

    Returns
    -------
    fan_in, fan_out : int

    Raises
    ------
    ValueError
        If the shape has another number of axes, or an axis of length 0.
    """
    if len(shape) not in (2, 4) or min(shape) < 1:
        raise ValueError(f"shape must be (D, M) or (FN, C, FH, FW), none of it 0, but is {shape}")
    if len(shape) == 2:
        return shape[0], shape[1]
    receptive = shape[2] * shape[3]
    return shape[1] * receptive, shape[0] * receptive


def zeros(shape: Sequence[int]) -> Array:
    """Return zeros: right for biases; weights that start so, or all alike, stay all alike."""
    return np.zeros(shape)


def small_random(rng: np.random.Generator, shape: Sequence[int], std: float = 0.01) -> Array:
    """Return normal numbers of one standard deviation, however many inputs a unit has."""
    return std * rng.standard_normal(shape)


def lecun(rng: np.random.Generator, shape: Sequence[int]) -> Array:
    """Return normal weights of variance 1 / fan_in, so that Var(s) = fan_in Var(w) Var(x) = Var(x).

    References
    ----------
    LeCun, Bottou, Orr and Müller (1998), Efficient backprop.
    """
    fan_in, _ = fans(shape)
    return rng.standard_normal(shape) / math.sqrt(fan_in)


def glorot_normal(rng: np.random.Generator, shape: Sequence[int]) -> Array:
    """Return normal weights of variance 2 / (fan_in + fan_out).

    That is between 1 / fan_in, which keeps the variance on the way there, and 1 / fan_out, which
    keeps it on the way back.

    References
    ----------
    Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward networks.
    """
    return math.sqrt(2 / sum(fans(shape))) * rng.standard_normal(shape)


def glorot_uniform(rng: np.random.Generator, shape: Sequence[int]) -> Array:
    """Return weights of the same variance, uniform within ±√(6 / (fan_in + fan_out)).

    A uniform number within ±a has the variance a² / 3. Glorot and Bengio (2010).
    """
    limit = math.sqrt(6 / sum(fans(shape)))
    return rng.uniform(-limit, limit, size=shape)


def he(rng: np.random.Generator, shape: Sequence[int]) -> Array:
    """Return normal weights of variance 2 / fan_in: a ReLU halves the second moment.

    References
    ----------
    He, Zhang, Ren and Sun (2015), Delving deep into rectifiers.
    """
    fan_in, _ = fans(shape)
    return math.sqrt(2 / fan_in) * rng.standard_normal(shape)


def truncated_normal(rng: np.random.Generator, shape: Sequence[int]) -> Array:
    """Return normal numbers, those beyond ±2 drawn again, scaled so that their variance is 1.

    Between ±2 it is 1 − 4 φ(2) / (2 Φ(2) − 1) = 0.774, φ and Φ being the normal density and its
    integral (Johnson, Kotz and Balakrishnan 1994, Continuous univariate distributions).
    """
    x = rng.standard_normal(shape)
    while (outside := np.abs(x) > 2).any():
        x[outside] = rng.standard_normal(int(outside.sum()))
    density = math.exp(-2) / math.sqrt(2 * math.pi)  # φ(2)
    inside = math.erf(2 / math.sqrt(2))  # 2 Φ(2) − 1
    return x / math.sqrt(1 - 4 * density / inside)


def variance_scaling(
    rng: np.random.Generator,
    shape: Sequence[int],
    scale: float = 1.0,
    mode: str = "fan_in",
    distribution: str = "normal",
) -> Array:
    """Return weights of mean 0 and variance scale / fan: LeCun's, Glorot's and He's in one.

    Parameters
    ----------
    scale : float
        1 for LeCun and Glorot, 2 for He; more than 0.
    mode : str
        Which fan: "fan_in", "fan_out", or "fan_avg", the mean of the two.
    distribution : str
        "normal", "uniform", or "truncated": normal within two standard deviations of the whole.

    Raises
    ------
    ValueError
        If a mode or distribution is not one of these, the scale is not positive, or the shape
        is not that of weights.

    References
    ----------
    ``VarianceScaling`` of Keras, which makes one function of the papers quoted above.
    """
    fan_in, fan_out = fans(shape)
    choices = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
    if mode not in choices:
        raise ValueError(f"mode must be one of {', '.join(choices)}, not {mode!r}")
    if not scale > 0:
        raise ValueError(f"scale must be more than 0, but it is {scale}")
    std = math.sqrt(scale / choices[mode])
    if distribution == "normal":
        return std * rng.standard_normal(shape)
    if distribution == "uniform":
        return std * rng.uniform(-math.sqrt(3), math.sqrt(3), size=shape)
    if distribution == "truncated":
        return std * truncated_normal(rng, shape)
    raise ValueError(f"distribution must be normal, uniform or truncated, not {distribution!r}")


def sparse(
    rng: np.random.Generator, shape: tuple[int, int], connections: int = 10, std: float = 0.01
) -> Array:
    """Return weights (D, M) that are 0, but for a fixed number of incoming ones of each unit.

    Parameters
    ----------
    shape : tuple of int
        (D, M): the weights of a unit are a column.
    connections : int
        How many weights of each column are drawn, from 0 to D; places and values at random.
    std : float
        Their standard deviation; 1 / √connections keeps the variance of the inputs.

    Raises
    ------
    ValueError
        If the shape is not (D, M), or a unit has fewer inputs than connections.

    References
    ----------
    Martens (2010), Deep learning via Hessian-free optimization.
    """
    if len(shape) != 2:
        raise ValueError(f"shape must be (D, M), but it is {shape}")
    if not 0 <= connections <= shape[0]:
        raise ValueError(f"connections must be from 0 to {shape[0]}, but it is {connections}")
    first_few = np.broadcast_to(np.arange(shape[0])[:, None] < connections, shape)
    chosen = rng.permuted(first_few, axis=0)
    return np.where(chosen, std * rng.standard_normal(shape), 0.0)


def orthogonal(rng: np.random.Generator, shape: Sequence[int], gain: float = 1.0) -> Array:
    """Return weights whose rows or columns, whichever are fewer, are orthogonal, of length gain.

    They are drawn evenly from all such matrices. QR alone does not do that: it leaves the sign of
    each column to the algorithm, so R's diagonal is made positive.

    Parameters
    ----------
    shape : tuple of int
        (D, M); or (FN, C, FH, FW), which is made as a matrix (FN, C·FH·FW).

    References
    ----------
    Saxe, McClelland and Ganguli (2014), Exact solutions to the nonlinear dynamics of learning;
    Mezzadri (2007), How to generate random matrices from the classical compact groups.
    """
    fans(shape)  # for its errors
    rows, columns = shape[0], math.prod(shape[1:])
    tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(tall)
    q = q * np.where(np.diagonal(r) < 0, -1, 1)
    return gain * (q if rows >= columns else q.T).reshape(shape)


class Spread(NamedTuple):
    """How the numbers of an array are spread."""

    mean: float
    std: float
    counts: Array  #: (B,): how many numbers lie in each bin
    edges: Array  #: (B + 1,): where the bins begin and end


class LayerStatistics(NamedTuple):
    """What a batch does in one layer."""

    activations: Spread  #: of the layer's output
    gradients: Spread  #: of the loss's gradient with respect to that output


def spread(values: Array, bins: int = 30) -> Spread:
    """Return mean, standard deviation and histogram of an array of any shape.

    Raises
    ------
    ValueError
        If the array is empty, or a value is infinite or not a number.
    """
    if not values.size or not np.isfinite(values).all():
        raise ValueError(f"values of shape {values.shape} must be finite, and at least one")
    counts, edges = np.histogram(values, bins=bins)
    return Spread(float(values.mean()), float(values.std()), counts, edges)


def activation_statistics(
    layers: Sequence[Layer], x: Array, dout: Array, bins: int = 30
) -> list[LayerStatistics]:
    """Send a batch through the layers and back, and return what each makes of it, first to last.

    The pictures that this gives are those of Glorot and Bengio (2010).

    Parameters
    ----------
    layers : sequence of layers
        From the input to the output.
    x : array (N, ...)
        Input of the first layer.
    dout : array
        Gradient with respect to the output of the last one, of its shape.
    bins : int
        Bins of each histogram.

    Raises
    ------
    ValueError
        If an activation or a gradient has become infinite or not a number.
    """
    activations, gradients = [], []
    for layer in layers:
        x = layer.forward(x)
        activations.append(spread(x, bins))
    for layer in reversed(layers):
        gradients.append(spread(dout, bins))
        dout = layer.backward(dout)
    return [LayerStatistics(*pair) for pair in zip(activations, gradients[::-1], strict=True)]


def saturated_share(activations: Array, low: float, high: float, margin: float = 0.05) -> float:
    """Return the share of activations that are so near their bounds that the slope is almost 0.

    Parameters
    ----------
    activations : array of any shape
    low, high : float
        The bounds: 0 and 1 for a sigmoid, −1 and 1 for tanh.
    margin : float
        What counts as near, as a share of high − low.
    """
    near = margin * (high - low)
    return float(((activations < low + near) | (activations > high - near)).mean())


def dead_units(activations: Array) -> int:
    """Return how many units are 0 for every sample: behind a ReLU, no gradient reaches them.

    Parameters
    ----------
    activations : array (N, M) or (N, C, H, W)
        Outputs of a ReLU for many samples; of a convolution, a channel counts as a unit.
    """
    other_axes = tuple(axis for axis in range(activations.ndim) if axis != 1)
    return int((activations == 0).all(axis=other_axes).sum())
