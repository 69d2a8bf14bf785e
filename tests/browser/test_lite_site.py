"""The course in the browser alone, in a real browser: from its address to a cell that ran."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("selenium", reason="selenium is not installed")
pytest.importorskip("jupyterlite_core", reason="JupyterLite is not installed: make test-lite")
pytest.importorskip("jupyterlite_pyodide_kernel", reason="its kernel is not installed")
from chromium import needs_a_browser
from people import Person
from selenium.webdriver.common.keys import Keys

from autograder.building.pages import START
from autograder.publishing import lite
from autograder.publishing.runtime import RuntimeMissing

pytestmark = needs_a_browser
CELL = """import os, sys
print(sys.platform, 6 * 7, os.getcwd(), sorted(os.listdir()))"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with a single notebook, and a hidden file beside it."""

    def fill(folder: Path, *_: object, **__: object) -> None:
        folder.mkdir()
        cells = [nbformat.v4.new_markdown_cell("# Deep learning"), nbformat.v4.new_code_cell(CELL)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / START)
        (folder / ".earlier").write_text("seen")

    folder = tmp_path_factory.mktemp("lite") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lite, "fill_workbook", fill)
        try:
            lite.build_lite(folder)
        except RuntimeMissing as reason:
            pytest.skip(str(reason))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


def test_a_reader_opens_the_site_and_runs_a_cell(person: Person, address: str) -> None:
    person.driver.get(address)
    person.find("h1", "Deep learning", seconds=120)
    person.find(".jp-RenderedMarkdown", "What you write is kept in this browser only")
    person.find("#jp-main-statusbar", "Idle", seconds=180)  # the kernel has started
    person.click(person.find(".jp-CodeCell .cm-content", "import os"))
    person.press(Keys.CONTROL, Keys.ENTER)
    shown = person.find(".jp-OutputArea-output", "emscripten 42", seconds=60).text
    assert "'.earlier'" in shown
    assert START in shown
    person.keep("lite")
