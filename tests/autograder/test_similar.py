"""Copies are found in disguise; what students wrote is read as data, and shown as text."""

from __future__ import annotations

import html
import json
import random
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner, Result
from notebooks import edited, hand_in, unsolved

from autograder.authoring.sources import tree_of
from autograder.commands.cli import main
from autograder.grading.submissions import Cell
from autograder.similarity.evidence import gather_evidence
from autograder.similarity.forms import (
    Forms,
    Names,
    Numbers,
    forms_of_code,
    forms_of_text,
    names_in,
)
from autograder.similarity.pairs import SimilarityError, compare
from autograder.similarity.rows import rows_of
from autograder.similarity.works import MOST_OF_A_PART, Frame, Work

ORIGINAL = '''
class Affine:
    def forward(self, x):
        """Return the outputs."""
        self.rows = x.reshape(len(x), -1)
        weights = self.params["W"].astype(x.dtype)
        bias = self.params["b"].astype(x.dtype)
        for row in range(len(x)):
            self.rows[row] += np.sqrt(row + 1.5)
        return self.rows @ weights + bias

    def backward(self, dout):
        self.grads["W"] = self.rows.T @ dout
        return dout @ self.params["W"].T
'''
DISGUISED = """
import numpy as numeric
class Layer:
    # first of all, the way back
    def backward(self, upstream):
        self.grads["W"] = self.flat.T @ upstream  # as in the text
        return (upstream @ self.params["W"].T)

    def forward(self, inputs):
        b = self.params["b"].astype(inputs.dtype)
        W = self.params["W"].astype(inputs.dtype)
        self.flat = inputs.reshape(len(inputs),
                                   -1)
        for k in range(len(inputs)):

            self.flat[k] += numeric.sqrt(k + 1.5)
        return self.flat @ W + b
"""
OTHER = """
class Affine:
    def forward(self, x):
        self.x = x
        return np.einsum("nd,dm->nm", self.x, self.params["W"]) + self.params["b"][None]
"""
WORDS = "Every node needs what arrives from above before it can pass anything on to those below."


def forms(source: str, numbers: Numbers) -> Forms:
    tree = tree_of(source)
    assert tree is not None
    return forms_of_code(tree, 0, numbers, Names(aliases={"np": "numpy"}) | names_in(tree))


def test_a_disguise_changes_no_form() -> None:
    numbers = Numbers()
    original, copy = (forms(source, numbers) for source in (ORIGINAL, DISGUISED))
    assert original.all == copy.all
    assert not original.all & forms(OTHER, numbers).all - forms("x = 1", numbers).all


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("y = np.maximum(x, 0.5)", "y = np.minimum(x, 0.5)"),
        ("y = np.maximum(x, 0.5)", "y = np.maximum(x, 0.7)"),
        ("y = np.sum(x, axis=0)", "y = np.sum(x, axis=1)"),
        ("y = (a + b) * np.exp(c)", "y = (a - b) * np.exp(c)"),
        ("y = self.params['W'].sum(0)", "y = self.params['b'].sum(0)"),
    ],
)
def test_what_computes_something_else_has_another_form(one: str, other: str) -> None:
    numbers = Numbers()
    assert forms(one, numbers).pieces[0].form != forms(other, numbers).pieces[0].form


def test_what_is_trivially_short_has_no_form() -> None:
    assert not forms("def f(x):\n    return x\ny = x\nz = y > 0", Numbers()).all


def test_words_are_compared_in_runs() -> None:
    numbers = Numbers()
    text, other = (forms_of_text(one, 0, numbers) for one in (WORDS, WORDS.upper() + " So?"))
    assert text.all < other.all
    shuffled = " ".join(reversed(WORDS.split()))
    assert not text.all & forms_of_text(shuffled, 0, numbers).all


# A class ------------------------------------------------------------------------------------------

TASKS = ("one", "two", "three", "four", "five", "six")
OPERATORS = ("+", "-", "*", "/", "@", "**", "%", "//")


def answer(task: str, rng: random.Random) -> str:
    """Return an answer that hardly anybody else has."""
    lines = [
        f"    a{n} = np.{rng.choice(['sum', 'mean', 'max', 'min'])}(x, axis={rng.randrange(9)}) "
        f"{rng.choice(OPERATORS)} {rng.randrange(9)}"
        for n in range(5)
    ]
    return "\n".join([f"def {task}(x):", *lines, "    return a1 + a2 + a3 + a4\n"])


def renamed(source: str) -> str:
    """Return an answer with other names and another layout."""
    return re.sub(r"\ba(\d)", r"mine\1", source).replace("\n", "  # mine\n")


