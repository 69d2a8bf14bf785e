"""A replay: the same verdict again, what it rests on, and nothing written."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from notebooks import NAME, WRONG_NODES, edited

from autograder.building.assignments import load, write_notebook
from autograder.classes import replaying
from autograder.classes.class_directory import ClassDirectory
from autograder.classes.classroom import grade_assignment, release_assignment
from autograder.commands.cli import main
from autograder.grading import batch, examiner
from autograder.sandbox import Isolation, Zygote, session

KEPT = ("nodes", "shopping", "why_order", "relu", "relative_error")
RELU = """
class ReLU:
    def __init__(self):
        self.params, self.grads = {{}}, {{}}
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask
    def backward(self, dout):
        {backward}
"""
KNOWN_MISTAKE = RELU.format(backward="return dout * (dout > 0)")
RAISES = RELU.format(backward="raise ValueError('my own words \x1b[2J')  # \x1b[31m")
HOSTILE = RELU.format(backward="return {'\x1b]0;owned\x07 [bold]': '\u202e\x1b[2J'}")
STARTS_FROM_1 = """

class ShoppingGraph(ShoppingGraph):
    def backward(self, dout=1.0):
        return super().backward(1.0)
"""
ENDLESS = "def relative_error(a, b):\n    while True: pass"
PREPARED = functools.partial(Zygote, preload=("numpy.random", "IPython"))


def quick_load(name: str) -> Any:
    """Load an assignment whose checks are stopped after a second."""
    assignment = load(name)
    tasks = [dataclasses.replace(task, seconds=1) for task in assignment.tasks]
    return dataclasses.replace(assignment, tasks=tuple(tasks))


def make_quick(patch: pytest.MonkeyPatch) -> None:
    """Start quickly and stop soon, by what was computed: the clock depends on who else is here."""
    patch.setattr(batch, "Zygote", PREPARED)
    patch.setattr(examiner, "load", quick_load)
    patch.setattr(session, "PATIENCE", 1000)


def _answer(notebook: nbformat.NotebookNode, task: str) -> str:
    return next(str(cell.source) for cell in notebook.cells if cell.id == f"{task}-answer")


@pytest.fixture(scope="module")
def graded(
    tmp_path_factory: pytest.TempPathFactory,
    class_template: Path,
    solved: Any,
    isolation: Isolation,
) -> Path:
    """A class that has been graded. Do not write into it: copy it."""
    folder = Path(shutil.copytree(class_template, tmp_path_factory.mktemp("graded") / "class"))
    kept = {*KEPT, *(f"{name}-answer" for name in KEPT)}
    small = nbformat.from_dict(solved)
    imports = next(cell for cell in small.cells if cell.cell_type == "code")
    imports.source = "import numpy as np\n\nfrom handgrad import check"
    small.cells = [imports, *(cell for cell in small.cells if cell.id in kept)]
    write_notebook(small, folder / "source" / NAME / f"{NAME}.ipynb")
    where = ClassDirectory(folder)
    release_assignment(where, NAME)
    answers: dict[str, dict[str, str]] = {
        "ada": {},
        "ben": {"relu": KNOWN_MISTAKE},
        "chen": {"nodes": WRONG_NODES},
        "dora": {"relu": RAISES},
        "emil": {"relative_error": ENDLESS},
        "goran [bold]": {"relu": HOSTILE},
        "hugo": {"nodes": WRONG_NODES, "shopping": _answer(small, "shopping") + STARTS_FROM_1},
    }
    for student in [*answers, "fay"]:
        where.step("submitted", NAME, student).mkdir(parents=True)
    for student, answer in answers.items():
        path = where.step("submitted", NAME, student) / f"{NAME}.ipynb"
        write_notebook(edited(small, **answer), path)
    (where.step("submitted", NAME, "fay") / f"{NAME}.ipynb").write_text("{")
    with pytest.MonkeyPatch.context() as patch:
        make_quick(patch)
        grade_assignment(where, NAME, seed=5, workers=1)
    return folder


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(monkeypatch)


def replay(folder: Path, student: str, task: str, *options: Any) -> str:
    """Return what the command prints, in one line."""
    arguments = ["replay", student, "3", task, "--class", folder, *options]
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, f"{done.output}{done.exception!r}"
    return " ".join(done.stdout.split())


def refusal(folder: Path, student: str, task: str) -> str:
    done = CliRunner().invoke(main, ["replay", student, "3", task, "--class", str(folder)])
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit)
    lines = done.stderr.splitlines()
    assert "Traceback" not in done.stderr
    return lines[-1].removeprefix("Error: ")


def rewrite_record(folder: Path, student: str, task: str | None = None, **changes: Any) -> None:
    """Change what is recorded of a submission, or of one of its tasks."""
    path = folder / "autograded" / student / NAME / f"{NAME}.ipynb"
    content = json.loads(path.read_text("utf-8"))
    record = content["metadata"]["handgrad"]["report"]
    if task is not None:
        record = next(one for one in record["tasks"] if one["name"] == task)
    record.update(changes)
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def copied(graded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded, tmp_path / "class"))


# What is shown -----------------------------------------------------------------------------------


def test_a_right_answer_gets_the_same_verdict(graded: Path, isolation: Isolation) -> None:
    said = replay(graded, "ada", "relu")
    assert said.startswith(f"ada, {NAME}, relu: The ReLU layer")
    assert "│ points │ 4 of 4 │ 4 of 4 │" in said
    assert "│ seed │ 5 │ 5 │" in said
    assert f"{isolation.name} (level {isolation.level})" in said
    assert said.count("passed ") == len(load(NAME).task("relu").checks)
    assert "FAILED" not in said
    assert said.endswith("The same verdict as recorded.")


def test_a_known_mistake_is_shown_with_inputs_and_both_results(graded: Path) -> None:
    said = replay(graded, "ben", "relu")
    assert "mistake mask_from_upstream: Your mask asks whether dout is positive." in said
    assert "mistake the same mistake" in said
    assert "inputs 1. (3, 4): " in said
    assert "returned (3, 4): " in said
    assert "expected (3, 4): " in said
    assert "worst at [" in said
    assert said.endswith("The same verdict as recorded.")


def test_what_the_code_raised_is_told_in_its_own_words(graded: Path) -> None:
    said = replay(graded, "dora", "relu")
    assert "found your code raised ValueError in the line `raise ValueError('my own words" in said
    assert "raised ValueError: my own words \ufffd[2J" in said


@pytest.mark.parametrize(
    ("student", "harmless"),
    [
        ("dora", "words \ufffd[2J') # \ufffd[31m`"),
        ("goran [bold]", r"\x07 [bold]': '\u202e\x1b[2J'"),
    ],
)
def test_nothing_of_a_submission_steers_the_terminal(
    graded: Path, student: str, harmless: str
) -> None:
    said = replay(graded, student, "relu")
    assert said.startswith(student)
    assert harmless in said
    assert not set(said) & {"\x1b", "\x07", "\u202e"}


def test_an_endless_loop_is_stopped_again(graded: Path) -> None:
    said = replay(graded, "emil", "relative_error")
    assert "found this check was stopped: it took more than 1 s of computing" in said
    assert "found not reached: this check was stopped" in said
    assert said.endswith("The same verdict as recorded.")


def test_the_tasks_beside_an_endless_loop_are_replayed(graded: Path) -> None:
    assert replay(graded, "emil", "relu").endswith("The same verdict as recorded.")


def test_an_earlier_mistake_is_taken_as_right_again(graded: Path) -> None:
    said = replay(graded, "chen", "shopping")
    assert "Graded with nodes taken as right, where the mistakes have been charged" in said
    assert "as it stands it would get " in said
    assert said.endswith("The same verdict as recorded.")


def test_what_is_shown_came_back_with_the_earlier_task_right(graded: Path) -> None:
    said = replay(graded, "hugo", "shopping")
    assert "Graded with nodes taken as right" in said
    assert "mistake bill_without_upstream: " in said
    [got] = re.findall(r"found value 1 of 5: got ([\d.]+),", said)
    assert f"returned value 1: {got} " in said


def test_a_file_that_is_no_notebook_gets_the_same_verdict(graded: Path) -> None:
    said = replay(graded, "fay", "relu")
    assert "found The file 03_backpropagation.ipynb is not a notebook" in said
    assert said.endswith("The same verdict as recorded.")


def test_what_the_cells_raised_is_told_in_their_own_words(copied: Path, solved: Any) -> None:
    path = copied / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    broken = edited(nbformat.read(path, as_version=4), relu="1 / 0")
    write_notebook(broken, path)
    said = replay(copied, "ada", "relu")
    assert "The cell 'relu-answer' raised ZeroDivisionError: division by zero" in said
    assert "inputs" not in said


def test_other_inputs_can_be_tried(graded: Path) -> None:
    said = replay(graded, "ben", "relu", "--seed", 6)
    assert "│ seed │ 5 │ 6 │" in said
    assert "recorded at [" in said
    assert said.endswith("With other inputs, the same checks pass and fail as recorded.")


# What differs ------------------------------------------------------------------------------------


def test_a_verdict_that_differs_is_said(copied: Path) -> None:
    path = copied / "autograded" / "ben" / NAME / f"{NAME}.ipynb"
    tasks = json.loads(path.read_text("utf-8"))["metadata"]["handgrad"]["report"]["tasks"]
    checks = next(one for one in tasks if one["name"] == "relu")["checks"]
    for check in checks:
        check.update(passed=True, message="", misconception=None)
    rewrite_record(copied, "ben", "relu", checks=checks, points=4.0)
    said = replay(copied, "ben", "relu")
    assert "recorded passed found at [" in said
    assert (
        'Differs: "backward returns the gradient with respect to the input" passed then, failed now'
    ) in said


def test_points_that_differ_are_said(copied: Path) -> None:
    rewrite_record(copied, "ada", "relu", points=3.0)
    assert replay(copied, "ada", "relu").endswith("but the points differ.")


def test_words_that_differ_are_said(copied: Path) -> None:
    rewrite_record(copied, "ada", "relu", carried_from=["nodes"])
    said = replay(copied, "ada", "relu")
    assert "it was graded with nodes taken as right; now it was not" in said
    assert said.endswith("what is said of them differs.")


def test_another_edition_is_said(graded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Another edition" not in replay(graded, "ada", "relu")
    now = replaying.edition_of(NAME)
    other = dataclasses.replace(now, digest="another", parts={**now.parts, "relu": "another"})
    monkeypatch.setattr(replaying, "edition_of", lambda _: other)
    said = replay(graded, "ada", "relu")
    assert "Another edition of the assignment than recorded, in relu: the verdict now is of" in said


def test_other_versions_are_said(graded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Other versions" not in replay(graded, "ada", "relu")
    monkeypatch.setattr(replaying, "versions", lambda: {"python": "3.99", "numpy": "9.9"})
    said = replay(graded, "ada", "relu")
    assert "numpy 9.9, python 3.99" in said
    assert "Other versions of numpy and python than recorded: inputs and results may" in said


def test_a_submission_that_was_changed_is_said(copied: Path) -> None:
    assert "was changed" not in replay(copied, "ben", "relu")
    right, wrong = (copied / "submitted" / one / NAME / f"{NAME}.ipynb" for one in ("ada", "ben"))
    shutil.copyfile(right, wrong)
    said = replay(copied, "ben", "relu")
    assert "changed since it was graded, in relu-answer: what was run now is what" in said
    assert "failed then, passed now" in said


# Errors, and what is left alone ------------------------------------------------------------------


def test_nothing_is_written(graded: Path) -> None:
    def snapshot() -> dict[Path, tuple[int, int]]:
        return {
            path: (path.stat().st_mtime_ns, path.stat().st_size)
            for path in graded.rglob("*")
            if "__pycache__" not in path.parts
        }

    before = snapshot()
    replay(graded, "ben", "relu")
    assert snapshot() == before


@pytest.mark.parametrize(
    ("student", "task", "said"),
    [
        ("nobody", "relu", "Nothing was handed in for 03_backpropagation by 'nobody'"),
        ("../submitted/ada", "relu", "Nothing was handed in for 03_backpropagation by '../sub"),
        ("\x1b[2J", "relu", "Nothing was handed in for 03_backpropagation by '\ufffd[2J'"),
        ("ada", "why_order", "why_order is answered in words and graded by hand"),
        ("ada", "rleu", "There is no task 'rleu' in 03_backpropagation; there are nodes, shopping"),
        ("ada", "affine", "There is no task 'affine' in 03_backpropagation; there are nodes"),
    ],
)
def test_errors_are_sentences(graded: Path, student: str, task: str, said: str) -> None:
    assert refusal(graded, student, task).startswith(said)


@pytest.mark.parametrize("stamp", ["0001-01-01 00:00:00 +1400", "9" * 20, "\x1b[2J"])
def test_a_time_stamp_that_cannot_be_read_ends_nothing(copied: Path, stamp: str) -> None:
    (copied / "submitted" / "ben" / NAME / "timestamp.txt").write_text(stamp)
    assert "The same verdict as recorded." in replay(copied, "ben", "relu")


def test_what_was_not_graded_cannot_be_replayed(copied: Path) -> None:
    shutil.rmtree(copied / "autograded" / "ada")
    said = "The 03_backpropagation of 'ada' has not been graded yet: grade it first, with"
    assert refusal(copied, "ada", "relu").startswith(said)
    graded_by_hand = copied / "submitted" / "ben" / NAME / f"{NAME}.ipynb"
    shutil.copy(graded_by_hand, copied / "autograded" / "ben" / NAME)
    assert "has not been graded yet" in refusal(copied, "ben", "relu")


def test_a_task_that_is_gone_or_new_is_said(copied: Path) -> None:
    rewrite_record(copied, "ada", tasks=[])
    assert "was not yet in 03_backpropagation when" in refusal(copied, "ada", "relu")
    path = copied / "source" / NAME / f"{NAME}.ipynb"
    source = nbformat.read(path, as_version=4)
    source.cells = [cell for cell in source.cells if not cell.id.startswith("relu")]
    write_notebook(source, path)
    assert "no longer has it" in refusal(copied, "ben", "relu")
    shutil.rmtree(copied / "source")
    assert "The class has no source of 03_backpropagation" in refusal(copied, "ben", "relu")


def test_without_a_sandbox_it_refuses(graded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unsafe = Isolation(0, "unsandboxed", reason="No walls here: see `--allow-unsandboxed`.")
    monkeypatch.setattr(replaying, "probe", lambda: unsafe)
    assert refusal(graded, "ada", "relu") == unsafe.reason
    assert "unsandboxed (level 0)" in replay(graded, "ada", "relu", "--allow-unsandboxed")
