"""Training with numbers of 16 bits: the gradients are scaled, so that small ones do not vanish."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from solutions.arrays import Array


class LossScale:
    """A factor for the loss that keeps gradients in float16's range, and follows them.

    The gradient of the loss is multiplied by it, so all gradients are, and they are divided by it
    before the step. Where one of them is not finite, the factor was too large: the step is
    left out, and the factor is halved. After ``every`` good steps in a row it is doubled.

    Source: Micikevicius et al. (2018).

    Parameters
    ----------
    scale : float
        The factor at first.
    every : int
        After how many good steps in a row the factor is doubled.

    Attributes
    ----------
    scale : float
    good_steps : int
        How many steps in a row had finite gradients alone, since the last that had not.
    """

    def __init__(self, scale: float = 2.0**15, every: int = 1000) -> None:
        self.scale = scale
        self.every = every
        self.good_steps = 0

    def scaled(self, dout: Array) -> Array:
        """Return the gradient of the loss, float32, multiplied by the factor, as float16."""
        return (dout * self.scale).astype(np.float16)

    def unscaled(self, grads: Mapping[str, Array]) -> dict[str, Array] | None:
        """Return the gradients, float16, as float32 and divided by the factor; then adapt it.

        None, where one of them is infinite or NaN: no step is to be taken.
        """
        smaller = {name: grad.astype(np.float32) / self.scale for name, grad in grads.items()}
        finite = all(bool(np.isfinite(grad).all()) for grad in smaller.values())
        self.adapt(finite)
        return smaller if finite else None

    def adapt(self, finite: bool) -> None:
        """Count a step whose gradients were finite or not, and halve or double the factor."""
        self.good_steps = self.good_steps + 1 if finite else 0
        if self.good_steps % self.every == 0:  # so it is after a step that was left out, too
            self.scale *= 2 if finite else 0.5
