"""Abuse of what is lent: an early task is wrong, and a later one attacks the stand-ins."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import gettempdir
from typing import Any

import numpy as np
import pytest
from attacking import MIB, NAME, Arena, Attack, parameters, points, said
from watching import Memory

from autograder.authoring.implementation import Implementation, ImplementationError, Stopped
from autograder.grading import lending
from autograder.inside.borrower import TOO_MUCH
from autograder.sandbox.budget import Budget
from autograder.sandbox.session import Session

pytestmark = pytest.mark.usefixtures("_unharmed")

WRONG_NODES = """
class Add:
    def forward(self, x, y): return x + y
    def backward(self, dout): return dout, dout

class Multiply:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y
    def backward(self, dout): return dout * self.x, dout * self.y
"""
# Where a stand-in keeps the way to the other side: a student can find it, too, and the line itself,
# and the words that are spoken there. When the task is graded as it stands there is no stand-in,
# and the bill is wrong. When it is graded with Multiply lent, the attack comes first; only if it is
# refused, by an error, the honest bill follows.
SHOPPING = """
import socket

def line():
    return way().func.__self__._line

def words():
    return way().func.__func__.__globals__

def raw(request, kind=b"a"):
    words()["channel"].send(line(), kind, words()["encode"](request))

def heard():
    return words()["decode"](words()["channel"].receive(line())[1])

def request(**other):
    given = dict(args=[], kwargs=dict(), state=dict())
    return dict(name="Multiply", number=0, method="", **given) | other

def refused(*requests):
    for odd in requests:
        raw(odd)
        reply = heard()
        if list(reply) != ["error"]:
            raise RuntimeError(f"{odd} was answered: {reply}")

def way():
    function = Multiply.__init__
    if not hasattr(function, "__code__"):
        raise LookupError
    return dict(zip(function.__code__.co_freevars, function.__closure__))["use"].cell_contents

def attack():
{}

class ShoppingGraph:
    def __init__(self):
        self.apples, self.oranges, self.taxed = Multiply(), Multiply(), Multiply()
        self.fruit = Add()
    def forward(self, n, p, m, q, tax):
        way()
        try:
            attack()
        except (TypeError, ValueError) as refused:
            pass
        fruit = self.fruit.forward(self.apples.forward(n, p), self.oranges.forward(m, q))
        return self.taxed.forward(fruit, tax)
    def backward(self, dout=1.0):
        dfruit, dtax = self.taxed.backward(dout)
        dapples, doranges = self.fruit.backward(dfruit)
        return *self.apples.backward(dapples), *self.oranges.backward(doranges), dtax
"""
NODES = 2.1538
"""What is left of the task whose products go back to the wrong sides."""
REFUSED = 4.0
"""The attack was refused, and the rest of the bill is right: full marks, with nodes lent."""
ENDED = 0.0
"""The attack was stopped, or has ended its own process."""


def lent(name: str, lines: str, shopping: float, says: str = "nodes: ", **details: str) -> Attack:
    """Return an attack on the stand-ins, in the shopping bill's forward."""
    indented = "\n".join(f"    {line}" for line in lines.splitlines())
    answers = {"nodes": WRONG_NODES, "shopping": SHOPPING.replace("{}", indented, 1)}
    return Attack(name, answers, says, {"nodes": NODES, "shopping": shopping}, **details)


ODD_REQUESTS = """
for odd in {}:
    try:
        answer = way()(*odd)
    except (TypeError, ValueError):
        continue
    raise RuntimeError(f"{{odd}} was answered")
"""

