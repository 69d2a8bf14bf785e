"""What every layer and every loss offers, whatever its chapter."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple

from solutions.arrays import Array, array_module, as_float, as_wide_float

EVERYTHING = (math.inf, 1)
"""The window of a layer in which each number depends on all of a sample."""


class Memory(NamedTuple):
    """What a layer takes of the memory: what it keeps until its next ``forward``, and what it needs
    while it works, from the second step on."""

    keeps_input: bool = False  #: whether x is kept
    keeps_output: bool = False  #: whether y is kept
    kept: int = 0  #: bytes of its own that it keeps besides
    forward: int = 0  #: most bytes that ``forward`` adds, y left out; what was kept has made way
    backward: int = 0  #: most bytes that ``backward`` adds, the gradient of x left out
    is_view: bool = False  #: whether y is x itself in another shape


def nbytes(shape: tuple[int, ...], n: int, itemsize: int) -> int:
    """Return the bytes of n samples of this shape."""
    return n * itemsize * math.prod(shape)


class Layer:
    """A function of a batch, with the gradients that come back through it.

    ``forward(x)`` returns y for a batch x (N, ...). ``backward(dout)`` takes the gradient of the
    loss with respect to y, stores those of ``params`` in ``grads``, and returns that of x. A layer
    of your own gives these two; ``output_shape``, ``windows`` and ``memory`` to be accounted for.

    Parameters
    ----------
    **params : array
        What is trained, by name; ``params`` holds these very arrays.

    Attributes
    ----------
    params, grads : dict of arrays
        The gradients stand under the names of the parameters.
    buffers : dict of arrays
        What is saved but not trained, such as running averages; changed in place.
    training : bool
        Whether it behaves as in training, or as in use.
    frozen : bool
        Whether ``backward`` may leave ``grads`` as they are: nobody trains this layer.
    needs_input_gradient : bool
        Whether ``backward`` has to return the gradient of x, or may return None: a network's first
        layer, and those in front of which all is frozen, need none.
    """

    def __init__(self, **params: Array) -> None:
        self.params: dict[str, Array] = params
        self.grads: dict[str, Array] = {}
        self.buffers: dict[str, Array] = {}
        self.training = True
        self.frozen = False
        self.needs_input_gradient = True

    def forward(self, x: Array) -> Array:
        """Return y for a batch x (N, ...)."""
        raise self._cannot("go forward", "forward(x)")

    def backward(self, dout: Array) -> Array:
        """Store the gradients of ``params``; return that of x, of the shape of x."""
        raise self._cannot("go backward", "backward(dout)")

    def children(self) -> dict[str, Layer]:
        """Return the layers that it is made of, by name: none, but for those of a ``Block``."""
        return {}

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of y for one sample of this shape, both without the batch.

        Raises
        ------
        ValueError
            If a sample of this shape does not fit, in a sentence that says what does.
        """
        raise self._cannot("say how large its output is", "output_shape(shape)")

    def windows(self) -> list[tuple[float, int]]:
        """Return the windows through which y sees x, as (size, stride), from x on: for sight."""
        raise self._cannot("say how far it sees", "windows()")

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what the layer holds of n samples of this shape, with so many bytes a number."""
        raise self._cannot("say what it keeps", "memory(shape, n, itemsize)")

    def _cannot(self, what: str, method: str) -> NotImplementedError:
        kind = type(self).__name__
        return NotImplementedError(f"{kind} does not {what}: give it a method {method}")


class Elementwise(Layer):
    """A layer that does the same to every number, for an array of any shape."""

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape as it is."""
        return shape

    def windows(self) -> list[tuple[float, int]]:
        """Return nothing: each number sees only itself."""
        return []


class Loss:
    """One number for a batch, and its gradient: what a network is trained to make small.

    Parameters
    ----------
    **params : array
        What the loss itself has to learn, if anything.
    """

    def __init__(self, **params: Array) -> None:
        self.params: dict[str, Array] = params
        self.grads: dict[str, Array] = {}

    def forward(self, outputs: Array, targets: Array) -> float:
        """Return the loss, averaged over the batch, of a network's outputs (N, ...)."""
        raise NotImplementedError(f"{type(self).__name__} has no forward of its own")

    def backward(self, dout: float = 1.0) -> Array:
        """Return the gradient with respect to the outputs, times dout."""
        raise NotImplementedError(f"{type(self).__name__} has no backward of its own")


