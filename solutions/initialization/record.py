"""What a run leaves behind for those who ask afterwards what went wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from solutions.arrays import Array, read_numbers
from solutions.backpropagation import joint_norm
from solutions.hyperparameters import whole


def update_ratio(before: Array, after: Array) -> float:
    """Return how large a step is beside the weights: ‖after − before‖ / ‖before‖.

    Weights that are all 0 have no size to compare with: 0 if they have stayed so, else infinity.

    Parameters
    ----------
    before, after : arrays of the same shape
        The weights before the step, and after it.
    """
    size, change = (float(joint_norm({"": array})) for array in (before, after - before))
    if size == 0:
        return 0.0 if change == 0 else math.inf
    return change / size


class Record:
    """Takes notes of a run: ``Trainer(..., recorder=record)``; the doctor reads them (`examine`).

    Parameters
    ----------
    every : int
        Norms and ratios are taken in every so many steps, beginning with the first one. They cost
        a copy of the weights, and on a GPU a wait for each.

    Attributes
    ----------
    step_loss : list of float
        The loss of each step's batch, before the step and without penalties. Where training
        diverged, the last one may be infinite or not a number.
    gradient_norms : dict of lists of float
        The Euclidean norm of the gradient, penalties included, before it is clipped, for each
        parameter by its full name: one number for each recorded step.
    update_ratios : dict of lists of float
        ``update_ratio`` of each array of two axes or more: weights, and no biases, which start
        at 0. A step that was not made, because training diverged, has none.
    """

    def __init__(self, every: int = 1) -> None:
        self.every = whole("every", every, at_least=1)
        self.step_loss: list[float] = []
        self.gradient_norms: dict[str, list[float]] = {}
        self.update_ratios: dict[str, list[float]] = {}
        self._before: dict[str, Array] = {}

    def before_step(
        self, loss: Array, params: Mapping[str, Array], grads: Mapping[str, Array]
    ) -> None:
        """Write down the loss and the norms of the gradients, and keep the weights for a moment."""
        self._before = {}
        if len(self.step_loss) % self.every:
            self.step_loss += read_numbers([loss])
            return
        with np.errstate(over="ignore", invalid="ignore"):
            norms = [joint_norm({name: grad}) for name, grad in grads.items()]
        loss, *numbers = read_numbers([loss, *norms])
        self.step_loss.append(loss)
        for name, number in zip(grads, numbers, strict=True):
            self.gradient_norms.setdefault(name, []).append(number)
        self._before = {name: param.copy() for name, param in params.items() if param.ndim > 1}

    def after_step(self, params: Mapping[str, Array]) -> None:
        """Write down how far the weights have moved."""
        for name, before in self._before.items():
            with np.errstate(over="ignore"):
                ratio = update_ratio(before, params[name])
            self.update_ratios.setdefault(name, []).append(ratio)
