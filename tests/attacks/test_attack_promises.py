"""The note on security says what is true: its tests exist, and its limits are those of the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from watching import REPOSITORY

from autograder.authoring import files
from autograder.authoring.tasks import Allowance, Task
from autograder.classes import press
from autograder.grading import lending, reading, submissions
from autograder.inside import child, scratch, wire
from autograder.judging import memory
from autograder.lms import downloads
from autograder.sandbox import Limits, session
from autograder.sandbox.budget import Budget

NOTE = (REPOSITORY / "autograder" / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(test_\w+)::(test_\w+)`", NOTE)))
LIMIT = re.compile(r"^\| `([\w.]+)` \| ([\d,]+) ?(\w*) \|", re.MULTILINE)
UNITS = {"MiB": 1 << 20, "KiB": 1 << 10}
SPACES: dict[str, Any] = {
    "Allowance": Allowance(),
    "Budget": Budget(),
    "Limits": Limits(),
    "Task": Task("", "", 0, (), 0),
    "downloads": downloads,
    "files": files,
    "press": press,
    "session": session,
    "reading": reading,
    "submissions": submissions,
    "child": child,
    "scratch": scratch,
    "wire": wire,
    "lending": lending,
    "lending.LIMITS": lending.LIMITS,
    "memory": memory,
}


def test_the_note_names_tests_and_is_short() -> None:
    assert len(NAMED) >= 15
    assert len(NOTE.splitlines()) <= 150


@pytest.mark.parametrize(("module", "name"), NAMED)
def test_each_promise_has_its_test(module: str, name: str) -> None:
    (path,) = Path(REPOSITORY / "tests").rglob(f"{module}.py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_limits_are_those_of_the_code() -> None:
    found = LIMIT.findall(NOTE)
    assert len(found) >= 15
    for name, number, unit in found:
        space, _, attribute = name.rpartition(".")
        value = getattr(SPACES[space], attribute)
        assert value == int(number.replace(",", "")) * UNITS.get(unit, 1), name
