"""One text gives both notebooks, the same bytes every time, and gives nothing away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import NAME

from autograder.authoring.tasks import (
    Assignment,
    AuthoringError,
    Question,
    Task,
    load_assignment,
    without_mistakes,
)
from autograder.building.assignments import (
    build_source,
    load,
    release,
    write_release,
    write_source,
)
from autograder.building.builder import BuildError, released_modules
from autograder.building.cells import checked_task
from autograder.building.chapters import (
    SOLUTIONS,
    ChapterError,
    earlier_parts,
    find_assignment,
)
from autograder.building.pages import all_pages, page_notebook

# What the same source gives ----------------------------------------------------------------------


def test_repeated_builds_are_byte_identical(
    tmp_path: Path, release_folder: Path, source_folder: Path
) -> None:
    write_release(NAME, tmp_path / NAME)
    files = sorted(path.relative_to(tmp_path / NAME) for path in (tmp_path / NAME).rglob("*"))
    assert files == sorted(path.relative_to(release_folder) for path in release_folder.rglob("*"))
    for file in files:
        if (tmp_path / NAME / file).is_file():
            assert (tmp_path / NAME / file).read_bytes() == (release_folder / file).read_bytes()
    assert not list(tmp_path.glob(".new-*"))


def test_a_source_folder_has_the_solutions(tmp_path: Path, solved: Any) -> None:
    write_source(NAME, tmp_path / NAME, b"frozen")
    written = nbformat.read(tmp_path / NAME / f"{NAME}.ipynb", as_version=4)
    assert written == solved


def test_cell_ids_are_unique_and_say_what_is_graded(solved: nbformat.NotebookNode) -> None:
    ids = [cell.id for cell in solved.cells]
    assert len(set(ids)) == len(ids)
    nbformat.validate(solved)
    nbformat.validate(release(solved))
    assert [cell.id for cell in release(solved).cells] == ids
    assignment = load(NAME)
    for part in (*assignment.tasks, *assignment.questions):
        assert part.name in ids


def test_an_id_does_not_depend_on_the_cells_before(tmp_path: Path) -> None:
    first = build_source(assignment(tmp_path, TEXT))
    second = build_source(assignment(tmp_path, "A new first paragraph.\n\n+++\n\n" + TEXT))
    assert {cell.id for cell in first.cells} < {cell.id for cell in second.cells}


def test_same_cells_have_different_ids(tmp_path: Path) -> None:
    text = TEXT + "\n+++\n\nThe same.\n\n+++\n\nThe same.\n"
    ids = [cell.id for cell in build_source(assignment(tmp_path, text)).cells]
    assert len(set(ids)) == len(ids)
    assert ids[-1] == f"{ids[-2]}-2"


def test_metadata_is_nbgraders(solved: nbformat.NotebookNode) -> None:
    cells = {cell.id: cell.metadata.get("nbgrader") for cell in solved.cells}
    assert cells["relu"] == {
        "grade": True,
        "grade_id": "relu",
        "locked": True,
        "points": 4,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    assert (cells["relu-answer"]["solution"], cells["relu-answer"]["grade"]) == (True, False)
    assert (cells["why_order"]["solution"], cells["why_order"]["grade"]) == (True, True)
    total = sum(one["points"] for one in cells.values() if one and one["grade"])
    assignment = load(NAME)
    assert total == sum(part.points for part in (*assignment.tasks, *assignment.questions))


def test_pages_are_notebooks() -> None:
    for page in all_pages():
        notebook = page_notebook(page)
        nbformat.validate(notebook)
        assert all(not cell.get("outputs") for cell in notebook.cells)


# Nothing is given away ---------------------------------------------------------------------------


def test_the_release_has_only_what_is_needed(release_folder: Path) -> None:
    files = {str(p.relative_to(release_folder)) for p in release_folder.rglob("*") if p.is_file()}
    parts = [SOLUTIONS / part for part in earlier_parts(NAME)]
    modules = {path for part in parts for path in ([part] if part.is_file() else part.glob("*.py"))}
    assert files == {
        f"{NAME}.ipynb",
        "handgrad.py",
        "checks/inputs.py",
        "checks/questions.py",
        *(f"checks/{task.name}.py" for task in load(NAME).tasks),
        "checks/expected.bin",
        "checks/edition.json",
        "solutions/data/digits.npz",
        *(f"solutions/{path.relative_to(SOLUTIONS)}" for path in modules),
    }
    assert "solutions/losses/descent.py" in files
    assert not any(name.startswith("solutions/backpropagation") for name in files)
    for task in load(NAME).tasks:
        source = (release_folder / "checks" / f"{task.name}.py").read_text(encoding="utf-8")
        assert "misconception" not in source


def test_what_checks_import_travels_and_what_mistakes_import_does_not(tmp_path: Path) -> None:
    checks = "from .norms import draw\n\n# Known mistakes ---\n\nfrom .norm_mistakes import add\n"
    for name, source in {"swish": checks, "norms": "from .inputs import one\n"}.items():
        (tmp_path / f"{name}.py").write_text(source)
    for name in ("inputs", "norm_mistakes", "other"):
        (tmp_path / f"{name}.py").write_text("one = 1\n")
    tasks = (Task("swish", "The swish layer", points=4, needs=["Swish"], minutes=10),)
    found = released_modules(Assignment("06_normalization", tmp_path, tasks, ()))
    assert found == {
        "inputs.py": "one = 1\n",
        "swish.py": "from .norms import draw\n",
        "norms.py": "from .inputs import one\n",
    }


# Both sides --------------------------------------------------------------------------------------


# What cannot be built ----------------------------------------------------------------------------

HEADER = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

"""
TEXT = """Some text.

```{code-cell} ipython3
:tags: [exercise]
:without: [memory]

from solutions.backpropagation import ReLU
```

```{code-cell} ipython3
check("relu")
```
"""


