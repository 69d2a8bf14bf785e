"""When work is due: dates with a zone, extensions that last, and what being late costs."""

from __future__ import annotations

import csv
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from instructor import grade, gradebook
from notebooks import NAME, unsolved

from autograder.classes.class_directory import ClassDirectory, ClassError
from autograder.classes.due_dates import parse_due, parse_span, shown_span, shown_time
from autograder.classes.extensions import read_extensions, write_extension
from autograder.classes.feedback import write_feedback
from autograder.classes.late_policy import LatePolicy
from autograder.commands.cli import main

DUE = "2027-03-01 23:59 Europe/Berlin"
HOUR, DAY = 3600, 86400


# Times -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        (DUE, "2027-03-01 22:59"),
        ("2027-07-01 23:59 Europe/Berlin", "2027-07-01 21:59"),
        ("2027-03-01 23:59 UTC", "2027-03-01 23:59"),
        ("2027-03-01T23:59:30-05:00", "2027-03-02 04:59:30"),
        ("2027-03-01 23:59Z", "2027-03-01 23:59"),
        ("2027-03-01 23:59 Asia/Shanghai", "2027-03-01 15:59"),
        ("2027-10-31 02:30 Europe/Berlin", "2027-10-31 01:30"),  # the later of the two
    ],
)
def test_a_due_date_is_read_in_its_zone(text: str, utc: str) -> None:
    assert parse_due(text) == datetime.fromisoformat(utc)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2027-03-01 23:59", "has no time zone: write it as in '2027-03-01 23:59 Europe/Berlin'"),
        ("2027-03-01 UTC", "is no date with a time"),
        ("01/03/2027 23:59 UTC", "is no date with a time"),
        ("2027-02-30 23:59 UTC", "is no date with a time"),
        ("0001-01-01 00:00+14:00", "is no date with a time"),
        ("2027-03-01 23:59+01:00 UTC", "is no date with a time"),
        ("", "is no date with a time"),
        ("2027-03-01 23:59 Europe/Atlantis", "There is no time zone 'Europe/Atlantis'"),
        ("2027-03-01 23:59 UTC+3", "There is no time zone 'UTC+3'"),
        ("2027-03-01 23:59 ../../etc/passwd", "is no date with a time"),
        ("2027-03-28 02:30 Europe/Berlin", "There is no 02:30 on 2027-03-28 in Europe/Berlin"),
    ],
)
def test_what_is_no_due_date_is_said(text: str, said: str) -> None:
    with pytest.raises(ClassError, match=re.escape(said)):
        parse_due(text)


def test_spans_of_time_are_read_and_shown() -> None:
    for text, hours in {"48h": 48, "2d": 48, "1d 12h": 36, "1w": 168, "90m": 1.5}.items():
        assert parse_span(text) == timedelta(hours=hours)
    for text in ("", "48", "h", "12h1d", "-2h", "99999h"):
        with pytest.raises(ClassError, match="is no span of time"):
            parse_span(text)
    assert [shown_span(s) for s in (1, 3600, 5400, 90000, 2 * DAY)] == [
        *("1 min", "1 h", "1 h 30 min", "1 d 1 h", "2 d"),
    ]
    assert shown_time(datetime(2027, 3, 1, 22, 59), "Europe/Berlin") == "2027-03-01 23:59 CET"


# The policy --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "costs"),
    [
        ({}, (None, None, None)),
        ({"per_day": 10}, (1, 1, 3)),
        ({"per_hour": 5}, (0.5, 0.5, 10)),
        ({"per_day": 10, "grace_minutes": 60}, (None, None, 3)),
        ({"cutoff_hours": 48}, (None, None, 10)),
        ({"penalty_method": "zero", "grace_minutes": 1}, (None, 10, 10)),
    ],
)
def test_a_policy_takes_what_it_says(settings: Any, costs: Any) -> None:
    policy = LatePolicy(**settings)
    late = (60, HOUR, 2 * DAY + 1)
    assert tuple(policy.late_submission_penalty("ada", 10, one) for one in late) == costs
    assert ("nothing" in str(policy)) == (not settings or "per" not in str(settings))


