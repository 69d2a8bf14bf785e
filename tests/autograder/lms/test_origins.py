"""Whose a file is, by what each platform calls it, and what it is called on the way back."""

from __future__ import annotations

import pytest
from platform_files import NAME

from autograder.lms.matching import Students
from autograder.lms.origins import Nameless, Origin, feedback_path, origin_of, participant
from autograder.lms.people import Person

STUDENTS = Students(
    [
        Person("ada", "Ada", "Lovelace", "ada@example.org", "4711"),
        Person("joerg", "Jörg", "Müller-Ørsted", "joerg@example.org", "4712"),
        Person("wang", "小明", "王", "wang@example.org", "4713"),
        Person("jose", "José", "Núñez"),
        Person("jose2", "Jose", "Nunez"),
        Person("mary.ann", "Mary Ann", "O'Neil", "mary.ann@example.org"),
        Person("sam1", "Sam", "Smith", "", "501"),
        Person("sam2", "Sam", "Smith", "", "502"),
        Person("2026001", "Li", "Na"),
        Person("a_b", "Aino", "Berg", "aino_b@example.org", "12"),
        Person("oma", "O\u0323mo\u0323\u0301lara", "Ade\u0301", "", "4725"),
        Person("priya", "प्रिया", "शर्मा", "", "4726"),
        Person("rama", "रमा", "देव"),
    ]
)
FILE = f"{NAME}.ipynb"


@pytest.mark.parametrize(
    ("path", "kind", "student"),
    [
        (f"Ada Lovelace_12345_assignsubmission_file_/{FILE}", "moodle", "ada"),
        (f"Ada Lovelace_12345_assignsubmission_file/sub/{FILE}", "moodle", "ada"),
        (f"download/Ada Lovelace_12345_assignsubmission_file_{FILE}", "moodle", "ada"),
        (f"Jörg Müller-Ørsted_7_assignsubmission_file_/{FILE}", "moodle", "joerg"),
        (f"Jorg Muller-Ørsted_7_assignsubmission_file_/{FILE}", "moodle", "joerg"),
        (f"王小明_7_assignsubmission_file_/{FILE}", "moodle", "wang"),
        (f"小明 王_7_assignsubmission_file_/{FILE}", "moodle", "wang"),
        (f"José Núñez_7_assignsubmission_file_/{FILE}", "moodle", "jose"),
        (f"Jose Nunez_7_assignsubmission_file_/{FILE}", "moodle", "jose2"),
        (f"O'Neil Mary Ann_7_assignsubmission_file_/{FILE}", "moodle", "mary.ann"),
        (f"lovelaceada_4711_900_{FILE}", "canvas", "ada"),
        (f"lovelaceada_LATE_4711_900_{NAME}-2.ipynb", "canvas", "ada"),
        (f"submissions/müllerørstedjörg_4712_900_{FILE}", "canvas", "joerg"),
        (f"王小明_4713_900_{FILE}", "canvas", "wang"),
        (f"countessada_4711_900_{FILE}", "canvas", "ada"),  # the id counts, not the name
        (f"oneilmaryann_999_900_{FILE}", "canvas", "mary.ann"),
        (f"smithsam_502_900_{FILE}", "canvas", "sam2"),
        (f"o├neil?_4711_900_{FILE}", "canvas", "ada"),  # whatever was made of the name
        (f"ade\u0301o\u0323mo\u0323\u0301lara_4725_900_{FILE}", "canvas", "oma"),
        (f"mu\u0308llerørstedjo\u0308rg_999_900_{FILE}", "canvas", "joerg"),  # unpacked on a Mac
        (f"शर्माप्रिया_LATE_4726_900_{FILE}", "canvas", "priya"),
        (f"शर्माप्रिया_999_900_{FILE}", "canvas", "priya"),
        (f"प्रिया शर्मा_7_assignsubmission_file_/{FILE}", "moodle", "priya"),
        (f"रमा देव - {FILE}", "classroom", "rama"),
        (f"Homework/Ada Lovelace - {FILE}", "classroom", "ada"),
        ("Jörg Müller-Ørsted - my - work (1).ipynb", "classroom", "joerg"),
        (f"ada@example.org - {FILE}", "classroom", "ada"),
        (f"ada+{NAME}+2026-03-01 10:00:00.000000 UTC+x1y2/{FILE}", "nbgrader", "ada"),
        (f"inbound/ada+{NAME}+2026-03-01 10_00_00 UTC/{FILE}", "nbgrader", "ada"),
        (f"submitted/ada/{NAME}/{FILE}", "nbgrader", "ada"),
        ("ada.ipynb", "loose", "ada"),
        (f"ada_{FILE}", "loose", "ada"),
        (f"{NAME}-Ada-Lovelace.ipynb", "loose", "ada"),
        ("Lovelace, Ada.ipynb", "loose", "ada"),
        ("wang@example.org.ipynb", "loose", "wang"),
        ("homework mary.ann final.ipynb", "loose", "mary.ann"),
        ("2026001_homework_2.ipynb", "loose", "2026001"),
        ("a_b_final.ipynb", "loose", "a_b"),
        ("re aino_b@example.org.ipynb", "loose", "a_b"),
        ("ada_12.ipynb", "loose", "ada"),  # the twelfth, not the student of that number
        ("Adam's, by wang-3.ipynb", "loose", "wang"),
        (f"work/Ada Lovelace/{FILE}", "loose", "ada"),
        ("ada_2026_03_homework.ipynb", "loose", "ada"),  # as long as Canvas's names, but none
    ],
)
def test_each_platform_s_names_are_read(path: str, kind: str, student: str) -> None:
    origin, found = origin_of(path, NAME, STUDENTS)
    assert (origin.kind, found) == (kind, {student})


