"""Pages as notebooks that stand by themselves, where nothing is installed and nothing lies beside.

Besides the page, such a notebook has a cell that installs the course where it is missing, and its
links lead to the notebooks beside it, or to the course's site.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

import nbformat

from autograder.building.assignments import write_notebook
from autograder.building.cells import name_cells
from autograder.building.glossary import FILE as GLOSSARY
from autograder.building.glossary import glossary_notebook
from autograder.building.pages import START, Page

LINK = re.compile(
    r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+\.ipynb)((?:#(?:[^()\s]|\([^()]*\))*)?)\)"
)
"""A link to a notebook: its text, the way there, and the place in it."""
NEEDS = ("numpy", "matplotlib", "scikit-learn", "tqdm", "mnist1d")
"""What pages import. What of it is there already stays as it is, and so does a kernel's IPython."""
INSTALL = """# To install the course where it is missing, as on Colab. Elsewhere this does nothing.
import importlib.util

REPOSITORY = {repository!r}{asked}
if importlib.util.find_spec("handgrad") is None:
    if REPOSITORY:
        %pip install --quiet {needs}
        %pip install --quiet --no-deps "git+{{REPOSITORY}}"
    else:
        print("Handgrad is missing here: write its address into REPOSITORY, and run this again.")"""
ASKED = "  # where the course is cloned from, such as 'https://…/handgrad'"
Lead = Callable[[str], str | None]
"""Says where a notebook of the workbook is to be had, by its path there, or that it is nowhere."""


def download_of(
    path: str, notebook: nbformat.NotebookNode, repository: str, lead: Lead
) -> nbformat.NotebookNode:
    """Return a notebook of the workbook as one that stands by itself.

    Parameters
    ----------
    path : str
        Where it lies in a workbook.
    notebook : NotebookNode
        With its outputs, if it was run; it is not changed.
    repository : str
        The address from which git clones the course; empty if it is not known: the reader is then
        asked for it.
    lead : function
        Where other notebooks are to be had.
    """
    made = nbformat.from_dict(notebook)
    for cell in made.cells:
        if cell.cell_type == "markdown":
            cell.source = _led(cell.source, path, lead)
    if any(cell.cell_type == "code" for cell in made.cells):
        made.cells.insert(1, _install(repository))
    name_cells(made.cells)
    return made


def write_downloads(
    folder: Path, ran: Mapping[str, nbformat.NotebookNode], repository: str = "", site: str = ""
) -> list[Path]:
    """Write the pages, and the glossary, into a folder, as they lie in a workbook.

    Parameters
    ----------
    folder : Path
        Made if need be.
    ran : mapping
        The pages' notebooks by their paths, as `run_pages` gives them.
    repository, site : str
        Where the course is cloned from, and where its site is; empty if that is not known.
    """
    notebooks = {**ran, GLOSSARY: glossary_notebook()}
    written = []
    for path, notebook in notebooks.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        lead = _to_site(site) if site else _beside(path, notebooks)
        write_notebook(download_of(path, notebook, repository, lead), target)
        written.append(target)
    return written


def link_to(page: Page) -> str:
    """Return, as HTML, a link to a page's notebook that lies beside the page."""
    name = page.path.rpartition("/")[2]
    link = f'<a href="{name}" download>as a notebook</a>'
    return f"{link}, for JupyterLab or VS Code (Colab, Binder: untested)"


def _install(repository: str) -> nbformat.NotebookNode:
    asked = "" if repository else ASKED
    source = INSTALL.format(repository=repository, asked=asked, needs=" ".join(NEEDS))
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata["jupyter"] = {"source_hidden": True}
    return cell


def _led(text: str, path: str, lead: Lead) -> str:
    """Return a text of a notebook with its links led to where other notebooks are to be had."""
    folder = PurePosixPath(path).parent

    def led(found: re.Match[str]) -> str:
        said, way, place = found.groups()
        if "://" in way:
            return found[0]
        target = lead(normpath(str(folder / way)))
        return (
            said
            if target is None
            else f"[{said}]({target}{place if place and '://' not in target else ''})"
        )

    return LINK.sub(led, text)


def _beside(path: str, others: Mapping[str, nbformat.NotebookNode]) -> Lead:
    """Lead from one notebook to those that lie beside it."""
    folder = str(PurePosixPath(path).parent)
    return lambda target: relpath(target, folder) if target in others else None


def _to_site(site: str) -> Lead:
    """Lead to pages of the site, which are called as the notebooks are."""
    base = site.rstrip("/")
    return lambda target: (
        f"{base}/" + ("" if target == START else f"{target.removesuffix('.ipynb')}.html")
    )
