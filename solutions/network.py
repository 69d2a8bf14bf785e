"""Chapter 4: a network is layers in a row, whose parameters have names."""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from solutions.arrays import Array, array_module, to_host


class Network:
    """Layers in a row: y = layer_k(… layer_2(layer_1(x))).

    The loss is a layer apart, so that the same network can be trained with any.

    Parameters
    ----------
    layers : mapping or sequence of layers
        From the input to the output. In a mapping, each has the name that is given there; in a
        sequence it is named after its class and counted: "affine1", "relu1", "affine2". A layer
        offers ``params``, ``grads``, ``forward`` and ``backward``, perhaps ``buffers`` (arrays
        that are saved but not trained, such as running averages) and ``training``. A network is
        a layer, too.

    Raises
    ------
    ValueError
        If there are no layers, a layer stands in two places, or a name contains a dot.
    """

    def __init__(self, layers: Mapping[str, Any] | Sequence[Any]) -> None:
        named = layers if isinstance(layers, Mapping) else number_layers(layers)
        check_layers(named)
        self.layers: dict[str, Any] = dict(named)
        self.frozen: frozenset[str] = frozenset()
        self.training = True

    @property
    def training(self) -> bool:
        """Whether the layers behave as in training (True) or as in use (False); set it for all."""
        return self._training

    @training.setter
    def training(self, training: bool) -> None:
        self._training = training
        for name, layer in self.layers.items():
            if hasattr(layer, "training"):
                layer.training = training and name not in self.frozen

    @property
    def params(self) -> dict[str, Array]:
        """What is trained: the layers' own arrays by full name, such as "conv1.W"."""
        return self._collect("params", frozen=False)

    @property
    def grads(self) -> dict[str, Array]:
        """The gradients of ``params``, as the last ``backward`` left them in the layers."""
        return self._collect("grads", frozen=False)

    @property
    def buffers(self) -> dict[str, Array]:
        """What is saved but not trained: running averages, and the parameters of frozen layers."""
        return self._collect("buffers") | self._collect("params", frozen=True)

    def forward(self, x: Array) -> Array:
        """Return the output of the last layer for a batch x (N, ...)."""
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x; the layers keep those of their parameters."""
        for layer in reversed(self.layers.values()):
            dout = layer.backward(dout)
        return dout

    def predict(self, x: Array, batch_size: int = 256) -> Array:
        """Return the output (N, ...) in test mode, computed in batches to spare memory.

        Afterwards the mode is what it was. The layers' caches are not: ``backward`` needs a
        ``forward`` of its own.
        """
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, but it is {batch_size}")
        before, self.training = self.training, False
        try:
            starts = range(0, max(len(x), 1), batch_size)
            return np.concatenate([self.forward(x[i : i + batch_size]) for i in starts])
        finally:
            self.training = before

    def freeze(self, names: Iterable[str]) -> None:
        """Leave layers as they are: out of ``params`` and ``grads``, and always in test mode.

        Gradients still flow through them. Raises ValueError if there is no such layer.
        """
        self._set_frozen(self.frozen | set(names))

    def unfreeze(self, names: Iterable[str]) -> None:
        """Train these layers again; ValueError if one of them is not frozen."""
        thawed = set(names)
        if not thawed <= self.frozen:
            raise ValueError(f"layer {min(thawed - self.frozen)!r} is not frozen")
        self._set_frozen(self.frozen - thawed)

    def state(self) -> dict[str, Array]:
        """Return all that makes the network what it is: the layers' own arrays by full name."""
        return self.params | self.buffers

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Write these values into the layers' arrays: all of them, or none on a ValueError."""
        own = self.state()
        check_state(state, own)
        for name, array in own.items():
            array[...] = array_module(array).asarray(state[name])

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

    def _set_frozen(self, names: frozenset[str]) -> None:
        unknown = names - set(self.layers)
        if unknown:
            raise ValueError(
                f"there is no layer {min(unknown)!r}; there are {', '.join(self.layers)}"
            )
        self.frozen = names
        self.training = self.training  # a frozen layer's mode is another now

    def _collect(self, kind: str, frozen: bool | None = None) -> dict[str, Array]:
        """Return arrays of one kind by full name: of all layers, or of (un)frozen ones only."""
        return {
            f"{name}.{key}": array
            for name, layer in self.layers.items()
            if frozen is None or frozen == (name in self.frozen)
            for key, array in getattr(layer, kind, {}).items()
        }


def number_layers(layers: Sequence[Any]) -> dict[str, Any]:
    """Name layers after their classes, counting each class from 1: "affine1", "relu1", ..."""
    seen: Counter[str] = Counter()
    named = {}
    for layer in layers:
        kind = type(layer).__name__.lower()
        seen[kind] += 1
        named[f"{kind}{seen[kind]}"] = layer
    return named


def check_layers(layers: Mapping[str, Any]) -> None:
    """Raise ValueError if there are no layers, one stands twice, or a name contains a dot."""
    if not layers:
        raise ValueError("layers is empty: a network needs at least one layer")
    first: dict[int, str] = {}
    for name, layer in layers.items():
        if "." in name:
            raise ValueError(f"layer name {name!r} must not contain a dot")
        if id(layer) in first:
            raise ValueError(
                f"layers {first[id(layer)]!r} and {name!r} are the same object: "
                "what it remembers for the way back would be overwritten"
            )
        first[id(layer)] = name


def check_state(state: Mapping[str, Array], own: Mapping[str, Array]) -> None:
    """Raise ValueError unless there is a value of the right shape for each own array, and no other.

    Parameters
    ----------
    state : mapping
        The values that are to be loaded.
    own : mapping
        The arrays that they are for.
    """
    for name, array in own.items():
        if name not in state:
            raise ValueError(f"{name!r} is missing")
        if state[name].shape != array.shape:
            raise ValueError(f"{name!r} has shape {state[name].shape}, but {array.shape} is needed")
    for name in state:
        if name not in own:
            raise ValueError(f"{name!r} is one too many")


def write_arrays(path: str | os.PathLike[str], arrays: Mapping[str, Array]) -> None:
    """Write arrays by name to an .npz file: whole, or not at all if it is cut off."""
    path = Path(path)
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("wb") as file:
        np.savez(file, **{name: to_host(array) for name, array in arrays.items()})
    unfinished.replace(path)


def read_arrays(path: str | os.PathLike[str]) -> dict[str, Array]:
    """Return the arrays of an .npz file by name; ValueError if it is no such file, or damaged."""
    try:
        with Path(path).open("rb") as file, np.load(file) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (ValueError, EOFError, AttributeError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"it is not a readable .npz file ({error})") from None
