"""Students come in from tables: who is new, who has changed, who has left; and nobody is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from instructor import gradebook
from platform_files import CANVAS, GERMAN_WORKSHEET, MOODLE_GRADES, PLAIN, written

from autograder.classes.class_directory import ClassDirectory
from autograder.lms.columns import MOODLE_FIELDS
from autograder.lms.decoding import TableError
from autograder.lms.enrolling import Changes, enroll
from autograder.lms.leaving import who_left

Enroll = Callable[..., Changes]


@pytest.fixture
def students(course: Path) -> Enroll:
    """Enroll the students of a text: ``students(text, "gbk", id_column="mail")``."""

    def enroll_all(text: str, encoding: str = "utf-8", **options: Any) -> Changes:
        path = written(course.parent / "table.csv", text, encoding)
        return enroll(ClassDirectory(course), [path], **options)

    return enroll_all


def everyone(course: Path) -> dict[str, tuple[Any, ...]]:
    with gradebook(course) as book:
        return {
            one.id: (one.last_name, one.first_name, one.email, one.lms_user_id)
            for one in book.students
        }


def test_canvas_s_gradebook(course: Path, students: Enroll) -> None:
    changes = students(CANVAS)
    assert not changes.problems
    assert ["line 7" in note and "test student" in note for note in changes.notes] == [True]
    assert everyone(course) == {
        "ada": ("Lovelace", "Ada", None, "4711"),
        "joerg": ("Müller-Ørsted", "Jörg", None, "4712"),
        "wang": ("王小明", None, None, "4713"),
    }


def test_canvas_s_gradebook_with_first_and_last_names(course: Path, students: Enroll) -> None:
    students(
        "LastName,FirstName,ID,SIS User ID,SIS Login ID,Integration ID,Root Account,Section\n"
        "    Points Possible,,,,,,,\n"
        "Lovelace,Ada,4711,S-01,ada,,canvas.example.org,DL\n"
    )
    assert everyone(course) == {"ada": ("Lovelace", "Ada", None, "4711")}


def test_moodle_s_grades(course: Path, students: Enroll) -> None:
    assert not students(MOODLE_GRADES).problems
    assert everyone(course)["S-02"] == ("Müller-Ørsted", "Jörg", "joerg@example.org", "S-02")


def test_moodle_s_participants_have_an_address_alone(course: Path, students: Enroll) -> None:
    students("First name,Last name,Email address,Groups\nAda,Lovelace,ada@example.org,A\n")
    assert everyone(course) == {"ada@example.org": ("Lovelace", "Ada", "ada@example.org", None)}


@pytest.mark.parametrize("language", range(10))
def test_moodle_s_headers_are_known_in_ten_languages(
    course: Path, students: Enroll, language: int
) -> None:
    fields = ("first", "last", "account", "email")
    header = ";".join(MOODLE_FIELDS[field].split("|")[language] for field in fields)
    students(f"{header}\nAda;Lovelace;ada;ada@example.org\n", "utf-8-sig")
    assert everyone(course) == {"ada": ("Lovelace", "Ada", "ada@example.org", None)}


def test_moodle_s_worksheet(course: Path, students: Enroll) -> None:
    students(GERMAN_WORKSHEET)
    assert everyone(course)["ada@example.org"] == ("Lovelace", "Ada", "ada@example.org", None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_a_plain_table_in_chinese(course: Path, students: Enroll, encoding: str) -> None:
    changes = students("学号\t姓名\t邮箱\r\n2026001\t王小明\twang@example.org\r\n", encoding)
    assert everyone(course) == {"2026001": ("王小明", None, "wang@example.org", "2026001")}
    assert bool(changes.notes) == (encoding == "gbk")


def test_western_names_of_a_spreadsheet(course: Path, students: Enroll) -> None:
    changes = students(PLAIN.replace("小明,王", "Zoë,Åström").replace(",", ";"), "cp1252")
    assert everyone(course)["wang"][:2] == ("Åström", "Zoë")
    assert "was read as cp1252" in changes.notes[0]


def test_whoever_is_there_is_updated_and_nothing_is_emptied(course: Path, students: Enroll) -> None:
    students(PLAIN)
    again = students("id,first_name,last_name,email\nada,Augusta Ada,,new@example.org\n")
    assert again.changed == {"ada": {"first_name": "Augusta Ada", "email": "new@example.org"}}
    assert everyone(course)["ada"] == ("Lovelace", "Augusta Ada", "new@example.org", None)
    assert students(PLAIN).same == 2


def test_the_same_person_is_known_by_address_and_by_the_platform_s_id(
    course: Path, students: Enroll
) -> None:
    students(PLAIN)
    changes = students(MOODLE_GRADES)  # has no accounts, but addresses
    assert not changes.new
    assert everyone(course)["ada"][3] == "S-01"
    assert not students("id;lms_id;first_name\nlovelace;S-01;Ada\n").new


def test_a_class_of_accounts_knows_the_logins_of_canvas_that_are_addresses(
    course: Path, students: Enroll
) -> None:
    students(PLAIN)
    logins = CANVAS
    for name in ("ada", "joerg", "wang"):
        logins = logins.replace(f",{name},", f",{name.capitalize()}@example.org,")
    changes = students(logins)
    assert (changes.new, changes.left, len(changes.changed)) == ([], [], 3)
    assert everyone(course)["joerg"] == ("Müller-Ørsted", "Jörg", "joerg@example.org", "4712")


def test_a_class_of_addresses_or_numbers_knows_tables_of_other_columns(
    course: Path, students: Enroll
) -> None:
    students("First name,Last name,Email address,Groups\nAda,Lovelace,ada@example.org,A\n")
    head = "First name,Last name,Username,ID number,Email address\n"
    changes = students(f"{head}Ada,Lovelace,ada,S-01,Ada@example.org\n")
    assert (changes.new, changes.left) == ([], [])
    students(MOODLE_GRADES)
    changes = students(CANVAS)
    assert (changes.new, changes.left) == ([], [])
    assert everyone(course)["S-02"] == ("Müller-Ørsted", "Jörg", "joerg@example.org", "4712")


def test_where_a_whole_name_is_split_is_a_guess_that_changes_nothing(
    course: Path, students: Enroll
) -> None:
    students("id,first_name,last_name\nmia,Mia,van der Berg\n")
    assert students("id,name\nmia,Mia van der Berg\n").changed == {}
    assert students('id,name\nmia,"van der Berg, Mia"\n').changed == {}
    students("id,name\nmia,Mia van den Berg\n")
    assert everyone(course)["mia"][:2] == ("Berg", "Mia van den")


def test_who_is_missing_is_marked_and_keeps_the_place(course: Path, students: Enroll) -> None:
    students(PLAIN)
    fewer = "\n".join(line for line in PLAIN.splitlines() if not line.startswith("joerg"))
    assert students(fewer).left == ["joerg"]
    assert "joerg" in everyone(course)
    assert list(who_left(course)) == ["joerg"]
    assert students(fewer).left == []
    assert students(PLAIN).back == ["joerg"]
    assert who_left(course) == {}
    assert not (course / "left.txt").exists()


def test_one_of_the_same_name_under_another_id_is_remarked_on(
    course: Path, students: Enroll
) -> None:
    students("id,first_name,last_name\nada,Ada,Lovelace\n")
    changes = students('student id,name\nS-01,"Lovelace, Ada"\n')
    assert changes.left == ["ada"]
    assert "'S-01' is new, and 'ada' of that name has left" in changes.notes[0]


def test_several_tables_name_everybody_together(course: Path, students: Enroll) -> None:
    students(PLAIN)
    head, ada, *others = PLAIN.splitlines()
    paths = [
        written(course.parent / "a.csv", f"{head}\n{ada}\n"),
        written(course.parent / "b.csv", "\n".join([head, *others])),
    ]
    assert enroll(ClassDirectory(course), paths).left == []


def test_a_dry_run_changes_nothing(course: Path, students: Enroll) -> None:
    students(PLAIN)
    before = everyone(course)
    changes = students("id,name\neve,Eve Adams\n", dry_run=True)
    assert [one.id for one in changes.new] == ["eve"]
    assert changes.left == ["ada", "joerg", "wang"]
    assert everyone(course) == before
    assert not (course / "left.txt").exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("../eve,Eve,Adams,", "cannot name a folder"),
        (".hidden,Eve,Adams,", "cannot name a folder"),
        ("DOMAIN\\eve,Eve,Adams,", "cannot name a folder"),
        ("e*,Eve,Adams,", "cannot name a folder"),
        ("<b>eve</b>,Eve,Adams,", "cannot name a folder"),
        ("eve\u202e,Eve,Adams,", "cannot name a folder"),
        (",Eve,Adams,", "has nothing that could be the student's id"),
        ("eve,Eve\x07,Adams,", "cannot be shown"),
        (f"{'e' * 200},Eve,Adams,", "more than 128 characters"),
        ("eve,Eve,Adams,,Jr.", "has 5 cells where the header has 4"),
        ("ADA,Ada,Adams,", "differs from 'ada' only in capital letters"),
        ("ada,Adam,Adams,", "stands in line 2 already"),
    ],
)
def test_what_is_not_understood_is_said_line_by_line(
    course: Path, students: Enroll, row: str, said: str
) -> None:
    changes = students(f"{PLAIN}{row}\neve2,Eve,Adams,\n")
    (problem,) = changes.problems
    assert said in problem
    assert "ine 5, " in problem
    assert sorted(everyone(course)) == ["ada", "eve2", "joerg", "wang"]


def test_an_unsafe_id_can_be_another_column_s(course: Path, students: Enroll) -> None:
    text = "login,name,student number\nDOM\\eve,Eve Adams,7\n"
    assert not students(text, id_column="Student Number").problems
    assert everyone(course) == {"7": ("Adams", "Eve", None, None)}
    with pytest.raises(TableError, match=r"has no column 'x', but 'login', .*--id"):
        students(text, id_column="x")


def test_a_table_of_something_else_changes_nothing(course: Path, students: Enroll) -> None:
    students(PLAIN)
    for text in ("week,topic\n1,losses\n", "id,name\n", "id,name\n../x,Eve\n"):
        with pytest.raises(TableError):
            students(text)
    assert len(everyone(course)) == 3
    assert who_left(course) == {}
