"""The student's button, with nothing on disk but the release folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from notebooks import NAME

from autograder import check, checking
from autograder.authoring import load_assignment
from autograder.checking import CheckError
from autograder.frozen import FrozenError, thaw
from autograder.inside.wire import encode

AFFINE = """
import numpy as np
class Affine:
    def __init__(self, W, b):
        self.params, self.grads = {"W": W, "b": b}, {}
    def forward(self, x):
        self.x = x
        return x.reshape(len(x), -1) @ self.params["W"] + self.params["b"]
    def backward(self, dout):
        rows = self.x.reshape(len(self.x), -1)
        self.grads = {"W": rows.T @ dout, "b": dout.sum(axis=0)}
        return (dout @ self.params["W"].T).reshape(self.x.shape)
"""
WRONG = AFFINE.replace("dout.sum(axis=0)", "dout.sum()")


@pytest.fixture
def folder(tmp_path: Path, release_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the release folder, the current one."""
    copy = Path(shutil.copytree(release_folder, tmp_path / NAME))
    monkeypatch.chdir(copy)
    return copy


def run(source: str) -> None:
    """Run cells of a notebook."""
    exec(source, {"__name__": "__main__", "check": check})


def test_a_right_answer_passes(folder: Path, capsys: Any) -> None:
    run(AFFINE + "check('affine')")
    out = capsys.readouterr().out
    assert out.startswith("The affine layer: 10 of 10 points\n")
    assert "FAILED" not in out
    assert out.count("passed") == len(
        load_assignment(NAME, folder / "checks", misconceptions=False).task("affine").checks
    )


def test_a_wrong_answer_is_told_what_and_why(folder: Path, capsys: Any) -> None:
    run(WRONG + "check('affine')")
    out = capsys.readouterr().out
    assert "FAILED" in out
    assert "got one number, expected the shape (3,)" in out
    assert "Hint: " in out
    assert "bias of its own" in out


def test_an_exception_is_told_with_its_line(folder: Path, capsys: Any) -> None:
    run("class Affine:\n    def __init__(self, W, b):\n        1 / 0\ncheck('affine')")
    assert "your code raised ZeroDivisionError: division by zero" in capsys.readouterr().out


def test_what_is_not_there_yet(folder: Path, capsys: Any) -> None:
    run("check('affine')")
    assert "Affine is not defined: its cell has not run" in capsys.readouterr().out


def test_all_tasks_at_once(folder: Path, capsys: Any) -> None:
    run(AFFINE + "check()")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 15
    assert any(line.strip() == "10 of 10 points  The affine layer" for line in lines)
    assert lines[-1] == "So far: 10 of 78 points; 2 more are given by hand"


def test_a_task_that_there_is_not(folder: Path) -> None:
    with pytest.raises(CheckError, match=f"There is no task 'afine' in {NAME}; it has nodes,"):
        run("check('afine')")


def test_outside_the_assignments_folder(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        CheckError, match=r"no folder 'checks' beside this notebook .* open the"
    ) as e:
        run("check('affine')")
    assert e.value._render_traceback_() == [str(e.value)]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"HGW1",
        b"\0" * 1000,
        encode(1),
        encode({}),
        encode({"tasks": 1}),
        encode({"tasks": {"affine": {"checks": {"a": {"draws": []}}, "hints": {}}}}),
        encode(
            {
                "tasks": {
                    "a": {"checks": {"a": {"draws": [], "reference": {"x": 1}, "mistakes": {}}}}
                }
            }
        ),
    ],
)
@pytest.mark.parametrize("call", ["check('affine')", "check()"])
def test_damaged_expectations(folder: Path, damage: bytes, call: str) -> None:
    (folder / "checks" / "expected.bin").write_bytes(damage)
    with pytest.raises(CheckError, match=r"expected\.bin is damaged: unpack the whole"):
        run(call)


def test_expectations_of_other_checks(folder: Path) -> None:
    for content in (encode({"tasks": {}}), other_checks(folder)):
        (folder / "checks" / "expected.bin").write_bytes(content)
        for call in ("check('affine')", "check()"):
            with pytest.raises(CheckError, match="do not belong together: unpack the whole"):
                run(call)


def other_checks(folder: Path) -> bytes:
    """Return expectations in which a check of each task is missing."""
    from autograder.inside.wire import decode

    content = decode((folder / "checks" / "expected.bin").read_bytes())
    for task in content["tasks"].values():
        task["checks"].popitem()
    return encode(content)


def test_missing_expectations_and_checks(folder: Path) -> None:
    (folder / "checks" / "expected.bin").unlink()
    with pytest.raises(CheckError, match=r"expected\.bin is missing: unpack the whole"):
        run("check('affine')")
    with pytest.raises(FrozenError):
        thaw(folder / "checks" / "expected.bin")
    (folder / "checks" / "checks.py").unlink()
    with pytest.raises(CheckError, match=r"There is no checks\.py in"):
        run("check('affine')")


def test_a_repaired_file_is_read_again(folder: Path, capsys: Any) -> None:
    path = folder / "checks" / "expected.bin"
    whole = path.read_bytes()
    path.write_bytes(b"")
    with pytest.raises(CheckError):
        run("check('affine')")
    path.write_bytes(whole)
    os.utime(path, (1, 1))
    run(AFFINE + "check('affine')")
    assert "10 of 10" in capsys.readouterr().out


def test_in_a_notebook_it_is_a_table(folder: Path, monkeypatch: Any) -> None:
    shown: list[Any] = []
    monkeypatch.setattr("IPython.get_ipython", lambda: object())
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_: shown.append(bundle))
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    run(AFFINE + "check('affine')")
    assert shown[0]["text/html"].startswith("<table")
    assert shown[0]["text/plain"].startswith("The affine layer")
    progress: list[int] = []

    class Bar:
        def __init__(self, total: int) -> None:
            self.total = total

        def display(self) -> None:
            progress.append(0)

        def __setattr__(self, name: str, value: int) -> None:
            if name == "progress":
                progress.append(value)

    monkeypatch.setattr("IPython.display.ProgressBar", Bar)
    run("check()")
    assert progress == list(range(15))
    assert "So far" in shown[1]["text/html"]


ALONE = f"""
import sys
sys.path[:] = [p for p in sys.path if not p.endswith("/main")]
import autograder.checking
import importlib.util, solutions
assert solutions.__file__.startswith({{folder!r}}), solutions.__file__
assert importlib.util.find_spec("solutions.backpropagation") is None
from autograder import check
{AFFINE}
check("affine")
check()
try:
    check("other")
except Exception as error:
    print(type(error).__name__)
for name in ("nbgrader", "nbconvert", "jupytext", "sqlalchemy", "solutions.backpropagation"):
    assert name not in sys.modules, name
"""


def test_it_works_with_nothing_but_the_release_folder(folder: Path) -> None:
    """The engine, NumPy and the release folder: no reference is anywhere on the way."""
    engine = folder.parent / "engine"
    source = Path(checking.__file__).parent
    shutil.copytree(source, engine / "autograder", ignore=shutil.ignore_patterns("__pycache__"))
    script = ALONE.replace("{folder!r}", repr(str(folder)))
    # -S -E would lose the installed packages; the repository itself is taken off the path.
    code = f"import sys; sys.path[:0] = [{str(folder)!r}, {str(engine)!r}]\n" + script
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "The affine layer: 10 of 10 points" in done.stdout
    assert "So far: 10 of 78 points" in done.stdout
    assert "CheckError" in done.stdout
