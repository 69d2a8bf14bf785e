"""The commands: what they say, what they refuse in a sentence, and that they overwrite nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from instructor import grade
from platform_files import CANVAS, NAME, inside, written, zipped

from autograder.commands.cli import main


def run(course: Path, command: str, *arguments: Any, status: int = 0) -> Result:
    words = [command, *map(str, arguments), "--class", str(course)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == status, f"{done.output}{done.exception!r}"
    assert "Traceback" not in done.output
    return done


def sentence(course: Path, command: str, *arguments: Any, status: int = 1) -> str:
    return run(course, command, *arguments, status=status).stderr.strip().splitlines()[-1]


def test_students_are_shown_and_entered(course: Path, tmp_path: Path) -> None:
    table = written(tmp_path / "canvas.csv", CANVAS)
    shown = run(course, "students", table, "--dry-run").output
    assert "  new: ada (Ada Lovelace)" in shown
    assert "3 new, 0 changed, 0 as they were, 0 left." in shown
    assert "Nothing has been changed" in shown
    assert "3 new" in run(course, "students", table).output
    fewer = written(tmp_path / "few.csv", "id,email\nada,ada@example.org\n../x,\n")
    done = run(course, "students", fewer, status=1)
    assert "  changed: ada (email ada@example.org)\n  left: joerg\n  left: wang\n" in done.stdout
    assert "few.csv, line 3, '../x', has the id '../x', which cannot name a folder" in done.stderr


def test_work_comes_in_and_grades_and_feedback_go_out(
    class_folder: Path,
    tmp_path: Path,
    few_solved: Any,
    quick_start: None,
    isolation: Any,
) -> None:
    table = written(tmp_path / "canvas.csv", CANVAS.replace("78.00", "12.00"))
    run(class_folder, "students", table)
    work = json.dumps(few_solved).encode()
    download = zipped(
        tmp_path / "work.zip", {"lovelaceada_4711_9_x.ipynb": work, "loose wang.ipynb": work}
    )
    done = run(class_folder, "collect", 3, table, download, status=1)
    assert "canvas.csv is no zip" in done.stderr
    assert "  by its name: wang: loose wang.ipynb" in done.stdout
    assert f"New submissions of {NAME}: 2 (1 canvas, 1 loose)." in done.stdout
    assert "do not say when work was handed in" in done.stderr
    said = sentence(class_folder, "export", 3, "--canvas", table, "--scale")
    assert f"No work of {NAME} has been graded, so there is nothing to fill in" in said
    points = {one["student"]: one["points"] for one in grade(class_folder).reports}

    done = run(class_folder, "export", 3, "--canvas", table, "--scale")
    target = tmp_path / "canvas-filled.csv"
    assert f"Grades: 2 of {NAME}, in {target}" in done.stdout
    assert table.read_text() == CANVAS.replace("78.00", "12.00")
    assert points["ada"] > 0
    assert ",4.50,," not in target.read_text()
    assert "not graded yet" not in done.stderr
    later = zipped(tmp_path / "later.zip", {"lovelaceada_4711_10_x.ipynb": work + b"\n"})
    run(class_folder, "collect", 3, later)
    done = run(class_folder, "export", 3, "--canvas", table, "--scale", "--force")
    assert f"{NAME}: not graded yet, or handed in anew, are 'ada': grade them" in done.stderr
    said = sentence(class_folder, "export", 3, "--canvas", table, "--scale")
    assert f"{target} exists, and nothing is overwritten" in said
    run(class_folder, "export", 3, "--canvas", table, "--scale", "-o", table, "--force")
    assert table.read_text() == target.read_text()

    pages = tmp_path / "pages.zip"
    assert "can be handed back" in sentence(class_folder, "export", 3, "--feedback", pages)
    for student in ("ada", "wang"):
        folder = class_folder / "feedback" / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.html").write_text(student)
    done = run(class_folder, "export", 3, "--feedback", pages)
    assert "Feedback pages: 1," in done.stdout
    assert "  feedback: wang" in done.stderr
    assert inside(pages.read_bytes()) == {f"lovelaceada_4711_10_{NAME}.html": b"ada"}
    assert "exists" in sentence(class_folder, "export", 3, "--feedback", pages)


@pytest.mark.parametrize(
    ("arguments", "said", "status"),
    [
        (["students", "missing.csv"], "missing.csv cannot be read: give the CSV file itself", 1),
        (["collect", "3", "missing.zip"], "The class has no source of 03_backpropagation", 1),
        (["collect", "3", "x.zip", "--as", "ada"], "'ada' is not of the form --as FILE=STUDENT", 2),
        (["collect", "99", "x.zip"], "There is no assignment '99'", 1),
        (["export", "3"], "Give one table, with --canvas, --moodle or --csv.", 2),
        (["export", "3", "--csv", "a", "--moodle", "b"], "Give one table", 2),
        (["export", "2", "3", "--feedback", "a.zip"], "give one CH", 2),
        (["export", "3", "--csv", "a", "--column", "x"], "not of the form --column CH=HEADER", 2),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    course: Path, arguments: list[str], said: str, status: int
) -> None:
    assert said in sentence(course, *arguments, status=status)


def test_an_assignment_that_was_not_released_has_no_grades(course: Path, tmp_path: Path) -> None:
    table = written(tmp_path / "canvas.csv", CANVAS)
    said = sentence(course, "export", 3, "--canvas", table)
    assert "The gradebook has no assignment 03_backpropagation: release it first" in said
