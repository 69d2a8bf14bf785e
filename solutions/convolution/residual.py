"""A block whose layers learn only what is to be added to their input."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from solutions.arrays import Array
from solutions.backpropagation import ReLU
from solutions.convolution.architectures import he_conv
from solutions.layer import Layer, Memory, guard, nbytes
from solutions.normalization import SpatialBatchNorm
from solutions.optimizers import Block, Network


class ResidualBlock(Block):
    """y = max(F(x) + s(x), 0), where F is the body and s the shortcut.

    The gradient reaches x along the shortcut too, past the body: a way that does not vanish.

    Parameters
    ----------
    body : Layer
        F, usually a ``Network``.
    shortcut : Layer, optional
        s; x itself if not given. It must return the shape that the body returns.

    References
    ----------
    He, Zhang, Ren and Sun (2016), Deep residual learning for image recognition.
    """

    def __init__(self, body: Layer, shortcut: Layer | None = None) -> None:
        parts = {"body": body} if shortcut is None else {"body": body, "shortcut": shortcut}
        super().__init__(Network(parts).layers)  # it refuses what is no layer
        self.body, self.shortcut = body, shortcut

    def forward(self, x: Array) -> Array:
        """Return y for a batch x."""
        total = self.body.forward(x) + (x if self.shortcut is None else self.shortcut.forward(x))
        self._mask = total > 0
        return np.maximum(total, 0)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x: the sum of both ways."""
        dtotal = dout * self._mask
        dcarried = dtotal if self.shortcut is None else self.shortcut.backward(dtotal)
        dx = self.body.backward(dtotal)
        return dx + dcarried if self.needs_input_gradient else None

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape that body and shortcut make of one sample."""
        changed = self.body.output_shape(shape)
        carried = shape if self.shortcut is None else self.shortcut.output_shape(shape)
        if changed != carried:
            raise ValueError(
                f"the body makes {changed} of a sample {shape}, but the shortcut {carried}: "
                "give a shortcut that changes the shape as the body does"
            )
        return changed

    def windows(self) -> list[tuple[float, int]]:
        """Return the windows of the body: the shortcut sees no more."""
        return self.body.windows()

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what body and shortcut take, and the mask."""
        x, y = nbytes(shape, n, itemsize), nbytes(self.output_shape(shape), n, itemsize)
        mask = nbytes(self.output_shape(shape), n, itemsize=1)
        body = self.body.memory(shape, n, itemsize)
        way = Memory() if self.shortcut is None else self.shortcut.memory(shape, n, itemsize)
        carried = 0 if self.shortcut is None else y
        old_x = x if body.keeps_input or way.keeps_input else 0  # until the last one has a new one
        return Memory(
            keeps_input=old_x > 0,
            kept=body.kept + way.kept + mask + y * (body.keeps_output + way.keeps_output),
            forward=max(
                body.forward + (x if body.keeps_input and way.keeps_input else 0),
                carried + way.forward,
                carried + y - old_x,
            ),
            # The sum's gradient is there throughout, the shortcut's while the body works.
            backward=y + max(way.backward, (x if carried else 0) + body.backward, x),
        )


class Residual(Block):
    """y = max(F(x) + x, 0), where F is the body: a layer that keeps the shape of x.

    What is trained is the body's; the shortcut has no parameters.

    Parameters
    ----------
    body : Layer
        F. ``forward(x)`` and ``backward(dout)`` are all that is asked of it.

    References
    ----------
    He, Zhang, Ren and Sun (2016), Deep residual learning for image recognition.
    """

    needs_input_gradient = True  # the body's is asked for in any case

    def __init__(self, body: Layer) -> None:
        super().__init__({"body": body})
        self.body = body

    def forward(self, x: Array) -> Array:
        """Return y, of the shape of x."""
        total = self.body.forward(x) + x
        self._mask = total > 0
        return np.maximum(total, 0)

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x; ``dout`` has the shape of y."""
        dtotal = dout * self._mask
        return self.body.backward(dtotal) + dtotal

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of one sample, which the body has to keep."""
        changed = self.body.output_shape(shape)
        if changed != shape:
            raise ValueError(f"the body makes {changed} of a sample {shape}: it has to keep it")
        return shape

    def windows(self) -> list[tuple[float, int]]:
        """Return the windows of the body: the shortcut sees no more."""
        return self.body.windows()

    def memory(self, shape: tuple[int, ...], n: int, itemsize: int) -> Memory:
        """Return what the body takes, and the mask."""
        return ResidualBlock(self.body).memory(shape, n, itemsize)


guard(ResidualBlock)  # a Residual's body refuses what does not fit


def residual_block(
    C: int, FN: int, rng: np.random.Generator, stride: int = 1, dtype: DTypeLike = np.float32
) -> ResidualBlock:
    """Return a basic block: two 3 × 3 convolutions with batch normalization beside a shortcut.

    The shortcut is x itself if the shape stays; else a 1 × 1 convolution with the same stride.

    Parameters
    ----------
    C, FN : int
        Channels of the input and of the output.
    stride : int
        Of the first convolution: 2 halves the image.

    References
    ----------
    He, Zhang, Ren and Sun (2016), Deep residual learning for image recognition.
    """

    def norm() -> SpatialBatchNorm:
        return SpatialBatchNorm(np.ones(FN, dtype), np.zeros(FN, dtype))

    conv1 = he_conv((FN, C, 3, 3), rng, dtype, bias=False, stride=stride, padding=1)
    conv2 = he_conv((FN, FN, 3, 3), rng, dtype, bias=False, padding=1)
    layers = {"conv1": conv1, "norm1": norm(), "relu": ReLU(), "conv2": conv2, "norm2": norm()}
    if stride == 1 and C == FN:
        return ResidualBlock(Network(layers))
    projection = he_conv((FN, C, 1, 1), rng, dtype, bias=False, stride=stride)
    return ResidualBlock(Network(layers), Network({"conv": projection, "norm": norm()}))
