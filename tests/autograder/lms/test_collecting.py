"""Downloads of every platform become submissions; nothing is overwritten, and nobody's is lost."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from instructor import grade, gradebook
from notebooks import edited, unsolved
from platform_files import CANVAS, NAME, entry_of, inside, written, zipped

from autograder.classes.class_directory import ClassDirectory, ClassError
from autograder.lms.collecting import Collected
from autograder.lms.collecting import collect as collect_into
from autograder.lms.enrolling import enroll
from autograder.lms.exporting import export_feedback
from autograder.lms.records import read_records

FILE = f"{NAME}.ipynb"
Collect = Callable[..., Collected]


@pytest.fixture
def solved_bytes(few_solved: Any) -> bytes:
    return json.dumps(few_solved).encode()


@pytest.fixture
def other_bytes(few_solved: Any) -> bytes:
    """The same assignment with other answers."""
    return json.dumps(unsolved(few_solved)).encode()


@pytest.fixture
def collect(class_folder: Path) -> Collect:
    """Collect downloads into a class of ada, joerg and wang."""
    where = ClassDirectory(class_folder)
    enroll(where, [written(class_folder.parent / "canvas.csv", CANVAS)])

    def collect_all(*paths: Path, **options: Any) -> Collected:
        return collect_into(where, NAME, paths, **options)

    return collect_all


@pytest.fixture
def place(class_folder: Path) -> Callable[[str], Path]:
    """The folder of a student's submission."""
    return lambda student: class_folder / "submitted" / student / NAME


Place = Callable[[str], Path]


def earlier(class_folder: Path, student: str = "ada") -> list[bytes]:
    folder = class_folder / "earlier" / NAME / student
    return [one.read_bytes() for one in sorted(folder.glob("*.ipynb"))]


DOWNLOADS = {
    "moodle": (
        "Ada Lovelace_11_assignsubmission_file_/my work.ipynb",
        "Jörg Müller-Ørsted_12_assignsubmission_file_/sub/x.ipynb",
        f"小明 王_13_assignsubmission_file_/{FILE}",
    ),
    "moodle without folders": (
        f"Ada Lovelace_11_assignsubmission_file_{FILE}",
        "Jörg Müller-Ørsted_12_assignsubmission_file_x.ipynb",
        f"王小明_13_assignsubmission_file_{FILE}",
    ),
    "canvas": (
        f"lovelaceada_4711_9001_{FILE}",
        f"müllerørstedjörg_LATE_4712_9002_{NAME}-3.ipynb",
        "王小明_4713_9003_work.ipynb",
    ),
    "classroom": (
        f"Homework 3/Ada Lovelace - {FILE}",
        "Homework 3/Jörg Müller-Ørsted - x.ipynb",
        f"Homework 3/王小明 - {FILE}",
    ),
    "loose": ("ada.ipynb", "work of joerg/x.ipynb", "wang_3.ipynb"),
}


@pytest.mark.parametrize("is_zip", [True, False], ids=["zip", "folder"])
@pytest.mark.parametrize("kind", DOWNLOADS)
def test_each_platform_s_download_becomes_submissions(
    tmp_path: Path, collect: Collect, place: Place, solved_bytes: bytes, kind: str, is_zip: bool
) -> None:
    files = {name: solved_bytes + b"\n" * n for n, name in enumerate(DOWNLOADS[kind])}
    if is_zip:
        path = zipped(tmp_path / "download.zip", files)
    else:
        path = tmp_path / "download"
        for name, content in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(content)
    outcome = collect(path)
    assert not outcome.problems
    assert sorted(outcome.placed) == ["ada", "joerg", "wang"]
    for student, content in zip(("ada", "joerg", "wang"), files.values(), strict=True):
        assert (place(student) / FILE).read_bytes() == content
        assert (place(student) / "timestamp.txt").exists() == (kind in ("classroom", "loose"))
    again = collect(path)
    assert (again.placed, again.same) == ({}, ["ada", "joerg", "wang"])


def test_the_exchange_s_folders_bring_their_time_and_secret(
    tmp_path: Path, collect: Collect, place: Place, solved_bytes: bytes
) -> None:
    folder = tmp_path / "inbound" / f"ada+{NAME}+2026-03-01 10:00:00.000000 UTC+abc"
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(solved_bytes)
    (folder / "timestamp.txt").write_text("2026-03-01 11:00:00 CET")
    (folder / "submission_secret.txt").write_text("s3cret")
    assert not collect(tmp_path / "inbound").problems
    assert (place("ada") / "timestamp.txt").read_text() == "2026-03-01 10:00:00.000000 UTC"
    assert (place("ada") / "submission_secret.txt").read_text() == "s3cret"