def source_with(tasks: Iterable[str] = TASKS) -> nbformat.NotebookNode:
    cells = []
    for task in tasks:
        stub = f"def {task}(x):\n    given = np.sum(x, axis=0) + np.max(x, axis=1)\n"
        solution = f"    ### BEGIN SOLUTION\n    return np.full(x.shape, len({task!r}))\n"
        cell = nbformat.v4.new_code_cell(f"{stub}{solution}    ### END SOLUTION")
        mark = {"grade_id": f"{task}-answer", "solution": True, "locked": False, "grade": False}
        cell.metadata["nbgrader"] = mark
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells)


def cells_with(answers: dict[str, str]) -> list[Cell]:
    return [Cell("code", source, f"{task}-answer") for task, source in answers.items()]


def class_of(count: int, seed: int = 0) -> list[dict[str, str]]:
    rng = random.Random(seed)
    return [{task: answer(task, rng) for task in TASKS} for _ in range(count)]


def works_of(students: list[dict[str, str]]) -> list[Work]:
    frame = Frame(source_with())
    return [frame.work(str(at), cells_with(one)) for at, one in enumerate(students)]


def listed(works: list[Work]) -> set[tuple[str, str]]:
    return {(pair.left.name, pair.right.name) for pair in compare(works, TASKS).pairs}


@pytest.mark.parametrize("count", [4, 40])
def test_only_the_copy_is_listed(count: int) -> None:
    students = class_of(count)
    assert listed(works_of(students)) == set()
    students[1] = {task: renamed(source) for task, source in students[0].items()}
    assert listed(works_of(students)) == {("0", "1")}


def test_what_many_have_is_no_evidence() -> None:
    """Everybody has one of two answers to each task, and so some have all in common."""
    rng = random.Random(0)
    two = class_of(2)
    students = [{task: rng.choice(two)[task] for task in TASKS} for _ in range(40)]
    works = works_of(students)
    assert listed(works) == set()
    assert gather_evidence(works, TASKS).total.max() < len(TASKS) * 1.5


def test_what_was_handed_out_is_nobodys() -> None:
    frame = Frame(source_with())
    untouched = frame.work("ada", [Cell("code", c.source, "") for c in unsolved_cells()])
    assert not any(part.forms.all for part in untouched.parts.values())
    given = "given = np.sum(x, axis=0) + np.max(x, axis=1)"
    own = frame.work("ben", [Cell("code", f"def one(x):\n    {given}\n    return x", "one-answer")])
    assert not own.parts["one"].forms.pieces


def unsolved_cells() -> list[nbformat.NotebookNode]:
    return list(unsolved(source_with()).cells)


def test_a_cell_of_ones_own_belongs_to_the_answer_above_it() -> None:
    code = answer("helper", random.Random(1))
    work = Frame(source_with()).work("ada", [*cells_with({"two": "x = 1"}), Cell("code", code, "")])
    assert work.parts["two"].forms.all
    assert list(work.parts) == ["two"]


def test_what_others_only_lend_is_not_paired_among_itself() -> None:
    students = class_of(6)
    students[4], students[1] = students[3], students[0]
    frame = Frame(source_with())
    works = [
        frame.work(str(at), cells_with(one), is_new=at in (0, 2)) for at, one in enumerate(students)
    ]
    assert listed(works) == {("0", "1")}


def test_too_few_are_refused() -> None:
    with pytest.raises(SimilarityError, match="--with FOLDER"):
        compare(works_of(class_of(2)), TASKS)