def assignment(
    folder: Path,
    text: str,
    checks: str = "",
    needs: tuple[str, ...] = ("ReLU",),
    questions: tuple[Question, ...] = (),
) -> Assignment:
    """Return an assignment of chapter 3 with one task and this text."""
    (folder / "text.md").write_text(HEADER + text, encoding="utf-8")
    (folder / "relu.py").write_text(checks, encoding="utf-8")
    task = Task("relu", "ReLU", points=1, needs=needs, minutes=1)
    return Assignment(NAME, folder, (task,), questions)


def code(source: str, options: str = "") -> str:
    return f"\n```{{code-cell}} ipython3\n{options}{source}\n```\n"


def exercise(source: str) -> str:
    return code(source, ":tags: [exercise]\n\n")


QUESTION = '\n+++ {"question": "why"}\n\n### BEGIN SOLUTION\n\nSo.\n\n### END SOLUTION\n\n+++\n'
WHY = (Question("why", "Why?", points=1),)


def test_a_small_text_builds(tmp_path: Path) -> None:
    magic = code("%matplotlib inline\nimport solutions.losses, numpy as np\n!ls")
    built = build_source(assignment(tmp_path, magic + TEXT + QUESTION, questions=WHY))
    assert [cell.id for cell in built.cells][-3:] == ["relu-answer", "relu", "why"]
    first, _, source = built.cells[2].source.partition("\n\n\n")
    assert first == "from solutions.layer import Elementwise"  # NumPy is imported above
    assert source.startswith("class ReLU(Elementwise):")


def test_imports_that_an_exercise_needs_are_written_once(tmp_path: Path) -> None:
    built = build_source(assignment(tmp_path, TEXT))
    assert built.cells[1].source.startswith(
        "import numpy as np\nfrom solutions.layer import Elementwise\n\n\nclass ReLU(Elementwise):"
    )


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        (
            exercise("x = 1") + TEXT,
            {},
            "the exercise 'x = 1' is not one import from solutions.back",
        ),
        (exercise("import a\nimport b") + TEXT, {}, "is not one import"),
        (exercise("from solutions.losses import accuracy") + TEXT, {}, "is not one import"),
        (
            exercise("from solutions.backpropagation import Nothing") + TEXT,
            {},
            "solutions.backpropagation does not define 'Nothing'",
        ),
        (
            TEXT.replace("[memory]", "[forward]"),
            {},
            "solutions.backpropagation does not define 'ReLU.forward' at the end of ReLU",
        ),
        (
            exercise("from solutions.backpropagation import ShoppingGraph") + TEXT,
            {"needs": ("ReLU", "ShoppingGraph")},
            "the exercise 'ShoppingGraph' uses 'Add', which no exercise above defines",
        ),
        (
            exercise("from solutions.backpropagation import Tanh") + TEXT,
            {},
            "no task asks for 'Tanh'",
        ),
        (TEXT + code('check("nothing")'), {}, "There is no task 'nothing' in"),
        (code('check("relu")') + TEXT, {}, "'relu' is checked before 'ReLU' is asked for"),
        (TEXT, {"needs": ("ReLU", "Tanh")}, "'relu' is checked before 'Tanh' is asked for"),
        (TEXT + TEXT, {}, "'relu' stands 2 times in the text, not once"),
        ("Nothing.", {}, "'relu' stands 0 times in the text, not once"),
        (TEXT, {"questions": WHY}, "'why' stands 0 times in the text"),
        (TEXT + QUESTION, {}, "the question 'why' is not declared, or has no marked answer"),
        (
            TEXT + '\n+++ {"question": "why"}\n\nNo marks.\n',
            {"questions": WHY},
            "the question 'why' is not declared, or has no marked answer",
        ),
        (
            TEXT + code("from solutions.optimizers import SGD"),
            {},
            "text.md imports solutions.optimizers, a chapter that comes later",
        ),
        (
            TEXT + code("%time\nimport solutions.convolution as c"),
            {},
            "text.md imports solutions.convolution, a chapter that comes later",
        ),
        (
            TEXT + code("from solutions import normalization"),
            {},
            "text.md imports solutions.normalization, a chapter that comes later",
        ),
        (
            TEXT + code("from solutions.backpropagation import Affine"),
            {},
            "text.md imports solutions.backpropagation, what this assignment asks for",
        ),
        (
            TEXT + code("from solutions.misspelt import x"),
            {},
            "text.md imports solutions.misspelt, a module that does not exist",
        ),
        (
            TEXT,
            {"checks": "def f():\n    from solutions.optimizers import SGD\n"},
            "relu.py imports solutions.optimizers, a chapter that comes later",
        ),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_what_cannot_be_built_is_told_in_a_sentence(
    tmp_path: Path, text: str, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BuildError) as caught:
        build_source(assignment(tmp_path, text, **options))
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")
    assert NAME in str(caught.value)


