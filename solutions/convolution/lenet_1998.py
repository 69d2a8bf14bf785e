"""LeNet-5 as its paper has it, with the layers that only it has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from solutions.arrays import Array, array_module, as_wide_float
from solutions.backpropagation import Affine
from solutions.convolution.conv2d import (
    Conv2D,
    convolution_memory,
    convolved_shape,
    filter_windows,
)
from solutions.convolution.pooling import AveragePool2D, Flatten
from solutions.layer import EVERYTHING, Elementwise, Layer, Memory, expect_arrays, guard, nbytes
from solutions.optimizers import Network


class ScaledTanh(Elementwise):
    """y = 1.7159 tanh(2x / 3), so that f(1) ≈ 1 and f(−1) ≈ −1, where it bends most.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner (1998), Gradient-based learning applied to document
    recognition, appendix A.
    """

    def forward(self, x: Array) -> Array:
        """Return y, of the shape of x."""
        self._tanh = np.tanh(x * (2 / 3))
        return 1.7159 * self._tanh

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x, of the shape of dout."""
        return dout * (1.7159 * 2 / 3) * (1 - self._tanh**2)

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: the tanh, before it is scaled."""
        x = nbytes(shape, n, itemsize)
        return Memory(kept=x, forward=x, backward=2 * x)


class Subsampling(Layer):
    """y[n, c] = gain[c] · (sum of a window of 2 × 2) + b[c]: pooling that is trained.

    Parameters
    ----------
    gain, b : array (C,)

    References
    ----------
    LeCun, Bottou, Bengio and Haffner (1998), layers S2 and S4.
    """

    def __init__(self, gain: Array, b: Array) -> None:
        expect_arrays("Subsampling(np.ones(6), np.zeros(6))", gain=(gain, "C"), b=(b, "C"))
        super().__init__(gain=gain, b=b)
        self._pool = AveragePool2D(2)

    def forward(self, x: Array) -> Array:
        """Return y (N, C, H // 2, W // 2) for x (N, C, H, W)."""
        self._sums = 4 * self._pool.forward(as_wide_float(x))
        y = self.params["gain"][:, None, None] * self._sums + self.params["b"][:, None, None]
        return y.astype(x.dtype, copy=False)

    def backward(self, dout: Array) -> Array:
        """Store the gradients "gain" and "b"; return that of x."""
        gain = self.params["gain"]
        if not self.frozen:
            dgain = (dout * self._sums).sum(axis=(0, 2, 3))
            self.grads["gain"] = dgain.astype(gain.dtype, copy=False)
            self.grads["b"] = dout.sum(axis=(0, 2, 3))
        if not self.needs_input_gradient:
            return None
        return self._pool.backward(4 * gain[:, None, None] * dout)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C, H // 2, W // 2) for one image (C, H, W)."""
        C = len(self.params["b"])
        if len(shape) != 3 or shape[0] != C:
            raise ValueError(f"x must be (N, {C}, H, W), but a sample is {shape}")
        return self._pool.output_shape(shape)

    def windows(self) -> list[tuple[float, int]]:
        """Return its one window."""
        return self._pool.windows()

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: the sums of its windows."""
        y = nbytes(self.output_shape(shape), n, itemsize)
        return Memory(kept=y, forward=y, backward=2 * y)


class TableConv2D(Layer):
    """A convolution in which each filter looks at some of the channels only, as a table says.

    Parameters
    ----------
    W : array (K, FH, FW)
        One kernel per connection, filter by filter, in the order of the table.
    b : array (FN,)
    table : sequence of sequences of int
        The channels that each of the FN filters looks at.

    Raises
    ------
    ValueError
        If the number of kernels or biases is not that of the table.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner (1998), layer C3.
    """

    def __init__(self, W: Array, b: Array, table: Sequence[Sequence[int]]) -> None:
        example = "TableConv2D(np.zeros((3, 5, 5)), np.zeros(2), [(0, 1), (1,)])"
        connections = sum(len(channels) for channels in table)
        expect_arrays(example, W=(W, connections, "FH", "FW"), b=(b, len(table)))
        super().__init__(W=W, b=b)
        self._filters = [f for f, channels in enumerate(table) for _ in channels]
        self._channels = [c for channels in table for c in channels]

    def forward(self, x: Array) -> Array:
        """Return y (N, FN, OH, OW) for x (N, C, H, W)."""
        W = self.params["W"]
        filters = array_module(W).zeros(self._filters_shape(), W.dtype)  # 0 where nothing is seen
        filters[self._filters, self._channels] = W
        self._conv = Conv2D(filters, self.params["b"])
        return self._conv.forward(x)

    def backward(self, dout: Array) -> Array:
        """Store the gradients "W" and "b"; return that of x."""
        self._conv.frozen = self.frozen
        self._conv.needs_input_gradient = self.needs_input_gradient
        dx = self._conv.backward(dout)
        if not self.frozen:
            self.grads["W"] = self._conv.grads["W"][self._filters, self._channels]
            self.grads["b"] = self._conv.grads["b"]
        return dx

    def _filters_shape(self) -> tuple[int, ...]:
        return len(self.params["b"]), max(self._channels) + 1, *self.params["W"].shape[1:]

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (FN, OH, OW) for one image (C, H, W)."""
        return convolved_shape(shape, self._filters_shape())

    def windows(self) -> list[tuple[float, int]]:
        """Return the one window of the kernels."""
        return filter_windows(self.params["W"].shape)

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: its input, and all filters with their gradient."""
        filters = self._filters_shape()
        memory = convolution_memory(shape, self.output_shape(shape), filters, 0, n, itemsize)
        return memory._replace(kept=nbytes(filters, 2, itemsize))


class RadialBasis(Layer):
    """score[n, k] = −Σ_i (x[n, i] − code[k, i])²: how near x is to each class's fixed code.

    The paper's y is the distance itself, and the class is the one where it is least. With the
    sign turned, the scores serve as logits.

    Parameters
    ----------
    codes : array (K, D)
        Not trained.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner (1998), equation 7.
    """

    def __init__(self, codes: Array) -> None:
        expect_arrays("RadialBasis(rng.choice([-1.0, 1.0], (10, 84)))", codes=(codes, "K", "D"))
        super().__init__()
        self.buffers = {"codes": codes}

    def forward(self, x: Array) -> Array:
        """Return the scores (N, K) for x (N, D)."""
        self._differences = as_wide_float(x)[:, None] - self.buffers["codes"]
        return -(self._differences**2).sum(axis=2).astype(x.dtype, copy=False)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x (N, D); dout is (N, K)."""
        dx = -2 * (dout[:, :, None] * self._differences).sum(axis=1)
        return dx.astype(dout.dtype, copy=False)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (K,) for one sample (D,)."""
        K, D = self.buffers["codes"].shape
        if shape != (D,):
            raise ValueError(f"x must be (N, {D}), but a sample is {shape}")
        return (K,)

    def windows(self) -> list[tuple[float, int]]:
        """Return one window: all of x."""
        return [EVERYTHING]

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what it keeps: how far each sample is from each code, number by number."""
        apart = nbytes(self.buffers["codes"].shape, n, itemsize)
        return Memory(kept=apart, forward=apart, backward=apart)


guard(ScaledTanh, Subsampling, TableConv2D, RadialBasis)


LENET_TABLE = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5)),
)
"""Which maps of S2 each of LeNet-5's sixteen maps C3 looks at (table I of its paper)."""


