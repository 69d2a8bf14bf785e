"""``handgrad lab`` opens the workbook that there is, and ends JupyterLab when it is ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from autograder.building import whereabouts
from autograder.building.pages import Page
from autograder.building.renewing import Change
from autograder.building.running import Choice
from autograder.building.whereabouts import NAME, find_workbook, is_workbook, remember
from autograder.building.workbook import WorkbookError
from autograder.building.written import MARKER
from autograder.commands import jupyter
from autograder.commands.cli import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without workbooks, a course elsewhere, and a current folder in neither."""
    for name in ("home", "course", "here"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(whereabouts, "ROOT", tmp_path / "course")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "home"


def make(folder: Path) -> Path:
    """Make a workbook."""
    (folder / MARKER).parent.mkdir(parents=True)
    (folder / MARKER).write_text('{"files": {}}')
    return folder


# Where it lies ----------------------------------------------------------------------------------


def test_the_first_one_is_made_here(tmp_path: Path) -> None:
    assert find_workbook() == (tmp_path / "here" / NAME, False)


@pytest.mark.parametrize("place", [".", NAME, "..", "../.."])
def test_the_one_at_hand_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    current = tmp_path / "here" / "a" / "b"
    current.mkdir(parents=True)
    monkeypatch.chdir(current)
    remember(make(tmp_path / "another"))
    near = make((current / place).resolve())
    assert find_workbook() == (near, False)


def test_the_nearest_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path)
    assert find_workbook()[0] == tmp_path
    inner = make(tmp_path / "here" / NAME)
    assert find_workbook()[0] == inner
    make(tmp_path / "here")
    assert find_workbook()[0] == tmp_path / "here"


def test_from_another_folder_the_last_one_is_opened(tmp_path: Path) -> None:
    first, second = make(tmp_path / "first"), make(tmp_path / "second")
    remember(first)
    assert find_workbook() == (first, True)
    remember(second)
    assert find_workbook() == (second, True)
    remember(first)
    (second / MARKER).unlink()
    assert find_workbook() == (first, True)


def test_if_the_last_one_is_gone_the_one_before_is_opened(tmp_path: Path) -> None:
    first, second = make(tmp_path / "first"), make(tmp_path / "second")
    remember(first)
    remember(second)
    second.rename(tmp_path / "moved")
    assert find_workbook() == (first, True)


@pytest.mark.parametrize("place", ["course", "home"])
def test_one_that_was_made_before_anything_was_remembered_is_found(
    tmp_path: Path, place: str
) -> None:
    old = tmp_path / place / NAME
    (old / "course").mkdir(parents=True)
    (old / "assignments" / "03_backpropagation" / "checks").mkdir(parents=True)
    assert find_workbook() == (old, True)


def test_no_second_one_is_made_because_the_first_was_moved(tmp_path: Path) -> None:
    remember(make(tmp_path / "first"))
    (tmp_path / "first").rename(tmp_path / "moved")
    with pytest.raises(WorkbookError, match=f"was {tmp_path}/first, and is not there now"):
        find_workbook()
    (tmp_path / "here" / NAME).mkdir()  # half made
    assert find_workbook() == (tmp_path / "here" / NAME, False)


def test_what_is_no_workbook(tmp_path: Path) -> None:
    for name in ("course/x", "assignments/03_backpropagation/text"):
        (tmp_path / "here" / name).mkdir(parents=True)
    assert not is_workbook(tmp_path / "here")  # such as the course itself
    assert not is_workbook(tmp_path / "nowhere")


@pytest.mark.parametrize("damage", ["", "{", "{}", "[1]", "7", "null"])
def test_a_damaged_memory_counts_for_nothing(tmp_path: Path, damage: str) -> None:
    workbook = make(tmp_path / "first")
    remember(workbook)
    file = tmp_path / "state" / "handgrad" / "workbooks.json"
    file.write_text(damage)
    assert find_workbook() == (tmp_path / "here" / NAME, False)
    remember(workbook)
    assert json.loads(file.read_text()) == [str(workbook)]


def test_where_nothing_can_be_remembered_it_works_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    remember(make(tmp_path / "first"))
    assert find_workbook() == (tmp_path / "here" / NAME, False)


# The command ------------------------------------------------------------------------------------


