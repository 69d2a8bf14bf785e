"""The example of a hub is so: its commands, run in a real one, lead a class through a round."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from commands import BIN, activated_environment
from processes import family

from autograder.building.chapters import ROOT
from autograder.sandbox import probe

pytest.importorskip("jupyterhub", reason="jupyterhub is not installed")
if not (BIN / "configurable-http-proxy").exists():  # conda-forge's is that of Node.js
    pytest.skip("the hub's proxy is not installed", allow_module_level=True)
import machine
from visitor import Visitor

NAME, COURSE = "01_perceptrons", "myclass"
NOTEBOOK, GIVEN = f"{NAME}/{NAME}.ipynb", {"course_id": COURSE, "assignment_id": NAME}
EXCHANGE = "/usr/local/share/nbgrader/exchange"
README = (ROOT / "examples" / "hub" / "README.md").read_text("utf-8")
INSTALL, ACCOUNTS, START, TRIAL, CLASS, GRADE = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
ANSWERS = {
    "ada": "def step(x):\n    return (np.asarray(x) > 0).astype(int)",
    "ben": "def step(x):\n    return (np.asarray(x) >= 0).astype(int)",
}
FORMGRADER = "@jupyter/nbgrader:formgrader"
LEVEL = re.compile(r'"level": [23]')
QUICK = "import sys\nsys.modules['rfc3987_syntax'] = None\n"
"""What leaves out seconds of each start of nbgrader's (see cli.py)."""


@dataclass
class Round:
    """What was seen in one round of a class on a hub, from its release to its feedback.

    Attributes
    ----------
    checks, pages : dict
        For each student the table of a check, and the feedback.
    said : dict
        What terminals said, by step.
    """

    has_accounts: bool
    people: dict[str, Visitor]
    checks: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone whose course has one chapter: the others would be computed for nothing."""
    folder = tmp_path_factory.mktemp("clone") / "handgrad"
    for part in ("autograder", "examples", "solutions", f"assignments/{NAME}", f"course/{NAME}"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "handgrad.py", folder)
    (folder / "sitecustomize.py").write_text(QUICK)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def three_ports() -> int:
    """Return a port that is free, with the two after it."""
    while True:
        with socket.socket() as one, socket.socket() as two, socket.socket() as three:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            with suppress(OSError, OverflowError):
                two.bind(("127.0.0.1", port + 1))
                three.bind(("127.0.0.1", port + 2))
                return port


@contextmanager
def running(command: list[str], log: Path, environment: dict[str, str] | None) -> Iterator[None]:
    """Start a hub, and wait until it answers; whatever it has started ends with the block."""
    with log.open("wb") as file:
        hub = subprocess.Popen(
            command, stdout=file, stderr=file, env=environment, cwd=log.parent, process_group=0
        )
        try:
            end = time.monotonic() + 120
            while "JupyterHub is now running" not in (said := log.read_text()):
                assert hub.poll() is None, f"the hub ended:\n{said}"
                assert time.monotonic() < end, f"the hub did not start:\n{said}"
                time.sleep(0.2)
            yield
        finally:
            started = family(hub.pid)
            os.killpg(hub.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                hub.wait(20)
            for pid in started:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            hub.wait()


@pytest.fixture(scope="module", params=["accounts", "trial"])
def hub(
    request: pytest.FixtureRequest, clone: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Round]:
    """A hub in which everybody has logged in: with accounts of their own, and in a trial."""
    if probe().level < 2:
        pytest.skip("no sandbox here, so nothing is graded")
    folder, port = tmp_path_factory.mktemp("hub"), three_ports()
    quick = {"PYTHONPATH": str(clone), "HANDGRAD_HUB_PORT": str(port), "OMP_NUM_THREADS": "1"}
    has_accounts = request.param == "accounts"
    if has_accounts and (reason := machine.reason_why_not(folder / "try", clone)):
        pytest.skip(f"no accounts can be made here: {reason}")
    if has_accounts:
        quick["PYTHONPATH"] = str(machine.CLONE)
        exports = "".join(f"export {name}={value}\n" for name, value in quick.items())
        command = machine.command(folder, clone, "bash", "-ec", exports + ACCOUNTS + START)
        passwords = dict(re.findall(r"^(\w+):(.+)$", ACCOUNTS, re.MULTILINE))
        environment = None
    else:
        (folder / "examples").symlink_to(clone / "examples")
        command, environment = ["bash", "-ec", TRIAL], activated_environment(folder) | quick
        passwords = dict.fromkeys(("teacher", *ANSWERS), re.search(r"TRIAL=(\S+)", TRIAL)[1])
    with running(command, folder / "hub.log", environment):
        address = f"http://127.0.0.1:{port}"
        people = {name: Visitor(address, name, word) for name, word in passwords.items()}
        yield Round(has_accounts, people)


def graded(teacher: Visitor, student: str) -> str:
    """Return a student's graded notebook, in which is recorded how it was graded."""
    return json.dumps(teacher.read(f"{COURSE}/autograded/{student}/{NOTEBOOK}", "notebook"))


