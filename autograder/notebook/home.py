"""The folder of the open notebook: there lie its checks, and what it may import."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from autograder.authoring.sources import EARLIER
from autograder.judging.frozen import FILENAME

FOLDER = "checks"
"""Where a release keeps its checks, beside the notebook."""
RECORD = "edition.json"
"""What says, beside the checks, of which edition they are and which files were handed out."""


def go_home() -> None:
    """Make the folder of the open notebook the current one, if it is an assignment's.

    JupyterLab has done so already. Elsewhere a kernel may start in another folder, and find there
    what is installed in the place of what was handed out: the answers of later chapters, too.
    """
    for notebook in _open_notebooks():
        folder = notebook.parent
        if (folder / FOLDER / FILENAME).is_file() and folder.resolve() != Path.cwd():
            os.chdir(folder)
            _import_from(folder)
            break
    if Path(EARLIER).is_dir() and Path(FOLDER, FILENAME).is_file():
        _import_from(Path.cwd() / EARLIER)


def _import_from(folder: Path) -> None:
    """Look for modules in a folder first, and for the reference there only."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
        for name in [name for name in sys.modules if name.split(".")[0] == "solutions"]:
            del sys.modules[name]  # imported from somewhere else


def _open_notebooks() -> Iterator[Path]:
    """Yield what front ends say that the open notebook is: Jupyter Server, and VS Code."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    for said in (os.environ.get("JPY_SESSION_NAME"), shell.user_ns.get("__vsc_ipynb_file__")):
        if said:
            yield Path(said)
