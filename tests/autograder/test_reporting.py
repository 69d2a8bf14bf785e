"""A report says what a class has understood, in numbers that agree, and names nobody unasked."""

from __future__ import annotations

import base64
import csv
import dataclasses
import json
import re
import shutil
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner
from hostile_text import MARKDOWN, STUDENT
from instructor import grade
from notebooks import NAME
from reporting_class import EVIL, NAMES, hand_in_all

from autograder.classes.class_directory import ClassDirectory
from autograder.commands.cli import main
from autograder.grading import batch
from autograder.reporting.drawing import heat_map
from autograder.reporting.examples import definitions, shown_code
from autograder.reporting.findings import findings, without_own_words
from autograder.reporting.mistakes import unknown_mistakes
from autograder.reporting.monday import advice
from autograder.reporting.page import page_of
from autograder.reporting.progress import TaskProgress
from autograder.reporting.quality import BACKWARDS, EASY, HARD, qualities
from autograder.reporting.records import read_records
from autograder.reporting.states import (
    BLANK,
    PASSED,
    STATES,
    WRONG,
    Column,
    Table,
    lost_points,
    table_of,
)


@pytest.fixture(scope="module")
def graded(
    tmp_path_factory: pytest.TempPathFactory, class_template: Path, few_solved: Any, isolation: Any
) -> Path:
    """A class of twelve that has been graded. Do not write into it: copy it."""
    folder = Path(shutil.copytree(class_template, tmp_path_factory.mktemp("graded") / "class"))
    hand_in_all(folder, few_solved)
    with pytest.MonkeyPatch.context() as patch:
        zygote = batch.Zygote
        patch.setattr(
            batch, "Zygote", lambda *a, **k: zygote(*a, preload=("numpy.random", "IPython"), **k)
        )
        grade(folder)
    return folder


def report(folder: Path, *options: str, status: int = 0) -> str:
    done = CliRunner().invoke(main, ["report", "3", "--class", str(folder), *options])
    assert done.exit_code == status, done.output
    return done.output


