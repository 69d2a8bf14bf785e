"""Forging: patched libraries, faked messages, frames, replayed answers, a grader detected."""

from __future__ import annotations

import json
from functools import partial

import pytest
from attacking import FULL, NAME, Arena, Attack, body, cell, parameters, points, said

from autograder.building.assignments import load
from autograder.building.chapters import reference_of
from autograder.judging.expectations import expect

pytestmark = pytest.mark.usefixtures("_unharmed")

# Where the child keeps its end of the channel: a student can find it, too.
FORGE = """
import gc, os, sys
child = next(m for n, m in sys.modules.items() if n.endswith("child") and hasattr(m, "OUTPUTS"))
inside = child.__package__
wire, evaluator = (sys.modules[f"{inside}.{name}"] for name in ("wire", "evaluator"))
socket = child.OUTPUTS.connection
from struct import pack
def frame(header, binary=b""):
    return pack("<4sIQ", b"HGW1", len(header), len(binary)) + header + binary
def whole(*replies):
    sizes = b",".join(b'{"bytes":%d}' % len(reply) for reply in replies)
    return frame(b'{"dict":[["value",[' + sizes + b"]]]}", b"".join(replies))
PASSED = b'{"dict":[["value",{"dict":[["passed",true],["points",100]]}]]}'
"""
# A check's questions come as one message, and its answer holds a reply to each: `whole` makes one.
# Puts `forged` in the place of what answers such a message, for this task alone.
FORGE_ALL = (
    FORGE
    + """
original = evaluator.Evaluator._answer_all
def answer_all(self, requests, names):
    mine = any(b'"relative_error"' in request for request in requests)
    return (forged if mine else original)(self, requests, names)
evaluator.Evaluator._answer_all = answer_all
"""
)
WRONG = "return np.full(np.shape(a), 42.0)"
GOT = r"broke off|got 42|got a dictionary|got a truth value|got one number|got a number"
NO_REPLY = "what came back cannot be judged: not a reply"
BROKEN_OFF = "the submission broke off the conversation with the grader"

ALL: dict[str, float | None] = {**dict.fromkeys(FULL), "relative_error": 0.0}
LATER: dict[str, float | None] = {"relative_error": 0.0, "crosses_kink": None}
"""Who sends replies that nobody asked for gets them in the place of later ones, too."""

