"""The page about the package names what is there."""

import importlib
import re
from pathlib import Path

import numpy as np
import pytest
from device import is_on_device

import solutions
from solutions.losses import accuracy

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
    9: (1,),
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


PARTS = [*solutions.CHAPTERS, "data"]
INTERNAL = {"Block", "Classifier", "MemoryAccount", "Schedule", "Split", "ThreeWaySplit", "Trial"}
"""Classes that others are made of, or that functions return."""


def test_every_part_is_on_the_page():
    assert {name.split(".")[0] for name in NAMES} == {*PARTS, "arrays", "layer"}


@pytest.mark.parametrize("part", PARTS)
def test_every_public_class_is_on_the_page(part):
    """A layer or an optimizer that nobody can find is as good as missing."""
    face = importlib.import_module(f"solutions.{part}")
    classes = {name for name in face.__all__ if isinstance(getattr(face, name), type)}
    named = {part for name in NAMES for part in name.split(".")}
    assert classes <= named | INTERNAL, f"{part}: {sorted(classes - named - INTERNAL)}"


def test_example_on_the_page_runs_and_is_short():
    example, on_a_gpu = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    namespace = {}
    exec(example, namespace)
    assert namespace["history"]["train_accuracy"][-1] > 0.96
    data, net = namespace["data"], namespace["net"]
    logits = net.predict(data.x_test.reshape(-1, 1, 8, 8))
    assert logits.dtype == np.float32
    assert accuracy(logits, data.labels_test) > 0.94
    assert len([line for line in example.splitlines() if line]) <= 12
    assert len(on_a_gpu.splitlines()) == 1


@pytest.mark.usefixtures("fake_cupy")
def test_example_on_the_page_runs_on_a_gpu_with_one_line_more():
    example, on_a_gpu = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    *lines, last = example.splitlines()
    namespace = {}
    exec("\n".join([*lines, on_a_gpu, last.replace("epochs=10", "epochs=1")]), namespace)
    assert all(is_on_device(array) for array in namespace["net"].params.values())
    assert namespace["history"]["train_accuracy"][-1] > 0.5