@pytest.fixture(scope="module")
def written(graded: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each kind of report says: "html", and "html --names"."""
    folder, texts = tmp_path_factory.mktemp("reports"), {}
    for options in ((), ("--names",)):
        files = {kind: folder / f"report.{kind}" for kind in ("html", "json", "csv")}
        report(graded, *options, *(f"--{kind}={file}" for kind, file in files.items()))
        texts |= {
            " ".join([kind, *options]): file.read_text("utf-8") for kind, file in files.items()
        }
    return texts


@pytest.fixture
def found(written: Mapping[str, str]) -> dict[str, Any]:
    return dict(json.loads(written["json"]))


# What is found ------------------------------------------------------------------------------------


def test_misconceptions_come_by_the_points_that_they_cost(found: dict[str, Any]) -> None:
    known = {one["name"]: one for one in found["mistakes"]}
    assert known["no_mask"]["students"] == 4
    assert known["no_mask"]["share"] == pytest.approx(4 / 12, abs=1e-4)
    assert known["no_mask"]["hint"].startswith("The gradient passes everywhere.")
    (together,) = known["no_mask"]["together"]
    assert (together["task"], together["students"]) == ("nodes", 2)
    lost = [one["lost"] for one in found["mistakes"]]
    assert lost == sorted(lost, reverse=True)
    assert [one["number"] for one in found["mistakes"]] == list(range(1, len(lost) + 1))


def test_equal_wrong_results_are_one_group_whatever_rounding_does(found: dict[str, Any]) -> None:
    (group,) = found["groups"]
    assert (group["task"], group["students"], group["hint"]) == ("relu", 3, "")
    assert "class ReLU" in group["example"]
    assert found["ungrouped"] == 2  # hugo's, and inga's exceptions


def test_points_lost_are_all_the_points_that_are_missing(graded: Path) -> None:
    for record in read_records(ClassDirectory(graded), NAME).found:
        for task in record.tasks:
            missing = task["max_points"] - task["points"]
            assert sum(lost_points(task).values()) == pytest.approx(missing, abs=1e-3)


def test_each_check_of_each_student_has_a_state(graded: Path, found: dict[str, Any]) -> None:
    records = read_records(ClassDirectory(graded), NAME)
    table = table_of(records)
    assert sum(found["states"].values()) == table.states.size
    assert all(found["states"][state] > 0 for state in STATES), found["states"]
    broken = found["states"]["broken"]
    assert broken == sum(column.task == "relu" for column in table.columns)  # inga's


def test_where_the_class_stopped_is_counted(found: dict[str, Any]) -> None:
    tasks = {one["task"]: one for one in found["tasks"]}
    assert (tasks["nodes"]["tried"], tasks["nodes"]["stopped"]) == (11, 1)
    assert found["blank"] == 1
    assert sum(tasks["relu"]["bins"].values()) == 12


def test_monday_has_at_most_three_sentences_with_five_minutes_each(found: dict[str, Any]) -> None:
    assert 1 <= len(found["advice"]) <= 3
    first = found["advice"][0]
    assert "4 of 12 students" in first["sentence"]
    assert "The gradient passes everywhere." in first["sentence"]
    assert "Five minutes" in first["example"]
    assert any(link["path"].startswith("course/") for link in first["links"])


def test_nothing_is_said_of_a_class_that_is_not_graded(class_template: Path) -> None:
    assert "grade it first" in report(class_template, status=1)


# The page, the numbers, the table -----------------------------------------------------------------


class Words(HTMLParser):
    """The text of a page, and what in it could run or load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags, self.odd = "", set[str](), list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            is_address = name in ("src", "href") and not re.match(
                "data:|course/|assign", value or ""
            )
            if name.startswith("on") or is_address:
                self.odd.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_and_the_numbers_agree(written: Mapping[str, str], found: dict[str, Any]) -> None:
    text = " ".join(Words(written["html"]).text.split())
    for one in (*found["mistakes"], *found["groups"]):
        students = f"{one['students']} student{'s' * (one['students'] != 1)}"
        shown = f"{students} ({100 * one['share']:.0f} %), {one['lost']:g} points lost"
        assert f"{one['heading']} {shown}" in text
        assert one["hint"] in text
    for one in found["tasks"]:
        row = f"{one['heading']} {one['mean']:g} {one['most']:g} {one['tried']}"
        assert row in text or row.replace(" ", "") in text.replace(" ", "")
    for one in found["checks"]:
        assert f"{one['number']}{one['task']}{one['title']}{one['tried']}".replace(
            " ", ""
        ) in text.replace(" ", "")
    for one in found["advice"]:
        assert one["sentence"].strip() in text


def test_nobody_is_named_unasked(written: Mapping[str, str], graded: Path) -> None:
    for kind in ("html", "json", "csv"):
        text = written[kind]
        for name in (*NAMES, "cmd|", "Zebedee", "Quux"):
            assert not re.search(rf"\b{re.escape(name)}", text), (kind, name)
    assert "handgrad replay STUDENT 3 relu" in written["html"]
    assert not re.search("|".join(NAMES), report(graded))


def test_names_are_shown_where_they_are_asked_for(written: Mapping[str, str]) -> None:
    page = written["html --names"]
    assert all(name in page for name in NAMES if name not in ("anna", "hugo", "jana", "kurt"))
    assert re.search("handgrad replay (bela|carl) 3 relu", page)
    assert {row["student"] for row in csv.DictReader(written["csv --names"].splitlines())} == {
        *NAMES,
        f"'{EVIL}",
    }


@pytest.mark.parametrize("kind", ["html", "html --names"])
def test_nothing_on_the_page_runs_or_loads(written: Mapping[str, str], kind: str) -> None:
    words = Words(written[kind])
    assert "script" not in words.tags
    assert words.odd == []
    assert (EVIL in words.text) == ("names" in kind)


def test_whatever_a_student_writes_is_only_text(graded: Path) -> None:
    records = read_records(ClassDirectory(graded), NAME)
    table = table_of(records)
    found = findings(records, table, names=True)
    hostile = [*MARKDOWN.values(), STUDENT, "\x1b[2J\u202e"]
    for one in (*found["mistakes"], *found["groups"]):
        one |= {"example": "\n".join(hostile), "said": " ".join(hostile), "who": hostile}
        one["replay"] = ["handgrad", "replay", *hostile]
    found["remarks"] = [{"kind": "x", "students": 1, "said": {STUDENT: hostile}}]
    page = page_of(found, table)
    words = Words(page)
    assert not words.tags & {"script", "iframe", "svg", "object", "form", "base", "style "}
    assert words.odd == []
    assert STUDENT in words.text
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_no_cell_of_the_table_is_a_formula(written: Mapping[str, str]) -> None:
    for kind in ("csv", "csv --names"):
        rows = list(csv.reader(written[kind].splitlines()))
        assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@"))]


def test_every_picture_has_a_description_or_stands_beside_one(written: Mapping[str, str]) -> None:
    pictures = re.findall(r'<img src="data:[^"]+" alt="([^"]*)"', written["html"])
    assert len(pictures) == len(STATES) + 2
    assert [alt for alt in pictures if alt] == pictures[-2:]
    assert "12 students" in pictures[-2]
    assert re.search(r"relu: \d have all points and \d none", pictures[-1])


def test_the_same_class_gives_the_same_bytes(graded: Path, written: Mapping[str, str]) -> None:
    records = read_records(ClassDirectory(graded), NAME)
    table = table_of(records)
    assert page_of(findings(records, table), table) == written["html"]


def test_a_large_class_fits_on_the_map(graded: Path) -> None:
    records = read_records(ClassDirectory(graded), NAME)
    table = table_of(dataclasses.replace(records, found=records.found * 40))
    picture = heat_map(table, range(len(table.columns)))
    content = base64.b64decode(picture.source.partition(",")[2])
    assert "480 students by 19 checks" in picture.alt
    assert int.from_bytes(content[20:24]) < 2000  # pixels high


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("got 2, expected 1", "got 2, expected 1"),
        ("your code raised ValueError in the line `x = ada`", ""),
        ("value 1: got 'ada', expected 'relu'", ""),
    ],
)
def test_what_quotes_a_student_is_not_shown(said: str, shown: str) -> None:
    assert without_own_words(said) == shown