def left_out(visitor: Visitor) -> list[str]:
    """Return which of JupyterLab's extensions a user does not see."""
    page = visitor.visit(f"{visitor.base}lab").text
    return re.findall(r'"([^"]+)"', re.search(r'"disabledExtensions": \[(.*?)\]', page)[1])


def run_in(visitor: Visitor, block: str) -> str:
    """Run a block of the page in a user's terminal; return what it said, or fail if it fails."""
    status, said = visitor.terminal(block)
    assert status == 0, said
    return said


def work(student: Visitor, answer: str) -> str:
    """Fetch, answer the first task, run its check and hand in; return what the check showed."""
    student.assignments("fetch", **GIVEN)
    notebook = student.read(NOTEBOOK, "notebook")
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    cells["step-answer"]["source"] = answer
    student.write(NOTEBOOK, notebook, "notebook")
    imports = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    outputs = student.run(NOTEBOOK, [imports["source"], answer, cells["step"]["source"]])
    student.assignments("submit", **GIVEN)
    return "".join(one.get("data", {}).get("text/plain", "") for one in outputs[-1])


FORGE = f"""
inbound={EXCHANGE}/{COURSE}/inbound
cp -r {NAME} "$inbound/ada+{NAME}+2098-01-01 00:00:00.0 UTC+forged"
his="$inbound/ben+{NAME}+2098-01-01 00:00:00.0 UTC+linked"
cp -r {NAME} "$his"
cp .local/share/jupyter/nbgrader_cache/{COURSE}/*/*.txt "$his"
ln -s /home/teacher/{COURSE}/source/{NOTEBOOK} "$his/model.ipynb"
"""
"""What ben does besides: he hands in as ada, and a link to the instructor's notebook."""
LOOK = f"""
for path in /home/teacher /home/ada {EXCHANGE}/{COURSE}/inbound {EXCHANGE}/{COURSE}/feedback
do ls $path && echo SEEN || true
done
ls {EXCHANGE}/{COURSE}/outbound
touch {EXCHANGE}/{COURSE}/outbound/{NAME}/x {EXCHANGE}/{COURSE}/feedback/x && echo SEEN || true
kill $(pgrep -u ada) && echo SEEN || true
mv {EXCHANGE}/{COURSE} {EXCHANGE}/gone && echo SEEN || true
"""
"""What ben tries: to see the class, ada's home, what others have handed in and their feedback, to
write where he may not, to end ada's programs, and to take the course's place in the exchange."""