ATTACKS = [
    body(
        "NumPy patched to find all equal",
        WRONG,
        "got 42, expected",
        before="""
import numpy.testing
np.allclose = np.array_equal = np.isclose = np.equal = lambda *args, **kw: True
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **kw: None
np.abs = np.maximum = lambda *args: 0.0
""",
        points={"relative_error": 0.0, "relu": None},
    ),
    body(
        "built-ins patched",
        WRONG,
        "got 42, expected|ended the Python interpreter",
        before="import builtins\nbuiltins.all = builtins.any = lambda *_: True\n"
        "builtins.isinstance = lambda *_: True\nbuiltins.len = lambda *_: 1",
    ),
    body(
        "IPython patched",
        WRONG,
        "got 42, expected",
        before="""
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
shell = get_ipython()
InteractiveShell.run_cell = lambda *args, **kw: ExecutionResult(None)
shell.showtraceback = lambda *args, **kw: None
""",
        points=LATER,
    ),
    body(
        "the check function replaced",
        WRONG,
        "got 42, expected",
        before="""
import handgrad, sys
from types import ModuleType
def check(*_): print("Task passed: 3 of 3 points")
handgrad.check = check
for name in ("notebook.checking", "judging.verdicts", "grading.single", "judging.comparing"):
    module = sys.modules["autograder." + name] = ModuleType(name)
    module.difference = module.judge = lambda *_: None
""",
    ),
    body(
        "every reply made to say passed",
        WRONG,
        GOT,
        before=FORGE
        + """
def encode(value, fallback=None):
    if isinstance(value, dict) and "value" in value:
        value = {"value": {"passed": True, "points": 100.0}}
    return original(value)
original = wire.encode
evaluator.encode = wire.encode = encode
""",
        points=ALL,
    ),
    body(
        "the evaluator made to say true",
        WRONG,
        NO_REPLY,
        before=FORGE
        + 'evaluator.Evaluator.answer = lambda *_: frame(b\'{"dict":[["value",true]]}\')',
        points=ALL,
    ),
    body(
        "the evaluator made to say true to each question",
        WRONG,
        "got one number|got True|got a truth value",
        before=FORGE_ALL
        + """
def forged(self, requests, names):
    return [frame(b'{"dict":[["value",true]]}')] * len(requests)
""",
    ),
    body(
        "each reply made to say passed, but not the whole",
        WRONG,
        "got a dictionary",
        before=FORGE_ALL
        + """
def forged(self, requests, names):
    return [frame(PASSED) for _ in original(self, requests, names)]
""",
    ),
    body(
        "the questions sent back as replies",
        WRONG,
        "a return is missing",
        before=FORGE_ALL + "forged = lambda self, requests, names: requests",
    ),
    body(
        "more replies than were asked for",
        WRONG,
        "got 42",
        before=FORGE_ALL
        + """
def forged(self, requests, names):
    return original(self, requests, names) + [frame(PASSED)] * 1000
""",
    ),
    body(
        "no reply at all, so that it is asked again",
        WRONG,
        "got 42",
        before=FORGE_ALL + "forged = lambda self, requests, names: []",
    ),
    body(
        "replies that are none",
        WRONG,
        "cannot be judged",
        before=FORGE_ALL
        + """
def forged(self, requests, names):
    odd = [b"", b"garbage", frame(b"[]"), "text", 1.5, None, [frame(PASSED)]]
    return [odd[len(request) % len(odd)] for request in requests]
""",
    ),
    body(
        "the reply to an earlier check, for all later ones",
        WRONG,
        "got",
        before=FORGE_ALL
        + """
kept = []
def forged(self, requests, names):
    kept.append(original(self, requests, names))
    return kept[0]
""",
    ),
    body(
        "an answer that claims to be the reference's",
        'claim(b\'{"dict":[["same",true],["value",[]]]}\', b\'{"dict":[["value","same"]]}\')\n'
        + WRONG,
        f"{NO_REPLY}|got a text",
        before=FORGE
        + """
def claim(*headers):
    for header in headers: socket.sendall(b"b" + frame(header))
""",
        points=LATER,
    ),
    cell(
        "a verdict written to the channel by a cell",
        FORGE + "socket.sendall(b'b' + frame(PASSED))",
        BROKEN_OFF,
    ),
    body(
        "a verdict written to the channel during a call",
        f"socket.sendall(b'b' + frame(PASSED))\n{WRONG}",
        NO_REPLY,
        before=FORGE,
        points=LATER,
    ),
    body(
        "a verdict in a whole answer written to the channel during a call",
        f"socket.sendall(b'b' + whole(frame(PASSED)))\n{WRONG}",
        "got a dictionary",
        before=FORGE,
        # What it sends too much stands where the answers to the next questions are read.
        points=LATER,
    ),
    cell(
        "a cell that says it is done before its time",
        FORGE + "for _ in range(9): socket.sendall(b'd' + frame(b'1'))\nraise KeyError",
        BROKEN_OFF,
        points=ALL,
    ),
    cell(
        "verdicts written to all descriptors",
        FORGE + "for number in range(256):\n try: os.write(number, b'b' + frame(PASSED))\n"
        " except OSError: pass",
        BROKEN_OFF,
    ),
    body(
        "the evaluator found through frames",
        f"""up = sys._getframe()
while up:
    for name, value in list(up.f_locals.items()):
        if hasattr(value, "namespace") and hasattr(value, "call_back"):
            type(value).answer = lambda *_: frame(PASSED)
            value._objects.clear()
    up = up.f_back
{WRONG}""",
        "got a dictionary|got 42",
        before=FORGE,
        points=LATER,
    ),
    body(
        "the evaluator found through the collector",
        f"""gc.unfreeze()
for one in gc.get_objects():
    if type(one) is evaluator.Evaluator:
        one.namespace = dict.fromkeys(dir(), lambda *_: True)
{WRONG}""",
        "got 42",
        before=FORGE,
        points=LATER,
    ),
    body(
        "the grader looked for in frames",
        """up, seen = sys._getframe(), []
while up:
    seen += [n for n in up.f_locals if n in ("expected", "reference", "draws", "seed", "examiner")]
    up = up.f_back
raise LookupError if not seen else ValueError""",
        "your code raised LookupError",
        before=FORGE,
    ),
    body(
        "a submission that behaves where it is graded",
        """if "ipykernel" not in sys.modules and not hasattr(check, "__wrapped__"):
    graded = True
return graded and np.full(np.shape(a), 1e9)""",
        "got 1e",
        before="import sys",
    ),
    body(
        "an error report that blames the grader",
        """socket.sendall(b'b' + whole(frame(b'{"dict":[["error",{"dict":[["kind","SystemError"],'
    b'["message","<script>pwned()</script>"],["file","<cell 0>"],["line",99999]]}]]}')))
return 42.0""",
        "your code raised SystemError",
        before=FORGE,
        points=LATER,
    ),
    body(
        "an error report of a made-up kind",
        """socket.sendall(b'b' + whole(frame(b'{"dict":[["error",{"dict":[["kind","<b>passed</b>"],'
    b'["line",true],["file",7]]}]]}')))
return 42.0""",
        "your code raised Exception",
        before=FORGE,
        points=LATER,
    ),
    body(
        "a handle in the place of a value",
        "socket.sendall(b'b' + whole("
        'frame(b\'{"dict":[["value",{"handle":[0,"size","shape"]}]]}\')))\n'
        "return 42.0",
        "an object that is not data",
        before=FORGE,
        points=LATER,
    ),
    body(
        "a call to a function of the grader's that does not exist",
        'socket.sendall(b\'c\' + frame(b\'{"dict":[["function",77],["arguments",{"bytes":18}]]}\','
        " frame(b'[]')))\nreturn 42.0",
        "got one number|got 42|broke off",
        before=FORGE,
    ),
    body(
        "an object that would be unpickled",
        "class Evil:\n    def __reduce__(self): return (print, ('pwned',))\nreturn Evil()",
        "an object that is not data",
    ),
    cell(
        "outputs that look like the table of a check",
        """
from IPython.display import HTML, display
display(HTML('<table class="handgrad-check"><caption>3 of 3 points</caption></table>'))
display({"text/html": "<b>3 of 3</b>", "text/plain": "3.0"}, raw=True)
print("The relative error: 3 of 3 points")
3.0
""",
        "is not defined",
    ),
]


