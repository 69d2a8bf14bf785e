"""What may import what: between the houses, and between the wings of the engine."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSES = {
    "solutions": set(),
    "autograder": set(),
    "handgrad": {"autograder"},
    "assignments": {"handgrad", "solutions"},
}
"""Whom a house may import besides itself. The engine is told where the others lie."""
WINGS = (
    *("commands", "lms", "similarity", "reporting", "classes", "grading"),
    *("publishing", "building", "notebook", "judging", "sandbox", "authoring", "inside", "writing"),
)
"""From the top downwards: a wing may import those that stand below it."""
ALONE = {("judging", "sandbox")}
"""Neighbours that are strangers all the same: verdicts know of no process."""
TOLD = {"building/chapters.py", "building/assignments.py"}
"""The places at which the engine loads the reference that it has been shown."""
STUDENTS = ("notebook", "judging", "authoring")
"""What runs in a student's notebook, with what stands below."""
STUDENTS_NEED = {"numpy", "IPython", "matplotlib_inline", "matplotlib"}


def imported(path: Path, top_level: bool = False) -> Iterator[str]:
    """Yield the dotted names of all that a file imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            folder = path.parent
            for _ in range(node.level - 1):
                folder = folder.parent
            start = ".".join(folder.relative_to(ROOT).parts) if node.level else ""
            whole = ".".join(part for part in (start, node.module) if part)
            names = [f"{whole}.{alias.name}" for alias in node.names]
            yield from names if is_package(whole) else [whole]


def is_package(module: str) -> bool:
    return (ROOT / module.replace(".", "/") / "__init__.py").is_file()


def files(house: str) -> list[Path]:
    folder = ROOT / house
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [ROOT / f"{house}.py"]


ENGINE = files("autograder")


def wing_of(module: str) -> str:
    return module.split(".")[1] if module.count(".") else ""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("house", HOUSES)
def test_a_house_imports_only_those_below_it(house: str) -> None:
    others = HOUSES.keys() - HOUSES[house] - {house} | {"course"}
    for path in files(house):
        used = {module.split(".")[0] for module in imported(path)}
        assert not used & others or str(path.relative_to(ROOT / house)) in TOLD, name_of(path)


def test_every_module_of_the_engine_is_in_a_wing() -> None:
    parts = {path.relative_to(ROOT / "autograder").parts[0] for path in ENGINE}
    assert {part.removesuffix(".py") for part in parts} - {"__init__"} == set(WINGS)


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_a_wing_imports_only_those_below_it(path: Path) -> None:
    wing = path.relative_to(ROOT / "autograder").parts[0].removesuffix(".py")
    if wing == "__init__":
        return
    below = {*WINGS[WINGS.index(wing) :]} - {other for one, other in ALONE if one == wing}
    used = {wing_of(module) for module in imported(path) if module.startswith("autograder.")}
    assert used <= below, f"{name_of(path)} imports {sorted(used - below)}"


@pytest.mark.parametrize("wing", STUDENTS)
def test_the_students_half_needs_numpy_and_ipython_alone(wing: str) -> None:
    import sys

    for path in files(f"autograder/{wing}"):
        used = {module.split(".")[0] for module in imported(path)} - sys.stdlib_module_names
        assert used <= {*STUDENTS_NEED, "autograder"}, name_of(path)


def test_what_runs_in_the_sandbox_needs_nothing_of_ours() -> None:
    for path in files("autograder/inside"):
        used = {wing_of(module) for module in imported(path) if module.startswith("autograder.")}
        assert used <= {"inside"}, name_of(path)


def test_what_is_kept_depends_on_all_that_may_take_part() -> None:
    """Expected results and figures are made by `building` and what stands below it."""
    from autograder.building.expected import WINGS as TAKE_PART

    assert {*TAKE_PART, "writing"} == {*WINGS[WINGS.index("building") :]}
