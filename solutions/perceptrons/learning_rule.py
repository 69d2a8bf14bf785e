"""A perceptron that learns from its mistakes."""

from __future__ import annotations

from solutions.arrays import Array, as_float
from solutions.perceptrons.gates import perceptron


class Perceptron:
    """A perceptron that learns from its mistakes.

    It starts from the weights w (D,) and the bias b. Its own ``w`` and ``b`` are what has been
    learned so far; the array that was given stays as it is.

    References
    ----------
    Novikoff (1962), On convergence proofs on perceptrons: if a line separates the two classes,
    the number of mistakes is finite.
    """

    def __init__(self, w: Array, b: float = 0.0) -> None:
        self.w = w
        self.b = b

    def predict(self, x: Array) -> Array:
        """Return 0 or 1 for one input (D,), or an int array (N,) for a batch (N, D)."""
        return perceptron(x, self.w, self.b)

    def fit(self, x: Array, targets: Array, epochs: int, learning_rate: float = 1.0) -> list[int]:
        """Go through the samples x (N, D) in order, and correct w and b at each mistake.

        The targets (N,) are 0 or 1. In each epoch each sample has its turn. Returned is how many
        were wrong at the moment of their turn, one number for each epoch.
        """
        mistakes = []
        for _ in range(epochs):
            wrong = 0
            for row, target in zip(as_float(x), targets, strict=True):
                error = int(target) - int(self.predict(row))  # -1, 0 or 1
                self.w = self.w + learning_rate * error * row
                self.b = self.b + learning_rate * error
                wrong += abs(error)
            mistakes.append(wrong)
        return mistakes
