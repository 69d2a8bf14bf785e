"""Chapter 8: layers that only LeNet-5 (1998) and AlexNet (2012) have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solutions.arrays import Array, array_module
from solutions.convolution import Conv2D
from solutions.pooling import AveragePool2D


class ScaledTanh:
    """y = 1.7159 tanh(2x / 3), so that f(1) ≈ 1 and f(−1) ≈ −1, where it bends most.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner (1998), Gradient-based learning applied to document
    recognition, appendix A.
    """

    def __init__(self) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}

    def forward(self, x: Array) -> Array:
        """Return y, of the shape of x."""
        self._tanh = np.tanh(x * (2 / 3))
        return 1.7159 * self._tanh

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x, of the shape of dout."""
        return dout * (1.7159 * 2 / 3) * (1 - self._tanh**2)


class Subsampling:
    """y[n, c] = gain[c] · (sum of a window of 2 × 2) + b[c]: pooling that is trained.

    Parameters
    ----------
    gain, b : array (C,)

    References
    ----------
    LeCun, Bottou, Bengio and Haffner (1998), layers S2 and S4.
    """

    def __init__(self, gain: Array, b: Array) -> None:
        self.params: dict[str, Array] = {"gain": gain, "b": b}
        self.grads: dict[str, Array] = {}
        self.size = self.stride = 2
        self._pool = AveragePool2D(2)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (C, H // 2, W // 2) for one image (C, H, W)."""
        C = len(self.params["b"])
        if shape[0] != C:
            raise ValueError(f"x must be (N, {C}, H, W), but a sample is {shape}")
        return self._pool.output_shape(shape)

    def forward(self, x: Array) -> Array:
        """Return y (N, C, H // 2, W // 2) for x (N, C, H, W)."""
        self.output_shape(x.shape[1:])
        self._sums = 4 * self._pool.forward(x)
        return self.params["gain"][:, None, None] * self._sums + self.params["b"][:, None, None]

    def backward(self, dout: Array) -> Array:
        """Store the gradients "gain" and "b"; return that of x."""
        self.grads["gain"] = (dout * self._sums).sum(axis=(0, 2, 3))
        self.grads["b"] = dout.sum(axis=(0, 2, 3))
        return self._pool.backward(4 * self.params["gain"][:, None, None] * dout)


class TableConv2D:
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
        connections = sum(len(channels) for channels in table)
        if len(W) != connections or len(b) != len(table):
            raise ValueError(
                f"W must have {connections} kernels and b {len(table)} biases for this table, "
                f"but they have {len(W)} and {len(b)}"
            )
        self.params: dict[str, Array] = {"W": W, "b": b}
        self.grads: dict[str, Array] = {}
        self._filters = [f for f, channels in enumerate(table) for _ in channels]
        self._channels = [c for channels in table for c in channels]

    def _dense(self) -> Conv2D:
        """Return the convolution with the table's kernels, and zeros for the others."""
        W, b = self.params["W"], self.params["b"]
        dense = array_module(W).zeros((len(b), max(self._channels) + 1, *W.shape[1:]), W.dtype)
        dense[self._filters, self._channels] = W
        return Conv2D(dense, b)

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (FN, OH, OW) for one image (C, H, W)."""
        return self._dense().output_shape(shape)

    def forward(self, x: Array) -> Array:
        """Return y (N, FN, OH, OW) for x (N, C, H, W)."""
        self._conv = self._dense()
        return self._conv.forward(x)

    def backward(self, dout: Array) -> Array:
        """Store the gradients "W" and "b"; return that of x."""
        dx = self._conv.backward(dout)
        self.grads["W"] = self._conv.grads["W"][self._filters, self._channels]
        self.grads["b"] = self._conv.grads["b"]
        return dx


class RadialBasis:
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
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.buffers = {"codes": codes}

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (K,) for one sample (D,)."""
        K, D = self.buffers["codes"].shape
        if shape != (D,):
            raise ValueError(f"x must be (N, {D}), but a sample is {shape}")
        return (K,)

    def forward(self, x: Array) -> Array:
        """Return the scores (N, K) for x (N, D)."""
        self.output_shape(x.shape[1:])
        self._differences = x[:, None] - self.buffers["codes"]
        return -(self._differences**2).sum(axis=2)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x (N, D); dout is (N, K)."""
        return -2 * (dout[:, :, None] * self._differences).sum(axis=1)


class GroupedConv2D:
    """Convolutions side by side: each group of filters sees only its own group of channels.

    Parameters
    ----------
    W : array (FN, C / groups, FH, FW)
    b : array (FN,)
    groups : int
        1 makes it an ordinary convolution.
    stride, padding : int

    Raises
    ------
    ValueError
        If the filters cannot be dealt out to the groups, or see another number of channels.

    References
    ----------
    Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep convolutional
    neural networks.
    """

    def __init__(self, W: Array, b: Array, groups: int, stride: int = 1, padding: int = 0) -> None:
        Conv2D(W, b, stride, padding)  # which refuses what is wrong
        if groups < 1 or len(W) % groups:
            raise ValueError(f"groups must divide the {len(W)} filters, but it is {groups}")
        self.params: dict[str, Array] = {"W": W, "b": b}
        self.grads: dict[str, Array] = {}
        self.groups, self.stride, self.padding = groups, stride, padding

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (FN, OH, OW) for one image (C, H, W)."""
        W, b = self.params["W"], self.params["b"]
        C = W.shape[1] * self.groups
        if len(shape) != 3 or shape[0] != C:
            raise ValueError(f"x must be (N, {C}, H, W), but a sample is {shape}")
        return Conv2D(W, b, self.stride, self.padding).output_shape((W.shape[1], *shape[1:]))

    def forward(self, x: Array) -> Array:
        """Return y (N, FN, OH, OW) for x (N, C, H, W)."""
        self.output_shape(x.shape[1:])
        W, b = (self._split(self.params[name], axis=0) for name in ("W", "b"))
        self._convs = [
            Conv2D(W_part, b_part, self.stride, self.padding)
            for W_part, b_part in zip(W, b, strict=True)
        ]
        parts = zip(self._convs, self._split(x, axis=1), strict=True)
        return array_module(x).concatenate([conv.forward(part) for conv, part in parts], axis=1)

    def backward(self, dout: Array) -> Array:
        """Store the gradients "W" and "b"; return that of x."""
        xp = array_module(dout)
        parts = zip(self._convs, self._split(dout, axis=1), strict=True)
        dx = xp.concatenate([conv.backward(part) for conv, part in parts], axis=1)
        for name in self.params:
            self.grads[name] = xp.concatenate([conv.grads[name] for conv in self._convs])
        return dx

    def _split(self, array: Array, axis: int) -> list[Array]:
        """Return one view per group."""
        n = array.shape[axis] // self.groups
        starts = range(0, n * self.groups, n)
        return [array[:, i : i + n] if axis else array[i : i + n] for i in starts]
