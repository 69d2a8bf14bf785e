"""What takes long to compute, kept in the user's cache folder: one file of each name.

Nothing is ever wrong with a cache: what cannot be read, kept or believed is computed.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import platformdirs

from autograder.writing import write_whole


def read(name: str, key: bytes) -> bytes | None:
    """Return what is kept under a name, if it was made with this key and is whole."""
    with suppress(OSError):
        kept = (_folder() / name).read_bytes()
        digest, content = kept[: sha256().digest_size], kept[sha256().digest_size :]
        if digest == _digest(key, content):
            return content
    return None


def write(name: str, key: bytes, content: bytes) -> None:
    """Keep a content in the place of what was kept under its name; if that fails, keep nothing."""
    with suppress(OSError):
        write_whole(_folder() / name, _digest(key, content) + content)


def _digest(key: bytes, content: bytes) -> bytes:
    return sha256(sha256(key).digest() + content).digest()


def _folder() -> Path:
    """Return the folder, made if need be.

    Raises
    ------
    OSError
        If there is none, or if others can write to it.
    """
    folder = platformdirs.user_cache_path("handgrad", appauthor=False) / "kept"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid"):
        status = folder.stat()
        if status.st_uid != os.getuid() or status.st_mode & 0o022:
            raise PermissionError(f"others can write to {folder}")
    return folder
