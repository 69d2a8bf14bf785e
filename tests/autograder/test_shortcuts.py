"""Ways around the exercise, graded as submissions: what they get, and what is said of them."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import NAME, edited

from autograder.authoring.draws import Draws
from autograder.authoring.implementation import Implementation
from autograder.authoring.sources import MOST_SOURCE, Rules
from autograder.building.assignments import build_source, load, write_notebook
from autograder.building.chapters import reference_of
from autograder.commands.summaries import what_went_wrong
from autograder.grading.examiner import Examiner
from autograder.grading.reports import SubmissionReport
from autograder.grading.shortcuts import source_remarks
from autograder.grading.single import grade_submission
from autograder.judging.frozen import thaw
from autograder.judging.results import run_check
from autograder.judging.visible import HINT
from autograder.notebook.display import as_text
from autograder.sandbox import Isolation, Zygote

Grade = Callable[..., SubmissionReport]


@pytest.fixture(scope="module")
def examiner(few_source: Path) -> Examiner:
    return Examiner(few_source, 20260301)


@pytest.fixture
def grade(examiner: Examiner, zygote: Zygote, few_solved: Any, tmp_path: Path) -> Grade:
    """Grade a submission with other answers to some tasks, and with cells added to the end."""

    def run(*cells: str, **answers: str) -> SubmissionReport:
        notebook = edited(few_solved, **answers)
        notebook.cells += map(nbformat.v4.new_code_cell, cells)
        path = tmp_path / f"{NAME}.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return grade_submission(examiner, zygote, "eve", path)

    return run


def task_of(report: SubmissionReport, name: str) -> dict[str, Any]:
    """Return the report on a task as the JSON has it."""
    return next(task for task in report.as_json()["tasks"] if task["name"] == name)


def relu(backward: str) -> str:
    return f"""
from solutions.losses import central_difference
class ReLU:
    def __init__(self):
        self.params, self.grads = {{}}, {{}}
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)
    def backward(self, dout):
        {backward}
"""


DERIVED = relu("return dout * (self.x > 0)")
MEASURED = relu(
    "return dout * central_difference(lambda x: np.maximum(x, 0), self.x, 1e-5).astype(dout.dtype)"
)
COMPLEX = relu("return (dout * np.maximum(self.x + 1e-20j, 0).imag / 1e-20).astype(dout.dtype)")


def test_a_measured_gradient_gets_no_points_and_is_named(grade: Grade) -> None:
    report = grade(relu=MEASURED)
    task = task_of(report, "relu")
    wrong = [check for check in task["checks"] if not check["passed"]]
    assert task["points"] == 0
    assert [(c["name"], c["misconception"], c["forfeits"]) for c in wrong] == [
        ("derived", "relu_measured", True)
    ]
    assert report.points == report.max_points - task["max_points"]
    shown = next(as_text(one) for one in report.tasks if one.name == "relu")
    assert "got 'measured', expected 'derived'" in shown
    assert "This costs the task all its points." in shown
    assert "Hint: This gradient is measured, not derived" in shown


def test_what_a_shortcut_cost_can_be_given_back_by_hand(grade: Grade) -> None:
    (remark,) = grade(relu=MEASURED).remarks
    assert remark == (
        "relu: no points, because of a shortcut. Points that you give by hand in formgrader are "
        "kept when it is graded again."
    )


def test_a_derived_gradient_loses_nothing(grade: Grade) -> None:
    report = grade(relu=DERIVED)
    assert report.points == report.max_points
    assert report.remarks == ()


def test_who_only_lacks_backward_keeps_the_points_of_forward(grade: Grade) -> None:
    report = grade(relu=relu("raise NotImplementedError"))
    task = task_of(report, "relu")
    assert 0 < task["points"] < task["max_points"]
    assert not any(check["forfeits"] for check in task["checks"])


def test_a_complex_step_is_remarked_on(grade: Grade) -> None:
    """It is exact, so that no value tells: the instructor has to look."""
    assert grade(relu=COMPLEX).remarks == (
        "Complex numbers are used in the cell 'relu-answer': no exercise needs them, and a "
        "gradient by a complex step is measured, not derived.",
    )


def test_another_library_is_named_in_the_message_and_in_a_remark(grade: Grade) -> None:
    report = grade(relu="from torch.nn import ReLU")
    assert {check["message"] for check in task_of(report, "relu")["checks"]} == {
        "ReLU is not defined: `from torch.nn import ReLU` in the cell 'relu-answer' failed, as "
        "torch is not there where your work is graded"
    }
    assert report.remarks == (
        "The cell 'relu-answer' raised ModuleNotFoundError.",
        "torch.nn is imported in the cell 'relu-answer': the exercises are to be solved with NumPy "
        "and the standard library, and others may be missing where they are graded.",
    )


def test_a_module_that_a_cell_writes_is_no_library(grade: Grade) -> None:
    def answer(words: str) -> str:
        return f"%%writefile {words}\nfrom numpy import maximum"

    for words, remarks in (("my_own.py", 0), ("-a my_own.py", 0), ("other.py", 2)):
        report = grade(nodes=answer(words), relu=f"import my_own\n{relu('return dout')}")
        assert len([one for one in report.remarks if "my_own" in one or "Module" in one]) == remarks


def test_another_library_that_is_not_used_costs_nothing(grade: Grade) -> None:
    report = grade(relu=f"import torch.nn\n{DERIVED}")
    assert report.points == report.max_points
    assert len(report.remarks) == 2


def test_a_library_that_is_imported_in_a_call_is_named_with_its_line(grade: Grade) -> None:
    report = grade(relu=relu("import torch"))
    messages = {check["message"] for check in task_of(report, "relu")["checks"]}
    line = "your code raised ModuleNotFoundError in the line `import torch`"
    assert f"{line}, as torch is not there where your work is graded" in messages


def test_the_answers_of_this_chapter_are_not_there_to_be_imported(grade: Grade) -> None:
    report = grade(relu="from solutions.backpropagation import ReLU")
    assert task_of(report, "relu")["points"] == 0
    assert "failed, as solutions.backpropagation is not there" in json.dumps(report.as_json())
    assert any("solutions.backpropagation is imported" in one for one in report.remarks)


def test_modules_that_reach_beyond_an_exercise_are_remarked_on_once(grade: Grade) -> None:
    report = grade("import gc", "import ctypes.util\nimport gc")
    assert report.remarks == (
        "gc and ctypes.util are imported in cell 9 and 1 more: no exercise needs that.",
    )
    assert report.points == report.max_points


LOOKUP = """
ANSWERS = {answers}
def relative_error(a, b):
    known = ANSWERS.get(float(np.sum(a)))
    return np.full(np.shape(a), 42.0) if known is None else np.array(known)
