"""What is missing where the sandbox is not whole: each case in one sentence, with the way out."""

from __future__ import annotations

import os
from pathlib import Path

RISK = (
    "take the risk with `--allow-unsandboxed`, where student code can read, change and send "
    "whatever you can"
)
NO_NAMESPACES = ("namespace", "uid map", "clone", "unshare")
"""One of these stands in what bubblewrap says where it may not make namespaces."""


def not_linux(system: str) -> str:
    """Say what to do on another system than Linux."""
    if system == "Windows":
        return (
            "Grading needs Linux, and this is Windows: install WSL 2 (`wsl --install`), and "
            "bubblewrap in it (`apt install bubblewrap`); `--allow-unsandboxed` would not help, as "
            "Windows cannot fork processes."
        )
    name = {"Darwin": "macOS"}.get(system, system)
    return (
        f"Grading needs Linux, and this is {name}, which has none of its walls: use Docker or a "
        f"virtual machine with Linux and bubblewrap (`apt install bubblewrap`), or {RISK}."
    )


def nothing_holds(problem: str) -> str:
    """Say what to do on a Linux where not even the inner layer holds."""
    return (
        f"Submissions cannot be shut in here ({problem}): grade on Linux 5.13 or later, with "
        f"Landlock and best with bubblewrap (`apt install bubblewrap`), or {RISK}."
    )


def outer_missing(problem: str) -> str:
    """Say what the inner layer alone leaves open, and how to have the outer one."""
    if any(word in problem for word in NO_NAMESPACES):
        problem = f"bubblewrap may not make namespaces here ({problem}): {_allow_namespaces()}"
    return (
        f"The outer layer is missing, as {problem}; the inner one holds, but a submission can "
        "learn which files exist and how large they are."
    )


def _allow_namespaces() -> str:
    if in_container():
        return "whoever starts this container has to allow it user namespaces"
    return (
        "allow unprivileged user namespaces (`sysctl user.max_user_namespaces` above 0, on Ubuntu "
        "the AppArmor profile bwrap-userns-restrict)"
    )


def in_container() -> bool:
    """Return whether this process runs in a container that says so."""
    marks = ("/.dockerenv", "/run/.containerenv")
    return "container" in os.environ or any(Path(mark).exists() for mark in marks)
