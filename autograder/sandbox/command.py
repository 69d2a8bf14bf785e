"""The command that starts a zygote, with bubblewrap around it or without."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from ..inside.places import SYSTEM_LIBRARIES
from .layout import INSIDE, Layout, masked
from .terms import Isolation, SandboxUnavailable

# Where things lie inside. Nobody's interpreter lies in these folders.
ASSIGNMENT = "/assignment"
HOUSE = "/handgrad"
FONTS = f"{HOUSE}/fonts"
NOBODY = "65534"  # whoever starts it, to itself it is nobody

# `inside` is found last, so that it hides no module of the standard library.
BOOT = """
import sys
sys.path.append(sys.argv[1])
from inside import zygote
zygote.main(int(sys.argv[2]))
"""


def zygote(
    isolation: Isolation, layout: Layout, readable: Path | None, fonts: Path | None, descriptor: int
) -> tuple[list[str], dict[str, str | None]]:
    """Return the command of a zygote, and where it finds the folders `readable` and `fonts`.

    Raises
    ------
    SandboxUnavailable
        If bubblewrap is needed and not installed.
    """
    # The options are those of -I but one: -E would ignore PYTHONHASHSEED, and the environment is
    # all ours anyway. -S leaves the installed packages out.
    python = [str(layout.executable), "-P", "-s", "-S", "-B", "-X", "utf8", "-c", BOOT]
    if isolation.level == 3:
        around = bubblewrap(layout, readable, fonts)
        command, house = [*around, *python], HOUSE
        inside, fonts_inside = ASSIGNMENT, FONTS
    else:
        command, house = python, str(INSIDE.parent)
        inside, fonts_inside = str(readable), str(fonts)
    places = {"readable": inside if readable else None, "fonts": fonts_inside if fonts else None}
    return [*command, house, str(descriptor)], places


def bubblewrap(layout: Layout, readable: Path | None, fonts: Path | None) -> list[str]:
    """Return the command to put before another: empty namespaces, and only the files it needs."""
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxUnavailable("bubblewrap is not installed (`apt install bubblewrap`)")
    # --unshare-all alone would go on without a user namespace where there is none to be had.
    flags = ["--unshare-user", "--unshare-all", "--die-with-parent", "--new-session"]
    flags += ["--cap-drop", "ALL", "--uid", NOBODY, "--gid", NOBODY, "--clearenv"]
    flags += [word for pair in layout.environment.items() for word in ("--setenv", *pair)]
    masks = masked(layout)
    houses = [(INSIDE, f"{HOUSE}/inside"), (readable, ASSIGNMENT), (fonts, FONTS)]
    return [
        program,
        *flags,
        *_libraries(layout),
        *_each("--tmpfs", masks),
        *_bound([(path, str(path)) for path in (*layout.packages, layout.executable)]),
        *_bound([(path, place) for path, place in houses if path]),
        *("--dev-bind", "/dev/null", "/dev/null"),
        *_each("--remount-ro", masks),
        *("--remount-ro", "/", "--chdir", "/", "--"),
    ]


def _libraries(layout: Layout) -> list[str]:
    words: list[str] = []
    for root in map(Path, dict.fromkeys([*SYSTEM_LIBRARIES, str(layout.library)])):
        if root.is_symlink():
            words += ["--symlink", str(root.readlink()), str(root)]
        elif root.is_dir():
            words += _bound([(root, str(root))])
    return words


def _bound(pairs: Iterable[tuple[Path, str]]) -> list[str]:
    return [word for path, place in pairs for word in ("--ro-bind", str(path), place)]


def _each(flag: str, paths: Iterable[Path]) -> list[str]:
    return [word for path in paths for word in (flag, str(path))]
