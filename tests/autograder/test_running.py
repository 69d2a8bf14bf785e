"""Pages come with what their cells show: each is run once, and one that fails does no harm."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import no_pages

from autograder.building import running
from autograder.building.pages import Page
from autograder.building.running import run_pages

FIRST, SECOND = Page("07_rest", "1_nap"), Page("07_rest", "2_doze")
CODE: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pages, and a cache of their own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    CODE.update({FIRST.stem: "print(6 * 7)", SECOND.stem: "2 + 3"})
    monkeypatch.setattr(running, "page_notebook", notebook)


def notebook(page: Page) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(CODE[page.stem], id="one")
    return nbformat.from_dict(nbformat.v4.new_notebook(cells=[cell]))


def outputs(page: Page, notebooks: dict[str, Any]) -> list[Any]:
    return list(notebooks[page.path].cells[0].outputs)


def test_pages_are_run_once_and_look_as_if_nobody_had_run_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    ran = run_pages([FIRST, SECOND], done.append)
    assert sorted(done) == sorted(ran) == [FIRST.path, SECOND.path]
    assert outputs(FIRST, ran)[0].text == "42\n"
    assert outputs(SECOND, ran)[0].data == {"text/plain": "5"}
    for page in (FIRST, SECOND):
        assert ran[page.path].cells[0].execution_count is None
    monkeypatch.setattr(running, "_run_all", never)
    assert run_pages([FIRST, SECOND], choose=no_pages) == ran


async def never(notebooks: dict[str, Any], done: Any) -> None:
    assert not notebooks, "they were run again"


def test_a_page_that_was_changed_is_run_again() -> None:
    run_pages([FIRST])
    CODE[FIRST.stem] = "print(6 * 8)"
    assert outputs(FIRST, run_pages([FIRST], choose=no_pages)) == []
    assert outputs(FIRST, run_pages([FIRST]))[0].text == "48\n"


def test_what_would_answer_a_prediction_is_left_for_its_reader_to_run() -> None:
    CODE[FIRST.stem] = "from handgrad import reveal\nreveal(..., 42)"
    assert outputs(FIRST, run_pages([FIRST])) == []
    (answer,) = outputs(FIRST, run_pages([FIRST], choose=no_pages, answers=True))
    assert answer.text.rstrip().endswith("it is: 42"), "it is kept, for whoever folds it away"


@pytest.mark.parametrize("fault", ["1 / 0", "import os; os._exit(1)", "import no_such_library"])
def test_one_that_fails_comes_without_figures(fault: str) -> None:
    CODE[FIRST.stem] = fault
    ran = run_pages([FIRST, SECOND])
    assert outputs(FIRST, ran) == []
    assert outputs(SECOND, ran)[0].data == {"text/plain": "5"}


def test_nothing_that_lies_about_is_found_by_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "numpy.py").write_text("nothing = 1")
    monkeypatch.chdir(tmp_path / "here")
    CODE[FIRST.stem] = "import numpy; print(numpy.pi > 3)"
    assert outputs(FIRST, run_pages([FIRST]))[0].text == "True\n"


def test_an_interrupt_leaves_the_rest_without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    CODE[SECOND.stem] = "import time; time.sleep(60)"

    def interrupt(path: str) -> None:
        if path == FIRST.path:
            threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()

    begin = time.monotonic()
    ran = run_pages([FIRST, SECOND], interrupt)
    assert time.monotonic() - begin < 50
    assert outputs(FIRST, ran)[0].text == "42\n"
    assert outputs(SECOND, ran) == []
    assert outputs(FIRST, run_pages([FIRST], choose=no_pages))[0].text == "42\n", "it is kept"
