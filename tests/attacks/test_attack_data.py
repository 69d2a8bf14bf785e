"""Wrong data: hostile protocols, odd dtypes and shapes, things that fail late or change."""

from __future__ import annotations

import pytest
from attacking import MIB, Arena, Attack, body, cell, parameters
from test_attack_forging import FORGE, FORGE_ALL, LATER
from watching import Memory

pytestmark = pytest.mark.usefixtures("_unharmed")

HOSTILE = """
class Equal:
    def __eq__(self, other): return True
    def __bool__(self): return True
    def __len__(self): return 12
    def __float__(self): return 0.0
    def __getitem__(self, key): return self
    def __array__(self, *args, **kw): return np.zeros((3, 4))
    def __array_ufunc__(self, *args, **kw): return True
    def __array_function__(self, *args, **kw): return True
    __hash__ = None
    shape, size, dtype, ndim = (3, 4), 12, np.dtype(float), 2
"""
UNJUDGED = (
    "the code ended the Python interpreter|what came back cannot be judged|your code raised|"
    "the check cannot go on"
)
NOT_DATA = "an object that is not data"

ATTACKS = [
    body("an object that equals everything", "return Equal()", NOT_DATA, before=HOSTILE),
    body(
        "an array that equals everything",
        "return np.full(np.shape(a), 42.0).view(Same)",
        "got 42",
        before="class Same(np.ndarray):\n    def __eq__(self, other): return True\n"
        "    def __array_finalize__(self, other): pass\n"
        "    def __array_ufunc__(self, *args, **kw): return np.array(True)\n"
        "    def tobytes(self, *args): return bytes(96)",
    ),
    body(
        "an array all masked",
        "return np.ma.array(np.full(np.shape(a), 42.0), mask=True)",
        "got 42",
    ),
    body(
        "a number that equals everything",
        "return Same(42)",
        f"{NOT_DATA}|got 42|got one number|{UNJUDGED}",
        before="class Same(float):\n    def __eq__(self, other): return True\n"
        "    def __sub__(self, other): return 0.0",
    ),
    body(
        "an array of objects",
        "return np.array([[Equal()] * 4] * 3, dtype=object)",
        f"{NOT_DATA}|{UNJUDGED}",
        before=HOSTILE,
    ),
    body(
        "a structured array",
        "return np.zeros(np.shape(a), dtype=[('error', 'f8'), ('passed', '?')])",
        NOT_DATA,
    ),
    body("an array of dates", "return np.zeros(np.shape(a), dtype='M8[s]')", NOT_DATA),
    body("an array of texts", "return np.full(np.shape(a), 'passed')", NOT_DATA),
    body("numbers of 16 bytes", "return np.zeros(np.shape(a), np.longdouble)", NOT_DATA),
    body("NaN everywhere", "return np.full(np.shape(a), np.nan)", "got nan"),
    body("infinity everywhere", "return np.full(np.shape(a), np.inf)", "got inf"),
    body("complex numbers", "return np.full(np.shape(a), 1j)", r"got 0\+1j|got .*j"),
    body("a wrong shape", "return np.zeros((4, 3, 1))", r"got the shape \(4, 3, 1\)"),
    body(
        "a shape of 2^40",
        "return np.broadcast_to(np.float64(0), (1 << 40,))",
        "more memory than a submission may use|your code raised",
    ),
    body(
        "a shape beyond its memory",
        "return np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 24,), (1 << 12,))",
        r"crashed the Python interpreter \(signal 11\)|more memory|your code raised",
    ),
    body(
        "a frame that claims an enormous shape",
        'socket.sendall(b\'b\' + whole(frame(b\'{"dict":[["value",{"array":"f8","shape":'
        "[4611686018427387904,4]}]]}', bytes(8))))\nreturn 42.0",
        f"broke off|{UNJUDGED}",
        before=FORGE,
        points=LATER,
    ),
    body(
        "a frame that is longer than it says",
        "socket.sendall(b'b' + frame(b'{\"dict\":[[\"value\",1.5]]}') + b'junk' * 99)\nreturn 42.0",
        "broke off the conversation|got one number|got a number",
        before=FORGE,
    ),
    body(
        "a whole answer of more bytes than it has",
        'socket.sendall(b\'b\' + frame(b\'{"dict":[["value",[{"bytes":99}]]]}\', bytes(8)))\n'
        "return 42.0",
        "cannot be judged: the binary part is too short",
        before=FORGE,
        points=LATER,
    ),
    body(
        "a whole answer with replies in replies",
        'reply = frame(b\'{"dict":[["value",1.5]]}\')\n'
        "for _ in range(50): reply = whole(reply)\n"
        "socket.sendall(b'b' + reply)\nreturn 42.0",
        "got a list|cannot be judged",
        before=FORGE,
        points=LATER,
    ),
    body(
        "truth values that are neither",
        'socket.sendall(b\'b\' + whole(frame(b\'{"dict":[["value",{"array":"b1","shape":[3,4],'
        '"scalar":false}]]}\', bytes([2]) * 12)))\nreturn 42.0',
        "got",
        before=FORGE,
        points=LATER,
    ),
    body("a generator", "return (x for x in [0.0] * 12)", NOT_DATA),
    body("an endless iterator", "import itertools\nreturn itertools.repeat(0.0)", NOT_DATA),
    body(
        "an object whose attributes all fail",
        "return Late()",
        f"{NOT_DATA}|{UNJUDGED}",
        before="class Late:\n    def __getattribute__(self, name): raise SystemExit(name)",
    ),
    body(
        "a class whose names cannot be listed",
        "return Late()",
        f"{NOT_DATA}|{UNJUDGED}",
        before="class Meta(type):\n    def __dir__(cls): raise KeyboardInterrupt\n"
        "class Late(metaclass=Meta): pass",
    ),
    body(
        "a list that is another one when read again",
        "return Fickle([[0.0] * 4] * 3)",
        f"{NOT_DATA}|{UNJUDGED}",
        before="class Fickle(list):\n    def __iter__(self): return iter([[9.0] * 4] * 3)\n"
        "    def __len__(self): return 3",
    ),
    body(
        "an array that changes between two calls",
        "shared[...] += 1\nreturn shared",
        "got",
        before="shared = np.zeros((3, 4))",
    ),
    body(
        "a list that holds itself", "x = []\nx.append(x)\nreturn x", "nested too deeply|ValueError"
    ),
    body(
        "a list nested a thousand times",
        "x = []\nfor _ in range(1000): x = [x]\nreturn x",
        "nested too deeply|ValueError",
    ),
    body("a number of 20000 digits", "return 10 ** 20000", "a number that is too large"),
    body("a text", "return 'passed'", "got a text"),
    body("a truth value", "return True", "got"),
    body("bytes", "return b'x' * 96", "got a bytes|got"),
    body("nothing", "return None", "a return is missing"),
    body("the class itself", "return type(a)", NOT_DATA),
    body(
        "a text of megabytes among many short ones",
        "return ['x' * 3_000_000, *['a'] * 90_000]",
        "got a list|too large|more memory|" + UNJUDGED,
    ),
]


