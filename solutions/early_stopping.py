"""Chapter 7: early stopping, the regularizer that costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from solutions.arrays import Array


class EarlyStopping:
    """Stops when the validation loss has not improved for some epochs, and keeps the best state.

    Parameters
    ----------
    patience : int
        How many epochs in a row may pass without an improvement; at least 1.
    min_delta : float
        A loss has to be lower than the best by more than this to count; not negative.

    Attributes
    ----------
    best_loss : float
    best_epoch : int
        Where it was; 0 before the first update.
    waited : int
        Epochs since then.

    References
    ----------
    Prechelt (1998), Early stopping — but when?
    """

    def __init__(self, patience: int, min_delta: float = 0.0) -> None:
        if patience < 1:
            raise ValueError(f"patience must be at least 1, but it is {patience}")
        if not min_delta >= 0:
            raise ValueError(f"min_delta must not be negative, but it is {min_delta}")
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_epoch, self.waited = float("inf"), 0, 0
        self._best: dict[str, Array] = {}

    def update(self, epoch: int, validation_loss: float, network: Any) -> bool:
        """Take note of an epoch's validation loss, and return whether to stop.

        ``network.state()`` gives the arrays to keep, running averages included.
        """
        if validation_loss < self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch, self.waited = validation_loss, epoch, 0
            self._best = {name: array.copy() for name, array in network.state().items()}
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, network: Any) -> None:
        """Put the network back into its best state; ValueError if there was no update yet."""
        if not self._best:
            raise ValueError("there is no best state yet: no validation loss was finite")
        network.load_state(self._best)

    def state(self) -> dict[str, Array]:
        """Return all that this object remembers, as arrays by name, for a checkpoint."""
        best = {f"best.{name}": array for name, array in self._best.items()}
        numbers = np.array([self.best_loss, self.best_epoch, self.waited], dtype=np.float64)
        return {"numbers": numbers, **best}

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Go on from what ``state`` returned."""
        self.best_loss, epoch, waited = (float(number) for number in state["numbers"])
        self.best_epoch, self.waited = int(epoch), int(waited)
        self._best = {
            name.removeprefix("best."): array.copy()
            for name, array in state.items()
            if name.startswith("best.")
        }
