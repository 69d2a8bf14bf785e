"""Which edition of an assignment it is: a digest of all that decides verdicts, and our version.

Two installations of one edition give the same verdicts for the same inputs. What only shows or
carries them, such as the command line, has no part in it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from autograder.authoring.tasks import names_in_text
from autograder.building.chapters import ASSIGNMENTS, ROOT, SOLUTIONS, earlier_parts, topic_of

DIGITS = 16
"""Hexadecimal digits that are kept of a digest."""
COMMON = {
    "questions.py": "the questions",
    "text.md": "the text",
    "reference": "the reference",
    "judging": "how results are compared",
}
TEXTS = ("questions.py", "text.md")
"""What no check depends on."""
EVERYBODYS = ("reference", "judging", "inputs.py")
"""What all checks may depend on; of the rest, a task depends on what its module imports."""
"""What parts are called that are no task's own; other files are what tasks share."""


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
        what is no task's own, by the file's name or one of those in `COMMON`.
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
    files = [path for path in folder.glob("*.py") if path.stem != "samples"]
    tasks = names_in_text(folder)
    parts = {
        path.stem if path.stem in tasks else path.name: _digest_of([path])
        for path in sorted([*files, folder / "text.md"])
    }
    parts["reference"] = _digest_of(_reference(name))
    engine = ROOT / "autograder"
    parts["judging"] = _digest_of(
        path for wing in ("judging", "authoring") for path in (engine / wing).glob("*.py")
    )
    return Edition(_digest_of_parts(parts), _version(), parts)


def engine_digest() -> str:
    """Return a digest of all that builds, runs and grades here, but for the chapters."""
    return _digest_of((ROOT / "autograder").rglob("*.py"))


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
    shared = [name for name in changed if name in COMMON or name.endswith(".py")]
    said = [COMMON.get(name, f"{name}, which the tasks share") for name in shared]
    return [name for name in changed if name not in shared] + said


def touched_tasks(name: str, before: Edition | None, now: Edition) -> set[str]:
    """Return the tasks of an assignment that two editions may judge otherwise; all, if unknown.

    Parameters
    ----------
    name : str
        The assignment.
    before : Edition, optional
        The edition that has judged, if that was recorded.
    now : Edition
        The one that is installed.
    """
    parts = now.parts.keys() - COMMON.keys()
    tasks = {one for one in parts if not one.endswith(".py")}
    if before is None:
        return tasks
    changed = {one for one in now.parts if before.parts.get(one) != now.parts[one]}
    changed -= {*TEXTS}
    if changed & {*EVERYBODYS}:
        return tasks
    folder = ASSIGNMENTS / name
    return {one for one in tasks if changed & {one, *_modules_of(folder, one)}}


def _modules_of(folder: Path, task: str) -> set[str]:
    """Return the modules beside a task's that it imports, or that these import, by file name."""
    found: set[str] = set()
    coming = [task]
    while coming:
        new = {f"{name}.py" for name in _imported(folder / f"{coming.pop()}.py")} - found
        found |= new
        coming += [name.removesuffix(".py") for name in new]
    return found


def _imported(path: Path) -> Iterator[str]:
    """Yield the modules beside one that it imports."""
    tree = ast.parse(path.read_text(encoding="utf-8") if path.is_file() else "")
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            yield from [node.module] if node.module else [one.name for one in node.names]


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
