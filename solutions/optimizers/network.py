"""A network is layers in a row, whose parameters have names."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np

from solutions.arrays import Array, array_module, beside, to_device, to_host
from solutions.hyperparameters import whole
from solutions.layer import Layer, Memory
from solutions.optimizers.blocks import Block, all_layers, first_array, move_arrays
from solutions.rows import Row
from solutions.saving import load_arrays, read_arrays, write_arrays


class Network(Block):
    """Layers in a row: y = layer_k(… layer_2(layer_1(x))).

    The loss stands apart, so that the same network can be trained with any. A network is a layer,
    too, and its layers may be networks.

    Parameters
    ----------
    layers : mapping or sequence of layers
        From the input to the output. In a mapping, each has the name that is given there; in a
        sequence it is named after its class and counted: "affine1", "relu1", "affine2".

    Raises
    ------
    TypeError
        If one of them does not derive from ``Layer``.
    ValueError
        If there are no layers, a layer stands in two places, or a name contains a dot.
    """

    def __init__(self, layers: Mapping[str, Layer] | Sequence[Layer]) -> None:
        named = named_layers(layers)
        check_names(named)
        super().__init__(named)

    def forward(self, x: Array) -> Array:
        """Return the output of the last layer for a batch x (N, ...).

        Raises
        ------
        ValueError
            If a layer cannot use what it gets, which names the layer; if x lies on the host and
            the network on the device, or the other way round.
        """
        self._expect_here(x)
        for name, layer in self.layers.items():
            x = in_layer(name, layer.forward, x)
        return x

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x; the layers keep those of their parameters.

        Without ``needs_input_gradient`` the way back ends, with None, at the first layer that is
        trained.
        """
        self.tell_layers()
        for name, layer in reversed(self.layers.items()):
            if not (layer.needs_input_gradient or is_trained(layer)):
                return None
            dout = in_layer(name, layer.backward, dout)
        return dout

    def input_gradient(self, dout: Array) -> Array:
        """Return the gradient with respect to x, also where training leaves it out."""
        before, self.needs_input_gradient = self.needs_input_gradient, True
        try:
            return self.backward(dout)
        finally:
            self.needs_input_gradient = before

    def predict(self, x: Array, batch_size: int = 256) -> Array:
        """Return the output (N, ...) in test mode, computed in batches to spare memory.

        Afterwards the mode is what it was. The layers' caches are not: ``backward`` needs a
        ``forward`` of its own.
        """
        batch_size = whole("batch_size", batch_size, at_least=1)
        before, self.training = self.training, False
        try:
            starts = range(0, max(len(x), 1), batch_size)
            return np.concatenate([self.forward(x[i : i + batch_size]) for i in starts])
        finally:
            self.training = before

    def freeze(self, names: str | Iterable[str]) -> None:
        """Leave one or several layers as they are: out of ``params`` and ``grads``, in test mode.

        Gradients still flow through them, as far as they are needed. ValueError if there is no
        such layer.
        """
        self._set_frozen(names, True)

    def unfreeze(self, names: str | Iterable[str]) -> None:
        """Train these layers again; ValueError if one of them is not frozen."""
        self._set_frozen(names, False)

    def to_device(self) -> Self:
        """Move all arrays to the GPU, and return the network; RuntimeError if there is none.

        Make the optimizer afterwards, of the new ``params``; ``Trainer.to_device`` moves both.
        """
        move_arrays(self, to_device)
        return self

    def to_host(self) -> Self:
        """Move all arrays back to the host's memory, and return the network."""
        move_arrays(self, to_host)
        return self

    def bring(self, array: Array) -> Array:
        """Return the array where the network's own arrays are: as it is, or copied there."""
        own = first_array(self)
        return array if own is None else beside(array, own)

    def state(self) -> dict[str, Array]:
        """Return all that makes the network what it is: the layers' own arrays by full name."""
        return self.params | self.buffers

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Write these values into the layers' arrays: all of them, or none on a ValueError.

        They may come from the other side, and have another dtype, if they fit into the network's.
        """
        load_arrays(self.state(), state)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write ``state`` to an .npz file of exactly this name."""
        write_arrays(path, self.state())

    def load(self, path: str | os.PathLike[str]) -> None:
        """Read what ``save`` wrote, into a network of the same layers.

        Raises
        ------
        ValueError
            If an entry is missing, is one too many or has another shape, or if the file is not
            an .npz file. The network is then as it was.
        """
        try:
            self.load_state(read_arrays(path))
        except ValueError as error:
            raise ValueError(f"{os.fspath(path)} does not fit this network: {error}") from None

    def tell_layers(self) -> None:
        """Tell each layer whether its gradient of x is needed: where something in front learns."""
        needed = self.needs_input_gradient
        for layer in self.layers.values():
            layer.needs_input_gradient = needed
            needed = needed or is_trained(layer)

    def _set_frozen(self, names: str | Iterable[str], frozen: bool) -> None:
        chosen = list(names) if isinstance(names, Iterable) else [names]
        chosen = [names] if isinstance(names, str) else chosen
        for name in chosen:
            if name not in self.layers:
                raise ValueError(f"there is no layer {name!r}; there are {', '.join(self.layers)}")
            if not (frozen or self.layers[name].frozen):
                raise ValueError(f"layer {name!r} is not frozen")
        for name in chosen:
            self.layers[name].frozen = frozen
        self.training = self.training  # a frozen layer's mode is another now

    def _expect_here(self, x: Array) -> None:
        own = first_array(self)
        if own is not None and array_module(own) is not array_module(x):
            here, there = ("host", "device") if array_module(own) is np else ("device", "host")
            raise ValueError(
                f"x lies on the {there}, but the network on the {here}: "
                f"move x with to_{here}(x) of solutions.arrays, or the network with to_{there}()"
            )

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of the last layer's output for one sample; errors name the layer."""
        for name, layer in self.layers.items():
            shape = in_layer(name, layer.output_shape, shape)
        return shape

    def windows(self) -> list[tuple[float, int]]:
        """Return the windows of all layers."""
        return [window for layer in self.layers.values() for window in layer.windows()]

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what the layers take together."""
        return Row(self.layers, shape, n, itemsize).as_one()


def in_layer(name: str, function: Callable[[Any], Any], argument: Any) -> Any:
    """Call a layer's function; a ValueError then says which layer it comes from."""
    try:
        return function(argument)
    except ValueError as error:
        raise ValueError(f"layer {name!r}: {error}") from error


