"""Read a file that was handed in, whatever it is.

Links are not followed, and nothing but regular files is read. A path may lead into a zip, as in
``upload.zip/03.ipynb``: then this one file of it is read, and nothing is unpacked onto the disk.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

MIB = 1 << 20
LARGEST_ARCHIVE = 64 * MIB
LARGEST_MEMBER = 64 * MIB
MOST_MEMBERS = 1000
LONGEST_NAME = 80
MOST_NAMED = 5
END_OF_ZIP, END_OF_ZIP64 = b"PK\5\6", b"PK\6\7"
END_BYTES, LARGEST_COMMENT, LOCATOR_BYTES = 22, (1 << 16) - 1, 20
LARGEST_DIRECTORY = 1 * MIB
"""The list of a zip's files: as much of it is read as it says of itself, and each line costs."""


class Unreadable(Exception):
    """The file is not a notebook; one sentence says what is wrong and what to do."""


class TooMuch(Exception):
    """An archive is beyond the limits."""


def shown(name: str) -> str:
    """Return a name that a stranger chose as it may stand in a sentence."""
    plain = "".join(character if character.isprintable() else "\ufffd" for character in name)
    return plain if len(plain) <= LONGEST_NAME else f"{plain[:LONGEST_NAME]}..."


def named(names: list[str], most: int = MOST_NAMED) -> str:
    """Return the first few of some names in quotes, and how many more there are."""
    more = len(names) - most
    first = ", ".join(f"'{shown(name)}'" for name in names[:most])
    return first + (f" and {more} more" if more > 0 else "")


def is_notebook(name: str) -> bool:
    """Return whether a file's name is that of a notebook; browsers append endings of their own."""
    return name.lower().endswith((".ipynb", ".ipynb.json", ".ipynb.txt"))


def open_plainly(path: Path) -> BinaryIO:
    """Open a regular file that is no link.

    Raises
    ------
    Unreadable
        If there is none.
    """
    name = shown(path.name)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise Unreadable(f"No file {name} was submitted.") from None
    except (OSError, ValueError):
        raise Unreadable(f"The file {name} is a link or cannot be read: submit a file.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreadable(f"{name} is not a file: submit the notebook itself.")
    return os.fdopen(descriptor, "rb")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file that was handed in, by itself or in a zip, for as long as it is read.

    Raises
    ------
    Unreadable
        If it is missing, no regular file, or cannot be unpacked; that may come while it is read.
    """
    archive = next((one for one in path.parents if _is_plain_file(one)), None)
    if archive is None:
        with open_plainly(path) as file:
            yield file
    else:
        with open_plainly(archive) as file:
            name = path.relative_to(archive).as_posix()
            try:
                yield _member(file, archive.name, name)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
                raise _damaged(archive.name, name) from None


def _is_plain_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


# Archives -----------------------------------------------------------------------------------------


def notebooks_in(archive: Path) -> list[Path]:
    """Return the paths of the notebooks in a zip.

    Raises
    ------
    Unreadable
        If it is no zip, or one that is made to do harm.
    """
    with open_plainly(archive) as file:
        names = [info.filename for info in _zip(file, archive.name).infolist()]
    if len(set(names)) < len(names):
        raise Unreadable(f"The archive {shown(archive.name)} has two files of one name.")
    return sorted(archive / name for name in names if _is_plain_notebook(name))


def _is_plain_notebook(name: str) -> bool:
    parts = PurePosixPath(name).parts
    is_plain = str(PurePosixPath(name)) == name and ".." not in parts and "\\" not in name
    hidden = any(part.startswith(".") or part in ("/", "__MACOSX") for part in parts)
    return is_plain and not hidden and is_notebook(name)


def _member(file: BinaryIO, archive: str, name: str) -> BinaryIO:
    zipped = _zip(file, archive)
    try:
        info = zipped.getinfo(name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("others may ask for any amount of memory")
        if info.file_size > LARGEST_MEMBER:
            raise ValueError("too large")  # and no more than this is ever unpacked
        return cast(BinaryIO, zipped.open(info))
    except Exception:  # the standard library promises no kinds of errors here
        raise _damaged(archive, name) from None


def _damaged(archive: str, name: str) -> Unreadable:
    return Unreadable(
        f"The file {shown(name)} in the archive {shown(archive)} cannot be read, or has more than "
        f"{LARGEST_MEMBER // MIB} MiB: unpack it and submit the notebook itself."
    )


def _zip(file: BinaryIO, name: str) -> zipfile.ZipFile:
    """Return a zip, of which nothing is read before it is known to be of a modest size."""
    try:
        return open_zip(file, LARGEST_ARCHIVE, LARGEST_DIRECTORY, MOST_MEMBERS)
    except Exception:  # as above
        raise Unreadable(
            f"The archive {shown(name)} is no zip, is damaged, or has more than "
            f"{LARGEST_ARCHIVE // MIB} MiB or {MOST_MEMBERS} files: submit the notebook itself."
        ) from None


def open_zip(file: BinaryIO, size: int, directory: int, members: int) -> zipfile.ZipFile:
    """Return a zip within limits: its bytes, those of the list of its files, and their number.

    Raises
    ------
    TooMuch
        If it is beyond them.
    Exception
        Of any kind, if it is damaged.
    """
    there = os.fstat(file.fileno()).st_size
    if there > size or _directory_bytes(file, there) > directory:
        raise TooMuch
    found = zipfile.ZipFile(file)
    if len(found.infolist()) > members:
        raise TooMuch
    return found


def _directory_bytes(file: BinaryIO, size: int) -> int:
    """Return how long a zip's list of files is; where it says so is found as zipfile finds it."""
    file.seek(max(0, size - END_BYTES - LARGEST_COMMENT - LOCATOR_BYTES))
    tail = file.read()
    file.seek(0)
    place = len(tail) - END_BYTES
    if tail[place:][:4] != END_OF_ZIP or tail[-2:] != b"\0\0":
        place = tail.rfind(END_OF_ZIP)
    record = tail[place : place + END_BYTES]
    if place < 0 or len(record) < END_BYTES:
        raise ValueError("no zip")
    if tail[max(0, place - LOCATOR_BYTES) : place].startswith(END_OF_ZIP64):
        raise TooMuch  # made for archives that are larger than what is read
    return int.from_bytes(record[12:16], "little")