def test_what_another_student_put_into_the_exchange_in_her_name_is_not_hers(
    tmp_path: Path,
    collect: Collect,
    place: Place,
    solved_bytes: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "inbound" / f"ada+{NAME}+2026-03-01 10:00:00.000000 UTC+abc"
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(solved_bytes)
    monkeypatch.setattr(Path, "owner", lambda path: "joerg")
    outcome = collect(tmp_path / "inbound")
    assert not place("ada").exists()
    (problem,) = outcome.problems
    assert "says that it is ada's, and belongs to joerg: name whose it is with --as" in problem
    monkeypatch.setattr(Path, "owner", lambda path: "teacher")
    assert list(collect(tmp_path / "inbound").placed) == ["ada"]


def test_what_was_collected_is_graded_with_its_time(
    tmp_path: Path,
    class_folder: Path,
    collect: Collect,
    solved_bytes: bytes,
    quick_start: None,
    isolation: Any,
) -> None:
    path = tmp_path / "ada.ipynb"
    path.write_bytes(solved_bytes)
    os.utime(path, (1772359200, 1772359200))
    collect(path)
    outcome = grade(class_folder)
    assert [(one["student"], one["remarks"]) for one in outcome.reports] == [("ada", [])]
    with gradebook(class_folder) as book:
        submission = book.find_submission(NAME, "ada")
        assert submission.timestamp == datetime(2026, 3, 1, 10)
        assert submission.score > 0


@pytest.mark.parametrize(("times", "kind"), [(True, "canvas"), (False, "loose")])
def test_whether_files_times_are_meant_can_be_said(
    tmp_path: Path, collect: Collect, place: Place, solved_bytes: bytes, times: bool, kind: str
) -> None:
    collect(zipped(tmp_path / "d.zip", {DOWNLOADS[kind][0]: solved_bytes}), times=times)
    assert (place("ada") / "timestamp.txt").exists() == times


# Attempts -----------------------------------------------------------------------------------------


def test_of_several_attempts_the_last_counts_and_the_others_are_kept(
    tmp_path: Path, class_folder: Path, collect: Collect, place: Place, few_solved: Any
) -> None:
    contents = [json.dumps(edited(few_solved, relu=f"# {n}")).encode() for n in range(3)]
    names = [f"lovelaceada_4711_{n}_{FILE}" for n in (905, 1001, 99)]
    outcome = collect(zipped(tmp_path / "d.zip", dict(zip(names, contents, strict=True))))
    assert (place("ada") / FILE).read_bytes() == contents[1]
    assert sorted(earlier(class_folder)) == sorted([contents[0], contents[2]])
    assert outcome.notes[0] == f"ada: 2 earlier attempts lie in earlier/{NAME}/ada."


def test_a_later_download_takes_the_place_and_an_older_one_does_not(
    tmp_path: Path,
    class_folder: Path,
    collect: Collect,
    place: Place,
    solved_bytes: bytes,
    other_bytes: bytes,
) -> None:
    first = zipped(tmp_path / "1.zip", {f"lovelaceada_4711_901_{FILE}": other_bytes})
    second = zipped(tmp_path / "2.zip", {f"lovelaceada_LATE_4711_902_{FILE}": solved_bytes})
    collect(first)
    outcome = collect(second)
    assert (place("ada") / FILE).read_bytes() == solved_bytes
    assert earlier(class_folder) == [other_bytes]
    assert any(
        note.startswith("ada: what was there before lies in earlier") for note in outcome.notes
    )
    assert "Canvas calls late: 'ada'." in outcome.notes
    for _ in range(2):
        outcome = collect(first)
        assert (outcome.placed, outcome.problems) == ({}, [])
        assert (place("ada") / FILE).read_bytes() == solved_bytes
        assert earlier(class_folder) == [other_bytes]


def test_everybody_is_named_whom_canvas_calls_late(
    tmp_path: Path, class_folder: Path, collect: Collect, solved_bytes: bytes
) -> None:
    names = [f"late{number}" for number in range(9)]
    table = "".join(f"{name},{name}\n" for name in names)
    enroll(ClassDirectory(class_folder), [written(tmp_path / "t.csv", f"id,name\n{table}")])
    files = {f"{name}_LATE_{n}_90{n}_{FILE}": solved_bytes for n, name in enumerate(names)}
    outcome = collect(zipped(tmp_path / "d.zip", files))
    assert f"Canvas calls late: {str(names)[1:-1]}." in outcome.notes


def test_a_time_stamp_does_not_outlive_its_attempt(
    tmp_path: Path, collect: Collect, place: Place, solved_bytes: bytes, other_bytes: bytes
) -> None:
    path = tmp_path / "ada.ipynb"
    path.write_bytes(other_bytes)
    os.utime(path, (1772359200, 1772359200))
    collect(path)
    assert (place("ada") / "timestamp.txt").exists()
    name = f"Ada Lovelace_11_assignsubmission_file_/{FILE}"
    collect(zipped(tmp_path / "2.zip", [(entry_of(name, 2026, 3, 2), solved_bytes)]))
    assert (place("ada") / FILE).read_bytes() == solved_bytes
    assert not (place("ada") / "timestamp.txt").exists()


def test_work_from_elsewhere_stays_unless_it_is_to_be_replaced(
    tmp_path: Path,
    class_folder: Path,
    collect: Collect,
    place: Place,
    submit: Any,
    few_solved: Any,
    other_bytes: bytes,
) -> None:
    there = submit("ada", few_solved, "2026-03-01 10:00:00").read_bytes()
    path = zipped(tmp_path / "d.zip", {"ada.ipynb": other_bytes})
    (problem,) = collect(path).problems
    assert f"submitted/ada/{NAME}/{FILE} is other work" in problem
    assert "--replace" in problem
    assert (place("ada") / FILE).read_bytes() == there
    assert not earlier(class_folder)
    assert not collect(path, replace=True).problems
    assert (place("ada") / FILE).read_bytes() == other_bytes
    (kept,) = (class_folder / "earlier" / NAME / "ada").iterdir()
    assert (kept.name, kept.read_bytes()) == ("2026-03-01-100000.ipynb", there)


def test_a_notebook_of_the_assignment_comes_before_what_may_be_one(
    tmp_path: Path, class_folder: Path, collect: Collect, place: Place, solved_bytes: bytes
) -> None:
    files = {
        f"lovelaceada_4711_901_{FILE}": solved_bytes,
        "lovelaceada_4711_902_torn.ipynb": solved_bytes[:-50],
        "wang_final.ipynb": b"{",
    }
    collect(zipped(tmp_path / "d.zip", files))
    assert (place("ada") / FILE).read_bytes() == solved_bytes
    assert earlier(class_folder) == [solved_bytes[:-50]]
    assert (place("wang") / FILE).read_bytes() == b"{"  # grading says what is wrong with it


# What is not collected ----------------------------------------------------------------------------


def test_each_file_that_is_not_collected_is_named_with_what_to_do(
    tmp_path: Path, class_folder: Path, collect: Collect, place: Place, solved_bytes: bytes
) -> None:
    foreign = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    cell = {"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade_id": "other"}}}
    files = {
        "../../ada.ipynb": solved_bytes,
        "/submitted/ada.ipynb": solved_bytes,
        "eve.ipynb": solved_bytes,
        "ada or wang.ipynb": solved_bytes,
        f"anon_x1_900_{FILE}": solved_bytes,
        "Ada Lovelace_11_assignsubmission_file_/work.zip": b"PK",
        "joerg.ipynb": json.dumps({**foreign, "cells": [cell]}).encode(),
        "wang.ipynb": solved_bytes,
        "wang.png": b"",
        "more.7z": b"",
        "ada.rar": b"",
    }
    outcome = collect(zipped(tmp_path / "d.zip", files))
    assert list(outcome.placed) == ["wang"]
    said = "\n".join(outcome.problems)
    for sentence in (
        "'../../ada.ipynb' in d.zip leads out of the folder",
        "'/submitted/ada.ipynb' in d.zip says where it is to lie",
        "'eve.ipynb' in d.zip fits no student of the class: name whose it is with "
        "--as 'eve.ipynb=STUDENT'.",
        "'ada or wang.ipynb' in d.zip fits 'ada', 'wang': name whose",
        f"'anon_x1_900_{FILE}' in d.zip comes without a name, as Canvas hides it",
        f"work.zip' in d.zip is ada's, but cannot be opened, or is beyond the limits: put what is "
        f"in it into submitted/ada/{NAME}.",
        "'more.7z' in d.zip is an archive, and fits no student of the class: name whose it is with",
        f"'ada.rar' in d.zip is ada's, but an archive that is no zip: put what is in it into "
        f"submitted/ada/{NAME}.",
        "'joerg.ipynb' in d.zip is joerg's, but of another assignment",
    ):
        assert sentence in said
    assert len(outcome.problems) == 9
    assert outcome.missing == ["ada", "joerg"]
    assert "Left, as they are no notebooks: 'wang.png'." in outcome.notes
    assert sorted(one.name for one in (class_folder / "submitted").iterdir()) == ["wang"]
    assert list((class_folder / ".handgrad").glob("collect-*")) == []


