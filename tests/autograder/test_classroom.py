"""A class: made, released, graded, graded again; cut off, broken and hand-marked in between."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from instructor import grade, gradebook
from notebooks import NAME, edited, unsolved

from autograder.building.chapters import assignment_names
from autograder.building.editions import edition_of
from autograder.classes.class_directory import ClassDirectory, ClassError, make_class
from autograder.classes.classroom import (
    grade_assignment,
    read_report,
    release_assignment,
)
from autograder.classes.feedback import write_feedback
from autograder.classes.gradebook import GradebookError, Ledger
from autograder.classes.journal import read_journal
from autograder.commands.terminal import printable
from autograder.grading import batch
from autograder.grading.reports import SubmissionReport
from autograder.sandbox import SandboxFailed

WRONG_RELU = {
    "relu": """
class ReLU:
    def __init__(self):
        self.params, self.grads = {}, {}
    def forward(self, x):
        return x * (x > 0)
    def backward(self, dout):
        return dout.copy()
"""
}
pytestmark = pytest.mark.usefixtures("isolation", "quick_start")


def points(outcome: Any) -> dict[str, float]:
    return {report["student"]: report["points"] for report in outcome.reports}


def rows(folder: Path) -> dict[str, int]:
    """Return how many rows each table of the gradebook has."""
    with contextlib.closing(sqlite3.connect(folder / "gradebook.db")) as base:
        names = [n for (n,) in base.execute("select name from sqlite_master where type='table'")]
        return {n: base.execute(f"select count(*) from {n}").fetchone()[0] for n in names}


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


# Making and releasing -----------------------------------------------------------------------------


@pytest.mark.usefixtures("one_chapter")
def test_making_a_class_twice_touches_nothing(class_folder: Path) -> None:
    before = snapshot(class_folder)
    assert make_class(class_folder) == []
    assert snapshot(class_folder) == before


@pytest.mark.usefixtures("one_chapter")
def test_making_a_class_adds_only_what_is_missing(class_folder: Path, few_source: Path) -> None:
    (class_folder / "nbgrader_config.py").write_text("c = get_config()\n")
    before = snapshot(class_folder)
    assert make_class(class_folder) == []
    (class_folder / "nbgrader_config.py").unlink()
    assert make_class(class_folder) == ["nbgrader_config.py"]
    assert snapshot(class_folder).keys() == before.keys()


def test_a_new_class_has_source_and_configuration(tmp_path: Path) -> None:
    folder = tmp_path / "my class's 2026"
    sources = [f"source/{name}" for name in assignment_names()]
    assert make_class(folder) == ["nbgrader_config.py", "source/README.txt", *sources]
    assert (folder / "source" / NAME / f"{NAME}.ipynb").is_file()
    assert ClassDirectory(folder).coursedir.course_id == "my-class-s-2026"
    assert ClassDirectory(folder).submissions(NAME) == []


def test_half_a_source_is_never_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.building import assignments as building

    def cut_off(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(building, "write_notebook", cut_off)
        with pytest.raises(KeyboardInterrupt):
            make_class(tmp_path / "class")
    assert not (tmp_path / "class" / "source" / NAME).exists()
    left = {path.name for path in (tmp_path / "class" / "source").glob("*")}
    assert left <= {"README.txt"}


def test_a_class_in_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "class"):
        with pytest.raises(ClassError, match="cannot be written"):
            make_class(folder)


def test_a_folder_that_is_no_class(tmp_path: Path) -> None:
    with pytest.raises(ClassError, match=r"is not a class .* 'handgrad class DIR'"):
        ClassDirectory(tmp_path)


def test_a_configuration_that_fails(class_folder: Path) -> None:
    (class_folder / "nbgrader_config.py").write_text("c = get_config()\n1 / 0\n")
    with pytest.raises(ClassError, match=r"nbgrader_config\.py fails"):
        ClassDirectory(class_folder)


def test_the_release_is_the_students_version(class_folder: Path) -> None:
    where = ClassDirectory(class_folder)
    folder = release_assignment(where, NAME)
    released = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    assert "SOLUTION" not in json.dumps(released)
    assert (folder / "checks" / "expected.bin").is_file()
    assert (folder / "solutions" / "perceptrons" / "gates.py").is_file()
    assert not (folder / "solutions" / "backpropagation").exists()


def test_a_release_that_nbgrader_refuses_is_told(class_folder: Path, few_solved: Any) -> None:
    twice = nbformat.from_dict(few_solved)
    twice.cells.append(nbformat.from_dict({**twice.cells[-1], "id": "another"}))
    nbformat.write(twice, class_folder / "source" / NAME / f"{NAME}.ipynb")
    with pytest.raises(
        ClassError, match=f"nbgrader could not generate {NAME}: .*failed to validate"
    ):
        release_assignment(ClassDirectory(class_folder), NAME)


def test_a_source_that_is_no_notebook_is_told(class_folder: Path) -> None:
    (class_folder / "source" / NAME / f"{NAME}.ipynb").write_text("no notebook")
    with pytest.raises(ClassError, match="is not a notebook that can be read: put it back"):
        release_assignment(ClassDirectory(class_folder), NAME)


# Grading ------------------------------------------------------------------------------------------


def test_grading_needs_a_source_submissions_and_a_release(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    with pytest.raises(ClassError, match="no source of 09_other"):
        grade_assignment(ClassDirectory(class_folder), "09_other")
    with pytest.raises(ClassError, match=f"Nothing was handed in for {NAME}"):
        grade(class_folder)
    submit("ada", few_solved)
    with pytest.raises(ClassError, match="handed in"):
        grade(class_folder, students=["bob"])
    (class_folder / "gradebook.db").unlink()
    with pytest.raises(GradebookError, match="release it first"):
        grade(class_folder)
    (class_folder / "gradebook.db").write_bytes(b"this is no database " * 100)
    with pytest.raises(GradebookError, match="cannot be used"):
        grade(class_folder)


def test_grades_land_in_the_gradebook_the_notebook_and_the_report(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", few_solved, "2026-03-01 10:00:00.000000")
    submit("bob", edited(few_solved, **WRONG_RELU))
    submit("eve", unsolved(few_solved))
    outcome = grade(class_folder)
    assert (outcome.graded, outcome.skipped, outcome.failures) == (3, 0, [])
    assert points(outcome)["ada"] == 11
    assert 7 <= points(outcome)["bob"] < 11
    assert points(outcome)["eve"] == 0
    with gradebook(class_folder) as book:
        for student, score in points(outcome).items():
            submission = book.find_submission(NAME, student)
            assert submission.score == pytest.approx(score)
            # An answer in words that is still the stub needs nobody to read it.
            assert submission.needs_manual_grade == (student != "eve")
            assert submission.max_score == 13
            scores = {g.name: g.auto_score for g in submission.notebooks[0].grades}
            assert scores.keys() == {"nodes", "relu", "relative_error", "why_order"}
        assert book.find_submission(NAME, "ada").timestamp.year == 2026
        comments = {
            c.name: c.auto_comment for c in book.find_submission(NAME, "eve").notebooks[0].comments
        }
        assert comments["why_order"] == "No response."
    autograded = class_folder / "autograded" / "bob" / NAME / f"{NAME}.ipynb"
    cells = {cell.id: cell for cell in nbformat.read(autograded, as_version=4).cells}
    assert "FAILED" in cells["relu"].outputs[0]["data"]["text/plain"]
    assert (class_folder / "autograded" / "ada" / NAME / "timestamp.txt").is_file()
    feedback = write_feedback(ClassDirectory(class_folder), NAME)
    page = (feedback / "bob" / NAME / f"{NAME}.html").read_text("utf-8")
    assert "handgrad-check" in page


def test_the_report_has_the_promised_shape(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", edited(few_solved, **WRONG_RELU))
    (report,) = grade(class_folder).reports
    keys = "student assignment points max_points by_hand tasks traces remarks seed edition"
    of_the_gradebook = {"given_by_hand": 0, "open_by_hand": 2, "in_gradebook": report["points"]}
    others = {"own_mistakes", "versions", "sandbox", "times"}
    late = {"due": None, "submitted": None, "seconds_late": 0, "late_penalty": 0}
    assert report.keys() == {*keys.split(), *others, *of_the_gradebook, *late}
    assert {key: report[key] for key in late} == late
    assert {key: report[key] for key in of_the_gradebook} == of_the_gradebook
    assert report["by_hand"] == 2
    assert report["edition"] == edition_of(NAME).as_json()
    assert (report["student"], report["assignment"], report["seed"]) == ("ada", NAME, 5)
    assert report["max_points"] == 11
    assert report["versions"].keys() == {"python", "numpy"}
    assert report["sandbox"].keys() == {"level", "name", "layers", "reason"}
    assert report["times"]["seconds"] > 0
    assert [task["name"] for task in report["tasks"]] == ["nodes", "relu", "relative_error"]
    for task in report["tasks"]:
        keys = "name points max_points carried_from points_alone stopped_again checks"
        assert task.keys() == set(keys.split())
        for check in task["checks"]:
            keys = "name title worth passed message misconception hint forfeits measured"
            assert check.keys() == set(keys.split())
            assert bool(check["message"]) is not check["passed"]
    relu = {check["name"]: check for check in report["tasks"][1]["checks"]}
    assert relu["backward"]["misconception"] == "no_mask"
    assert json.loads(json.dumps(report)) == report


def test_what_is_graded_is_skipped_unless_forced(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", few_solved)
    grade(class_folder)
    submit("bob", unsolved(few_solved))
    starts: list[tuple[int, int]] = []
    outcome = grade(class_folder, on_start=lambda *counts: starts.append(counts))
    assert (outcome.graded, outcome.skipped, starts) == (1, 1, [(1, 1)])
    assert points(outcome) == {"ada": 11, "bob": 0}
    seen: list[str] = []
    outcome = grade(class_folder, force=True, students=["ada"], on_graded=seen.append)
    assert (outcome.graded, outcome.skipped, seen) == (1, 0, ["ada"])
    assert points(outcome) == {"ada": 11}
    assert grade(class_folder).graded == 0


def test_a_newer_submission_is_graded_again(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", unsolved(few_solved), "2026-03-01 10:00:00.000000")
    assert points(grade(class_folder)) == {"ada": 0}
    submit("ada", few_solved, "2026-03-01 10:00:01.000000")
    outcome = grade(class_folder)
    assert (outcome.graded, points(outcome)) == (1, {"ada": 11})
    with gradebook(class_folder) as book:
        assert book.find_submission(NAME, "ada").score == 11
    assert grade(class_folder).graded == 0


@pytest.mark.parametrize("stamps", [(None, None), ("2026-03-02", "2026-03-01"), ("5", "6")])
def test_content_decides_what_is_graded_again(
    class_folder: Path, submit: Any, few_solved: Any, stamps: tuple[str | None, str | None]
) -> None:
    submit("ada", unsolved(few_solved), stamps[0])
    submit("bob", few_solved)
    assert points(grade(class_folder)) == {"ada": 0, "bob": 11}
    submit("ada", few_solved, stamps[1])
    os.utime(class_folder / "submitted" / "ada" / NAME / f"{NAME}.ipynb", (0, 0))
    outcome = grade(class_folder)
    assert (outcome.graded, points(outcome)) == (1, {"ada": 11, "bob": 11})
    assert grade(class_folder).graded == 0
    (class_folder / "submitted" / "ada" / NAME / f"{NAME}.ipynb").unlink()
    assert points(grade(class_folder)) == {"ada": 0, "bob": 11}
    submit("ada", few_solved)
    assert points(grade(class_folder)) == {"ada": 11, "bob": 11}


def test_a_class_of_before_goes_by_time_stamps(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    for student in ("ada", "bob"):
        submit(student, few_solved, "2026-03-01 10:00:00")
    grade(class_folder)
    for path in (class_folder / "autograded").rglob("*.ipynb"):
        content = json.loads(path.read_text())
        del content["metadata"]["handgrad"]["digest"]
        path.write_text(json.dumps(content))
    submit("ada", unsolved(few_solved), "2026-03-01 10:00:00")
    submit("bob", unsolved(few_solved), "2026-03-01 10:00:01")
    outcome = grade(class_folder)
    assert (outcome.graded, points(outcome)) == (1, {"ada": 11, "bob": 0})


PENALTY = """
from nbgrader.plugins import BasePlugin
class Ten(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {"none": None, "less": -5.0, "more": 1e6}.get(student_id, 10.0)
c.AssignLatePenalties.plugin_class = Ten
"""


def set_late_policy(folder: Path) -> None:
    """Give a class a due date, and take ten points for work that comes later."""
    config = folder / "nbgrader_config.py"
    config.write_text(config.read_text() + PENALTY)
    with gradebook(folder) as book:
        book.update_or_create_assignment(NAME, duedate="2026-03-01 00:00:00 UTC")


def test_another_time_stamp_on_the_same_work_counts_without_grading(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    set_late_policy(class_folder)
    stamps = ("2026-02-28 10:00:00", "2026-03-02 00:00:00", "2026-02-28 11:00:00")
    for stamp, penalty in zip(stamps, (0, 10, 0), strict=True):
        for student in ("ada", "bob"):
            submit(student, few_solved, stamp)
        said: list[str] = []
        outcome = grade(class_folder, say=said.append)
        if stamp == stamps[0]:
            assert outcome.graded == 2
            seeds = [report["seed"] for report in outcome.reports]
        else:
            assert outcome.graded == 0
            assert "also for being late: 'ada', 'bob'." in said[0]
        with gradebook(class_folder) as book:
            found = book.find_submission(NAME, "ada")
            assert str(found.timestamp) == stamp
            assert found.late_submission_penalty == penalty
    (class_folder / "submitted" / "ada" / NAME / "timestamp.txt").unlink()
    (class_folder / "submitted" / "bob" / NAME / "timestamp.txt").write_text("gone")
    said = []
    assert [report["seed"] for report in grade(class_folder, say=said.append).reports] == seeds
    (sentence,) = said
    assert "cannot be read and change nothing: 'bob'. Write them as '2026-" in sentence
    with gradebook(class_folder) as book:
        assert str(book.find_submission(NAME, "ada").timestamp) == stamps[-1]


def test_a_time_stamp_that_cannot_be_read_is_in_the_report_and_ends_nothing(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    stamps = ("0001-01-01 00:00:00 +1400", "9999-12-31 23:59:59 -1400", "9" * 20)
    for student, stamp in zip(("ada", "bob", "eve"), stamps, strict=True):
        path = submit(student, few_solved)
        (path.parent / "timestamp.txt").write_text(stamp)
    submit("joe", few_solved, "2026-03-01 10:00:00")
    outcome = grade(class_folder)
    assert (outcome.graded, outcome.failures) == (4, [])
    for report in outcome.reports:
        late = [one for one in report["remarks"] if "whether it came late is not known" in one]
        assert len(late) == (report["student"] != "joe"), report["student"]
        assert report["points"] == 11
    assert grade(class_folder).reports[0]["remarks"] == outcome.reports[0]["remarks"]
    submit("ada", few_solved, "2026-03-01 10:00:00")
    assert grade(class_folder).reports[0]["remarks"] == []


def test_work_under_another_name_or_in_a_zip_is_graded_with_a_remark(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", few_solved).rename(class_folder / "submitted" / "ada" / NAME / "Kopie.ipynb")
    path = submit("bob", few_solved)
    with zipfile.ZipFile(path.parent / "up.zip", "w") as archive:
        archive.write(path, f"work/{NAME}.ipynb")
    path.unlink()
    submit("eve", few_solved).rename(class_folder / "submitted" / "eve" / NAME / "a.ipynb")
    submit("eve", unsolved(few_solved)).rename(
        class_folder / "submitted" / "eve" / NAME / "b.ipynb"
    )
    outcome = grade(class_folder, workers=2)
    assert points(outcome) == {"ada": 11, "bob": 11}
    assert "'Kopie.ipynb' is taken for it" in outcome.reports[0]["remarks"][0]
    assert f"'up.zip/work/{NAME}.ipynb' is taken" in outcome.reports[1]["remarks"][0]
    [sentence] = outcome.failures
    assert f"submitted/eve/{NAME} was not graded" in sentence
    assert "'a.ipynb', 'b.ipynb'" in sentence
    with gradebook(class_folder) as book:
        assert {one.student.id for one in book.assignment_submissions(NAME)} == {"ada", "bob"}


def test_work_in_wrong_places_is_said_however_much_there_is(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    for number in range(15):
        folder = class_folder / "submitted" / f"A{number:02}_1_assignsubmission_file"
        submit("ada", few_solved).parent.rename(folder)
        (class_folder / "submitted" / "ada").rmdir()
    with pytest.raises(ClassError) as error:
        grade(class_folder)
    lines = str(error.value).splitlines()
    assert lines[0].startswith(f"Nothing was handed in for {NAME}")
    assert len(lines) == 12
    assert f"A09_1_assignsubmission_file/{NAME}.ipynb'; a submission is looked for at" in lines[10]
    assert lines[11] == "Work lies in 5 more places where no submission is looked for."
    submit("ada", few_solved)
    outcome = grade(class_folder)
    assert points(outcome) == {"ada": 11}
    assert len(outcome.failures) == 11


def test_a_student_who_is_misspelt_is_said_with_who_may_be_meant(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    for student in ("lovelace", "turing"):
        submit(student, few_solved)
    with pytest.raises(ClassError) as error:
        grade(class_folder, students=["lovelac"])
    assert str(error.value).endswith("by 'lovelac': did you mean 'lovelace'?")
    outcome = grade(class_folder, students=["turing", "tuning", "x"])
    assert points(outcome) == {"turing": 11}
    assert len(outcome.failures) == 2
    assert "did you mean 'turing'?" in outcome.failures[0]
    assert "submitted/ has the names" in outcome.failures[1]
    assert "" not in outcome.failures[1]


def test_who_is_new_or_back_in_the_gradebook_is_said(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    for student in ("ada", "mal"):
        submit(student, few_solved)
    said: list[str] = []
    grade(class_folder, say=said.append)
    assert said == []
    with gradebook(class_folder) as book:
        book.remove_student("mal")
    submit("joe", few_solved)
    assert grade(class_folder, say=said.append).graded == 2
    assert said[0].startswith("Graded before, but no longer in the gradebook, are these students")
    assert "it: 'mal'. Who has left" in said[0]
    assert len(said) == 1, "a class without a list may grow"
    said.clear()
    with gradebook(class_folder) as book:
        book.add_student("zoe")
    submit("zo", few_solved)
    grade(class_folder, say=said.append, force=True)
    assert said == ["Not in the gradebook's list of students, and entered into it now: 'zo'."]
    said.clear()
    grade(class_folder, say=said.append, force=True)
    assert said == []


def test_a_class_may_have_no_others_than_those_in_its_gradebook(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    config = class_folder / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Autograde.create_student = False\n")
    with gradebook(class_folder) as book:
        book.add_student("ada")
    for student in ("ada", "mal"):
        submit(student, few_solved)
    outcome = grade(class_folder)
    assert points(outcome) == {"ada": 11}
    [sentence] = outcome.failures
    assert sentence.startswith("mal is not among the gradebook's students")
    with gradebook(class_folder) as book:
        assert [one.id for one in book.students] == ["ada"]


@pytest.mark.parametrize("stamp", ["yesterday", "x" * 2000, "\ud800", ""])
def test_a_timestamp_that_is_none(
    class_folder: Path, submit: Any, few_solved: Any, stamp: str
) -> None:
    path = submit("ada", few_solved)
    (path.parent / "timestamp.txt").write_bytes(stamp.encode("utf-8", "surrogatepass"))
    (found,) = ClassDirectory(class_folder).submissions(NAME)
    assert found.timestamp is None


def test_a_run_that_was_cut_off_goes_on_with_the_same_seed(
    class_folder: Path, submit: Any, few_solved: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in ("ada", "bob", "eve"):
        submit(student, few_solved)
    done: list[str] = []

    def cut_off(student: str) -> None:
        done.append(student)
        if len(done) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(class_folder, seed=None, on_graded=cut_off)
    outcome = grade(class_folder, seed=None)
    assert (outcome.graded, outcome.skipped) == (1, 2)
    seeds = {report["seed"] for report in outcome.reports}
    assert len(seeds) == 1
    again = grade(class_folder, seed=None, force=True, students=["ada"])
    assert {report["seed"] for report in again.reports} != seeds


def test_a_damaged_record_of_a_run_counts_for_nothing(class_folder: Path) -> None:
    journal = class_folder / "journal"
    for content in ("", "{}", "[]", '{"seed": null}', "\0", '{"seed": 5, "due": 3}', "\ud800"):
        journal.write_bytes(content.encode("utf-8", "surrogatepass"))
        assert read_journal(journal) is None


def test_the_same_seed_gives_the_same_verdicts_with_any_number_of_workers(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", few_solved)
    submit("bob", edited(few_solved, **WRONG_RELU))
    submit("eve", edited(few_solved, relative_error="def relative_error(a, b): return a - b"))
    first = grade(class_folder, workers=1)
    second = grade(class_folder, workers=2, force=True)
    third = grade(class_folder, workers=1, force=True, seed=6)
    same = [verdicts(outcome) for outcome in (first, second, third)]
    assert same[0] == same[1]
    assert same[0] != same[2], "other inputs, other numbers in the messages"


def verdicts(outcome: Any) -> Any:
    return [{k: v for k, v in report.items() if k != "times"} for report in outcome.reports]


def test_a_report_is_let_go_once_it_is_written(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    for student in ("ada", "ben", "chen"):
        submit(student, few_solved)

    def reports() -> list[SubmissionReport]:
        gc.collect()
        return [one for one in gc.get_objects() if type(one) is SubmissionReport]

    alive = []
    others = reports()  # those of other tests, held here so that they are told apart

    def count(_: str) -> None:
        alive.append(len(reports()) - len(others))

    grade(class_folder, on_graded=count)
    assert alive[-1] <= 1, "those of before are still held"


def test_workers_leave_nothing_behind(
    class_folder: Path,
    submit: Any,
    few_solved: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir(mode=0o755)
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    submit("ada", few_solved)
    submit("bob", few_solved)
    for workers in (1, 2):
        # A sandbox of another user cannot enter pytest's folder: only the leftovers count here.
        grade(class_folder, workers=workers, force=True)
        assert [path.name for path in scratch.glob("handgrad-*")] == []


BAD: dict[str, Any] = {
    "empty": (b"", "is empty"),
    "truncated": (b'{"cells": [', "only a part of one"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0", "not UTF-8"),
    "other": ({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}, "none of the"),
}


def test_bad_input_gets_a_sentence_and_costs_no_other_submission(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    for student, (content, _) in BAD.items():
        submit(student, content)
    (class_folder / "submitted" / "missing" / NAME).mkdir(parents=True)
    submit("ada [b]o'dd & näme", few_solved)
    (class_folder / "submitted" / "file").write_text("")
    (class_folder / "submitted" / ".hidden" / NAME).mkdir(parents=True)
    (class_folder / "submitted" / "link").symlink_to(class_folder / "submitted" / "empty")
    outcome = grade(class_folder)
    assert outcome.failures == [
        "The link 'submitted/link' was not followed: put in its place what it leads to."
    ]
    found = {report["student"]: report for report in outcome.reports}
    assert found.keys() == {*BAD, "missing", "ada [b]o'dd & näme"}
    assert found["ada [b]o'dd & näme"]["points"] == 11
    for student, (_, sentence) in {**BAD, "missing": (None, "No file")}.items():
        assert found[student]["points"] == 0, student
        assert sentence in " ".join(found[student]["remarks"]), student


@pytest.mark.parametrize("odd", [b"\xff\xfe", b"<b>eve", b'"eve', b"e\x1bve", b"e\nve"])
def test_a_name_that_is_no_name_is_passed_over(
    class_folder: Path, submit: Any, few_solved: Any, odd: bytes
) -> None:
    submit("ada", few_solved)
    os.makedirs(os.path.join(os.fsencode(class_folder), b"submitted", odd, NAME.encode()))
    outcome = grade(class_folder)
    assert points(outcome) == {"ada": 11}
    (failure,) = outcome.failures
    assert "was passed over" in failure
    printable(failure).encode()


def test_a_fault_of_the_grader_costs_no_other_submission(
    class_folder: Path, submit: Any, few_solved: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in ("ada", "bob", "eve"):
        submit(student, few_solved)
    real = batch.grade_submission

    def faulty(examiner: Any, zygote: Any, student: str, *rest: Any) -> Any:
        if student == "bob":
            zygote.close()  # as if it had been killed
            raise SandboxFailed("the sandbox has ended by itself")
        return real(examiner, zygote, student, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(batch, "grade_submission", faulty)
        outcome = grade(class_folder)
    assert points(outcome) == {"ada": 11, "eve": 11}
    (failure,) = outcome.failures
    assert failure.startswith("bob could not be graded (SandboxFailed: the sandbox has ended")
    assert outcome.graded == 2
    assert points(grade(class_folder)) == {"ada": 11, "bob": 11, "eve": 11}


def test_a_grade_is_written_whole_or_not_at_all(
    class_folder: Path, submit: Any, few_solved: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit("ada", few_solved)
    before = rows(class_folder)
    for step in ("_mirrored", "_penalize"):
        real = getattr(Ledger, step)

        def broken(self: Ledger, *arguments: Any, real: Callable[..., Any] = real) -> None:
            real(self, *arguments)
            raise OSError(28, "the disk is full", "gradebook.db")

        with monkeypatch.context() as patch:
            patch.setattr(Ledger, step, broken)
            with pytest.raises(ClassError, match=r"\(the disk is full\)"):
                grade(class_folder)
        assert rows(class_folder) == before, f"something was written before {step} failed"
        assert not (class_folder / "autograded" / "ada").exists()
    assert points(grade(class_folder)) == {"ada": 11}
    assert rows(class_folder) != before


def test_a_locked_gradebook_is_told(
    class_folder: Path, submit: Any, few_solved: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    submit("ada", few_solved)

    def locked(self: Ledger, *_: Any) -> None:
        raise OperationalError("insert", {}, Exception("database is locked"))

    monkeypatch.setattr(Ledger, "_penalize", locked)
    with pytest.raises(GradebookError, match=r"database is locked.*close other programs"):
        grade(class_folder)
    assert not (class_folder / "autograded" / "ada").exists()


def test_a_source_that_was_changed_after_the_release_is_told(
    class_folder: Path, submit: Any, few_solved: Any, solved: Any
) -> None:
    submit("ada", few_solved)
    more = nbformat.from_dict(few_solved)
    more.cells += [cell for cell in solved.cells if cell.id in ("tanh-answer", "tanh")]
    nbformat.write(more, class_folder / "source" / NAME / f"{NAME}.ipynb")
    with pytest.raises(ClassError, match=r"tanh \(3 points\) is new.*handgrad release"):
        grade(class_folder)


def test_the_late_policy_of_the_class_holds(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    set_late_policy(class_folder)
    for student in ("ten", "none", "less", "more"):
        submit(student, few_solved, "2026-03-02 00:00:00.000000")
    submit("punctual", few_solved, "2026-02-28 00:00:00.000000")
    grade(class_folder)
    with gradebook(class_folder) as book:
        found = {s.student.id: s for s in book.assignment_submissions(NAME)}
        assert {s: found[s].late_submission_penalty for s in found} == {
            "ten": 10,
            "none": 0,
            "less": 0,
            "more": 11,
            "punctual": 0,
        }
        assert found["ten"].total_seconds_late == 86400


def test_grades_given_by_hand_survive(class_folder: Path, submit: Any, few_solved: Any) -> None:
    submit("ada", few_solved)
    grade(class_folder)
    with gradebook(class_folder) as book:
        answer = book.find_grade("why_order", NAME, NAME, "ada")
        answer.manual_score, answer.needs_manual_grade = 2, False
        book.find_grade("relu", NAME, NAME, "ada").extra_credit = 1
        book.find_comment("why_order", NAME, NAME, "ada").manual_comment = "Well put."
        book.db.commit()
    count = rows(class_folder)
    grade(class_folder, force=True)
    assert rows(class_folder) == count
    with gradebook(class_folder) as book:
        answer = book.find_grade("why_order", NAME, NAME, "ada")
        assert (answer.manual_score, answer.needs_manual_grade) == (2, False)
        assert book.find_grade("relu", NAME, NAME, "ada").extra_credit == 1
        assert book.find_comment("why_order", NAME, NAME, "ada").manual_comment == "Well put."
        assert book.find_submission(NAME, "ada").score == 14


MEASURED_RELU = {
    "relu": """
class ReLU:
    def __init__(self):
        self.params, self.grads = {}, {}
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)
    def backward(self, dout):
        h = 1e-4
        return dout * (np.maximum(self.x + h, 0) - np.maximum(self.x - h, 0)) / (2 * h)