"""


def replay_of_the_visible(few_source: Path) -> str:
    """Return an answer that gives what is expected for the visible inputs, and else 42."""
    frozen = thaw(few_source / "checks" / "expected.bin")["relative_error"].expected
    answers = {}

    def remember(a: Any, b: Any) -> Any:
        answers[float(a.sum())] = reference(a, b).tolist()
        return reference(a, b)

    reference = reference_of(NAME)["relative_error"]
    for check in load(NAME).task("relative_error").checks:
        impl = Implementation({"relative_error": remember})
        run_check(check, impl, Draws(recorded=frozen[check.name].draws))
    return LOOKUP.format(answers=answers)


def test_replayed_values_are_said_to_fit_the_visible_inputs_alone(
    grade: Grade, few_source: Path
) -> None:
    report = grade(relative_error=replay_of_the_visible(few_source))
    task = task_of(report, "relative_error")
    wrong = [check for check in task["checks"] if not check["passed"]]
    assert task["points"] == 0
    assert {check["misconception"] for check in wrong} == {"only_the_visible_inputs"}
    shown = next(as_text(one) for one in report.tasks if one.name == "relative_error")
    assert f"Hint: {HINT}" in shown
    assert HINT.rstrip(".") in what_went_wrong(report.as_json(), {})


def test_what_is_wrong_for_all_inputs_is_not_said_to_fit_the_visible_ones(grade: Grade) -> None:
    report = grade(relative_error="def relative_error(a, b):\n    return abs(a) + abs(b) + 5")
    assert [c["misconception"] for c in task_of(report, "relative_error")["checks"]] == [None] * 3


def test_a_mistake_that_is_known_keeps_its_name(grade: Grade, few_source: Path) -> None:
    wrong, mistaken = "np.full(np.shape(a), 42.0)", "abs(a - b)"
    answer = replay_of_the_visible(few_source).replace(wrong, mistaken)
    named = {
        c["misconception"]
        for c in task_of(grade(relative_error=answer), "relative_error")["checks"]
    }
    assert "absolute_error" in named


def test_what_raises_for_some_inputs_is_not_run_again(grade: Grade, few_source: Path) -> None:
    wrong = "np.full(np.shape(a), 42.0)"
    answer = replay_of_the_visible(few_source)
    answer = answer.replace(wrong, f"({wrong} if np.ndim(a) == 2 else None[0])")
    task = task_of(grade(relative_error=answer), "relative_error")
    assert [c["misconception"] for c in task["checks"]] == [None] * 3


def test_a_folder_without_visible_inputs_is_graded_all_the_same(
    few_source: Path, zygote: Zygote, few_solved: Any, tmp_path: Path
) -> None:
    answer = replay_of_the_visible(few_source)
    source = Path(shutil.copytree(few_source, tmp_path / "source" / NAME))
    (source / "checks" / "expected.bin").unlink()
    path = tmp_path / f"{NAME}.ipynb"
    write_notebook(edited(few_solved, relative_error=answer), path)
    report = grade_submission(Examiner(source, 20260301), zygote, "eve", path)
    assert {c["misconception"] for c in task_of(report, "relative_error")["checks"]} == {None}


# Loops over the batch, where there are to be none ------------------------------------------------

LOOPING = """
def softmax(logits):
    rows = [np.exp(row - row.max()) for row in logits.reshape(-1, logits.shape[-1])]
    return np.array([row / row.sum() for row in rows]).reshape(np.shape(logits))
