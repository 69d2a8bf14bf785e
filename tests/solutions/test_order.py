"""A chapter may build on those before it only, and all of them on little else."""

import ast
import importlib
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

import solutions

HOUSE = Path(solutions.__file__).parent
FILES = sorted(path for path in HOUSE.rglob("*.py") if path != HOUSE / "__init__.py")
FROM_OUTSIDE = {
    "data/datasets.py": {"sklearn", "mnist1d"},
    "optimizers/progress.py": {"tqdm"},
    "regularization/search.py": {"optuna"},
}
"""What a module may import besides NumPy: when it is used, not when it is imported."""
BASE = (
    *("arrays", "hyperparameters", "images", "layer", "norm_layer", "rows", "saving"),
    *("scaler", "penalty", "schedule", "optimizer", "trial", "predictions", "data"),
)
"""What every chapter stands on, in order."""


def name_of(path):
    """Where a file stands, as in "losses/labels.py"."""
    return str(path.relative_to(HOUSE))


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


def definitions(path):
    """The names of what a module defines."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return [node.name for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef)]


def test_every_folder_is_a_chapter_or_the_base():
    parts = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    parts |= {path.stem for path in HOUSE.glob("[a-z]*.py")}
    assert parts == {*solutions.CHAPTERS, *BASE}


@pytest.mark.parametrize("chapter", solutions.CHAPTERS)
def test_the_face_names_the_chapter_and_is_in_order(chapter):
    face = importlib.import_module(f"solutions.{chapter}")
    number = solutions.CHAPTERS.index(chapter) + 1
    assert re.match(rf"Chapter {number}: ", face.__doc__)
    assert len(face.__all__) == len(set(face.__all__))
    assert all(hasattr(face, name) for name in face.__all__)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_chapter_imports_earlier_chapters_by_their_faces_only(path):
    order = [*BASE, *solutions.CHAPTERS]
    part = path.relative_to(HOUSE).parts[0].removesuffix(".py")
    earlier = order[: order.index(part)]
    for module in imported(path):
        if module.split(".")[0] != "solutions":
            continue
        other = module.split(".")[1]
        if other == part:
            assert module.count(".") == 2, f"{name_of(path)} imports its own face"
        else:
            assert other in earlier, f"{name_of(path)} imports {module}, which comes later"
            assert module.count(".") == 1, f"{name_of(path)} reaches behind the face: {module}"


@pytest.mark.parametrize("chapter", [*solutions.CHAPTERS, "data"])
def test_a_chapter_defines_no_name_twice(chapter):
    """All its modules can be run as one program; and a name says where it stands."""
    modules = sorted((HOUSE / chapter).glob("[a-z]*.py"))
    found = Counter(name for path in modules for name in definitions(path))
    assert [name for name, count in found.items() if count > 1] == []
    assert not {path.stem for path in modules} & set(found), "a module and what it defines"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_module_imports_only_numpy_from_outside(path):
    assert outside(imported(path)) <= {"numpy"} | FROM_OUTSIDE.get(name_of(path), set())
    assert outside(imported(path, top_level_only=True)) <= {"numpy"}