# The table of extensions -------------------------------------------------------------------------


def test_the_table_keeps_what_others_have_written(tmp_path: Path) -> None:
    path = tmp_path / "extensions.csv"
    path.write_text("student,reason,assignment,until\nben,ill,3,48h\nben,ill,04_optimizers,2d\n")
    write_extension(tmp_path, NAME, "ada", DUE)
    write_extension(tmp_path, NAME, "ben", "3d")
    assert read_extensions(tmp_path, NAME)["ben"].until == timedelta(days=3)
    assert path.read_text() == (
        "student,reason,assignment,until\nben,ill,3,3d\nben,ill,04_optimizers,2d\n"
        f"ada,,{NAME},{DUE}\n"
    )
    write_extension(tmp_path, NAME, "ben", "")
    assert read_extensions(tmp_path, NAME).keys() == {"ada"}
    assert "ben,ill,04_optimizers,2d" in path.read_text()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("assignment;student;until\n", "it has no column 'assignment'"),
        ("assignment,student,until\n3,ada\n", "line 2 has more or fewer columns"),
        ("assignment,student,until\n3,ada,soon\n", "extensions.csv, ada: 'soon' is no date"),
        ("assignment,student,until\n3,ada,1d\n3,ada,2d\n", "ada has two extensions"),
        (b"\xff\xfe", "cannot be read"),
        ('a\n"', "cannot be read"),
    ],
)
def test_a_table_that_cannot_be_read_is_said(tmp_path: Path, content: Any, said: str) -> None:
    path = tmp_path / "extensions.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = path.read_bytes()
    with pytest.raises(ClassError, match=re.escape(said)):
        read_extensions(tmp_path, NAME)
    if "ada" not in said:
        with pytest.raises(ClassError, match=re.escape(said)):
            write_extension(tmp_path, NAME, "bob", "1d")
    assert path.read_bytes() == before


# In a class --------------------------------------------------------------------------------------


def due(folder: Path, *arguments: str, status: int = 0) -> str:
    """Run the command; return all that it says, in one line."""
    done = CliRunner().invoke(main, ["due", "3", *arguments, "--class", str(folder)])
    assert done.exit_code == status, f"{done.output}{done.exception!r}"
    return " ".join((done.stdout + done.stderr).split())


def configure(folder: Path, *lines: str) -> None:
    path = folder / "nbgrader_config.py"
    path.write_text("\n".join([path.read_text(), *lines, ""]))


def penalties(folder: Path) -> dict[str, float]:
    with gradebook(folder) as book:
        found = book.assignment_submissions(NAME)
        return {one.student.id: one.late_submission_penalty for one in found}


def export(folder: Path) -> dict[str, dict[str, str]]:
    from autograder.classes.exporting import SafeCsvExportPlugin

    with gradebook(folder) as book:
        SafeCsvExportPlugin(to=str(folder / "grades.csv")).export(book)
    with (folder / "grades.csv").open() as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


@pytest.fixture
def late_class(class_folder: Path, submit: Any, few_solved: Any) -> Path:
    """A class whose students came in time, a day late and three days late: 11 points each."""
    configure(class_folder, "c.LatePolicy.per_day = 10", "c.Exchange.timezone = 'Europe/Berlin'")
    for student, stamp in (
        ("ada", "2027-03-01 22:59:00"),
        ("ben", "2027-03-02 20:00:00"),
        ("eve", "2027-03-04 20:00:00"),
    ):
        submit(student, few_solved, stamp)
    return class_folder


graded = pytest.mark.usefixtures("isolation", "quick_start")