@pytest.fixture
def filled() -> list[list[str]]:
    """The pages that would have been run, each time that a workbook is filled."""
    return []


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, filled: list[list[str]]) -> list[list[str]]:
    """What would have been started; workbooks are filled with nothing."""
    calls: list[list[str]] = []

    def fill(folder: Path, *_: Any, choose: Choice) -> list[Change]:
        filled.append([page.number for page in choose([])])
        if is_workbook(folder):
            return []
        make(folder)
        return [Change("course/01_rest.ipynb", "new")]

    monkeypatch.setattr("autograder.building.workbook.fill_workbook", fill)
    monkeypatch.setattr("os.execv", lambda path, command: calls.append(command))
    monkeypatch.setattr("subprocess.Popen", lambda command: Ended())
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    return calls


class Ended:
    """A process that was interrupted once before it ended."""

    waits = 0

    def wait(self) -> int:
        self.waits += 1
        if self.waits == 1:
            raise KeyboardInterrupt
        return 0


def lab(*arguments: str, status: int = 0) -> Result:
    done = CliRunner().invoke(main, ["lab", *arguments])
    assert done.exit_code == status, done.output
    return done


@pytest.mark.parametrize(
    ("arguments", "folder", "passed_on"),
    [
        ([], f"here/{NAME}", []),
        (["mine"], "here/mine", []),
        (["--port", "9999", "--ip", "0.0.0.0"], f"here/{NAME}", None),
        (["mine", "--port", "9999"], "here/mine", ["--port", "9999"]),
        (["mine", "--port=9999", "--debug"], "here/mine", ["--port=9999", "--debug"]),
        (["mine", "--", "--port", "9999"], "here/mine", ["--port", "9999"]),
        (["--", "--port", "9999"], f"here/{NAME}", ["--port", "9999"]),
        (["--no-browser", "mine"], "here/mine", ["--no-browser"]),
        (["--port", "9", "--no-browser"], f"here/{NAME}", ["--port", "9", "--no-browser"]),
        (["-y"], f"here/{NAME}", ["-y"]),
        (
            ["9999", "--ServerApp.token", "x"],
            "here/9999",
            ["--ServerApp.token", "x"],
        ),
    ],
)
def test_what_is_not_ours_is_passed_on(
    tmp_path: Path,
    started: list[list[str]],
    arguments: list[str],
    folder: str,
    passed_on: list[str] | None,
) -> None:
    lab(*arguments)
    root = ["--ServerApp.root_dir", str(tmp_path / folder)]
    more = arguments if passed_on is None else passed_on
    assert started == [[sys.executable, "-m", "jupyterlab", *root, FIRST, *more]]


CHAPTERS = [Page("02_losses", "2_a"), Page("02_losses", "3_b"), Page("04_optimizers", "1_c")]


@pytest.mark.parametrize(
    ("options", "due", "now", "is_left"),
    [
        ([], CHAPTERS, ["2.2", "2.3"], True),
        ([], CHAPTERS[:2], ["2.2", "2.3"], False),
        ([], [], [], False),
        (["--no-figures"], CHAPTERS, [], False),
        (["--no-lab"], CHAPTERS, ["2.2", "2.3", "4.1"], False),
    ],
)
def test_one_chapter_has_its_figures_first_and_the_others_come_meanwhile(
    tmp_path: Path,
    started: list[list[str]],
    filled: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    due: list[Page],
    now: list[str],
    is_left: bool,
) -> None:
    left: list[Path] = []

    def fill(folder: Path, *_: Any, choose: Choice) -> list[Change]:
        filled.append([page.number for page in choose(due)])
        return []

    monkeypatch.setattr("autograder.building.workbook.fill_workbook", fill)
    monkeypatch.setattr("autograder.commands.jupyter.fill_meanwhile", left.append)
    said = lab(*options).output
    assert filled == [now]
    assert left == [Path.cwd() / NAME] * is_left
    assert ("figures are made meanwhile" in said) == is_left
    assert len(started) == ("--no-lab" not in options)


