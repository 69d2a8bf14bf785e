"""Stock nbgrader commands in one of our classes, run as people run them."""

from __future__ import annotations

import csv
import json
import os
import shutil
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from commands import NAME, run_nbgrader, start_nbgrader, use_exchange
from nbgrader.api import Gradebook
from notebooks import hand_in

from autograder.building.assignments import release
from autograder.classes.class_directory import ClassDirectory
from autograder.classes.classroom import grade_assignment
from autograder.classes.feedback import write_feedback

WARNS = """
import numpy as np


class ReLU:
    def __init__(self):
        self.params, self.grads = {}, {}

    def forward(self, x):
        np.log(np.zeros(1))  # a RuntimeWarning on stderr
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        np.array([1.0]) / np.array([0.0])
        return dout * self.mask
"""
PARTLY = WARNS.replace("return dout * self.mask", "return dout")


@pytest.fixture
def grades(class_folder: Path) -> Callable[[], dict[str, float]]:
    """Export the gradebook with nbgrader; return each student's score."""

    def export() -> dict[str, float]:
        run_nbgrader(class_folder, "export")
        with (class_folder / "grades.csv").open() as file:
            return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}

    return export


def points_by_handgrad(class_folder: Path) -> dict[str, float]:
    """Return what `handgrad grade` gives for the same submissions, in a copy of the class."""
    copy = Path(shutil.copytree(class_folder, class_folder.parent / "copy"))
    for made in ("autograded", "feedback"):
        shutil.rmtree(copy / made, ignore_errors=True)
    outcome = grade_assignment(ClassDirectory(copy), NAME, workers=1, force=True, seed=1)
    return {report["student"]: report["points"] for report in outcome.reports}


def test_assignment_goes_out_and_comes_back_through_the_exchange(
    class_folder: Path, grades: Callable[[], dict[str, float]], few_solved: Any
) -> None:
    shutil.rmtree(class_folder / "release")
    (class_folder / "gradebook.db").unlink()
    options = use_exchange(class_folder)
    student = class_folder.parent / "student"
    student.mkdir()
    run_nbgrader(class_folder, "generate_assignment", NAME)
    run_nbgrader(class_folder, "release_assignment", NAME)
    run_nbgrader(student, "fetch_assignment", NAME, *options)
    fetched = student / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(fetched, as_version=4)
    assert [c.source for c in notebook.cells] == [c.source for c in release(few_solved).cells]
    assert sorted(path.name for path in (student / NAME).iterdir()) == [
        f"{NAME}.ipynb",
        "checks",
        "handgrad.py",
        "solutions",
    ]
    fetched.write_text(nbformat.writes(with_relu(notebook, WARNS)))
    start_nbgrader(student, "submit", NAME, *options)
    run_nbgrader(class_folder, "collect", NAME)
    start_nbgrader(class_folder, "autograde", NAME)
    run_nbgrader(class_folder, "generate_feedback", NAME)
    run_nbgrader(class_folder, "release_feedback", NAME)
    run_nbgrader(student, "fetch_feedback", NAME, *options)
    assert list((student / NAME / "feedback").rglob("*.html")), "no feedback came back"
    (points,) = grades().values()
    assert points == points_of("relu", few_solved), "a right ReLU that warns lost marks"
    # The same with `handgrad grade --feedback`, where one was handed in without the exchange.
    for made in (
        class_folder / "autograded",
        class_folder / "feedback",
        student / NAME / "feedback",
    ):
        shutil.rmtree(made)
    hand_in(class_folder, "aaron", few_solved)
    where = ClassDirectory(class_folder)
    grade_assignment(where, NAME, workers=1, force=True)
    write_feedback(where, NAME, workers=1)
    said = run_nbgrader(class_folder, "release_feedback", NAME)
    assert "did not come through the exchange" in said, "aaron's feedback is not said to be missing"
    run_nbgrader(student, "fetch_feedback", NAME, *options)
    (page,) = (student / NAME / "feedback").rglob("*.html")
    assert "handgrad-check" in page.read_text("utf-8")


