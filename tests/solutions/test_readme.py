"""The page about the package names what is there."""

import ast
import importlib
import re
from pathlib import Path

import pytest

import solutions

PAGE = (Path(solutions.__file__).parent / "README.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([\d.]*) *\| ([^|]+) \| (`[^|]+`) \|$", PAGE, re.MULTILINE)
NAMES = sorted({name for _, _, names in ROWS for name in re.findall(r"`([^`]+)`", names)})
OWED = {
    1: (1, 2, 3, 4, 5, 7, 8, 9),
    2: (2, 3, 4, 5, 7, 8, 9, 10),
    3: (1, 2, 3, 4, 5, 6, 7, 8),
    4: (1, 2, 3, 4, 5, 6, 7, 10),
    5: (2, 3, 4, 5, 6, 7, 8, 10, 13),
    6: (1, 2, 3, 4, 6, 9, 10, 11),
    7: (2, 3, 4, 5, 6, 7, 9, 10, 12),
    8: (1, 2, 3, 4, 5, 7, 9, 10, 11, 13),
}
"""By chapter, the techniques that the package owes an implementation."""


@pytest.mark.parametrize("name", NAMES)
def test_name_on_the_page_exists(name):
    module, *path = name.split(".")
    found = importlib.import_module(f"solutions.{module}")
    for part in path:
        assert hasattr(found, part), f"solutions/README.md names {name}, but there is none"
        found = getattr(found, part)
    assert found.__doc__, f"{name} has no docstring"


def test_every_technique_that_is_owed_has_a_row():
    rows = {number for number, _, _ in ROWS}
    owed = {f"{chapter}.{number}" for chapter, numbers in OWED.items() for number in numbers}
    assert owed <= rows


def test_every_module_is_on_the_page():
    assert {name.split(".")[0] for name in NAMES} == set(solutions.MODULES)


def test_every_public_class_is_on_the_page():
    """A layer or an optimizer that nobody can find is as good as missing."""
    apart = {"Split", "ThreeWaySplit", "ArraysOnly", "Schedule", "Trial", "MemoryAccount"}
    apart |= {"ScaledTanh", "TableConv2D", "RadialBasis", "GroupedConv2D", "LogUniform", "Uniform"}
    named = {part for name in NAMES for part in name.split(".")}
    for module in solutions.MODULES:
        source = (Path(solutions.__file__).parent / f"{module}.py").read_text(encoding="utf-8")
        classes = {n.name for n in ast.parse(source).body if isinstance(n, ast.ClassDef)}
        assert classes <= named | apart, f"{module}: {sorted(classes - named - apart)}"


def test_example_on_the_page_runs():
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    namespace = {}
    exec(example, namespace)
    assert namespace["history"]["validation_accuracy"][-1] > 0.9
