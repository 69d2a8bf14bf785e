"""A submission that breaks a limit is stopped and told why; what is right in it still counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from notebooks import NAME, edited

from autograder.authoring.implementation import Implementation, ImplementationError, Stopped
from autograder.authoring.tasks import Allowance
from autograder.grading.examiner import Examiner
from autograder.grading.reports import SubmissionReport
from autograder.grading.single import grade_submission
from autograder.grading.submissions import LARGEST_CELL
from autograder.inside.wire import WireError, encode
from autograder.judging import expectations
from autograder.judging.results import run_check
from autograder.sandbox import Limits, Zygote, outputs
from autograder.sandbox import session as sessions
from autograder.sandbox.budget import Budget
from autograder.sandbox.outputs import as_output
from autograder.sandbox.session import Session

WIDE = Budget(cell_seconds=20, total_seconds=60, restarts=1, limits=Limits(cpu_seconds=60))
SMALL = Budget(cell_seconds=0.3, total_seconds=8, restarts=4, limits=Limits(cpu_seconds=4))

# Where the child keeps its end of the channel: a student can find it, too.
FORGE = """
import gc, sys
child = next(m for n, m in sys.modules.items() if n.endswith("child") and hasattr(m, "OUTPUTS"))
wire, channel, socket = child.channel, child.channel, child.OUTPUTS.connection
from struct import pack
def frame(header, binary=b""):
    return pack("<4sIQ", b"HGW1", len(header), len(binary)) + header + binary
