"""Larger data sets from files that the user has: MNIST and Fashion-MNIST; ``cifar`` has another.

Nothing is downloaded. Files are checked against the checksums that their authors, or the libraries
that distribute them, have published.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from solutions.arrays import Array
from solutions.data.datasets import Split, scaled

MNIST_MD5 = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}
"""Checksums of the packed files as PyTorch's torchvision lists them."""


FASHION_MNIST_MD5 = {
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}
"""Checksums of the packed files as https://github.com/zalandoresearch/fashion-mnist lists them."""


IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def mnist(
    folder: str | os.PathLike[str],
    dtype: Any = np.float32,
    checksums: Mapping[str, str] = MNIST_MD5,
) -> Split:
    """Return MNIST: 60,000 handwritten digits to train on and 10,000 to test on.

    Parameters
    ----------
    folder : path
        Where the four files lie, "train-images-idx3-ubyte.gz" and so on, packed or unpacked.
    dtype
        Of the images.
    checksums : mapping
        MD5 checksum by file name; files that are not in it, such as unpacked ones, are taken for
        what they contain.

    Returns
    -------
    split : Split
        Images (N, 1, 28, 28), from 0 (background) to 1 (ink); class numbers int64 (N,).

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file is cut off, damaged, or not what it claims to be.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner (1998), Gradient-based learning applied to document
    recognition. Format: http://yann.lecun.com/exdb/mnist/.
    """
    x_train, labels_train = _images_and_labels(Path(folder), "train", checksums)
    x_test, labels_test = _images_and_labels(Path(folder), "t10k", checksums)
    return Split(scaled(x_train, 255, dtype), labels_train, scaled(x_test, 255, dtype), labels_test)


def fashion_mnist(folder: str | os.PathLike[str], dtype: Any = np.float32) -> Split:
    """Return Fashion-MNIST: photographs of clothes in ten classes, in the format of ``mnist``.

    References
    ----------
    Xiao, Rasul and Vollgraf (2017), Fashion-MNIST: a novel image dataset for benchmarking machine
    learning algorithms.
    """
    return mnist(folder, dtype, FASHION_MNIST_MD5)


def read_idx(path: str | os.PathLike[str]) -> Array:
    """Return the array in an IDX file, packed with gzip or not.

    The format: two zero bytes, a code of the type, the number of axes, the length of each axis as
    a big-endian 32-bit number, then the elements row by row.

    Raises
    ------
    ValueError
        If it is no IDX file, cut off, or longer than its header says.
    """
    path = Path(path)
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if packed else path.open("rb") as stream:
            return _read_idx(stream, path)  # type: ignore[arg-type]
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged or cut off ({error}): fetch it again") from None


def _read_idx(stream: BinaryIO, path: Path) -> Array:
    zeros, code, axes = struct.unpack(">HBB", stream.read(4).ljust(4, b"\xff"))
    if zeros != 0 or code not in IDX_TYPES:
        raise ValueError(f"{path} is no IDX file: it does not begin with an IDX header")
    header = stream.read(4 * axes)
    if len(header) < 4 * axes:
        raise ValueError(f"{path} is cut off within its header: fetch it again")
    shape = struct.unpack(f">{axes}I", header)
    dtype = np.dtype(IDX_TYPES[code])
    expected = dtype.itemsize * int(np.prod(shape, dtype=object))
    data = stream.read()
    if len(data) != expected:
        raise ValueError(
            f"{path} has {len(data)} bytes of data, but its header announces {expected}: "
            "fetch it again"
        )
    return np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="))


def _images_and_labels(
    folder: Path, part: str, checksums: Mapping[str, str]
) -> tuple[Array, Array]:
    images_path = _idx_path(folder, f"{part}-images", "idx3-ubyte")
    labels_path = _idx_path(folder, f"{part}-labels", "idx1-ubyte")
    for path in (images_path, labels_path):
        if path.name in checksums:
            check_md5(hashlib.md5(path.read_bytes()).hexdigest(), path, path.name, checksums)
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.dtype != np.uint8 or images.ndim != 3:
        raise ValueError(
            f"{images_path} holds no images: its array is {images.dtype} {images.shape}"
        )
    if labels.shape != (len(images),):
        raise ValueError(
            f"{labels_path} has labels of shape {labels.shape} for the {len(images)} images "
            f"of {images_path.name}"
        )
    return images[:, None], class_numbers(labels, labels_path)


def _idx_path(folder: Path, stem: str, ending: str) -> Path:
    """Return the file, under one of the names that are in use; packed before unpacked."""
    names = [f"{stem}-{ending}.gz", f"{stem}-{ending}", f"{stem}.{ending}"]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{names[0]} is missing: put it into {folder}, packed or unpacked")


def check_md5(found: str, path: Path | str, name: str, checksums: Mapping[str, str]) -> None:
    """Raise ValueError if a file's checksum is known and another one."""
    if found == checksums.get(name, found):
        return
    others = {"MNIST": MNIST_MD5, "Fashion-MNIST": FASHION_MNIST_MD5}
    owner = next((title for title, known in others.items() if found == known.get(name)), None)
    problem = f"belongs to {owner}" if owner else "is cut off, damaged or another file"
    raise ValueError(
        f"{path} {problem}: its MD5 checksum is {found}, but {checksums[name]} was published"
    )


def class_numbers(labels: Array, path: Path | str) -> Array:
    """Return the labels as int64; ValueError unless they are class numbers from 0 to 9."""
    if labels.dtype.kind not in "iu" or (
        len(labels) and not 0 <= labels.min() <= labels.max() <= 9
    ):
        raise ValueError(f"{path} holds labels that are not the class numbers 0 to 9")
    return labels.astype(np.int64)
