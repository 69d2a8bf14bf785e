"""What is collected from nbgrader's exchange: every student can write into its inbound folder.

nbgrader believes what a folder there is called, which says whose it is and when it came, and copies
it with the instructor's rights, links followed. Here a folder counts for the account that it
belongs to, and only that account's plain files are copied. When they were changed last is known by
the system's clock, and said where it contradicts the name.
"""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect

from autograder.classes.guarding import MOST_FILES
from autograder.classes.handed_in import is_plain_name
from autograder.classes.stamps import read_stamp, time_zone
from autograder.grading.reading import named, shown

DEEPEST = 12
SLOWEST_COPY = timedelta(minutes=10)
"""How long it may take to hand in: the name is given before the files are copied."""


class Refused(Exception):
    """A folder of the exchange is not collected; the sentence says why and what to do."""


class Collect(ExchangeCollect):  # type: ignore[misc]
    """Collects from an exchange whose students may say anything."""

    src_records: list[dict[str, Any]]

    def init_src(self) -> None:
        """Find the latest submission of each student, among those that are their own."""
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """Return whose a folder is and when it came; nobody's if it is not to be collected."""
        try:
            return self._own_record(Path(path))
        except Refused as reason:
            self.log.warning("Not collected: '%s' %s", shown(os.path.basename(path)), reason)
            return {"username": "", "filename": "", "timestamp": datetime.min}

    def _own_record(self, path: Path) -> dict[str, Any]:
        try:
            record: dict[str, Any] = super()._path_to_record(str(path))
        except (ExchangeError, ValueError, OverflowError):
            raise Refused("is not named as 'nbgrader submit' names what it hands in.") from None
        student = record["username"]
        if not student or not is_plain_name(student):
            raise Refused("is no student's.")
        if not stat.S_ISDIR(path.lstat().st_mode) or not os.access(path, os.R_OK | os.X_OK):
            raise Refused("is no folder that can be read.")
        if self.check_owner and student != (owner := _owner(path)):
            raise Refused(
                f"says that it is {student}'s, and belongs to the account {owner}. What {student} "
                "has handed in otherwise is collected; to count this, too, put it into submitted/ "
                "yourself."
            )
        return record

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a student's folder; where that fails, say so, and go on with the others."""
        try:
            self._copy(Path(src), dest, log)
        except OSError as error:
            self.log.error("'%s' could not be collected: %s", shown(Path(src).name), error)

    def _copy(self, source: Path, dest: str, log: Any) -> None:
        """Copy as nbgrader does, from where no student can exchange what is copied."""
        name = shown(source.name)
        with tempfile.TemporaryDirectory(prefix="handgrad-collect-") as scratch:
            plain = Path(scratch) / "plain"
            copied = copy_plainly(source, plain, 1000 * self.coursedir.max_dir_size)
            super().do_copy(str(plain), dest, log)
            stamp, _ = read_stamp(plain, time_zone(self.coursedir))
        if copied.left:
            self.log.warning(
                "Left out of '%s', as links, other accounts' files and too much are: %s",
                name,
                named(copied.left),
            )
        said = min(super()._path_to_record(str(source))["timestamp"], stamp or datetime.max)
        if copied.changed > said + SLOWEST_COPY:
            self.log.warning(
                "'%s' says that it was handed in at %s UTC, and was changed at %s UTC: see whether "
                "it is late.",
                name,
                f"{said:%Y-%m-%d %H:%M}",
                f"{copied.changed:%Y-%m-%d %H:%M}",
            )


@dataclass
class Copied:
    """What became of a folder that was copied.

    Attributes
    ----------
    left : list of str
        What was left out.
    changed : datetime
        When a file that was copied was changed last, in UTC, by the system's clock: nobody can set
        that time.
    """

    left: list[str] = field(default_factory=list)
    changed: datetime = datetime.min


def copy_plainly(source: Path, target: Path, most_bytes: int) -> Copied:
    """Copy the plain files of a folder that belong to its owner.

    Parameters
    ----------
    source, target : Path
        The folder, and where its copy is made. Somebody may be changing the former meanwhile: no
        link is followed, wherever it turns up.
    most_bytes : int
        Of all files together.
    """
    owner = source.lstat().st_uid
    copied, count = Copied(), 0
    for where, folders, names, folder in os.fwalk(source):
        inside = Path(where).relative_to(source)
        (target / inside).mkdir()
        if len(inside.parts) >= DEEPEST:
            copied.left += [str(inside / name) for name in folders]
            folders.clear()
        count += len(names) + len(folders)
        if count > MOST_FILES:
            copied.left.append(f"all beyond {MOST_FILES} files and folders")
            break
        copied.left += [str(inside / name) for name in folders if _is_link(name, folder)]
        for name in names:
            file = _opened(name, folder, owner, most_bytes)
            if file is None:
                copied.left.append(str(inside / name))
                continue
            with file:
                status = os.fstat(file.fileno())
                (target / inside / name).write_bytes(file.read(status.st_size))
            most_bytes -= status.st_size
            changed = datetime.fromtimestamp(status.st_ctime, UTC).replace(tzinfo=None)
            copied.changed = max(copied.changed, changed)
    return copied


def _opened(name: str, folder: int, owner: int, most_bytes: int) -> BinaryIO | None:
    """Return a file of an open folder, if it is plain, the owner's and not too large."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return None
    file = os.fdopen(descriptor, "rb")
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_uid == owner and status.st_size <= most_bytes:
        return file
    file.close()
    return None


def _is_link(name: str, folder: int) -> bool:
    return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)


def _owner(path: Path) -> str:
    try:
        return path.owner()
    except KeyError:
        return "that has no name here"