"""


def run(zygote: Zygote, *cells: str, budget: Budget = SMALL) -> Session:
    """Return a session in which the cells have run, closed."""
    with Session(zygote, list(enumerate(cells)), budget) as session:
        session.run_cells()
    return session


def text(session: Session, cell: int = 0) -> str:
    return "".join(one.get("text", "") for one in session.outputs[cell])


def test_cells_run_and_show(zygote: Zygote) -> None:
    session = run(
        zygote,
        "import sys\nprint('out')\nprint('more')\nprint('err', file=sys.stderr)\nx = 6",
        "x * 7",
        "1 / 0",
        "from IPython.display import display, HTML\ndisplay(HTML('<script>'))",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    )
    assert session.stops == {}
    out, err = session.outputs[0]
    assert (out["name"], out["text"]) == ("stdout", "out\nmore\n")
    assert (err["name"], err["text"]) == ("stderr", "err\n")
    assert session.outputs[1][0]["data"] == {"text/plain": "42"}
    assert session.outputs[2][0]["ename"] == "ZeroDivisionError"
    assert session.outputs[3][0]["data"].keys() == {"text/plain"}
    assert "image/png" in session.outputs[4][-1]["data"]
    assert session.cpu_seconds > 0
    assert session.peak_bytes > 1 << 20


def test_it_answers_what_it_is_asked(zygote: Zygote) -> None:
    cell = "import numpy as np\ndef f(x): return 2 * x\ndef g(h): return h(1) + h(2)"
    with Session(zygote, [(5, cell)], SMALL) as session:
        session.run_cells()
        impl: Any = Implementation(session)
        with session.limit(2, "this check"):
            np.testing.assert_array_equal(impl.f(np.ones(3)), np.full(3, 2.0))
            assert impl.g(lambda x: float(impl.f(x))) == 6
            with pytest.raises(ImplementationError) as caught:
                impl.f(None)
    assert caught.value.file == "<cell 5>"
    assert caught.value.source == "def f(x): return 2 * x"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("while True: pass", "this cell was stopped: it took more than 0.3 s of computing"),
        ("import time; time.sleep(60)", "this cell was stopped: it did not end within 0.9 seconds"),
        ("while True: print('again')", "this cell was stopped"),
        ("while True:\n try: input()\n except BaseException: pass", "this cell was stopped"),
        ("import os; os._exit(0)", "the code ended the Python interpreter"),
        (
            "import ctypes; ctypes.string_at(0)",
            "the code crashed the Python interpreter (signal 11)",
        ),
        ("import os; os.abort()", "the code crashed the Python interpreter (signal 6)"),
        (FORGE + "socket.close()", "the code ended the Python interpreter"),
        (FORGE + "socket.sendall(b'garbage ' * 99)", "broke off the conversation"),
        (FORGE + "socket.sendall(b'o' + frame(b'[]'))", "broke off the conversation"),
        (FORGE + "socket.sendall(b'b' + frame(b'{}'))", "broke off the conversation"),
        (FORGE + "socket.sendall(b'o' + frame(b'{'))", "broke off the conversation"),
        (
            FORGE + "socket.sendall(b'o' + pack('<4sIQ', b'HGW1', 9, 1 << 40))",
            "broke off the conversation",
        ),
        (
            FORGE + "while True: socket.sendall(b'o' + frame(b'{\"dict\":[]}'))",
            "this cell was stopped",
        ),
    ],
    ids=lambda value: str(value)[-30:],
)
def test_a_cell_that_breaks_a_limit_is_stopped_and_the_others_run(
    zygote: Zygote, cell: str, reason: str
) -> None:
    session = run(zygote, "print('before')", cell, "print('after')")
    assert session.stops.keys() == {1}
    assert reason in session.stops[1]
    assert (text(session, 0), text(session, 2)) == ("before\n", "after\n")
    assert len(text(session, 1)) <= outputs.MOST_TEXT


def test_memory_is_limited(zygote: Zygote) -> None:
    budget = Budget(cell_seconds=3, limits=Limits(memory_bytes=1024 << 20))
    session = run(zygote, "hoard = bytearray(1 << 31)", "print('after')", budget=budget)
    assert session.outputs[0][0]["ename"] == "MemoryError"
    assert text(session, 1) == "after\n"
    assert session.peak_bytes < 1024 << 20


def test_input_has_nothing_to_read(zygote: Zygote) -> None:
    session = run(zygote, "input('name? ')", "print('after')")
    assert session.outputs[0][-1]["ename"] in ("EOFError", "StdinNotImplementedError")
    assert text(session, 1) == "after\n"


def test_a_syntax_error_is_one_cells_own(zygote: Zygote) -> None:
    session = run(zygote, "class Sigmoid\n    pass", "print('after')", "x = '\0'", "\ud7ff")
    assert session.outputs[0][0]["ename"] == "SyntaxError"
    assert text(session, 1) == "after\n"
    assert session.stops == {}


@pytest.mark.parametrize("letter", ["x", "é", "字", "😀", "\x00"])
def test_a_cell_as_large_as_is_read_is_run(zygote: Zygote, letter: str) -> None:
    """Whatever its letters take where they are written as JSON."""
    long = f"# {letter * (LARGEST_CELL - 2)}"
    code = f"x = 7\n# {letter * 900_000}"
    session = run(zygote, long if letter != "\x00" else "1", code, "print(x)", budget=WIDE)
    assert session.stops == {}
    assert text(session, 2) == ("7\n" if letter != "\x00" else "")


@pytest.mark.parametrize(
    "shown",
    [
        "print('é' * 900_000)",
        "print('😀' * 900_000)",
        "print('\\0' * 900_000, file=sys.stderr)",
        "'字' * 900_000",
        "display({'image/png': 'A' * 4_190_000, 'text/plain': 'é' * 200_000}, raw=True)",
        "display({'image/png': 'AAAA'}, raw=True, metadata={'image/png': {'alt': 'é' * 900_000}})",
        "print('a')\nraise type('E' * 5_000_000, (Exception,), {})('é' * 900_000)",
    ],
)
def test_what_is_too_large_to_be_shown_is_no_error_of_the_code(zygote: Zygote, shown: str) -> None:
    before = "import sys\nfrom IPython.display import display\n"
    session = run(zygote, f"{before}{shown}", "print('after')", budget=WIDE)
    assert session.stops == {}
    assert session.outputs[0]
    assert all(one.get("ename", "E" * 100) == "E" * 100 for one in session.outputs[0])
    assert text(session, 1) == "after\n"


def test_an_error_in_a_line_of_any_length_is_an_error_like_any_other(zygote: Zygote) -> None:
    line = f"def f(): raise KeyError  # {'é' * 900_000}"
    with Session(zygote, [(0, line)], WIDE) as session:
        session.run_cells()
        for _ in range(2):
            with session.limit(20, "this check"), pytest.raises(ImplementationError) as caught:
                Implementation(session).f()
            assert (caught.value.kind, caught.value.line) == ("KeyError", 1)
            assert len(caught.value.source) == 200
            assert caught.value.source.endswith("é…")


def test_a_cell_that_cannot_be_sent_is_named_and_the_others_run(
    zygote: Zygote, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(value: Any) -> bytes:
        if b"huge" in value["source"]:
            raise WireError("the value is too large to be sent")
        return encode(value)

    monkeypatch.setattr(sessions, "encode", refuse)
    with Session(zygote, list(enumerate(["x = 1", "huge = 2", "print(x)"])), SMALL) as session:
        session.run_cells()
        assert session.stops == {1: "this cell is too large to be run"}
        assert text(session, 2) == "1\n"
        session.stop("")
        session.run_cells()
        assert list(session.stops) == [1]


def test_a_child_in_which_not_all_cells_have_run_is_asked_nothing(
    zygote: Zygote, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise MemoryError

    with Session(zygote, [(0, "x = 1"), (1, CALLS)], SMALL) as session:
        with monkeypatch.context() as patch:
            patch.setattr(session, "_show", fail)
            patch.setattr(session, "_receive", fail)
            with pytest.raises(MemoryError):
                session.run_cells()
        with pytest.raises(Stopped, match="not running"), session.limit(1, "this check"):
            pass
        session.run_cells()
        with session.limit(1, "this check"):
            assert Implementation(session).right() == 1


def test_leaving_is_only_the_end_of_the_cell(zygote: Zygote) -> None:
    session = run(zygote, "raise SystemExit", "exit()", "print('after')")
    assert session.stops == {}
    assert text(session, 2) == "after\n"


def test_endless_output_keeps_to_its_room(zygote: Zygote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_OUTPUT_BYTES", 20_000)
    big = "b'{\"dict\":[[\"text\",\"' + b'x' * 9000 + b'\"]]}'"
    session = run(zygote, FORGE + f"for _ in range(9): socket.sendall(b'o' + frame({big}))", "1")
    assert len(text(session)) == 18_000
    assert session.outputs[1] == []
    assert session.stops == {}


def test_outputs_are_counted_for_all_cells_together(
    zygote: Zygote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MOST_OUTPUTS", 5)
    three = "from IPython.display import display\nfor one in range(3): display(one)"
    session = run(zygote, three, three, "print('all')\nprint('one')", "x = 1", three)
    assert [len(session.outputs[cell]) for cell in range(5)] == [3, 2, 0, 0, 0]
    assert session.full_at == 1
    assert session.stops == {}


def test_what_is_printed_is_one_output(zygote: Zygote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_OUTPUTS", 1)
    session = run(zygote, "for one in range(9): print(one)")
    assert text(session) == "".join(f"{one}\n" for one in range(9))
    assert session.full_at is None


def test_a_submission_that_is_stopped_too_often_is_given_up(zygote: Zygote) -> None:
    cells = list(enumerate(["import os; os._exit(0)"] * 9))
    with Session(zygote, cells, SMALL) as session, pytest.raises(Stopped, match="too often"):
        session.run_cells()
    assert len(session.stops) == SMALL.restarts + 1


def test_all_computing_together_has_a_limit(zygote: Zygote) -> None:
    budget = Budget(cell_seconds=1, total_seconds=1.5, restarts=9)
    cells = list(enumerate(["while True: pass"] * 9))
    with (
        Session(zygote, cells, budget) as session,
        pytest.raises(Stopped, match=r"used up its 1\.5 s"),
    ):
        session.run_cells()


def test_the_kernels_limit_is_named(zygote: Zygote) -> None:
    budget = Budget(cell_seconds=30, limits=Limits(cpu_seconds=1))
    session = run(zygote, "while True: pass", budget=budget)
    assert session.stops == {0: "the submission took more than 1 seconds of computing"}


CALLS = """
import os, sys, time
def spin():
    while True: pass