@graded
def test_lateness_is_shown_with_the_grade_and_costs_once(late_class: Path) -> None:
    assert due(late_class, "2027-03-01 23:59") == (
        f"{NAME} is due 2027-03-01 23:59 CET (2027-03-01 22:59 UTC). Late work: 10 % of the points "
        "for each day begun."
    )
    expected = {"ada": 0, "ben": 1.1, "eve": 3.3}
    reports = {one["student"]: one for one in grade(late_class).reports}
    assert {who: one["late_penalty"] for who, one in reports.items()} == expected
    assert reports["ben"]["due"] == "2027-03-01T22:59:00Z"
    assert reports["ben"]["seconds_late"] == 21 * HOUR + 60
    assert reports["ben"]["points"] == 11
    for force in (False, True):
        said: list[str] = []
        grade(late_class, force=force, say=said.append)
        assert said == [], "grading twice changes nothing"
        assert penalties(late_class) == pytest.approx(expected)
    assert ClassDirectory(late_class).api().autograde(NAME, "ben")["success"]
    assert penalties(late_class) == pytest.approx(expected), "nbgrader's own command agrees"
    rows = export(late_class)
    assert (rows["ben"]["late_submission_penalty"], rows["ben"]["score"]) == ("1.1", "9.9")
    where = ClassDirectory(late_class)
    pages = write_feedback(where, NAME, workers=1)
    page = (pages / "ben" / NAME / f"{NAME}.html").read_text()
    assert "Handed in 2027-03-02 21:00 CET. Due 2027-03-01 23:59 CET. Late by 21 h 1 min." in page
    assert "(Score: -1.1)" in page
    done = CliRunner().invoke(main, ["grade", "3", "--all", "--class", str(late_class)])
    assert "21 h 1 min, −1.1" in " ".join(done.stdout.split())
    page = late_class / "report.html"
    CliRunner().invoke(main, ["report", "3", "--html", str(page), "--class", str(late_class)])
    assert "2 students came late, which took 4.4 points off." in page.read_text("utf-8")


@graded
def test_an_extension_is_granted_before_and_after_and_taken_back(late_class: Path) -> None:
    due(late_class, DUE)
    said = due(late_class, "--student", "ben", "--extra", "24h")
    assert "Longer: ben, 24h, until 2027-03-02 23:59 CET (extensions.csv)." in said
    grade(late_class)
    assert penalties(late_class) == pytest.approx({"ada": 0, "ben": 0, "eve": 3.3})
    said = due(late_class, "--student", "eve", "--until", "2027-03-05 12:00")
    assert "Points taken off for being late have changed: eve 3.3 → 0." in said
    with gradebook(late_class) as book:
        found = book.find_submission(NAME, "eve")
        assert found.duedate == datetime(2027, 3, 5, 11)
        assert found.total_seconds_late == 0, "nbgrader itself knows"
    assert export(late_class)["eve"]["duedate"].startswith("2027-03-05 11:00")
    said = due(late_class, "2027-03-02 12:00 UTC")
    assert "changed" not in said, "until a day stays; a day longer moves with the due date"
    assert "ben, 24h, until 2027-03-03 13:00 CET" in said
    assert "eve 0 → 3.3" in due(late_class, "--student", "eve", "--none")
    assert "Longer: eve" not in due(late_class)
    assert "ben, 24h" in due(late_class, "--none")
    assert penalties(late_class) == {"ada": 0, "ben": 0, "eve": 0}
    assert grade(late_class, force=True).graded == 3
    assert ClassDirectory(late_class).api().autograde(NAME, "ben")["success"]


@graded
def test_extensions_outlive_the_gradebook_and_hold_for_nbgraders_own_command(
    late_class: Path,
) -> None:
    from autograder.classes.classroom import release_assignment

    due(late_class, "--student", "ben", "--extra", "1d")
    (late_class / "gradebook.db").unlink()
    assert "no due date" in due(late_class)
    release_assignment(ClassDirectory(late_class), NAME)
    due(late_class, DUE)
    for student in ("ben", "eve"):
        assert ClassDirectory(late_class).api().autograde(NAME, student)["success"]
    assert penalties(late_class) == pytest.approx({"ben": 0, "eve": 3.3})


