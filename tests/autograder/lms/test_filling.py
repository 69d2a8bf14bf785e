"""Grades go into a platform's own table: the right cells, and not a byte elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from platform_files import (
    CANVAS,
    GERMAN_WORKSHEET,
    MOODLE_GRADES,
    NAME,
    PLAIN,
    written,
)

from autograder.lms.decoding import TableError
from autograder.lms.filling import Filled, fill
from autograder.lms.matching import Students
from autograder.lms.people import Person
from autograder.lms.points import Points
from autograder.lms.tables import Table

STUDENTS = Students(
    [
        Person("ada", "Ada", "Lovelace", "ada@example.org", "4711"),
        Person("joerg", "Jörg", "Müller-Ørsted", "joerg@example.org", "4712"),
        Person("wang", "小明", "王", "wang@example.org", "4713"),
        Person("eve", "Eve", "Adams"),
    ]
)
POINTS = Points(NAME, 78.0, {"ada": 63.456, "joerg": 40.0, "wang": 78.0, "eve": 1.0}, ["ada"])


def filled(
    tmp_path: Path,
    text: str,
    kind: str,
    everyone: tuple[Points, ...] = (POINTS,),
    *,
    encoding: str = "utf-8",
    **options: Any,
) -> Filled:
    table = Table.read(written(tmp_path / "table.csv", text, encoding))
    given = {"columns": {}, "records": {}, "left": {}, **options}
    return fill(table, kind, everyone, STUDENTS, **given)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_canvas_s_gradebook(tmp_path: Path, encoding: str) -> None:
    done = filled(tmp_path, CANVAS.replace("\n", "\r\n"), "canvas", encoding=encoding)
    expected = (
        CANVAS.replace("4.50,,90.00", "4.50,63.46,90.00")
        .replace("EX,,90.00", "EX,40,90.00")
        .replace(",50.00,90.00", ",78,90.00")
    )
    assert done.content == expected.replace("\n", "\r\n").encode(encoding)
    assert done.written == {NAME: 3}
    assert done.remarks == [
        "Not in the table, though they have points: 'eve'.",
        "Had another grade in the table: 'wang: 50.00'.",
        f"{NAME}: answers in words wait to be graded by hand, in formgrader, of 'ada'.",
    ]


def test_canvas_in_a_language_with_commas(tmp_path: Path) -> None:
    text = CANVAS.replace("DL 1, Monday", "DL 1").replace(", ", "; ").replace(",", ";")
    text = text.replace("78.00", "78,00").replace('"Lovelace; Ada"', '"Lovelace, Ada"')
    done = filled(tmp_path, text, "canvas")
    assert ";4.50;63,46;90.00" in done.content.decode()


def test_excused_students_and_those_who_have_nothing_to_do_are_left(tmp_path: Path) -> None:
    text = CANVAS.replace("EX,,90.00", "4,EX,90.00").replace("4.50,,90", "4.50,N/A,90")
    done = filled(tmp_path, text, "canvas")
    assert done.content.decode() == text.replace(",50.00,90.00", ",78,90.00")
    assert "Left as they were, as they are no numbers: 'ada: N/A', 'joerg: EX'." in done.remarks


def test_moodle_s_grades_go_into_the_column_of_points(tmp_path: Path) -> None:
    done = filled(tmp_path, MOODLE_GRADES, "moodle", left={"eve": "2026-03-01"})
    expected = (
        MOODLE_GRADES.replace("ada@example.org,-,-", "ada@example.org,63.46,-")
        .replace("joerg@example.org,-,-", "joerg@example.org,40,-")
        .replace("50.00,64.10", "78,64.10")
    )
    assert done.content.decode() == expected
    assert done.remarks[0] == "Not in the table, as they have left the class: 'eve'."


def test_moodle_s_worksheet_is_filled_with_its_own_commas(tmp_path: Path) -> None:
    done = filled(tmp_path, GERMAN_WORKSHEET, "moodle")
    expected = GERMAN_WORKSHEET.replace(
        'abgegeben",,"78,00"', 'abgegeben","63,46","78,00"'
    ).replace('"12,50"', '"40"')
    assert done.content.decode() == expected


def test_who_is_known_by_moodle_s_number_alone(tmp_path: Path) -> None:
    text = "Identifier,Status,Grade,Maximum grade\nParticipant 11,,,78.00\nParticipant 99,,,78.00\n"
    done = filled(tmp_path, text, "moodle", records={"11": "wang"})
    assert done.content.decode() == text.replace("11,,,", "11,,78,")
    assert "In the table, but not known in the class: 'number 99'." in done.remarks


def test_moodle_s_number_tells_apart_and_never_overrules_a_name(tmp_path: Path) -> None:
    head = "Identifier,Full name,Grade,Maximum grade\n"
    twins = Students([Person("sam1", "Sam", "Smith"), Person("sam2", "Sam", "Smith")])
    table = Table.read(written(tmp_path / "t.csv", f"{head}Participant 11,Sam Smith,,78.00\n"))
    points = Points(NAME, 78.0, {"sam1": 1.0, "sam2": 2.0}, [])
    numbers = {"columns": {}, "records": {"11": "sam2"}, "left": {}}
    assert b"Sam Smith,2,78" in fill(table, "moodle", [points], twins, **numbers).content
    text = f"{head}Participant 11,Ada Lovelace,,78.00\n"  # of another download, or a group's
    done = filled(tmp_path, text, "moodle", records={"11": "wang"})
    assert done.content.decode() == text
    assert "Line 2, 'Ada Lovelace' may be 'ada', 'wang': left." in done.remarks


def test_a_plain_table_gets_a_column_for_what_it_lacks(tmp_path: Path) -> None:
    text = (
        PLAIN.replace("email\n", "email,Losses\n").replace("org\n", "org,\n") + "zoe,Zoe,Zorn,,\n"
    )
    losses = Points("02_losses", 10.0, {"ada": 7.5}, [])
    done = filled(tmp_path, text, "plain", (POINTS, losses))
    assert done.content.decode().splitlines() == [
        f"id,first_name,last_name,email,Losses,{NAME}",
        "ada,Ada,Lovelace,ada@example.org,7.5,63.46",
        "joerg,Jörg,Müller-Ørsted,joerg@example.org,,40",
        "wang,小明,王,wang@example.org,,78",
        "zoe,Zoe,Zorn,,,",
    ]
    assert done.remarks[:2] == [
        "Not in the table, though they have points: 'eve'.",
        "In the table, but not known in the class: 'Zoe Zorn'.",
    ]


def test_points_are_converted_only_on_demand(tmp_path: Path) -> None:
    text = CANVAS.replace("78.00,", "100,").replace("(901)", "(901)")
    with pytest.raises(TableError, match=r"has 78 points in the class, but 100 in .*--scale"):
        filled(tmp_path, text, "canvas")
    done = filled(tmp_path, text, "canvas", scale=True)
    assert "4.50,81.35,90.00" in done.content.decode()
    with pytest.raises(TableError, match="does not say how many points"):
        filled(tmp_path, MOODLE_GRADES, "moodle", scale=True)


def test_the_column_can_be_named_and_is_asked_for_where_it_is_not_clear(tmp_path: Path) -> None:
    done = filled(tmp_path, CANVAS, "canvas", columns={NAME: "Homework 0 (900)"}, scale=True)
    assert "4.07,,90.00" in done.content.decode()
    two = CANVAS.replace("Homework 0 (900)", "Backpropagation II (900)")
    with pytest.raises(TableError, match=r"may all be 03_backpropagation: say which one"):
        filled(tmp_path, two, "canvas")
    none = CANVAS.replace("Backpropagation", "Chains")
    called = r"is called by 03_backpropagation: name one of 'Homework 0 \(900\)', '03 Chains "
    with pytest.raises(TableError, match=called):
        filled(tmp_path, none, "canvas")
    with pytest.raises(TableError, match=r"has no column 'x': name one of 'Homework 0 \(900\)', "):
        filled(tmp_path, CANVAS, "canvas", columns={NAME: "x"})
    for column in ("ID", "Student"):
        with pytest.raises(TableError, match=f"has something else than grades in '{column}'"):
            filled(tmp_path, CANVAS, "canvas", columns={NAME: column})
    with pytest.raises(TableError, match="one that Canvas computes"):
        filled(tmp_path, CANVAS, "canvas", columns={NAME: "Final Score"})
    losses = Points("02_losses", 78.0, {}, [])
    columns = {"02_losses": "03 Backpropagation (901)"}
    with pytest.raises(TableError, match="cannot go into one column"):
        filled(tmp_path, CANVAS, "canvas", (POINTS, losses), columns=columns)


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        (PLAIN, "canvas", "is no export of Canvas's gradebook"),
        (CANVAS, "moodle", "give it with --canvas"),
        ("week,topic\n1,x\n", "plain", "has no column that says who a row is about"),
    ],
)
def test_another_table_is_not_filled(tmp_path: Path, text: str, kind: str, said: str) -> None:
    with pytest.raises(TableError, match=said):
        filled(tmp_path, text, kind)


def test_two_of_one_name_are_left_to_the_instructor(tmp_path: Path) -> None:
    twins = Students([Person("sam1", "Sam", "Smith"), Person("sam2", "Sam", "Smith")])
    table = Table.read(written(tmp_path / "t.csv", f"name,{NAME}\nSam Smith,\nEve\n"))
    points = Points(NAME, 78.0, {"sam1": 1.0}, [])
    done = fill(table, "plain", [points], twins, columns={}, records={}, left={})
    assert done.content == table.text.encode()
    assert "Line 2, 'Sam Smith' may be 'sam1', 'sam2': left." in done.remarks
    assert "Line 3 is shorter than the header, and was left as it is." in done.remarks


def test_what_is_written_is_no_formula(tmp_path: Path) -> None:
    done = filled(
        tmp_path,
        "id,first_name\nada,=1+1\n",
        "plain",
        (Points("=cmd_losses", 1.0, {"ada": 1.0}, []),),
    )
    assert done.content == b"id,first_name,'=cmd_losses\nada,=1+1,1\n"