def test_what_is_not_clear_can_be_assigned(
    tmp_path: Path, collect: Collect, place: Place, solved_bytes: bytes, other_bytes: bytes
) -> None:
    files = {
        "a/eve.ipynb": solved_bytes,
        "b/eve.ipynb": other_bytes,
        "Eve Adams_14_assignsubmission_file_/x.ipynb": solved_bytes,
    }
    path = zipped(tmp_path / "d.zip", files)
    folder = "Eve Adams_14_assignsubmission_file_"
    named = [("a/eve.ipynb", "ada"), ("eve.ipynb", "WANG"), (folder, "joerg")]
    outcome = collect(path, assigned=named)
    assert not outcome.problems
    assert (place("wang") / FILE).read_bytes() == other_bytes
    assert outcome.placed["joerg"].kind == "moodle"
    (problem,) = collect(path, assigned=[("x", "ada"), *named]).problems
    assert "--as 'x' names no file" in problem
    with pytest.raises(ClassError, match="no student 'wagn' in the class: did you mean 'wang'"):
        collect(path, assigned=[("a/eve.ipynb", "wagn")])


def test_the_work_of_a_group_goes_to_each_who_is_named(
    tmp_path: Path, class_folder: Path, collect: Collect, place: Place, solved_bytes: bytes
) -> None:
    folder = "Group 1_55_assignsubmission_file"  # as Moodle names the work of a group
    path = zipped(tmp_path / "d.zip", {f"{folder}/{FILE}": solved_bytes})
    outcome = collect(path, assigned=[(folder, "ada"), (folder, "wang")])
    assert (sorted(outcome.placed), outcome.problems) == (["ada", "wang"], [])
    for student in ("ada", "wang"):
        assert (place(student) / FILE).read_bytes() == solved_bytes
        page = class_folder / "feedback" / student / NAME / f"{NAME}.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"of {student}")
    pages = export_feedback(ClassDirectory(class_folder), NAME, tmp_path / "f.zip")
    assert inside((tmp_path / "f.zip").read_bytes()) == {f"{folder}/{NAME}.html": b"of ada"}
    assert pages.nameless == ["wang"]


