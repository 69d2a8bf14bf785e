"""What layers in a row need of the memory, from what each of them says of itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from solutions.layer import Layer, Memory


class Moment(NamedTuple):
    """A moment of a training step, and the bytes that are there then and not always."""

    name: str  #: whose forward or backward it is
    gradients: int  #: of the gradients in hand, behind the layer and in front of it
    other: int  #: of outputs that nobody keeps, and of what the layer works with


class Row:
    """The arrays x_0 to x_L before, between and behind the layers of a row, for n samples.

    All layers keep what they keep until they go forward the next time. So the arrays of one step
    make way for those of the next one by one, and what is kept is there at any moment.

    Parameters
    ----------
    layers : mapping of layers
        By name, from the input to the output.
    shape : tuple of int
        One sample of x_0.
    n : int
        How many samples there are.
    itemsize : int
        Bytes of a number.
    """

    def __init__(
        self, layers: Mapping[str, Layer], shape: tuple[int, ...], n: int, itemsize: int
    ) -> None:
        self.names, self.parts = list(layers), list[Memory]()
        self.sizes = [n * itemsize * math.prod(shape)]
        for layer in layers.values():
            self.parts.append(layer.memory(shape, n, itemsize))
            shape = layer.output_shape(shape)
            self.sizes.append(n * itemsize * math.prod(shape))
        # A view is no array of its own. It counts as the one that it shows: among the outputs that
        # is its layer's input, among the gradients that of its layer's output.
        last = len(self.parts)
        self.arrays, self.gradients = [0] * (last + 1), [last] * (last + 1)
        for i, part in enumerate(self.parts, start=1):
            self.arrays[i] = self.arrays[i - 1] if part.is_view else i
        for i, part in reversed(list(enumerate(self.parts))):
            self.gradients[i] = self.gradients[i + 1] if part.is_view else i

    def keeps(self, array: int) -> bool:
        """Return whether some layer keeps array x_i."""
        return self._is_kept_output(array, self.parts) or array in self._kept_inputs(0)

    def kept_arrays(self) -> int:
        """Return the bytes that are kept of x_1 to x_{L−1}."""
        inner = {*self.arrays} - {0, self.arrays[-1]}
        return sum(self.sizes[i] for i in inner if self.keeps(i))

    def kept_besides(self) -> int:
        """Return the bytes that layers keep of their own."""
        return sum(part.kept for part in self.parts)

    def forward(self) -> list[Moment]:
        """Return what each layer's ``forward`` adds to what is there before the first one's.

        That includes x_0, and the x_0 of the step before if it is kept. x_L is left out.
        """
        moments = []
        for i, part in enumerate(self.parts):
            x, y = self.arrays[i], self.arrays[i + 1]
            added = part.forward
            # Of x there are two, or one that nobody keeps, unless its own layer kept the only one.
            alone = self._is_kept_output(x, self.parts[:i]) and x not in self._kept_inputs(i)
            if x != 0 and not alone:
                added += self.sizes[x]
            if y not in (self.arrays[-1], x):
                added += self.sizes[y]
            if self.keeps(0) and 0 not in self._kept_inputs(i):
                added -= self.sizes[0]  # the old one has made way
            moments.append(Moment(self.names[i], 0, added))
        return moments

    def backward(self) -> list[Moment]:
        """Return what is there while each layer goes back, the last one first."""
        moments = []
        for i, part in reversed(list(enumerate(self.parts))):
            gradients = {self.gradients[i], self.gradients[i + 1]}
            size = sum(self.sizes[g] for g in gradients)
            moments.append(Moment(self.names[i], size, part.backward))
        return moments

    def as_one(self) -> Memory:
        """Return the row as one layer, of which only input and output are known."""
        first, last = self.gradients[0], self.gradients[-1]
        behind = self.sizes[-1] if self.arrays[-1] else 0
        forward = [
            moment.other - (behind if self.arrays[i + 1] != self.arrays[-1] else 0)
            for i, moment in enumerate(self.forward())
        ]
        backward = []
        for i, part in enumerate(self.parts):
            inner = {self.gradients[i], self.gradients[i + 1]} - {first, last}
            early = self.sizes[0] if first not in (self.gradients[i], last) else 0
            backward.append(part.backward + sum(self.sizes[g] for g in inner) - early)
        return Memory(
            keeps_input=self.keeps(0),
            keeps_output=self.arrays[-1] > 0 and self.keeps(self.arrays[-1]),
            kept=self.kept_arrays() + self.kept_besides(),
            forward=max(forward),
            backward=max(backward),
            is_view=self.arrays[-1] == 0,
        )

    def _kept_inputs(self, start: int) -> set[int]:
        """Return the arrays that layers from a place on keep as their inputs."""
        rest = list(enumerate(self.parts))[start:]
        return {self.arrays[i] for i, part in rest if part.keeps_input}

    def _is_kept_output(self, array: int, parts: Iterable[Memory]) -> bool:
        return any(
            part.keeps_output and self.arrays[i] == array for i, part in enumerate(parts, start=1)
        )
