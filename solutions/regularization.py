"""Chapter 7: penalties, limits and noise, so that a network learns the rule, not the examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from solutions.arrays import Array, array_module


def is_weight(name: str, param: Array) -> bool:
    """Return whether a parameter is a weight: of two axes or more, and its name no "b..."."""
    return param.ndim > 1 and not name.rpartition(".")[2].startswith("b")


class L2:
    """Penalty ½ λ Σ w², whose gradient is λ w: weights stay small and spread out.

    Parameters
    ----------
    strength : float
        λ, not negative; the same for all layers.
    applies : function
        ``applies(name, param)`` says whether a parameter is penalized; biases are not by default.
    """

    def __init__(self, strength: float, applies: Callable[[str, Array], bool] = is_weight) -> None:
        if not strength >= 0:
            raise ValueError(f"strength must not be negative, but it is {strength}")
        self.strength, self.applies = strength, applies

    def penalty(self, params: Mapping[str, Array]) -> float:
        """Return what is added to the loss."""
        squares = [float((w**2).sum()) for name, w in params.items() if self.applies(name, w)]
        return 0.5 * self.strength * sum(squares)

    def gradients(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """Return what is added to the gradients, for the penalized parameters only."""
        return {name: self.strength * w for name, w in params.items() if self.applies(name, w)}


class L1:
    """Penalty λ Σ |w|, whose gradient is λ sign(w): many weights end up near 0.

    Parameters
    ----------
    strength : float
        λ, not negative.
    applies : function
        ``applies(name, param)`` says whether a parameter is penalized; biases are not by default.

    References
    ----------
    Tibshirani (1996), Regression shrinkage and selection via the lasso.
    """

    def __init__(self, strength: float, applies: Callable[[str, Array], bool] = is_weight) -> None:
        if not strength >= 0:
            raise ValueError(f"strength must not be negative, but it is {strength}")
        self.strength, self.applies = strength, applies

    def penalty(self, params: Mapping[str, Array]) -> float:
        """Return what is added to the loss."""
        sizes = [float(np.abs(w).sum()) for name, w in params.items() if self.applies(name, w)]
        return self.strength * sum(sizes)

    def gradients(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """Return what is added to the gradients, for the penalized parameters only; 0 at 0."""
        weights = {name: w for name, w in params.items() if self.applies(name, w)}
        return {name: self.strength * np.sign(w) for name, w in weights.items()}


def project_to_ball(W: Array, limit: float) -> None:
    """Shorten, in place, the incoming weights of each unit whose norm is more than the limit.

    Parameters
    ----------
    W : array (D, M) or (FN, C, FH, FW)
        The unit is a column of an affine layer's weights, or a whole filter.
    limit : float
        The largest Euclidean norm, more than 0.

    Raises
    ------
    ValueError
        If W has fewer than two axes, or the limit is not positive.
    """
    if W.ndim < 2:
        raise ValueError(f"W has shape {W.shape}, expected (D, M) or (FN, C, FH, FW)")
    if not limit > 0:
        raise ValueError(f"limit must be more than 0, but it is {limit}")
    incoming = 0 if W.ndim == 2 else tuple(range(1, W.ndim))
    norm = np.sqrt((W**2).sum(axis=incoming, keepdims=True))
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
        if not limit > 0:
            raise ValueError(f"limit must be more than 0, but it is {limit}")
        self.limit, self.applies = limit, applies

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


class Dropout:
    """Inverted dropout: y = x · mask / (1 − p) in training, y = x in test mode.

    Each unit of each sample is kept with probability 1 − p; the division keeps its mean as it is,
    so that nothing is left to do in test mode.

    Parameters
    ----------
    p_drop : float
        p, the probability of being dropped, from 0 up to but not including 1: 0.5 for hidden
        layers and 0.2 for the input are usual.
    rng : Generator
        Draws the masks, on the host; it is left alone in test mode.

    References
    ----------
    Srivastava and others (2014), Dropout: a simple way to prevent neural networks from
    overfitting.
    """

    def __init__(self, p_drop: float, rng: np.random.Generator) -> None:
        if not 0 <= p_drop < 1:
            raise ValueError(f"p_drop must be at least 0 and below 1, but it is {p_drop}")
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.p_drop, self.rng = p_drop, rng
        self.training = True

    def forward(self, x: Array) -> Array:
        """Return y, of the shape of x."""
        if not self.training:
            self._mask = None
            return x
        kept = array_module(x).asarray(self.rng.random(x.shape) >= self.p_drop)
        self._mask = kept.astype(x.dtype) / (1 - self.p_drop)
        return x * self._mask

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x: through the units that were kept, scaled."""
        return dout if self._mask is None else dout * self._mask