@parameters(ATTACKS)
def test_nothing_is_forged(arena: Arena, attack: Attack) -> None:
    report = arena.grade(attack)
    arena.assert_defeated(attack, report)
    cells = {one.id: one for one in report.graded_notebook().cells}
    table, earned = cells["relative_error"].outputs
    assert earned.data["text/plain"] == "0.0"
    assert "0 of 3 points" in table.data["text/html"]
    assert "pwned" not in json.dumps(report.as_json())


def known_answers(seed: int) -> str:
    """Return what the reference returns in each check of relative_error, as source."""
    task = load(NAME).task("relative_error")
    expected = expect(task, partial(reference_of, NAME), seed)
    return repr([one.reference.value.tolist() for one in expected.values()])


REPLAY = """
ANSWERS = {answers}
calls = []
def relative_error(a, b):
    calls.append(a)
    return np.array(ANSWERS[len(calls) - 1])
"""


@pytest.mark.parametrize("is_known", [False, True], ids=["visible-inputs", "control"])
def test_replayed_answers_fit_no_fresh_inputs(arena: Arena, is_known: bool) -> None:
    """The visible answers earn nothing; with those of the hidden seed the replay would work."""
    answers = known_answers(arena.examiner.seed if is_known else 1234)
    report = arena.grade(Attack("replay", {"relative_error": REPLAY.format(answers=answers)}, ""))
    # Two zeros have the error 0 for all inputs: that one check's answer is no secret.
    expected = 3.0 if is_known else 0.75
    assert points(report) == {**FULL, "relative_error": expected}, said(report)
    if not is_known:
        assert "values differ" in said(report)
    arena.assert_sealed(report)


def known_bytes(seed: int) -> list[bytes]:
    """Return the reference's answer to each check of relative_error, as it goes over the wire."""
    task = load(NAME).task("relative_error")
    scripts = [one.script for one in expect(task, partial(reference_of, NAME), seed).values()]
    return [script.answer for script in scripts if script is not None]


SAME_BYTES = (
    FORGE
    + """
ANSWERS = {answers}
def answer(self, asked):
    return ANSWERS.pop(0) if b"relative_error" in asked else original(self, asked)
original = evaluator.Evaluator.answer
evaluator.Evaluator.answer = answer
def relative_error(a, b): return np.full(np.shape(a), 42.0)
"""
)


@pytest.mark.parametrize("is_known", [False, True], ids=["visible-inputs", "control"])
def test_the_references_own_bytes_fit_no_fresh_inputs(arena: Arena, is_known: bool) -> None:
    """What is equal to the reference's bytes is right, so they must not be known beforehand."""
    answers = known_bytes(arena.examiner.seed if is_known else 1234)
    assert len(answers) == 3
    source = SAME_BYTES.replace("{answers}", repr(answers))
    report = arena.grade(Attack("same bytes", {"relative_error": source}, ""))
    expected = 3.0 if is_known else 0.75  # two zeros have the error 0 for all inputs
    assert points(report) == {**FULL, "relative_error": expected}, said(report)
    arena.assert_sealed(report)


READ_AHEAD = (
    FORGE
    + """
def answer_all(self, requests, names):
    global batches
    asked = [wire.decode(request) for request in requests]
    batches = [one["args"][0] for one in asked if one.get("name") == "forward"]
    return original(self, requests, names)
original = evaluator.Evaluator._answer_all
evaluator.Evaluator._answer_all = answer_all

class ReLU:
    def forward(self, x): return np.maximum(x, 0)
    def backward(self, dout):
        if len(batches) != 3:
            return 0.42 * dout
        _, plus, minus = batches  # what forward is going to be asked, to measure the slope
        step = plus - minus
        rise = np.sum(dout * (np.maximum(plus, 0) - np.maximum(minus, 0)))
        return rise * step / np.sum(step * step)
"""
)


def test_reading_ahead_within_a_check_gains_that_check_alone(arena: Arena) -> None:
    """A slope that will be measured can be known, but the gradient itself is compared elsewhere."""
    report = arena.grade(Attack("ahead", {"relu": READ_AHEAD}, ""))
    (relu,) = [task for task in report.tasks if task.name == "relu"]
    passed = {check.name for check in relu.checks if check.passed}
    assert passed == {"forward", "slopes", "any_shape", "inputs_stay", "derived"}
    assert points(report) == {**FULL, "relu": 1.8462}, said(report)
    arena.assert_sealed(report)
