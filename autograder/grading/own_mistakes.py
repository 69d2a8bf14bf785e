"""Mistakes that an instructor has named: code that a student wrote, and a hint for it.

They lie in the class, a file each, and are read as data. Their code is a stranger's. It never runs
in this process, nor in any other outside the sandbox: it is asked there, as a submission is, and
what it returns is compared like everything that comes from there (see `trying`).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from autograder.authoring.tasks import Assignment, Task
from autograder.building.editions import DIGITS
from autograder.grading.reading import Unreadable, open_plainly

FOLDER = "mistakes"
LARGEST = 1 << 16
"""Bytes of a file."""
MOST_FILES = 50
KEYS = ("task", "hint", "code")


class OwnMistakeError(Exception):
    """A file of a mistake cannot be used; one sentence says which and what to do."""


@dataclass(frozen=True)
class OwnMistake:
    """A mistake of a class's own.

    Attributes
    ----------
    name : str
        That of its file.
    task : str
        The task in which it is made.
    hint : str
        What its makers are told; while it is empty, nobody is.
    code : str
        The definitions, as a student wrote them. Data: see this module's first lines.
    """

    name: str
    task: str
    hint: str
    code: str


def folder_of(course: Path, assignment: str) -> Path:
    """Return where the own mistakes of an assignment lie in a class."""
    return course / FOLDER / assignment


def read_own_mistakes(course: Path, assignment: str, tasks: Iterable[Task]) -> list[OwnMistake]:
    """Return the own mistakes of a class in an assignment, those without a hint too, by name.

    Raises
    ------
    OwnMistakeError
        If a file is not as it should be.
    """
    folder = folder_of(course, assignment)
    paths = sorted(folder.glob("*.toml"))
    if len(paths) > MOST_FILES:
        raise OwnMistakeError(f"{folder} has more than {MOST_FILES} mistakes: take some away.")
    known = {task.name: {one.name for one in task.misconceptions} for task in tasks}
    return [_read(path, known) for path in paths]


def _read(path: Path, known: dict[str, set[str]]) -> OwnMistake:
    content = _content(path)
    if sorted(content) != sorted(KEYS) or not all(isinstance(one, str) for one in content.values()):
        raise OwnMistakeError(
            f"{path} must hold {', '.join(KEYS)} and nothing else, each a text: correct it, or "
            "take it away."
        )
    name, task = path.stem, content["task"]
    if task not in known:
        raise OwnMistakeError(
            f"{path} is of a task {task!r}, which the assignment has not: it has "
            f"{', '.join(known)}. Correct it, or take it away."
        )
    if not name.isidentifier() or name in known[task]:
        raise OwnMistakeError(
            f"{path} needs another name: a word that is no known mistake of {task} yet."
        )
    return OwnMistake(name, task, " ".join(content["hint"].split()), content["code"])


def _content(path: Path) -> dict[str, Any]:
    try:
        with open_plainly(path) as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise OwnMistakeError(f"{path} is larger than {LARGEST >> 10} KiB: shorten it.")
        return tomllib.loads(text.decode())
    except (Unreadable, OSError):
        raise OwnMistakeError(f"{path} is no file that can be read: take it away.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise OwnMistakeError(
            f"{path} is not TOML ({error}): correct it, or take it away."
        ) from None


def as_toml(mistake: OwnMistake) -> str:
    """Return the file of a mistake, for its instructor to fill in the hint."""
    code = mistake.code.strip("\n") + "\n"
    quoted = json.dumps(code, ensure_ascii=False).replace("\x7f", "\\u007f")
    if "'''" not in code and _is_plain(code):
        quoted = f"'''\n{code}'''"
    return (
        f"# A mistake that several students made in {mistake.task}. Fill in the hint: one or two\n"
        "# sentences that name the misunderstanding, without the answer. 'handgrad grade --force'\n"
        "# then tells it to all who made it. The code is a student's and is only ever run in the\n"
        "# sandbox: do not run it yourself.\n"
        f"task = {json.dumps(mistake.task)}\n"
        f"hint = {json.dumps(mistake.hint, ensure_ascii=False)}\n"
        f"code = {quoted}\n"
    )


def _is_plain(code: str) -> bool:
    return all(character == "\n" or character.isprintable() for character in code)


def told_in(
    course: Path, assignment: Assignment, say: Callable[[str], object] = lambda sentence: None
) -> tuple[OwnMistake, ...]:
    """Return the own mistakes of a class that students are told of.

    Parameters
    ----------
    course, assignment : Path, Assignment
        The class's folder, and whose mistakes.
    say : function
        Told, in a sentence, which of them wait for their hint.

    Raises
    ------
    OwnMistakeError
        If a file is not as it should be.
    """
    found = read_own_mistakes(course, assignment.name, assignment.tasks)
    waiting = [f"{one.name}.toml" for one in found if not one.hint]
    if waiting:
        where = folder_of(course, assignment.name)
        say(f"Without a hint, and so not told to anybody, in {where}: {', '.join(waiting)}.")
    return tuple(one for one in found if one.hint)


def digest_of(mistakes: Sequence[OwnMistake]) -> str:
    """Return a digest of the mistakes that a grade was made with; empty for none."""
    listed = [[one.name, one.task, one.hint, one.code] for one in mistakes]
    return sha256(json.dumps(listed).encode()).hexdigest()[:DIGITS] if listed else ""
