"""What a learning platform's download holds: a zip, a folder or a notebook, none of it trusted.

Names are only read, never used: what is taken out gets a name of ours. So a name can lead nowhere;
one that tries to is refused all the same, since what it is about cannot be believed either.
"""

from __future__ import annotations

import contextlib
import os
import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from autograder.classes.recognizing import ARCHIVES, PASSED_OVER
from autograder.grading.reading import (
    LARGEST_MEMBER,
    MIB,
    TooMuch,
    Unreadable,
    is_notebook,
    open_plainly,
    open_zip,
    shown,
)
from autograder.lms.decoding import LEGACY_WESTERN, guessed

LARGEST_DOWNLOAD = 4096 * MIB
MOST_ENTRIES = 20_000
LARGEST_LIST = 8 * MIB
MOST_UNPACKED = 4096 * MIB
"""Of all notebooks in a download together."""
HIGHEST_RATIO = 200
"""How many times larger than in the zip; a notebook that is all zeros in its outputs has 100."""
RATIO_FROM = 1 * MIB
DEEPEST = 12
UTF8_NAME, ENCRYPTED = 0x800, 0x1
TAKEN_FOR = ("cp437", "cp850", "cp1252")
"""What programs take the names in a zip for that do not say their encoding."""
CHUNK = 1 << 16


class DownloadError(Exception):
    """A download cannot be opened; one sentence says why and what to do."""


class Refused(Exception):
    """A file of a download is not taken; the end of a sentence says why and what to do."""


@dataclass(frozen=True)
class Entry:
    """A file in a download.

    Attributes
    ----------
    path : str
        Where it lies in the download, with ``/`` between folders.
    time : datetime, optional
        When it was changed last, in UTC, by what the download says.
    open : function
        Returns it, to be read.
    size, packed : int
        Its bytes, unpacked and packed, by what the download says.
    owner : str
        The account that it belongs to, if it lies in a folder of this machine; else empty.
    """

    path: str
    time: datetime | None
    open: Callable[[], BinaryIO]
    size: int
    packed: int
    owner: str = ""

    @property
    def name(self) -> str:
        """Its name, without the folders."""
        return self.path.rpartition("/")[2]


@dataclass
class Download:
    """What was given: its files, and a sentence for each that is refused.

    Attributes
    ----------
    path : Path
        Where it lies.
    entries : list of Entry
        Its files that may be looked at, by name.
    refused : list of str
        Sentences on the others.
    """

    path: Path
    entries: list[Entry] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unpacked: int = 0

    def refuse(self, path: str, reason: str) -> None:
        """Say of a file why it is not taken."""
        self.refused.append(f"'{shown(path)}' in {shown(self.path.name)} {reason}")

    def unpack(self, entry: Entry, target: Path) -> None:
        """Write a file of the download, no further than the limits.

        Raises
        ------
        Refused
            If it is beyond them, or damaged.
        """
        if entry.size > LARGEST_MEMBER:
            raise Refused(
                f"has more than {LARGEST_MEMBER // MIB} MiB: clear the notebook's outputs."
            )
        if entry.size > max(RATIO_FROM, HIGHEST_RATIO * entry.packed):
            raise Refused("is packed as no notebook is, to be huge when it is unpacked.")
        try:
            with entry.open() as file, target.open("xb") as copy:
                size = 0
                while chunk := file.read(CHUNK):
                    size += len(chunk)
                    self.unpacked += len(chunk)
                    if size > LARGEST_MEMBER or self.unpacked > MOST_UNPACKED:
                        raise Refused("is larger than it says, or one of too many: unpack it.")
                    copy.write(chunk)
        except (Refused, OSError) as error:
            target.unlink(missing_ok=True)
            if isinstance(error, Refused) or error.filename == str(target):
                raise
            raise Refused("cannot be read: see whether it opens elsewhere.") from None
        except Exception:  # zipfile promises no kinds of errors
            target.unlink(missing_ok=True)
            raise Refused("is damaged: download it again.") from None


@contextlib.contextmanager
def opened_download(path: Path) -> Iterator[Download]:
    """Open a download, for as long as something is taken out of it.

    Raises
    ------
    DownloadError
        If it is neither a folder nor a zip nor a notebook, or beyond the limits.
    """
    download = Download(path)
    if path.is_dir():
        _list_folder(download)
        _require_files(download)
        yield download
        return
    try:
        file = open_plainly(path)
    except (Unreadable, OSError):
        raise DownloadError(
            f"{path} cannot be read: give a zip, a folder or a notebook, and no link to one."
        ) from None
    with file:
        if is_notebook(path.name):
            download.entries.append(_plain_entry(path, path.name))
            yield download
            return
        try:
            zipped = open_zip(file, LARGEST_DOWNLOAD, LARGEST_LIST, MOST_ENTRIES)
        except TooMuch:
            raise DownloadError(
                f"{path} has more than {LARGEST_DOWNLOAD // MIB} MiB or {MOST_ENTRIES} files, or "
                "says so: unpack it, and give the folder."
            ) from None
        except Exception:  # as above
            raise DownloadError(
                f"{path} is no zip, or is damaged: download it again; what is packed otherwise, "
                "unpack, and give the folder."
            ) from None
        with zipped:
            _list_zip(download, zipped)
            _require_files(download)
            yield download