@pytest.mark.parametrize(
    ("source", "task"),
    [
        ('check("relu")', "relu"),
        ("check('relu')  # again\n", "relu"),
        ("check()", None),
        ('check("relu", 1)', None),
        ('check(task="relu")', None),
        ("check(1)", None),
        ('check("a"); check("b")', None),
        ('x.check("a")', None),
        ("check(", None),
        ("", None),
    ],
)
def test_check_cells_are_known(source: str, task: str | None) -> None:
    assert checked_task(source) == task


# Authoring ---------------------------------------------------------------------------------------

CHECKS = """
from handgrad import Question, Task
relu = Task("relu", "ReLU", points=1, needs=["ReLU"], minutes=1)
why = Question("why", "Why?", points=1)

@relu.check("one")
def one(impl, rng):
    return 1
"""
MISTAKES = """
# Known mistakes ----
@relu.misconception("Hint.", replaces={replaces!r})
class mistake: ...
"""


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "There are no tasks in "),
        (CHECKS + "again = Question('relu', '', points=1)", "'relu' is declared twice"),
        (CHECKS + "t = Task('t', '', points=1, needs=[], minutes=1)", "'t' lies in relu.py"),
        ("from handgrad import Task\nt = Task('relu', '', 1, [], 1)", "'relu' has no checks"),
        (CHECKS + "relu.check('two')(one)", "two parts of 'relu' have the same name"),
        (CHECKS + MISTAKES.format(replaces="ReLU") * 2, "two parts of 'relu' have the same name"),
        (CHECKS + MISTAKES.format(replaces="Tanh"), "'mistake' replaces 'Tanh', which 'relu' does"),
    ],
)
def test_assignments_that_are_not_sound(tmp_path: Path, source: str, sentence: str) -> None:
    (tmp_path / "relu.py").write_text(source)
    with pytest.raises(AuthoringError) as caught:
        load_assignment("09_x", tmp_path)
    assert sentence in str(caught.value)


def test_a_sound_assignment(tmp_path: Path) -> None:
    (tmp_path / "relu.py").write_text(CHECKS + MISTAKES.format(replaces="ReLU"))
    found = load_assignment("09_x", tmp_path)
    assert [mistake.name for mistake in found.task("relu").misconceptions] == ["mistake"]
    assert found.questions == (Question("why", "Why?", 1),)
    assert without_mistakes(CHECKS + MISTAKES) == CHECKS
    with pytest.raises(KeyError, match=r"no task 'tanh' in 09_x; it has relu\."):
        found.task("tanh")


def test_tasks_come_in_the_order_of_the_text(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        source = CHECKS.replace("relu", name).replace("why", f"why_{name}")
        (tmp_path / f"{name}.py").write_text(source)
    assert [task.name for task in load_assignment("09_x", tmp_path).tasks] == ["a", "b", "c"]
    text = 'check("c")\n\n+++ {"question": "why_b"}\ncheck("a")\n+++ {"question": "why_a"}\n'
    (tmp_path / "text.md").write_text(text)
    found = load_assignment("09_x", tmp_path)
    assert [task.name for task in found.tasks] == ["c", "a", "b"]
    assert [question.name for question in found.questions] == ["why_b", "why_a", "why_c"]


@pytest.mark.parametrize("given", ["3", "03", "backpropagation", NAME])
def test_assignments_are_found_by_number_and_name(given: str) -> None:
    assert find_assignment(given) == NAME


@pytest.mark.parametrize("given", ["99", "", "-3", "³", "nonsense", "../03"])
def test_assignments_that_there_are_not(given: str) -> None:
    with pytest.raises(ChapterError, match=f"There is no assignment .*; there are .*{NAME}"):
        find_assignment(given)


def test_earlier_parts_are_earlier_chapters_and_what_is_none() -> None:
    base = {path.name for path in SOLUTIONS.glob("*.py")}
    assert {"arrays.py", "layer.py", "optimizer.py"} < base
    assert set(earlier_parts(NAME)) == {*base, "data", "losses", "perceptrons"}
