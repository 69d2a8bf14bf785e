"""Chapter 8: what a network will be like before it runs: shapes, parameters, sight and memory."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from solutions.backpropagation import ReLU, Sigmoid, Tanh
from solutions.convolution import Conv2D
from solutions.historic_layers import GroupedConv2D, TableConv2D
from solutions.network import Network
from solutions.pooling import AveragePool2D, Flatten, MaxPool2D


def output_shape(layer: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of what a layer makes of one sample, without running it.

    Parameters
    ----------
    layer : layer
        Its own ``output_shape`` is asked if it has one; a network is followed layer by layer;
        with a weight matrix "W" (D, M) a layer makes (M,) of D numbers; any other is taken to
        keep the shape.
    shape : tuple of int
        (C, H, W) or (D,), without the batch.

    Raises
    ------
    ValueError
        If a sample of this shape does not fit the layer.
    """
    if hasattr(layer, "output_shape"):
        return tuple(layer.output_shape(shape))
    if isinstance(layer, Network):
        return list(layer_shapes(layer, shape).values())[-1]
    W = layer.params.get("W")
    if W is None or W.ndim != 2:
        return shape
    if math.prod(shape) != W.shape[0]:
        raise ValueError(
            f"x must have {W.shape[0]} numbers per sample, but {shape} is {math.prod(shape)}"
        )
    return (W.shape[1],)


def layer_shapes(network: Network, input_shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """Return the shape of one sample behind each layer, by the layer's name.

    Raises
    ------
    ValueError
        If it does not fit a layer; the message names the layer.
    """
    shapes = {}
    shape = tuple(input_shape)
    for name, layer in network.layers.items():
        try:
            shape = output_shape(layer, shape)
        except ValueError as error:
            raise ValueError(f"layer {name!r}: {error}") from None
        shapes[name] = shape
    return shapes


def parameter_counts(network: Network) -> dict[str, int]:
    """Return how many numbers each layer learns, by the layer's name."""
    return {
        name: sum(math.prod(array.shape) for array in layer.params.values())
        for name, layer in network.layers.items()
    }


def receptive_field(windows: Iterable[tuple[int, int]]) -> int:
    """Return how many pixels of the input, along one axis, an output depends on.

    r = 1 + Σ_l (window_l − 1) · stride_1 · … · stride_{l−1}: a step in layer l is as wide as all
    strides before it.

    Parameters
    ----------
    windows : iterable of (int, int)
        Window and stride of each layer, from the input to the output.

    References
    ----------
    Araujo, Norris and Sim (2019), Computing receptive fields of convolutional neural networks.
    """
    field, jump = 1, 1
    for window, stride in windows:
        field += (window - 1) * jump
        jump *= stride
    return field


def network_windows(network: Network) -> list[tuple[int, int]]:
    """Return (window, stride) of each convolution and pooling layer, for ``receptive_field``.

    Raises
    ------
    ValueError
        If filters are not square: the two axes would have different receptive fields.
    """
    windows = []
    for name, layer in network.layers.items():
        W = layer.params.get("W")
        if W is not None and W.ndim > 2:  # filters, their height and width last
            FH, FW = W.shape[-2:]
            if FH != FW:
                raise ValueError(f"filters of layer {name!r} must be square, but are {FH} × {FW}")
            windows.append((FH, getattr(layer, "stride", 1)))
        elif hasattr(layer, "size") and hasattr(layer, "stride"):
            windows.append((layer.size, layer.stride))
    return windows


def stack_weights(window: int, channels: int, layers: int = 1) -> int:
    """Return the weights of equal convolutions in a row, with C channels throughout.

    They are layers · window² · C². Three of 3 × 3 have 27 C² and one of 7 × 7 has 49 C², and both
    see 7 × 7 pixels.
    """
    return layers * window**2 * channels**2


def remembered(layer: Any, before: tuple[int, ...], after: tuple[int, ...], itemsize: int) -> int:
    """Return the bytes that a layer keeps of one sample besides its input and output.

    Parameters
    ----------
    before, after : tuple of int
        Shape of a sample in front of the layer and behind it.
    """
    W = layer.params.get("W")
    if W is not None and W.ndim > 2:  # the windows of all channels as columns
        return int(itemsize * before[0] * math.prod(W.shape[-2:]) * math.prod(after[1:]))
    if isinstance(layer, ReLU):
        return math.prod(before)  # one byte for each True or False
    if isinstance(layer, MaxPool2D):
        return layer.size**2 * math.prod(after)  # likewise, for each pixel of each window
    return 0


class MemoryAccount(NamedTuple):
    """Bytes that a training step needs, by what they are for."""

    activations: int  #: the input and what layers return, kept for the way back
    gradients: int  #: the gradients with respect to them
    parameters: int
    parameter_gradients: int
    optimizer_state: int
    miscellany: int  #: windows as columns, and masks of ReLU and max pooling

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self)


