"""CIFAR-10 from files that the user has: its archive, or what is in it. Nothing is downloaded."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from solutions.arrays import Array
from solutions.data.datasets import Split, scaled
from solutions.data.files import check_md5, class_numbers

CIFAR10_MD5 = {
    "cifar-10-python.tar.gz": "c58f30108f718f92721af3b95e74349a",
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}
"""Checksum of the archive as https://www.cs.toronto.edu/~kriz/cifar.html gives it, and those of
the files in it as torchvision lists them."""


CIFAR10_FOLDER = "cifar-10-batches-py"


CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)


def cifar10(
    path: str | os.PathLike[str],
    dtype: Any = np.float32,
    checksums: Mapping[str, str] = CIFAR10_MD5,
) -> Split:
    """Return CIFAR-10: 50,000 colour photographs to train on and 10,000 to test on.

    Parameters
    ----------
    path : path
        The archive "cifar-10-python.tar.gz", or the unpacked folder "cifar-10-batches-py", or a
        folder with one of them.
    dtype
        Of the images; in float32 they take 737 MB.
    checksums : mapping
        MD5 checksum by file name.

    Returns
    -------
    split : Split
        Images (N, 3, 32, 32), red, green and blue from 0 to 1; class numbers int64 (N,), whose
        names are ``CIFAR10_CLASSES``.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file is cut off, damaged, or not what it claims to be.

    References
    ----------
    Krizhevsky (2009), Learning multiple layers of features from tiny images.
    """
    names = [f"data_batch_{number}" for number in range(1, 6)] + ["test_batch"]
    contents = _cifar10_contents(Path(path), names, checksums)
    batches = [cifar10_batch(contents[name], name, checksums) for name in names]
    x_train = np.concatenate([images for images, _ in batches[:-1]])
    labels_train = np.concatenate([labels for _, labels in batches[:-1]])
    x_test, labels_test = batches[-1]
    return Split(scaled(x_train, 255, dtype), labels_train, scaled(x_test, 255, dtype), labels_test)


def cifar10_batch(content: bytes, name: str, checksums: Mapping[str, str]) -> tuple[Array, Array]:
    """Return images uint8 (N, 3, 32, 32) and labels int64 (N,) of one of CIFAR-10's files."""
    check_md5(hashlib.md5(content).hexdigest(), name, name, checksums)
    try:
        batch = ArraysOnly(io.BytesIO(content), encoding="bytes").load()
        images, labels = np.asarray(batch[b"data"]), np.asarray(batch[b"labels"])
    except (pickle.UnpicklingError, EOFError, KeyError, TypeError, ValueError, IndexError) as error:
        raise ValueError(f"{name} is no batch of CIFAR-10 ({error})") from None
    if images.dtype != np.uint8 or images.shape != (len(labels), 3 * 32 * 32):
        raise ValueError(
            f"{name} is no batch of CIFAR-10: its data are {images.dtype} {images.shape}"
        )
    return images.reshape(-1, 3, 32, 32), class_numbers(labels, name)


class ArraysOnly(pickle.Unpickler):
    """Reads pickled NumPy arrays, bytes, numbers, lists and dictionaries, and refuses all else.

    A pickle may name any function to be called while it is read. Here there are three.
    """

    allowed = {  # noqa: RUF012
        ("numpy.core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
        ("numpy._core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
    }

    def find_class(self, module: str, name: str) -> Any:
        """Return one of the three; ``pickle.UnpicklingError`` for anything else."""
        if (module, name) not in self.allowed:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return self.allowed[module, name]


def _cifar10_contents(
    path: Path, names: list[str], checksums: Mapping[str, str]
) -> dict[str, bytes]:
    """Return the files with these names, from the unpacked folder or the archive."""
    for folder in (path, path / CIFAR10_FOLDER):
        if (folder / names[0]).is_file():
            return {name: _existing(folder / name).read_bytes() for name in names}
    archive = path if path.is_file() else _existing(path / "cifar-10-python.tar.gz")
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "md5").hexdigest()
    check_md5(found, archive, "cifar-10-python.tar.gz", checksums)
    try:
        with tarfile.open(archive) as tar:  # read in memory: nothing is unpacked anywhere
            return {name: _member(tar, f"{CIFAR10_FOLDER}/{name}") for name in names}
    except (tarfile.TarError, EOFError, OSError, zlib.error, KeyError) as error:
        raise ValueError(f"{archive} is no archive of CIFAR-10 ({error}): fetch it again") from None


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    if file is None:
        raise tarfile.TarError(f"{name} in it is no file")
    return file.read()


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise FileNotFoundError(
            f"CIFAR-10 is missing: put cifar-10-python.tar.gz, or what is in it, into {path.parent}"
        )
    return path