def nap(): time.sleep(60)
def leave(): os._exit(0)
def right(): return 1
def hold(f): return f()
def many(f):
    while True: f()
"""


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("spin", "this check was stopped: it took more than 0.3 s of computing"),
        ("nap", "this check was stopped: it did not end within 0.9 seconds"),
        ("leave", "the code ended the Python interpreter"),
    ],
)
def test_a_call_that_breaks_a_limit_is_stopped_and_the_next_one_answered(
    zygote: Zygote, name: str, reason: str
) -> None:
    with Session(zygote, [(0, CALLS)], SMALL) as session:
        for call in (
            lambda impl: getattr(impl, name)(),
            lambda impl: impl.hold(getattr(impl, name)),
        ):
            session.run_cells()
            with session.limit(0.3, "this check"), pytest.raises(Stopped, match=reason):
                call(Implementation(session))
            with pytest.raises(Stopped, match="not running"), session.limit(1, "this check"):
                pass
        session.run_cells()
        with session.limit(1, "this check"):
            assert Implementation(session).right() == 1


def test_calling_back_for_ever_is_stopped(zygote: Zygote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_CALLBACKS", 50)
    with Session(zygote, [(0, CALLS)], SMALL) as session:
        session.run_cells()
        with session.limit(1, "this check"), pytest.raises(Stopped, match="broke off"):
            Implementation(session).many(lambda: 1)


FORGED_CALL = (
    FORGE
    + """