def test_what_is_no_python_too_long_or_too_deep_is_said() -> None:
    answers = {
        "one": "def broken(:",
        "two": "x = 1\n" * (MOST_OF_A_PART // 5),
        "three": "x = " + "-" * 700 + "1",
        "four": "x = " + "(" * 150 + "1" + ")" * 150,
        "five": "\0",
    }
    work = Frame(source_with()).work("eve", cells_with(answers))
    said = " ".join(work.remarks)
    for task in ("one", "two", "three", "five"):
        assert f"{task}: " in said, task
    assert "four: " not in said


def test_huge_and_odd_submissions_cost_little() -> None:
    """Seconds of computing here; a machine that has little time for it takes longer."""
    most = MOST_OF_A_PART
    odd = [
        "x=1\n" * (most // 4),
        "f(a[b],c.d)\n" * (most // 12),
        "x = [" + "1," * (most // 2 - 10) + "]",
        "x = " + "+".join(["y"] * 400),
        "\n" * (most - 1),
        "".join(f"v{n}=f(v{n},{n})\n" for n in range(600)),
        "# " + "a b " * (most // 4 - 4),
    ]
    begun = time.process_time()
    works = works_of([{"one": source} for source in odd for _ in range(2)])
    assert not any(work.remarks for work in works)
    comparison = compare(works, TASKS)
    for left, right in zip(works[::2], works[1::2], strict=True):
        rows_of(left.parts["one"], right.parts["one"], lambda form: 2)
    assert comparison.pairs == [], "one task is no evidence"
    assert time.process_time() - begun < 20


# The page and the command -------------------------------------------------------------------------

HOSTILE = "</code></td><script>pwned()</script>\u202e\x1b[2J"
STUDENTS = ("ada", "ben", "chen", "dora", "emil", "fay")


def written(rng: random.Random, words: str) -> dict[str, str]:
    """Return answers to the tasks of the small class, with hostile texts in them."""
    tasks = ("nodes", "relu", "relative_error")
    found = {t: f"# {HOSTILE}\n{answer(t, rng)}{answer(f'{t}2', rng)}" for t in tasks}
    return {**found, "words": words}


def notebook_with(solved: Any, answers: dict[str, str]) -> nbformat.NotebookNode:
    """Return a notebook of the small class with some answers."""
    code = {task: source for task, source in answers.items() if task != "words"}
    notebook = edited(solved, **code)
    next(cell for cell in notebook.cells if cell.id == "why_order").source = answers["words"]
    return notebook


@pytest.fixture
def folder(class_folder: Path, few_solved: Any) -> Path:
    """A class in which two of seven have the same answers, one of them in disguise."""
    rng = random.Random(3)
    for student in STUDENTS:
        words = " ".join(rng.sample(WORDS.split(), 16))
        hand_in(class_folder, student, notebook_with(few_solved, written(rng, words)))
    copied = written(rng, WORDS)
    hand_in(class_folder, "hana", notebook_with(few_solved, copied))
    disguised = {task: renamed(source) for task, source in copied.items() if task != "words"}
    hand_in(class_folder, "ivan", notebook_with(few_solved, {**disguised, "words": WORDS}))
    return class_folder


def similar(folder: Path, *options: str, status: int = 0) -> Result:
    done = CliRunner().invoke(main, ["similar", "3", "--class", str(folder), *options])
    assert done.exit_code == status, done.output
    assert "Traceback" not in done.output
    return done


def test_the_command_lists_the_pair_and_shows_it_side_by_side(folder: Path) -> None:
    page, data = folder / "similar.html", folder / "similar.json"
    said = similar(folder, "--html", str(page), "--json", str(data)).output
    assert re.search(r"of 9 works, 1 pair is more alike .*\n  hana and ivan: [\d.]+ bits", said)
    assert "no verdicts" in said
    shown = page.read_text("utf-8")
    assert "Confidential" in shown
    assert "never a verdict" in shown
    assert "hana and ivan" in shown
    assert "ada" not in re.sub(r"shadow|readable", "", shown)
    assert re.search(r"<u>mine\d</u>", shown), "what differs is not marked"
    assert html.escape(WORDS) in shown
    found = json.loads(data.read_text("utf-8"))
    (pair,) = found["pairs"]
    assert pair["works"] == ["hana", "ivan"]
    assert set(pair["tasks"]) == {"nodes", "relu", "relative_error", "why_order"}
    assert pair["bits"] > found["bits_by_chance"]


def test_the_page_runs_loads_and_hides_nothing(folder: Path) -> None:
    page = folder / "similar.html"
    similar(folder, "--html", str(page))
    shown = page.read_text("utf-8")
    assert "pwned" in shown, "the hostile lines are not in the page"
    assert "<script" not in shown
    assert not re.search(r"(src|href)=(?![\"']?#)", shown)
    assert "default-src 'none'" in shown
    assert not set(shown) & {"\u202e", "\x1b"}


def test_last_years_class_is_compared_with(folder: Path, tmp_path: Path) -> None:
    before = tmp_path / "before"
    (folder / "submitted" / "hana").rename(folder / "submitted" / "zoe")
    before.mkdir()
    (folder / "submitted" / "zoe").rename(before / "zoe")
    assert "no two are more alike" in similar(folder).output
    assert "ivan and before/zoe" in similar(folder, "--with", str(before)).output
    (tmp_path / "old" / "submitted").mkdir(parents=True)
    (before / "zoe").rename(tmp_path / "old" / "submitted" / "zoe")
    assert "ivan and old/zoe" in similar(folder, "--with", str(tmp_path / "old")).output


def test_a_folder_without_work_is_refused_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = similar(folder, "--with", str(tmp_path / "empty"), status=1).output
    assert "has no notebook of 03_backpropagation" in said
    said = similar(folder, "--with", str(folder), status=1).output
    assert "has no notebook of 03_backpropagation" in said, "a class is compared with itself"


def test_what_cannot_be_read_is_said(folder: Path) -> None:
    hand_in(folder, "lea", b"{")
    hand_in(folder, "mia", b"\xff")
    done = similar(folder, "--html", str(folder / "similar.html"))
    assert "lea: The file" in done.output
    assert "mia: The file" in (folder / "similar.html").read_text("utf-8")
    assert "hana and ivan" in done.output


def test_a_class_of_one_is_told_to_add_others(class_folder: Path, few_solved: Any) -> None:
    hand_in(class_folder, "ada", few_solved)
    assert "--with FOLDER" in similar(class_folder, status=1).output
