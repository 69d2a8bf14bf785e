"""Normalization across neighbouring channels, as in AlexNet."""

from __future__ import annotations

from solutions.arrays import Array
from solutions.hyperparameters import real, whole
from solutions.layer import Memory, guard, nbytes
from solutions.norm_layer import Norm, in_float32


class LocalResponseNorm(Norm):
    """y_c = x_c / (k + α Σ_j x_j²)^β over the n channels j around c, at each pixel.

    At the edges the window holds fewer channels. α multiplies the sum, as in AlexNet's paper;
    PyTorch's multiplies the mean over n, so that its α is n times this one.

    Parameters
    ----------
    k, n, alpha, beta : float, int, float, float
        AlexNet's constants by default; k is more than 0, α at least 0, and n odd, so that the
        window has a middle.

    References
    ----------
    Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep convolutional
    neural networks, section 3.3.
    """

    def __init__(self, k: float = 2.0, n: int = 5, alpha: float = 1e-4, beta: float = 0.75) -> None:
        super().__init__()
        self.k, self.n = real("k", k, above=0), whole("n", n, at_least=1)
        self.alpha, self.beta = real("alpha", alpha, at_least=0), real("beta", beta)
        if n % 2 == 0:
            raise ValueError(f"n must be odd, but it is {n}")

    def window_sum(self, x: Array) -> Array:
        """Return, for each channel of x (N, C, ...), the sum over the n channels around it.

        At the edges it is the sum over those of them that there are; x stays as it is.
        """
        total = x.copy()
        for shift in range(1, self.n // 2 + 1):
            total[:, shift:] += x[:, :-shift]
            total[:, :-shift] += x[:, shift:]
        return total

    def forward(self, x: Array) -> Array:
        """Return y for x (N, C) or (N, C, H, W), of the same shape."""
        self._x = x
        self._base = self.k + self.alpha * self.window_sum(x**2)
        return x * self._base**-self.beta

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x, of the shape of dout."""
        pulled = self.window_sum(dout * self._x * self._base ** (-self.beta - 1))
        return dout * self._base**-self.beta - 2 * self.alpha * self.beta * self._x * pulled

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape as it is, if it has channels."""
        if not shape:
            raise ValueError("x must be (N, C, ...), but a sample is ()")
        return shape

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: its input, and what it is divided by."""
        x = nbytes(shape, n, itemsize)
        return Memory(keeps_input=True, kept=x, backward=2 * x)


in_float32(LocalResponseNorm)
guard(LocalResponseNorm)
