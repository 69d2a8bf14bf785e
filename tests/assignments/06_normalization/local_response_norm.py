"""Answers to local_response_norm: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.losses import numerical_gradient
from solutions.normalization import LocalResponseNorm


class LRN:
    """Makes params and grads, as the course's own layers do."""

    def __init__(self, k=2.0, n=5, alpha=1e-4, beta=0.75):
        self.k, self.n, self.alpha, self.beta = k, n, alpha, beta
        self.params, self.grads = {}, {}


class LRNByLoops(LRN):
    def window_sum(self, x):
        half, C = self.n // 2, x.shape[1]
        total = np.zeros_like(x)
        for c in range(C):
            for j in range(max(0, c - half), min(C, c + half + 1)):
                total[:, c] += x[:, j]
        return total

    def forward(self, x):
        self.x, self.base = x.copy(), self.k + self.alpha * self.window_sum(np.square(x))
        return x / np.power(self.base, self.beta)

    def backward(self, dout):
        dx = dout / self.base**self.beta
        half, C = self.n // 2, dout.shape[1]
        for c in range(C):
            for j in range(max(0, c - half), min(C, c + half + 1)):
                pull = dout[:, j] * self.x[:, j] / self.base[:, j] ** (self.beta + 1)
                dx[:, c] -= 2 * self.alpha * self.beta * self.x[:, c] * pull
        return dx


