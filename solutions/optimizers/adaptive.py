"""Optimizers that scale each parameter's step: AdaGrad, RMSProp, Adam and AdamW."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from solutions.arrays import Array
from solutions.hyperparameters import real
from solutions.optimizer import Optimizer


class AdaGrad(Optimizer):
    """Steps that shrink where gradients have been large: h ← h + g², x ← x − η g / (√h + ε).

    References
    ----------
    Duchi, Hazan and Singer (2011), Adaptive subgradient methods for online learning.
    """

    slots, scratch = 1, 3

    def __init__(
        self, params: Mapping[str, Array], learning_rate: float = 0.01, eps: float = 1e-8
    ) -> None:
        super().__init__(params, learning_rate)
        self.eps = real("eps", eps, above=0)
        self.h = self.remember("h")

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place."""
        h = self.h[name]
        h += grad**2
        param -= self.learning_rate * grad / (np.sqrt(h) + self.eps)


class RMSProp(Optimizer):
    """AdaGrad that forgets: h ← ρ h + (1 − ρ) g², then x ← x − η g / (√h + ε).

    Parameters
    ----------
    decay : float
        ρ, how much of the past is kept in a step: at least 0, less than 1.

    References
    ----------
    Tieleman and Hinton (2012), Neural networks for machine learning, lecture 6e.
    """

    slots, scratch = 1, 3

    def __init__(
        self,
        params: Mapping[str, Array],
        learning_rate: float = 0.01,
        decay: float = 0.9,
        eps: float = 1e-8,
    ) -> None:
        super().__init__(params, learning_rate)
        self.decay = real("decay", decay, at_least=0, below=1)
        self.eps = real("eps", eps, above=0)
        self.h = self.remember("h")

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place."""
        h = self.h[name]
        h *= self.decay
        h += (1 - self.decay) * grad**2
        param -= self.learning_rate * grad / (np.sqrt(h) + self.eps)


class Adam(Optimizer):
    """Momentum over RMSProp, both freed of their start from zero.

    m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g²; in step t, counted from 1,
    m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ), and x ← x − η m̂ / (√v̂ + ε).

    Parameters
    ----------
    beta1, beta2 : float
        How much of the mean and of the mean square is kept in a step: at least 0, less than 1.

    References
    ----------
    Kingma and Ba (2015), Adam: a method for stochastic optimization.
    """

    slots, scratch = 2, 5

    def __init__(
        self,
        params: Mapping[str, Array],
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
    ) -> None:
        super().__init__(params, learning_rate)
        self.beta1 = real("beta1", beta1, at_least=0, below=1)
        self.beta2 = real("beta2", beta2, at_least=0, below=1)
        self.eps = real("eps", eps, above=0)
        self.m, self.v = self.remember("m"), self.remember("v")

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place."""
        m, v = self.m[name], self.v[name]
        m *= self.beta1
        m += (1 - self.beta1) * grad
        v *= self.beta2
        v += (1 - self.beta2) * grad**2
        m_hat = m / (1 - self.beta1**self.steps)
        v_hat = v / (1 - self.beta2**self.steps)
        param -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps)


class AdamW(Adam):
    """Adam with decoupled weight decay: x ← x − η λ x before each of Adam's steps.

    An L2 penalty would pass through Adam's scaling, and shrink least what has large gradients;
    here every parameter of the optimizer shrinks by the same share. λ is ``weight_decay``.

    References
    ----------
    Loshchilov and Hutter (2019), Decoupled weight decay regularization.
    """

    def __init__(
        self,
        params: Mapping[str, Array],
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(params, learning_rate, beta1, beta2, eps)
        self.weight_decay = real("weight_decay", weight_decay, at_least=0)

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place."""
        param *= 1 - self.learning_rate * self.weight_decay
        super().update(name, param, grad)
