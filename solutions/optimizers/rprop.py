"""Rprop, which looks at the sign of the gradient only."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from solutions.arrays import Array
from solutions.hyperparameters import real
from solutions.optimizer import Optimizer


class Rprop(Optimizer):
    """Steps of their own for every single weight, by the gradient's sign alone; for full batches.

    Where the sign is that of the step before, the weight's step grows by η⁺; where it has turned,
    a minimum was passed: the step shrinks by η⁻, and the weight rests once. This is iRprop−.

    Parameters
    ----------
    learning_rate : float
        Every weight's first step; setting it later has no effect.
    shrink, grow : float
        η⁻, more than 0 and less than 1, and η⁺, more than 1.
    smallest, largest : float
        Limits of a weight's step.

    References
    ----------
    Riedmiller and Braun (1993), A direct adaptive method for faster backpropagation learning;
    Igel and Hüsken (2000), Improving the Rprop learning algorithm.
    """

    slots, scratch = 2, 5

    def __init__(
        self,
        params: Mapping[str, Array],
        learning_rate: float = 0.01,
        shrink: float = 0.5,
        grow: float = 1.2,
        smallest: float = 1e-6,
        largest: float = 50.0,
    ) -> None:
        super().__init__(params, learning_rate)
        self.shrink = real("shrink", shrink, above=0, below=1)
        self.grow = real("grow", grow, above=1)
        self.smallest = real("smallest", smallest, above=0)
        self.largest = real("largest", largest, at_least=self.smallest)
        self.signs, self.sizes = self.remember("sign"), self.remember("size")
        for size in self.sizes.values():
            size += self.learning_rate

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place."""
        sign, size = np.sign(grad), self.sizes[name]
        agreement = sign * self.signs[name]  # 1, −1, or 0 where one of them is 0
        changed = np.where(agreement < 0, self.shrink * size, size)
        changed = np.where(agreement > 0, self.grow * size, changed)
        size[...] = np.clip(changed, self.smallest, self.largest)
        self.signs[name][...] = sign * (agreement >= 0)
        param -= self.signs[name] * size
