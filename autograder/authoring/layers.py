"""Checks of what a layer remembers: the same for every layer, loss and network of the course.

What a layer keeps of an earlier call, or shares with another layer, goes unnoticed by a check that
makes a new object and sends one batch through it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograder.authoring.tasks import Task

OWN_MEMORY = "each layer remembers its own last forward, and backward can be called twice"
NEXT_SIZE = "a second batch, of another size, leaves nothing of the first"


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
