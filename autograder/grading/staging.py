"""The temporary folder of a run, for what the sandbox sees."""

from __future__ import annotations

import compileall
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "handgrad-stage-"


@contextmanager
def staging_folder() -> Iterator[Path]:
    """Yield a temporary folder that a sandbox can read; remove those of killed graders."""
    _remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        held = _lock(Path(name))
        try:
            Path(name).chmod(0o755)  # the sandbox may run as another user
            yield Path(name)
        finally:
            os.close(held)


def copy_to_stage(
    folder: Path, target: Path, hidden: Callable[[str, list[str]], Iterable[str]]
) -> None:
    """Copy a folder but for what is hidden, and compile it once: the sandbox could not keep that.

    Raises
    ------
    OSError
        If that fails, with a file's name.
    """
    try:
        shutil.copytree(folder, target, ignore=hidden)
    except shutil.Error as errors:  # a list of errors, which has no file name
        _, where, reason = errors.args[0][0]
        raise OSError(None, reason, where) from errors
    compileall.compile_dir(target, quiet=2)


def _remove_abandoned() -> None:
    """Remove what killed graders have left: their locks ended with them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        # An empty one may be in the making, not locked yet.
        with suppress(OSError):
            if folder.lstat().st_uid == os.getuid() and any(folder.iterdir()):
                held = _lock(folder)
                shutil.rmtree(folder, ignore_errors=True)
                os.close(held)


def _lock(folder: Path) -> int:
    """Lock a folder that nobody has locked, until the returned descriptor is closed."""
    import fcntl  # not there on Windows, where nothing is graded

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