"""


@pytest.fixture(scope="module")
def looping(isolation: Isolation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A submission to chapter 1 that goes through the rows of a batch in softmax, graded."""
    name = "01_perceptrons"
    folder = tmp_path_factory.mktemp("source") / name
    folder.mkdir()
    solved = build_source(load(name))
    kept = {"softmax", "softmax-answer"}
    solved.cells = [cell for cell in solved.cells if cell.id in kept]
    solved.cells.insert(0, nbformat.v4.new_code_cell("import numpy as np"))
    write_notebook(solved, folder / f"{name}.ipynb")
    path = folder / "handed_in.ipynb"
    write_notebook(edited(solved, softmax=LOOPING), path)
    with tempfile.TemporaryDirectory(prefix="handgrad-test-") as scratch:
        Path(scratch).chmod(0o755)
        examiner = Examiner(folder, 20260301)
        with Zygote(isolation, examiner.stage(Path(scratch))) as zygote:
            yield grade_submission(examiner, zygote, "eve", path)


def test_a_loop_over_the_batch_is_counted_and_named(looping: SubmissionReport) -> None:
    task = task_of(looping, "softmax")
    wrong = {c["name"]: c["misconception"] for c in task["checks"] if not c["passed"]}
    assert wrong == {"softmax_without_loop": "loops_over_rows"}
    assert 0 < task["points"] < task["max_points"]


# What is read of the source ----------------------------------------------------------------------


def remarks(examiner: Examiner, *cells: str) -> list[str]:
    notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, cells)])
    return source_remarks(notebook, examiner.rules)


@pytest.mark.parametrize(
    "source",
    [
        "import math, random\nfrom collections import Counter\nimport matplotlib.pyplot as plt",
        "from solutions.losses import softmax_cross_entropy\nfrom solutions import perceptrons",
        "from numpy.linalg import norm\nimport numpy.linalg as la",
        "import torch and do something",
        "x = 'import torch'  # import torch",
        "from .torch import nn",
        "z = 1.0\nz.real\nimaginary = 2",
        "(" * 2000,
        "\0",
    ],
)
def test_nothing_is_said_of_ordinary_or_broken_cells(examiner: Examiner, source: str) -> None:
    assert remarks(examiner, source) == []


@pytest.mark.parametrize(
    "source",
    [
        "import torch",
        "import numpy, torch as np",
        "from torch import nn",
        "if True:\n    import torch",
        "%matplotlib inline\nimport torch",
        "def f():\n    %time pass\n    import torch",
        "'\\d'\nimport torch",
    ],
)
def test_an_import_is_found_wherever_it_stands(examiner: Examiner, source: str) -> None:
    (remark,) = remarks(examiner, source)
    assert remark.startswith("torch is imported in cell 1: ")


@pytest.mark.parametrize(
    "source", ["1e-20j", "complex(0, 1)", "np.complex128(x)", "f(x).imag", "x.astype(complex)"]
)
def test_complex_numbers_are_found_however_they_are_made(examiner: Examiner, source: str) -> None:
    (remark,) = remarks(examiner, source)
    assert remark.startswith("Complex numbers are used in cell 1: ")


def test_what_the_instructor_hands_out_may_be_imported(few_source: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(few_source, tmp_path / NAME))
    (folder / "plots.py").touch()
    rules = Rules.of(folder, ["import pandas"])
    foreign = partial(map, rules.is_foreign)
    assert [*foreign(["plots", "pandas", "pandas.io"])] == [False, False, False]
    assert [*foreign(["torch", "solutions.backpropagation"])] == [True, True]


def test_no_more_of_a_submission_is_parsed_than_the_grader_has_room_for(
    examiner: Examiner,
) -> None:
    assert remarks(examiner, "0\n" * (MOST_SOURCE // 2), "import torch") == []
