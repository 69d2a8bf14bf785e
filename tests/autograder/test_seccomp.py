"""The program of system calls, run by another interpreter than the kernel's."""

from __future__ import annotations

import errno
import struct

import pytest

from autograder.inside import seccomp


def verdict(program: bytes, arch: int, number: int, *arguments: int) -> int:
    """Run classic BPF, as in McCanne and Jacobson (1993), on one system call."""
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("=iIQ6Q", number, arch, 0, *padded)
    instructions = list(struct.iter_unpack("=HBBI", program))
    at = accumulator = 0
    while True:
        code, if_true, if_false, value = instructions[at]
        at += 1
        if code == 0x06:
            return value
        if code == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value}[code]
            at += if_true if holds else if_false


DENIED, ALLOWED, KILLED = 0x0005_0001, 0x7FFF_0000, 0x8000_0000
MACHINES = {
    # arch, then the numbers of read, kill, socket, clone, execve, ptrace, io_uring_setup, bpf
    "x86_64": (0xC000003E, 0, 62, 41, 56, 59, 101, 425, 321),
    "aarch64": (0xC00000B7, 63, 129, 198, 220, 221, 117, 425, 280),
}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_program_allows_what_is_listed_only(machine: str) -> None:
    arch, read, kill, *denied = MACHINES[machine]
    pid = struct.pack("=I", 1234)
    program = seccomp.assemble(machine).replace(struct.pack("=I", seccomp.OWN_PID), pid)
    assert verdict(program, arch, read) == ALLOWED
    assert verdict(program, arch, kill, 1234, 9) == ALLOWED
    assert verdict(program, arch, kill, 1235, 9) == DENIED
    assert verdict(program, arch, kill, 2**64 - 1, 9) == DENIED
    assert {verdict(program, arch, number) for number in denied} == {DENIED}
    assert verdict(program, arch, 435) & 0xFFFF == errno.ENOSYS
    assert verdict(program, arch, 999) == DENIED
    assert verdict(program, 0x40000003, read) == KILLED
    assert verdict(program, arch, 0x40000000 | read) == KILLED