# The example --------------------------------------------------------------------------------------


def code_of(tmp_path: Path, *cells: str, text: str | None = "") -> str:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
    path = tmp_path / "notebook.ipynb"
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return shown_code(definitions(path, ["ReLU"], ["Affine"]), text)


def test_an_example_is_the_definition_and_what_it_uses(tmp_path: Path) -> None:
    code = code_of(
        tmp_path,
        "import numpy as np\nprint('mine')",
        "def half(x):\n    step = factor * x\n    return step\nfactor = 1 / 2\ndef other(): pass",
        "class Affine: pass",
        "step, unused = other(), 1  # its name is also one of the function's own",
        "class ReLU(Affine):\n    def forward(self, x):\n        return half(np.maximum(x, 0))",
    )
    assert code.startswith("def half(x):")
    assert "factor = 1 / 2" in code
    assert "class ReLU(Affine):" in code
    assert not re.search("print|other|import|unused|class Affine", code)


def test_an_example_says_nothing_of_its_author(tmp_path: Path) -> None:
    source = (
        "class ReLU:  # by Ada\n    'Ada'\n    def f(self):\n        'by Ada'\n"
        "        return {'W': f'Ada {self}', 'mean': b'Ada'}  # Ada"
    )
    code = code_of(tmp_path, source, text="the mean of W")
    assert "Ada" not in code
    assert "'W'" in code
    assert "'mean'" in code
    assert "Ada" in code_of(tmp_path, source, text=None)


