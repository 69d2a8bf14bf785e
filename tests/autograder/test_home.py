"""A notebook that was opened from another folder finds what lies beside it, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from notebooks import NAME

from autograder.notebook.home import go_home

SCRIPT = """
import os, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.user_ns["__vsc_ipynb_file__"] = sys.argv[1]
shell.run_cell("import solutions.losses")
shell.run_cell("from handgrad import check", silent=True)
shell.run_cell("import solutions; print(solutions.__file__)")
shell.run_cell('''
try:
    import solutions.backpropagation
    print("all answers")
except ModuleNotFoundError as missing:
    print(missing)
''')
print(os.getcwd())
"""


def test_it_finds_the_release_and_not_what_is_installed(
    release_folder: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", SCRIPT, str(release_folder / f"{NAME}.ipynb")]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    lines = said.splitlines()
    assert lines[-3] == str(release_folder / "solutions" / "__init__.py")
    assert lines[-2] == "No module named 'solutions.backpropagation'"
    assert lines[-1] == str(release_folder)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    return tmp_path


def opened(monkeypatch: pytest.MonkeyPatch, **names: Any) -> None:
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(user_ns=names))


def test_jupyter_says_it_in_the_environment(
    release_folder: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(monkeypatch)
    monkeypatch.setenv("JPY_SESSION_NAME", str(release_folder / f"{NAME}.ipynb"))
    go_home()
    assert Path.cwd() == release_folder
    assert sys.path[0] == str(release_folder)
    go_home()
    assert sys.path.count(str(release_folder)) == 1


@pytest.mark.parametrize("said", ["", "notes.ipynb", "/nowhere/x.ipynb"])
def test_other_notebooks_stay_where_they_are(
    said: str, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(monkeypatch, __vsc_ipynb_file__=said)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    go_home()
    assert Path.cwd() == elsewhere


def test_outside_of_a_notebook_nothing_happens(
    release_folder: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(release_folder / f"{NAME}.ipynb"))
    go_home()
    assert os.getcwd() == str(elsewhere)


def test_where_nothing_is_installed_a_sentence_says_so(release_folder: Path) -> None:
    code = """
import sys
sys.modules["autograder"] = None
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance(colors="nocolor").run_cell("from handgrad import check")
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=release_folder, capture_output=True, text=True, check=True)
    (sentence,) = (done.stdout + done.stderr).strip().splitlines()
    assert sentence.startswith("Handgrad is not installed where this notebook runs, or in another")
    assert sentence.endswith("install it as its README says, then restart the kernel.")
