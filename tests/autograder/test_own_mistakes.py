"""A class names mistakes of its own; their code is a stranger's, and only ever asked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from commands import run_nbgrader
from instructor import grade
from notebooks import NAME, edited
from reporting_class import NO_MASK, THIRD, THIRD_OTHERWISE

from autograder.building.assignments import load
from autograder.classes import classroom
from autograder.classes.class_directory import ClassDirectory, make_class
from autograder.classes.classroom import update_assignment
from autograder.classes.replaying import replay
from autograder.commands.cli import main
from autograder.grading import batch
from autograder.grading.own_mistakes import (
    LARGEST,
    OwnMistake,
    OwnMistakeError,
    as_toml,
    read_own_mistakes,
)
from autograder.grading.traces import trace_of
from autograder.inside.wire import Handle
from autograder.judging.results import Result
from autograder.sandbox.terms import NOTHING

HINT = "You divide by three. Why by three?"
pytestmark = pytest.mark.usefixtures("isolation", "quick_start")


def report(folder: Path, *options: str, status: int = 0) -> str:
    done = CliRunner().invoke(main, ["report", "3", "--class", str(folder), *options])
    assert done.exit_code == status, done.output
    return done.output


def name_one(folder: Path, hint: str = HINT, code: str = THIRD, name: str = "thirds") -> Path:
    """Put a mistake of the class's own into a class."""
    path = folder / "mistakes" / NAME / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_toml(OwnMistake(name, "relu", hint, code)), encoding="utf-8")
    return path


def mistakes_of(report: dict[str, Any]) -> set[str | None]:
    (relu,) = [task for task in report["tasks"] if task["name"] == "relu"]
    return {check["misconception"] for check in relu["checks"] if not check["passed"]}


# From a group to a name ---------------------------------------------------------------------------