def forged(what):
    socket.sendall(what)
    return 1
"""
)


@pytest.mark.parametrize(
    "sent",
    [
        b"c" + b"HGW1\x02\0\0\0\0\0\0\0\0\0\0\0{}",
        b"c" + b"HGW1\x02\0\0\0\0\0\0\0\0\0\0\0[]",
        b"d" + b"HGW1\x02\0\0\0\0\0\0\0\0\0\0\0[]",
        b"zzzzzzzzzzzzzzzzzzzzz",
    ],
)
def test_forged_messages_end_the_conversation(zygote: Zygote, sent: bytes) -> None:
    with Session(zygote, [(0, FORGED_CALL)], SMALL) as session:
        session.run_cells()
        with session.limit(1, "this check"), pytest.raises(Stopped, match="broke off"):
            Implementation(session).forged(sent)


def test_forged_output_during_a_check_is_passed_over(zygote: Zygote) -> None:
    with Session(zygote, [(0, FORGED_CALL)], SMALL) as session:
        session.run_cells()
        with session.limit(1, "this check"):
            forged = b"o" + b"HGW1\x02\0\0\0\0\0\0\0\0\0\0\0[]"
            assert Implementation(session).forged(forged) == 1


def test_a_forged_reply_is_only_wrong_data(zygote: Zygote) -> None:
    """A reply sent before its time is taken for the answer: it is a value like any other."""
    with Session(zygote, [(0, FORGED_CALL)], SMALL) as session:
        session.run_cells()
        with session.limit(1, "this check"):
            header = b'{"dict":[["value",{"dict":[["points",100],["passed",true]]}]]}'
            reply = b"b" + b"HGW1" + len(header).to_bytes(4, "little") + bytes(8) + header
            assert Implementation(session).forged(reply) == {"points": 100, "passed": True}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({}, {"output_type": "stream", "name": "stdout", "text": ""}),
        (
            {"output_type": "stream", "name": "x", "text": ["a"]},
            {"output_type": "stream", "name": "stdout", "text": ""},
        ),
        (
            {"output_type": "stream", "name": "stderr", "text": "\ud800"},
            {"output_type": "stream", "name": "stderr", "text": "?"},
        ),
        (
            {"output_type": "display_data", "data": {"text/html": "<script>", "text/plain": 3}},
            {"output_type": "display_data", "data": {"text/plain": ""}, "metadata": {}},
        ),
        (
            {"output_type": "execute_result", "data": {"image/png": "PHN2Zz4="}},
            {"output_type": "display_data", "data": {"text/plain": ""}, "metadata": {}},
        ),
        (
            {"output_type": "error", "ename": "Bad\x1b[2J", "evalue": 3, "traceback": "x"},
            {"output_type": "error", "ename": "Exception", "evalue": "", "traceback": []},
        ),
        (
            {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a", 1]},
            {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a", ""]},
        ),
        (
            {"output_type": ["stream"], "data": 4},
            {"output_type": "stream", "name": "stdout", "text": ""},
        ),
    ],
)
def test_outputs_are_plain_whatever_is_said(said: Any, shown: Any) -> None:
    assert as_output(said) == shown


# One submission, graded --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def examiner(few_source: Any) -> Examiner:
    found = Examiner(few_source, 7)
    for task in found.tasks:
        task.seconds = 0.5
    return found


@pytest.fixture
def graded(examiner: Examiner, zygote: Zygote, few_solved: Any, tmp_path: Any) -> Any:
    """Grade the solved notebook with some answers changed."""

    def grade(budget: Budget = SMALL_GRADING, **answers: str) -> SubmissionReport:
        path = tmp_path / f"{NAME}.ipynb"
        import nbformat

        nbformat.write(edited(few_solved, **answers), path)
        return grade_submission(examiner, zygote, "ada", path, budget)

    return grade


SMALL_GRADING = Budget(cell_seconds=1, total_seconds=10, restarts=3, limits=Limits(cpu_seconds=6))
FULL = {"nodes": 4, "relu": 4, "relative_error": 3}
BODY = "def relative_error(a, b):\n    {}\n"


def points(report: SubmissionReport) -> dict[str, float]:
    return {task.name: task.points for task in report.tasks}


def messages(report: SubmissionReport, task: str) -> list[str]:
    (found,) = [one for one in report.tasks if one.name == task]
    return [check.message for check in found.checks if not check.passed]


def test_the_right_answers_get_all_points(graded: Any) -> None:
    report = graded()
    assert points(report) == FULL
    assert report.remarks == ()
    assert report.points == report.max_points == 11
    assert report.as_json()["sandbox"]["level"] >= 2


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("while True: pass", "this check was stopped: it took more than 0.5 s of computing"),
        ("import time; time.sleep(60)", "it did not end within 1.5 seconds"),
        ("import os; os._exit(1)", "the code ended the Python interpreter"),
        ("import ctypes; ctypes.string_at(0)", "(signal 11)"),
        ("raise SystemExit", "your code raised SystemExit in the line `raise SystemExit`"),
        ("return bytearray(1 << 40)", "more memory than a submission may use"),
        ("return 'x' * (8 << 20)", "your code raised ValueError"),
        ("return 10 ** 20000", "a number that is too large"),
        ("return input()", "your code raised"),
        ("return secret", "your code raised NameError in the line `return secret`"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_was_stopped_is_named_and_the_rest_is_graded(
    graded: Any, body: str, sentence: str
) -> None:
    report = graded(relative_error=BODY.format(body))
    assert points(report) == {**FULL, "relative_error": 0}
    said = messages(report, "relative_error")
    assert any(sentence in message for message in said), said


def test_a_stopped_cell_is_remarked_on_and_the_rest_is_graded(graded: Any) -> None:
    report = graded(relative_error="while True: print('more')")
    assert points(report) == {**FULL, "relative_error": 0}
    assert [remark for remark in report.remarks if "relative_error-answer" in remark]
    assert "is not defined" in messages(report, "relative_error")[0]


def test_a_syntax_error_costs_one_task(graded: Any) -> None:
    report = graded(relu="class ReLU\n    pass")
    assert points(report) == {**FULL, "relu": 0}
    assert report.remarks == ("The cell 'relu-answer' raised SyntaxError.",)


def test_what_a_student_says_does_not_reach_the_report(graded: Any) -> None:
    """An exception's text could tell what the inputs are."""
    report = graded(relative_error=BODY.format("raise ValueError(f'inputs: {a} {b}')"))
    assert not any("inputs: " + "0" in message for message in messages(report, "relative_error"))
    assert "your code raised ValueError" in messages(report, "relative_error")[0]


