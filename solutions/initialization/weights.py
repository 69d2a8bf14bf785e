"""The numbers that training starts from.

An initializer takes the shape of the weights, (D, M) of an affine layer or (FN, C, FH, FW) of a
convolution, and a generator. It draws in float64 and rounds to the dtype, so that a seed gives the
same numbers in each. Biases start at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import DTypeLike

from solutions.arrays import Array, rounded
from solutions.hyperparameters import real


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """Return how many inputs feed one unit, and how many units one input feeds.

    Parameters
    ----------
    shape : tuple of int
        (D, M) of an affine layer, or (FN, C, FH, FW) of filters.

    Returns
    -------
    fan_in, fan_out : int

    Raises
    ------
    ValueError
        If the shape has another number of axes, or an axis of length 0.
    """
    if not isinstance(shape, Sequence) or len(shape) not in (2, 4) or min(shape) < 1:
        raise ValueError(f"shape must be (D, M) or (FN, C, FH, FW), none of it 0, but is {shape}")
    if len(shape) == 2:
        return shape[0], shape[1]
    receptive = shape[2] * shape[3]
    return shape[1] * receptive, shape[0] * receptive


def zeros(shape: Sequence[int], dtype: DTypeLike = np.float64) -> Array:
    """Return zeros: right for biases; weights that start so, or all alike, stay all alike."""
    return rounded(np.zeros(shape), dtype)


def small_random(
    shape: Sequence[int],
    rng: np.random.Generator,
    std: float = 0.01,
    dtype: DTypeLike = np.float64,
) -> Array:
    """Return normal numbers of one standard deviation, however many inputs a unit has."""
    return rounded(std * rng.standard_normal(shape), dtype)


def lecun(shape: Sequence[int], rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Array:
    """Return normal weights of variance 1 / fan_in: then Var(s) = fan_in Var(w) E[x²] = E[x²].

    References
    ----------
    LeCun, Bottou, Orr and Müller (1998), Efficient backprop.
    """
    fan_in, _ = fans(shape)
    return rounded(math.sqrt(1 / fan_in) * rng.standard_normal(shape), dtype)


def glorot_normal(
    shape: Sequence[int], rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> Array:
    """Return normal weights of variance 2 / (fan_in + fan_out).

    That is between 1 / fan_in, which keeps the mean square of the signal on the way there, and
    1 / fan_out, which keeps that of the gradient on the way back.

    References
    ----------
    Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward networks.
    """
    return rounded(math.sqrt(2 / sum(fans(shape))) * rng.standard_normal(shape), dtype)


def glorot_uniform(
    shape: Sequence[int], rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> Array:
    """Return weights of the same variance, spread evenly between two limits, −a and a.

    References
    ----------
    Glorot and Bengio (2010), equation 16.
    """
    limit = math.sqrt(6 / sum(fans(shape)))
    return rounded(rng.uniform(-limit, limit, shape), dtype)


def he(shape: Sequence[int], rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Array:
    """Return normal weights of variance 2 / fan_in: a ReLU halves the second moment.

    References
    ----------
    He, Zhang, Ren and Sun (2015), Delving deep into rectifiers.
    """
    fan_in, _ = fans(shape)
    return rounded(math.sqrt(2 / fan_in) * rng.standard_normal(shape), dtype)


def truncated_normal(
    shape: Sequence[int], rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> Array:
    """Return normal numbers, those beyond ±2 drawn again, scaled so that their variance is 1.

    Between ±2 it is 1 − 4 φ(2) / (2 Φ(2) − 1) = 0.774, φ and Φ being the normal density and its
    integral (Johnson, Kotz and Balakrishnan 1994, Continuous univariate distributions).
    """
    x = rng.standard_normal(shape)
    while (outside := np.abs(x) > 2).any():
        x[outside] = rng.standard_normal(int(outside.sum()))
    density = math.exp(-2) / math.sqrt(2 * math.pi)  # φ(2)
    inside = math.erf(2 / math.sqrt(2))  # 2 Φ(2) − 1
    return rounded(x / math.sqrt(1 - 4 * density / inside), dtype)


def variance_scaling(
    shape: Sequence[int],
    rng: np.random.Generator,
    scale: float = 1.0,
    mode: str = "fan_in",
    distribution: str = "normal",
    dtype: DTypeLike = np.float64,
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
    std = math.sqrt(real("scale", scale, above=0) / choices[mode])
    if distribution == "normal":
        return rounded(std * rng.standard_normal(shape), dtype)
    if distribution == "uniform":
        limit = math.sqrt(3) * std
        return rounded(rng.uniform(-limit, limit, shape), dtype)
    if distribution == "truncated":
        return rounded(std * truncated_normal(shape, rng), dtype)
    raise ValueError(f"distribution must be normal, uniform or truncated, not {distribution!r}")


def weights_for(
    shape: tuple[int, int], rng: np.random.Generator, activation: Callable[[Array], Array]
) -> Array:
    """Return weights that keep the size of a signal, whatever the activation of the layers.

    If the sums s of a layer are normal numbers of variance 1, so that the next layer is given
    activation(s), then its own sums have a mean square of 1 as well, on the average.

    Parameters
    ----------
    shape : tuple of int
        (D, M).
    activation : function
        That of the layer before; it takes and returns an array of any shape.

    References
    ----------
    He, Zhang, Ren and Sun (2015), Delving deep into rectifiers, do so for the ReLU.
    """
    s = rng.standard_normal(20_000)
    std = 1 / np.sqrt(shape[0] * np.mean(activation(s) ** 2))
    return std * rng.standard_normal(shape)


def sparse(
    shape: tuple[int, int],
    rng: np.random.Generator,
    connections: int = 10,
    std: float = 0.01,
    dtype: DTypeLike = np.float64,
) -> Array:
    """Return weights (D, M) that are 0, but for a fixed number of incoming ones of each unit.

    Parameters
    ----------
    shape : tuple of int
        (D, M): the weights of a unit are a column.
    connections : int
        How many weights of each column are drawn, from 0 to D; places and values at random.
    std : float
        Their standard deviation; 1 / √connections keeps the mean square of the inputs.

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
    return rounded(np.where(chosen, std * rng.standard_normal(shape), 0), dtype)


def orthogonal(
    shape: Sequence[int],
    rng: np.random.Generator,
    gain: float = 1.0,
    dtype: DTypeLike = np.float64,
) -> Array:
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
    return rounded(gain * (q if rows >= columns else q.T).reshape(shape), dtype)
