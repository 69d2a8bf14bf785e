"""A whole class as it is graded: attacks of each family among honest work, gradebook and pages."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from attacking import CANARY, FULL, NAME, edited
from nbgrader.api import Gradebook
from processes import Orphanage
from test_attack_data import ATTACKS as DATA
from test_attack_dying import ATTACKS as DYING
from test_attack_escaping import FILES, NETWORK
from test_attack_forging import ATTACKS as FORGING
from test_attack_lending import ATTACKS as LENDING
from test_attack_notebook import UNREADABLE
from test_attack_reading import ATTACKS as READING
from watching import fingerprints, written

from autograder.building.assignments import write_notebook, write_source
from autograder.building.chapters import assignment_names
from autograder.classes.class_directory import ClassDirectory, make_class
from autograder.classes.classroom import release_assignment

HONEST = ("ada", "moe", "zoe")
FAMILIES = {
    "data": DATA,
    "dying": DYING,
    "files": FILES,
    "forging": FORGING,
    "lending": LENDING,
    "network": NETWORK,
    "reading": READING,
}


@dataclass(frozen=True)
class Graded:
    """A class after it was graded, and how its files were before."""

    folder: Path
    before: dict[str, str]
    reports: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def graded(classroom: tuple[Any, Any], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The class, graded by the command as an instructor runs it."""
    notebook, _ = classroom
    folder = tmp_path_factory.mktemp("class")
    for name in assignment_names():
        if name != NAME:
            (folder / "source" / name).mkdir(parents=True)
    write_source(NAME, folder / "source" / NAME)
    write_notebook(notebook, folder / "source" / NAME / f"{NAME}.ipynb")
    make_class(folder)
    release_assignment(ClassDirectory(folder), NAME)
    places = {"@CLASS@": str(folder), "@REPO@": str(Path(__file__).parents[2])}
    for student, answers in submissions().items():
        text = json.dumps(edited(notebook, answers))
        for sign, place in places.items():
            text = text.replace(sign, place)
        hand_in(folder, student, text.encode())
    hand_in(folder, "unreadable", UNREADABLE["a zip bomb"][0])
    before = fingerprints(folder)
    results = folder.parent / f"{folder.name}.json"
    command = [sys.executable, "-m", "handgrad", "grade", NAME]
    command += ["--class", str(folder), "--workers", "2", "--feedback", "--json", str(results)]
    with Orphanage():
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert CANARY not in ended.stdout + ended.stderr
    reports = {report["student"]: report for report in json.loads(results.read_text())}
    return Graded(folder, before, reports)


def submissions() -> dict[str, dict[str, str]]:
    """Return the answers of each student that are not those of the solved notebook."""
    honest: dict[str, dict[str, str]] = {student: {} for student in HONEST}
    hostile = {
        f"{family}{number}": dict(attack.answers)
        for family, attacks in FAMILIES.items()
        for number, attack in enumerate(attacks[:1])
    }
    return honest | hostile


def hand_in(folder: Path, student: str, content: bytes) -> None:
    path = folder / "submitted" / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


def test_honest_work_gets_what_it_deserves(graded: Graded) -> None:
    for student in HONEST:
        assert graded.reports[student]["points"] == sum(FULL.values())
        assert graded.reports[student]["remarks"] == []


def test_no_attack_gains_a_point(graded: Graded) -> None:
    assert len(graded.reports) == len(submissions()) + 1
    for student, report in graded.reports.items():
        assert student in HONEST or report["points"] < sum(FULL.values()), student


def test_the_gradebook_holds_the_same_points(graded: Graded) -> None:
    with closing(Gradebook(f"sqlite:///{graded.folder / 'gradebook.db'}")) as gradebook:
        scores = {one.student.id: one.score for one in gradebook.assignment_submissions(NAME)}
    reported = {name: report["points"] for name, report in graded.reports.items()}
    assert scores == pytest.approx(reported, abs=1e-3)  # a report is rounded


def test_every_student_has_a_page_without_secrets(graded: Graded) -> None:
    for student in graded.reports:
        page = (graded.folder / "feedback" / student / NAME / f"{NAME}.html").read_text()
        assert CANARY not in page


def test_nothing_else_was_touched(graded: Graded) -> None:
    after = fingerprints(graded.folder)
    made = ("autograded", "feedback", "gradebook.db", ".handgrad", ".nbgrader.log")
    kept = {name: digest for name, digest in graded.before.items() if not name.startswith(made)}
    assert {name: after.get(name) for name in kept} == kept
    assert all(name in graded.before or name.startswith(made) for name in after)
    assert written() == []
