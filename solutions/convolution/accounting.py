"""What a network will be like before it runs: shapes, parameters, sight and memory.

Each layer is asked: ``output_shape``, ``windows`` and ``memory`` are its own answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from solutions.hyperparameters import whole
from solutions.optimizers import Adam, Network, Optimizer
from solutions.rows import Moment, Row


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
            shape = layer.output_shape(shape)
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


def count_parameters(
    inputs: tuple[int, ...],
    outputs: tuple[int, ...],
    window: tuple[int, int] | None = None,
    groups: int = 1,
) -> int:
    """Return how many numbers a convolution or an affine layer learns: weights and biases.

    Parameters
    ----------
    inputs, outputs : tuple of int
        Shapes of one sample, in front of the layer and behind it: (C, H, W) or (D,).
    window : tuple of int, optional
        FH and FW of a convolution. Without one, the layer is affine: each output sees all inputs.
    groups : int
        Into so many equal groups a convolution parts its channels: a filter sees those of one.
    """
    C, *sizes = inputs
    seen = C // groups * math.prod(window or sizes)
    return outputs[0] * (seen + 1)


def stack_weights(window: int, channels: int, layers: int = 1) -> int:
    """Return the weights of equal convolutions in a row, with C channels throughout.

    They are layers · window² · C². Three of 3 × 3 have 27 C² and one of 7 × 7 has 49 C², and both
    see 7 × 7 pixels.
    """
    return layers * window**2 * channels**2


def receptive_field(windows: Iterable[tuple[float, int]]) -> float:
    """Return how many pixels of the input, along one axis, an output depends on.

    Parameters
    ----------
    windows : iterable of (window, stride)
        Window and stride of each layer, from the input to the output. An infinite size stands for
        all of the input.

    References
    ----------
    Araujo, Norris and Sim (2019), Computing receptive fields of convolutional neural networks.
    """
    field: float = 1
    for window, stride in reversed(list(windows)):
        field = (field - 1) * stride + window  # so many places of the layer below
    return field


def receptive_fields(network: Network) -> dict[str, float]:
    """Return the receptive field behind each layer, by its name; infinite where it is all of x."""
    windows: list[tuple[float, int]] = []
    fields = {}
    for name, layer in network.layers.items():
        windows += layer.windows()
        fields[name] = receptive_field(windows)
    return fields


def training_memory(
    shapes: Iterable[tuple[int, ...]],
    parameter_shapes: Iterable[tuple[int, ...]],
    batch_size: int,
    slots: int = 2,
    itemsize: int = 4,
) -> tuple[int, int, int, int]:
    """Return how many bytes a step of training keeps, by what they are for.

    This is the plain estimate: what layers work with for a while is not in it. ``memory_account``
    asks each layer.

    Parameters
    ----------
    shapes : iterable of tuple of int
        One sample: of the input, and of what each layer gives: (C, H, W) or (D,).
    parameter_shapes : iterable of tuple of int
        Each array that is learned: (FN, C, FH, FW), (FN,), …
    batch_size : int
    slots : int
        How many numbers the optimizer keeps for each parameter: 0 for SGD, 1 for Momentum, 2 for
        Adam.
    itemsize : int
        Bytes of a number: 4 for float32.

    Returns
    -------
    activations, parameters, gradients, optimizer_state : int
        The gradients are those of the parameters.
    """
    activations = itemsize * batch_size * sum(math.prod(shape) for shape in shapes)
    parameters = itemsize * sum(math.prod(shape) for shape in parameter_shapes)
    return activations, parameters, parameters, slots * parameters


class MemoryAccount(NamedTuple):
    """Bytes at the moment of a training step that needs most, by what they are for."""

    activations: int  #: the batch, the output, and what layers keep of inputs and outputs
    gradients: int  #: of these, at that moment: behind a layer, and in front of it
    parameters: int  #: running averages and the like included
    parameter_gradients: int
    optimizer_state: int
    miscellany: int  #: masks and the like that layers keep, and what one of them works with
    moment: str  #: when that is, in words

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self[:-1])


def memory_account(
    network: Network,
    input_shape: tuple[int, ...],
    batch_size: int,
    optimizer: type[Optimizer] | Optimizer = Adam,
    itemsize: int = 4,
) -> MemoryAccount:
    """Return what a training step needs, from shapes alone: forward, loss, backward, update.

    Parameters
    ----------
    input_shape : tuple of int
        One sample: (C, H, W) or (D,).
    optimizer : Optimizer
        One, or its class: SGD keeps nothing, Momentum one number per parameter, Adam two.
    itemsize : int
        Bytes per number: 4 for float32.

    Raises
    ------
    ValueError
        If a size is too small or a layer does not fit.
    NotImplementedError
        If a layer does not say what it needs.
    """
    batch_size = whole("batch_size", batch_size, at_least=1)
    itemsize = whole("itemsize", itemsize, at_least=1)
    row = Row(network.layers, tuple(input_shape), batch_size, itemsize)
    own, x, y = row.kept_besides(), row.sizes[0], row.sizes[-1]
    params = {name: itemsize * math.prod(p.shape) for name, p in network.params.items()}
    highest, when = _highest(row, optimizer.scratch, params)
    kept = sum(params.values())
    buffers = itemsize * sum(math.prod(buffer.shape) for buffer in network.buffers.values())
    return MemoryAccount(
        activations=row.kept_arrays() + x + (y if row.arrays[-1] else 0),
        gradients=highest.gradients,
        parameters=kept + buffers,
        parameter_gradients=kept,
        optimizer_state=optimizer.slots * kept,
        miscellany=own + highest.other,
        moment=when,
    )


LOSS_ARRAYS = 3
"""Arrays like the network's output that a loss keeps, or has in hand while it is computed."""


def _highest(row: Row, scratch: int, params: dict[str, int]) -> tuple[Moment, str]:
    """Return what is there besides at the highest moment of a step, and its name."""
    x, y = row.sizes[0], row.sizes[-1]
    old_x = x if row.keeps(0) else 0
    moments = [
        (moment._replace(other=moment.other + old_x), f"forward of {moment.name!r}")
        for moment in row.forward()
    ]
    back = row.backward()
    # Nobody asks a network for the gradient of its own input.
    back[-1] = back[-1]._replace(gradients=max(0, back[-1].gradients - x))
    moments += [(moment, f"backward of {moment.name!r}") for moment in back]
    update = scratch * max(params.values(), default=0)
    moments.append((Moment("", 0, update), "update of the largest parameter"))
    highest, when = max(moments, key=lambda pair: sum(pair[0][1:]))
    return highest._replace(other=highest.other + LOSS_ARRAYS * y), when
