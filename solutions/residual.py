"""Chapter 8: a block whose layers learn only what is to be added to their input."""

from __future__ import annotations

from typing import Any

import numpy as np

from solutions.accounting import output_shape
from solutions.arrays import Array
from solutions.network import Network


class ResidualBlock:
    """y = max(F(x) + s(x), 0), where F is the body and s the shortcut.

    The gradient reaches x along the shortcut too, past the body: a way that does not vanish.

    Parameters
    ----------
    body : layer
        F, usually a ``Network``.
    shortcut : layer, optional
        s; x itself if not given. It must return the shape that the body returns.

    Raises
    ------
    ValueError
        In ``forward``, if the shapes of F(x) and s(x) differ.

    References
    ----------
    He, Zhang, Ren and Sun (2016), Deep residual learning for image recognition.
    """

    def __init__(self, body: Any, shortcut: Any | None = None) -> None:
        self.body, self.shortcut = body, shortcut
        parts = {"body": body} if shortcut is None else {"body": body, "shortcut": shortcut}
        self._parts = Network(parts)  # only for what it knows of its layers' names

    @property
    def params(self) -> dict[str, Array]:
        """The arrays of body and shortcut by full name, such as "body.conv1.W"."""
        return self._parts.params

    @property
    def grads(self) -> dict[str, Array]:
        """The gradients of ``params``."""
        return self._parts.grads

    @property
    def buffers(self) -> dict[str, Array]:
        """What is saved but not trained."""
        return self._parts.buffers

    @property
    def training(self) -> bool:
        """Whether the layers behave as in training; set it for all."""
        return self._parts.training

    @training.setter
    def training(self, training: bool) -> None:
        self._parts.training = training

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of y for one sample."""
        return output_shape(self.body, shape)

    def forward(self, x: Array) -> Array:
        """Return y for a batch x."""
        residual = self.body.forward(x)
        carried = x if self.shortcut is None else self.shortcut.forward(x)
        if residual.shape != carried.shape:
            raise ValueError(
                f"the body returns {residual.shape} but the shortcut {carried.shape}: "
                "give a shortcut that changes the shape as the body does"
            )
        total = residual + carried
        self._mask = total > 0
        return np.maximum(total, 0)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x: the sum of both ways."""
        dtotal = dout * self._mask
        dcarried = dtotal if self.shortcut is None else self.shortcut.backward(dtotal)
        return self.body.backward(dtotal) + dcarried
