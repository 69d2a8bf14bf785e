"""Abuse of what is lent: an early task is wrong, and a later one attacks the stand-ins."""

from __future__ import annotations

import json
import multiprocessing
from tempfile import gettempdir

import pytest
from attacking import MIB, Arena, Attack, parameters, points, said
from watching import Memory

from autograder.grading import lending

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
# Where a stand-in keeps the way to the other side: a student can find it, too. When the task is
# graded as it stands there is no stand-in, and the bill is wrong. When it is graded with Multiply
# lent, the attack comes first; only if it is refused, by an error, the honest bill follows.
SHOPPING = """
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
        ODD_REQUESTS.format(
            "[(), (1,), (1, 2, 3, 4, 5), ('', '', '', '', ''), (0, '', [], {1: 2}, {})]"
        ),
        REFUSED,
    ),
    lent(
        "a state that is none",
        "number = Multiply()._lent"
        + ODD_REQUESTS.format(
            "[(number, 'backward', [1.0], {}, state) "
            "for state in ([], 'x', 3, {1: 2}, {'backward': 1})]"
        ),
        REFUSED,
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
    assert report.seconds < 8
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
