"""A machine of its own for a hub: accounts, homes and processes that are there for one test.

It is a root folder in memory that has the programs of this machine, a copy of its settings in
which accounts can be made, and the course as it lies on a server. What runs there is real, with
accounts of its own; all of it is gone when its first process ends.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CLONE = Path("/opt/handgrad")
FOLDERS = ("/home", "/srv", "/run", "/var/log", "/var/tmp", "/root")
LINKED = ("bin", "sbin", "lib", "lib32", "lib64")


def command(scratch: Path, clone: Path, *inside: str) -> list[str]:
    """Return the command that runs another one, as root, in a machine of its own.

    Parameters
    ----------
    scratch : Path
        A folder in which its settings are to lie.
    clone : Path
        The course, as it is to lie on the machine.
    inside : str
        The command.
    """
    etc = scratch / "etc"
    if not etc.exists():
        secrets = shutil.ignore_patterns("*shadow*", "ssh", "private")
        shutil.copytree("/etc", etc, symlinks=True, ignore=secrets)
        (etc / "shadow").touch(mode=0o600)
    return [
        *("bwrap", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--cap-add", "ALL"),
        *("--clearenv", "--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"),
        *("--setenv", "LANG", "C.UTF-8", "--proc", "/proc", "--dev", "/dev"),
        *("--perms", "1777", "--tmpfs", "/tmp", "--perms", "1777", "--tmpfs", "/dev/shm"),
        *_programs(),
        *("--bind", str(etc), "/etc"),
        *(word for folder in FOLDERS for word in ("--dir", folder)),
        *_open_way_to(CLONE),
        *("--ro-bind", str(clone), str(CLONE)),
        *inside,
    ]


def reason_why_not(scratch: Path, clone: Path) -> str:
    """Return why no such machine can be had here; nothing if it can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "only root can make accounts"
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed"
    trial = "useradd --create-home trial && chpasswd <<< trial:trial && su trial -c true"
    done = subprocess.run(
        command(scratch, clone, "bash", "-c", trial), capture_output=True, text=True
    )
    return done.stderr.strip() if done.returncode else ""


def _programs() -> list[str]:
    """Return what brings the machine's programs in, and the interpreter with its packages."""
    words = ["--ro-bind", "/usr", "/usr", "--tmpfs", "/usr/local"]
    for path in Path("/usr/local").iterdir():
        if path.exists() and path.name != "share":  # where nbgrader's exchange lies
            words += ["--ro-bind", str(path), str(path)]
    for name in LINKED:
        path = Path("/") / name
        if path.is_symlink():
            words += ["--symlink", os.readlink(path), str(path)]
        elif path.exists():
            words += ["--ro-bind", str(path), str(path)]
    for prefix in dict.fromkeys((sys.base_prefix, sys.prefix)):
        if not Path(prefix).is_relative_to("/usr"):
            words += [*_open_way_to(Path(prefix)), "--ro-bind", prefix, prefix]
    return words


def _open_way_to(path: Path) -> list[str]:
    """Return what makes the folders above a path ones that everybody can pass through."""
    return [word for folder in reversed(path.parents[:-1]) for word in ("--dir", str(folder))]
