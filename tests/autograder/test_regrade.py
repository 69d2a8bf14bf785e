"""A regrade: only what a change touches, shown before it is written, and never a point unsaid."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from instructor import grade, gradebook
from notebooks import NAME, WRONG_NODES, edited, hand_in

from autograder.authoring.tasks import Assignment, Check
from autograder.building.assignments import load
from autograder.building.editions import edition_of
from autograder.classes import regrading
from autograder.classes.class_directory import ClassDirectory
from autograder.classes.classroom import update_assignment
from autograder.commands.cli import main
from autograder.grading import batch, examiner
from autograder.grading.reports import task_json, task_report
from autograder.judging.frozen import hints_of

pytestmark = pytest.mark.usefixtures("isolation", "quick_start")

QUICK = functools.partial(batch.Zygote, preload=("numpy.random", "IPython"))
NO_SLOPE = """
class ReLU:
    def __init__(self):
        self.params, self.grads = {}, {}
    def forward(self, x):
        return x * (x > 0)
    def backward(self, dout):
        return dout
"""


def always(check: Check, *, passes: bool) -> Check:
    """Return a check that has nothing to do with the answer, as a wrong one may."""
    bounds: dict[str, Any] = {"at_least": 0.0 if passes else 2.0, "at_most": None}
    return dataclasses.replace(check, function=lambda impl, rng: 1.0, **bounds)


def older_load(name: str) -> Assignment:
    """Load the assignment as it was: the first check of relu refuses all, the others nothing."""
    found = load(name)
    relu = found.task("relu")
    checks = [always(check, passes=place > 0) for place, check in enumerate(relu.checks)]
    tasks = [
        dataclasses.replace(task, checks=checks) if task.name == "relu" else task
        for task in found.tasks
    ]
    return dataclasses.replace(found, tasks=tuple(tasks))


def older_edition(name: str) -> Any:
    now = edition_of(name)
    return dataclasses.replace(
        now, digest="older", version="0.0.9", parts={**now.parts, "relu": "older"}
    )


def grade_as_before(folder: Path, **options: Any) -> Any:
    """Grade a class with the edition of which the first check of relu was wrong."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examiner, "load", older_load)
        patch.setattr(examiner, "edition_of", older_edition)
        return grade(folder, **options)


def regrade(folder: Path, *options: str, answer: str = "", status: int = 0) -> str:
    """Run the command; return what it says, in one line."""
    arguments = ["regrade", "3", "--class", str(folder), "--workers", "1", *options]
    done = CliRunner().invoke(main, arguments, input=answer)
    assert done.exit_code == status, f"{done.output}{done.exception!r}"
    return " ".join(f"{done.stdout} {done.stderr}".replace("│", " ").split())


def scores(folder: Path) -> dict[str, float]:
    with gradebook(folder) as book:
        return {one.student.id: one.score for one in book.assignment_submissions(NAME)}


def report_of(folder: Path, student: str) -> dict[str, Any]:
    path = folder / "autograded" / student / NAME / f"{NAME}.ipynb"
    return dict(json.loads(path.read_text())["metadata"]["handgrad"]["report"])


def task_of(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in report["tasks"] if one["name"] == name)


def rewrite(folder: Path, student: str, change: Callable[[Any], object]) -> None:
    """Change the report that was recorded on a student."""
    path = folder / "autograded" / student / NAME / f"{NAME}.ipynb"
    content = json.loads(path.read_text())
    change(content["metadata"]["handgrad"]["report"])
    path.write_text(json.dumps(content))


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != "lock"
    }


@pytest.fixture(scope="module")
def older_template(
    tmp_path_factory: pytest.TempPathFactory, class_template: Path, few_solved: Any
) -> Path:
    """A class that was graded by an older edition: ada is right, and ben's relu is wrong."""
    folder = tmp_path_factory.mktemp("older") / "class"
    shutil.copytree(class_template, folder)
    hand_in(folder, "ada", few_solved)
    hand_in(folder, "ben", edited(few_solved, relu=NO_SLOPE))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "Zygote", QUICK)
        grade_as_before(folder)
    return folder