OWN = """
def f():
    ### BEGIN SOLUTION
    return 1
    ### END SOLUTION
"""
HIDDEN = "### BEGIN HIDDEN TESTS\nassert f() == 1\n### END HIDDEN TESTS"


def test_an_assignment_of_the_class_s_own_is_graded_as_nbgrader_does(
    class_folder: Path, grades: Callable[[], dict[str, float]]
) -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "3", "language": "python"}
    mark = {"schema_version": 3, "grade": False, "solution": False, "task": False, "locked": False}
    answer = nbformat.v4.new_code_cell(OWN.strip())
    answer.metadata["nbgrader"] = {**mark, "solution": True, "grade_id": "answer"}
    test = nbformat.v4.new_code_cell(HIDDEN)
    test.metadata["nbgrader"] = {
        **mark,
        "grade": True,
        "locked": True,
        "points": 5,
        "grade_id": "t",
    }
    notebook.cells = [answer, test]
    source = class_folder / "source" / "ps1"
    source.mkdir()
    nbformat.write(notebook, source / "ps1.ipynb")
    run_nbgrader(class_folder, "generate_assignment", "ps1")
    for student, written in (("ada", "return 1"), ("ben", "raise NotImplementedError")):
        folder = class_folder / "submitted" / student / "ps1"
        shutil.copytree(class_folder / "release" / "ps1", folder)
        path = folder / "ps1.ipynb"
        path.write_text(path.read_text().replace("raise NotImplementedError", written))
    said = run_nbgrader(class_folder, "autograde", "ps1")
    assert "Traceback" not in said
    assert said.count("runs the students' code on this machine without a sandbox") == 1
    assert grades() == {"ada": 5, "ben": 0}
    run_nbgrader(class_folder, "generate_feedback", "ps1")


def with_relu(notebook: Any, source: str) -> nbformat.NotebookNode:
    """Return the notebook with another answer to the task on ReLU."""
    changed = nbformat.from_dict(notebook)
    next(cell for cell in changed.cells if cell.id == "relu-answer").source = source
    return changed


def points_of(task: str, notebook: Any) -> float:
    named = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    return float(named[task].metadata.nbgrader.points)


def test_autograde_gives_the_points_of_handgrad_grade_and_bad_files_cost_nobody_else(
    class_folder: Path,
    submit: Callable[..., Path],
    few_solved: Any,
    grades: Callable[[], dict[str, float]],
) -> None:
    submit("ada", few_solved, "2026-03-01 10:00:00")
    submit("ben", with_relu(few_solved, PARTLY))
    submit("cut", json.dumps(few_solved).encode()[:-100])
    submit("dot", b"this is no notebook")
    submit("eva", release(few_solved))
    (class_folder / "submitted" / "fin" / NAME).mkdir(parents=True)  # handed in no file
    submit("gus", few_solved).rename(class_folder / "submitted" / "gus" / NAME / "a\nb.ipynb")
    submit("hal", with_relu(few_solved, "class ReLU\n    pass"))
    submit("jon", few_solved, "no time at all")
    said = run_nbgrader(class_folder, "autograde", NAME, status=1)
    failed = [line for line in said.splitlines() if "| ERROR]" in line]
    assert len(failed) == 1, f"others failed than gus, whom nbgrader does not find:\n{said}"
    assert "gus was not graded by nbgrader" in failed[0]
    assert "jon: timestamp.txt cannot be read" in said
    assert "cut: The file" in said, "the instructor is not told why cut has no points"
    scores = grades()
    graded = class_folder / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    report = json.loads(graded.read_text("utf-8"))["metadata"]["handgrad"]["report"]
    assert report["sandbox"]["level"] >= 2, "the isolation is not recorded with the grade"
    expected = points_by_handgrad(class_folder)
    for student in ("ada", "ben", "cut", "dot", "eva", "hal", "jon"):
        assert scores[student] == pytest.approx(expected[student], abs=1e-3), student
    relu = points_of("relu", few_solved)
    assert scores["cut"] == scores["dot"] == 0
    assert scores["ada"] - relu < scores["ben"] < scores["ada"], "no partial credit"
    # One more, later: the others are left alone, and a newer submission is graded anew.
    submit("ada", release(few_solved), "2026-03-02 10:00:00")
    submit("ida", few_solved)
    shutil.rmtree(class_folder / "submitted" / "gus")
    said = run_nbgrader(class_folder, "autograde", NAME)
    assert said.count("Sanitizing") == 2, said
    again = grades()
    assert again["ada"] == scores["eva"]
    assert again["ida"] == scores["ada"]
    run_nbgrader(class_folder, "autograde", NAME, "--student", "ben", "--force")
    assert grades()["ben"] == scores["ben"]


