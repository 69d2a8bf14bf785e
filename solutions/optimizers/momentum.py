"""Gradient descent, and two forms of momentum."""

from __future__ import annotations

from collections.abc import Mapping

from solutions.arrays import Array
from solutions.hyperparameters import real
from solutions.optimizer import Optimizer


class SGD(Optimizer):
    """Stochastic gradient descent: x ← x − η g.

    References
    ----------
    Robbins and Monro (1951), A stochastic approximation method.
    """

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place."""
        param -= self.learning_rate * grad


class Momentum(Optimizer):
    """A ball that rolls downhill: v ← α v − η g, then x ← x + v, with v = 0 at first.

    PyTorch keeps −v/η instead, so the two agree only while the learning rate stays the same.

    Parameters
    ----------
    momentum : float
        α, how much of its speed the ball keeps in a step: at least 0, less than 1.

    References
    ----------
    Polyak (1964), Some methods of speeding up the convergence of iteration methods.
    """

    slots, scratch = 1, 1

    def __init__(
        self, params: Mapping[str, Array], learning_rate: float = 0.01, momentum: float = 0.9
    ) -> None:
        super().__init__(params, learning_rate)
        self.momentum = real("momentum", momentum, at_least=0, below=1)
        self.v = self.remember("v")

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place."""
        v = self.v[name]
        v *= self.momentum
        v -= self.learning_rate * grad
        param += v


class Nesterov(Momentum):
    """Momentum with the gradient taken where the ball is about to be: v ← α v − η ∇f(x + α v).

    With x standing for that point ahead, which is where the gradient is computed, it reads:
    v ← α v − η g, then x ← x + α v − η g.

    References
    ----------
    Nesterov (1983), A method of solving a convex programming problem with convergence rate
    O(1/k²); in this form Bengio et al. (2013), Advances in optimizing recurrent networks.
    """

    slots, scratch = 1, 2

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place."""
        v = self.v[name]
        v *= self.momentum
        v -= self.learning_rate * grad
        param += self.momentum * v - self.learning_rate * grad
