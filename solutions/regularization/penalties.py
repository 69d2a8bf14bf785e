"""Penalties on weights, and a limit to their size."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from solutions.arrays import Array, at_least_float32
from solutions.hyperparameters import real
from solutions.penalty import Penalty, is_weight


class L2(Penalty):
    """Penalty ½ λ Σ w², over all weights: they stay small and spread out.

    Its arguments are those of ``Penalty``.
    """

    def penalty(self, params: Mapping[str, Array]) -> Array:
        """Return what is added to the loss, a number; on a GPU it stays there, as an array of one.

        It has the dtype of the weights, or float32 for float16.
        """
        total = 0.0
        for w in self.weights(params).values():
            total += np.square(w, dtype=at_least_float32(w.dtype)).sum()
        return 0.5 * self.strength * total

    def gradients(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """Return what is added to the gradients, for the penalized parameters only."""
        return {name: self.strength * w for name, w in self.weights(params).items()}


class L1(Penalty):
    """Penalty λ Σ |w|, over all weights: many of them end up near 0.

    Its arguments are those of ``Penalty``.

    References
    ----------
    Tibshirani (1996), Regression shrinkage and selection via the lasso.
    """

    def penalty(self, params: Mapping[str, Array]) -> Array:
        """Return what is added to the loss, as ``L2`` does."""
        total = 0.0
        for w in self.weights(params).values():
            total += np.abs(w, dtype=at_least_float32(w.dtype)).sum()
        return self.strength * total

    def gradients(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """Return what is added to the gradients, for the penalized parameters only; 0 at 0."""
        return {name: self.strength * np.sign(w) for name, w in self.weights(params).items()}


def soft_threshold(w: Array, amount: float) -> Array:
    """Return every number moved towards 0 by an amount; those that would pass 0 become 0.

    Behind a step of gradient descent at a rate η, with the amount η λ, this is L1 without a
    gradient: weights end up at exactly 0.

    Parameters
    ----------
    w : array of any shape
    amount : float
        At least 0.

    References
    ----------
    Duchi and Singer (2009), Efficient online and batch learning using forward backward splitting.
    """
    amount = real("amount", amount, at_least=0)
    return np.sign(w) * np.maximum(np.abs(w) - amount, 0)


def project_to_ball(W: Array, limit: float) -> None:
    """Shorten, in place, the incoming weights of each unit whose norm is more than the limit.

    Parameters
    ----------
    W : array (D, M) or (FN, C, FH, FW), of floats
        The unit is a column of an affine layer's weights, or a whole filter.
    limit : float
        The largest Euclidean norm, more than 0.

    Raises
    ------
    ValueError
        If W has fewer than two axes or holds no floats, or the limit is not positive.
    """
    if W.ndim < 2 or W.dtype.kind != "f":
        raise ValueError(
            f"W must be (D, M) or (FN, C, FH, FW), of floats, but it is {W.shape} of {W.dtype}"
        )
    limit = real("limit", limit, above=0)
    incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim))
    norm = np.sqrt(np.square(W, dtype=at_least_float32(W.dtype)).sum(axis=incoming, keepdims=True))
    W *= limit / np.maximum(norm, limit)  # exactly 1 where the norm is within the limit


class MaxNorm:
    """No penalty, but after each update every unit's incoming weights are held to ‖w‖ ≤ limit.

    Parameters
    ----------
    limit : float
        More than 0; 3 or 4 are usual.
    applies : function
        ``applies(name, param)`` says whether a parameter is held; biases are not by default.

    References
    ----------
    Srivastava and others (2014), Dropout: a simple way to prevent neural networks from
    overfitting, section 5.1.
    """

    def __init__(self, limit: float, applies: Callable[[str, Array], bool] = is_weight) -> None:
        self.limit, self.applies = real("limit", limit, above=0), applies

    def penalty(self, params: Mapping[str, Array]) -> float:
        """Return 0: the loss stays as it is."""
        return 0.0

    def gradients(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """Return nothing to add to the gradients."""
        return {}

    def project(self, params: Mapping[str, Array]) -> None:
        """Shorten the weights that are too long, in place."""
        for name, W in params.items():
            if self.applies(name, W):
                project_to_ball(W, self.limit)
