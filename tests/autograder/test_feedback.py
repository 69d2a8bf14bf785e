"""Feedback pages are written where something has changed, and nothing else is touched."""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from notebooks import NAME, WRONG_NODES, edited, hand_in

from autograder.classes import feedback, marks, pages, press
from autograder.classes.class_directory import ClassDirectory, ClassError, last_line
from autograder.classes.classroom import grade_assignment
from autograder.classes.feedback import write_feedback
from autograder.classes.gradebook import GradebookError
from autograder.grading import batch

STUDENTS = ("ada", "bob jr", "eve")


@pytest.fixture(scope="module")
def graded(
    tmp_path_factory: pytest.TempPathFactory, class_template: Path, few_solved: Any, isolation: Any
) -> Path:
    """A class of three, graded."""
    folder = Path(shutil.copytree(class_template, tmp_path_factory.mktemp("feedback") / "class"))
    for student in STUDENTS:
        answers = {"nodes": WRONG_NODES} if student == "eve" else {}
        hand_in(folder, student, edited(few_solved, **answers), "2026-03-01 10:00:00")
    with pytest.MonkeyPatch.context() as patch:
        quick = functools.partial(batch.Zygote, preload=("numpy.random", "IPython"))
        patch.setattr(batch, "Zygote", quick)
        grade_assignment(ClassDirectory(folder), NAME, seed=5, workers=1)
    return folder


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Path:
    """A class of its own whose pages are all up to date."""
    folder = Path(shutil.copytree(graded, tmp_path / "class"))
    assert set(written(folder)) == set(STUDENTS)
    return folder


def page(folder: Path, student: str) -> Path:
    return folder / "feedback" / student / NAME / f"{NAME}.html"


def stamps(folder: Path) -> dict[str, tuple[int, ...]]:
    """Return of each student's page what changes when it is written."""
    found = {}
    for student in STUDENTS:
        if page(folder, student).exists():
            status = page(folder, student).stat()
            found[student] = (status.st_ino, status.st_mtime_ns)
    return found


def written(folder: Path, **options: Any) -> list[str]:
    """Write feedback; return whose pages are new."""
    before, due = stamps(folder), []
    write_feedback(ClassDirectory(folder), NAME, on_start=due.append, **options)
    new = [student for student, stamp in stamps(folder).items() if before.get(student) != stamp]
    assert due == [len(new)]
    return new


def in_gradebook(change: Callable[[Any], None]) -> Callable[[Path], None]:
    """Return what changes something of bob's in the gradebook, as formgrader does."""

    def do(folder: Path) -> None:
        with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "course") as book:
            change(book)
            book.db.commit()

    return do


def grade_by_hand(book: Any) -> None:
    book.find_grade("why_order", NAME, NAME, "bob jr").manual_score = 1.5


def give_nothing(book: Any) -> None:
    grade = book.find_grade("why_order", NAME, NAME, "bob jr")
    grade.manual_score, grade.needs_manual_grade = 0.0, False


def give_credit(book: Any) -> None:
    book.find_grade("relu", NAME, NAME, "bob jr").extra_credit = 0.25


def comment_by_hand(book: Any) -> None:
    book.find_comment("why_order", NAME, NAME, "bob jr").manual_comment = "Well said."


def penalize(book: Any) -> None:
    book.find_submission_notebook(NAME, NAME, "bob jr").late_submission_penalty = 2.0


def run_again(folder: Path) -> None:
    path = folder / "autograded" / "bob jr" / NAME / f"{NAME}.ipynb"
    path.chmod(0o644)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].outputs.clear()
    path.write_text(nbformat.writes(notebook))


def cut_off(folder: Path) -> None:
    path = page(folder, "bob jr")
    path.write_bytes(path.read_bytes()[:-1])


def empty(folder: Path) -> None:
    page(folder, "bob jr").write_bytes(b"")


def delete(folder: Path) -> None:
    page(folder, "bob jr").unlink()


def write_with_nbgrader(folder: Path) -> None:
    assert ClassDirectory(folder).api().generate_feedback(NAME, "bob jr")["success"]


def test_where_nothing_has_changed_nothing_is_written(course: Path) -> None:
    assert written(course) == []


@pytest.mark.parametrize(
    "change",
    [
        *map(in_gradebook, (grade_by_hand, give_credit, comment_by_hand, penalize)),
        *(run_again, cut_off, empty, delete, write_with_nbgrader),
    ],
)
def test_the_page_that_has_changed_is_written_and_no_other(
    change: Callable[[Path], None], course: Path
) -> None:
    change(course)
    assert written(course) == ["bob jr"]
    assert page(course, "bob jr").read_text("utf-8").splitlines()[-1].startswith("<!-- handgrad")
    assert written(course) == []


