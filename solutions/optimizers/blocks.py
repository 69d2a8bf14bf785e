"""Layers that are made of layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from solutions.arrays import Array
from solutions.layer import Layer


class Block(Layer):
    """A layer made of layers: all that it has is theirs, under full names such as "conv1.W".

    A block of your own gives ``forward`` and ``backward``. Where one of its layers is frozen,
    ``params`` leaves it out: its arrays stand in ``buffers``, and it always is in test mode.

    Parameters
    ----------
    layers : dict of layers
        By name.
    """

    def __init__(self, layers: dict[str, Layer]) -> None:
        self.layers = layers
        self._training = self._needs_input_gradient = True

    def children(self) -> dict[str, Layer]:
        """Return the layers."""
        return self.layers

    @property
    def params(self) -> dict[str, Array]:  # type: ignore[override]  # nobody else sets it
        """What is trained: the layers' own arrays, but for those of frozen ones."""
        trained = {n: layer.params for n, layer in self.layers.items() if not layer.frozen}
        return full_names(trained)

    @property
    def grads(self) -> dict[str, Array]:  # type: ignore[override]
        """The gradients of ``params``, as the last ``backward`` left them in the layers."""
        trained = {n: layer.grads for n, layer in self.layers.items() if not layer.frozen}
        return full_names(trained)

    @property
    def buffers(self) -> dict[str, Array]:  # type: ignore[override]
        """What is saved but not trained: running averages, and the parameters of frozen layers."""
        frozen = {n: layer.params for n, layer in self.layers.items() if layer.frozen}
        kept = {n: layer.buffers for n, layer in self.layers.items()}
        return full_names(kept) | full_names(frozen)

    @property
    def frozen(self) -> bool:
        """Whether all layers are frozen; set it for all."""
        return all(layer.frozen for layer in self.layers.values())

    @frozen.setter
    def frozen(self, frozen: bool) -> None:
        for layer in self.layers.values():
            layer.frozen = frozen

    @property
    def training(self) -> bool:
        """Whether the layers behave as in training (True) or as in use (False); set it for all."""
        return self._training

    @training.setter
    def training(self, training: bool) -> None:
        self._training = training
        for layer in self.layers.values():
            layer.training = training and (isinstance(layer, Block) or not layer.frozen)

    @property
    def needs_input_gradient(self) -> bool:
        """Whether ``backward`` has to return the gradient of x; the layers are told."""
        return self._needs_input_gradient

    @needs_input_gradient.setter
    def needs_input_gradient(self, needed: bool) -> None:
        self._needs_input_gradient = needed
        self.tell_layers()

    def tell_layers(self) -> None:
        """Tell each layer whether its gradient of x is needed: here, where that of the block is."""
        for layer in self.layers.values():
            layer.needs_input_gradient = self.needs_input_gradient


def full_names(arrays: dict[str, dict[str, Array]]) -> dict[str, Array]:
    """Return arrays of layers by full name."""
    return {f"{layer}.{name}": a for layer, own in arrays.items() for name, a in own.items()}


def all_layers(layer: Layer) -> Iterator[Layer]:
    """Walk through a layer and all that it is made of, in a fixed order."""
    yield layer
    for child in layer.children().values():
        yield from all_layers(child)


def leaves(layer: Layer) -> Iterator[Layer]:
    """Walk through the layers that are made of no others: to them all arrays belong."""
    return (part for part in all_layers(layer) if not part.children())


def first_array(layer: Layer) -> Array | None:
    """Return one of the arrays within a layer, to see where they lie; None if it has none."""
    children = layer.children()
    for child in children.values():
        array = first_array(child)
        if array is not None:
            return array
    own = [] if children else [*layer.params.values(), *layer.buffers.values()]
    return own[0] if own else None


def move_arrays(layer: Layer, move: Callable[[Array], Array]) -> None:
    """Replace all arrays within a layer by what ``move`` makes of them: all, or none if it fails.

    Attributes that are the same arrays follow. The gradients of old steps go.
    """
    parts = list(leaves(layer))
    old = [array for leaf in parts for array in (*leaf.params.values(), *leaf.buffers.values())]
    moved = {id(array): move(array) for array in old}
    for leaf in parts:
        leaf.grads.clear()
        for own in (leaf.params, leaf.buffers, vars(leaf)):
            own.update({name: moved[id(a)] for name, a in own.items() if id(a) in moved})
