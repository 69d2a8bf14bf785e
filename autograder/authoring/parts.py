"""A mistake is declared once, and can then be in any part of an answer while the rest is right.

Whoever divides by the batch size may do so in the gradient of the weights alone, in two gradients,
or in all; for class numbers and not for one-hot rows. An author names the parts of an answer, and
the engine makes these mistakes of one::

    parts = Parts(
        task,
        [Affine],
        outputs={
            "x": Part("the gradient of the input", "backward"),
            "W": Part("the gradient of the weights", "backward", stored="grads.W"),
            "b": Part("the gradient of the biases", "backward", stored="grads.b"),
        },
    )


    @parts.fault("You divide {what} by the batch size: the loss has done that already.")
    def divided_by_batch(value, x):
        return value / len(x)

This gives ``divided_by_batch``, ``divided_by_batch.W``, ``divided_by_batch.W.b`` and so on. A wrong
implementation is spread in the same way by ``@parts.mistake``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from autograder.authoring.tasks import AuthoringError, Misconception, Task

Holds = Callable[..., Any]
Change = Callable[..., Any]


@dataclass(frozen=True)
class Part:
    """One of the things that an answer gives.

    Attributes
    ----------
    what : str
        What it is, as the object of a sentence: "the gradient of the weights".
    method : str
        The method that returns it, or after which it is stored; empty if a function returns it.
    at : tuple
        Where it lies in what is returned: keys and indices. Empty if it is all that is returned.
    stored : str
        Where the object stores it, if it does not return it, such as ``grads.W``.
    of : str
        The name that gives it, where the task asks for several.
    """

    what: str
    method: str = ""
    at: tuple[Any, ...] = ()
    stored: str = ""
    of: str = ""

    def found(self, thing: Any, returned: Any) -> Any:
        """Return the part's value, given the object and what its method returned."""
        if not self.stored:
            return _at(returned, self.at)
        attribute, _, key = self.stored.partition(".")
        value = getattr(thing, attribute)
        return value[key] if key else value

    def put(self, thing: Any, returned: Any, value: Any) -> Any:
        """Put another value into its place; return what the method is to return."""
        if not self.stored:
            return _with(returned, self.at, value)
        attribute, _, key = self.stored.partition(".")
        if key:
            getattr(thing, attribute)[key] = value
        else:
            setattr(thing, attribute, value)
        return returned


@dataclass(frozen=True)
class Branch:
    """One of the kinds of input that an answer tells apart.

    Attributes
    ----------
    what : str
        What it is, after "for": "class numbers".
    holds : function
        Called with the inputs (see `Parts.fault`); says whether they are of this kind.
    """

    what: str
    holds: Holds


