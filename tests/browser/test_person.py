"""A person's path, in a real JupyterLab: answer, check, hand in; then grade, and look at it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import NAME, run_nbgrader, use_exchange

from autograder.building.assignments import build_source, load, write_notebook
from autograder.classes.class_directory import ClassDirectory, make_class
from autograder.classes.classroom import release_assignment

pytest.importorskip("selenium", reason="selenium is not installed")
from chromium import needs_a_browser
from people import Lab, Person, running
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

pytestmark = needs_a_browser
AFFINE = """
class Affine:
    def __init__(self, W, b):
        self.params, self.grads = {{"W": W, "b": b}}, {{}}

    def forward(self, x):
        self.shape = x.shape
        self.rows = x.reshape(len(x), -1)
        return self.rows @ self.params["W"] + self.params["b"]

    def backward(self, dout):
        self.grads["W"] = self.rows.T @ dout
        self.grads["b"] = {db}
        return (dout @ self.params["W"].T).reshape(self.shape)
"""
RIGHT, WRONG = AFFINE.format(db="dout.sum(axis=0)"), AFFINE.format(db="dout.sum()")
HOSTILE = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'> plain words"
EVE = "eve"
ODD = "eve<img src=x onerror=window.pwned=1>"


@pytest.fixture(scope="module")
def class_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class with an exchange, its assignment released and fetched by a student."""
    folder = tmp_path_factory.mktemp("person") / "class"
    make_class(folder)
    student_options = use_exchange(folder)
    release_assignment(ClassDirectory(folder), NAME)
    run_nbgrader(folder, "release_assignment", NAME)
    (folder / "student").mkdir()
    run_nbgrader(folder / "student", "fetch_assignment", NAME, *student_options)
    (folder / "student" / "options.json").write_text(json.dumps(student_options))
    hostile = build_source(load(NAME))
    next(cell for cell in hostile.cells if cell.cell_type == "markdown").source = HOSTILE
    for student in (EVE, ODD):
        (folder / "submitted" / student / NAME).mkdir(parents=True)
        write_notebook(hostile, folder / "submitted" / student / NAME / f"{NAME}.ipynb")
    return folder


@pytest.fixture(scope="module")
def lab(class_folder: Path) -> Iterator[Lab]:
    with running(class_folder) as lab:
        yield lab


def cell(person: Person, start: str) -> Any:
    """Return the cell of the open notebook of which a line begins so."""

    def found() -> Any:
        cells = person.driver.find_elements(By.CSS_SELECTOR, ".jp-Notebook .jp-CodeCell")
        read = "(c.querySelector('.cm-content') || {innerText: ''}).innerText.trim()"  # or folded
        texts = person.driver.execute_script(f"return arguments[0].map(c => {read})", cells)
        return next(
            (c for c, text in zip(cells, texts, strict=True) if f"\n{start}" in f"\n{text}"), 0
        )

    found.__doc__ = f"a cell with {start!r}"
    return person.see(found)


def run(person: Person, start: str) -> None:
    """Put the cursor into a cell, run it, and wait until it has run."""
    one = cell(person, start)
    person.click(one.find_element(By.CSS_SELECTOR, ".cm-content"))
    person.press(Keys.SHIFT, Keys.ENTER)

    def done() -> bool:
        prompt = one.find_element(By.CSS_SELECTOR, ".jp-InputPrompt").text
        return any(character.isdigit() for character in prompt)

    person.see(done, 60)


def answer(person: Person, source: str) -> Any:
    """Type an answer to the task on Affine, run it and its check; return the check's table."""
    person.click(cell(person, "class Affine").find_element(By.CSS_SELECTOR, ".cm-content"))
    person.type(source)
    run(person, "class Affine")
    run(person, 'check("affine")')
    return person.see(
        lambda: cell(person, 'check("affine")').find_element(By.CSS_SELECTOR, "table")
    )


def open_notebook(person: Person, lab: Lab) -> None:
    person.driver.get(lab.address(f"lab/tree/student/{NAME}/{NAME}.ipynb"))
    cell(person, "class Affine")
    person.find(".jp-Notebook-ExecutionIndicator[data-status='idle']", seconds=60)