def expect_arrays(example: str, **arrays: tuple[Any, ...]) -> None:
    """Refuse a layer's parameters unless they are arrays of floats whose axes fit together.

    Parameters
    ----------
    example : str
        A call that is right: "Affine(he((64, 50), rng), np.zeros(50))". It is shown to those who
        give sizes, as in other libraries, where the arrays belong.
    **arrays : tuple
        Each parameter by name: the array and its axes, as in ``W=(W, "D", "M"), b=(b, "M")``. The
        same axis has the same length in all of them; a number is the length itself. "..." as the
        last stands for any further axes, likewise the same in all. (A parameter that others do not
        ask for gets the default None, so that this sentence comes and not Python's.)

    Raises
    ------
    TypeError
        If one is no array, or none of floats: training adds fractions to it, in place.
    ValueError
        If the axes of one do not fit, or it has another dtype than the first.
    """
    for array, *_ in arrays.values():
        if not isinstance(array, array_module(array).ndarray):
            wanted = " and ".join(f"{name} {_shape(axes)}" for name, (_, *axes) in arrays.items())
            layer = example.partition("(")[0]
            raise TypeError(f"{layer} takes the arrays themselves, {wanted}, such as {example}")
    first, (first_array, *_) = next(iter(arrays.items()))
    sizes: dict[Any, Any] = {}
    for name, (array, *axes) in arrays.items():
        if array.dtype.kind != "f":
            raise TypeError(f"{name} must be an array of floats, but its dtype is {array.dtype}")
        _expect_axes(name, array, axes, sizes)
        if array.dtype != first_array.dtype:
            raise ValueError(f"{name} must be {first_array.dtype} like {first}, not {array.dtype}")


def _expect_axes(name: str, array: Array, axes: list[Any], sizes: dict[Any, Any]) -> None:
    """Refuse an array that has not these axes; keep in ``sizes`` how long they are."""
    if axes[-1] == "...":
        axes = axes[:-1] + list(sizes.setdefault("...", array.shape[len(axes) - 1 :]))
    wanted = [sizes.get(axis, axis) for axis in axes]
    pairs = zip(wanted, array.shape, strict=False)
    fits = [isinstance(axis, str) or axis == size for axis, size in pairs]
    if len(wanted) != array.ndim or not all(fits):
        raise ValueError(f"{name} must be {_shape(wanted)}, but it is {array.shape}")
    sizes.update(zip(axes, array.shape, strict=True))


def _shape(axes: Sequence[Any]) -> str:
    """Return axes as a shape is written: (D, M), or (D,)."""
    return str(tuple(axes)).replace("'", "")


def guard(*layers: type[Layer]) -> None:
    """Have these layers refuse what does not fit, in the same words, and take integers for numbers.

    Their own code stays as plain as it is taught. ``forward`` asks ``output_shape`` whether x fits,
    and computes with integers as float64, in which nothing wraps. ``backward`` takes a gradient of
    the shape that ``forward`` returned, and no other that NumPy would stretch to it. What a layer
    hands on to ``super().forward`` is checked no more: it may be laid out anew.
    """
    for layer in layers:
        setattr(layer, "forward", _guarded_forward(layer.forward))  # noqa: B010
        setattr(layer, "backward", _guarded_backward(layer.backward))  # noqa: B010


def _guarded_forward(forward: Callable[[Any, Array], Array]) -> Callable[[Any, Array], Array]:
    @wraps(forward)
    def checked(self: Any, x: Array) -> Array:
        if getattr(self, "_inside", False):
            return forward(self, x)
        x = as_float(x)
        self.output_shape(x.shape[1:])
        y = _inside(self, forward, x)
        self._y_shape = y.shape
        return y

    return checked


def _guarded_backward(backward: Callable[[Any, Array], Array]) -> Callable[[Any, Array], Array]:
    @wraps(backward)
    def checked(self: Any, dout: Array) -> Array:
        if getattr(self, "_inside", False):
            return backward(self, dout)
        expected = getattr(self, "_y_shape", None)
        if expected is None and hasattr(type(self).forward, "__wrapped__"):
            raise ValueError(f"{type(self).__name__}.backward comes before any forward")
        if expected is not None and dout.shape != expected:  # a subclass's own forward tells none
            raise ValueError(f"dout has shape {dout.shape}, but forward returned {expected}")
        return _inside(self, backward, dout)

    return checked


def _inside(layer: Any, method: Callable[[Any, Array], Array], array: Array) -> Array:
    """Call a layer's method, whose own calls of ``super()`` are not checked."""
    layer._inside = True
    try:
        return method(layer, array)
    finally:
        layer._inside = False


def guard_losses(*losses: type[Loss]) -> None:
    """Have these losses compute in at least float32, and return gradients in the outputs' dtype.

    Their own code stays as plain as it is taught. ``forward`` gets integers as float64 and float16
    as float32, in which a sum over a large batch stays finite.
    """
    for loss in losses:
        setattr(loss, "forward", _wide_forward(loss.forward))  # noqa: B010
        setattr(loss, "backward", _narrow_backward(loss.backward))  # noqa: B010


def _wide_forward(
    forward: Callable[[Any, Array, Array], float],
) -> Callable[[Any, Array, Array], float]:
    @wraps(forward)
    def wide(self: Any, outputs: Array, targets: Array) -> float:
        outputs = as_float(outputs)
        loss = forward(self, as_wide_float(outputs), targets)
        self._dtype = outputs.dtype
        return loss

    return wide


def _narrow_backward(backward: Callable[[Any, float], Array]) -> Callable[..., Array]:
    @wraps(backward)
    def narrow(self: Any, dout: float = 1.0) -> Array:
        if hasattr(self, "_dtype"):
            return backward(self, dout).astype(self._dtype, copy=False)
        if hasattr(type(self).forward, "__wrapped__"):
            raise ValueError(f"{type(self).__name__}.backward comes before any forward")
        return backward(self, dout)  # a subclass's own forward tells no dtype

    return narrow
