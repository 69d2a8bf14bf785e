"""Pages as notebooks that stand by themselves: their first cell, and where their links lead."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient

from autograder.building.pages import START, all_pages, page_notebook
from autograder.commands.cli import main
from autograder.publishing.downloads import LINK, download_of, link_to, write_downloads

PAGES = {page.path: page_notebook(page) for page in all_pages()}
FIRST = next(iter(PAGES))
ADDRESS = "https://example.org/handgrad.git"


def links(notebook: nbformat.NotebookNode) -> list[str]:
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return [found[2] + found[3] for found in LINK.finditer(text)]


def by_command(*lines: str) -> str:
    """Run a program elsewhere than in the repository, with what is installed; return its words."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_links_lead_to_the_notebooks_beside_and_nowhere_else(tmp_path: Path) -> None:
    written = write_downloads(tmp_path, PAGES)
    assert len(written) == len(PAGES) + 1
    found = 0
    for path in written:
        for link in links(nbformat.read(path, as_version=4)):
            found += 1
            assert (path.parent / link.partition("#")[0]).is_file(), f"{path.name}: {link}"
    assert found > 2 * len(PAGES) - 10


def test_links_lead_to_the_site_where_its_address_is_known(tmp_path: Path) -> None:
    write_downloads(tmp_path, {FIRST: PAGES[FIRST]}, site="https://example.org/course/")
    cells = nbformat.read(tmp_path / FIRST, as_version=4).cells
    text = "\n".join(cell.source for cell in cells)
    assert "[all pages](https://example.org/course/)" in text
    assert "](https://example.org/course/assignments/01_perceptrons/01_perceptrons.html)" in text
    assert ".ipynb" not in text


def test_a_link_that_leads_nowhere_is_text() -> None:
    made = download_of(FIRST, PAGES[FIRST], ADDRESS, lambda path: None)
    assert links(made) == []
    assert "all pages" in made.cells[0].source
    assert links(PAGES[FIRST])[0] == f"../../{START}"  # the page itself is as it was


def test_a_page_can_lead_to_its_notebook(tmp_path: Path) -> None:
    page = all_pages()[0]
    (written, _) = write_downloads(tmp_path, {FIRST: PAGES[FIRST]})
    (name,) = re.findall('<a href="([^"]+)" download>', link_to(page))
    assert (written.parent / name).is_file()
    assert "untested" in link_to(page)


def test_a_readers_own_notebooks_stay(tmp_path: Path) -> None:
    (tmp_path / "mine.ipynb").write_text("mine")
    done = CliRunner().invoke(main, ["notebooks", str(tmp_path), "--no-figures"])
    assert done.exit_code == 1
    assert "name an empty or a new one" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.ipynb"]


def test_outputs_stay() -> None:
    page = nbformat.from_dict(PAGES[FIRST])
    cell = next(cell for cell in page.cells if cell.cell_type == "code")
    cell.outputs = [nbformat.v4.new_output("stream", text="seen")]
    made = download_of(FIRST, page, ADDRESS, lambda path: path)
    assert "seen" in [output.get("text") for one in made.cells for output in one.get("outputs", [])]
    nbformat.validate(made)


@pytest.mark.parametrize(
    ("repository", "said"),
    [
        (ADDRESS, [f"--no-deps 'git+{ADDRESS}'", "numpy matplotlib"]),
        ("", ["Handgrad is missing here: write its address into REPOSITORY"]),
    ],
)
def test_the_first_cell_installs_what_is_missing(repository: str, said: list[str]) -> None:
    cell = download_of(FIRST, PAGES[FIRST], repository, lambda path: path).cells[1].source
    shown = by_command(
        "import importlib.util, sys",
        "from IPython.core.interactiveshell import InteractiveShell",
        "shell = InteractiveShell.instance()",
        "known = importlib.util.find_spec",
        "importlib.util.find_spec = lambda name: None if name == 'handgrad' else known(name)",
        "shell.register_magic_function(lambda line: print('pip', line), magic_name='pip')",
        f"shell.run_cell({cell!r})",
    ).replace('"', "'")
    for words in said:
        assert words in shown, shown


def test_a_page_runs_where_handgrad_is_installed(tmp_path: Path) -> None:
    if "True" not in by_command(
        "import importlib.util as u; print(u.find_spec('handgrad') is not None)"
    ):
        pytest.skip("handgrad is not installed: pip install -e .")
    made = download_of(FIRST, PAGES[FIRST], "", lambda path: path)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    client = NotebookClient(
        made, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env=environment)
    assert made.cells[1].outputs == []
    outputs = [output for cell in made.cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs)
