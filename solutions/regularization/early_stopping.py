"""Early stopping, the regularizer that costs nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from solutions.arrays import Array
from solutions.hyperparameters import real, whole
from solutions.optimizers import Network, check_state, host_copies


class EarlyStopping:
    """Stops when the validation loss has not improved for some epochs, and keeps the best state.

    Parameters
    ----------
    patience : int
        How many epochs in a row without an improvement end the training, the last of them at
        once: 1 stops at the first one. ``Plateau`` counts in the same way.
    min_delta : float
        A loss has to be lower than the best so far by more than this to be an improvement.

    Attributes
    ----------
    best_loss : float
    best_epoch : int
        Where it was; 0 before the first improvement.
    waited : int
        Epochs since then.

    References
    ----------
    Prechelt (1998), Early stopping — but when?
    """

    def __init__(self, patience: int, min_delta: float = 0.0) -> None:
        self.patience = whole("patience", patience, at_least=1)
        self.min_delta = real("min_delta", min_delta, at_least=0)
        self.best_loss, self.best_epoch, self.waited = math.inf, 0, 0
        self._best: dict[str, Array] = {}

    def end_epoch(self, epoch: int, validation_loss: float, network: Network) -> bool:
        """Take note of an epoch's validation loss, and return whether to stop.

        What is kept of the best epoch is a copy of ``network.state()`` in the host's memory.
        """
        if validation_loss < self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch, self.waited = float(validation_loss), epoch, 0
            self._best = host_copies(network.state())
        else:  # which is also where NaN goes
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, network: Network) -> None:
        """Put the network back into its best state; ValueError if there is none yet."""
        if not self._best:
            raise ValueError("there is no best state yet: no validation loss was finite")
        network.load_state(self._best)

    def state(self) -> dict[str, Array]:
        """Return copies of all that this object remembers, for a checkpoint."""
        best = {f"best.{name}": array for name, array in self._best.items()}
        return host_copies(self._numbers() | best)

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Go on from what ``state`` returned; ValueError, and no change, if it is another's."""
        best = {name: array for name, array in state.items() if name.startswith("best.")}
        numbers = check_state(
            {name: array for name, array in state.items() if name not in best}, self._numbers()
        )
        self._best = {name.removeprefix("best."): a for name, a in host_copies(best).items()}
        self.best_loss = numbers["best_loss"].item()
        self.best_epoch, self.waited = numbers["best_epoch"].item(), numbers["waited"].item()

    def _numbers(self) -> dict[str, Array]:
        numbers = {
            "best_loss": self.best_loss,
            "best_epoch": self.best_epoch,
            "waited": self.waited,
        }
        return {name: np.array(number) for name, number in numbers.items()}
