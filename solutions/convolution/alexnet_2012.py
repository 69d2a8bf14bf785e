"""AlexNet (2012), built from the course's layers."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from solutions.arrays import Array
from solutions.backpropagation import Affine, ReLU
from solutions.convolution.conv2d import Conv2D
from solutions.convolution.pooling import Flatten, MaxPool2D
from solutions.layer import Layer
from solutions.normalization import LocalResponseNorm
from solutions.optimizers import Network
from solutions.regularization import Dropout


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
    convolutions = alexnet_convolutions(groups, rng, dtype)
    return Network(convolutions | alexnet_classifier(classes, rng, dtype))


def gaussian(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Draw from N(0, 0.01²), as ``small_random`` does, but in float32: fc6 alone has 38 million."""
    return np.float32(0.01) * rng.standard_normal(shape, np.float32)


def alexnet_convolutions(
    groups: int, rng: np.random.Generator, dtype: DTypeLike
) -> dict[str, Layer]:
    """Return the first half of ``alexnet``: x (N, 3, 227, 227) to features (N, 256, 6, 6)."""

    def conv(FN: int, C: int, size: int, bias: float, groups: int = 1, **options: int) -> Conv2D:
        W = gaussian((FN, C // groups, size, size), rng).astype(dtype)
        return Conv2D(W, np.full(FN, bias, dtype), groups=groups, **options)

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


def alexnet_classifier(
    classes: int, rng: np.random.Generator, dtype: DTypeLike
) -> dict[str, Layer]:
    """Return the second half of ``alexnet``: features (N, 256, 6, 6) to logits (N, classes)."""

    def affine(fan_in: int, fan_out: int, bias: float) -> Affine:
        W = gaussian((fan_in, fan_out), rng).astype(dtype)
        return Affine(W, np.full(fan_out, bias, dtype))

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
