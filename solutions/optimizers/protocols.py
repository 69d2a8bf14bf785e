"""What a trainer asks of the parts that it is given.

A network is a ``Network``, a loss derives from ``Loss`` (solutions.layer), an optimizer from
``Optimizer``. A schedule is any function of the step. The rest is said here: whatever has these
methods will do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from solutions.arrays import Array

if TYPE_CHECKING:
    from solutions.optimizers.network import Network

T = TypeVar("T")


@runtime_checkable
class Regularizer(Protocol):
    """What is added to the loss, and to its gradients."""

    def penalty(self, params: Mapping[str, Array]) -> float:
        """Return what is added to the loss."""

    def gradients(self, params: Mapping[str, Array]) -> Mapping[str, Array]:
        """Return what is added to the gradients, by name; nothing for those left alone."""


@runtime_checkable
class Projection(Protocol):
    """A regularizer that also corrects the parameters after each step."""

    def project(self, params: Mapping[str, Array]) -> None:
        """Change the parameters in place."""


@runtime_checkable
class Watcher(Protocol):
    """What watches the epochs, and may end the training."""

    def end_epoch(self, epoch: int, validation_loss: float, network: Network) -> bool:
        """Take note of how an epoch ended, counted from 1, and return whether to stop."""


@runtime_checkable
class Recorder(Protocol):
    """What takes notes of each step, such as ``initialization.Record``."""

    def before_step(
        self, loss: Array, params: Mapping[str, Array], grads: Mapping[str, Array]
    ) -> None:
        """Take note of a loss without penalties, and of what the optimizer is about to be given.

        Nothing has been looked at yet: a loss, or a gradient before clipping, may be NaN.
        """

    def after_step(self, params: Mapping[str, Array]) -> None:
        """Take note of what has become of the parameters; not called if training diverged."""


@runtime_checkable
class Stateful(Protocol):
    """What remembers something between steps; a checkpoint keeps it."""

    def state(self) -> Mapping[str, Array]:
        """Return all that it remembers, as arrays by name."""

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Go on from what ``state`` returned; ValueError, and no change, if it does not fit."""


def check_part(name: str, part: T, kind: Any, example: str) -> T:
    """Return a part that is of this kind; else raise TypeError with an example of one that is."""
    if isinstance(part, type):
        raise TypeError(
            f"{name} is the class {part.__name__}, not an object of it: give one such as {example}"
        )
    if not isinstance(part, kind):
        raise TypeError(
            f"{name} is of the type {type(part).__name__}, which is no {kind.__name__}: "
            f"give one such as {example}"
        )
    return part


def check_parts(name: str, parts: Sequence[T], kind: Any, example: str) -> tuple[T, ...]:
    """Return the parts of a list, all of this kind; else raise TypeError with an example."""
    if not isinstance(parts, Sequence):
        raise TypeError(f"{name} must be a list, even of one, such as [{example}]")
    return tuple(check_part(f"{name}[{k}]", part, kind, example) for k, part in enumerate(parts))


def check_function(name: str, function: T, arguments: str) -> T:
    """Return a function, or None; else raise TypeError with what it is given."""
    if isinstance(function, type) or not (function is None or callable(function)):
        raise TypeError(f"{name} must be a function {name}({arguments}) or None, not {function!r}")
    return function