@pytest.fixture
def older_class(class_folder: Path, older_template: Path) -> Path:
    """Such a class for one test, in which `submit` hands in."""
    shutil.rmtree(class_folder)
    return Path(shutil.copytree(older_template, class_folder))


def test_a_recorded_verdict_is_read_back_whole(older_class: Path) -> None:
    assignment = load(NAME)
    for recorded in report_of(older_class, "ben")["tasks"]:
        task = assignment.task(recorded["name"])
        report = task_report(task, recorded, hints_of(assignment, task.name))
        assert report is not None
        assert task_json(report) == recorded
        other = {**recorded, "checks": recorded["checks"][1:]}
        assert task_report(task, other, {}) is None
        named = [{**one, "misconception": "of_ours", "hint": "told"} for one in recorded["checks"]]
        report = task_report(task, {**recorded, "checks": named}, hints_of(assignment, task.name))
        assert report is not None
        assert {one.hint for one in report.checks} == {"told"}, "a class's own mistake"
    doubled = dataclasses.replace(assignment.task("relu"), points=8)
    recorded = task_of(report_of(older_class, "ada"), "relu")
    report = task_report(doubled, recorded, {})
    assert report is not None
    assert report.points == pytest.approx(2 * recorded["points"], abs=1e-3)


# What is shown, and what is written --------------------------------------------------------------


def test_who_gains_and_loses_is_shown_and_nothing_written_before_one_agrees(
    older_class: Path,
) -> None:
    before = scores(older_class)
    there = everything(older_class)
    said = regrade(older_class, answer="n\n")
    assert "Changed since: relu." in said
    title = load(NAME).task("relu").checks[0].title
    assert f'relu: "{title}" passes now' in said
    assert "Who gains points: 1; who loses some: 1; 0 keep theirs." in said
    assert f'relu, "{title}": passes now: 2.' in said
    assert said.index("ben") < said.index("ada"), "who loses comes first"
    assert "Write these 2 grades? [y/N]" in said
    assert "Nothing has been written: 'handgrad regrade 03_backpropagation --yes' does it." in said
    now = everything(older_class)
    assert {path: now[path] for path in there} == there
    assert all(path.startswith(".handgrad/regrade/") for path in now.keys() - there.keys())
    assert "Nothing has been written" in regrade(older_class), "where nobody can answer"
    said = regrade(older_class, answer="y\n")
    assert "Written: 2." in said
    assert scores(older_class)["ada"] == 11 > before["ada"]
    assert scores(older_class)["ben"] < before["ben"]
    assert f"{before['ada']:g}"[:4] in said
    assert not (older_class / ".handgrad" / "regrade" / NAME).exists()


def test_both_editions_are_recorded_and_only_what_was_touched_is_judged(older_class: Path) -> None:
    def mark(report: Any) -> None:
        task_of(report, "relative_error")["checks"][0]["measured"] = 7

    rewrite(older_class, "ada", mark)
    before = report_of(older_class, "ada")
    regrade(older_class, "--yes")
    after = report_of(older_class, "ada")
    assert after["edition"] == edition_of(NAME).as_json()
    (earlier,) = after["regraded"]
    assert (earlier["edition"]["digest"], earlier["points"]) == ("older", before["points"])
    assert earlier["tasks"]["relu"] == task_of(before, "relu")["points"]
    assert after["seed"] == before["seed"], "the inputs are the same"
    assert task_of(after, "relative_error") == task_of(before, "relative_error")
    path = older_class / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    assert "4 of 4 points" in str(cells["relu"].outputs)
    assert cells["relative_error"].outputs, "a verdict that stands is shown, too"
    (report, _) = grade(older_class).reports
    assert report["points"] == report["in_gradebook"] == 11