@pytest.mark.parametrize(
    "source",
    [
        "class ReLU\n",
        "class ReLU: x = " + "+".join(["1"] * 20_000),
        "class ReLU: x = " + "-" * 90 + "1",
        "ReLU = " + "(" * 150 + ")" * 150,
        "def ReLU():\n" + "    pass\n" * 5000,
        "ReLU = '" + "x" * 100_000 + "'",
        "from nowhere import *",
        "",
    ],
    ids=lambda source: source[:20].strip(),
)
def test_whatever_is_written_an_example_is_short(tmp_path: Path, source: str) -> None:
    for text in ("", None):
        lines = code_of(tmp_path, source, text=text).splitlines()
        assert len(lines) <= 61
        assert all(len(line) <= 120 for line in lines)


# How good the checks are, and what is said of them ------------------------------------------------


def test_a_check_that_works_backwards_is_flagged() -> None:
    rng = np.random.default_rng(0)
    skill = np.linspace(1, 0, 60)
    good = [skill + rng.normal(0, 0.2, 60) > level for level in (0.3, 0.5, 0.7)]
    states = np.array([*good, skill < 0.4, skill >= 0, skill > 1], dtype=np.int8).T
    states = np.where(states, PASSED, WRONG).astype(np.int8)
    states[-5:, 3] = BLANK
    columns = [Column("relu", f"c{i}", f"check {i}", 1.0) for i in range(6)]
    found = {one.column.check: one for one in qualities(Table(columns, states))}
    for name in ("c0", "c1", "c2"):
        one = found[name]
        assert one.flag == ""
        assert one.interval is not None
        assert one.discrimination is not None
        assert 0 < one.interval[0] < one.discrimination < one.interval[1] < 1
    assert (found["c3"].flag, found["c3"].tried) == (BACKWARDS, 55)
    assert (found["c4"].flag, found["c4"].discrimination) == (EASY, None)
    assert (found["c5"].flag, found["c5"].interval) == (HARD, None)


def test_discrimination_leaves_the_check_itself_out() -> None:
    """Of checks that have nothing to do with each other, none divides the class."""
    states = np.random.default_rng(1).integers(0, 2, (2000, 4)).astype(np.int8) * WRONG
    columns = [Column("relu", f"c{i}", f"check {i}", 1.0) for i in range(4)]
    for one in qualities(Table(columns, states)):
        assert one.interval is not None
        assert one.interval[0] < 0 < one.interval[1]


def test_other_inputs_are_not_compared_and_that_is_said(graded: Path) -> None:
    records = read_records(ClassDirectory(graded), NAME)
    others = [
        dataclasses.replace(one, report={**one.report, "seed": place})
        for place, one in enumerate(records.found)
    ]
    apart = dataclasses.replace(records, found=others)
    assert len(unknown_mistakes(records)) == 1
    assert unknown_mistakes(apart) == []
    table = table_of(apart)
    assert "Only 1 of 12 were graded with the same inputs" in page_of(findings(apart, table), table)


def test_numbers_that_are_held_to_a_bound_make_no_group(graded: Path) -> None:
    records = read_records(ClassDirectory(graded), NAME)
    for record in records.found:
        for task in record.tasks:
            for check in task["checks"]:
                check["measured"] = 0.5
    assert unknown_mistakes(records) == []


def test_monday_starts_where_many_stopped() -> None:
    def task(name: str, stopped: int) -> TaskProgress:
        return TaskProgress(name, name, 1.0, 4.0, [0] * 5, 20, stopped, 0.0, 0, 0)

    came = [task("nodes", 1), task("shopping", 6), task("relu", 0)]
    (one,) = advice(NAME, 20, [], [], came)
    assert "Start “3. The ReLU layer” together: 6 of 20 students" in one.sentence
    assert advice(NAME, 20, [], [], [task("nodes", 1), task("relu", 0)]) == []


def test_the_table_adds_up_to_the_points_that_are_missing(
    graded: Path, written: Mapping[str, str]
) -> None:
    found = read_records(ClassDirectory(graded), NAME).found
    missing = sum(one.report["max_points"] - one.report["points"] for one in found)
    rows = csv.DictReader(written["csv"].splitlines())
    assert sum(float(row["lost"]) for row in rows) == pytest.approx(missing, abs=0.01)
