"""Take the pictures of the README, of the real things: `make pictures`.

A check in a student's JupyterLab, the report on a made class, and a figure of the course. They lie
in ``course/pictures/``; take them anew when what they show looks otherwise.
"""

from __future__ import annotations

import base64
import sys
import tempfile
from pathlib import Path

import nbformat
import numpy as np

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "autograder"), str(TESTS / "assignments")]

import gate  # noqa: E402
from chromium import chromium  # noqa: E402
from click.testing import CliRunner  # noqa: E402
from notebooks import NAME, edited, hand_in  # noqa: E402
from people import Person, running  # noqa: E402
from test_person import WRONG, answer, open_notebook, run  # noqa: E402

from autograder.building.assignments import build_source, load  # noqa: E402
from autograder.building.pages import all_pages  # noqa: E402
from autograder.building.running import run_pages  # noqa: E402
from autograder.classes.class_directory import ClassDirectory, make_class  # noqa: E402
from autograder.classes.classroom import release_assignment  # noqa: E402
from autograder.commands.cli import main as handgrad  # noqa: E402

PICTURES = TESTS.parent / "course" / "pictures"
FIGURE = ("2.5", 0)
"""The page of the figure, and which of its figures it is."""
STUDENTS = 40
SHARP = ("--force-device-scale-factor=2", "--hide-scrollbars")
"""Pictures have two pixels for one."""
ROWS = 5
BOX = f"""const table = arguments[0], rows = table.querySelectorAll("tbody tr");
const box = table.getBoundingClientRect(), end = rows[{ROWS} - 1].getBoundingClientRect().bottom;
return {{x: box.x, y: box.y, width: Math.min(box.width, 900), height: end - box.y}}"""
"""Where the first rows of a check's table are in the window."""


def take(person: Person, name: str, box: dict[str, float]) -> None:
    """Keep a part of the window as a picture."""
    shot = person.driver.execute_cdp_cmd(
        "Page.captureScreenshot", {"format": "png", "clip": {**box, "scale": 0.75}}
    )
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))


def picture_of_a_check(person: Person, folder: Path) -> None:
    """Answer a task wrongly, in a real JupyterLab, and take what the check says."""
    make_class(folder)
    release_assignment(ClassDirectory(folder), NAME)
    (folder / "release" / NAME).rename(folder / NAME)
    (folder / "student").mkdir()
    (folder / NAME).rename(folder / "student" / NAME)
    with running(folder) as lab:
        open_notebook(person, lab)
        run(person, "import")
        table = answer(person, WRONG)
        person.click(person.find(".lm-TabBar-tabLabel", NAME))  # nothing is chosen or hovered over
        person.driver.execute_script("arguments[0].scrollIntoView({block: 'start'})", table)
        take(person, "check", person.driver.execute_script(BOX, table))


def picture_of_a_report(person: Person, folder: Path) -> None:
    """Grade a made class, in which everybody has a few of the known slips, and take its report."""
    make_class(folder)
    release_assignment(ClassDirectory(folder), NAME)
    solved, rng = build_source(load(NAME)), np.random.default_rng(0)
    for number in range(STUDENTS):
        hand_in(folder, f"student{number:02}", with_slips(solved, rng))
    for command in (
        ["grade", "3", "--seed", "1"],
        ["report", "3", "--html", str(folder / "r.html")],
    ):
        done = CliRunner().invoke(handgrad, [*command, "--class", str(folder)])
        assert done.exit_code == 0, done.output
    person.driver.set_window_size(1100, 1000)
    person.driver.get((folder / "r.html").as_uri())
    take(person, "report", {"x": 0, "y": 0, "width": 1100, "height": 730})


def with_slips(solved: nbformat.NotebookNode, rng: np.random.Generator) -> nbformat.NotebookNode:
    """Return the solved notebook with slips of the pen; the later the task, the more of them."""
    tasks = [task.name for task in load(NAME).tasks]
    cells = {cell.id: cell.source for cell in solved.cells}
    answers = {task: cells[f"{task}-answer"] for task in tasks}
    ability, wrong = rng.beta(4, 2), {}
    for place, task in enumerate(tasks):
        known = [slip for slip in gate.slips(NAME)[task] if slip[0] in answers[task]]
        if known and rng.random() > ability * (1.1 - 0.3 * place / len(tasks)):
            old, new, _ = known[
                int(len(known) * rng.random() ** 2)
            ]  # the first ones are the commonest
            wrong[task] = answers[task].replace(old, new)
    return edited(solved, **wrong)


def picture_of_a_page() -> None:
    """Take a figure of the course as its page shows it."""
    number, which = FIGURE
    page = next(page for page in all_pages() if page.number == number)
    outputs = [o for cell in run_pages([page])[page.path].cells for o in cell.get("outputs", [])]
    figures = [o.data["image/png"] for o in outputs if "image/png" in o.get("data", {})]
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "page.png").write_bytes(base64.b64decode(figures[which]))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="handgrad-") as scratch:
        picture_of_a_page()
        (Path(scratch) / "check").mkdir()
        with chromium(Path(scratch) / "profile", "browser", *SHARP) as driver:
            picture_of_a_report(Person(driver), Path(scratch) / "report")
            picture_of_a_check(Person(driver), Path(scratch) / "check" / "class")