"""
}


def test_points_given_by_hand_for_a_shortcut_survive(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("eve", edited(few_solved, **MEASURED_RELU))
    assert points(grade(class_folder)) == {"eve": 7}
    with gradebook(class_folder) as book:
        relu = book.find_grade("relu", NAME, NAME, "eve")
        assert (relu.auto_score, relu.score) == (0, 0)
        relu.manual_score = 3
        book.db.commit()
    grade(class_folder, force=True)
    with gradebook(class_folder) as book:
        relu = book.find_grade("relu", NAME, NAME, "eve")
        assert (relu.auto_score, relu.manual_score, relu.score) == (0, 3, 3)
        assert book.find_submission(NAME, "eve").score == 10


def test_a_report_that_is_gone_is_left_out(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("ada", few_solved)
    grade(class_folder)
    path = class_folder / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    path.write_text("{}")
    where = ClassDirectory(class_folder)
    (submission,) = where.submissions(NAME)
    assert read_report(where, NAME, submission) is None
    assert grade(class_folder).reports == []
    where.remove_autograded(NAME, "ada")
    assert not where.is_graded(NAME, submission)


def test_a_name_that_is_markup_is_passed_over_and_said(
    class_folder: Path, submit: Any, few_solved: Any
) -> None:
    submit("eve<img src=x onerror=alert(1)>", few_solved)
    submit("ada", few_solved)
    outcome = grade(class_folder)
    assert [report["student"] for report in outcome.reports] == ["ada"]
    assert outcome.graded == 1
    [sentence] = outcome.failures
    assert "eve<img" in sentence
    assert "passed over" in sentence
