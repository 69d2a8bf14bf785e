"""Arrays by name: in an .npz file, and from there into the arrays that they are meant for."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from solutions.arrays import Array, array_module, to_host

CASTS = {"f": "fiu", "i": "iu", "u": "iu"}
"""From which kinds of dtype an array of a kind is filled: of no other than its own, if not here."""


def check_state(state: Mapping[str, Array], own: Mapping[str, Array]) -> dict[str, Array]:
    """Return the values of ``state`` on the host, as copies in the dtypes of ``own``.

    Raises
    ------
    ValueError
        If there is not one value of the right shape for each own array, and no other; if one
        is of another kind, such as text or complex numbers, or does not fit into the own dtype.
    """
    for name in own:
        if name not in state:
            raise ValueError(f"{name!r} is missing")
    for name in state:
        if name not in own:
            raise ValueError(f"{name!r} is one too many")
    return {name: fitting(name, state[name], array) for name, array in own.items()}


def fitting(name: str, value: Array, own: Array) -> Array:
    """Return a value on the host, as a copy of the dtype of ``own``; ValueError if it cannot be."""
    value = np.asarray(to_host(value))
    if value.shape != own.shape:
        raise ValueError(f"{name!r} has shape {value.shape}, but {own.shape} is needed")
    kind = own.dtype.kind
    if value.dtype.kind not in CASTS.get(kind, kind):
        raise ValueError(f"{name!r} is of dtype {value.dtype}, but {own.dtype} is needed")
    with np.errstate(over="ignore"):
        cast = value.astype(own.dtype)
    same = np.isfinite(cast) == np.isfinite(value) if kind == "f" else cast == value
    if not same.all():
        raise ValueError(f"{name!r} holds values that are too large for {own.dtype}")
    return cast


def load_arrays(own: Mapping[str, Array], state: Mapping[str, Array]) -> None:
    """Write the values of ``state`` into the arrays of ``own``: all of them, or none.

    Raises
    ------
    ValueError
        If they do not fit, as ``check_state`` says.
    """
    for name, value in check_state(state, own).items():
        own[name][...] = array_module(own[name]).asarray(value)


def host_copies(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return copies of arrays by name, in the host's memory."""
    return {name: np.array(to_host(array)) for name, array in arrays.items()}


def check_folder(path: str | os.PathLike[str]) -> None:
    """Raise FileNotFoundError unless there is a folder for this file."""
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder} to write {Path(path).name} to")


def write_arrays(path: str | os.PathLike[str], arrays: Mapping[str, Array]) -> None:
    """Write arrays by name to an .npz file: whole, or not at all if it is cut off.

    ValueError for arrays of Python objects, which ``read_arrays`` would not read.
    """
    path = Path(path)
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        with zipfile.ZipFile(unfinished, "w") as archive:
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                    np.lib.format.write_array(file, np.asarray(to_host(array)), allow_pickle=False)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def read_arrays(path: str | os.PathLike[str]) -> dict[str, Array]:
    """Return the arrays of an .npz file by name; ValueError if it is no such file, or damaged."""
    try:
        with Path(path).open("rb") as file, np.load(file) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (ValueError, EOFError, AttributeError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"it is not a readable .npz file ({error})") from None
