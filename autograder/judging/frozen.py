"""What travels with a release so that it checks itself: inputs and results, as data.

No reference code travels. ``checks/expected.bin`` holds, for every check, the inputs that it
draws, what the reference returned for them, what each known mistake returned, and the hints.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from autograder.authoring.tasks import Assignment
from autograder.inside.wire import WireError, decode, encode
from autograder.judging.expectations import Expected, Reference, expect
from autograder.judging.results import Result

FILENAME = "expected.bin"


@dataclass(frozen=True)
class Frozen:
    """The expectations and the hints of one task."""

    expected: dict[str, Expected]
    hints: dict[str, str]


class FrozenError(Exception):
    """The file of expected results is missing or damaged; one sentence says what to do."""


def hints_of(assignment: Assignment, task: str) -> dict[str, str]:
    """Return the hint of each known mistake of a task."""
    return {m.name: m.hint for m in assignment.task(task).misconceptions}


def freeze(assignment: Assignment, reference: Reference) -> bytes:
    """Return the bytes of ``expected.bin`` for an assignment: the same ones every time."""
    seed = crc32(assignment.name.encode())
    tasks = {}
    for task in assignment.tasks:
        expected = expect(task, reference, seed)
        tasks[task.name] = {
            "hints": hints_of(assignment, task.name),
            "checks": {
                name: {
                    "draws": one.draws,
                    "reference": asdict(one.reference),
                    "mistakes": {key: asdict(value) for key, value in one.mistakes.items()},
                }
                for name, one in expected.items()
            },
        }
    return encode({"assignment": assignment.name, "tasks": tasks})


def thaw(path: Path) -> dict[str, Frozen]:
    """Read ``expected.bin``.

    Raises
    ------
    FrozenError
        If the file is missing or damaged.
    """
    try:
        content = decode(path.read_bytes())
        return {name: _task(task) for name, task in content["tasks"].items()}
    except FileNotFoundError:
        raise FrozenError(
            f"The file {path} is missing: unpack the whole assignment folder again."
        ) from None
    except (WireError, KeyError, TypeError, AttributeError):
        raise FrozenError(
            f"The file {path} is damaged: unpack the whole assignment folder again."
        ) from None


def _task(content: dict[str, Any]) -> Frozen:
    expected = {
        name: Expected(
            one["draws"],
            Result(**one["reference"]),
            {key: Result(**value) for key, value in one["mistakes"].items()},
        )
        for name, one in content["checks"].items()
    }
    return Frozen(expected, content["hints"])