ATTACKS = [
    lent(
        "endless calls with 8 MB each",
        "while True: Multiply().forward(np.ones(1 << 20), 2.0)",
        ENDED,
    ),
    lent(
        "a product that does not fit into memory",
        "Multiply().forward(np.ones((1 << 17, 1)), np.ones((1, 1 << 17)))",
        REFUSED,
    ),
    lent("text times a number", "Multiply().forward('x' * 10**6, 10**9)", REFUSED),
    lent("a list times a number", "Multiply().forward([0] * 1000, 10**9)", REFUSED),
    lent("a number of 20000 digits", "Multiply().forward(10**20000, 10**20000)", REFUSED),
    lent("objects without end", "kept = []\nwhile True: kept.append(Multiply())", ENDED),
    lent(
        "objects of a kind of its own",
        "class Odd:\n    def __getattr__(self, name): raise TypeError\n"
        "    def __mul__(self, other): return self\n"
        "Multiply().forward(Odd(), Odd())",
        REFUSED,
    ),
    lent(
        "functions in the place of numbers",
        "Multiply().forward(lambda *_: 1.0, print)",
        REFUSED,
    ),
    lent(
        "methods that do not exist",
        "Multiply()" + ODD_REQUESTS.format("[(1, name, [], {}, {}) for name in ('pwn', 'x', '')]"),
        REFUSED,
    ),
    lent(
        "objects that do not exist",
        "Multiply()"
        + ODD_REQUESTS.format(
            "[(n, 'backward', [1.0], {}, {}) for n in (10**6, -10**6, .5, '1', [1], 10**30)]"
        ),
        REFUSED,
    ),
    lent(
        "requests that are no requests",
        "refused(None, [], 3, 'x', {}, {'name': 'Multiply'}, request(more=1),\n"
        "    *(request(**{key: odd}) for key in ('args', 'kwargs')\n"
        "      for odd in (3, 'x', None, [1], ['x'], [b''], {1: 2}, {'x': b'HGW1'})))",
        REFUSED,
    ),
    lent(
        "a state that is none",
        "encode, number = words()['encode'], Multiply()._lent\n"
        "args = [encode(1.0)]\n"
        "refused(*(request(number=number, method='backward', args=args, state=state)\n"
        "    for state in ([], 'x', 3, {1: 2}, {'x': b'x'}, {'backward': encode(1)})))",
        REFUSED,
    ),
    lent(
        "names that are not lent",
        "refused(*(request(name=name) for name in (\n"
        "    'ShoppingGraph', 'ReLU', 'os', 'sys', '__import__', '', None, 3, ['Multiply'], {})))",
        REFUSED,
    ),
    lent(
        "objects by their numbers that do not exist",
        "refused(*(request(number=n, method='backward') for n in (9, 10**30, 'x', [], None, .5)))",
        REFUSED,
    ),
    lent(
        "handles of its own making",
        "Handle = words()['Callback'].__init__.__globals__['Handle']\n"
        "handle = words()['encode']({'x': Handle(0)})\n"
        "refused(request(name=Handle(0)), request(number=Handle(1), method='backward'),\n"
        "    request(args=[handle, handle, handle]), request(kwargs={'x': handle}))",
        REFUSED,
    ),
    lent("no words at all", "line().sendall(b'c' * 999)", ENDED),
    lent("a letter that means nothing", "raw(request(), b'z')", ENDED),
    lent("an answer to what was not asked", "raw({'value': 1}, b'e')", ENDED),
    lent("half a request, and then silence", "line().sendall(b'aHGW1' + bytes(5))", ENDED),
    lent(
        "a request that announces more than comes",
        "from struct import pack\nline().sendall(b'a' + pack('<4sIQ', b'HGW1', 99, 1 << 25))",
        ENDED,
    ),
    lent(
        "half a request, and then the end",
        "line().sendall(b'aHGW1')\nline().shutdown(socket.SHUT_RDWR)",
        ENDED,
    ),
    lent("the line closed", "line().close()\nraise TypeError", ENDED),
    lent("requests without end whose answers nobody reads", "while True: raw(request())", ENDED),
    lent("a flood", "while True: line().sendall(bytes(1 << 20))", ENDED),
    lent(
        "an answer left lying, which is then taken for the next one",
        "raw(request())\nraise TypeError",
        ENDED,
    ),
    lent(
        "calls that call back for ever",
        "class Back:\n    pass\ndef again(*_): return Multiply().forward(Back(), again)\n"
        "Multiply().forward(again, 1.0)",
        REFUSED,
    ),
    lent(
        "the folder that the reference lies in",
        "import glob\nMultiply().forward(1.0, 1.0)\n"
        f"found = [open(name).read() for name in glob.glob('{gettempdir()}/handgrad-*/*/*.py')]\n"
        "raise RuntimeError if found else TypeError",
        REFUSED,
    ),
    lent("an end in the middle of a call", "Multiply()\nimport os\nos._exit(0)", ENDED),
    lent(
        "a call that is faked",
        "import sys\n"
        "child = next(m for n, m in sys.modules.items() if n.endswith('child'))\n"
        "child.OUTPUTS.connection.sendall(b'c' * 999)",
        ENDED,
    ),
]


