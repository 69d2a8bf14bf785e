"""A check drives objects it cannot see: handles, callbacks, kept values, and what goes wrong."""

from __future__ import annotations

import linecache
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autograder.authoring.draws import Draws
from autograder.authoring.implementation import (
    Implementation,
    ImplementationError,
    LocalLink,
    NotDefined,
    Remote,
    Stopped,
    calls_run,
    fetch,
    formula,
    keep,
    lines_run,
)
from autograder.inside.evaluator import ROOT, Evaluator
from autograder.inside.wire import Callback, Handle, Seed, WireError, decode, encode

SOURCE = """
import numpy as np

class Layer:
    def __init__(self, W):
        self.W, self.grads = W, {}

    def forward(self, x):
        self.x = x
        return x @ self.W

    def update(self, rate, *, by):
        self.W -= rate * by
        return self

class Box:
    def __getitem__(self, key):
        return [key, "in a box"]

def pair(): return 1, [2.0, {"three": None}]
def twice(f, x): return f(f(x))
def apply(f, *args): return f(*args)
def broken(): return 1 / 0
def outer(): return broken()
def library(): return np.linalg.inv(np.zeros((2, 2)))
def leave(): raise SystemExit(3)
def change(x): x += 1
def draw(rng): return rng.normal(size=3)
def identity(x): return x
class Own(KeyError):
    def __str__(self): raise RuntimeError("not even this")
def own(): raise Own("key")
class Silent(ValueError):
    def __str__(self): raise RuntimeError
def long(): raise ValueError("x" * 10_000)
def answer(): return 42
"""


def namespace() -> dict[str, Any]:
    """Return a namespace in which SOURCE has run as a cell of a notebook has."""
    name = "<cell 3>"
    linecache.cache[name] = (len(SOURCE), None, SOURCE.splitlines(keepends=True), name)
    found = ModuleType("student").__dict__
    exec(compile(SOURCE, name, "exec"), found)
    return found


@pytest.fixture
def impl() -> Implementation:
    return Implementation(namespace())


def line_of(text: str) -> int:
    return 1 + [line.strip() for line in SOURCE.splitlines()].index(text)


def test_objects_stay_and_data_comes_back(impl: Any) -> None:
    layer = impl.Layer(np.ones((2, 3)))
    assert repr(layer) == "<an object of the implementation>"
    np.testing.assert_array_equal(layer.forward(np.ones((4, 2))), np.full((4, 3), 2.0))
    np.testing.assert_array_equal(layer.x, np.ones((4, 2)))
    assert layer.grads == {}
    assert impl.pair() == (1, [2.0, {"three": None}])


def test_attributes_can_be_set_and_items_looked_up(impl: Any) -> None:
    layer = impl.Layer(np.zeros((2, 2)))
    layer.W = np.eye(2)
    layer.other = layer
    np.testing.assert_array_equal(layer.other.W, np.eye(2))
    assert impl.Box()["b"] == ["b", "in a box"]


def test_keywords_and_objects_as_arguments(impl: Any) -> None:
    layer = impl.Layer(np.ones((1, 1)))
    changed = layer.update(0.5, by=np.ones((1, 1)))
    assert impl.identity(changed).W == 0.5
    assert impl.identity([changed, {"a": (layer,)}])[1]["a"][0].W == 0.5


def test_what_is_passed_is_a_copy(impl: Any) -> None:
    x = np.zeros(2)
    impl.change(x)
    np.testing.assert_array_equal(x, np.zeros(2))


def test_a_kept_value_is_shared_and_fetched_as_a_copy(impl: Any) -> None:
    x = keep(impl, np.zeros(2))
    before = fetch(x)
    impl.change(x)
    np.testing.assert_array_equal(before, np.zeros(2))
    np.testing.assert_array_equal(fetch(x), np.ones(2))
    parameters = keep(impl, {"W": x})
    impl.change(x)
    np.testing.assert_array_equal(fetch(parameters)["W"], np.full(2, 2.0))


def test_a_generator_arrives_as_one(impl: Any) -> None:
    draws = Draws(1)
    seed = draws.generator()
    expected = np.random.default_rng(seed.value).normal(size=3)
    np.testing.assert_array_equal(impl.draw(seed), expected)


def test_functions_of_the_check_are_called_back(impl: Any) -> None:
    assert impl.twice(lambda x: x + 1, 5) == 7
    layer = impl.Layer(np.ones((1, 1)))
    # The callback asks the implementation for something while it waits.
    assert impl.twice(lambda x: layer.forward(x) + impl.answer(), np.ones((1, 1))) == 85
    assert impl.apply(impl.identity, 3) == 3
    assert impl.apply(layer.forward, np.ones((1, 1))) == 1
    assert impl.apply(lambda: impl.identity) is not None