def _require_files(download: Download) -> None:
    if not (download.entries or download.refused):
        raise DownloadError(f"{download.path} has no files in it: see whether it is the right one.")


def is_archive(name: str) -> bool:
    """Return whether a file's name is that of an archive."""
    return name.lower().endswith(ARCHIVES)


# Folders ------------------------------------------------------------------------------------------


def _list_folder(download: Download) -> None:
    """Enter the files in a folder and below it; links are not followed."""
    count = 0
    for folder, folders, names in os.walk(download.path):
        inside = Path(folder).relative_to(download.path)
        place = PurePosixPath(*map(as_given, inside.parts))
        kept = sorted(name for name in folders if not _is_passed_over(name))
        for name in [one for one in kept if (Path(folder) / one).is_symlink()]:
            download.refuse((inside / name).as_posix(), "is a link, and not followed.")
            kept.remove(name)
        if len(inside.parts) >= DEEPEST and kept:
            download.refuse(inside.as_posix(), f"lies more than {DEEPEST} folders deep.")
            kept = []
        folders[:] = kept
        for name in sorted(names):
            count += 1
            if count > MOST_ENTRIES:
                raise DownloadError(
                    f"{download.path} has more than {MOST_ENTRIES} files: give the folder of one "
                    "download."
                )
            if not _is_passed_over(name):
                _add_file(download, Path(folder) / name, (place / as_given(name)).as_posix())


def as_given(name: str) -> str:
    """Return the name that a platform gave a file, where a program has unpacked it under another.

    Canvas writes UTF-8 and does not say so: some programs then take each byte for a letter. Few
    texts are UTF-8 by chance.
    """
    for encoding in () if name.isascii() else TAKEN_FOR:
        with contextlib.suppress(UnicodeError):
            found = name.encode(encoding).decode("utf-8")
            return found if found.isprintable() and "/" not in found else name
    return name


def _add_file(download: Download, path: Path, inside: str) -> None:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        download.refuse(inside, "is a link, and not followed.")
    elif not stat.S_ISREG(status.st_mode):
        download.refuse(inside, "is no file.")
    elif not inside.isprintable():
        download.refuse(inside, "has a name that cannot be shown: give it another one.")
    else:
        download.entries.append(_plain_entry(path, inside))


def _plain_entry(path: Path, inside: str) -> Entry:
    status = path.lstat()
    time = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None)

    def opening() -> BinaryIO:
        try:
            return open_plainly(path)
        except Unreadable:
            raise OSError from None

    return Entry(inside, time, opening, status.st_size, status.st_size, _account(path))


def _account(path: Path) -> str:
    with contextlib.suppress(KeyError, NotImplementedError):  # no name; on Windows
        return path.owner()
    return ""


def _is_passed_over(name: str) -> bool:
    return name.startswith(".") or name in PASSED_OVER


# Zips ---------------------------------------------------------------------------------------------


def _list_zip(download: Download, zipped: zipfile.ZipFile) -> None:
    """Enter the files of a zip; of those whose names are one, in some file system, none."""
    files = [(_path(info), info) for info in zipped.infolist() if not info.is_dir()]
    counts = Counter(_spelling(path) for path, _ in files)
    for path, info in sorted(files, key=lambda item: item[0]):
        reason = _fault(path, info)
        if not reason and any(map(_is_passed_over, path.split("/"))):
            continue
        if not reason and counts[_spelling(path)] > 1:
            reason = "has the name of another file there, capitals apart: unpack them by hand."
        if reason:
            download.refuse(path, reason)
            continue
        opener = _opener(zipped, info)
        sizes = info.file_size, info.compress_size
        download.entries.append(Entry(path, _time(info), opener, *sizes))


def _opener(zipped: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: zipped.open(info)  # type: ignore[return-value]


def _path(info: zipfile.ZipInfo) -> str:
    """Return the name of a file of a zip: some programs write bytes and do not say which."""
    name = info.orig_filename
    if not info.flag_bits & UTF8_NAME and not name.isascii():
        with contextlib.suppress(UnicodeError):
            data = name.encode("cp437")
            encoding = guessed(data)
            name = name if encoding == LEGACY_WESTERN else data.decode(encoding)
    return name.replace("\\", "/")


def _spelling(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _fault(path: str, info: zipfile.ZipInfo) -> str:
    """Return why a file of a zip is not looked at; empty if it is."""
    parts = path.split("/")
    if path.startswith("/") or (len(path) > 1 and path[1] == ":"):
        return "says where it is to lie on this machine, and is not taken."
    if ".." in parts:
        return "leads out of the folder, and is not taken."
    if not path.isprintable() or not all(parts):
        return "has a name that cannot be shown, and is not taken."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link, and not followed."
    if info.flag_bits & ENCRYPTED:
        return "is locked with a password: unpack it by hand."
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in an unusual way: unpack it by hand."
    return ""


def _time(info: zipfile.ZipInfo) -> datetime | None:
    """Return when a file was changed, in UTC, if it was packed in this time zone."""
    try:
        return datetime(*info.date_time).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None
