"""Where the sandbox is not whole, one sentence says what is missing and what to do."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from notebooks import NAME

from autograder.classes import classroom
from autograder.classes.class_directory import ClassDirectory
from autograder.classes.classroom import grade_assignment
from autograder.sandbox import SandboxUnavailable, advice, probe
from autograder.sandbox.terms import NOTHING

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
DENIED = "bwrap: setting up uid map: Permission denied"

CASES = {
    "no bubblewrap": (
        advice.outer_missing("bubblewrap is not installed (`apt install bubblewrap`)"),
        ["outer layer", "`apt install bubblewrap`", "which files exist"],
    ),
    "no namespaces": (
        advice.outer_missing(DENIED),
        ["outer layer", DENIED, "namespaces", "which files exist"],
    ),
    "no Landlock": (
        advice.nothing_holds("landlock_create_ruleset: Function not implemented"),
        ["5.13", "Landlock", "`apt install bubblewrap`", "--allow-unsandboxed", "read, change"],
    ),
    "macOS": (
        advice.not_linux("Darwin"),
        ["macOS", "Docker", "`apt install bubblewrap`", "--allow-unsandboxed", "read, change"],
    ),
    "Windows": (
        advice.not_linux("Windows"),
        ["Windows", "`wsl --install`", "`apt install bubblewrap`", "would not help"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_sentence_says_what_is_missing_and_what_to_do(case: str) -> None:
    sentence, words = CASES[case]
    for word in words:
        assert word in sentence
    assert re.fullmatch(r"[A-Z].*\.", sentence)
    assert not re.search(r"[.!?] [A-Z]", sentence), "more than one sentence"


def test_in_a_container_the_one_who_starts_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advice, "in_container", lambda: True)
    assert "starts this container" in advice.outer_missing(DENIED)
    monkeypatch.setattr(advice, "in_container", lambda: False)
    assert "max_user_namespaces" in advice.outer_missing(DENIED)


@linux_only
def test_without_bubblewrap_the_inner_layer_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    found = probe.__wrapped__()
    assert (found.level, found.reason) == (2, CASES["no bubblewrap"][0])


@linux_only
def test_without_namespaces_the_inner_layer_is_found() -> None:
    within = ["bwrap", "--dev-bind", "/", "/", "--unshare-user", "--disable-userns", "--"]
    if shutil.which("bwrap") is None or subprocess.run([*within, "true"], check=False).returncode:
        pytest.skip("namespaces cannot be taken away here")
    script = "from autograder.sandbox import probe; print(probe().level, probe().reason)"
    result = subprocess.run(
        [*within, sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("2 The outer layer is missing, as bubblewrap may not make name")


def test_on_macos_grading_refuses_unless_the_risk_is_taken(
    class_folder: Path,
    submit: Callable[..., Path],
    few_solved: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reason = advice.not_linux("Darwin")
    monkeypatch.setattr(classroom, "probe", lambda: replace(NOTHING, reason=reason))
    submit("ada", few_solved)
    where = ClassDirectory(class_folder)
    with pytest.raises(SandboxUnavailable, match="this is macOS"):
        grade_assignment(where, NAME)
    outcome = grade_assignment(where, NAME, allow_unsandboxed=True)
    (report,) = outcome.reports
    assert report["points"] == report["max_points"]
    assert report["sandbox"]["level"] == 0
    assert report["sandbox"]["reason"] == reason


# Windows has neither `resource` nor `fcntl`, and no fork. Packages are imported before: they could
# not be under a false name.
AS_ON_WINDOWS = """
import concurrent.futures.process, multiprocessing.util, os, platform, socket, sys
import IPython, click, jupytext, nbgrader.apps, nbgrader.api, rich.console, rich.table, tqdm
for name in ("fork", "sched_getaffinity", "wait4", "killpg"):
    delattr(os, name)
for name in ("send_fds", "recv_fds"):
    delattr(socket, name)
sys.modules["resource"] = sys.modules["fcntl"] = None
sys.platform = "win32"
platform.system = lambda: "Windows"
"""


def run_as_on_windows(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", AS_ON_WINDOWS + script, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(platform.system() != "Linux", reason="it pretends, on Linux")
@pytest.mark.parametrize("flag", [(), ("--allow-unsandboxed",)])
def test_on_windows_grading_says_where_it_works(
    flag: tuple[str, ...], class_folder: Path, submit: Callable[..., Path], few_solved: Any
) -> None:
    submit("ada", few_solved)
    script = "from autograder.commands.cli import main; main()"
    result = run_as_on_windows(script, "grade", "3", "--class", str(class_folder), *flag)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "WSL 2" in result.stderr
    assert not (class_folder / "autograded").exists()


@pytest.mark.skipif(platform.system() != "Linux", reason="it pretends, on Linux")
def test_on_windows_a_learner_can_check(release_folder: Path) -> None:
    script = f"""
os.chdir({str(release_folder)!r})
from handgrad import check
class ReLU: pass
check("relu")
"""
    result = run_as_on_windows(script)
    assert result.returncode == 0, result.stderr
    assert "FAILED" in result.stdout