def test_student_is_told_what_is_wrong_then_passes_and_hands_in(
    person: Person, lab: Lab, class_folder: Path
) -> None:
    open_notebook(person, lab)
    person.keep("student-opens")
    run(person, "import")
    table = answer(person, WRONG)
    assert "Hint:" in table.text, table.text
    assert "failed" in table.text
    person.click(table)
    person.keep("student-wrong")
    person.driver.execute_script("arguments[0].remove()", table)
    table = answer(person, RIGHT)
    assert "failed" not in table.text, table.text
    assert "10 of 10 points" in table.text
    person.click(table)
    person.keep("student-right")
    person.press(Keys.CONTROL, "s")
    notebook = class_folder / "student" / NAME / f"{NAME}.ipynb"
    person.see(
        lambda: "dout.sum(axis=0)" in notebook.read_text() and "10 of 10" in notebook.read_text()
    )
    assert person.complaints() == []
    student = class_folder / "student"
    run_nbgrader(student, "submit", NAME, *json.loads((student / "options.json").read_text()))
    run_nbgrader(class_folder, "collect", NAME)


def test_student_reads_the_table_in_the_dark_theme(person: Person, lab: Lab) -> None:
    lab.set({"apputils-extension/themes": {"theme": "JupyterLab Dark"}})
    open_notebook(person, lab)
    person.find("body[data-jp-theme-light='false']")
    table = person.find(".handgrad-check", "10 of 10 points")
    person.click(table)
    person.keep("student-dark")
    lab.set({"apputils-extension/themes": {"theme": "JupyterLab Light"}})


def test_instructor_grades_in_formgrader_and_sees_the_table(
    person: Person, lab: Lab, class_folder: Path
) -> None:
    driver = person.driver
    driver.get(lab.address("lab"))
    person.click(person.find(".lm-MenuBar-item", "Nbgrader"))
    person.click(person.find(".lm-Menu-item", "Formgrader"))
    driver.switch_to.frame(person.find("iframe"))
    person.click(person.find("td.num-submissions a"))
    person.find("tbody tr", ODD)
    person.keep("formgrader-in-lab")
    driver.get(lab.address(f"formgrader/manage_submissions/{NAME}"))
    submitted = sorted(path.name for path in (class_folder / "submitted").iterdir())
    for student in submitted:
        row = person.find("tbody tr", student)
        person.click(row.find_element(By.CSS_SELECTOR, "td.autograde a"))
        said = "There was an error" if student == ODD else "Successfully"
        person.find(".modal-body", said, seconds=120)
        person.keep("formgrader-autograded")
        person.click(person.find(".modal-footer button"))
        person.see(lambda: not driver.find_elements(By.CSS_SELECTOR, ".modal-backdrop"))
    me = next(name for name in submitted if name not in (EVE, ODD))
    assert "10 / 80" in person.find("tbody tr", me).text
    person.keep("formgrader-score")
    assert person.complaints() == []


def test_instructor_opens_a_submission_and_nothing_in_it_runs(
    person: Person, lab: Lab, class_folder: Path
) -> None:
    driver = person.driver
    for number in range(len(list((class_folder / "autograded").iterdir()))):
        driver.get(lab.address(f"formgrader/gradebook/{NAME}/{NAME}"))
        person.find("td.name a", "Submission")
        links = driver.find_elements(By.CSS_SELECTOR, "td.name a")
        person.click([link for link in links if link.is_displayed()][number])
        person.click(person.find("table.handgrad-check", "The affine layer"))
        person.keep("formgrader-submission")
        assert driver.execute_script("return typeof window.pwned") == "undefined"
        assert person.complaints() == []
    run_nbgrader(class_folder, "generate_feedback", NAME)
    for student in sorted((class_folder / "feedback").iterdir()):
        driver.get((student / NAME / f"{NAME}.html").as_uri())
        person.click(person.find("table.handgrad-check", "The affine layer"))
        person.keep("feedback")
        assert driver.execute_script("return typeof window.pwned") == "undefined"
        assert person.complaints() == []