@parameters(ATTACKS)
def test_what_is_lent_is_not_abused(
    arena: Arena, attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lending, "SECONDS", 1)
    with Memory() as memory:
        report = arena.grade(attack)
    arena.assert_defeated(attack, report)
    assert memory.grown < 400 * MIB
    assert multiprocessing.active_children() == []
    assert all(task.carried_from in ((), ("nodes",)) for task in report.tasks)


PRIVATE = "Multiply()" + ODD_REQUESTS.format(
    "[(1, '__' + name + '__', args, {}, {}) for args in ([], [2], ['forward'], ['__class__']) "
    "for name in ('class', 'init', 'reduce_ex', 'getattribute', 'dir', 'getstate')]"
)
# What is not data comes back as a handle, here an array of objects; and from there on any
# attribute of any object can be had, until one is the operating system.
TAKE_OVER = """
node = Multiply()
array = way()(1, "forward", [[10**30], np.ones(1)], {}, {})["value"]
libraries = array._call("__getattr__", "ctypes")._call("__getattr__", "_ctypes")
libraries._call("__getattr__", "_os")._call("mkdir", "@CLASS@/handgrad-attack-marker")
"""


def test_only_the_listed_methods_are_lent(arena: Arena) -> None:
    attack = lent("private methods", PRIVATE, REFUSED)
    arena.assert_defeated(attack, arena.grade(attack))


def test_the_process_of_the_reference_is_not_taken_over(arena: Arena) -> None:
    marker = arena.folder / "handgrad-attack-marker"
    try:
        arena.grade(lent("take over", TAKE_OVER.replace("@CLASS@", str(arena.folder)), REFUSED))
        assert not marker.exists()
    finally:
        if marker.exists():
            marker.rmdir()


def test_the_wrong_task_gains_nothing_by_what_is_lent(arena: Arena) -> None:
    """A stand-in that was kept is of no use to a task that is graded as it stands."""
    source = """
class ShoppingGraph:
    def __init__(self):
        builtins.kept = Multiply
    def forward(self, *numbers): return 0.0
import builtins
"""
    wrong = WRONG_NODES + "\nimport builtins\nMultiply = getattr(builtins, 'kept', Multiply)\n"
    report = arena.grade(Attack("", {"nodes": wrong, "shopping": source}, ""))
    assert points(report)["nodes"] == NODES
    assert points(report)["shopping"] == 0.0


def test_the_reference_is_not_in_the_report(arena: Arena) -> None:
    """Not even its documentation comes out through what is lent."""
    says = "Multiply()\nprint(Multiply.__doc__, Multiply.forward.__doc__)\nraise TypeError"
    report = arena.grade(lent("documentation", says, REFUSED))
    assert points(report)["shopping"] == REFUSED, said(report)
    (task,) = [one for one in report.tasks if one.name == "shopping"]
    assert task.carried_from == ("nodes",)
    assert "node of a computational" not in json.dumps(report.as_json())


# On the line itself, with no grading around it ----------------------------------------------------

LINE = """
import gc, os
from contextlib import suppress

[borrower] = [one for one in gc.get_objects() if type(one).__name__ == "Borrower"]
words = type(borrower).use.__globals__
channel, encode, decode, line = words["channel"], words["encode"], words["decode"], borrower._line

def ask(name, *args, **other):
    given = dict(args=[encode(one) for one in args], kwargs=dict(), state=dict())
    channel.send(line, b"a", encode(dict(name=name, number=0, method="", **given)))

def hear():
    return decode(channel.receive(line)[1])

def ask_and_hear(*request):
    ask(*request)
    return hear()

def numbers():
    found = []
    for number in range(64):
        with suppress(OSError):
            os.fstat(number)
            found.append(number)
    return found

def never_returns():
    channel.send(line, b"a", encode(dict(name="crosses_kink", number=0, method="", args=[
        encode(words["Callback"](0)), encode(np.ones(2)), encode((0,))], kwargs={}, state={})))
    return True

def computed(size=2, times=1):
    for _ in range(times):
        error = relative_error(np.ones((size, 1)), np.ones(size))
    return float(np.max(error))

import numpy as np
"""