def kept_outputs(network: Network) -> list[bool]:
    """Return, layer by layer, whether its output lives on until the way back.

    It does if the layer itself needs it there, or the next one does, or there is no next one.
    A layer that is not of this list is taken to need its input.
    """
    convolutions = (Conv2D, GroupedConv2D, TableConv2D)
    need_no_input = (*convolutions, ReLU, Sigmoid, Tanh, MaxPool2D, AveragePool2D)
    layers = list(network.layers.values())
    kept = []
    for k, layer in enumerate(layers):
        following = [after for after in layers[k + 1 :] if not isinstance(after, Flatten)]
        needed_next = not following or not isinstance(following[0], need_no_input)
        kept.append(needed_next or isinstance(layer, Sigmoid | Tanh))
    return kept


def memory_account(
    network: Network,
    input_shape: tuple[int, ...],
    batch_size: int,
    optimizer_slots: int = 2,
    itemsize: int = 4,
    keep_all: bool = True,
) -> MemoryAccount:
    """Return what a training step needs, from shapes alone.

    Parameters
    ----------
    network : Network
        Of affine, convolution, activation, pooling and flattening layers. What other layers
        remember besides their input and output is left out.
    input_shape : tuple of int
        One sample: (C, H, W) or (D,).
    optimizer_slots : int
        Numbers that the optimizer keeps per parameter: SGD 0, Momentum 1, Adam 2.
    itemsize : int
        Bytes per number: 4 for float32.
    keep_all : bool
        Whether all outputs and all their gradients are counted, as textbooks do. If not, only
        the outputs that this package's layers keep, and the gradients that exist at one time:
        in front of one layer and behind it.

    Raises
    ------
    ValueError
        If a size is too small or a layer does not fit.
    """
    if batch_size < 1 or optimizer_slots < 0 or itemsize < 1:
        raise ValueError(
            "batch_size and itemsize must be at least 1 and optimizer_slots at least 0, but they "
            f"are {batch_size}, {itemsize} and {optimizer_slots}"
        )
    before = tuple(input_shape)
    numbers, largest_pair, extra = math.prod(before), 0, 0
    shapes = layer_shapes(network, input_shape)
    for (name, after), kept in zip(shapes.items(), kept_outputs(network), strict=True):
        layer = network.layers[name]
        if (keep_all or kept) and not isinstance(layer, Flatten):  # which returns the same memory
            numbers += math.prod(after)
        largest_pair = max(largest_pair, math.prod(before) + math.prod(after))
        extra += remembered(layer, before, after, itemsize)
        before = after
    parameters = itemsize * sum(parameter_counts(network).values())
    return MemoryAccount(
        activations=batch_size * itemsize * numbers,
        gradients=batch_size * itemsize * (numbers if keep_all else largest_pair),
        parameters=parameters,
        parameter_gradients=parameters,
        optimizer_state=optimizer_slots * parameters,
        miscellany=batch_size * extra,
    )