def test_a_warning_costs_nothing(graded: Any) -> None:
    loud = "import warnings\nwarnings.warn('careful')\nimport numpy as np\nnp.log(0)\n"
    report = graded(relu=loud + SOLVED_RELU)
    assert points(report) == FULL


SOLVED_RELU = """
class ReLU:
    def __init__(self):
        self.params, self.grads = {}, {}
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask
    def backward(self, dout):
        return dout * self.mask
"""


def test_checks_in_a_child_give_what_they_give_here(
    zygote: Zygote, examiner: Examiner, solved: Any
) -> None:
    """The same check, driven over the channel and in this process."""
    from autograder.authoring.draws import Draws
    from autograder.building.chapters import reference_of

    cells = [
        (number, cell.source)
        for number, cell in enumerate(solved.cells)
        if cell.id in ("nodes-answer", "relu-answer", "relative_error-answer")
    ]
    with Session(zygote, [(999, "import numpy as np"), *cells], SMALL_GRADING) as session:
        session.run_cells()
        for task in examiner.tasks:
            for check in task.checks:
                draws = examiner.expected(task)[check.name].draws
                with session.limit(5, "this check"):
                    far = run_check(check, Implementation(session), Draws(recorded=draws))
                near = run_check(check, Implementation(reference_of(NAME)), Draws(recorded=draws))
                assert repr(far) == repr(near), check.title