def test_a_callback_that_fails_raises_in_the_implementation(impl: Any) -> None:
    with pytest.raises(ImplementationError, match="ZeroDivisionError") as caught:
        impl.apply(lambda: 1 / 0)
    assert caught.value.kind == "ValueError"
    with pytest.raises(ImplementationError) as caught:
        impl.apply(lambda x: x)  # the student leaves out the argument
    assert caught.value.kind == "ValueError"
    assert caught.value.line == line_of("def apply(f, *args): return f(*args)")


def test_errors_point_at_the_last_line_of_the_students_own(impl: Any) -> None:
    with pytest.raises(ImplementationError) as caught:
        impl.outer()
    error = caught.value
    assert (error.kind, error.message) == ("ZeroDivisionError", "division by zero")
    assert (error.file, error.source) == ("<cell 3>", "def broken(): return 1 / 0")
    assert error.line == line_of("def broken(): return 1 / 0")
    with pytest.raises(ImplementationError) as caught:
        impl.library()
    assert caught.value.kind == "ValueError", "LinAlgError is told as the built-in that it is"
    assert caught.value.source == "def library(): return np.linalg.inv(np.zeros((2, 2)))"


def test_errors_without_a_line(impl: Any) -> None:
    with pytest.raises(ImplementationError) as caught:
        impl.pair(1)
    assert (caught.value.kind, caught.value.line, caught.value.source) == ("TypeError", 0, "")


def test_no_exception_gets_out(impl: Any) -> None:
    with pytest.raises(ImplementationError) as caught:
        impl.leave()
    assert caught.value.kind == "SystemExit"
    with pytest.raises(ImplementationError) as caught:
        impl.own()
    assert (caught.value.kind, caught.value.message) == ("KeyError", "")
    with pytest.raises(ImplementationError) as caught:
        impl.long()
    assert len(caught.value.message) == 500


def test_an_interrupt_is_the_users() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Implementation({"interrupt": interrupt}).interrupt()


def test_names_that_are_missing(impl: Any) -> None:
    with pytest.raises(NotDefined, match="Missing"):
        impl.Missing(1)
    with pytest.raises(ImplementationError) as caught:
        _ = impl.Layer(1).missing
    assert caught.value.kind == "AttributeError"
    with pytest.raises(AttributeError):
        _ = impl.__array__


def test_a_name_error_inside_the_code_is_not_a_missing_name() -> None:
    scope = ModuleType("student").__dict__
    exec("def f(): return nowhere", scope)
    with pytest.raises(ImplementationError) as caught:
        Implementation(scope).f()
    assert caught.value.kind == "NameError"


def test_a_handle_tells_its_methods_so_that_a_call_is_one_request() -> None:
    requests = []

    class Counting(LocalLink):
        def exchange(self, frame: bytes, answer_callback: Any) -> bytes:
            requests.append(decode(frame))
            return super().exchange(frame, answer_callback)

    impl = Implementation(Counting(namespace()))
    layer = impl.Layer(np.ones((1, 1)))
    layer.forward(np.ones((1, 1)))
    layer.update(0.1, by=np.ones((1, 1)))
    assert [(one["do"], one["name"]) for one in requests] == [
        ("call", "Layer"),
        ("call", "forward"),
        ("call", "update"),
    ]


def test_an_instance_may_hide_a_method_of_its_class(impl: Any) -> None:
    layer = impl.Layer(np.ones((1, 1)))
    layer.forward = impl.identity
    assert layer.forward(5) == 5


def test_only_data_objects_and_functions_are_passed(impl: Any) -> None:
    with pytest.raises(WireError, match="cannot pass on a object"):
        impl.identity(object())


class Hostile:
    """A link to an evaluator that replies whatever it likes."""

    def __init__(self, *replies: Any) -> None:
        self.replies = list(replies)

    def exchange(self, frame: bytes, answer_callback: Any) -> bytes:
        reply = self.replies.pop(0)
        if callable(reply):
            reply = reply(answer_callback)
        return reply if isinstance(reply, bytes) else encode(reply)


@pytest.mark.parametrize(
    "reply", [1, None, [], b"", b"garbage", {"value": Callback(0)}, {"value": [Seed(1)]}]
)
def test_forged_replies_are_refused(reply: Any) -> None:
    with pytest.raises(WireError):
        Implementation(Hostile(reply)).name()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (1, "Exception"),
        ({}, "Exception"),
        ({"kind": "Nonsense"}, "Exception"),
        ({"kind": "len"}, "Exception"),
        ({"kind": ["x"]}, "Exception"),
        ({"kind": "ValueError", "line": "7", "source": None, "message": []}, "ValueError"),
    ],
)
def test_forged_errors_are_plain(error: Any, kind: str) -> None:
    with pytest.raises(ImplementationError) as caught:
        Implementation(Hostile({"error": error})).name()
    assert caught.value.kind == kind
    assert caught.value.line == 0
    assert isinstance(caught.value.message, str)