def lenet5(rng: np.random.Generator, dtype: DTypeLike = np.float32) -> Network:
    """Return LeNet-5 as its paper has it: x (N, 1, 32, 32) to scores (N, 10), the best highest.

    60,000 numbers are trained. Weights start uniformly within ± 2.4 / fan_in. Only the output's
    codes are not the paper's: random signs instead of little pictures of the digits.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner (1998), Gradient-based learning applied to document
    recognition.
    """

    def uniform(fan_in: int, *shape: int) -> Array:
        return rng.uniform(-2.4 / fan_in, 2.4 / fan_in, shape).astype(dtype)

    c3_fan_ins = np.repeat([25 * len(maps) for maps in LENET_TABLE], [*map(len, LENET_TABLE)])
    c3 = rng.uniform(-2.4, 2.4, (len(c3_fan_ins), 5, 5)) / c3_fan_ins[:, None, None]
    codes = rng.integers(0, 2, (10, 84)) * 2 - 1
    return Network(
        {
            "C1": Conv2D(uniform(25, 6, 1, 5, 5), uniform(25, 6)),
            "C1_tanh": ScaledTanh(),
            "S2": Subsampling(uniform(4, 6), uniform(4, 6)),
            "S2_tanh": ScaledTanh(),
            "C3": TableConv2D(c3.astype(dtype), uniform(75, 16), LENET_TABLE),
            "C3_tanh": ScaledTanh(),
            "S4": Subsampling(uniform(4, 16), uniform(4, 16)),
            "S4_tanh": ScaledTanh(),
            "C5": Conv2D(uniform(400, 120, 16, 5, 5), uniform(400, 120)),
            "C5_tanh": ScaledTanh(),
            "flatten": Flatten(),
            "F6": Affine(uniform(120, 120, 84), uniform(120, 84)),
            "F6_tanh": ScaledTanh(),
            "output": RadialBasis(codes.astype(dtype)),
        }
    )
