"""Landlock: the files a child may read, and none that it may write.

Source: Linux, Documentation/userspace-api/landlock.rst. The kernel tells its version ("ABI"); every
right that version knows is taken away here, and only reading is given back, path by path.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable

from . import kernel

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
RULE_PATH_BENEATH = 1

# ABI: how many file rights it knows. Each version added its own at the end.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
NEWEST_FILE_RIGHTS = 5
NETWORK_SINCE, NETWORK = 4, 0b11  # bind and connect, TCP
SCOPES_SINCE, SCOPES = 6, 0b11  # abstract sockets and signals do not leave the child


class _Ruleset(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint64) for name in ("files", "network", "scopes"))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("directory", ctypes.c_int32))


def abi() -> int:
    """Return Landlock's version on this kernel, at least 1.

    Raises
    ------
    OSError
        If the kernel was built, or started, without Landlock.
    """
    return kernel.syscall("Landlock", CREATE_RULESET, None, 0, 1)


def ruleset(readable: Iterable[str]) -> int:
    """Build the allow-list.

    Parameters
    ----------
    readable : iterable of str
        Files and folders (with all in them) that may be read. What does not exist is left out.

    Returns
    -------
    int
        A descriptor of the ruleset, for `restrict`.
    """
    version = abi()
    handled = _Ruleset(
        (1 << FILE_RIGHTS[min(version, NEWEST_FILE_RIGHTS)]) - 1,
        NETWORK if version >= NETWORK_SINCE else 0,
        SCOPES if version >= SCOPES_SINCE else 0,
    )
    size = 24 if version >= SCOPES_SINCE else 16 if version >= NETWORK_SINCE else 8
    rules = kernel.syscall("Landlock", CREATE_RULESET, ctypes.byref(handled), size, 0)
    for path in readable:
        _allow(rules, path, READ_FILE | READ_DIR)
    _allow(rules, os.devnull, READ_FILE | WRITE_FILE)
    return rules


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= EXECUTE | WRITE_FILE | READ_FILE  # the others mean nothing on a file
        rule = _PathBeneath(rights, descriptor)
        kernel.syscall("Landlock", ADD_RULE, rules, RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)


def restrict(rules: int) -> None:
    """Put the ruleset on this process, for good. Needs ``no_new_privs``."""
    kernel.syscall("Landlock", RESTRICT_SELF, rules, 0)
