"""The few Linux calls that Python does not offer, through ctypes."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def checked(what: str, result: int) -> int:
    """Return `result`, or raise the call's error when it is negative.

    Raises
    ------
    OSError
        Naming the call that failed and why.
    """
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(what: str, number: int, *arguments: object) -> int:
    """Make a system call that the C library has no function for."""
    # Variadic arguments must be as wide as the kernel reads them: plain ints would be 32 bits.
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return checked(what, int(_libc.syscall(ctypes.c_long(number), *wide)))


def prctl(option: int, argument: int, pointer: object = None) -> None:
    """Change a property of this process: ``prctl(option, argument, pointer, 0, 0)``."""
    last = ctypes.c_void_p(0) if pointer is None else pointer
    rest = (ctypes.c_ulong(0), ctypes.c_ulong(0))
    result = _libc.prctl(ctypes.c_int(option), ctypes.c_ulong(argument), last, *rest)
    checked(f"prctl({option})", int(result))


def end_with(parent: int) -> None:
    """Let the kernel kill this process when the one that started it ends, however it ends."""
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)  # it has ended already


def drop_privileges() -> None:
    """Give up all capabilities, and for good: exec cannot bring any back."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice 32 bits
    checked("capset", int(_libc.capset(header, nothing)))
    prctl(PR_SET_DUMPABLE, 0)  # so nobody of the same uid traces us or reads our memory


def address_space() -> int:
    """Return the bytes of address space that this process uses."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
