"""The workbook in JupyterLite: JupyterLab and Python in the browser alone, from plain files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from jupyter_core.paths import jupyter_path

from autograder.building.cells import name_cells
from autograder.building.pages import START
from autograder.building.running import Choice
from autograder.building.workbook import fill_workbook
from autograder.publishing.runtime import KERNEL, lay_runtime
from autograder.publishing.wheel import build_wheel

EXTENSION = "@jupyterlite/pyodide-kernel-extension"
CONFIG = "jupyter-lite.json"
"""The file by which a folder is known as a site of JupyterLite."""
KERNELSPEC = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
WELCOME = """You are reading in your browser, and Python runs there, too:

- **What you write is kept in this browser only.** To keep it elsewhere, or to hand it in, download
  the notebook: menu *File*, *Download*.
- The first cell that imports NumPy loads it, {elsewhere}. That takes a while, once.
- A loop that never ends is not stopped for you: menu *Kernel*, *Restart Kernel*.
- Training takes several times as long as in JupyterLab on your own machine.

*Tried before this was published:* {tried}. *Not tried:* {untried}."""
NEAR, FAR = "from this site", "from where Pyodide publishes it"
TRIED = (
    "that the pages open, a kernel starts and plain Python runs, in Chromium; and the checks with "
    "NumPy in WebAssembly, outside of a browser"
)
UNTRIED = "the pages and the checks with NumPy in a browser; Firefox and Safari"

FIRST = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Handgrad</title>
<meta http-equiv="refresh" content="0; url=lab/index.html?path={START}">
<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{{}}</script>
</head>
<body><p><a href="lab/index.html?path={START}">Open the course.</a></p></body>
</html>
"""
"""The site's address leads to the course's first page; JupyterLite reads the script."""


class LiteError(Exception):
    """The site cannot be built; one sentence says why and what to do."""


def build_lite(
    folder: Path,
    on_start: Callable[[int], None] = lambda parts: None,
    on_part: Callable[[str], None] = lambda name: None,
    *,
    choose: Choice = list,
    pyodide: Path | None = None,
) -> list[str]:
    """Build the site.

    Parameters
    ----------
    folder : Path
        Where; a site that is there is replaced.
    on_start, on_part, choose : function
        As `fill_workbook` has them.
    pyodide : Path, optional
        A folder with a distribution of Pyodide, whose packages then go into the site.

    Returns
    -------
    elsewhere : list of str
        The packages that the browser fetches from elsewhere.

    Raises
    ------
    LiteError
        If the folder holds something else, or JupyterLite fails.
    RuntimeMissing
        If Pyodide cannot be had.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / CONFIG).is_file():
        raise LiteError(
            f"The folder {folder} holds other files than a site: name an empty or a new one."
        )
    with tempfile.TemporaryDirectory(prefix="handgrad-") as scratch:
        source = Path(scratch)
        wheels = [build_wheel(source), *_kernel_wheels()]
        elsewhere = lay_runtime(source / "static" / "pyodide", wheels, pyodide)
        fill_workbook(source / "contents", on_start, on_part, choose=choose)
        adapt(source / "contents", elsewhere)
        _configure(source)
        _run_jupyterlite(source)
        site = source / "_output"
        (site / "index.html").write_text(FIRST, "utf-8")
        (site / ".nojekyll").touch()  # else GitHub's pages would leave out what begins with a dot
        if folder.exists():
            shutil.rmtree(folder)
        shutil.copytree(site, folder)
    return elsewhere


def adapt(contents: Path, elsewhere: list[str]) -> None:
    """Make a workbook's notebooks the browser's: its kernel, and a word at the start."""
    for path in contents.rglob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        notebook.metadata["kernelspec"] = dict(KERNELSPEC)
        if path == contents / START:
            site = FAR if elsewhere else NEAR
            said = WELCOME.format(elsewhere=site, tried=TRIED, untried=UNTRIED)
            notebook.cells.insert(1, nbformat.v4.new_markdown_cell(said))
            name_cells(notebook.cells)
        # JupyterLite takes a file as it is: the lines of an output in one piece.
        path.write_text(nbformat.writes(notebook, split_lines=False) + "\n", "utf-8")


def _kernel_wheels() -> list[Path]:
    """Return the wheels that the kernel brings along."""
    found = _extension().glob("static/pypi/*.whl")
    return [path for path in found if path.name.startswith(("piplite", "pyodide", "ipykernel"))]


def _extension() -> Path:
    """Return the folder of the kernel, as its package has installed it."""
    places = [Path(place) / EXTENSION for place in jupyter_path("labextensions")]
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise LiteError("JupyterLite's kernel is not whole: install jupyterlite-pyodide-kernel.")
    return found


def _configure(source: Path) -> None:
    """Write what JupyterLite is told for the build, and in the browser."""
    build: dict[str, Any] = {
        "LiteBuildConfig": {
            "contents": ["contents"],
            # Not what else is installed here, such as nbgrader's buttons: they need a server.
            "ignore_sys_prefix": ["federated_extensions", "settings"],
            "federated_extensions": [str(_extension())],
            "apps": ["lab", "notebooks", "tree"],
            "no_sourcemaps": True,
            "cache_dir": str(source / ".cache"),
        },
        "ContentsManager": {"allow_hidden": True},  # the earlier chapters, and the outline
    }
    (source / "jupyter_lite_config.json").write_text(json.dumps(build), "utf-8")
    kernel = {"loadPyodideOptions": {"packages": list(KERNEL)}}
    settings = {f"{EXTENSION}:kernel": kernel}
    browser = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "Handgrad",
            "litePluginSettings": settings,
        },
    }
    (source / CONFIG).write_text(json.dumps(browser), "utf-8")


def _run_jupyterlite(source: Path) -> None:
    command = [sys.executable, "-m", "jupyterlite_core", "build"]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [*done.stdout.splitlines(), *done.stderr.splitlines()][-1:]
        raise LiteError(f"JupyterLite cannot build the site: {''.join(said)}")
