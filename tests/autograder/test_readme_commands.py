"""What README says is so: its commands lead a class from release to fetched feedback."""

from __future__ import annotations

import csv
import os
import re
import shlex
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from commands import run_nbgrader_as, run_shell
from notebooks import NAME

from autograder.building.assignments import load, write_notebook
from autograder.building.chapters import ROOT, assignment_names, reference_of
from autograder.building.pages import all_pages
from autograder.commands.cli import main
from autograder.commands.demo import sample_submissions
from autograder.judging.frozen import FILENAME, thaw
from autograder.notebook.checking import check_task
from autograder.notebook.home import FOLDER

README = (ROOT / "README.md").read_text(encoding="utf-8")
TEACH = README.split("\n## Teach\n")[1].split("\n## ")[0]
BLOCKS = re.findall(r"```(bash|python)\n(.*?)```", TEACH, re.DOTALL)
NAMES = {
    "ada": "Abbott, Ada",
    "ben": "Baker, Ben",
    "chen": "Cao, Chen",
    "dora": "Dunn, Dora",
    "emil": "Ek, Emil",
    "lea": "Lund, Lea",
}
STUDENTS = tuple(NAMES)
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
        if name == "teacher":
            lines.append("c.ExchangeCollect.check_owner = False")
        else:
            lines.append(f"c.CourseDirectory.student_id = {name!r}")
        config.write_text("\n".join(lines))
    return homes


def write_downloads(folder: Path, samples: Mapping[str, Any]) -> None:
    """Write what Canvas gives out of the class: its gradebook, and the work that was handed in."""
    folder.mkdir()
    with (folder / "grades.csv").open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Student", "ID", "SIS Login ID", "Section", "03 Backpropagation (901)"])
        rows.writerow(["    Points Possible", "", "", "", "80.00"])
        rows.writerows([f"{NAMES[one]}", 4711 + n, one, "DL", ""] for n, one in enumerate(STUDENTS))
    with zipfile.ZipFile(folder / "submissions.zip", "w") as archive:
        for number, student in enumerate(STUDENTS):
            write_notebook(samples[student], folder / "work.ipynb")
            name = f"{NAMES[student].replace(', ', '').lower()}_{4711 + number}_{number}_work.ipynb"
            archive.write(folder / "work.ipynb", name)


@pytest.fixture(scope="module")
def said(people: Mapping[str, Path], isolation: Any) -> dict[str, str]:
    """What each block of "Teach" said that was run, by its first line; they run in their order."""
    found = {}
    folder = people["teacher"].parent
    students = {people[name].parent: people[name] for name in STUDENTS}
    samples = sample_submissions(hostile=False)
    write_downloads(people["teacher"] / "Downloads", samples)
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
            extras = ("instructor", "instructor,cluster")
            assert install in (None, *(f"pip install -e '.[{one}]'\n" for one in extras))
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
        points = r"\(Score(?: so far)?: ([\d.]+) / ([\d.]+)\)"
        shown = re.findall(points, page.read_text(encoding="utf-8"))
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


def test_a_platform_gets_grades_and_feedback_back(
    said: Mapping[str, str], people: Mapping[str, Path]
) -> None:
    shown = next(out for first, out in said.items() if first.startswith("handgrad students ~"))
    assert "There already: 6." in shown
    assert "Grades: 6 of 03_backpropagation" in shown
    folder = people["teacher"] / "Downloads"
    with (folder / "grades-filled.csv").open(encoding="utf-8-sig", newline="") as file:
        _, _, *rows = csv.reader(file)
    points = {row[2]: float(row[4]) for row in rows}
    assert sorted(points) == sorted(STUDENTS)
    assert points["emil"] < points["ben"] < points["lea"]
    with zipfile.ZipFile(folder / "feedback.zip") as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist()}
    assert len(pages) == len(STUDENTS)
    page = pages["abbottada_4711_0_03_backpropagation.html"]
    score = re.search(r"\(Score(?: so far)?: ([\d.]+) / ", page)
    assert score is not None
    assert float(score[1]) == pytest.approx(points["ada"], abs=0.01)


def test_the_report_is_one_page_on_the_class(
    said: Mapping[str, str], people: Mapping[str, Path]
) -> None:
    page = (people["teacher"].parent / "myclass" / "report.html").read_text(encoding="utf-8")
    assert "6 students graded." in page
    assert "You sum the gradient of the biases over everything." in page
    assert not [student for student in STUDENTS if f" {student} " in page]


def test_an_appeal_shows_what_became_of_the_task(said: Mapping[str, str]) -> None:
    shown = said["handgrad replay ben 3 affine"]
    assert "ben, 03_backpropagation, affine: The affine layer" in shown
    assert "6.8 of 10" in shown


def test_alike_work_is_shown_in_a_page(said: Mapping[str, str], people: Mapping[str, Path]) -> None:
    assert "of 7 works" in said["handgrad similar 3 --html similar.html"]
    page = people["teacher"].parent / "myclass" / "similar.html"
    assert "never a verdict" in page.read_text(encoding="utf-8")


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
    report = check_task(
        load(NAME).task("affine"), frozen["affine"], {**reference, "Affine": Affine}
    )
    passed, failed = report.checks[0], next(check for check in report.checks if not check.passed)
    told = (
        f"{report.title}: {report.points:g} of {report.max_points:g} points. Passed: "
        f"{passed.title}. Failed: {failed.title}; {failed.message}. Hint: {failed.hint}"
    )
    (picture,) = re.findall(r"!\[([^!]*)\]\(course/pictures/check.png\)", README)
    assert " ".join(picture.split()) == " ".join(told.split())


def test_what_there_is_is_counted() -> None:
    tasks = sum(len(load(name).tasks) for name in assignment_names())
    assert f"**Eight chapters**, {len(all_pages())} pages" in README
    assert f"**Nine assignments**, {tasks} tasks" in README
    assert len(assignment_names()) == 9


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
