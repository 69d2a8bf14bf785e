"""The student's button, with nothing on disk but the release folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from IPython.core.displaypub import DisplayPublisher
from notebooks import NAME

from autograder.authoring.tasks import load_assignment
from autograder.building.assignments import load
from autograder.inside.wire import encode
from autograder.judging.frozen import FrozenError, thaw
from autograder.notebook import checking, patience
from autograder.notebook.checking import CheckError
from handgrad import check

TASKS = load(NAME).tasks
POINTS = round(sum(task.points for task in TASKS))

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
        load_assignment(NAME, folder / "checks").task("affine").checks
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
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("The affine layer: 0 of 10 points: Affine is not defined: its cell has ")


def saved(folder: Path, change: Any) -> None:
    """Change the cells of the saved notebook, by grade_id."""
    path = folder / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        change(cell)
    nbformat.write(notebook, path)


def make_text(cell: Any) -> None:
    if cell.id == "affine-answer":
        cell.cell_type = "markdown"
        del cell["outputs"], cell["execution_count"]


@pytest.mark.parametrize(
    ("change", "source", "reason"),
    [
        (make_text, "", "its cell has been turned into text: select it, and press Y"),
        (None, "class Afine:\n    pass\n", "your notebook defines Afine; is one of the two missp"),
        (None, "def affine(x): pass\n", "your notebook defines affine; is one of the two missp"),
        (None, "In = ['', 'class Affine:\\n  1 / 0']\n", "its cell raised an error: run it again"),
        (None, "", "its cell has not run: run it first"),
    ],
)
def test_why_a_name_is_not_defined(
    folder: Path, capsys: Any, change: Any, source: str, reason: str
) -> None:
    if change:
        saved(folder, change)
    run(source + "check('affine')")
    assert f"Affine is not defined: {reason}" in capsys.readouterr().out


def test_nothing_is_known_of_a_notebook_that_is_not_there(folder: Path, capsys: Any) -> None:
    for content in ("", "[]", '{"cells": [1]}'):
        (folder / f"{NAME}.ipynb").write_text(content)
        run("check('affine')")
        assert "has not run, or raised an error." in capsys.readouterr().out


def test_what_is_not_written_yet_is_one_kind_line(folder: Path, capsys: Any) -> None:
    blank = "raise NotImplementedError"
    run(f"class Affine:\n    def __init__(self, W, b):\n        {blank}\ncheck('affine')")
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(
        "The affine layer: 0 of 10 points: not written yet. Write your code where"
    )


def test_what_the_code_prints_is_shown_once(folder: Path, capsys: Any) -> None:
    run(
        AFFINE.replace("        self.x = x\n", "        self.x = x\n        print('hm')\n")
        + "check(6)"
    )
    out = capsys.readouterr().out
    assert out.count("hm") == 1
    assert out.endswith("Meanwhile your code printed:\nhm\n")
    many = "        print(*range(len(x) * 9), sep='\\n')\n"
    run(AFFINE.replace("        self.x = x\n", "        self.x = x\n" + many) + "check(6)")
    assert "… and " in capsys.readouterr().out


LOOP = AFFINE.replace("        self.x = x\n", "        self.x = x\n        while True: pass\n")


@pytest.mark.parametrize("caught", ["", "try: ", "except BaseException: pass"])
def test_a_loop_that_never_ends_is_stopped(
    folder: Path, capsys: Any, monkeypatch: Any, caught: str
) -> None:
    monkeypatch.setattr(patience, "TICK", 0.01)
    monkeypatch.setattr(patience, "AGAIN", 0.05)
    quick = "import autograder.notebook.checking as c\n"
    loop = LOOP if not caught else LOOP.replace("while True: pass", SWALLOWS)
    monkeypatch.setattr(checking, "time_limit", lambda _: patience.time_limit(0.1))
    run(quick + loop + "check('affine')")
    out = capsys.readouterr().out
    assert "your code was stopped after 0.1 seconds: is there a loop that never ends?" in out
    assert "not reached: your code was stopped" in out


SWALLOWS = """
        swallowed = 0
        while swallowed < 3:
            try:
                while True: pass
            except BaseException:
                swallowed += 1
        raise KeyboardInterrupt
