"""Chapter 8: networks of the papers, and one for the digits, built from the course's layers.

Their weights are NumPy arrays, float32 unless another dtype is asked for.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from solutions.arrays import Array
from solutions.backpropagation import Affine, ReLU
from solutions.batch_free_normalization import LocalResponseNorm
from solutions.convolution import Conv2D
from solutions.historic_layers import (
    GroupedConv2D,
    RadialBasis,
    ScaledTanh,
    Subsampling,
    TableConv2D,
)
from solutions.network import Network
from solutions.normalization import SpatialBatchNorm
from solutions.pooling import Flatten, MaxPool2D
from solutions.regularization import Dropout
from solutions.residual import ResidualBlock

LENET_TABLE = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5)),
)
"""Which maps of S2 each of LeNet-5's sixteen maps C3 looks at (table I of its paper)."""


def he_conv(
    rng: np.random.Generator,
    shape: tuple[int, int, int, int],
    dtype: DTypeLike = np.float32,
    bias: bool = True,
    **options: Any,
) -> Conv2D:
    """Return a convolution with filters of this shape, N(0, 2 / fan_in), and biases of 0.

    Further options, such as ``padding``, are those of ``Conv2D``.
    """
    std = math.sqrt(2 / math.prod(shape[1:]))
    W = (std * rng.standard_normal(shape)).astype(dtype)
    return Conv2D(W, np.zeros(shape[0], dtype) if bias else None, **options)


def he_affine(
    rng: np.random.Generator, fan_in: int, fan_out: int, dtype: DTypeLike = np.float32
) -> Affine:
    """Return an affine layer with weights N(0, 2 / fan_in) and biases of 0."""
    W = math.sqrt(2 / fan_in) * rng.standard_normal((fan_in, fan_out))
    return Affine(W.astype(dtype), np.zeros(fan_out, dtype))


def digits_cnn(
    rng: np.random.Generator, classes: int = 10, dtype: DTypeLike = np.float32
) -> Network:
    """Return a small network for the digits: x (N, 1, 8, 8) to logits (N, classes)."""
    return Network(
        {
            "conv1": he_conv(rng, (16, 1, 3, 3), dtype, padding=1, needs_input_gradient=False),
            "relu1": ReLU(),
            "pool1": MaxPool2D(2),
            "conv2": he_conv(rng, (32, 16, 3, 3), dtype, padding=1),
            "relu2": ReLU(),
            "pool2": MaxPool2D(2),
            "flatten": Flatten(),
            "affine": he_affine(rng, 32 * 2 * 2, classes, dtype),
        }
    )


def lenet(rng: np.random.Generator, classes: int = 10, dtype: DTypeLike = np.float32) -> Network:
    """Return LeNet as it is built today: x (N, 1, 28, 28) to logits (N, classes).

    It has LeNet-5's sizes, with ReLU in place of the scaled tanh, max pooling in place of
    trained subsampling, all connections in the second convolution, and a softmax to follow.
    """
    return Network(
        {
            "conv1": he_conv(rng, (6, 1, 5, 5), dtype, padding=2, needs_input_gradient=False),
            "relu1": ReLU(),
            "pool1": MaxPool2D(2),
            "conv2": he_conv(rng, (16, 6, 5, 5), dtype),
            "relu2": ReLU(),
            "pool2": MaxPool2D(2),
            "flatten": Flatten(),
            "affine1": he_affine(rng, 16 * 5 * 5, 120, dtype),
            "relu3": ReLU(),
            "affine2": he_affine(rng, 120, 84, dtype),
            "relu4": ReLU(),
            "affine3": he_affine(rng, 84, classes, dtype),
        }
    )


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


def alexnet(
    rng: np.random.Generator, classes: int = 1000, groups: int = 2, dtype: DTypeLike = np.float32
) -> Network:
    """Return AlexNet: x (N, 3, 227, 227) to logits (N, classes).

    The paper split the network over two GPUs: filters of conv2, conv4 and conv5 see only the
    half of the channels that lay on their own. With ``groups`` = 2 that halves these filters and
    gives the paper's 60,965,224 parameters; with 1 they are 62,378,344. The paper says that
    images are 224 × 224, but only with 227 does the first stride of 4 come out even.

    Weights start as N(0, 0.01²); biases at 1 in conv2, conv4, conv5 and the hidden affine
    layers, so that their ReLU units start alive, and elsewhere at 0.

    References
    ----------
    Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep convolutional
    neural networks.
    """
    convolutions = alexnet_convolutions(rng, groups, dtype)
    return Network(convolutions | alexnet_classifier(rng, classes, dtype))


def gaussian(rng: np.random.Generator, *shape: int) -> Array:
    """Draw float32 numbers from N(0, 0.01²)."""
    return np.float32(0.01) * rng.standard_normal(shape, np.float32)


def alexnet_convolutions(rng: np.random.Generator, groups: int, dtype: DTypeLike) -> dict[str, Any]:
    """Return the first half of ``alexnet``: x (N, 3, 227, 227) to features (N, 256, 6, 6)."""

    def conv(FN: int, C: int, size: int, bias: float, groups: int = 1, **options: Any) -> Any:
        W = gaussian(rng, FN, C // groups, size, size).astype(dtype)
        return GroupedConv2D(W, np.full(FN, bias, dtype), groups, **options)

    return {
        "conv1": conv(96, 3, 11, 0, stride=4),
        "relu1": ReLU(),
        "norm1": LocalResponseNorm(),
        "pool1": MaxPool2D(3, stride=2),
        "conv2": conv(256, 96, 5, 1, groups, padding=2),
        "relu2": ReLU(),
        "norm2": LocalResponseNorm(),
        "pool2": MaxPool2D(3, stride=2),
        "conv3": conv(384, 256, 3, 0, padding=1),
        "relu3": ReLU(),
        "conv4": conv(384, 384, 3, 1, groups, padding=1),
        "relu4": ReLU(),
        "conv5": conv(256, 384, 3, 1, groups, padding=1),
        "relu5": ReLU(),
        "pool5": MaxPool2D(3, stride=2),
    }


def alexnet_classifier(rng: np.random.Generator, classes: int, dtype: DTypeLike) -> dict[str, Any]:
    """Return the second half of ``alexnet``: features (N, 256, 6, 6) to logits (N, classes)."""

    def affine(fan_in: int, fan_out: int, bias: float) -> Affine:
        return Affine(gaussian(rng, fan_in, fan_out).astype(dtype), np.full(fan_out, bias, dtype))

    return {
        "flatten": Flatten(),
        "fc6": affine(256 * 6 * 6, 4096, 1),
        "relu6": ReLU(),
        "drop6": Dropout(0.5, rng),
        "fc7": affine(4096, 4096, 1),
        "relu7": ReLU(),
        "drop7": Dropout(0.5, rng),
        "fc8": affine(4096, classes, 0),
    }


def residual_block(
    rng: np.random.Generator, C: int, FN: int, stride: int = 1, dtype: DTypeLike = np.float32
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

    conv1 = he_conv(rng, (FN, C, 3, 3), dtype, bias=False, stride=stride, padding=1)
    conv2 = he_conv(rng, (FN, FN, 3, 3), dtype, bias=False, padding=1)
    layers = {"conv1": conv1, "norm1": norm(), "relu": ReLU(), "conv2": conv2, "norm2": norm()}
    if stride == 1 and C == FN:
        return ResidualBlock(Network(layers))
    projection = he_conv(rng, (FN, C, 1, 1), dtype, bias=False, stride=stride)
    return ResidualBlock(Network(layers), Network({"conv": projection, "norm": norm()}))