@graded
def test_points_by_hand_and_a_new_policy_are_followed_when_asked(
    late_class: Path, submit: Any, few_solved: Any
) -> None:
    due(late_class, DUE)
    grade(late_class)
    with gradebook(late_class) as book:
        given = book.find_grade("why_order", NAME, NAME, "ben")
        given.manual_score, given.needs_manual_grade = 2, False
        book.db.commit()
    said: list[str] = []
    assert grade(late_class, say=said.append).graded == 0
    assert said == ["Points taken off for being late have changed: ben 1.1 → 1.3."]
    configure(late_class, "c.LatePolicy.cutoff_hours = 48")
    said.clear()
    grade(late_class, students=["ben"], say=said.append)
    assert said == [], "eve was not asked for"
    grade(late_class, say=said.append)
    assert said == ["Points taken off for being late have changed: eve 3.3 → 11."]
    submit("eve", unsolved(few_solved), "2027-03-01 22:00:00")
    grade(late_class)
    assert penalties(late_class) == pytest.approx({"ada": 0, "ben": 1.3, "eve": 0})


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["2027-03-01"], 1, "is no date with a time"),
        (["2027-03-01 23:59 UTC", "--student", "ada"], 2, "For everybody, give WHEN"),
        (["--extra", "1d"], 2, "For everybody, give WHEN"),
        (["--student", "ada", "--extra", "1d", "--until", DUE], 2, "For everybody"),
        (["--student", "ada", "--extra", "1d", "--none"], 2, "For everybody"),
        (["--student", "<b>", "--extra", "1d"], 1, "'<b>' is no student's name"),
        (["--student", "adda", "--until", "2027-02-01 10:00 UTC"], 1, "no later than"),
        (["--student", "ada", "--until", "tomorrow"], 1, "no date with a time and no span of time"),
        (["--student", "ada", "--extra", "-5h"], 1, "no date with a time and no span of time"),
        (["--student", "adda", "--extra", "1d"], 0, "nothing in: did you mean 'ada'?"),
        (["--student", "zoe", "--extra", "1d"], 0, "it counts once they hand in"),
        (["--student", "zoe", "--none"], 0, "is due 2027-03-01 22:59 UTC"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    class_folder: Path, submit: Any, arguments: list[str], status: int, said: str
) -> None:
    submit("ada", b"")
    due(class_folder, DUE)
    before = (class_folder / "gradebook.db").read_bytes()
    assert said in due(class_folder, *arguments, status=status)
    assert (class_folder / "gradebook.db").read_bytes() == before
    assert (class_folder / "extensions.csv").exists() == (status == 0 and "--none" not in arguments)


@pytest.mark.parametrize(
    ("line", "table"),
    [
        ("c.LatePolicy.per_day = 200", ""),
        ("c.AssignLatePenalties.plugin_class = 'no.such'", ""),
        ("", "assignment,student,until\n3,ada,soon\n"),
    ],
)
def test_what_cannot_be_read_ends_with_a_sentence_before_anything_is_graded(
    class_folder: Path, submit: Any, line: str, table: str
) -> None:
    submit("ada", b"")
    configure(class_folder, line)
    if table:
        (class_folder / "extensions.csv").write_text(table)
    said = "'soon' is no date with a time" if table else "nbgrader_config.py cannot be used"
    with pytest.raises(ClassError, match=said):
        grade(class_folder)
    assert said in due(class_folder, status=1)
    result = ClassDirectory(class_folder).api().autograde(NAME, "ada")
    assert not result["success"]
    assert said in result["log"]
    assert not (class_folder / "autograded").exists()
