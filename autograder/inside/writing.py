"""Let cells write files where nothing can be written: `open` and its like know of a `Scratch`.

So a figure that is saved, or a module written by ``%%writefile``, is there for the cells that
follow. It is a convenience and no wall: whoever goes around it finds that nothing can be written.
"""

from __future__ import annotations

import builtins
import errno
import importlib.abc
import importlib.util
import io
import os
import stat
import sys
from contextlib import suppress
from importlib.machinery import ModuleSpec
from typing import Any

from IPython.core import interactiveshell

from .scratch import MOST_BYTES, Kept, Scratch, failure

CALLS = ("stat", "lstat", "listdir", "mkdir", "rmdir", "remove", "unlink", "rename", "replace")


def install(folder: str) -> None:
    """Keep what is written into a folder in the memory of this process, from now on."""
    scratch = Scratch(folder)
    opened = Opener(scratch).open
    builtins.open = io.open = opened
    interactiveshell.io_open = opened  # which IPython's own `open` for cells calls
    with suppress(AttributeError, KeyError):  # where `numpy.savetxt` keeps it
        sys.modules["numpy.lib._datasource"]._file_openers._file_openers[None] = opened
    system = System(scratch)
    for name in CALLS:
        setattr(os, name, getattr(system, name))
    sys.meta_path.append(Written(scratch))


class Opener:
    """Opens files, those in memory as well."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch, self.real = scratch, io.open

    def open(
        self,
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Any = None,
    ) -> Any:
        place = self.scratch.place(file) if opener is None and is_mode(mode) else None
        if place is None or not (place in self.scratch.files or set(mode) & set("wax+")):
            return self.real(file, mode, buffering, encoding, errors, newline, closefd, opener)
        self.prepare(place, mode)
        raw = Kept(self.scratch, place, mode)
        if "b" in mode and buffering == 0:
            return raw
        kind: Any = io.BufferedReader if "r" in mode else io.BufferedWriter
        buffered = (io.BufferedRandom if "+" in mode else kind)(raw)
        if "b" in mode:
            return buffered
        text: Any = io.TextIOWrapper(buffered, encoding, errors, newline, buffering == 1)
        text.mode = mode
        return text

    def prepare(self, place: str, mode: str) -> None:
        """Make the file, or take it over from the folder, as the mode asks."""
        if "x" in mode and os.path.exists(place):
            raise failure(FileExistsError, errno.EEXIST, place)
        if "w" in mode or "x" in mode:
            self.scratch.begin(place)
        elif place not in self.scratch.files:
            content = b""
            if "r" in mode or os.path.exists(place):
                with self.real(place, "rb") as file:
                    content = file.read(MOST_BYTES + 1)
            self.scratch.begin(place, content)


def is_mode(mode: Any) -> bool:
    """Return whether a mode is one; what is none is left to the real function to refuse."""
    if not isinstance(mode, str) or len(set(mode)) < len(mode) or {"b", "t"} <= set(mode):
        return False
    return set(mode) <= set("rwaxbt+") and len(set(mode) & set("rwax")) == 1


class System:
    """Functions of `os` that know the files and folders in memory."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch
        self.real = {name: getattr(os, name) for name in CALLS}

    def stat(self, path: Any, **options: Any) -> Any:
        place = self.scratch.held(path)
        return self.real["stat"](path, **options) if place is None else self.status(place)

    def lstat(self, path: Any, **options: Any) -> Any:
        return self.stat(path, **options, follow_symlinks=False)

    def status(self, place: str) -> os.stat_result:
        """Return what there is to be said of something in memory."""
        content = self.scratch.files.get(place)
        kind = stat.S_IFDIR | 0o755 if content is None else stat.S_IFREG | 0o644
        return os.stat_result(
            (kind, 0, 0, 1, os.getuid(), os.getgid(), len(content or b""), 0, 0, 0)
        )

    def listdir(self, path: Any = ".") -> Any:
        whole = os.path.abspath(path) if isinstance(path, str | os.PathLike) else None
        if whole is None or not (ours := self.scratch.names_in(whole)):
            return [] if whole in self.scratch.folders else self.real["listdir"](path)
        theirs = [] if whole in self.scratch.folders else self.real["listdir"](path)
        return sorted({*theirs, *ours})

    def mkdir(self, path: Any, mode: int = 0o777, **options: Any) -> Any:
        place = self.scratch.place(path)
        if place is None:
            return self.real["mkdir"](path, mode, **options)
        self.scratch.make_folder(place)

    def rmdir(self, path: Any, **options: Any) -> Any:
        place = self.scratch.held(path)
        if place not in self.scratch.folders or self.scratch.names_in(place):
            return self.real["rmdir"](path, **options)
        self.scratch.folders.remove(place)

    def remove(self, path: Any, **options: Any) -> Any:
        place = self.scratch.held(path)
        if place not in self.scratch.files:
            return self.real["remove"](path, **options)
        del self.scratch.files[place]

    unlink = remove

    def replace(self, src: Any, dst: Any, **options: Any) -> Any:
        source, target = self.scratch.held(src), self.scratch.place(dst)
        if source not in self.scratch.files or target is None:
            return self.real["replace"](src, dst, **options)
        content = self.scratch.files.pop(source)
        self.scratch.begin(target, bytes(content))

    rename = replace


class Written(importlib.abc.SourceLoader):
    """Finds, and loads, the modules that cells have written."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if self.get_filename(name) not in self.scratch.files:
            return None
        return importlib.util.spec_from_loader(name, self, origin=self.get_filename(name))

    def get_filename(self, name: str) -> str:
        return f"{self.scratch.folder}/{name}.py"

    def get_data(self, path: str) -> bytes:
        if path not in self.scratch.files:
            raise failure(FileNotFoundError, errno.ENOENT, path)
        return bytes(self.scratch.files[path])
