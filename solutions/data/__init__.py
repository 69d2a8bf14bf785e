"""The data of the course: from nothing, from a package, or from files that you have."""

from solutions.data.cifar import CIFAR10_CLASSES, cifar10
from solutions.data.datasets import (
    Split,
    ThreeWaySplit,
    digits,
    mnist1d,
    train_validation_test,
    write_digits,
)
from solutions.data.files import fashion_mnist, mnist, read_idx

__all__ = [
    "CIFAR10_CLASSES",
    "Split",
    "ThreeWaySplit",
    "cifar10",
    "digits",
    "fashion_mnist",
    "mnist",
    "mnist1d",
    "read_idx",
    "train_validation_test",
    "write_digits",
]