SECRET = "what others must not see"
NO_STAMPS = ("0001-01-01 00:00:00 +1400", "9999-12-31 23:59:59 -1400", "9" * 20, "yesterday")


def test_links_odd_names_and_odd_stamps_harm_nobody(
    class_folder: Path, submit: Callable[..., Path], few_solved: Any
) -> None:
    (class_folder / "secret.txt").write_text(SECRET)
    (submit("ada", few_solved).parent / "notes.txt").write_text(f"ada: {SECRET}")
    root = class_folder / "submitted"
    mal = submit("mal", few_solved).parent
    (mal / "notes.txt").write_text("their own")
    (mal / "[a] link.txt").symlink_to(class_folder / "secret.txt")
    (mal / ".link.txt").symlink_to(class_folder / "secret.txt")
    (mal / "checks").mkdir()
    (mal / "checks" / "link.txt").symlink_to(f"../../../ada/{NAME}/notes.txt")
    (mal / "folder").symlink_to(class_folder)
    (mal / "timestamp.txt").symlink_to(class_folder / "secret.txt")
    os.mkfifo(mal / "pipe")
    (root / "mel").mkdir()
    (root / "mel" / NAME).symlink_to(f"../ada/{NAME}")
    (root / "mil").symlink_to("ada")
    submit("mol", few_solved).unlink()
    (root / "mol" / NAME / f"{NAME}.ipynb").symlink_to(f"../../ada/{NAME}/{NAME}.ipynb")
    submit("a\nb", few_solved)
    with zipfile.ZipFile(submit("zoe", few_solved).with_name("up.zip"), "w") as archive:
        archive.write(root / "zoe" / NAME / f"{NAME}.ipynb", f"{NAME}.ipynb")
    (root / "zoe" / NAME / f"{NAME}.ipynb").unlink()
    many = submit("many", few_solved).with_name("many")
    many.mkdir()
    for number in range(2100):
        (many / f"{number}.txt").touch()
    for number, stamp in enumerate(NO_STAMPS):
        (submit(f"stamp{number}", few_solved).parent / "timestamp.txt").write_text(stamp)
    said = run_nbgrader(class_folder, "autograde", NAME, status=1)
    assert said.count("| ERROR]") == 4 + 4, f"others than these failed:\n{said}"
    assert said.count("Traceback") == 1
    assert "files and folders, too many to be copied" in said
    run_nbgrader(class_folder, "generate_feedback", NAME)
    graded = sorted(path.name for path in (class_folder / "autograded").iterdir())
    assert graded == ["ada", "mal", "mol", *(f"stamp{n}" for n in range(len(NO_STAMPS)))]
    outcome = grade_assignment(ClassDirectory(class_folder), NAME, workers=1)
    assert outcome.graded == 2, "the two agree on what is graded, but for many and zoe"
    assert len(outcome.failures) == 3
    points = {report["student"]: report["points"] for report in outcome.reports}
    assert points.pop("mol") == 0
    assert set(points.values()) == {11}
    write_feedback(ClassDirectory(class_folder), NAME, force=True)
    for made in ("autograded", "feedback"):
        copied = list((class_folder / made / "mal" / NAME).rglob("*"))
        assert (class_folder / made / "mal" / NAME / "notes.txt") in copied
        assert not [path for path in copied if path.is_symlink()]
        assert not [p for p in copied if p.is_file() and SECRET.encode() in p.read_bytes()]