def test_nothing_is_written_where_nothing_has_changed(older_class: Path) -> None:
    regrade(older_class, "--yes")
    there = everything(older_class)
    said = regrade(older_class, "--yes")
    assert "are of the checks and points that it has now" in said
    assert everything(older_class) == there
    said_by_grading: list[str] = []
    assert grade(older_class, say=said_by_grading.append).graded == 0
    assert said_by_grading == []


def test_points_by_hand_stay_and_count_in_what_is_shown(older_class: Path) -> None:
    with gradebook(older_class) as book:
        for cell, points in (("relu", 3.5), ("why_order", 1)):
            given = book.find_grade(cell, NAME, NAME, "ada")
            given.manual_score, given.needs_manual_grade = points, False
        book.find_grade("nodes", NAME, NAME, "ada").extra_credit = 0.5
        book.db.commit()
    before = scores(older_class)["ada"]
    said = regrade(older_class, "--yes")
    assert "the 3.5 points by hand stay" in said
    assert "Who gains points: 0; who loses some: 1; 1 keep theirs." in said
    assert scores(older_class)["ada"] == before
    with gradebook(older_class) as book:
        assert book.find_grade("relu", NAME, NAME, "ada").auto_score == 4
        assert not book.find_grade("why_order", NAME, NAME, "ada").needs_manual_grade


def test_late_penalties_follow(class_folder: Path, submit: Any, few_solved: Any) -> None:
    config = class_folder / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.LatePolicy.per_day = 10\n")
    with gradebook(class_folder) as book:
        book.update_or_create_assignment(NAME, duedate="2026-03-01 00:00:00 UTC")
    path = submit("ada", few_solved, "2026-03-01 10:00:00")
    grade_as_before(class_folder)
    (path.parent / "timestamp.txt").unlink()
    regrade(class_folder, "--yes")
    with gradebook(class_folder) as book:
        found = book.find_submission(NAME, "ada")
        assert str(found.timestamp) == "2026-03-01 10:00:00"
        assert (found.score, found.late_submission_penalty) == (11, pytest.approx(1.1))


