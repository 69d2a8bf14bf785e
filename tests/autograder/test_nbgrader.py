"""Stock nbgrader commands in one of our classes, run as people run them."""

from __future__ import annotations

import csv
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from commands import NAME, run_nbgrader, use_exchange
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
    run_nbgrader(student, "submit", NAME, *options)
    run_nbgrader(class_folder, "collect", NAME)
    run_nbgrader(class_folder, "autograde", NAME)
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
    failed = [line for line in said.splitlines() if "for student" in line and "ERROR" in line]
    assert len(failed) == 2, f"others failed than gus and jon, whom nbgrader cannot read:\n{said}"
    assert "cut: The file" in said, "the instructor is not told why cut has no points"
    scores = grades()
    graded = class_folder / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    report = json.loads(graded.read_text("utf-8"))["metadata"]["handgrad"]["report"]
    assert report["sandbox"]["level"] >= 2, "the isolation is not recorded with the grade"
    expected = points_by_handgrad(class_folder)
    for student in ("ada", "ben", "cut", "dot", "eva", "hal"):
        assert scores[student] == pytest.approx(expected[student], abs=1e-3), student
    relu = points_of("relu", few_solved)
    assert scores["cut"] == scores["dot"] == 0
    assert scores["ada"] - relu < scores["ben"] < scores["ada"], "no partial credit"
    # One more, later: the others are left alone, and a newer submission is graded anew.
    submit("ada", release(few_solved), "2026-03-02 10:00:00")
    submit("ida", few_solved)
    for unreadable in ("gus", "jon"):
        shutil.rmtree(class_folder / "submitted" / unreadable)
    said = run_nbgrader(class_folder, "autograde", NAME)
    assert said.count("Sanitizing") == 2, said
    again = grades()
    assert again["ada"] == scores["eva"]
    assert again["ida"] == scores["ada"]
    run_nbgrader(class_folder, "autograde", NAME, "--student", "ben", "--force")
    assert grades()["ben"] == scores["ben"]


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
