"""A chapter's module may build on earlier chapters only, and all of them on little else."""

import ast
import re
import sys
from pathlib import Path

import pytest

import solutions

MODULES = sorted(
    path for path in Path(solutions.__file__).parent.glob("*.py") if path.stem != "__init__"
)


def rank(path):
    """A chapter's number; ``arrays`` and what else belongs to no chapter come before them all."""
    if path.stem in solutions.CHAPTERS:
        return solutions.CHAPTERS.index(path.stem) + 1
    return 0 if path.stem == "arrays" else 0.5


def imported(path):
    """Dotted names of everything that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import in line {node.lineno}"
            assert node.module != "solutions", f"{path.name}: import from the module itself"
            yield node.module


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_first_line_names_the_chapter(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    named = re.match(r"Chapter (\d+): ", docstring)
    assert (int(named[1]) if named else 0) == int(rank(path))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_module_imports_earlier_modules_only(path):
    ranks = {f"solutions.{other.stem}": rank(other) for other in MODULES}
    for name in imported(path):
        if name.split(".")[0] == "solutions":
            assert ranks[name] < rank(path), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_module_imports_only_numpy_from_outside(path):
    allowed = {"numpy", "solutions", *sys.stdlib_module_names}
    if path.stem == "datasets":
        allowed.add("sklearn")
    assert {name.split(".")[0] for name in imported(path)} <= allowed
