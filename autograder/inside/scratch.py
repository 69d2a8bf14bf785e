"""What cells write into their folder, kept in memory: a few MiB, gone with this process."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterable
from typing import Any

MOST_BYTES = 8 << 20
"""Of all files together."""
MOST_FILES = 1000


class Scratch:
    """The files of a folder that were written into it.

    Parameters
    ----------
    folder : str
        The folder, by its absolute path.

    Attributes
    ----------
    files : dict
        The content of each file, by its absolute path.
    folders : set of str
        Folders that were made.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.files: dict[str, bytearray] = {}
        self.folders: set[str] = set()

    def place(self, path: Any) -> str | None:
        """Return the absolute path of what lies in the folder; None of anything else."""
        try:
            whole = os.path.abspath(os.fspath(path))
        except (TypeError, OSError):  # a descriptor, or no current folder
            return None
        return whole if isinstance(whole, str) and whole.startswith(f"{self.folder}/") else None

    def held(self, path: Any) -> str | None:
        """Return the absolute path of a file or a folder that is kept here; None of others."""
        if not self.files and not self.folders:
            return None
        place = self.place(path)
        return place if place in self.files or place in self.folders else None

    def room_for(self, more: int) -> None:
        """Raise OSError if the files would get too large."""
        if more > 0 and sum(map(len, self.files.values())) + more > MOST_BYTES:
            raise OSError(errno.ENOSPC, f"more than {MOST_BYTES >> 20} MiB of files in all")

    def begin(self, place: str, content: bytes = b"") -> None:
        """Make a file, or replace it."""
        if os.path.isdir(place):
            raise failure(IsADirectoryError, errno.EISDIR, place)
        if place not in self.files:
            self.require_place(place)
        self.room_for(len(content) - len(self.files.get(place, b"")))
        self.files[place] = bytearray(content)

    def make_folder(self, place: str) -> None:
        """Make a folder."""
        if os.path.exists(place):
            raise failure(FileExistsError, errno.EEXIST, place)
        self.require_place(place)
        self.folders.add(place)

    def require_place(self, place: str) -> None:
        """Raise OSError if nothing new can lie there."""
        if not os.path.isdir(os.path.dirname(place)):
            raise failure(FileNotFoundError, errno.ENOENT, place)
        if len(self.files) + len(self.folders) >= MOST_FILES:
            raise OSError(errno.ENOSPC, f"more than {MOST_FILES} files and folders")

    def names_in(self, folder: str) -> set[str]:
        """Return the names of what is kept in a folder."""
        every: Iterable[str] = (*self.files, *self.folders)
        return {os.path.basename(path) for path in every if os.path.dirname(path) == folder}


def failure(kind: type[OSError], number: int, place: str) -> OSError:
    """Return an error such as the system gives."""
    return kind(number, os.strerror(number), place)


class Kept(io.RawIOBase):
    """A file that is kept in memory, as the system would give it: bytes, and no buffer."""

    def __init__(self, scratch: Scratch, place: str, mode: str) -> None:
        self._scratch, self._content = scratch, scratch.files[place]
        self.name, self.mode = place, mode
        self._reads, self._writes = "r" in mode or "+" in mode, mode.strip("brt") != ""
        self._at = len(self._content) if "a" in mode else 0

    def readable(self) -> bool:
        return self._reads

    def writable(self) -> bool:
        return self._writes

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._reads:
            raise io.UnsupportedOperation("not readable")
        part = self._content[self._at : self._at + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def write(self, data: Any) -> int:
        if not self._writes:
            raise io.UnsupportedOperation("not writable")
        if "a" in self.mode:
            self._at = len(self._content)
        view = memoryview(data).cast("B")
        self._grow(self._at + len(view))
        self._content[self._at : self._at + len(view)] = view
        self._at += len(view)
        return len(view)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._content)}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._at = start + offset
        return self._at

    def truncate(self, size: int | None = None) -> int:
        size = self._at if size is None else size
        self._grow(size)
        del self._content[size:]
        return size

    def _grow(self, size: int) -> None:
        self._scratch.room_for(size - len(self._content))
        self._content.extend(bytes(max(0, size - len(self._content))))