@pytest.mark.skipif(os.name != "posix", reason="priorities are those of POSIX")
def test_what_fills_it_meanwhile_is_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a session of its own, a lower priority, and fills the same workbook."""
    (tmp_path / "autograder" / "commands").mkdir(parents=True)
    for name, code in (("__init__", ""), ("commands/__init__", ""), ("commands/cli", FILLING)):
        (tmp_path / "autograder" / f"{name}.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    os.mkfifo("told")
    jupyter.fill_meanwhile(Path("mine"))
    session, nice, *arguments = Path("told").read_text().split()
    assert int(session) != os.getsid(0)
    assert int(nice) == min(19, os.nice(0) + 10)
    assert arguments == ["lab", str(tmp_path / "mine"), "--no-lab"]


FILLING = """
import os, sys, time
def main():
    while os.nice(0) == NICE: time.sleep(0.01)
    with open("told", "w") as file: print(os.getsid(0), os.nice(0), *sys.argv[1:], file=file)
""".replace("NICE", str(os.nice(0)) if os.name == "posix" else "0")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "9999", "mine"],
        ["--port=9999", "mine"],
        ["mine", "yours"],
        ["mine", "--port", "9999", "x"],
    ],
)
def test_a_folder_that_does_not_come_first_is_told_from_a_value(
    started: list[list[str]], arguments: list[str]
) -> None:
    said = lab(*arguments, status=2).stderr
    assert f"'{arguments[-1]}' belongs to no option: if it is your FOLDER, it comes first" in said
    assert started == []
    assert not Path(NAME).exists()


def test_it_says_what_it_opens_and_what_is_new(
    tmp_path: Path, started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "here" / NAME
    assert lab("--no-lab").output == f"{first}: what is new:\n  course/01_rest.ipynb: new\n"
    assert lab("--no-lab").output == f"{first}: all as it was.\n"
    monkeypatch.chdir(tmp_path / "home")
    opening = f"Opening your workbook {first}; name another folder to make a new one.\n"
    assert lab("--no-lab").output == f"{opening}{first}: all as it was.\n"
    assert not (tmp_path / "home" / NAME).exists()
    assert started == []
    first.rename(tmp_path / "moved")
    assert "name its new place: handgrad lab FOLDER" in lab(status=1).stderr
    lab(str(tmp_path / "moved"), "--no-lab")
    assert f"Opening your workbook {tmp_path / 'moved'};" in lab("--no-lab").output


def test_a_kernel_takes_one_thread_unless_it_is_told_otherwise(
    started: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    lab()
    assert (os.environ["OPENBLAS_NUM_THREADS"], os.environ["OMP_NUM_THREADS"]) == ("1", "3")


def test_root_is_allowed_and_told(started: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert "You are root: JupyterLab is started with --allow-root." in lab().output
    lab("--allow-root")
    assert [command.count("--allow-root") for command in started] == [1, 1]


def test_on_windows_it_waits_for_jupyterlab(
    started: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(jupyter.sys, "platform", "win32")
    assert jupyter.open_lab(tmp_path, []) == 0
    assert started == []


def test_without_jupyterlab_a_sentence_says_so(
    started: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "JupyterLab is not installed: pip install jupyterlab" in lab(status=1).stderr


FIRST = "--LabApp.default_url=/lab/tree/start.ipynb"
FAKE = """
import os, signal, sys, time
for number in (signal.SIGINT, signal.SIGHUP):  # nohup and & let it ignore them
    signal.signal(number, signal.SIG_DFL)
print("as", os.getpid(), *sys.argv[1:], flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_what_ends_the_command_ends_jupyterlab(tmp_path: Path, number: signal.Signals) -> None:
    """They are one process, whatever the signal."""
    (tmp_path / "jupyterlab.py").write_text(FAKE)
    code = (
        "from pathlib import Path; from autograder.commands.jupyter import open_lab;"
        "open_lab(Path('here'), ['--port', '9'])"
    )
    here = Path(__file__).parents[2]
    path = os.pathsep.join([str(tmp_path), str(here), os.environ.get("PYTHONPATH", "")])
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if line.startswith("as "))
        root = ["--ServerApp.root_dir", str(tmp_path / "here"), FIRST, "--port", "9"]
        try:
            assert line.split()[1:7] == [str(process.pid), *root]
            process.send_signal(number)
            assert process.wait(timeout=60) != 0
        finally:
            process.kill()