def test_a_kept_value_that_comes_back_as_data_is_refused() -> None:
    with pytest.raises(WireError, match="handle"):
        keep(Implementation(Hostile({"value": 3})), np.ones(2))


def test_forged_calls_are_answered_with_an_error() -> None:
    answers = []

    def forge(answer: Any) -> Any:
        for number, arguments in ((99, encode(())), (0, b"garbage"), (0, encode(1))):
            answers.append(decode(answer(number, arguments)))
        return {"value": None}

    assert Implementation(Hostile(forge)).name(lambda: 1) is None
    assert all("error" in answer for answer in answers)


def test_a_stop_during_a_callback_is_not_the_callbacks_error() -> None:
    def stop(answer: Any) -> Any:
        raise Stopped("enough")

    impl = Implementation(Hostile(lambda answer: answer(0, encode([])), stop))
    with pytest.raises(Stopped, match="enough"):
        impl.name(lambda: impl.other())


@pytest.mark.parametrize(
    "request_", [1, {}, {"do": "get"}, {"do": "fetch", "on": Handle(99)}, {"do": "x", "on": ROOT}]
)
def test_an_evaluator_answers_nonsense_with_an_error(request_: Any) -> None:
    evaluator = Evaluator({})
    assert "error" in decode(evaluator.answer(encode(request_)))
    assert "error" in decode(evaluator.answer(b"garbage"))


def test_an_evaluator_without_a_way_back_says_so() -> None:
    evaluator = Evaluator({"call": lambda f: f()})
    evaluator.answer(encode({"do": "get", "on": ROOT, "name": "call"}))
    call = {"do": "call", "on": Handle(1), "args": [Callback(0)], "kwargs": {}}
    assert "no function can be called" in decode(evaluator.answer(encode(call)))["error"]["message"]


def test_results_that_cannot_be_sent_are_the_implementations_error(impl: Any) -> None:
    link = LocalLink({"bad": lambda: {1.5: "a"}})
    with pytest.raises(ImplementationError, match="cannot be the key"):
        Implementation(link).bad()


def test_draws_are_recorded_and_replayed() -> None:
    first = Draws((3, 0))
    drawn = [first.normal(size=2), first.integers(10), first.permutation(4)]
    drawn[0][:] = 0  # what a check does to its inputs is not replayed
    replay = Draws(recorded=first.record)
    np.testing.assert_array_equal(replay.normal(size=2), first.record[0])
    assert replay.integers(10) == drawn[1]
    np.testing.assert_array_equal(replay.permutation(4), drawn[2])
    with pytest.raises(AttributeError):
        _ = replay._private
    with pytest.raises(AttributeError):
        _ = replay.nowhere


LOOPS = """
import numpy as np
def vectorized(x): return x - x.max(axis=-1, keepdims=True)
def loop(x):
    out = []
    for row in x:
        out.append(row - row.max())
    return np.array(out)
def comprehension(x): return np.array([row - row.max() for row in x])
def generator(x): return np.array(list(row - row.max() for row in x))
def mapped(x): return np.array(list(map(lambda row: row - row.max(), x)))
def through_numpy(x): return np.apply_along_axis(lambda row: row - row.max(), -1, x)
def through_another(x): return loop(x)
class Layer:
    def forward(self, x): return comprehension(x)
def layer(x): return Layer().forward(x)
def in_the_library(x): return np.stack(list(x)) - np.max(x, axis=-1, keepdims=True)
"""


def lines_of(name: str, rows: int) -> int:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(LOOPS, namespace)
    return lines_run(getattr(Implementation(namespace), name), np.ones((rows, 3)))


@pytest.mark.parametrize("name", ["vectorized", "in_the_library"])
def test_lines_do_not_grow_with_the_batch_without_a_loop(name: str) -> None:
    assert lines_of(name, 60) == lines_of(name, 6) > 0


@pytest.mark.parametrize(
    "name",
    ["loop", "comprehension", "generator", "mapped", "through_numpy", "through_another", "layer"],
)
def test_lines_grow_with_the_batch_in_a_loop(name: str) -> None:
    assert lines_of(name, 60) - lines_of(name, 6) >= 54