"""


def test_an_interrupt_is_one_sentence(folder: Path) -> None:
    with pytest.raises(CheckError, match=r"The check was interrupted before it was done\."):
        run(LOOP.replace("while True: pass", "raise KeyboardInterrupt") + "check('affine')")


def test_nothing_is_stopped_in_another_thread(folder: Path, capsys: Any) -> None:
    thread = threading.Thread(target=run, args=(AFFINE + "check('affine')",))
    thread.start()
    thread.join()
    assert "10 of 10 points" in capsys.readouterr().out


def add_cells(*sources: str) -> Any:
    """Return a change that writes code into the first code cells that are not graded."""
    left = list(sources)

    def change(cell: Any) -> None:
        if left and cell.cell_type == "code" and "nbgrader" not in cell.metadata:
            cell.source = left.pop(0)

    return change


def test_what_grading_will_refuse_is_said_at_home_and_once(folder: Path, capsys: Any) -> None:
    checking._SAID.clear()
    saved(folder, add_cells("import torch, scipy.stats\n!pip install torch", "x = input()"))
    run(AFFINE + "check('affine')")
    out = capsys.readouterr().out
    where = "Where this notebook is graded, "
    assert f"{where}this line does nothing: !pip install torch." in out
    assert f"{where}nobody is there to answer input()." in out
    there = "only NumPy, Matplotlib, tqdm and the standard library are there"
    assert f"{where}{there}: torch, scipy.stats." in out
    run(AFFINE + "check('affine')")
    assert where not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("cell", "beside", "said"),
    [
        ("import tools, numpy", ["tools.py"], "tools.py is there only if it came"),
        ("from tools.plots import draw", ["tools/plots.py"], "tools is there only if it came"),
        ("from helpers import a; import tools", ["helpers.py", "tools.py"], "helpers.py, tools.py"),
        ("import tools", ["data.csv"], "only NumPy, Matplotlib, tqdm and the standard library"),
        ("%%writefile tools.py\nx = 1", ["tools.py"], ""),
        ("from solutions.layer import Layer\nfrom handgrad import check", ["tools.py"], ""),
    ],
)
def test_a_module_that_is_not_handed_in_is_told_at_home(
    folder: Path, capsys: Any, cell: str, beside: list[str], said: str
) -> None:
    checking._SAID.clear()
    for name in beside:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    saved(folder, add_cells(cell, "import tools" if "%%" in cell else "x = 1"))
    run(AFFINE + "check('affine')")
    out = capsys.readouterr().out
    assert said in out
    assert ("Where this notebook is graded, " in out) == bool(said)


def test_a_notebook_that_is_too_large_is_told_at_home(
    folder: Path, capsys: Any, monkeypatch: Any
) -> None:
    checking._SAID.clear()
    monkeypatch.setattr("autograder.authoring.files.LARGEST_FILE", 1 << 10)
    run(AFFINE + "check()")
    said = capsys.readouterr().out
    assert "this notebook has more than the 0 MiB that are read: clear its outputs" in said


def test_the_released_notebook_itself_is_not_complained_of(folder: Path, capsys: Any) -> None:
    checking._SAID.clear()
    run(AFFINE + "check('affine')")
    assert "Where this notebook is graded" not in capsys.readouterr().out


def test_all_tasks_at_once(folder: Path, capsys: Any) -> None:
    run(AFFINE + "check()")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(TASKS) + 1
    assert any(line.strip() == "10 of 10 points  The affine layer" for line in lines)
    assert lines[-1] == f"So far: 10 of {POINTS} points; 2 more are given by hand"


def test_a_task_that_there_is_not(folder: Path) -> None:
    with pytest.raises(CheckError, match=f"'afine' in {NAME}; did you mean 'affine'\\?"):
        run("check('afine')")
    with pytest.raises(CheckError, match=f"There is no task 'xyz' in {NAME}; it has nodes,"):
        run("check('affine', 'xyz')")
    with pytest.raises(CheckError, match=f"no task 99 in {NAME}: they are 1 to {len(TASKS)}\\."):
        run("check(99)")
    with pytest.raises(CheckError, match="takes the names of tasks, in quotation marks"):
        run("check(print)")


def test_tasks_by_number_and_several_at_once(folder: Path, capsys: Any) -> None:
    run(AFFINE + "check(6, 'relu')")
    out = capsys.readouterr().out
    assert out.startswith("The affine layer: 10 of 10 points\n")
    assert "\nThe ReLU layer: 0 of " in out


def test_outside_the_assignments_folder(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        CheckError, match=r"no folder 'checks' beside this notebook .* open the"
    ) as e:
        run("check('affine')")
    assert e.value._render_traceback_() == [str(e.value)]


def with_check(content: dict[str, Any]) -> bytes:
    """Return expectations of one task with one check."""
    return encode({"tasks": {"affine": {"checks": {"a": content}, "hints": {}}}})


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"HGW1",
        b"\0" * 1000,
        encode(1),
        encode({}),
        encode({"tasks": 1}),
        with_check({"draws": []}),
        with_check({"draws": [], "results": [], "mistakes": {}}),
        with_check({"draws": [], "results": [b"no frame"], "mistakes": {}}),
        with_check({"draws": [], "results": [encode({"x": 1})], "mistakes": {}}),
        with_check({"draws": [], "results": [encode({})], "mistakes": {"m": 1}}),
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
    for path in (folder / "checks").glob("*.py"):
        path.unlink()
    with pytest.raises(CheckError, match=r"There are no tasks in .*checks\."):
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
    monkeypatch.setattr(patience, "QUIET_SECONDS", 600)
    run(AFFINE + "check('affine')")
    assert shown[0]["text/html"].startswith("<table")
    assert shown[0]["text/plain"].startswith("The affine layer")
    assert len(shown) == 1
    run("check()")
    assert "So far" in shown[1]["text/html"]


def test_a_slow_check_says_what_it_does(folder: Path, monkeypatch: Any) -> None:
    shown: list[str] = []

    class Handle:
        def update(self, bundle: dict[str, str], **_: Any) -> None:
            shown.append(bundle["text/plain"].splitlines()[0])

    def display(bundle: dict[str, str], **options: Any) -> Any:
        shown.append(bundle["text/plain"].splitlines()[0])
        return Handle() if options.get("display_id") else None

    monkeypatch.setattr("IPython.get_ipython", lambda: object())
    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr(patience, "QUIET_SECONDS", 0.05)
    slow = AFFINE.replace("        self.x = x\n", "        self.x = x\n        time.sleep(0.1)\n")
    run("import time\n" + slow + "check('affine')")
    assert shown[0].startswith("Checking, 1 of ")
    assert shown[1].startswith("Checking, 2 of ")
    assert shown[-1] == "The affine layer: 10 of 10 points"


def test_a_slow_check_says_nothing_in_a_terminal(
    folder: Path, monkeypatch: Any, capsys: Any
) -> None:
    """IPython prints there what is displayed, which would seem to be the student's."""
    terminal = SimpleNamespace(display_pub=DisplayPublisher())
    monkeypatch.setattr("IPython.get_ipython", lambda: terminal)
    monkeypatch.setattr(patience, "QUIET_SECONDS", 0.05)
    slow = AFFINE.replace("        self.x = x\n", "        self.x = x\n        time.sleep(0.1)\n")
    run("import time\n" + slow + "check('affine')")
    out = capsys.readouterr().out
    assert out.startswith("The affine layer: 10 of 10 points")
    assert "Meanwhile" not in out


ALONE = f"""
import sys
sys.path[:] = [p for p in sys.path if not p.endswith("/main")]
import autograder.notebook.checking
import importlib.util, solutions
assert solutions.__file__.startswith({{folder!r}}), solutions.__file__
assert importlib.util.find_spec("solutions.backpropagation") is None
from handgrad import check
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
    for part in ("autograder", "handgrad.py"):
        source = Path(checking.__file__).parents[2] / part
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        engine.mkdir(exist_ok=True)
        copy(source, engine / part)
    script = ALONE.replace("{folder!r}", repr(str(folder)))
    # -S -E would lose the installed packages; the repository itself is taken off the path.
    code = f"import sys; sys.path[:0] = [{str(folder)!r}, {str(engine)!r}]\n" + script
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert "The affine layer: 10 of 10 points" in done.stdout
    assert f"So far: 10 of {POINTS} points" in done.stdout
    assert "CheckError" in done.stdout
