"""Chapter 4: optimizers, the rules by which parameters follow their gradients.

Every optimizer is made with the parameters, a dictionary of arrays, and a learning rate; each
``step(grads)`` changes these arrays in place. An optimizer is one rule for one array, ``update``;
what it must remember from step to step it keeps per parameter, and ``state`` saves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from solutions.arrays import Array, array_module


class Optimizer:
    """What all optimizers share. A rule of its own overrides ``update``.

    Parameters
    ----------
    params : mapping
        Floating-point arrays by name; ``step`` changes these very arrays.
    learning_rate : float
        η, the size of a step; it may be set anew at any time, as a schedule does.

    Raises
    ------
    ValueError
        If the learning rate is negative, or a parameter is not of a floating-point type.
    """

    def __init__(self, params: Mapping[str, Array], learning_rate: float = 0.01) -> None:
        if not learning_rate >= 0:
            raise ValueError(f"learning_rate must be at least 0, but it is {learning_rate}")
        for name, param in params.items():
            if param.dtype.kind != "f":
                raise ValueError(f"params[{name!r}] must be of a float type, not {param.dtype}")
        self.params = dict(params)
        self.learning_rate = learning_rate
        self.steps = 0
        self.memory: dict[str, dict[str, Array]] = {}

    def remember(self, kind: str) -> dict[str, Array]:
        """Return an array of zeros for each parameter, which ``state`` saves as "kind.name".

        They are of float32 at least: in float16 the squares of small gradients would vanish.
        """
        self.memory[kind] = {
            name: np.zeros_like(param, dtype=np.promote_types(param.dtype, np.float32))
            for name, param in self.params.items()
        }
        return self.memory[kind]

    def step(self, grads: Mapping[str, Array]) -> None:
        """Change every parameter in place, given the gradients, which stay as they are.

        Raises
        ------
        ValueError
            If a gradient is missing, one too many, or not of the shape of its parameter.
        """
        for name in sorted(grads.keys() ^ self.params.keys()):
            problem = "is missing" if name in self.params else "belongs to no parameter"
            raise ValueError(f"grads[{name!r}] {problem}")
        for name, param in self.params.items():
            shape = grads[name].shape
            if shape != param.shape:
                raise ValueError(f"grads[{name!r}] has shape {shape}, its parameter {param.shape}")
        self.steps += 1
        for name, param in self.params.items():
            self.update(name, param, grads[name])

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place, given its gradient, of the same shape."""
        raise NotImplementedError(f"{type(self).__name__} has no rule of its own")

    def state(self) -> dict[str, Array]:
        """Return a copy of all that the next step depends on, other than params and gradients."""
        numbers = {"steps": self.steps, "learning_rate": self.learning_rate}
        state: dict[str, Array] = {name: np.array(number) for name, number in numbers.items()}
        for kind, arrays in self.memory.items():
            state |= {f"{kind}.{name}": array.copy() for name, array in arrays.items()}
        return state

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Go on from where ``state`` was taken; the parameters themselves are loaded elsewhere.

        Raises
        ------
        ValueError
            If the state is that of another kind of optimizer, or of other parameters.
        """
        own = self.state()
        wrong = own.keys() ^ state.keys() or {k for k in own if state[k].shape != own[k].shape}
        if wrong:
            raise ValueError(f"state does not fit {type(self).__name__}: see {min(wrong)!r}")
        for kind, arrays in self.memory.items():
            for name, memory in arrays.items():
                memory[...] = array_module(memory).asarray(state[f"{kind}.{name}"])
        self.steps, self.learning_rate = int(state["steps"]), float(state["learning_rate"])


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

    def __init__(
        self, params: Mapping[str, Array], learning_rate: float = 0.01, momentum: float = 0.9
    ) -> None:
        super().__init__(params, learning_rate)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum must be at least 0 and less than 1, but it is {momentum}")
        self.momentum = momentum
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

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place."""
        v = self.v[name]
        v *= self.momentum
        v -= self.learning_rate * grad
        param += self.momentum * v - self.learning_rate * grad


class AdaGrad(Optimizer):
    """Steps that shrink where gradients have been large: h ← h + g², x ← x − η g / (√h + ε).

    References
    ----------
    Duchi, Hazan and Singer (2011), Adaptive subgradient methods for online learning.
    """

    def __init__(
        self, params: Mapping[str, Array], learning_rate: float = 0.01, epsilon: float = 1e-8
    ) -> None:
        super().__init__(params, learning_rate)
        self.epsilon = epsilon
        self.h = self.remember("h")

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place."""
        h = self.h[name]
        grad = grad.astype(h.dtype, copy=False)
        h += grad**2
        param -= self.learning_rate * grad / (np.sqrt(h) + self.epsilon)


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

    def __init__(
        self,
        params: Mapping[str, Array],
        learning_rate: float = 0.01,
        decay: float = 0.9,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(params, learning_rate)
        if not 0 <= decay < 1:
            raise ValueError(f"decay must be at least 0 and less than 1, but it is {decay}")
        self.decay, self.epsilon = decay, epsilon
        self.h = self.remember("h")

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place."""
        h = self.h[name]
        grad = grad.astype(h.dtype, copy=False)
        h *= self.decay
        h += (1 - self.decay) * grad**2
        param -= self.learning_rate * grad / (np.sqrt(h) + self.epsilon)


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

    def __init__(
        self,
        params: Mapping[str, Array],
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(params, learning_rate)
        if not (0 <= beta1 < 1 and 0 <= beta2 < 1):
            raise ValueError(f"betas must be in [0, 1), but they are {beta1} and {beta2}")
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.m, self.v = self.remember("m"), self.remember("v")

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place."""
        m, v = self.m[name], self.v[name]
        grad = grad.astype(m.dtype, copy=False)
        m += (1 - self.beta1) * (grad - m)  # the same as β₁ m + (1 − β₁) g, in one pass less
        v += (1 - self.beta2) * (grad**2 - v)
        root = math.sqrt(1 - self.beta2**self.steps)  # m̂ and v̂, with the numbers taken together
        rate = self.learning_rate * root / (1 - self.beta1**self.steps)
        param -= rate * m / (np.sqrt(v) + root * self.epsilon)


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
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(params, learning_rate, beta1, beta2, epsilon)
        if not weight_decay >= 0:
            raise ValueError(f"weight_decay must be at least 0, but it is {weight_decay}")
        self.weight_decay = weight_decay

    def update(self, name: str, param: Array, grad: Array) -> None:
        """Change one parameter in place."""
        param *= 1 - self.learning_rate * self.weight_decay
        super().update(name, param, grad)