def test_a_group_is_written_down_given_a_hint_and_told_to_all(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    for student, relu in (("a", THIRD), ("b", THIRD_OTHERWISE), ("c", THIRD), ("d", NO_MASK)):
        submit(student, edited(few_solved, relu=relu))
    before = {one["student"]: one for one in grade(class_folder).reports}
    assert mistakes_of(before["a"]) == {None}
    assert "Fill in its hint" in report(class_folder, "--draft", "1")
    (path,) = (class_folder / "mistakes" / NAME).iterdir()
    draft = path.read_text("utf-8")
    assert "class ReLU" in draft
    assert "Zebedee's own" not in draft
    assert "is there already" in report(class_folder, "--draft", "1", status=1)
    assert "there is group 1 alone" in report(class_folder, "--draft", "2", status=1)
    assert path.read_text("utf-8") == draft
    said: list[str] = []
    grade(class_folder, say=said.append)
    assert f"Without a hint, and so not told to anybody, in {path.parent}" in " ".join(said)
    path.write_text(draft.replace('hint = ""', f'hint = "{HINT}"'))
    said.clear()
    grade(class_folder, say=said.append)
    assert "4 of the 4 earlier grades were made with other mistakes of your own" in " ".join(said)
    after = grade(class_folder, force=True, seed=6).reports
    found = {one["student"]: mistakes_of(one) for one in after}
    assert found == {**{key: {path.stem} for key in "abc"}, "d": {"no_mask"}}
    assert [one["points"] for one in after] == [one["points"] for one in before.values()]
    assert HINT in report(class_folder)
    assert "has no group 1 of unknown cause: there is none" in report(
        class_folder, "--draft", "1", status=1
    )
    again = replay(ClassDirectory(class_folder), NAME, "b", "relu")
    assert again.conclusion() == "The same verdict as recorded."
    assert HINT in {check.hint for check in again.now.checks}


@pytest.mark.usefixtures("one_chapter")
def test_what_an_instructor_named_outlives_class_update_and_nbgrader(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    path = name_one(class_folder)
    content = path.read_bytes()
    make_class(class_folder)
    update_assignment(ClassDirectory(class_folder), NAME)
    assert path.read_bytes() == content
    submit("ada", edited(few_solved, relu=THIRD))
    run_nbgrader(class_folder, "autograde", NAME, "--create")
    graded = class_folder / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    assert HINT in graded.read_text("utf-8")
    path.write_text("task = ")
    said = run_nbgrader(class_folder, "autograde", NAME, "--force", status=1)
    assert f"{path} is not TOML" in said
    assert HINT in graded.read_text("utf-8")


def test_a_mistake_of_the_course_keeps_its_name(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    name_one(class_folder, code=NO_MASK, name="mine")
    submit("ada", edited(few_solved, relu=NO_MASK))
    (found,) = grade(class_folder).reports
    assert mistakes_of(found) == {"no_mask"}


# Its code is a stranger's -------------------------------------------------------------------------


HOSTILE = {
    "writes": "open({canary!r}, 'w').write('here')\n" + THIRD,
    "calls_a_shell": "import os\nos.system('touch ' + {canary!r})\n" + THIRD,
    "writes_later": "class ReLU:\n    def forward(self, x):\n        open({canary!r}, 'w')",
    "never_ends": "while True: pass",
    "never_answers": "def ReLU():\n    while True: pass",
    "ends_its_process": "import os; os._exit(0)",
    "is_no_python": "class ReLU\n",
    "returns_much": "class ReLU:\n    forward = lambda self, x: np.zeros(2_000_000)",
    "is_long": "x" * 60_000,
    "is_empty": "",
}


def test_it_never_runs_outside_the_sandbox_and_ends_nothing(
    class_folder: Path, submit: Any, few_solved: Any, tmp_path: Path, quick_limits: None
) -> None:
    canary = tmp_path / "canary"
    for name, code in HOSTILE.items():
        name_one(class_folder, code=code.replace("{canary!r}", repr(str(canary))), name=name)
    submit("ada", few_solved)
    submit("ben", edited(few_solved, relu=NO_MASK))
    found = {one["student"]: one for one in grade(class_folder).reports}
    assert not canary.exists()
    assert found["ada"]["points"] == found["ada"]["max_points"]
    assert mistakes_of(found["ben"]) == {"no_mask"}
    submit("cem", edited(few_solved, relu=THIRD))
    found = {one["student"]: one for one in grade(class_folder).reports}
    assert mistakes_of(found["cem"]) == {"calls_a_shell"}  # the first of two with one hint
    assert not canary.exists()


def test_without_a_sandbox_it_is_not_asked(
    class_folder: Path, submit: Any, few_solved: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: Any) -> None:
        raise AssertionError

    name_one(class_folder)
    submit("ada", edited(few_solved, relu=THIRD))
    monkeypatch.setattr(batch, "try_mistake", asked)
    monkeypatch.setattr(classroom, "probe", lambda: NOTHING)
    (found,) = grade(class_folder, allow_unsandboxed=True).reports
    assert (mistakes_of(found), found["own_mistakes"]) == ({None}, "")


@pytest.fixture
def quick_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop what never ends after a second."""
    import dataclasses

    from autograder.authoring.tasks import Allowance
    from autograder.grading import examiner

    def quick(name: str) -> Any:
        found = load(name)
        tasks = tuple(dataclasses.replace(task, seconds=1) for task in found.tasks)
        allowance = Allowance(cell_seconds=1, task_seconds=1)
        return dataclasses.replace(found, tasks=tasks, allowance=allowance)

    monkeypatch.setattr(examiner, "load", quick)


# Its file -----------------------------------------------------------------------------------------


def test_a_file_holds_what_was_written(tmp_path: Path) -> None:
    for code in ("class ReLU:\n    pass\n", "x = \"'''\"\n", "y = '\x7f\\x1b…'\n"):
        path = tmp_path / "mistakes" / NAME / "one.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_toml(OwnMistake("one", "relu", "", code)), encoding="utf-8")
        (found,) = read_own_mistakes(tmp_path, NAME, load(NAME).tasks)
        assert found.code == code


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a", "task = ", "is not TOML"),
        ("a", 'task = "relu"', "must hold task, hint, code"),
        ("a", 'task = "relu"\nhint = 1\ncode = ""', "each a text"),
        ("a", 'task = "nothing"\nhint = ""\ncode = ""', "of a task 'nothing'"),
        ("no_mask", 'task = "relu"\nhint = ""\ncode = ""', "needs another name"),
        ("a-b", 'task = "relu"\nhint = ""\ncode = ""', "needs another name"),
        ("a", "#" * (LARGEST + 1), "is larger than 64 KiB"),
        ("a", "\udcff", "is not TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_said_in_a_sentence(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    path = tmp_path / "mistakes" / NAME / f"{name}.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(OwnMistakeError, match=said) as problem:
        read_own_mistakes(tmp_path, NAME, load(NAME).tasks)
    assert str(path) in str(problem.value)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "mistakes" / NAME
    folder.mkdir(parents=True)
    (tmp_path / "elsewhere").write_text('task = "relu"\nhint = "x"\ncode = ""')
    (folder / "a.toml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OwnMistakeError, match="no file that can be read"):
        read_own_mistakes(tmp_path, NAME, load(NAME).tasks)


# What is kept of a result -------------------------------------------------------------------------


def digest(value: Any) -> str:
    return trace_of(Result(value=value)).digest


def test_rounding_changes_no_digest() -> None:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(20, 30)) * 10.0 ** rng.integers(-6, 6, size=(20, 30))
    assert digest(numbers) == digest(numbers * (1 + 1e-14)) == digest(numbers + 1e-18)
    assert digest(np.array([1.0, 10.0, 0.0])) == digest(np.array([1 - 1e-15, 10 + 1e-14, -1e-17]))
    assert digest({"W": numbers, "b": 2.0}) == digest({"b": np.array([2]), "W": numbers})
    assert digest(float("nan")) == digest(-np.float64("nan"))


def test_other_results_have_other_digests() -> None:
    values = [
        *(None, "", "a", True, 1, 2.0, 1j, [], {}, [1], [[1]], (2, 3), {"a": 1}, Handle(0)),
        *(np.ones(2), np.ones((2, 1)), np.ones(2) * 1.001, np.array([1, np.nan]), np.inf, 10**400),
    ]
    digests = [digest(value) for value in values]
    assert len(set(digests)) == len(values)
    assert digest(values) == digest(list(values))


@pytest.mark.parametrize(
    "value",
    [10**20000, [-(10**20000)], {10**20000: 1, 3: 2}, {"a": 10**5000}],
    ids=["alone", "in a list", "as a key", "as a value"],
)
def test_a_number_that_python_writes_no_more_has_a_digest(value: Any) -> None:
    assert digest(value) == digest(value) != digest(1)


def test_what_became_of_a_check_is_told_apart() -> None:
    assert trace_of(Result(raised="NotImplementedError")).outcome == "unwritten"
    assert trace_of(Result(stopped=True)).outcome == "stopped"
    one, other = (trace_of(Result(raised="ValueError", said=said)) for said in ("a", "b"))
    assert (one.outcome, other.outcome) == ("raised", "raised")
    assert one.digest != other.digest


def test_a_grade_of_an_earlier_version_is_left_out_and_said(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", few_solved)
    submit("ben", few_solved)
    grade(class_folder)
    path = class_folder / "autograded" / "ben" / NAME / f"{NAME}.ipynb"
    content = json.loads(path.read_text("utf-8"))
    del content["metadata"]["handgrad"]["report"]["traces"]
    path.write_text(json.dumps(content))
    report(class_folder, "--html", str(class_folder / "r.html"))
    assert "1 grade of an earlier version" in (class_folder / "r.html").read_text("utf-8")
    shutil.rmtree(class_folder / "autograded" / "ada")
    assert "--force" in report(class_folder, status=1)
