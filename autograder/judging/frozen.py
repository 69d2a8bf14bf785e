"""What travels with a release so that it checks itself: inputs and results, as data.

No reference code travels. ``checks/expected.bin`` holds, for every check, the inputs that it
draws, what the reference returned for them, what each known mistake returned unless it is the same,
and the hints.
"""

from __future__ import annotations

from collections.abc import Mapping
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
                    "mistakes": _unlike(one.reference, one.mistakes),
                }
                for name, one in expected.items()
            },
        }
    return encode({"assignment": assignment.name, "tasks": tasks})


def _unlike(reference: Result, results: Mapping[str, Result]) -> dict[str, dict[str, Any]]:
    """Return those results that are not the reference's, down to the bytes, as plain data."""
    same, found = encode(asdict(reference)), {}
    for name, result in results.items():
        plain = asdict(result)
        if result is not reference and encode(plain) != same:
            found[name] = plain
    return found


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
    expected = {}
    for name, one in content["checks"].items():
        reference = Result(**one["reference"])
        unlike = {key: Result(**value) for key, value in one["mistakes"].items()}
        mistakes = {key: unlike.get(key, reference) for key in content["hints"]}
        expected[name] = Expected(one["draws"], reference, mistakes)
    return Frozen(expected, content["hints"])