def test_an_answer_that_nobody_has_read_has_no_points_and_not_0(course: Path) -> None:
    shown = page(course, "bob jr").read_text("utf-8")
    assert "(Score so far: " in shown
    assert shown.count("not graded yet: 2.0 points") == 2
    in_gradebook(give_nothing)(course)
    assert written(course) == ["bob jr"]
    shown = page(course, "bob jr").read_text("utf-8")
    assert "so far" not in shown
    assert "Score: 0.0 / 2.0" in shown


def test_a_page_fits_a_phone(course: Path) -> None:
    soup = BeautifulSoup(page(course, "ada").read_text("utf-8"), "html.parser")
    assert soup.select_one("meta[name=viewport]")["content"].startswith("width=device-width")


def test_what_was_done_by_hand_is_on_the_page(course: Path) -> None:
    in_gradebook(comment_by_hand)(course)
    in_gradebook(grade_by_hand)(course)
    written(course)
    shown = page(course, "bob jr").read_text("utf-8")
    assert "Well said." in shown
    assert "Score: 1.5 / " in shown
    assert "Well said." not in page(course, "ada").read_text("utf-8")


@pytest.mark.parametrize("what", ["packages", "settings"])
def test_another_way_to_make_pages_makes_all_anew(
    what: str, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "packages":
        monkeypatch.setattr(marks, "version", lambda package: "0.1")
    else:
        with (course / "nbgrader_config.py").open("a") as file:
            file.write("c.HTMLExporter.exclude_input_prompt = True\n")
    assert set(written(course)) == set(STUDENTS)
    assert written(course) == []


def test_all_pages_can_be_asked_for(course: Path) -> None:
    assert set(written(course, force=True)) == set(STUDENTS)


def test_several_workers_write_the_same_pages(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {student: page(course, student).read_bytes() for student in STUDENTS}
    monkeypatch.setattr(feedback, "CHUNK", 1)
    assert set(written(course, force=True, workers=2)) == set(STUDENTS)
    assert {student: page(course, student).read_bytes() for student in STUDENTS} == before


def test_a_page_that_fails_is_named_and_the_others_are_written(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = course / "autograded" / "bob jr" / NAME / f"{NAME}.ipynb"
    path.chmod(0o644)
    path.write_text("no notebook")
    in_gradebook(comment_by_hand)(course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "course") as book:
        book.find_comment("why_order", NAME, NAME, "eve").manual_comment = "Read it again."
        book.db.commit()
    monkeypatch.setattr(feedback, "CHUNK", 1)
    before = stamps(course)
    with pytest.raises(ClassError, match=r"the feedback of bob jr: "):
        write_feedback(ClassDirectory(course), NAME)
    assert stamps(course)["ada"] == before["ada"]
    assert "Read it again." in page(course, "eve").read_text("utf-8")


def test_what_nbgrader_says_last_is_told() -> None:
    refusal = {"success": False, "error": None, "log": "first\nno such thing\n\n"}
    assert last_line(refusal) == "no such thing"
    assert last_line({}) == "it did not say why"


def test_who_is_left_out_by_nbgrader_gets_no_page(course: Path) -> None:
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("c.CourseDirectory.student_id_exclude = 'ada,nobody'\n")
    assert "ada" not in written(course)
    assert written(course) == []


def test_without_grades_there_is_no_feedback(class_folder: Path) -> None:
    with pytest.raises(ClassError, match="no 03_backpropagation has been graded"):
        write_feedback(ClassDirectory(class_folder), NAME)
    (class_folder / "gradebook.db").write_bytes(b"no gradebook" * 100)
    with pytest.raises(GradebookError, match="is damaged"):
        write_feedback(ClassDirectory(class_folder), NAME)


# How pages are made -------------------------------------------------------------------------------


def test_a_page_is_parsed_by_nobody_and_the_same_text_set_once(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbconvert.exporters.html.BeautifulSoup", None)
    made: list[tuple[Any, ...]] = []

    def make(self: press.Press, *piece: Any) -> press.Made:
        made.append(piece)
        return "<p>made</p>", 0.0

    monkeypatch.setattr(pages, "PRESS", press.Press())
    monkeypatch.setattr(press.Press, "_made", make)
    assert set(written(course, force=True, workers=1)) == set(STUDENTS)
    assert len(made) == len(set(made))
    before = len(made)
    written(course, force=True, workers=1)
    assert len(made) == before


def test_contents_name_the_tasks(course: Path) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "course") as book:
        book.find_comment("why_order", NAME, NAME, "eve").manual_comment = "Read $x_1$ again."
        book.find_comment("nodes-answer", NAME, NAME, "eve").auto_comment = "No response."
        book.db.commit()
    written(course)
    whole = BeautifulSoup(page(course, "eve").read_text("utf-8"), "html.parser")
    contents = whole.ol
    assert [item.text for item in contents.find_all("li")] == [
        "Add and Multiply (Score: 2.15 / 4.0)",
        "Why this order? (not graded yet: 2.0 points)",
        "Comment on Why this order?",
        "The ReLU layer (Score: 4.0 / 4.0)",
        "The relative error (Score: 3.0 / 3.0)",
    ]
    targets = {link["href"].removeprefix("#") for link in contents.find_all("a")}
    assert whole.select_one("#comment-why_order math").text == "x1"
    assert targets <= {element["id"] for element in whole.select("[id]")}


def test_a_page_shows_no_number_that_is_only_nbgraders(course: Path) -> None:
    path = course / "autograded" / "eve" / NAME / f"{NAME}.ipynb"
    results = [
        output
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", ())
        if output.output_type == "execute_result"
    ]
    assert len(results) == 3, "nbgrader reads the points there"
    assert "Out[" not in page(course, "eve").read_text("utf-8")


def test_nothing_is_asked_of_the_net(course: Path) -> None:
    soup = BeautifulSoup(page(course, "ada").read_text("utf-8"), "html.parser")
    assert soup.select("script, link, iframe") == []
    (policy,) = soup.select("meta[http-equiv=Content-Security-Policy]")
    assert policy["content"].startswith("default-src 'none'; img-src data:;")


def test_what_a_students_code_shows_is_told_from_verdicts(course: Path) -> None:
    path = course / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    path.chmod(0o644)
    notebook = nbformat.read(path, as_version=4)
    shown = nbformat.v4.new_output("stream", text="The ReLU layer: 4 of 4 points")
    notebook.cells.append(nbformat.v4.new_code_cell("show()", outputs=[shown]))
    path.write_text(nbformat.writes(notebook))
    written(course)
    soup = BeautifulSoup(page(course, "ada").read_text("utf-8"), "html.parser")
    (own,) = soup.select(".handgrad-shown")
    assert "Shown by the student's code" in own.text
    assert "4 of 4 points" in own.text
    assert len(soup.select("table.handgrad-check")) == 3


def test_the_pages_of_some_students_alone(course: Path) -> None:
    for student in STUDENTS:
        page(course, student).unlink()
    assert written(course, students=["eve"]) == ["eve"]
    assert written(course, students=["eve"]) == []
    with pytest.raises(ClassError, match=f"no {NAME} of nobody has been graded"):
        write_feedback(ClassDirectory(course), NAME, students=["nobody"])


def die_at_bob(page: Any, output: str, resources: Any) -> None:
    if resources["nbgrader"]["student"] == "bob jr":
        os._exit(1)
    GenerateFeedback.write_single_notebook(
        page, f"{output}\n{page.marks[resources['nbgrader']['student']]}", resources
    )


def test_a_process_that_dies_costs_its_page_alone(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in STUDENTS:
        page(course, student).unlink()
    monkeypatch.setattr(feedback, "CHUNK", 2)
    monkeypatch.setattr(feedback._Pages, "write_single_notebook", die_at_bob)
    told: list[int] = []
    with pytest.raises(ClassError, match="the feedback of bob jr: the process that made the page"):
        write_feedback(ClassDirectory(course), NAME, workers=2, on_pages=told.append)
    assert sum(told) == 3
    assert set(stamps(course)) == {"ada", "eve"}


def test_a_picture_without_a_description_is_said_to_have_none(course: Path) -> None:
    png = "iVBORw0KGgo="
    path = course / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    path.chmod(0o644)
    notebook = nbformat.read(path, as_version=4)
    for metadata in ({}, {"image/png": {"alt": "a line that falls"}}):
        output = nbformat.v4.new_output("display_data", {"image/png": png}, metadata=metadata)
        notebook.cells.append(nbformat.v4.new_code_cell("show()", outputs=[output]))
    text = f'<img src="data:image/png;base64,{png}"> <img alt="b" src="data:image/png;base64,">'
    notebook.cells.append(nbformat.v4.new_markdown_cell(text))
    path.write_text(nbformat.writes(notebook))
    written(course)
    shown = page(course, "ada").read_text("utf-8")
    assert shown.count(f'alt="{pages.NO_DESCRIPTION}"') == 2
    assert shown.count('alt="a line that falls"') == 1
    assert shown.count("<img") == shown.count("alt=") == 4
