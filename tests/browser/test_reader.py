"""A reader's path, in a real JupyterLab: the first page, a page with its figures, a task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from autograder.building.chapters import chapter_names
from autograder.building.pages import START, all_pages, pages_of
from autograder.building.workbook import fill_workbook

pytest.importorskip("selenium", reason="selenium is not installed")
from chromium import needs_a_browser
from people import Lab, Person, running
from selenium.webdriver.common.by import By

pytestmark = needs_a_browser
RUN = [pages_of(chapter)[-1] for chapter in chapter_names()] + [
    next(page for page in all_pages() if page.tasks)
]
"""Pages that a kernel runs; all run in `tests/course`."""


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook as the command makes it, with the figures of some pages."""
    folder = tmp_path_factory.mktemp("reader") / "workbook"
    fill_workbook(folder, choose=lambda due: [page for page in due if page in RUN])
    return folder


@pytest.fixture(scope="module")
def lab(workbook: Path) -> Iterator[Lab]:
    with running(workbook) as lab:
        yield lab


def tabs(person: Person) -> list[str]:
    labels = person.driver.find_elements(By.CSS_SELECTOR, "#jp-main-dock-panel .lm-TabBar-tabLabel")
    return [label.text for label in labels]


def test_pages_have_run_in_a_kernel(workbook: Path) -> None:
    for page in RUN:
        cells = nbformat.read(workbook / page.path, as_version=4).cells
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        assert any("image/png" in output.get("data", {}) for output in outputs), page.path
        assert not [output for output in outputs if output.output_type == "error"], page.path
        assert not [o.text for o in outputs if o.get("name") == "stderr"], page.path


def test_a_reader_goes_from_the_first_page_to_a_task(
    person: Person, lab: Lab, workbook: Path
) -> None:
    person.complaints()
    person.driver.get(lab.address(f"lab/tree/{START}"))
    first = next(page for page in all_pages() if page.tasks)
    person.find(".jp-RenderedMarkdown h3", "1 Perceptrons", seconds=60)
    person.keep("reader-starts")
    person.click(person.find(".jp-RenderedMarkdown td a", f"{first.number} {first.title}"))
    person.find(".jp-NotebookPanel:not(.lm-mod-hidden) h1", first.number, seconds=60)
    shown = person.see(
        lambda: person.driver.find_elements(By.CSS_SELECTOR, ".jp-OutputArea-output img[alt]")
    )
    assert all(one.get_attribute("src").startswith("data:image/png") for one in shown)
    person.keep("reader-reads")
    person.click(person.find(".jp-NotebookPanel:not(.lm-mod-hidden) li a", "1. "))
    person.find(".jp-NotebookPanel:not(.lm-mod-hidden) h1", "Assignment 1", seconds=60)
    heading = person.find(".jp-NotebookPanel:not(.lm-mod-hidden) h3", "1. ", seconds=60)
    person.see(lambda: heading.rect["y"] > 0 and heading.is_displayed())
    person.keep("reader-does")
    assert tabs(person) == [START, Path(first.path).name, "01_perceptrons.ipynb"]
    assert person.complaints() == []


def test_the_first_page_in_the_dark_theme(person: Person, lab: Lab) -> None:
    lab.set({"apputils-extension/themes": {"theme": "JupyterLab Dark"}})
    person.driver.get(lab.address(f"lab/tree/{START}"))
    person.find("body[data-jp-theme-light='false']")
    person.find(".jp-RenderedMarkdown h3", "1 Perceptrons", seconds=60)
    person.keep("reader-starts-dark")
    lab.set({"apputils-extension/themes": {"theme": "JupyterLab Light"}})
