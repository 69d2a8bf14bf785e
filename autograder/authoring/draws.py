"""The random inputs of a check: drawn, recorded, and replayed.

NumPy does not promise the same random numbers in every version, so the inputs that travel with a
release are the numbers themselves, not a seed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.inside.wire import Seed


class Draws:
    """What a check uses as ``rng``: a ``numpy.random.Generator`` with a memory.

    All methods of a Generator that return what they draw can be called, such as ``normal``,
    ``integers``, ``permutation`` and ``choice``.

    Parameters
    ----------
    seed : int or sequence of int, optional
        For drawing fresh numbers.
    recorded : sequence, optional
        For replaying: what was drawn before, in order.

    Attributes
    ----------
    record : list
        Everything drawn so far.
    """

    def __init__(
        self, seed: int | Sequence[int] | None = None, recorded: Sequence[Any] | None = None
    ) -> None:
        self.record: list[Any] = []
        self._replay = None if recorded is None else iter(recorded)
        # To replay, it is enough to know which methods there are.
        self._source = np.random.default_rng(seed) if recorded is None else np.random.Generator

    def generator(self) -> Seed:
        """Return a random generator for the implementation's own use."""
        return Seed(int(self.integers(1 << 32)))

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method.startswith("_"):
            raise AttributeError(method)
        function = getattr(self._source, method)

        def draw(*args: Any, **kwargs: Any) -> Any:
            replay = self._replay
            value = function(*args, **kwargs) if replay is None else next(replay)
            self.record.append(value)
            return copy.copy(value)

        return draw
