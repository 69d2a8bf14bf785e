"""What the sandbox and the grader say to each other: limits, isolation, ends and errors."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

MIB = 2**20


class SandboxUnavailable(Exception):
    """Strangers' code cannot be run safely here, and was not asked to be run unsafely."""


class SandboxFailed(Exception):
    """The sandbox itself broke: never a fault of the submission."""


@dataclass(frozen=True)
class Limits:
    """What a child may use.

    Attributes
    ----------
    cpu_seconds : int
        CPU time, in seconds.
    memory_bytes : int
        Address space. With the libraries loaded, some hundred MiB of it are taken at the start.
    stack_bytes : int
        The stack.
    open_files : int
        Descriptors.
    """

    cpu_seconds: int = 60
    memory_bytes: int = 2048 * MIB
    stack_bytes: int = 64 * MIB
    open_files: int = 64

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value <= 0:  # to the kernel, -1 is no limit at all
                raise ValueError(f"The limit {name} is {value}: it must be positive.")

    def as_resources(self) -> dict[str, int]:
        """Return the kernel's resource limits by name, without ``RLIMIT_``."""
        none = ("FSIZE", "CORE", "MEMLOCK", "NPROC", "MSGQUEUE", "NICE", "RTPRIO")
        return {
            "CPU": self.cpu_seconds,
            "AS": self.memory_bytes,
            "STACK": self.stack_bytes,
            "NOFILE": self.open_files,
            **dict.fromkeys(none, 0),
        }


@dataclass(frozen=True)
class Isolation:
    """How well children are shut in: stored with every grade.

    Attributes
    ----------
    level : int
        3: namespaces around the inner layer; 2: the inner layer alone; 0: resource limits alone.
    name : str
        The level in a word or two.
    layers : tuple of str
        What holds, with versions.
    reason : str
        What is missing and the way to it, in one sentence; empty at the best level.
    """

    level: int
    name: str
    layers: tuple[str, ...] = ()
    reason: str = ""

    def require(self, allow_unsandboxed: bool) -> None:
        """Raise SandboxUnavailable unless strangers' code may be run here."""
        taken = allow_unsandboxed and hasattr(os, "fork")
        if self.level < INNER.level and not taken:
            raise SandboxUnavailable(self.reason or "No sandbox was asked for.")


OUTER = Isolation(3, "bubblewrap")
INNER = Isolation(2, "inner layer")
NOTHING = Isolation(0, "unsandboxed")

Cause = Literal["finished", "cpu limit", "memory limit", "killed", "crashed"]


@dataclass(frozen=True)
class Ended:
    """How a child ended.

    Attributes
    ----------
    cause : str
        ``"killed"`` was asked for; ``"crashed"`` is any end without a name of its own. It is
        always the submission's doing: a child that cannot be confined never starts.
    exit_code, signal : int or None
        One of the two.
    cpu_seconds : float
        CPU time from its birth to its end, the confinement included.
    max_rss_bytes : int
        The most memory it had resident, pages shared with the zygote included.
    """

    cause: Cause
    exit_code: int | None
    signal: int | None
    cpu_seconds: float
    max_rss_bytes: int
