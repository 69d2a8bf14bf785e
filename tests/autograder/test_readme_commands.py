"""What README says is so: its commands lead a class from release to fetched feedback."""

from __future__ import annotations

import csv
import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from commands import run_nbgrader_as, run_shell
from notebooks import NAME

from autograder.building.assignments import write_notebook
from autograder.building.chapters import ROOT, reference_of
from autograder.commands.cli import main
from autograder.commands.demo import sample_submissions
from autograder.judging.frozen import FILENAME, thaw
from autograder.notebook.checking import check_task
from autograder.notebook.display import as_text
from autograder.notebook.home import FOLDER

README = (ROOT / "README.md").read_text(encoding="utf-8")
TEACH = README.split("\n## Teach\n")[1].split("\n## ")[0]
BLOCKS = re.findall(r"```(bash|python)\n(.*?)```", TEACH, re.DOTALL)
STUDENTS = ("ada", "ben", "chen", "dora", "emil", "lea")
EXCHANGE = "/usr/local/share/nbgrader/exchange"


def commands(text: str) -> list[list[str]]:
    """Return the commands of some lines, word by word and without comments."""
    return [shlex.split(line, comments=True) for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The homes of the students and of the instructor, by name; all know where the exchange is.

    They have one account among them here, so each student's name is written down.
    """
    folder = tmp_path_factory.mktemp("people")
    homes = {}
    for name in (*STUDENTS, "teacher"):
        homes[name] = folder / name / "home"
        config = homes[name] / ".jupyter" / "nbgrader_config.py"
        config.parent.mkdir(parents=True)
        lines = ["c = get_config()", f"c.Exchange.root = {str(folder / 'exchange')!r}"]
        if name != "teacher":
            lines.append(f"c.CourseDirectory.student_id = {name!r}")
        config.write_text("\n".join(lines))
    return homes


@pytest.fixture(scope="module")
def said(people: Mapping[str, Path], isolation: Any) -> dict[str, str]:
    """What each block of "Teach" said that was run, by its first line; they run in their order."""
    found = {}
    folder = people["teacher"].parent
    students = {people[name].parent: people[name] for name in STUDENTS}
    samples = sample_submissions(hostile=False)
    for language, block in BLOCKS:
        first = block.splitlines()[0]
        if language == "python":
            with (folder / "nbgrader_config.py").open("a") as config:
                config.write(block)
        elif "--course" in block:
            (words,) = commands(block)
            assert words[0] == "nbgrader"
            found[first] = run_nbgrader_as(students, *words[1:])
            if "fetch_assignment" in words:
                for student, home in ((name, people[name]) for name in STUDENTS):
                    notebook = home.parent / NAME / f"{NAME}.ipynb"
                    assert "NotImplementedError" in notebook.read_text()
                    write_notebook(samples[student], notebook)
        else:
            install, script = re.match(r"(pip install .*\n)?((?:.|\n)*)", block).groups()
            assert install in (None, "pip install -e '.[instructor]'\n")
            here = script.replace(EXCHANGE, str(folder.parent / "exchange"))
            found[first] = run_shell(here, folder, people["teacher"])
            if "\ncd myclass" in script:
                folder = folder / "myclass"
    return found


def test_each_student_fetches_a_page_with_the_points_of_the_export(
    said: Mapping[str, str], people: Mapping[str, Path]
) -> None:
    with (people["teacher"].parent / "myclass" / "grades.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert sorted(rows) == sorted(STUDENTS)
    assert (rows["ada"]["last_name"], rows["chen"]["first_name"]) == ("Abbott", "Chen")
    assert rows["ben"]["duedate"].startswith("2030-03-01 18:00")
    for student in STUDENTS:
        (page,) = (people[student].parent / NAME / "feedback").rglob("*.html")
        score, most = float(rows[student]["score"]), float(rows[student]["max_score"])
        shown = re.findall(r"\(Score: ([\d.]+) / ([\d.]+)\)", page.read_text(encoding="utf-8"))
        assert [float(shown[0][0]), float(shown[0][1])] == pytest.approx([score, most], abs=0.01)
    scores = {student: float(rows[student]["score"]) for student in STUDENTS}
    assert scores["emil"] < scores["ben"] < scores["lea"]


def test_the_terminal_says_who_is_new_and_what_it_adds_up_to(said: Mapping[str, str]) -> None:
    graded = next(out for out in said.values() if "commonest" in out)
    for student in STUDENTS:
        assert re.search(rf"│ {student} +│", graded), student
    assert "6 graded now; the mean of all 6 is " in graded
    assert " of 78 points" in " ".join(graded.split())
    assert "You sum the gradient of the biases over everything." in " ".join(graded.split())
    assert "nbgrader release_feedback 03_backpropagation" in graded


def test_an_appeal_shows_what_became_of_the_task(said: Mapping[str, str]) -> None:
    shown = said["handgrad replay ben 3 affine"]
    assert "ben, 03_backpropagation, affine: The affine layer" in shown
    assert "6.8 of 10" in shown


def test_the_late_policy_holds_for_what_is_graded_from_then_on(
    said: Mapping[str, str], people: Mapping[str, Path]
) -> None:
    folder = people["teacher"].parent / "myclass"
    script = (
        f'nbgrader db assignment add {NAME} --duedate="2020-03-01 18:00 UTC"\n'
        "handgrad grade 3 --student ada --force\n"
        "nbgrader export"
    )
    run_shell(script, folder, people["teacher"])
    with (folder / "grades.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert float(rows["ada"]["score"]) == 0
    assert float(rows["lea"]["score"]) > 0


def test_the_example_of_a_check_shows_what_the_program_says(
    release_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = reference_of(NAME)

    class Affine(reference["Affine"]):  # type: ignore[misc]
        def backward(self, dout: Any) -> Any:
            slope = super().backward(dout)
            self.grads["b"] = dout.sum()
            return slope

    frozen = thaw(release_folder / FOLDER / FILENAME)
    monkeypatch.chdir(release_folder)
    from autograder.building.assignments import load

    report = check_task(
        load(NAME).task("affine"), frozen["affine"], {**reference, "Affine": Affine}
    )
    (example,) = re.findall(r'^>>> check\("affine"\)\n(.*?)```', README, re.DOTALL | re.MULTILINE)
    shown = " ".join(example.split())
    assert shown.endswith(" ...")
    assert " ".join(as_text(report).split()).startswith(shown.removesuffix(" ..."))


def test_every_command_and_option_that_is_named_exists() -> None:
    known = dict(main.commands)
    named = re.findall(r"(?:^|`)handgrad ([^`\n#;]+)", README, re.MULTILINE)
    assert {words.split()[0] for words in named} == known.keys()
    passed_on = {"--ip", "--port"}
    for words in named:
        name, *rest = words.split()
        options = {one for p in known[name].params if isinstance(p, click.Option) for one in p.opts}
        used = {word.split("=")[0] for word in rest if word.startswith("--")}
        assert used <= options | (passed_on if name == "lab" else set()), words


def test_the_address_of_a_section_exists() -> None:
    for anchor in re.findall(r"\]\(#([^)]+)\)", README):
        headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
        slugs = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
        assert anchor in slugs


def test_files_that_are_named_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
    assert os.path.isdir(ROOT / "solutions" / "backpropagation")


def test_what_learners_make_is_not_added_to_the_repository() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"handgrad-workbook/", ".venv/", "demo/"} <= set(ignored)