class LRNByMatrix(LRN):
    """The window as a matrix of ones around the diagonal."""

    def window_sum(self, x):
        C = x.shape[1]
        apart = np.abs(np.subtract.outer(np.arange(C), np.arange(C)))
        return np.einsum("cj,nj...->nc...", (apart <= self.n // 2).astype(x.dtype), x)

    def forward(self, x):
        self.base = self.window_sum(self.alpha * x * x) + self.k
        self.y, self.x = x * self.base ** (-self.beta), x
        return self.y

    def backward(self, dout):
        """In terms of y: the sum of dout · y / base."""
        pulled = self.window_sum(dout * self.y / self.base)
        return dout * self.base ** (-self.beta) - 2 * self.alpha * self.beta * self.x * pulled


class LRNByPadding(LRN):
    def window_sum(self, x):
        half = (self.n - 1) // 2
        around = [(0, 0)] * x.ndim
        around[1] = (half, half)
        padded = np.pad(x, around)
        return sum(padded[:, i : i + x.shape[1]] for i in range(self.n))

    def forward(self, x):
        self.cache = x, self.k + self.alpha * self.window_sum(x**2)
        return x * np.exp(-self.beta * np.log(self.cache[1]))

    def backward(self, dout):
        """Node by node."""
        x, base = self.cache
        factor = base**-self.beta
        dfactor = dout * x
        dbase = dfactor * -self.beta * factor / base
        dsquares = self.window_sum(dbase * self.alpha)
        return dout * factor + dsquares * 2 * x


class LRNMeasured(LocalResponseNorm):
    def backward(self, dout):
        kept = self._x
        dx = numerical_gradient(lambda x: float(np.sum(dout * self.forward(x))), kept)
        self.forward(kept)
        return dx


class LRNByFormulaMeasured(LRNByLoops):
    """Measured, without forward."""

    def backward(self, dout):
        def loss(x):
            base = self.k + self.alpha * self.window_sum(x**2)
            return float(np.sum(dout * x * base**-self.beta))

        return numerical_gradient(loss, self.x)


RIGHT = [
    {"LocalResponseNorm": LRNByLoops},
    {"LocalResponseNorm": LRNByMatrix},
    {"LocalResponseNorm": LRNByPadding},
]

SHORTCUTS = [{"LocalResponseNorm": LRNMeasured}, {"LocalResponseNorm": LRNByFormulaMeasured}]

BASE = "self.k + self.alpha * self.window_sum(x**2)"
Y = "x * self._base**-self.beta"
RANGE = "range(1, self.n // 2 + 1)"
PULLED = "self.window_sum(dout * self._x * self._base ** (-self.beta - 1))"

SLIPS = [
    (RANGE, "range(1, self.n + 1)", "n_on_either_side"),
    (RANGE, "range(1, self.n // 2)", "window_short_on_both_sides"),
    (RANGE, "range(1, x.shape[1])", "window_of_all"),
    ("total = x.copy()", "total = np.zeros_like(x)", "channel_itself_missing"),
    (
        "total[:, :-shift] += x[:, shift:]\n        return total",
        "total[:, :-shift] += x[:, shift:]\n        return total / self.n",
        "mean_over_n",
    ),
    (
        "total[:, shift:] += x[:, :-shift]\n            total[:, :-shift] += x[:, shift:]",
        "total += np.roll(x, shift, 1) + np.roll(x, -shift, 1)",
        "edges_wrapped",
    ),
    (BASE, "self.k + self.alpha / self.n * self.window_sum(x**2)", "alpha_over_n"),
    (BASE, "1 + self.alpha * self.window_sum(x**2)", "k_is_1"),
    (BASE, "self.alpha * (self.k + self.window_sum(x**2))", "alpha_outside"),
    (BASE, "self.k + self.alpha * self.window_sum(x) ** 2", "square_of_the_sum"),
    (Y, "x / self._base", "without_beta.y"),
    (Y, "x * self._base**self.beta", "multiplied_by_the_power.y"),
    (Y, "self._base**-self.beta", "without_x"),
    (PULLED, "0", "straight_only"),
    (PULLED, "dout * self._x * self._base ** (-self.beta - 1)", "own_divisor_only"),
    (
        PULLED,
        "dout * self.window_sum(self._x * self._base ** (-self.beta - 1))",
        "upstream_outside",
    ),
    (PULLED, "self.window_sum(dout * self._x * self._base ** -self.beta)", "power_not_lowered"),
    ("self.beta - 2 *", "self.beta -", "square_not_derived"),
    ("self.beta - 2 *", "self.beta + 2 *", "windows_added"),
    ("return dout * self._base**-self.beta", "return dout", "straight_without_power"),
    ("self._base", "LocalResponseNorm._base", "shared_by_all.base"),
]

EQUIVALENT = {}

NAMES = {
    "without_square": [
        "LocalResponseNorm.forward: self._base = self.k + self.alpha * self.window_sum(x ** 2) → self._base = self.k + self.alpha * self.window_sum(x ** 1)",
        "LocalResponseNorm.forward: self._base = self.k + self.alpha * self.window_sum(x ** 2) → self._base = self.k + self.alpha * self.window_sum(x)",
    ],
    "running_sum": ["LocalResponseNorm.window_sum: total = x.copy() → total = x"],
    "no_window": [
        "LocalResponseNorm.window_sum: for shift in range(1, self.n // 2 + 1): → pass",
        "LocalResponseNorm.window_sum: for shift in range(1, self.n // 2 + 1): → for shift in range(1, 1):",
    ],
    "window_short_on_both_sides": [
        "LocalResponseNorm.window_sum: for shift in range(1, self.n // 2 + 1): → for shift in range(1, self.n // 2):",
        "LocalResponseNorm.window_sum: for shift in range(1, self.n // 2 + 1): → for shift in range(1, self.n // 2 + 0):",
    ],
    "window_of_all": [
        "LocalResponseNorm.window_sum: for shift in range(1, self.n // 2 + 1): → for shift in range(1, self.n * 2 + 1):"
    ],
    "n_on_either_side": [
        "LocalResponseNorm.window_sum: for shift in range(1, self.n // 2 + 1): → for shift in range(1, self.n + 1):",
        "LocalResponseNorm.window_sum: for shift in range(1, self.n // 2 + 1): → for shift in range(1, self.n // 1 + 1):",
    ],
    "without_k": [
        "LocalResponseNorm.forward: self._base = self.k + self.alpha * self.window_sum(x ** 2) → self._base = self.alpha * self.window_sum(x ** 2)"
    ],
    "without_alpha": [
        "LocalResponseNorm.forward: self._base = self.k + self.alpha * self.window_sum(x ** 2) → self._base = self.k + self.window_sum(x ** 2)"
    ],
    "multiplied_by_the_power.y": [
        "LocalResponseNorm.forward: return x * self._base ** (-self.beta) → return x / self._base ** (-self.beta)",
        "LocalResponseNorm.forward: return x * self._base ** (-self.beta) → return x * self._base ** self.beta",
    ],
    "as_it_came.y": ["LocalResponseNorm.forward: return x * self._base ** (-self.beta) → return x"],
    "without_x": [
        "LocalResponseNorm.forward: return x * self._base ** (-self.beta) → return self._base ** (-self.beta)"
    ],
    "one_x_missing": [
        "LocalResponseNorm.backward: pulled = self.window_sum(dout * self._x * self._base ** (-self.beta - 1)) → pulled = self.window_sum(dout * self._base ** (-self.beta - 1))"
    ],
    "power_raised": [
        "LocalResponseNorm.backward: pulled = self.window_sum(dout * self._x * self._base ** (-self.beta - 1)) → pulled = self.window_sum(dout * self._x * self._base ** (-self.beta + 1))"
    ],
    "power_not_lowered": [
        "LocalResponseNorm.backward: pulled = self.window_sum(dout * self._x * self._base ** (-self.beta - 1)) → pulled = self.window_sum(dout * self._x * self._base ** (-self.beta))",
        "LocalResponseNorm.backward: pulled = self.window_sum(dout * self._x * self._base ** (-self.beta - 1)) → pulled = self.window_sum(dout * self._x * self._base ** (-self.beta - 0))",
    ],
    "windows_added": [
        "LocalResponseNorm.backward: return dout * self._base ** (-self.beta) - 2 * self.alpha * self.beta * self._x * pulled → return dout * self._base ** (-self.beta) + 2 * self.alpha * self.beta * self._x * pulled"
    ],
    "straight_only": [
        "LocalResponseNorm.backward: return dout * self._base ** (-self.beta) - 2 * self.alpha * self.beta * self._x * pulled → return dout * self._base ** (-self.beta)"
    ],
    "straight_without_power": [
        "LocalResponseNorm.backward: return dout * self._base ** (-self.beta) - 2 * self.alpha * self.beta * self._x * pulled → return dout - 2 * self.alpha * self.beta * self._x * pulled"
    ],
    "beta_not_derived": [
        "LocalResponseNorm.backward: return dout * self._base ** (-self.beta) - 2 * self.alpha * self.beta * self._x * pulled → return dout * self._base ** (-self.beta) - 2 * self.alpha * self._x * pulled"
    ],
    "alpha_not_derived": [
        "LocalResponseNorm.backward: return dout * self._base ** (-self.beta) - 2 * self.alpha * self.beta * self._x * pulled → return dout * self._base ** (-self.beta) - 2 * self.beta * self._x * pulled"
    ],
    "square_not_derived": [
        "LocalResponseNorm.backward: return dout * self._base ** (-self.beta) - 2 * self.alpha * self.beta * self._x * pulled → return dout * self._base ** (-self.beta) - self.alpha * self.beta * self._x * pulled",
        "LocalResponseNorm.backward: return dout * self._base ** (-self.beta) - 2 * self.alpha * self.beta * self._x * pulled → return dout * self._base ** (-self.beta) - 1 * self.alpha * self.beta * self._x * pulled",
    ],
}
