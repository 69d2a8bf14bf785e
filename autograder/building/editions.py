"""Which edition of an assignment it is: a digest of all that decides verdicts, and our version.

Two installations of one edition give the same verdicts for the same inputs. What only shows or
carries them, such as the command line, has no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from autograder.building.chapters import ASSIGNMENTS, ROOT, SOLUTIONS, earlier_parts, topic_of

DIGITS = 16
"""Hexadecimal digits that are kept of a digest."""
SHARED = {
    "inputs": "inputs.py, which the tasks share",
    "mistakes": "mistakes.py, which the tasks share",
    "norms": "norms.py, which the tasks share",
    "norm_mistakes": "norm_mistakes.py, which the tasks share",
    "questions": "the questions",
    "text": "the text",
    "reference": "the reference",
    "judging": "how results are compared",
}
"""What parts are called that are no task's own."""


@dataclass(frozen=True)
class Edition:
    """An edition of an assignment.

    Attributes
    ----------
    digest : str
        Of all of its parts.
    version : str
        The version of Handgrad; two editions of one version may differ while it is worked on.
    parts : mapping of str to str
        The digest of each task's module, checks and known mistakes, by the task's name; and of
        what is no task's own, by the names in `SHARED`.
    """

    digest: str
    version: str
    parts: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.digest[:8]} (version {self.version or 'unknown'})"

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"digest": self.digest, "version": self.version, "parts": dict(self.parts)}


def edition_of(name: str) -> Edition:
    """Return the edition of an assignment that is installed here."""
    folder = ASSIGNMENTS / name
    parts = {
        path.stem: _digest_of([path])
        for path in sorted([*folder.glob("*.py"), folder / "text.md"])
        if path.stem != "samples"
    }
    parts["reference"] = _digest_of(_reference(name))
    engine = ROOT / "autograder"
    parts["judging"] = _digest_of(
        path for wing in ("judging", "authoring") for path in (engine / wing).glob("*.py")
    )
    return Edition(_digest_of_parts(parts), _version(), parts)


def edition_from(content: Any) -> Edition | None:
    """Return the edition that was recorded as plain data, or None if none was."""
    try:
        parts = {str(name): str(digest) for name, digest in content["parts"].items()}
        return Edition(str(content["digest"]), str(content["version"]), parts)
    except (KeyError, TypeError, AttributeError):
        return None


def changed_parts(before: Edition, now: Edition) -> list[str]:
    """Return, in words, the parts in which two editions differ: tasks by their names."""
    names = [*before.parts, *(name for name in now.parts if name not in before.parts)]
    changed = [one for one in names if before.parts.get(one) != now.parts.get(one)]
    tasks = [name for name in changed if name not in SHARED]
    return tasks + [SHARED[name] for name in changed if name in SHARED]


def _digest_of(paths: Iterable[Path]) -> str:
    """Return a digest of texts and of where they lie below the repository's root."""
    whole = sha256()
    for path in sorted(paths):
        whole.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        # As text: line ends are not the same on every system.
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        whole.update(sha256(text.encode()).digest())
    return whole.hexdigest()[:DIGITS]


def _digest_of_parts(parts: Mapping[str, str]) -> str:
    """Return one digest of several."""
    listed = "\n".join(f"{name} {digest}" for name, digest in sorted(parts.items()))
    return sha256(listed.encode()).hexdigest()[:DIGITS]


def _reference(name: str) -> list[Path]:
    """Return the modules of the reference that a chapter's answers are compared with."""
    paths = [SOLUTIONS / part for part in (*earlier_parts(name), topic_of(name))]
    return [one for path in paths for one in (path.rglob("*.py") if path.is_dir() else [path])]


def _version() -> str:
    try:
        return version("handgrad")
    except PackageNotFoundError:
        return ""