def test_what_is_prepared_for_all_is_not_computed_again(
    few_source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    examiner = Examiner(few_source, 7)
    examiner.prepare(mistakes=True)

    def compute(*_: Any) -> None:
        raise AssertionError("it was computed again")

    monkeypatch.setattr(expectations, "run_check", compute)
    monkeypatch.setattr(expectations, "LocalLink", compute)
    left = 0
    for task in examiner.tasks:
        for check in task.checks:
            one = examiner.expected(task)[check.name]
            if one.script is None or check.is_bounded:
                left += 1
            else:
                assert one.mistakes.keys() == {mistake.name for mistake in task.misconceptions}
                assert len(list(one.mistakes.values())) >= 3
    assert left == 1, "the slopes of relu"


def test_a_task_is_held_to_a_limit_of_its_own(graded: Any) -> None:
    busy = "import time\ndef wait(end):\n    while time.process_time() < end: pass\n"
    slow = SOLVED_RELU.replace(
        "        self.mask = x > 0",
        "        wait(time.process_time() + 0.3)\n        self.mask = x > 0",
    )
    report = graded(replace(SMALL_GRADING, task_seconds=0.5), relu=busy + slow)
    relu = next(task for task in report.tasks if task.name == "relu")
    assert relu.checks[0].passed
    stopped = "this task was stopped: it took more than 0.5 s of computing"
    assert [check.message for check in relu.checks].count(stopped) == 1
    assert relu.checks[-1].message == f"not reached: {stopped}"
    assert points(report) == {**FULL, "relu": relu.points}


def test_text_beyond_the_limit_is_left_out_and_remarked_on(graded: Any) -> None:
    budget = replace(SMALL_GRADING, output_characters=2048)
    report = graded(budget, relu="print('x' * 3000)\nprint('y')\n" + SOLVED_RELU)
    assert points(report) == FULL
    assert report.remarks == ("The cell 'relu-answer' showed more than 2 KiB of text.",)
    (cell,) = [cell for cell in report.graded_notebook().cells if cell.id == "relu-answer"]
    assert cell.outputs[0].text == "x" * 2048


def test_outputs_beyond_the_limit_are_remarked_on_once(
    graded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MOST_OUTPUTS", 2)
    many = "from IPython.display import display\nfor one in range(3): display(one)\n"
    report = graded(relu=many + SOLVED_RELU, relative_error="display(1)")
    assert report.points == 8
    (remark,) = [one for one in report.remarks if "not all that was shown" in one]
    assert remark.startswith("The cell 'relu-answer': from here on")


def test_an_assignment_declares_what_its_submissions_may_use() -> None:
    budget = Budget.of(Allowance(1, 2, 3, memory_mib=500, output_kib=4))
    assert (budget.cell_seconds, budget.task_seconds, budget.total_seconds) == (1, 2, 3)
    assert budget.limits.memory_bytes == 500 << 20
    assert budget.output_characters == 4096
    assert Budget.of(Allowance()) == Budget()
