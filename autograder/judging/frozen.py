"""What travels with a release so that it checks itself: inputs and results, as data.

No reference code travels. ``checks/expected.bin`` holds, for every check, the inputs that it
draws, what the reference returned for them, what each known mistake returned, and the hints. What
several of them returned is there once.
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
            "checks": {name: _as_data(one) for name, one in expected.items()},
        }
    return encode({"assignment": assignment.name, "tasks": tasks})


def _as_data(one: Expected) -> dict[str, Any]:
    """Return what is expected of a check, each result once: most mistakes show in few checks.

    The first result is the reference's.
    """
    contents = [encode(asdict(result)) for result in (one.reference, *one.mistakes.values())]
    places = {content: place for place, content in enumerate(dict.fromkeys(contents))}
    mistakes = {
        name: places[content] for name, content in zip(one.mistakes, contents[1:], strict=True)
    }
    return {"draws": one.draws, "results": list(places), "mistakes": mistakes}


def _as_expected(content: dict[str, Any]) -> Expected:
    results = [Result(**decode(result)) for result in content["results"]]
    mistakes = {name: results[place] for name, place in content["mistakes"].items()}
    return Expected(content["draws"], results[0], mistakes)


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
    except (WireError, LookupError, TypeError, AttributeError):
        raise FrozenError(
            f"The file {path} is damaged: unpack the whole assignment folder again."
        ) from None


def _task(content: dict[str, Any]) -> Frozen:
    expected = {name: _as_expected(one) for name, one in content["checks"].items()}
    return Frozen(expected, content["hints"])