def test_what_leans_on_a_changed_task_is_judged_with_it(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit(
        "ada",
        edited(few_solved, nodes=WRONG_NODES, relative_error="def relative_error(a, b): return 0"),
    )
    grade(class_folder)
    name = few_names(class_folder)

    def older(report: Any) -> None:
        report["edition"]["digest"], report["edition"]["parts"][name[0]] = "older", "older"

    rewrite(class_folder, "ada", older)
    planned = regrading.plan_regrade(ClassDirectory(class_folder), NAME)
    assert [*planned.due[0].kept] == ["relu"], "what passed alone stands, what failed does not"


def few_names(folder: Path) -> list[str]:
    (report,) = grade(folder).reports
    return [task["name"] for task in report["tasks"]]


# Points, and what else may have happened ---------------------------------------------------------


def test_other_points_are_taken_from_the_verdicts_that_stand(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", few_solved)
    grade(class_folder)
    path = class_folder / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells if cell.id == "relu").metadata.nbgrader["points"] = 10
    nbformat.write(notebook, path)
    done = CliRunner().invoke(main, ["regrade", "3", "--class", str(class_folder)])
    assert "handgrad update" in done.stderr
    update_assignment(ClassDirectory(class_folder), NAME)
    assert "'handgrad regrade 03_backpropagation' shows" in said_by_grading(class_folder)
    planned = regrading.plan_regrade(ClassDirectory(class_folder), NAME)
    assert planned.due[0].kept.keys() == {"nodes", "relu", "relative_error"}
    said = regrade(class_folder, "--yes")
    assert "Changed since: points." in said
    assert "relu: 10 points at most, 4 before" in said
    assert "11 17 +6" in said
    assert scores(class_folder) == {"ada": 17}
    path = class_folder / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    graded = nbformat.read(path, as_version=4)
    assert "10 of 10 points" in str(next(c for c in graded.cells if c.id == "relu").outputs)


def said_by_grading(folder: Path) -> str:
    said: list[str] = []
    grade(folder, say=said.append)
    return " ".join(said)


def test_what_is_new_gone_or_unrecorded_is_left_alone_and_said(
    older_class: Path, submit: Any, few_solved: Any
) -> None:
    submit("cem", few_solved)
    submit("dan", few_solved)
    submit("eve", few_solved)
    grade_as_before(older_class, students=["dan", "eve"])
    shutil.rmtree(older_class / "submitted" / "dan")
    rewrite(older_class, "eve", lambda report: report.pop("seed"))
    submit("ben", edited(few_solved, relu=NO_SLOPE + "\n"))
    before = scores(older_class)
    said = regrade(older_class, "--yes")
    assert "Graded, but no longer in submitted/, and left alone: 'dan'." in said
    assert "Not graded yet, or handed in anew: 'ben', 'cem'; use 'handgrad grade'." in said
    assert "How these were graded was not recorded: 'eve'" in said
    assert "Written: 1." in said
    assert scores(older_class) == {**before, "ada": 11}


def test_a_verdict_counts_for_nothing_once_the_work_or_the_grade_is_another(
    older_class: Path, submit: Any, few_solved: Any
) -> None:
    where = ClassDirectory(older_class)
    planned = regrading.plan_regrade(where, NAME)
    assert regrading.judge_again(where, NAME, planned, workers=1) == []
    assert planned.waiting == []
    grade_as_before(older_class, students=["ben"], force=True, seed=9)
    before = scores(older_class)
    said: list[str] = []
    assert regrading.write_regrade(where, NAME, planned, said.append) == ["ada"]
    assert said == ["Not written, as there is no new verdict on what lies there now: ben."]
    assert scores(older_class)["ben"] == before["ben"]


@pytest.mark.parametrize("step", ["judging", "writing"])
def test_a_run_that_was_stopped_goes_on(
    older_class: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def once(method: Any) -> Any:
        calls: list[None] = []

        def limited(*arguments: Any, **options: Any) -> Any:
            calls.append(None)
            if len(calls) > 1:
                raise KeyboardInterrupt
            return method(*arguments, **options)

        return limited

    where = ClassDirectory(older_class)
    planned = regrading.plan_regrade(where, NAME)
    with monkeypatch.context() as patch:
        if step == "judging":
            patch.setattr(type(planned.pending), "write", once(type(planned.pending).write))
        else:
            patch.setattr(ClassDirectory, "write_autograded", once(ClassDirectory.write_autograded))
        with contextlib.suppress(KeyboardInterrupt):
            regrading.judge_again(where, NAME, planned, workers=1)
            regrading.write_regrade(where, NAME, planned)
            pytest.fail("it was not stopped")
    assert len(planned.waiting) == 1 if step == "judging" else scores(older_class)["ada"] == 11
    said = regrade(older_class, "--yes")
    assert ("Going on: 1 of 2 are judged." in said) == (step == "judging")
    assert f"Written: {2 if step == 'judging' else 1}." in said
    assert report_of(older_class, "ben")["regraded"][0]["edition"]["digest"] == "older"
    assert len(report_of(older_class, "ada")["regraded"]) == 1
    assert scores(older_class)["ada"] == 11
    assert "are of the checks and points that it has now" in regrade(older_class)


def test_a_run_of_grading_is_finished_first(older_class: Path) -> None:
    journal = ClassDirectory(older_class).journal(NAME)
    journal.write_text('{"seed": 5, "due": ["ada", "ben"]}\n"ada"\n')
    said = regrade(older_class, "--yes", status=1)
    assert "ended early: let it come to its end first, with 'handgrad grade" in said