@pytest.mark.parametrize(
    ("path", "among"),
    [
        (FILE, set()),
        (f"Eve Adams_12345_assignsubmission_file_/{FILE}", set()),
        (f"Ada Byron_12345_assignsubmission_file_/{FILE}", set()),  # not she of the id "ada"
        (f"Participant 7_12345_assignsubmission_file_/{FILE}", set()),
        (f"adamseve_999_900_{FILE}", set()),
        (f"राम देव_7_assignsubmission_file/{FILE}", set()),  # not she of the same consonants
        (f"Sam Smith_3_assignsubmission_file_/{FILE}", {"sam1", "sam2"}),
        (f"smithsam_999_900_{FILE}", {"sam1", "sam2"}),
        (f"Sam Smith - {FILE}", {"sam1", "sam2"}),
        ("ada and wang.ipynb", {"ada", "wang"}),
        (f"eve+{NAME}+2026-03-01 10:00:00 UTC+x/{FILE}", set()),
    ],
)
def test_what_is_not_clear_is_nobody_s(path: str, among: set[str]) -> None:
    assert origin_of(path, NAME, STUDENTS)[1] == among


def test_canvas_hides_names() -> None:
    for path in (f"anon_a1B2c_900_{FILE}", f"LATE_anon_a1B2c_900_{FILE}"):
        with pytest.raises(Nameless, match="marking is anonymous"):
            origin_of(path, NAME, STUDENTS)


def test_what_the_names_tell_besides() -> None:
    late, _ = origin_of(f"lovelaceada_LATE_4711_900_{NAME}-2.ipynb", NAME, STUDENTS)
    assert (late.number, late.is_late, late.again, late.has_time) == (900, True, 2, False)
    again, _ = origin_of("Ada Lovelace - work (3).ipynb", NAME, STUDENTS)
    assert (again.number, again.is_late, again.again, again.has_time) == (0, False, 3, True)
    moodle, _ = origin_of(f"Ada Lovelace_12345_assignsubmission_file_/{FILE}", NAME, STUDENTS)
    assert (participant(moodle), participant(late)) == ("12345", "")


@pytest.mark.parametrize(
    ("kind", "path", "back"),
    [
        (
            "moodle",
            "d/Ada L_12_assignsubmission_file_/s/x.ipynb",
            "Ada L_12_assignsubmission_file_",
        ),
        ("moodle", "Ada L_12_assignsubmission_file/x.ipynb", "Ada L_12_assignsubmission_file"),
    ],
)
def test_moodle_takes_a_page_in_the_folder_that_it_gave(kind: str, path: str, back: str) -> None:
    assert feedback_path(Origin(kind, path), "page.html") == f"{back}/page.html"


def test_a_page_takes_the_place_of_the_file_s_name() -> None:
    moodle = Origin("moodle", "Ada L_12_assignsubmission_file_my_x.ipynb")
    assert feedback_path(moodle, "page.html") == "Ada L_12_assignsubmission_file_page.html"
    canvas = Origin("canvas", "all/lovelaceada_LATE_4711_900_my_x-1.ipynb")
    assert feedback_path(canvas, "page.html") == "lovelaceada_LATE_4711_900_page.html"
    assert feedback_path(Origin("loose", "ada.ipynb"), "page.html") == ""