def test_what_a_student_has_zipped_is_opened_within_the_limits(
    tmp_path: Path,
    class_folder: Path,
    collect: Collect,
    place: Place,
    solved_bytes: bytes,
    other_bytes: bytes,
) -> None:
    work = {
        f"ada/{FILE}": solved_bytes,
        f"ada/copy of {FILE}": solved_bytes,
        "ada/data.csv": b"1,2",
        f"__MACOSX/ada/._{FILE}": b"",
        f"ada/.ipynb_checkpoints/{FILE}": other_bytes,
        "ada/notes.ipynb": b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    }
    deep = zipped(
        tmp_path / "deep.zip", {"wang.zip": zipped(tmp_path / "w.zip", work).read_bytes()}
    )
    two = zipped(tmp_path / "two.zip", {"a.ipynb": solved_bytes, "b.ipynb": other_bytes})
    files = {
        "lovelaceada_4711_901_work.zip": (tmp_path / "w.zip").read_bytes(),
        "wang's.zip": deep.read_bytes(),
        "joerg.zip": two.read_bytes(),
    }
    outcome = collect(zipped(tmp_path / "d.zip", files))
    assert [(one, origin.kind) for one, origin in outcome.placed.items()] == [("ada", "canvas")]
    assert (place("ada") / FILE).read_bytes() == solved_bytes
    assert not earlier(class_folder)
    assert outcome.problems == [
        f"'joerg.zip' in d.zip is joerg's, and has 2 notebooks of this assignment in it: put the "
        f"one that counts into submitted/joerg/{NAME}.",
        f"'wang's.zip' in d.zip is wang's, and has no notebooks of this assignment in it: put the "
        f"one that counts into submitted/wang/{NAME}.",
    ]
    page = class_folder / "feedback" / "ada" / NAME / f"{NAME}.html"
    page.parent.mkdir(parents=True)
    page.write_text("of ada")
    export_feedback(ClassDirectory(class_folder), NAME, tmp_path / "f.zip")
    assert list(inside((tmp_path / "f.zip").read_bytes())) == [f"lovelaceada_4711_901_{NAME}.html"]


