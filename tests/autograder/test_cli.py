"""The command: every error that a user can cause is one sentence, and nothing is overwritten."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner, Result
from notebooks import NAME, edited

from autograder.authoring.tasks import AuthoringError
from autograder.building.assignments import load
from autograder.building.chapters import assignment_names
from autograder.commands import cli
from autograder.commands.cli import main, printable
from autograder.sandbox import SandboxFailed

PARTS = [*load(NAME).tasks, *load(NAME).questions]


def run(*arguments: Any, status: int = 0) -> Result:
    """Run the command."""
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == status, f"{done.output}{done.exception!r}"
    return done


def sentence(*arguments: Any) -> str:
    """Return the error of a command: one line, and no traceback."""
    done = run(*arguments, status=1)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    lines = done.stderr.strip().splitlines()
    assert lines[-1].startswith("Error: "), done.stderr
    assert "Traceback" not in done.output
    return " ".join(lines).removeprefix("Error: ")


def test_help_and_version() -> None:
    out = run("--help").output
    teaching = ("class", "release", "due", "grade", "update", "regrade", "replay")
    for command in ("lab", *teaching, "tasks", "demo"):
        assert command in out
        run(command, "-h")
    assert "0.1.0" in run("--version").output


# Errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tasks", "99"], "There is no assignment '99'; there are 01_perceptrons, 02_losses, "),
        (["tasks", "²"], "There is no assignment '²'"),
        (["tasks", "../x"], "There is no assignment '../x'"),
        (["grade", "3", "--class", "nowhere"], "is not a class (it has no nbgrader_config.py)"),
        (["release", "3", "--class", "nowhere"], "or make one with 'handgrad class DIR'."),
        (["grade", "x"], "is not a class"),
        (["release", "x"], "is not a class"),
        (["update", "x"], "is not a class"),
        (["class", "file"], "file cannot be written: "),
        (["class", "file/class"], "file/class cannot be written: Not a directory."),
        (["lab", "file", "--no-lab"], "The workbook file cannot be written (Not a directory)"),
        (["demo", "file"], "file cannot be written: "),
    ],
)
def test_errors_are_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    assert said in sentence(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade"],
        ["grade", "3", "--workers", "0"],
        ["grade", "3", "--seed", "-1"],
        ["grade", "3", "--seed", "x"],
        ["nothing"],
        ["class"],
        ["tasks", "3", "4"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    done = run(*arguments, status=2)
    assert "Usage: " in done.stderr
    assert "Error: " in done.stderr


def test_other_errors_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    import autograder.commands.task_list

    def fails(error: Exception) -> Any:
        def raising(name: str) -> None:
            raise error

        monkeypatch.setattr(autograder.commands.task_list, "list_tasks", raising)

    for bug in (RuntimeError("a bug"), OSError("no file"), ModuleNotFoundError("x", name="x")):
        fails(bug)
        assert run("tasks", "3", status=1).exception is bug
    fails(AuthoringError("Two tasks."))
    assert sentence("tasks", "3") == "Two tasks."
    fails(SandboxFailed("the sandbox did not start"))
    assert sentence("tasks", "3") == "the sandbox did not start"
    for package in ("nbgrader", "rich", "bleach"):
        fails(ModuleNotFoundError("x", name=package))
        assert "pip install handgrad[instructor]" in sentence("tasks", "3")


def test_a_students_installation_has_no_nbgrader(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "nbgrader"]:
        monkeypatch.delitem(sys.modules, name)
    needing = ("autograder.classes.", "autograder.grading.", "autograder.commands.demo")
    for name in [name for name in sys.modules if name.startswith(needing)]:
        monkeypatch.delitem(sys.modules, name)

    class NotInstalled:
        def find_spec(self, name: str, *_: Any) -> None:
            if name.split(".")[0] == "nbgrader":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(sys, "meta_path", [NotInstalled(), *sys.meta_path])
    done = run("release", "3", status=1)
    assert "This command needs nbgrader" in done.stderr


# tasks -------------------------------------------------------------------------------------------


def test_tasks_are_listed() -> None:
    lines = run("tasks", "3").output.splitlines()
    assert len(lines) == len(PARTS)
    assert lines[0].split() == ["nodes", "4", "points", "8", "checks", "Add", "and", "Multiply"]
    assert "graded by hand" in lines[2]
    everything = run("tasks").output
    assert everything == "".join(run("tasks", name).output for name in assignment_names())
    assert run("tasks", NAME).output in everything


def test_tasks_as_data() -> None:
    listed = json.loads(run("tasks", "3", "--json").output)
    assert [one["name"] for one in listed][:3] == ["nodes", "shopping", "why_order"]
    keys = {"assignment", "name", "title", "points", "minutes", "names", "stub", "checks"}
    for one in listed:
        assert one.keys() == keys
        assert one["assignment"] == NAME
    affine = next(one for one in listed if one["name"] == "affine")
    assert affine["names"] == ["Affine"]
    assert affine["stub"].count("raise NotImplementedError") == 2
    assert {"name", "title", "weight"} == affine["checks"][0].keys()
    question = listed[2]
    assert (question["names"], question["checks"], question["stub"]) == ([], [], "YOUR ANSWER HERE")
    assert sum(one["points"] for one in listed) == sum(part.points for part in PARTS)


# class, release, grade ---------------------------------------------------------------------------


@pytest.mark.usefixtures("one_chapter")
def test_class_release_and_grade(
    class_folder: Path,
    submit: Any,
    few_solved: nbformat.NotebookNode,
    isolation: Any,
    tmp_path: Path,
) -> None:
    assert "wrote" not in run("class", class_folder).output
    out = run("release", "3", "--class", class_folder).output
    assert f"nbgrader release_assignment {NAME}" in out
    assert "Nothing was handed in" in sentence("grade", "3", "--class", class_folder)
    submit("ada [bold]", few_solved)
    loud = "class ReLU\n    '\x1b[2J'"
    submit("bob", edited(few_solved, relu=loud))
    results = tmp_path / "results.json"
    done = run(
        "grade", "3", "--class", class_folder, "--seed", 4, "--workers", 1, "--json", results
    )
    assert "ada [bold]" in done.output
    assert "11/11" in done.output
    assert "SyntaxError" in done.output
    assert "\x1b" not in done.output
    assert [one["student"] for one in json.loads(results.read_text("utf-8"))] == [
        "ada [bold]",
        "bob",
    ]
    done = run("grade", "3", "--class", class_folder, "--feedback", "--student", "bob")
    assert "1 graded before, 0 to grade" in done.stderr
    assert (class_folder / "feedback" / "bob" / NAME / f"{NAME}.html").is_file()
    nowhere = tmp_path / "nowhere" / "results.json"
    assert "results.json cannot be used (No such file" in sentence(
        "grade", "3", "--class", class_folder, "--json", nowhere
    )


def test_failures_are_told_and_make_the_status(
    class_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.classes.classroom import Outcome

    outcome = Outcome([], 0, 0, ["\udcff could not be graded (\x1b[2J); run the command again."])
    monkeypatch.setattr("autograder.classes.classroom.grade_assignment", lambda *_, **__: outcome)
    done = run("grade", "3", "--class", class_folder, status=1)
    assert "\ufffd could not be graded (\ufffd[2J); run" in done.stderr


def test_without_a_sandbox_grading_refuses(
    class_folder: Path, submit: Any, few_solved: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.classes import classroom
    from autograder.sandbox import Isolation

    reason = "Submissions cannot be shut in here: see `--allow-unsandboxed`."
    monkeypatch.setattr(classroom, "probe", lambda: Isolation(0, "unsandboxed", reason=reason))
    submit("ada", few_solved)
    assert sentence("grade", "3", "--class", class_folder, "--workers", "1") == reason
    assert not (class_folder / "autograded").exists()
    if os.name == "posix":
        arguments = ["grade", "3", "--class", class_folder, "--workers", "1"]
        done = run(*arguments, "--allow-unsandboxed")
        assert "11/11" in done.output
        assert "Sandbox: unsandboxed (level 0)." in done.output


def test_what_is_printed_cannot_steer_a_terminal() -> None:
    assert printable("a\x1b[2J\n\u202e\udc80é ") == "a\ufffd[2J\ufffd\ufffd\ufffdé "
    assert cli.progress([], "x").disable


def test_an_update_is_shown_then_made(class_folder: Path) -> None:
    said = run("update", "3", "--class", class_folder).output
    assert said == f"{NAME} is of the installed edition, and as it was released.\n"
    path = class_folder / "source" / NAME / "checks" / "relu.py"
    path.write_text("x = 1\n")
    said = run("update", "3", "--class", class_folder).output
    assert "Edited beside the notebook, and written anew: checks/relu.py." in said
    assert f"Nothing has been changed: 'handgrad update {NAME} --yes' does it." in said
    assert path.read_text() == "x = 1\n"
    said = run("update", "3", "--class", class_folder, "--yes").output
    assert "What was there before is kept in " in said
    assert path.read_text() != "x = 1\n"
    (class_folder / "source" / "ps1").mkdir()
    for command in ("grade", "release", "update"):
        said = sentence(command, "ps1", "--class", class_folder)
        assert "ps1 is an assignment of this class's own, not of the course" in said
    assert "no assignment 'x'" in sentence("grade", "x", "--class", class_folder)