@contextmanager
def child(arena: Arena, seconds: float = 2) -> Iterator[tuple[Session, Any]]:
    """Yield a child that knows its line, and its names, within a limit of time."""
    with Session(arena.zygote, [(0, LINE)], Budget()) as session:
        session.run_cells()
        with session.limit(seconds, "this check"):
            yield session, Implementation(session)


@pytest.fixture
def lender(arena: Arena) -> Iterator[lending.Lender]:
    with lending.Lender(NAME, arena.isolation) as lender:
        yield lender


def test_nobody_answers_before_anything_is_lent(arena: Arena) -> None:
    with child(arena, 0.2) as (_, impl):
        impl.ask("Multiply")
        with pytest.raises(Stopped, match="did not end within"):
            impl.hear()


def test_what_was_asked_ahead_is_answered_by_what_is_lent_then(
    arena: Arena, lender: lending.Lender
) -> None:
    """It gains nothing: what is lent is what lies before the task that is graded."""
    with child(arena) as (session, impl):
        impl.ask("relative_error", np.ones(2), np.ones(2))
        impl.ask("Multiply")
        lender.begin(["relative_error"])
        with lender.lend(session):
            np.testing.assert_array_equal(impl.hear()["value"], np.zeros(2))
            assert list(impl.hear()) == ["error"]
    assert lender.used == {"relative_error"}


def test_what_was_used_is_heard_from_the_lender_alone(arena: Arena, lender: lending.Lender) -> None:
    names = ["relative_error", "crosses_kink"]
    with child(arena) as (session, impl):
        for used in (set(), {"crosses_kink"}, {"relative_error", "crosses_kink"}):
            lender.begin(names)
            with lender.lend(session):
                for name in (*used, "Multiply", "os"):
                    impl.ask_and_hear(name, *("an error", "is a use") * (name in used))
            assert lender.used == used


def test_one_line_leads_to_one_lender(arena: Arena, lender: lending.Lender) -> None:
    """The next child's line is its own, and nobody answers there until the lender is its own."""
    lender.begin(["relative_error"])
    with child(arena) as (session, impl), lender.lend(session):
        assert impl.computed() == 0
        before = impl.numbers()
        with child(arena, 0.2) as (_, other):
            assert other.numbers() == before
            other.ask("relative_error", np.ones(2), np.ones(2))
            with pytest.raises(Stopped, match="did not end within"):
                other.hear()
        assert impl.computed() == 0
    with child(arena) as (session, impl), lender.lend(session):
        assert impl.numbers() == before
        assert impl.computed() == 0


def test_the_lender_ends_with_the_child(arena: Arena, lender: lending.Lender) -> None:
    lender.begin(["relative_error"])
    with child(arena) as (session, impl), lender.lend(session):
        assert impl.computed() == 0
    assert lender._child is not None
    assert lender._child.wait(timeout=5).cause == "finished"


def test_a_child_that_leaves_the_lender_waiting_keeps_nobody(
    arena: Arena, lender: lending.Lender
) -> None:
    """It waits for an answer that never comes: whoever waited for it would wait for ever."""
    lender.begin(["crosses_kink", "relative_error"])
    with child(arena) as (session, impl):
        with lender.lend(session):
            assert impl.never_returns() is True
        lender.begin(["crosses_kink"])
        with lender.lend(session):
            pass
    lender.forget()
    assert lender._child is None


@pytest.mark.parametrize(
    ("limit", "value", "size"),
    [("SECONDS", 0.02, 4000), ("MOST_CALLBACKS", 2, 2), ("MOST_REPLY_BYTES", 2000, 2)],
)
def test_who_asks_for_too_much_is_told_so(
    arena: Arena,
    lender: lending.Lender,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: float,
    size: int,
) -> None:
    monkeypatch.setattr(lending, limit, value)
    lender.begin(["relative_error"])
    with child(arena) as (session, impl):
        loan = lender.lend(session)
        loan.__enter__()
        with pytest.raises(ImplementationError, match=TOO_MUCH):
            impl.computed(size, 20)
        with pytest.raises(Stopped, match=TOO_MUCH):
            loan.__exit__(None, None, None)