@dataclass(frozen=True)
class Parts:
    """What the answer to a task consists of, and the right implementation of it.

    Parameters
    ----------
    task : Task
        What gets the mistakes.
    right : sequence of classes and functions
        The reference's. If there are several, each part says ``of`` which it is.
    outputs : mapping
        The parts, by short names.
    branches : mapping, optional
        The kinds of input, by short names.
    """

    task: Task
    right: Sequence[Any]
    outputs: Mapping[str, Part]
    branches: Mapping[str, Branch] = field(default_factory=dict)

    def fault(self, hint: str, over: Iterable[str] = ()) -> Callable[[Change], Change]:
        """Add the decorated change of numbers as mistakes: in each part, in two, in all.

        The function is called with the right value of a part and with the inputs: the arguments of
        the call, or of the last one before it that was given arrays. In ``backward`` that is dout;
        what depends on the input of ``forward`` is a `mistake`.

        Parameters
        ----------
        hint : str
            As of any mistake; ``{what}`` stands for the parts. Without it, a sentence names them.
        over : iterable of str
            The parts that it can be in; all by default.
        """

        def add(change: Change) -> Change:
            self._spread(change.__name__, hint, over, change, None)
            return change

        return add

    def mistake(self, hint: str, over: Iterable[str] = ()) -> Callable[[Any], Any]:
        """Add the decorated wrong implementation as mistakes: in each part, in two, in all.

        It takes the place of ``right``; if there are several of them, it is a class that holds a
        wrong one under the name of each. Where it is wrong in some parts only, the right one and
        the wrong one are run side by side.

        Parameters
        ----------
        hint, over
            As of `fault`.
        """

        def add(wrong: Any) -> Any:
            self._spread(wrong.__name__, hint, over, None, wrong)
            return wrong

        return add

    def _spread(
        self, name: str, hint: str, over: Iterable[str], change: Change | None, wrong: Any
    ) -> None:
        keys = tuple(over) or tuple(self.outputs)
        for chosen in _one_two_and_all(keys):
            for branch in ("", *self.branches):
                suffix = [*(chosen if chosen != keys else ()), *([branch] if branch else [])]
                names = self._wrong_names(chosen, branch, change, wrong)
                full = ".".join([name, *suffix])
                said = self._said(hint, chosen, branch, bool(suffix))
                self.task.misconceptions.append(Misconception(full, said, names))

    def _said(self, hint: str, chosen: Sequence[str], branch: str, is_partial: bool) -> str:
        """Put the parts into a hint."""
        if set(re.findall(r"{(.*?)}", hint)) - {"what"}:
            raise AuthoringError(f"Only {{what}} can stand in braces in a hint: {hint!r}")
        what = _listed([self.outputs[key].what for key in chosen])
        if branch:
            what += f" for {self.branches[branch].what}"
        if "{what}" in hint:
            return hint.format(what=what)
        return f"{hint} This concerns {what}." if is_partial else hint

    def _wrong_names(
        self, chosen: Sequence[str], branch: str, change: Change | None, wrong: Any
    ) -> dict[str, Any]:
        """Return the names that are wrong, with their implementations."""
        holds = self.branches[branch].holds if branch else None
        names = {}
        for right in self.right:
            of = [self.outputs[key] for key in chosen]
            of = [part for part in of if part.of in ("", right.__name__)]
            if of:
                make = wrong_class if isinstance(right, type) else wrong_function
                own = getattr(wrong, right.__name__) if wrong and len(self.right) > 1 else wrong
                names[right.__name__] = make(right, of, holds, change, own)
        return names


def wrong_function(
    right: Any, parts: Sequence[Part], holds: Holds | None, change: Change | None, wrong: Any
) -> Any:
    """Return a function that gives what is wrong for some parts, and what is right for the rest."""

    def function(*args: Any, **kwargs: Any) -> Any:
        if holds is not None and not holds(*args):
            return right(*args, **kwargs)
        other = wrong(*args, **kwargs) if wrong else None
        if wrong and any(not part.at for part in parts):
            return other
        value = right(*args, **kwargs)
        for part in parts:
            new = change(_at(value, part.at), *args) if change else _at(other, part.at)
            value = _with(value, part.at, new)
        return value

    return function


def wrong_class(
    right: Any, parts: Sequence[Part], holds: Holds | None, change: Change | None, wrong: Any
) -> Any:
    """Return a class whose objects give what is wrong for some parts."""

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        right.__init__(self, *args, **kwargs)
        self._inputs_seen = ()
        self._other_side = wrong(*args, **kwargs) if wrong else None

    def method(name: str) -> Any:
        original = getattr(right, name)
        own = [part for part in parts if part.method == name]

        @functools.wraps(original)
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            if any(isinstance(one, np.ndarray) for one in args):
                self._inputs_seen = args
            inputs = self._inputs_seen
            value = original(self, *args, **kwargs)
            side = self._other_side
            other = getattr(side, name)(*args, **kwargs) if side is not None else None
            if holds is None or holds(*inputs):
                for part in own:
                    mine = part.found(self, value)
                    new = change(mine, *inputs) if change else part.found(side, other)
                    value = part.put(self, value, new)
            return value

        return call

    names = [name for name in dir(right) if name[0] != "_" and callable(getattr(right, name))]
    return type(right.__name__, (right,), {"__init__": init, **{n: method(n) for n in names}})


def _one_two_and_all(keys: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield all parts, then each one, then each two."""
    yield keys
    for size in (1, 2):
        if size < len(keys):
            yield from combinations(keys, size)


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _at(value: Any, path: Sequence[Any]) -> Any:
    for key in path:
        value = value[key]
    return value


def _with(value: Any, path: Sequence[Any], new: Any) -> Any:
    """Return a value with something else at a path."""
    if not path:
        return new
    key, *rest = path
    inner = _with(value[key], rest, new)
    if isinstance(value, dict):
        return {**value, key: inner}
    return type(value)(inner if i == key else one for i, one in enumerate(value))
