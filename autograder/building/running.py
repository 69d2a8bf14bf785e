"""Pages with their figures: each is run once in each version, and what it showed is kept."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import cache
from subprocess import DEVNULL

import nbformat
from nbclient import NotebookClient

from autograder.building import cache as kept
from autograder.building.assignments import as_bytes
from autograder.building.chapters import COURSE
from autograder.building.expected import digest_of, ground, version_of
from autograder.building.pages import Page, page_notebook

LIBRARIES = ("matplotlib", "ipython")
ANSWER = "reveal("
"""What a cell says whose text tells the answer, perhaps before its reader has made a guess."""
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""What says to NumPy's libraries how many threads a product of matrices may take."""
Choice = Callable[[list[Page]], Collection[Page]]
"""Of pages whose figures are missing, chooses those to be run now."""
SECONDS = 120
"""For one cell, on a slow machine that does something else as well."""


def run_pages(
    pages: Sequence[Page],
    on_page: Callable[[str], None] = lambda path: None,
    *,
    choose: Choice = list,
    answers: bool = False,
) -> dict[str, nbformat.NotebookNode]:
    """Return the notebooks of pages by their paths, with what their cells show.

    What is kept is not run again. An interrupt ends the running, and nothing else: the pages that
    were not run yet, and one that fails, come without figures.

    Parameters
    ----------
    pages : sequence of Page
        The pages.
    on_page : function
        Called with the path of each one as it is ready.
    choose : function
        Told of those that are not kept, it returns which of them are run; by default all.
    answers : bool
        Whether to show what comes out where the reader is to guess first; by default the figures
        alone.
    """
    notebooks = {page.path: page_notebook(page) for page in pages}
    missing = []
    for page in pages:
        content = kept.read(_name(page.path), key_of(notebooks[page.path]))
        if content is None:
            missing.append(page)
        else:
            notebooks[page.path] = nbformat.reads(content.decode(), as_version=4)
    due = {page.path: notebooks[page.path] for page in choose(missing)}
    for path in notebooks:
        if path not in due:
            on_page(path)

    def done(path: str, ran: nbformat.NotebookNode | None) -> None:
        if ran is not None:
            kept.write(_name(path), key_of(notebooks[path]), as_bytes(ran))
            notebooks[path] = ran
        on_page(path)

    # While a kernel starts, what an interrupt cancels comes out as it is.
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(_run_all(due, done))
    if not answers:
        for notebook in notebooks.values():
            hide_answers(notebook)
    return notebooks


def hide_answers(notebook: nbformat.NotebookNode) -> None:
    """Leave out what comes out where the reader is to guess first; figures stay."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and ANSWER in cell.source:
            cell.outputs = [one for one in cell.outputs if "image/png" in one.get("data", {})]


def key_of(notebook: nbformat.NotebookNode) -> bytes:
    """Return a digest of all that a page's outputs depend on."""
    return as_bytes(notebook) + _ground()


@cache
def _ground() -> bytes:
    """Return a digest of what all pages stand on."""
    drawing = digest_of((COURSE / "drawing").glob("*.py"))
    versions = "\n".join(map(version_of, LIBRARIES)).encode()
    return drawing + ground() + versions


def _name(path: str) -> str:
    return path.rpartition("/")[2]


async def _run_all(
    notebooks: dict[str, nbformat.NotebookNode],
    done: Callable[[str, nbformat.NotebookNode | None], None],
) -> None:
    """Run notebooks, one on each core, in a folder in which nothing lies."""
    free = asyncio.Semaphore(os.cpu_count() or 1)
    with tempfile.TemporaryDirectory(prefix="handgrad-") as empty:

        async def run(path: str) -> None:
            async with free:
                done(path, await _ran(notebooks[path], empty))

        await asyncio.gather(*map(run, notebooks))


async def _ran(notebook: nbformat.NotebookNode, folder: str) -> nbformat.NotebookNode | None:
    """Return a notebook that was run, or None if that failed."""
    copy = nbformat.from_dict(notebook)
    where = {"metadata": {"path": folder}}
    client = NotebookClient(
        copy, timeout=SECONDS, kernel_name="python3", record_timing=False, resources=where
    )
    one_thread = dict.fromkeys(THREADS, "1")
    try:
        await client.async_execute(env={**os.environ, **one_thread}, stderr=DEVNULL)
    except Exception:  # a kernel that does not start, a library that is missing: no figures then
        return None
    for cell in copy.cells:
        if cell.cell_type == "code":  # not run by its reader: this tells it from one that was
            cell.execution_count = None
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = None
    return copy
