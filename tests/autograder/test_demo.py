"""The demonstration's samples get the verdicts that they were made for."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from notebooks import NAME

from autograder.building.assignments import load, write_notebook
from autograder.commands import demo
from autograder.commands.cli import main
from autograder.commands.demo import sample_submissions
from autograder.commands.summaries import is_blank, what_went_wrong
from autograder.grading.examiner import Examiner
from autograder.grading.single import grade_submission
from autograder.sandbox import Isolation, Limits
from autograder.sandbox.budget import Budget

QUICK = Budget(cell_seconds=1, limits=Limits(memory_bytes=1024 << 20))
ENDLESS = ("relative_error", "gradient_check")
"""The tasks in which a sample hangs: it need not hang for long here."""


@pytest.fixture(scope="module")
def reports(
    source_folder: Path, zygote: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """The report on each sample, as ``handgrad grade --json`` writes it."""
    examiner = Examiner(source_folder, 1)
    for task in examiner.tasks:
        task.seconds = 0.5 if task.name in ENDLESS else task.seconds
    folder, found = tmp_path_factory.mktemp("samples"), {}
    for student, notebook in sample_submissions().items():
        write_notebook(notebook, folder / f"{student}.ipynb")
        report = grade_submission(examiner, zygote, student, folder / f"{student}.ipynb", QUICK)
        found[student] = report.as_json()
    return found


def lost(report: dict[str, Any]) -> set[str]:
    """Return the tasks without full points."""
    return {task["name"] for task in report["tasks"] if task["points"] < task["max_points"]}


def named(report: dict[str, Any]) -> dict[str, set[str]]:
    """Return the mistakes that are named, by task."""
    return {
        task["name"]: {c["misconception"] for c in task["checks"] if c["misconception"]}
        for task in report["tasks"]
        if any(c["misconception"] for c in task["checks"])
    }


def words(report: dict[str, Any]) -> str:
    hints = {m.name: m.hint for task in load(NAME).tasks for m in task.misconceptions}
    return what_went_wrong(report, hints)


def test_there_are_at_least_ten() -> None:
    assert len(sample_submissions()) >= 10
    assert not {"hana", "ivan", "jun"} & sample_submissions(hostile=False).keys()


@pytest.mark.parametrize("student", ["ada", "lea"])
def test_right_answers_get_all_points(reports: Any, student: str) -> None:
    points = sum(task.points for task in load(NAME).tasks)
    assert reports[student]["points"] == reports[student]["max_points"] == points
    assert words(reports[student]) == "all right"


@pytest.mark.parametrize(
    ("student", "mistakes"),
    [
        ("ben", {"affine": "bias_over_everything", "sigmoid": "plus_in_sigmoid_slope"}),
        (
            "chen",
            {"softmax_loss": "summed_over_batch.gradient", "clip_by_norm": "small_ones_enlarged"},
        ),
        ("dora", {"train": "local_name_only", "relu": "mask_from_upstream"}),
    ],
)
def test_typical_mistakes_are_named(reports: Any, student: str, mistakes: dict[str, str]) -> None:
    report = reports[student]
    assert mistakes.keys() <= lost(report)
    assert 60 < report["points"] < 75
    assert {task: named(report)[task] for task in mistakes} == {
        task: {mistake} for task, mistake in mistakes.items()
    }
    hints = {m.name: m.hint for task in load(NAME).tasks for m in task.misconceptions}
    assert any(hints[mistake].rstrip(".") in words(report) for mistake in mistakes.values())


def test_half_done_gets_the_points_of_what_is_done(reports: Any) -> None:
    report = reports["emil"]
    done = {"nodes", "shopping", "relu", "sigmoid", "affine"}
    assert lost(report) == {task["name"] for task in report["tasks"]} - done
    for task in report["tasks"]:
        assert task["name"] in done or (task["points"] == 0 and is_blank(task))
    assert report["points"] == sum(t["max_points"] for t in report["tasks"] if t["name"] in done)
    assert words(report).startswith("not written yet: tanh, ")


def test_nothing_done_gets_nothing(reports: Any) -> None:
    assert reports["fay"]["points"] == 0
    assert words(reports["fay"]) == "nothing written yet"


def test_a_syntax_error_costs_its_task_and_not_what_builds_on_it(reports: Any) -> None:
    report = reports["goran"]
    assert lost(report) == {"sigmoid"}
    carried = {task["name"]: task["carried_from"] for task in report["tasks"]}
    assert carried["gradient_norms"] == ["sigmoid"]
    assert "The cell 'sigmoid-answer' raised SyntaxError." in report["remarks"]


def test_an_endless_loop_is_stopped_and_the_rest_is_graded(reports: Any) -> None:
    report = reports["hana"]
    assert lost(report) == {"relative_error"}
    task = next(task for task in report["tasks"] if task["name"] == "relative_error")
    assert task["points"] == 0
    assert task["checks"][0]["message"] == (
        "this check was stopped: it took more than 0.5 s of computing"
    )
    assert all(c["message"].startswith("not reached: this check was") for c in task["checks"][1:])


def test_a_memory_hog_is_stopped_and_the_rest_is_graded(reports: Any) -> None:
    report = reports["ivan"]
    assert lost(report) == {"gradient_norms"}
    assert "more memory than a submission may use" in words(report)
    assert report["times"]["peak_mib"] <= 1024


def test_cheating_earns_nothing(reports: Any) -> None:
    assert reports["jun"]["points"] == 0
    assert lost(reports["jun"]) == {task["name"] for task in reports["jun"]["tasks"]}


def test_the_samples_name_lines_that_the_solutions_have() -> None:
    samples = demo._load_samples()
    changed = {task for wrong in samples.MISTAKES.values() for task in wrong}
    tasks = {task.name for task in load(NAME).tasks}
    assert changed | set(samples.REWRITTEN) | set(samples.HALF_DONE) <= tasks


def test_the_whole_demonstration_may_be_run_twice(
    tmp_path: Path, few_source: Path, isolation: Isolation, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = {name: one for name, one in sample_submissions().items() if name in ("fay", "goran")}
    monkeypatch.setattr(demo, "sample_submissions", lambda **_: quick)
    shutil.copytree(few_source, tmp_path / "demo" / "source" / NAME)
    for _ in range(2):
        done = CliRunner().invoke(main, ["demo", str(tmp_path / "demo")])
        assert done.exit_code == 0, done.output
        assert "Grading 2 submissions" in done.output
        for part in ("fay", "0/11", "nothing written yet", "goran", "SyntaxError", "Sandbox: "):
            assert part in done.output
        assert (tmp_path / "demo" / "gradebook.db").is_file()
        for student in quick:
            assert (tmp_path / "demo" / "feedback" / student / NAME / f"{NAME}.html").is_file()


def test_without_a_sandbox_the_hostile_samples_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.classes.classroom import Outcome

    asked: list[bool] = []

    def samples(hostile: bool) -> dict[str, Any]:
        asked.append(hostile)
        return {}

    def grade(*_: Any, on_start: Any, **options: Any) -> Outcome:
        on_start(1, 0)
        options["on_graded"]("fay")
        assert options["allow_unsandboxed"]
        return Outcome([], 0, 0, ["fay could not be graded."])

    nothing = Isolation(0, "unsandboxed", reason="This is a test.")
    monkeypatch.setattr(demo, "probe", lambda: nothing)
    monkeypatch.setattr(demo, "make_class", lambda folder: [])
    monkeypatch.setattr(demo, "ClassDirectory", lambda folder: None)
    monkeypatch.setattr(demo, "release_assignment", lambda *_: None)
    monkeypatch.setattr(demo, "sample_submissions", samples)
    monkeypatch.setattr(demo, "grade_assignment", grade)
    done = CliRunner().invoke(main, ["demo", str(tmp_path / "demo")])
    assert "No sandbox: This is a test. The hostile samples are left out." in done.output
    assert asked == [False]
    assert done.output.rstrip().endswith("Error: fay could not be graded.")
    assert done.exit_code == 1
