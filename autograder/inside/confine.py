"""The inner layer of the sandbox: what a child takes away from itself before it serves.

It needs no privilege and no namespaces: resource limits, a Landlock allow-list of files to read,
and a seccomp allow-list of system calls. Both lists are built once, in the zygote.
"""

from __future__ import annotations

import os
import platform
import resource
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import kernel, landlock, seccomp
from .places import SITE, SYSTEM_LIBRARIES


@dataclass(frozen=True)
class Walls:
    """The two lists, ready to be applied: a Landlock ruleset's descriptor and a BPF program."""

    rules: int
    program: bytes


def build(extra: Iterable[str] = ()) -> Walls:
    """Build both lists for the modules imported so far.

    Parameters
    ----------
    extra : iterable of str
        More files and folders to be read.

    Raises
    ------
    OSError
        If this kernel has no Landlock, or the processor's system calls are not known.
    """
    stdlib = _stdlib()
    readable = [str(path) for path in (*_standard(stdlib), *_packages(stdlib), *extra)]
    return Walls(landlock.ruleset(readable), seccomp.assemble())


def facts() -> list[str]:
    """Name the layers that `apply` puts on."""
    return ["rlimits", f"Landlock ABI {landlock.abi()}", f"seccomp {platform.machine()}"]


def _stdlib() -> Path:
    return Path(os.__file__).parent


def _standard(stdlib: Path) -> Iterator[Path]:
    """Yield the standard library without its site-packages, and shared libraries."""
    yield from (entry for entry in stdlib.iterdir() if entry.name not in SITE)
    yield from stdlib.parent.glob("*.so*")
    for root in map(Path, SYSTEM_LIBRARIES):
        if root.is_dir():
            yield from (entry for entry in root.iterdir() if not entry.name.startswith("python"))


def _packages(stdlib: Path) -> set[Path]:
    """Return the top folder, or file, of every imported module that is not of the library."""
    paths: set[Path] = set()
    for name in {module.partition(".")[0] for module in sys.modules}:
        module = sys.modules.get(name)
        found = getattr(module, "__path__", None) or [getattr(module, "__file__", None)]
        paths.update(Path(path) for path in found if path)
    ours = {p for p in paths if not p.is_relative_to(stdlib) or p.parts[len(stdlib.parts)] in SITE}
    # Wheels put the shared libraries of numpy into numpy.libs, next to it.
    return ours.union(*(parent.glob("*.libs") for parent in {path.parent for path in ours}))


def apply(walls: Walls | None, limits: Mapping[str, int], parent: int) -> None:
    """Confine this process, for good.

    Parameters
    ----------
    walls : Walls or None
        The two lists; None leaves all but the resource limits away (unsandboxed).
    limits : mapping of str to int
        Names of `resource` limits without ``RLIMIT_``, and their values in the kernel's units.
    parent : int
        The zygote's process id; this process dies with it.

    Raises
    ------
    OSError
        If any part cannot be put on. The process must not go on then.
    """
    for name, value in limits.items():
        try:
            _limit(name, value)
        except (OSError, ValueError):
            # Without walls, on systems other than Linux, what can be limited is.
            if walls:
                raise
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            raise OSError("the zygote is gone")
    if walls:
        kernel.drop_privileges()
        landlock.restrict(walls.rules)
        os.close(walls.rules)
        seccomp.install(walls.program, os.getpid())


def _limit(name: str, value: int) -> None:
    kind = getattr(resource, f"RLIMIT_{name}", None)
    if kind is None:
        raise OSError(f"this system cannot limit {name}")
    _, most = resource.getrlimit(kind)
    soft = value if most == resource.RLIM_INFINITY else min(value, most)
    # Past the soft limit of CPU time a signal ends the child; past the hard one, nothing helps.
    hard = soft + 1 if name == "CPU" and soft != most else soft
    resource.setrlimit(kind, (soft, hard))
