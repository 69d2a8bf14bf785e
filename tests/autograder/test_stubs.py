"""From a reference module's source to the blank that a student gets, as nbgrader makes it."""

from __future__ import annotations

import ast
from typing import Any

import nbformat
import pytest
from nbgrader.preprocessors import ClearSolutions
from traitlets.config import Config

from autograder.building.assignments import release
from autograder.building.stubs import ChapterSource, without_solutions
from autograder.classes.nbgrader_plugin import configure

MODULE = '''
"""A module."""

from __future__ import annotations

import functools
import numpy as np
from typing import NamedTuple
from numpy.linalg import norm as length, inv


def helper(x: float) -> float:
    return x


class Pair(NamedTuple):
    """Two."""

    first: np.ndarray
    second: float = 0.0


class Layer:
    """A layer."""

    scale: float = 2.0

    def __init__(self, W: np.ndarray, *, name: str = "a", **rest: object) -> None:
        """Keep W."""
        self.params: dict[str, np.ndarray] = {"W": W}

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return x times W.

        Over two paragraphs.
        """
        y: np.ndarray = x @ self.params["W"]

        def inner(z: float) -> float:
            return helper(z)

        return inner(y)

    @property
    def empty(self) -> int:
        return 1

    def only_words(self) -> None:
        """Nothing to do."""


@functools.cache
def f(a_rather_long_name: np.ndarray, another_rather_long_name: float = 1.0, *args: int) -> float:
    return length(a_rather_long_name)
'''


@pytest.fixture
def module() -> ChapterSource:
    return ChapterSource(MODULE)


LAYER = '''class Layer:
    """A layer."""

    scale: float = 2.0

    def __init__(self, W, *, name='a', **rest):
        """Keep W."""
        self.params = {"W": W}

    def forward(self, x):
        """Return x times W.

        Over two paragraphs.
        """
        ### BEGIN SOLUTION
        y = x @ self.params["W"]

        def inner(z):
            return helper(z)

        return inner(y)
        ### END SOLUTION
'''


def test_a_class_loses_its_annotations_and_gets_marks(module: ChapterSource) -> None:
    exercise = module.exercise(["Layer"], ["__init__"])
    assert exercise.source.startswith(LAYER)
    assert exercise.siblings == {"helper"}
    assert exercise.imports == ()  # annotations need nothing
    ast.parse(exercise.source)
    ast.parse(without_solutions(exercise.source))


def test_what_is_no_part_of_the_exercise_is_left_out(module: ChapterSource) -> None:
    exercise = module.exercise(["Layer"], ["__init__"], ["empty", "only_words"])
    assert exercise.source + "\n" == LAYER
    with pytest.raises(KeyError, match=r"'Layer.empty' at the end of Layer"):
        module.exercise(["Layer"], ["__init__"], ["empty"])
    with pytest.raises(KeyError, match="'Nothing'"):
        module.exercise(["Nothing"], [])
    assert module.exercise(["helper"], [], ["memory"]).source.startswith("def helper(x):")


def test_what_is_given_stays_and_the_rest_is_a_blank(module: ChapterSource) -> None:
    stub = without_solutions(module.exercise(["Layer"], ["__init__"]).source)
    assert '        self.params = {"W": W}\n' in stub
    assert "x @" not in stub
    assert '        Over two paragraphs.\n        """\n        raise NotImplementedError\n' in stub
    whole = without_solutions(module.exercise(["Layer"], []).source)
    assert '"""Keep W."""\n        raise NotImplementedError\n' in whole
    namespace: dict[str, Any] = {}
    exec(stub, namespace)
    with pytest.raises(NotImplementedError):
        namespace["Layer"](1).forward(2)


def test_a_decorated_function_with_a_long_signature(module: ChapterSource) -> None:
    exercise = module.exercise(["f"], [])
    assert exercise.source == (
        "@functools.cache\n"
        "def f(a_rather_long_name, another_rather_long_name=1.0, *args):\n"
        "    ### BEGIN SOLUTION\n"
        "    return length(a_rather_long_name)\n"
        "    ### END SOLUTION"
    )
    assert exercise.imports == (
        ("functools", "import functools"),
        ("length", "from numpy.linalg import norm as length"),
    )


def test_fields_of_a_tuple_keep_their_annotations(module: ChapterSource) -> None:
    exercise = module.exercise(["Pair"], [])
    assert "first: np.ndarray" in exercise.source
    assert [name for name, _ in exercise.imports] == ["np", "NamedTuple"]
    assert without_solutions(exercise.source) == exercise.source


def test_a_very_long_signature_is_broken_up() -> None:
    long = ", ".join(f"argument_number_{i}: int = {i}" for i in range(8))
    source = ChapterSource(f"def f({long}):\n    return 1\n").exercise(["f"], []).source
    assert source.splitlines()[0] == "def f("
    ast.parse(source)


def test_several_definitions_in_the_order_asked_for(module: ChapterSource) -> None:
    exercise = module.exercise(["f", "helper", "Layer"], [])
    tree = ast.parse(exercise.source)
    assert [getattr(node, "name", None) for node in tree.body] == ["f", "helper", "Layer"]
    assert exercise.siblings == frozenset()


def test_a_name_that_is_not_defined(module: ChapterSource) -> None:
    with pytest.raises(KeyError, match="Missing"):
        module.exercise(["Missing"], [])


@pytest.fixture
def clear_solutions() -> ClearSolutions:
    config = Config()
    configure(config)
    return ClearSolutions(config=config)


def test_the_release_is_what_nbgrader_makes_of_the_source(
    solved: nbformat.NotebookNode, clear_solutions: ClearSolutions
) -> None:
    """Two makers of one thing: ours for `handgrad lab`, nbgrader's for a class."""
    theirs, _ = clear_solutions.preprocess(nbformat.from_dict(solved), {})
    ours = release(solved)
    assert [cell.source for cell in ours.cells] == [cell.source for cell in theirs.cells]
    assert ours.metadata.handgrad == solved.metadata.handgrad
    assert "SOLUTION" not in str(ours)


@pytest.mark.parametrize(
    "source",
    [
        "### BEGIN SOLUTION\nx = 1\n### END SOLUTION",
        "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n\ny = 1",
        "a\n### BEGIN SOLUTION\n### END SOLUTION\nb\n\t### BEGIN SOLUTION\nc\n\t### END SOLUTION\n",
    ],
)
def test_marks_are_read_as_nbgrader_reads_them(
    source: str, clear_solutions: ClearSolutions
) -> None:
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata.nbgrader = {"solution": True, "grade": False, "grade_id": "a", "locked": False}
    resources = {"language": "python"}
    theirs, _ = clear_solutions.preprocess_cell(nbformat.from_dict(cell), resources, 0)
    assert without_solutions(source) == theirs.source


def test_source_without_marks_stays() -> None:
    assert without_solutions("x = 1") == "x = 1"