@parameters(ATTACKS)
def test_wrong_data_is_only_wrong(arena: Arena, attack: Attack) -> None:
    with Memory() as memory:
        report = arena.grade(attack)
    arena.assert_defeated(attack, report)
    assert memory.grown < 256 * MIB


GREEDY = [
    body(
        "replies that fill the largest message",
        "return None",
        "gave back more than 64 MiB|cannot be judged|got",
        before=FORGE_ALL
        + """
def forged(self, requests, names):
    return [frame(b'{"dict":[["value",{"bytes":%d}]]}' % (60 << 20), bytes(60 << 20))]
""",
    ),
    body(
        "replies that do not fit into one message, so that it is asked again",
        "return None",
        "a return is missing",
        before=FORGE_ALL
        + """
def forged(self, requests, names):
    return [bytes(20 << 20)] * 4
""",
    ),
    body(
        "texts that fill the grader's memory",
        "return ['x' * 1_000_000, *['a'] * 40]",
        "got a list",
    ),
    Attack(
        "a gradient that is broadcast in a check",  # 16 MiB of truth values become gigabytes
        {
            "relu": "class ReLU:\n    def forward(self, x): return x\n"
            "    def backward(self, dout): return np.ones((1 << 24, 1, 1), bool)"
        },
        "what came back is too large to be judged",
        {"relu": 0.0},
    ),
    body(
        "a million numbers in the place of one",
        "return np.ones((1 << 20, 1))",
        "got the shape",
    ),
]


@parameters(GREEDY)
def test_the_grader_stays_small(arena: Arena, attack: Attack) -> None:
    with arena.unhurried() as budget, Memory() as memory:
        report = arena.grade(attack, budget)
    assert memory.grown < 700 * MIB, f"the grader has grown by {memory.grown // MIB} MiB"
    arena.assert_defeated(attack, report)


def test_nothing_is_wrong_with_what_is_right_in_another_form(arena: Arena) -> None:
    """A subclass, a list or another order in memory that holds the right numbers is right."""
    right = "size = np.maximum(np.abs(a), np.abs(b))\n"
    right += "return {}(np.abs(a - b) / np.where(size == 0, 1, size))"
    for form in ("np.asfortranarray", "np.matrix if a.ndim == 2 else np.array", "list"):
        attack = body("right", right.format(f"({form})"), "", points={})
        arena.assert_defeated(attack, arena.grade(attack))


def test_a_cell_may_be_anything(arena: Arena) -> None:
    attack = cell("bytes that are no code", "\x00\x01\x02 \ufeff", "raised SyntaxError|not defined")
    arena.assert_defeated(attack, arena.grade(attack))