class DropoutScaledAtTest:
    """Dropout as first published: y = x · mask in training, y = x · (1 − p) in test mode.

    In test mode it gives the mean of what training gives, as ``Dropout`` does with the factors the
    other way round.

    Parameters
    ----------
    p_drop, rng
        As for ``Dropout``.

    References
    ----------
    Hinton and others (2012), Improving neural networks by preventing co-adaptation of feature
    detectors.
    """

    def __init__(self, p_drop: float, rng: np.random.Generator) -> None:
        if not 0 <= p_drop < 1:
            raise ValueError(f"p_drop must be at least 0 and below 1, but it is {p_drop}")
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.p_drop, self.rng = p_drop, rng
        self.training = True

    def forward(self, x: Array) -> Array:
        """Return y, of the shape of x."""
        self._factor: Array = 1 - self.p_drop
        if self.training:
            kept = array_module(x).asarray(self.rng.random(x.shape) >= self.p_drop)
            self._factor = kept.astype(x.dtype)
        return x * self._factor

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x."""
        return dout * self._factor


class DropConnect:
    """y = x (W · mask / (1 − p)) + b in training, y = x W + b in test mode.

    Single weights fall out, not units. One mask is drawn for the whole mini-batch. (The paper draws
    one per sample, and in test mode samples y from a normal distribution with the mean and variance
    that masks would give.)

    Parameters
    ----------
    W, b : array (D, M), array (M,)
        Weights and biases; ``params`` holds these very arrays.
    p_drop : float
        The probability of a weight being dropped, from 0 up to but not including 1.
    rng : Generator
        Draws the masks, on the host; it is left alone in test mode.

    References
    ----------
    Wan, Zeiler, Zhang, LeCun and Fergus (2013), Regularization of neural networks using
    DropConnect.
    """

    def __init__(self, W: Array, b: Array, p_drop: float, rng: np.random.Generator) -> None:
        if not 0 <= p_drop < 1:
            raise ValueError(f"p_drop must be at least 0 and below 1, but it is {p_drop}")
        self.params: dict[str, Array] = {"W": W, "b": b}
        self.grads: dict[str, Array] = {}
        self.p_drop, self.rng = p_drop, rng
        self.training = True

    def forward(self, x: Array) -> Array:
        """Return y (N, M) for x (N, D), or for x of more axes with D elements per sample."""
        W = self.params["W"]
        self._x_shape, self._x = x.shape, x.reshape(len(x), len(W))
        self._mask = None
        if self.training:
            kept = array_module(W).asarray(self.rng.random(W.shape) >= self.p_drop)
            self._mask = kept.astype(W.dtype) / (1 - self.p_drop)
        return self._x @ self._masked(W) + self.params["b"]

    def backward(self, dout: Array) -> Array:
        """Store the gradients "W" (D, M) and "b" (M,) in ``grads``; return that of x."""
        self.grads["W"] = self._masked(self._x.T @ dout)
        self.grads["b"] = dout.sum(axis=0)
        return (dout @ self._masked(self.params["W"]).T).reshape(self._x_shape)

    def _masked(self, weights: Array) -> Array:
        return weights if self._mask is None else weights * self._mask
