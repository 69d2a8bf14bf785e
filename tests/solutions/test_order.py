"""A module may build on those before it only, and all of them on little else."""

import ast
import re
import sys
from pathlib import Path

import pytest

import solutions

FILES = sorted(
    path for path in Path(solutions.__file__).parent.glob("*.py") if path.stem != "__init__"
)
FROM_OUTSIDE = {"datasets": {"sklearn", "mnist1d"}, "progress": {"tqdm"}, "search": {"optuna"}}
"""What a module may import besides NumPy: when it is used, not when it is imported."""


def imported(path, top_level_only=False):
    """Dotted names of everything that a module imports, wherever in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import in line {node.lineno}"
            assert node.module != "solutions", f"{path.name}: import from the package itself"
            yield node.module


def outside(names):
    return {name.split(".")[0] for name in names} - {"solutions", *sys.stdlib_module_names}


def test_chapters_come_in_order():
    numbers = list(solutions.MODULES.values())
    assert numbers == sorted(numbers)
    for number, name in enumerate(solutions.CHAPTERS, start=1):
        assert solutions.MODULES[name] == number


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_first_line_names_the_chapter(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    named = re.match(r"Chapter (\d+): ", docstring)
    assert path.stem in solutions.MODULES, f"solutions.MODULES does not list {path.stem}"
    assert (int(named[1]) if named else 0) == solutions.MODULES[path.stem]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_module_imports_modules_above_it_only(path):
    above = list(solutions.MODULES)[: list(solutions.MODULES).index(path.stem)]
    allowed = {f"solutions.{name}" for name in above}
    ours = {name for name in imported(path) if name.split(".")[0] == "solutions"}
    assert ours <= allowed, f"{path.name} imports {sorted(ours - allowed)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_module_imports_only_numpy_from_outside(path):
    assert outside(imported(path)) <= {"numpy"} | FROM_OUTSIDE.get(path.stem, set())
    assert outside(imported(path, top_level_only=True)) <= {"numpy"}