def test_counting_lines_leaves_the_tracing_as_it_was() -> None:
    before = sys.gettrace()
    with pytest.raises(ImplementationError, match="ValueError: no"):
        lines_run(Implementation({"bad": lambda: (_ for _ in ()).throw(ValueError("no"))}).bad)
    assert sys.gettrace() is before


def test_a_method_of_an_object_is_counted_too() -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(LOOPS, namespace)
    layer = Implementation(namespace).Layer()
    assert lines_run(layer.forward, np.ones((60, 3))) > lines_run(layer.forward, np.ones((6, 3)))
    with pytest.raises(NotDefined):
        lines_run(Implementation({}).softmax, 1)


class Caller:
    """Calls what it is given, and counts."""

    def apply(self, f: Any, x: Any) -> list[Any]:
        return [f(x + step) for step in (0, 1, 2)]

    def is_function(self, f: Any) -> bool:
        return callable(f) and not isinstance(f, Remote)


class Counting(LocalLink):
    """A link that counts the messages."""

    def __init__(self, namespace: Any) -> None:
        super().__init__(namespace)
        self.messages = 0

    def exchange(self, frame: bytes, answer_callback: Any) -> bytes:
        self.messages += 1

        def answer(number: int, frame: bytes) -> bytes:
            self.messages += 1
            return answer_callback(number, frame)  # type: ignore[no-any-return]

        return super().exchange(frame, answer)


def test_a_formula_is_called_on_the_far_side_without_a_message() -> None:
    link = Counting({"apply": Caller().apply, "is_function": Caller().is_function})
    impl, c, x = Implementation(link), np.array([2.0, -3.0]), np.array([1.0, 5.0])
    f = formula(impl, "lambda x: float((c * np.abs(x)).sum())", c=c)
    before = link.messages
    found = impl.apply(f, x)
    assert link.messages - before == 1
    assert found == impl.apply(lambda x: float((c * np.abs(x)).sum()), x)
    assert link.messages - before == 1 + 1 + 3
    assert impl.is_function(f)


def test_a_formula_has_its_own_copies() -> None:
    c = np.array([2.0, -3.0])
    impl = Implementation({"call": lambda f: f()})
    f = formula(impl, "lambda: c", c=c)
    c[:] = 0
    assert impl.call(f).tolist() == [2, -3]


def test_the_lines_of_a_formula_are_not_the_students() -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec("def once(f, x):\n    return f(x)", namespace)
    impl = Implementation(namespace)
    f = formula(impl, "lambda x: [v for v in x]")
    assert lines_run(impl.once, f, np.ones(60)) == lines_run(impl.once, f, np.ones(6))


def test_a_formula_that_is_wrong_raises_where_it_is_made_or_called() -> None:
    impl = Implementation({"call": lambda f: f()})
    with pytest.raises(ImplementationError, match="SyntaxError"):
        formula(impl, "lambda")
    with pytest.raises(ImplementationError, match="ZeroDivisionError"):
        impl.call(formula(impl, "lambda: 1 / 0"))


CALLS = """
import numpy as np
class Layer:
    def forward(self, x): return np.asarray(x).sum()
    def derived(self, x):
        self.forward(x)
        return helper(x)
    def measured(self, x): return [self.forward(x + step) for step in np.eye(len(x))]
    def through_numpy(self, x): return np.apply_along_axis(self.forward, -1, np.eye(len(x)))
    def elsewhere(self, x): return Layer().measured(x)
def helper(x): return [one(v) for v in x]
def one(v): return v
"""


def forward_calls(method: str, size: int) -> int:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(CALLS, namespace)
    layer = Implementation(namespace).Layer()
    return calls_run(getattr(layer, method), np.ones(size), of=["forward"])


def test_calls_of_other_functions_do_not_count() -> None:
    assert forward_calls("derived", 3) == forward_calls("derived", 9) == 1


@pytest.mark.parametrize("method", ["measured", "through_numpy", "elsewhere"])
def test_calls_are_counted_wherever_they_come_from(method: str) -> None:
    assert [forward_calls(method, size) for size in (3, 9)] == [3, 9]


def test_a_call_by_another_name_counts_as_what_it_was_defined_as() -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec("def forward(): pass\nalias = forward\ndef f():\n    alias()\n    alias()", namespace)
    assert calls_run(Implementation(namespace).f, of=["forward", "backward"]) == 2
    assert calls_run(Implementation(namespace).f, of=["alias"]) == 0


def test_calls_of_a_library_do_not_count() -> None:
    namespace: dict[str, Any] = {"__name__": "numpy.core"}
    exec("def forward(): pass\ndef f(): forward()", namespace)
    assert calls_run(Implementation(namespace).f, of=["forward"]) == 0