def is_trained(layer: Layer) -> bool:
    """Return whether a layer has parameters that are trained."""
    return bool(layer.params) and not layer.frozen


def named_layers(layers: Mapping[str, Layer] | Sequence[Layer]) -> dict[str, Layer]:
    """Return layers by name; in a sequence, that is their class, counted: "affine1", "relu1"."""
    if isinstance(layers, Layer) or not isinstance(layers, Mapping | Sequence):
        raise TypeError("layers must be a list or a dictionary, as in Network([Affine(W, b)])")
    if isinstance(layers, Mapping):
        for name, layer in layers.items():
            expect_layer(f"layers[{name!r}]", layer)
        return dict(layers)
    seen: Counter[str] = Counter()
    named = {}
    for place, layer in enumerate(layers):
        expect_layer(f"layers[{place}]", layer)
        kind = type(layer).__name__.lower()
        seen[kind] += 1
        named[f"{kind}{seen[kind]}"] = layer
    return named


def expect_layer(place: str, layer: Any) -> None:
    """Raise TypeError unless it is a layer."""
    if isinstance(layer, type):
        kind = layer.__name__
        raise TypeError(f"{place} is the class {kind}, not a layer: write {kind}(...)")
    kind = type(layer).__name__
    if not isinstance(layer, Layer):
        raise TypeError(f"{place} is of the type {kind}: derive it from solutions.layer.Layer")
    if not layer.children() and "params" not in vars(layer):
        raise TypeError(f"{place} has no params: {kind}.__init__ must call super().__init__()")


def check_names(layers: Mapping[str, Layer]) -> None:
    """Raise ValueError if there are no layers, one stands twice, or a name cannot be one."""
    if not layers:
        raise ValueError("layers is empty: a network needs at least one layer")
    first: dict[int, str] = {}
    for name, layer in layers.items():
        if not isinstance(name, str) or "." in name:
            raise ValueError(f"layer name {name!r} must be a string without a dot")
        for part in all_layers(layer):
            if id(part) in first:
                raise ValueError(
                    f"layers {first[id(part)]!r} and {name!r} share the same "
                    f"{type(part).__name__}: what it remembers for the way back would be lost"
                )
            first[id(part)] = name
