"""What a batch does in each layer: histograms, saturation, dead units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from solutions.arrays import Array, as_wide_float
from solutions.layer import Layer


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
    values = as_wide_float(values)  # float16 ends at 65504: a sum of squares soon passes it
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


def signal_rms(
    x: Array, weights: Sequence[Array], activation: Callable[[Array], Array]
) -> list[float]:
    """Return the rms of a batch after each layer: the root of the mean of all squares.

    Parameters
    ----------
    x : array (N, D)
        The batch.
    weights : sequence of arrays
        (D, M) of the first layer, and so on; there are no biases.
    activation : function
        Applied after each of them; it takes and returns an array.
    """
    found = []
    for W in weights:
        x = activation(x @ W)
        found.append(float(np.sqrt((x**2).mean())))
    return found


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


def distinct_units(W: Array) -> int:
    """Return how many different units a layer of weights has.

    Units that start alike, and feed what comes next alike, receive the same gradient and stay
    alike. Only columns whose numbers are all equal count as the same.

    Parameters
    ----------
    W : array (D, M)
        The weights of a unit are a column.
    """
    return int(np.unique(W, axis=1).shape[1])


def dead_units(activations: Array) -> int:
    """Return how many units are 0 for every sample: behind a ReLU, no gradient reaches them.

    Parameters
    ----------
    activations : array (N, M) or (N, C, H, W)
        Outputs of a ReLU for many samples; of a convolution, a channel counts as a unit.
    """
    other_axes = tuple(axis for axis in range(activations.ndim) if axis != 1)
    return int((activations == 0).all(axis=other_axes).sum())
