"""What holds for every layer, loss and network of the course: checks, and the mistakes they find.

What a layer keeps of an earlier call, or shares with another layer, goes unnoticed by a check that
makes a new object and sends one batch through it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import numpy as np

from autograder.authoring.parts import Parts
from autograder.authoring.tasks import AuthoringError, Misconception, Task

OWN_MEMORY = "each layer remembers its own last forward, and backward can be called twice"
NEXT_SIZE = "a second batch, of another size, leaves nothing of the first"

FIRST_FOR_EVER = (
    "Something that is remembered on the way forward stays that of the first call: later calls do "
    "not replace it. Each forward has to remember anew what its way back needs."
)
SHARED = (
    "What one object remembers is overwritten by another's: the memory is shared, as it is when it "
    "belongs to the class or is a global variable. It has to belong to the object."
)
IN_FLOAT64 = (
    "You return {what} in float64, whatever the input was. An array that is made with NumPy's "
    "default type, as np.zeros(shape) is, widens everything it meets; zeros_like and Python's own "
    "numbers keep the type, and float64 takes twice the memory and time."
)
NO_GRADIENT = (
    "You return 0 everywhere as {what}: nothing of dout gets through, whatever the numbers are."
)
AS_IT_CAME = (
    "You return as {what} what was handed in, as it came: what the layer itself does is missing."
)

DIVIDED_AGAIN = (
    "You divide {what} by the batch size. That the loss is a mean has been taken care of in dout: "
    "contributions of the samples add up."
)

TIMES_BATCH = (
    "You multiply {what} by the batch size. The contributions of the samples add up, and nothing "
    "else: how large the batch is, dout knows."
)


def call_forward(layer: Any, *inputs: Any) -> Any:
    """Send inputs forward, as the layers of the course do."""
    return layer.forward(*inputs)


def call_backward(layer: Any, *upstream: Any) -> Any:
    """Send what comes from above backward, as the layers of the course do."""
    return layer.backward(*upstream)


def add_memory_checks(
    task: Task,
    make: Callable[[Any, Any], Any],
    case: Callable[[Any, int], tuple[Sequence[Any], Sequence[Any]]],
    *,
    forward: Callable[..., Any] = call_forward,
    backward: Callable[..., Any] = call_backward,
    read: Callable[[Any], Any] | None = None,
    rows: Sequence[int] = (6, 4),
    weights: Sequence[float] = (1.0, 0.5),
    titles: Sequence[str] = (OWN_MEMORY, NEXT_SIZE),
    of: str = "",
) -> None:
    """Add what an object has to pass that remembers on the way forward what the way back needs.

    The first check, ``memory``, sends two batches of one size forward and the second one backward;
    goes through two objects at once, backward in another order than forward; and goes backward
    twice. The second one, ``memory_of_size``, sends a batch both ways, and then one of another
    size. So what is remembered of the first batch for ever fails by its values, whatever it is that
    the code does with shapes that do not fit::

        add_memory_checks(
            affine,
            lambda impl, rng: impl.Affine(rng.normal(size=(5, 3)), rng.normal(size=3)),
            lambda rng, rows: ([rng.normal(size=(rows, 5))], [rng.normal(size=(rows, 3))]),
            read=lambda layer: layer.grads,
        )

    Parameters
    ----------
    task : Task
        What gets the checks.
    make : function
        ``make(impl, rng)`` returns a new object.
    case : function
        ``case(rng, rows)`` draws what forward takes and what backward takes, for so many rows. The
        numbers are to be so many, and of both signs, that no two batches have the same signs.
    forward, backward : function, optional
        Called with the object and what ``case`` drew, where it has other names than these two.
    read : function, optional
        Returns what a way back leaves in the object, such as its ``grads``.
    rows : sequence of int
        The two sizes of a batch. If there is only one, there is no second check.
    weights, titles : sequences
        Of the two checks.
    of : str
        The name of the class, if the task asks for several: it stands before names and titles.
    """

    def passed(layer: Any, upstream: Sequence[Any]) -> Any:
        dx = backward(layer, *upstream)
        return dx if read is None else {"returned": dx, "stored": read(layer)}

    def memory(impl: Any, rng: Any) -> Any:
        layer = make(impl, rng)
        (before, _), (inputs, upstream) = (case(rng, rows[0]) for _ in range(2))
        forward(layer, *before)
        forward(layer, *inputs)
        found = {"after another forward": passed(layer, upstream)}

        first, second = make(impl, rng), make(impl, rng)
        (inputs, upstream), (others, from_above) = (case(rng, rows[0]) for _ in range(2))
        forward(first, *inputs)
        forward(second, *others)
        found["second of two"] = backward(second, *from_above)
        found["first of two"] = backward(first, *upstream)
        found["first of two, again"] = passed(first, upstream)
        if read is not None:
            found["stored by the second of two"] = read(second)
        return found

    def memory_of_size(impl: Any, rng: Any) -> Any:
        layer = make(impl, rng)
        (before, first), (inputs, upstream) = (case(rng, size) for size in rows)
        forward(layer, *before)
        backward(layer, *first)
        forward(layer, *inputs)
        return passed(layer, upstream)

    for function, title, weight, _ in zip(
        (memory, memory_of_size), titles, weights, rows, strict=False
    ):
        if of:
            function.__name__ = f"{of.lower()}_{function.__name__}"
        task.check(f"{of}: {title}" if of else title, weight=weight)(function)


class FirstForEver:
    """Keeps what the first forward remembers: those attributes that ``remembered`` names."""

    remembered: tuple[str, ...] = ()

    def forward(self, *inputs: Any) -> Any:
        """Go forward, and put what was remembered first in the place of what is remembered now."""
        y = super().forward(*inputs)  # type: ignore[misc]
        if not hasattr(self, "first"):
            self.first = {name: getattr(self, name) for name in self.remembered}
        vars(self).update(self.first)
        return y


class OnTheClass:
    """Keeps on the class what forward remembers: those attributes that ``remembered`` names."""

    remembered: tuple[str, ...] = ()

    def forward(self, *inputs: Any) -> Any:
        """Go forward, and move what was remembered to the class."""
        y = super().forward(*inputs)  # type: ignore[misc]
        for name in self.remembered:
            setattr(type(self), name, vars(self).pop(name))
        return y


def add_memory_mistakes(task: Task, right: type, *remembered: Sequence[str]) -> None:
    """Add what `add_memory_checks` finds: memory of the first call for ever, or on the class.

    Parameters
    ----------
    task : Task
        What gets the mistakes.
    right : type
        The reference's class, with a method ``forward``.
    *remembered : sequence of str
        All attributes that forward sets for the way back; then, if some of them can be wrong while
        the others are right, these alone.
    """
    for name, hint, memory in (
        ("first_for_ever", FIRST_FOR_EVER, FirstForEver),
        ("shared_by_all", SHARED, OnTheClass),
    ):
        for chosen in remembered:
            _require_set(right, chosen)
            suffix = "" if chosen == remembered[0] else "".join(f".{one[1:]}" for one in chosen)
            wrong = type(right.__name__, (memory, right), {"remembered": tuple(chosen)})
            of = f"{right.__name__.lower()}_" if len(task.needs) > 1 else ""
            task.misconceptions.append(
                Misconception(f"{of}{name}{suffix}", hint, {right.__name__: wrong})
            )


def _require_set(right: type, names: Sequence[str]) -> None:
    members = [member for base in right.__mro__ for member in vars(base).values()]
    methods = [inspect.unwrap(member) for member in members if isinstance(member, FunctionType)]
    used = {name for method in methods for name in method.__code__.co_names}
    for name in names:
        if name not in used:
            raise AuthoringError(f"{right.__name__} sets no self.{name}: which does forward set?")


def add_layer_mistakes(
    parts: Parts, gradients: Sequence[str], passed_on: Sequence[str] = ()
) -> None:
    """Add what goes wrong in layers of all kinds: float64, no gradient at all, input passed on.

    Parameters
    ----------
    parts : Parts
        Of the task; all are arrays, which have the type of the input.
    gradients : sequence of str
        Which of them are gradients.
    passed_on : sequence of str
        Which of them have the shape of what goes in, and may be just that by mistake.
    """

    def in_float64(value: Any, *_: Any) -> Any:
        return np.asarray(value).astype(float)

    def no_gradient(value: Any, *_: Any) -> Any:
        return np.zeros_like(value)

    def as_it_came(value: Any, given: Any) -> Any:
        return given

    parts.fault(IN_FLOAT64)(in_float64)
    parts.fault(NO_GRADIENT, over=gradients)(no_gradient)
    if passed_on:
        parts.fault(AS_IT_CAME, over=passed_on)(as_it_came)