@pytest.fixture(scope="module")
def done(hub: Round) -> Round:
    """The round: the class is made; students work and hand in; it is graded and given back."""
    teacher, students = hub.people["teacher"], {name: hub.people[name] for name in ANSWERS}
    hub.said["class"] = run_in(teacher, CLASS)
    for name, student in students.items():
        hub.checks[name] = work(student, ANSWERS[name])
    if hub.has_accounts:
        run_in(students["ben"], FORGE)
    hub.said["grade"] = run_in(teacher, GRADE)
    if hub.has_accounts:
        hub.said["look"] = run_in(students["ben"], LOOK)
    for name, student in students.items():
        student.assignments("fetch_feedback", **GIVEN)
        (stamp,) = student.listed(f"{NAME}/feedback")
        hub.pages[name] = student.read(f"{NAME}/feedback/{stamp}/{NAME}.html")
    return hub


def test_a_check_shows_its_points_in_the_notebook(done: Round) -> None:
    assert "The step function: 2 of 2 points" in done.checks["ada"]
    assert "2 of 2" not in done.checks["ben"]
    assert "Hint:" in done.checks["ben"]


def test_what_is_handed_in_is_graded_in_a_sandbox(done: Round) -> None:
    said = done.said["grade"]
    assert re.search(r"Sandbox: .*\(level [23]\)", said), said
    for name, points in (("ada", "2/56"), ("ben", r"1(\.\d)?/56")):
        assert re.search(rf"│ {name} +│ +{points}", said), said
    assert LEVEL.search(graded(done.people["teacher"], "ada"))


def test_each_fetches_the_page_on_their_own_work(done: Round) -> None:
    for name, answer in ANSWERS.items():
        text = html.unescape(re.sub(r"<[^>]+>", "", done.pages[name]))
        assert answer.splitlines()[1].strip() in text, name
        (other,) = ANSWERS.keys() - {name}
        assert ANSWERS[other].splitlines()[1].strip() not in text, name


def test_formgrader_knows_the_class_and_grades_in_a_sandbox_too(done: Round) -> None:
    teacher = done.people["teacher"]
    (assignment,) = teacher.ask("GET", "formgrader/api/assignments")
    assert (assignment["status"], assignment["num_submissions"]) == ("released", 2)
    teacher.terminal(f"rm -r {COURSE}/autograded/ben")
    answer = teacher.ask("POST", f"formgrader/api/submission/{NAME}/ben/autograde")
    assert answer["success"], answer
    assert LEVEL.search(graded(teacher, "ben"))


def test_formgrader_is_shown_to_the_instructor_alone(done: Round) -> None:
    teacher, ben = done.people["teacher"], done.people["ben"]
    page = teacher.visit("/user/teacher/formgrader")
    assert (
        page.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    )  # or not in JupyterLab
    assert ben.visit("/user/ben/formgrader").status_code == 404
    assert FORMGRADER in left_out(ben)
    assert FORMGRADER not in left_out(teacher)


def test_nobody_gets_into_the_server_of_another(done: Round) -> None:
    for other in ("ada", "teacher"):
        assert done.people["ben"].visit(f"/user/{other}/api/contents").status_code == 403


def test_a_student_sees_neither_the_class_nor_others_work(done: Round) -> None:
    if not done.has_accounts:
        pytest.skip("in a trial all are one account")
    said = done.said["look"]
    assert NAME in said.splitlines(), said  # what is released can be seen
    assert "SEEN" not in said, said
    assert said.count("Permission denied") == 6, said


def test_who_hands_in_as_another_is_named_and_no_link_is_followed(done: Round) -> None:
    if not done.has_accounts:
        pytest.skip("in a trial all are one account")
    said = " ".join(done.said["grade"].split())
    assert "says that it is ada's, and belongs to the account ben." in said
    assert "'model.ipynb'" in said
    listed = done.people["teacher"].listed(f"{COURSE}/submitted/ben/{NAME}")
    assert f"{NAME}.ipynb" in listed
    assert "model.ipynb" not in listed


def test_the_installation_is_what_the_project_declares() -> None:
    """It is the one block that is not run here: it needs the net."""
    assert INSTALL.splitlines()[-1].endswith(
        "pip install -e '/opt/handgrad[instructor]' jupyterhub configurable-http-proxy"
    )