def test_autograde_grades_again_what_is_new_though_no_time_stamp_says_so(
    class_folder: Path, submit: Callable[..., Path], few_solved: Any
) -> None:
    where = ClassDirectory(class_folder)
    submit("ada", release(few_solved), "2026-03-01 10:00:00")
    submit("bob", release(few_solved))
    assert autograde(where)["success"]
    submit("ada", few_solved).with_name("timestamp.txt").unlink()
    result = autograde(where)
    assert result["log"].count("Sanitizing") == 1, result["log"]
    assert "ada has handed in something else" in result["log"]
    with Gradebook(where.coursedir.db_url, "course") as book:
        assert book.find_submission(NAME, "ada").timestamp is None, "that of the first attempt"
    outcome = grade_assignment(where, NAME, workers=1)
    assert outcome.graded == 0
    assert [report["points"] for report in outcome.reports] == [11, 0]


def autograde(where: ClassDirectory) -> dict[str, Any]:
    """Run what formgrader's button runs, for all students."""
    result: dict[str, Any] = where.api().autograde(NAME, "*", force=False)
    return result


def test_formgrader_lists_a_class_whatever_stands_in_its_time_stamps(
    class_folder: Path, submit: Callable[..., Path], few_solved: Any
) -> None:
    api = ClassDirectory(class_folder).api()
    for number, stamp in enumerate(NO_STAMPS):
        (submit(f"stamp{number}", few_solved).parent / "timestamp.txt").write_text(stamp)
    os.mkfifo(submit("pipe", few_solved).parent / "timestamp.txt")
    submit("ada", few_solved, "2026-03-01 10:00:00")
    students = api.get_submitted_students(NAME)
    assert len(students) == len(NO_STAMPS) + 2
    listed = {one: api.get_submission(NAME, one)["timestamp"] for one in students}
    assert listed.pop("ada") == "2026-03-01T10:00:00"
    assert set(listed.values()) == {None}


NAMES = {
    "ada": ("Lovelace, Countess of", 'Ada "A." K.'),
    "eve": ("=HYPERLINK(1)", "+1"),
    "ida": ("@SUM(A1)", " =1"),
    "-joe": ("-2", "two\nlines"),
    "zoe": ("O'Hara", "Zoë"),
}


def test_export_writes_csv_that_is_right_and_no_formulas(
    class_folder: Path, few_solved: Any, submit: Callable[..., Path]
) -> None:
    with Gradebook(f"sqlite:///{class_folder / 'gradebook.db'}", "course") as book:
        for student, (last, first) in NAMES.items():
            book.add_student(student, last_name=last, first_name=first)
    submit("ada", few_solved, "2026-03-01 10:00:00")
    grade_assignment(ClassDirectory(class_folder), NAME, workers=1)
    run_nbgrader(class_folder, "export", "--to", "all.csv")
    with (class_folder / "all.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert rows.keys() == {"ada", "eve", "ida", "'-joe", "zoe"}
    ada = rows["ada"]
    assert (ada["last_name"], ada["first_name"]) == NAMES["ada"]
    assert (ada["score"], ada["max_score"], ada["raw_score"]) == ("11.0", "13.0", "11.0")
    assert ada["timestamp"] == "2026-03-01 10:00:00"
    assert (rows["eve"]["last_name"], rows["eve"]["first_name"]) == ("'=HYPERLINK(1)", "'+1")
    assert (rows["ida"]["last_name"], rows["ida"]["first_name"]) == ("'@SUM(A1)", "' =1")
    assert rows["zoe"]["first_name"] == "Zoë"
    assert (rows["zoe"]["score"], rows["zoe"]["email"]) == ("0.0", "")
    run_nbgrader(class_folder, "export", "--student", '["zoe"]', "--to", "one.csv")
    assert len((class_folder / "one.csv").read_text().splitlines()) == 2


def test_formgrader_s_own_call_grades_in_a_process_with_threads(
    class_folder: Path, submit: Callable[..., Path], few_solved: Any
) -> None:
    submit("ada", few_solved)
    stop = threading.Event()
    bystander = threading.Thread(target=stop.wait)
    bystander.start()
    try:
        result = ClassDirectory(class_folder).api().autograde(NAME, "ada")
    finally:
        stop.set()
        bystander.join()
    assert result["success"], result
    path = class_folder / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    assert "4 of 4 points" in path.read_text()
