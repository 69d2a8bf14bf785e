"""The system calls a child may make: an allow-list, assembled to classic BPF in pure Python.

What is not listed fails with EPERM: sockets, processes and threads, exec, ptrace, shared memory,
io_uring, keyrings, namespaces, mounts, and whatever a later kernel adds. Of the calls that act on
a process, only those on the child itself pass.

Source: Linux, Documentation/userspace-api/seccomp_filter.rst; numbers of x86-64 from
arch/x86/entry/syscalls/syscall_64.tbl, of aarch64 from include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from . import kernel

# name: (x86-64, aarch64); None where the architecture does not have the call.
PLAIN: dict[str, tuple[int | None, int | None]] = {
    # Memory
    "brk": (12, 214),
    "madvise": (28, 233),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "munmap": (11, 215),
    # Open descriptors, and the channel to the grader above all
    "close": (3, 57),
    "close_range": (436, 436),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "getsockname": (51, 204),
    "getsockopt": (55, 209),
    "getpeername": (52, 205),
    "lseek": (8, 62),
    "poll": (7, None),
    "ppoll": (271, 73),
    "pread64": (17, 67),
    "pselect6": (270, 72),
    "read": (0, 63),
    "readv": (19, 65),
    "recvfrom": (45, 207),
    "select": (23, None),
    "sendto": (44, 206),
    "shutdown": (48, 210),
    "write": (1, 64),
    "writev": (20, 66),
    # Files, to be read; Landlock says which
    "access": (21, None),
    "chdir": (80, 49),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "fadvise64": (221, 223),
    "fchdir": (81, 50),
    "fstat": (5, 80),
    "fstatfs": (138, 44),
    "getcwd": (79, 17),
    "getdents64": (217, 61),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "open": (2, None),
    "openat": (257, 56),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "stat": (4, None),
    "statfs": (137, 43),
    "statx": (332, 291),
    # Time
    "alarm": (37, None),
    "clock_getres": (229, 114),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "getitimer": (36, 102),
    "gettimeofday": (96, 169),
    "nanosleep": (35, 101),
    "setitimer": (38, 103),
    "time": (201, None),
    "times": (100, 153),
    # Signals of its own, and waiting
    "futex": (202, 98),
    "pause": (34, None),
    "restart_syscall": (219, 128),
    "rt_sigaction": (13, 134),
    "rt_sigpending": (127, 136),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "rt_sigsuspend": (130, 133),
    "rt_sigtimedwait": (128, 137),
    "sched_yield": (24, 124),
    "sigaltstack": (131, 132),
    # Facts about itself and the machine
    "exit": (60, 93),
    "exit_group": (231, 94),
    "getcpu": (309, 168),
    "getegid": (108, 177),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getgroups": (115, 158),
    "getpgid": (121, 155),
    "getpgrp": (111, None),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "getrandom": (318, 278),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "getsid": (124, 156),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "sched_getaffinity": (204, 123),
    "sysinfo": (99, 179),
    "uname": (63, 160),
}

OWN_PID = 0x5E1F_A1D5  # stands for the child's process id until the program is installed

# name: (x86-64, aarch64, index of the argument looked at, its allowed values)
CHECKED: dict[str, tuple[int, int, int, tuple[int, ...]]] = {
    "fcntl": (72, 25, 1, (0, 1, 2, 3, 4, 1030)),  # DUPFD, GETFD, SETFD, GETFL, SETFL, DUPFD_CLOEXEC
    "ioctl": (16, 29, 1, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),  # isatty .. FIOCLEX
    "kill": (62, 129, 0, (OWN_PID,)),
    "prctl": (157, 167, 0, (3, 15, 16)),  # PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME
    "prlimit64": (302, 261, 0, (0, OWN_PID)),
    "tgkill": (234, 131, 0, (OWN_PID,)),
}

CLONE3 = 435
AUDIT_ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
X32_BIT = 0x4000_0000  # the x32 calls of x86-64 bear this bit and would pass by other numbers

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, KILL_PROCESS, ERRNO = 0x7FFF_0000, 0x8000_0000, 0x0005_0000
NUMBER_AT, ARCH_AT, ARGUMENTS_AT = 0, 4, 16  # offsets in struct seccomp_data


class _Program(ctypes.Structure):
    """``struct sock_fprog``: the number of instructions, and where they are."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _allow_number(number: int) -> bytes:
    return _instruction(JUMP_EQUAL, number, 0, 1) + _instruction(RETURN, ALLOW)


def _allow_argument(number: int, index: int, values: tuple[int, ...]) -> bytes:
    # The kernel reads these arguments as 32 bits, so their lower half is all that counts.
    block = _instruction(LOAD, ARGUMENTS_AT + 8 * index)
    block += b"".join(_allow_number(value) for value in values)
    block += _instruction(RETURN, ERRNO | errno.EPERM)
    return _instruction(JUMP_EQUAL, number, 0, len(block) // 8) + block


def assemble(machine: str = "") -> bytes:
    """Assemble the filter for a machine, this one by default.

    Parameters
    ----------
    machine : str
        ``"x86_64"`` or ``"aarch64"``.

    Returns
    -------
    bytes
        Classic BPF instructions, 8 bytes each, with `OWN_PID` still to be filled in.

    Raises
    ------
    OSError
        If the system calls of this machine are not known here.
    """
    machine = machine or platform.machine()
    if machine not in AUDIT_ARCH:
        raise OSError(f"no list of system calls for the processor type {machine!r}")
    column = list(AUDIT_ARCH).index(machine)
    parts = [_instruction(LOAD, ARCH_AT)]
    parts += [_instruction(JUMP_EQUAL, AUDIT_ARCH[machine], 1, 0)]
    parts += [_instruction(RETURN, KILL_PROCESS), _instruction(LOAD, NUMBER_AT)]
    parts += [_instruction(JUMP_AT_LEAST, X32_BIT, 0, 1), _instruction(RETURN, KILL_PROCESS)]
    parts += [_allow_number(n) for pair in PLAIN.values() if (n := pair[column]) is not None]
    parts += [
        _allow_argument((x86_64, aarch64)[column], index, values)
        for x86_64, aarch64, index, values in CHECKED.values()
    ]
    # "No such call" makes the C library fall back to clone, which is then refused.
    parts += [_instruction(JUMP_EQUAL, CLONE3, 0, 1), _instruction(RETURN, ERRNO | errno.ENOSYS)]
    return b"".join([*parts, _instruction(RETURN, ERRNO | errno.EPERM)])


def install(program: bytes, pid: int) -> None:
    """Put the filter on this process, for good. Needs ``no_new_privs``.

    Raises
    ------
    OSError
        If the kernel has no seccomp, or refuses the program.
    """
    own = program.replace(struct.pack("=I", OWN_PID), struct.pack("=I", pid))
    fprog = _Program(len(own) // 8, own)
    kernel.prctl(kernel.PR_SET_SECCOMP, 2, ctypes.byref(fprog))