def test_a_bomb_within_what_a_student_has_zipped_is_not_unpacked(
    tmp_path: Path, collect: Collect, place: Place, solved_bytes: bytes
) -> None:
    bomb = zipped(tmp_path / "bomb.zip", {"x.ipynb": bytes(80 << 20)})
    files = {"ada.zip": bomb.read_bytes(), "wang.ipynb": solved_bytes}
    outcome = collect(zipped(tmp_path / "d.zip", files))
    assert "ada's, but cannot be opened, or is beyond the limits" in outcome.problems[0]
    assert list(outcome.placed) == ["wang"]
    assert not place("ada").exists()


def test_links_in_the_class_are_not_written_through(
    tmp_path: Path, class_folder: Path, collect: Collect, solved_bytes: bytes
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (class_folder / "submitted").mkdir(exist_ok=True)
    (class_folder / "submitted" / "ada").symlink_to(elsewhere)
    files = {"ada.ipynb": solved_bytes, "wang.ipynb": solved_bytes}
    outcome = collect(zipped(tmp_path / "d.zip", files))
    assert "is a link, or has one in it" in outcome.problems[0]
    assert list(outcome.placed) == ["wang"]
    assert list(elsewhere.iterdir()) == []


def test_a_class_without_students_says_what_comes_first(
    tmp_path: Path, class_folder: Path, solved_bytes: bytes
) -> None:
    path = zipped(tmp_path / "d.zip", {"ada.ipynb": solved_bytes})
    with pytest.raises(ClassError, match="enter them first, with 'handgrad students FILE'"):
        collect_into(ClassDirectory(class_folder), NAME, [path])


def test_the_files_are_the_instructor_s_own_kind(
    tmp_path: Path, collect: Collect, place: Place, solved_bytes: bytes
) -> None:
    path = tmp_path / "d"
    path.mkdir()
    (path / "ada.ipynb").write_bytes(solved_bytes)
    (path / "ada.ipynb").chmod(0o4777)
    collect(path)
    assert not stat.S_IMODE((place("ada") / FILE).stat().st_mode) & 0o7111


# The way back -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["moodle", "moodle without folders", "canvas"])
def test_feedback_goes_back_under_the_names_of_the_download(
    tmp_path: Path, class_folder: Path, collect: Collect, solved_bytes: bytes, kind: str
) -> None:
    collect(zipped(tmp_path / "d.zip", dict.fromkeys(DOWNLOADS[kind][:2], solved_bytes)))
    for student in ("ada", "joerg", "wang"):
        folder = class_folder / "feedback" / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.html").write_text(f"of {student}")
    target = tmp_path / "feedback.zip"
    pages = export_feedback(ClassDirectory(class_folder), NAME, target)
    assert pages.nameless == ["wang"]
    expected = {
        "moodle": (
            f"Ada Lovelace_11_assignsubmission_file_/{NAME}.html",
            f"Jörg Müller-Ørsted_12_assignsubmission_file_/{NAME}.html",
        ),
        "moodle without folders": (
            f"Ada Lovelace_11_assignsubmission_file_{NAME}.html",
            f"Jörg Müller-Ørsted_12_assignsubmission_file_{NAME}.html",
        ),
        "canvas": (
            f"lovelaceada_4711_9001_{NAME}.html",
            f"müllerørstedjörg_LATE_4712_9002_{NAME}.html",
        ),
    }[kind]
    pages_inside = {expected[0]: b"of ada", expected[1]: b"of joerg"}
    assert inside(target.read_bytes()) == pages_inside
    export_feedback(ClassDirectory(class_folder), NAME, tmp_path / "pages")
    for name, content in pages_inside.items():
        assert (tmp_path / "pages" / name).read_bytes() == content


def test_the_records_survive_what_is_not_theirs(class_folder: Path, collect: Collect) -> None:
    file = class_folder / ".handgrad" / "collected" / f"{NAME}.json"
    file.parent.mkdir(parents=True)
    for text in ("", "[]", '{"ada": 3}'):
        file.write_text(text)
        assert read_records(class_folder, NAME) == {}
    with pytest.raises(ClassError, match="No feedback on 03_backpropagation can be handed back"):
        export_feedback(ClassDirectory(class_folder), NAME, class_folder / "x.zip")
